"""`SimulatedFeed`: the simulated markets as a paper account sees them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from treadle.packs.trading.bars import milliseconds
from treadle.packs.trading.paper.feed import Payment, Steps
from treadle.packs.trading.simulated.book import best_of, book_of, quote_of, trades_of
from treadle.packs.trading.simulated.funding import HOURS, funding_rate
from treadle.packs.trading.simulated.listing import Listing, find_listing, symbols_at
from treadle.packs.trading.simulated.paths import POINT, Bet
from treadle.packs.trading.simulated.ticks import MINUTE, Columns, Ticks, number_of, shift_of, ticks_of
from treadle.packs.trading.venue.market_data import Bars, Funding, Market, OrderBook, Quote
from treadle.packs.trading.venue.protocol import Channel
from treadle.packs.trading.venue.refusal import refusal

_EARLIEST = 946_684_800_000
"""The markets opened in the year 2000."""
_AT_ONCE = 5_000
"""Steps that are told at once, about."""
_MOST_BARS = 100_000
_SPAN = HOURS * 3_600_000


def _wall_clock() -> int:
    return time.time_ns() // 1_000_000


class SimulatedFeed:
    """`place` is which of several venues it is: prices of one symbol part and come together (`alpha`, `beta`; empty
    is the main one). `step` is how finely orders that wait are matched, in ms: a part or a multiple of a minute."""

    trades_at_once = True
    foresees = True
    channels: Collection[Channel] = ("ticker", "trades", "orderbook", "candles")
    timeframes: Collection[str] = ()

    def __init__(
        self, *, seed: int = 1, place: str = "", step: int = 1_000, clock: Callable[[], int] = _wall_clock
    ) -> None:
        self.name = f"simulated/{place}" if place else "simulated"
        self._seed, self._place, self._clock = seed, place, clock
        self._step = step

    async def market(self, symbol: str) -> Market:
        listing = find_listing(symbol)
        is_open = _is_open(listing, self._clock())
        return listing.market if is_open == listing.market.is_open else replace(listing.market, is_open=is_open)

    async def symbols(self) -> Sequence[str]:
        return symbols_at(self._clock())

    async def quote(self, symbol: str, at: int) -> Quote:
        return quote_of(self._open(symbol, at), at)

    async def order_book(self, symbol: str, at: int, *, depth: int) -> OrderBook:
        return book_of(self._open(symbol, at), at, depth)

    async def candles(
        self, symbol: str, timeframe: str, at: int, *, bars: int, until: int | None, closed_only: bool
    ) -> Bars:
        ticks, length, shift = self._ticks(symbol), milliseconds(timeframe), shift_of(timeframe)
        settles = ticks.listing.settles
        if settles and at >= settles:
            at, closed_only = settles, True
        running = number_of(timeframe, at)
        end = running if closed_only else running + 1
        if until is not None:
            end = min(end, -((shift - until) // length))
        first = max(end - min(bars, _MOST_BARS), -((shift - max(_EARLIEST, ticks.listing.opens)) // length))
        whole = ticks.bars(timeframe, first, min(end, running)) if first < min(end, running) else None
        if end <= running:
            return ticks.written(whole if whole is not None else _none(), timeframe=timeframe)
        last = ticks.running(timeframe, at)
        both = last if whole is None else Columns(*(_joined(a, b) for a, b in zip(whole, last, strict=True)))
        return ticks.written(both, timeframe=timeframe, closed=False)

    async def steps(self, symbol: str, after: int, until: int) -> Steps:
        ticks, step = self._ticks(symbol), self._step
        until = min(until, ticks.listing.settles) if ticks.listing.settles else until
        first, last = -(-max(after, _EARLIEST) // step), until // step
        last = min(last, first + _AT_ONCE)
        if first >= last:
            return Steps((), (), (), (), (), (), ())
        name = f"{step // MINUTE}m" if step % MINUTE == 0 else ""
        bars = ticks.bars(name, first, last) if name else ticks.short(step, first, last)
        begins = bars.time.tolist()
        return Steps(
            begins, [begin + step for begin in begins], bars.open.tolist(), bars.high.tolist(), bars.low.tolist(),
            bars.close.tolist(), bars.volume.tolist(),
        )  # fmt: skip

    async def funding(self, symbol: str, at: int) -> Funding:
        listing = self._ticks(symbol).listing
        if listing.market.kind != "perpetual":
            raise refusal(
                "not_supported", f"{symbol} is not a perpetual, so nobody pays funding for it.",
                remedy="Ask for that of a perpetual: BTC/USDT:USDT.",
            )  # fmt: skip
        number = at // (HOURS * 3_600_000)
        return Funding(
            symbol, funding_rate(self._seed, symbol, self._place, number), (number + 1) * HOURS * 3_600_000, HOURS
        )

    async def payments(self, symbol: str, after: int, until: int) -> Sequence[Payment]:
        ticks = self._ticks(symbol)
        if ticks.market.kind != "perpetual":
            return ()
        span, found = HOURS * 3_600_000, list[Payment]()
        for number in range(after // span + 1, until // span + 1):
            rate = funding_rate(self._seed, symbol, self._place, number - 1)
            found.append(
                Payment(number * span, rate, Decimal(ticks.price(number * span)).scaleb(-ticks.listing.places))
            )
        return found

    async def payout(self, symbol: str, at: int) -> Decimal | None:
        ticks = self._ticks(symbol)
        if not isinstance(ticks.path, Bet) or at < ticks.listing.settles:
            return None
        return Decimal(int(ticks.path.won))

    async def stream(
        self, channel: Channel, symbol: str, *, timeframe: str | None = None
    ) -> AsyncGenerator[dict[str, Any]]:
        ticks = self._ticks(symbol)
        told = None
        point = self._clock() // POINT
        while True:
            at = point * POINT
            for item in self._items(ticks, channel, at, timeframe):
                if (what := {**item, "id": "", "at": 0}) != told:
                    told = what
                    yield item
            point += 1
            behind = self._clock() - point * POINT
            if behind > 60_000:  # after a pause (the machine slept) with what is now, not with all that was missed
                point = self._clock() // POINT
            await asyncio.sleep(max(0, -behind) / 1000)

    async def aclose(self) -> None:
        pass

    def _items(self, ticks: Ticks, channel: Channel, at: int, timeframe: str | None) -> list[dict[str, Any]]:
        places, number = -ticks.listing.places, at // POINT
        if not _is_open(ticks.listing, at):
            raise _closed(ticks.listing)
        if channel == "ticker":
            bid, ask, last = (Decimal(price).scaleb(places) for price in best_of(ticks, at))
            return [{"id": str(number), "at": at, "bid": bid, "ask": ask, "last": last,
                     "volume": Decimal(ticks.day_volume(at)) / ticks.lots_in_one}]  # fmt: skip
        if channel == "trades":
            return [
                {"id": one.id, "at": one.at, "price": one.price, "quantity": one.quantity, "side": one.side}
                for one in trades_of(ticks, at - POINT, at)
            ]
        if channel == "orderbook":
            if number % 4:
                return []
            book = book_of(ticks, at, 20)
            return [{"id": str(number), "at": at, "bids": [list(one) for one in book.bids],
                     "asks": [list(one) for one in book.asks]}]  # fmt: skip
        return self._candles(ticks, at, timeframe or "1m")

    def _candles(self, ticks: Ticks, at: int, timeframe: str) -> list[dict[str, Any]]:
        """The bar that has just been over, and once a second the one that runs."""
        length, running = milliseconds(timeframe), number_of(timeframe, at)
        begins = running * length + shift_of(timeframe)
        if at - begins < POINT:
            return [_candle(ticks, ticks.bars(timeframe, running - 1, running), timeframe, at, closed=True)]
        if at % 1_000:
            return []
        return [_candle(ticks, ticks.running(timeframe, at), timeframe, at, closed=False)]

    def _ticks(self, symbol: str) -> Ticks:
        return ticks_of(self._seed, symbol, self._place)

    def _open(self, symbol: str, at: int) -> Ticks:
        ticks = self._ticks(symbol)
        if at < _EARLIEST:
            raise refusal(
                "stale", "The simulated markets opened in the year 2000: there was no price before.",
                remedy="Ask for a later time.",
            )  # fmt: skip
        if not _is_open(ticks.listing, at):
            raise _closed(ticks.listing)
        return ticks


def open_simulated(settings: Mapping[str, Any], *, clock: Callable[[], int] = _wall_clock) -> SimulatedFeed:
    """From a paper provider's settings: `seed`, `market` (which of several venues), `step` (such as `1s`)."""
    seed, place, step = settings.get("seed", 1), settings.get("market", ""), settings.get("step", "1s")
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise _wrong("seed", seed, "a whole number")
    if not isinstance(place, str) or not all(letter.isalnum() or letter == "-" for letter in place) or len(place) > 40:
        raise _wrong("market", place, "a name of letters and digits, such as `alpha`")
    length = milliseconds(step) if isinstance(step, str) else 0
    if length <= 0 or (length % MINUTE and MINUTE % length):
        raise _wrong("step", step, "a part or a multiple of a minute, such as `1s` or `1m`")
    return SimulatedFeed(seed=seed, place="" if place == "main" else place, step=length, clock=clock)


def _wrong(name: str, given: Any, wanted: str) -> Exception:
    return refusal("bad_settings", f"`{name}` of the simulated markets is {given!r}.", remedy=f"Give {wanted}.")


def _is_open(listing: Listing, at: int) -> bool:
    return not listing.settles or listing.opens <= at < listing.settles


def _closed(listing: Listing) -> Exception:
    return refusal(
        "market_closed",
        f"{listing.market.symbol} is traded in its month only, and then settled.",
        remedy="Use the market of the month that runs.",
        symbol=listing.market.symbol, opens=str(listing.opens), settles=str(listing.settles),
    )  # fmt: skip


def _candle(ticks: Ticks, columns: Columns, timeframe: str, at: int, *, closed: bool) -> dict[str, Any]:
    written = ticks.written(columns, timeframe=timeframe, closed=closed)
    bar = {name: written[name][0].item() for name in ("time", "open", "high", "low", "close", "volume")}
    return {"id": f"{bar['time']}" if closed else f"{bar['time']}/{at}", "at": at, **bar, "closed": closed,
            "timeframe": timeframe}  # fmt: skip


def _joined(first: Any, second: Any) -> Any:
    import numpy

    return numpy.concatenate((first, second))


def _none() -> Columns:
    import numpy

    nothing = numpy.zeros(0, dtype=numpy.int64)
    return Columns(nothing, nothing, nothing, nothing, nothing, nothing)
