"""`InnerFeed`: the prices of another venue, for paper accounts that stand in for an account there."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Sequence
from decimal import Decimal
from typing import Any

from treadle.errors import NodeError
from treadle.packs.trading.bars import milliseconds
from treadle.packs.trading.paper.feed import NO_STEPS, Payment, Steps
from treadle.packs.trading.paper.market_facts import as_traded
from treadle.packs.trading.venue.market_data import Bars, Funding, Market, OrderBook, Quote
from treadle.packs.trading.venue.protocol import Channel, Venue

_AT_ONCE = 500
_GLANCE = 1_000
"""Milliseconds between two looks at the price for the sake of what rests here."""


class InnerFeed:
    """What rests here while nobody looks is matched along the venue's closed candles, the shortest there are; when
    somebody looks, also at the price of the moment."""

    trades_at_once = True
    foresees = False

    def __init__(self, inner: Venue) -> None:
        self.name = inner.name
        self._inner = inner
        self.channels: Collection[Channel] = inner.capabilities.channels
        self.timeframes: Collection[str] = inner.capabilities.timeframes
        known = sorted(self.timeframes, key=milliseconds)
        self._shortest = "1m" if not known or "1m" in known else known[0]
        self._glanced: dict[str, int] = {}

    async def market(self, symbol: str) -> Market:
        return as_traded(await self._inner.market(symbol))

    async def symbols(self) -> Sequence[str]:
        return await self._inner.symbols()

    async def quote(self, symbol: str, at: int) -> Quote:
        return await self._inner.quote(symbol)

    async def order_book(self, symbol: str, at: int, *, depth: int) -> OrderBook:
        return await self._inner.order_book(symbol, depth=depth)

    async def candles(
        self, symbol: str, timeframe: str, at: int, *, bars: int, until: int | None, closed_only: bool
    ) -> Bars:
        return await self._inner.candles(symbol, timeframe, bars=bars, until=until, closed_only=closed_only)

    async def steps(self, symbol: str, after: int, until: int) -> Steps:
        length = milliseconds(self._shortest)
        first = -(-after // length) * length
        while first + length <= until:
            end = min(until, first + _AT_ONCE * length)
            try:
                bars = await self._inner.candles(
                    symbol, self._shortest, bars=(end - first) // length, until=end // length * length
                )
            except NodeError as error:
                if error.code != "not_supported":
                    raise
                return NO_STEPS  # only the price of the moment is known then
            if steps := await self._whole(symbol, bars, first, end, length):
                return steps
            first = end // length * length
        return NO_STEPS

    async def glance(self, symbol: str, now: int) -> Decimal | None:
        """The price of this moment, unless it was just looked at."""
        if now - self._glanced.get(symbol, 0) < _GLANCE:
            return None
        self._glanced[symbol] = now
        return (await self._inner.quote(symbol)).last

    async def funding(self, symbol: str, at: int) -> Funding:
        return await self._inner.funding(symbol)

    async def payments(self, symbol: str, after: int, until: int) -> Sequence[Payment]:
        """Those that were due, at the rate and the price of now: venues tell of no others."""
        try:
            span = await self._inner.funding(symbol)
        except NodeError as error:
            if error.code != "not_supported":
                raise
            return ()
        length = span.hours * 3_600_000
        due = [at for at in range(span.next_at % length, until + 1, length) if at > after] if until - after else []
        if not due:
            return ()
        price = (await self._inner.quote(symbol)).last
        return [Payment(at, span.rate, price) for at in due]

    async def payout(self, symbol: str, at: int) -> Decimal | None:
        return None

    def stream(self, channel: Channel, symbol: str, *, timeframe: str | None = None) -> AsyncGenerator[dict[str, Any]]:
        return self._inner.stream(channel, symbol, timeframe=timeframe)

    async def aclose(self) -> None:
        """The venue is not ours to close."""

    async def _whole(self, symbol: str, bars: Bars, first: int, end: int, length: int) -> Steps | None:
        market = await self.market(symbol)
        assert market.tick is not None
        assert market.lot is not None
        per_tick, per_lot = float(1 / market.tick), float(1 / market.lot)
        times: list[int] = bars["time"].tolist()
        kept = [at for at, time in enumerate(times) if first <= time and time + length <= end]
        if not kept:
            return None

        def whole(name: str, factor: float) -> list[int]:
            column: list[float] = bars[name].tolist()
            return [round(column[at] * factor) for at in kept]

        return Steps(
            [times[at] for at in kept],
            [times[at] + length for at in kept],
            whole("open", per_tick),
            whole("high", per_tick),
            whole("low", per_tick),
            whole("close", per_tick),
            whole("volume", per_lot),
        )
