"""What a market has done."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import Field

from treadle.errors import NodeError
from treadle.model.duration import Duration
from treadle.node import Context, effect
from treadle.packs.trading.bars import check_fresh, milliseconds, read_bars
from treadle.packs.trading.types import Candles, Timeframe
from treadle.packs.trading.venue.asking import From, OfSymbol, name_provider, open_venue, symbol_of

_LATE = 60.0
"""Seconds after which a venue tells of a bar, at most; of short bars, their own length and a little."""


class History(NamedTuple):
    candles: Annotated[Candles, Field(description="Oldest first.")]


@effect(
    "market.candles",
    in_doubt="repeat",
    title="Candles",
    provider=name_provider,
    requires=("numpy",),
    extra="trading",
    example={
        "config": {"symbol": "BTC/USDT", "timeframe": "1h", "bars": 2},
        "inputs": {"provider": "paper"},
        "outputs": {
            "candles": {
                "time": [1714557600000, 1714561200000],
                "open": [122496.5, 122347.47],
                "high": [122664.34, 122600.62],
                "low": [122136.83, 122032.47],
                "close": [122349.18, 122326.98],
                "volume": [497.19347, 449.43952],
                "closed": True,
                "timeframe": "1h",
            }
        },
    },
)
async def candles(
    ctx: Context,
    provider: From,
    *,
    symbol: OfSymbol = None,
    timeframe: Annotated[Timeframe, Field(description="How long a bar is: `1m`, `4h`, `1d`.")] = "1h",
    bars: Annotated[int, Field(ge=1, le=10_000, description="How many, the newest last.")] = 200,
    running: Annotated[
        bool, Field(description="With the bar that is not over yet; its close is the price now, and will change.")
    ] = False,
    max_age: Annotated[
        Duration | None,
        Field(
            gt=0, description="How long ago the newest bar may have ended; without it, one bar and a minute at most."
        ),
    ] = None,
) -> History:
    """Ask a venue for the last candles of a market: opening time (UTC), open, high, low, close and volume of each.

    Closed bars only, unless `running` is on: what is decided on a bar that still changes cannot be repeated. Every bar
    is checked; a price that is no number, a gap, a bar twice or out of order fails the node with its row, as does a
    newest bar that is older than `max_age` (`stale`). A young market may have fewer bars than were asked for.
    """
    venue, named = await open_venue(ctx, provider), symbol_of(provider, symbol)
    found = read_bars(await venue.candles(named, timeframe, bars=bars, closed_only=not running))
    if not len(found["time"]):
        raise NodeError(
            f"There are no {timeframe} candles of {named} yet.",
            code="no_candles",
            remedy="Wait until its first bar is over, or use a shorter timeframe.",
            symbol=named,
        )
    length = milliseconds(timeframe)
    over = int(found["time"][-1]) + length
    allowed = max_age if max_age is not None else length / 1000 + max(5.0, min(_LATE, length / 1000))
    check_fresh(min(over, _now(ctx)), now=ctx.now(), max_age=allowed, what=f"The newest {timeframe} bar of {named}")
    return History(found)


def _now(ctx: Context) -> int:
    return round(ctx.now().timestamp() * 1000)
