"""Past candles of an exchange, a page at a time, with the holes that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from treadle.packs.trading.bars import milliseconds, read_bars

if TYPE_CHECKING:
    from treadle.packs.trading.ccxt.venue import CcxtVenue
    from treadle.packs.trading.venue.market_data import Bars

PAGE = 1000


async def page_of(venue: CcxtVenue, method: Any, symbol: str, timeframe: str, *, since: int, until: int) -> Bars:
    """Candles that are over and opened from `since` until before `until`, oldest first: as many as the exchange gives
    at once, none where it has none. `method` is ccxt's."""
    await venue.market(symbol)
    venue.check_timeframe(timeframe)
    step, now = milliseconds(timeframe), venue.now()
    rows: list[Any] = await venue.ask(method, symbol, timeframe, since, min(PAGE, (until - since) // step + 2))
    whole = {int(row[0]): row[:6] for row in rows if since <= int(row[0]) < until and int(row[0]) + step <= now}
    return read_bars({"rows": [whole[at] for at in sorted(whole)]})
