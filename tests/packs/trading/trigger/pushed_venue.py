"""A venue that quotes what a test says, when it says it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from decimal import Decimal
from typing import Any

import numpy
import pytest

from treadle.errors import NodeError
from treadle.packs.trading.venue import venues
from treadle.packs.trading.venue.market_data import Level, Market, OrderBook, Quote
from treadle.packs.trading.venue.protocol import Capabilities
from treadle.packs.trading.venue.venues import Opening

BEGIN = 1_767_603_600_000
"""2026-01-05 09:00:00 UTC."""
MINUTE = 60_000


class PushedVenue:
    name = "pushed"
    capabilities = Capabilities()
    symbol = "BTC/USDT"

    def __init__(self) -> None:
        self.closes: list[float] = []
        self.last = Decimal(100)
        self.at = BEGIN
        self.opened = 0
        self._queues: list[asyncio.Queue[dict[str, Any] | Exception]] = []
        self.resting: set[asyncio.Queue[dict[str, Any] | Exception]] = set()

    @property
    def listening(self) -> int:
        return len(self._queues)

    @property
    def is_heard(self) -> bool:
        """Whether all that was pushed has been dealt with."""
        return all(queue.empty() and queue in self.resting for queue in self._queues)

    def tick(self, last: float | str, *, at: int | None = None, **more: Any) -> None:
        """A quote, a second after the one before."""
        self.at = self.at + 1000 if at is None else at
        self.last = Decimal(str(last))
        quote = {"bid": self.last - 1, "ask": self.last + 1, "last": self.last, "volume": None, **more}
        self.push({"id": f"q{self.at}", "at": self.at, **quote})

    def close(self, *closes: float) -> None:
        """Candles of a minute that close at these prices, told as each closes."""
        for close in closes:
            self.closes.append(close)
            number = len(self.closes)
            self.push({"id": f"c{number}", "at": BEGIN + number * MINUTE, **self.candle(number - 1)})

    def candle(self, number: int, *, closed: bool = True) -> dict[str, Any]:
        close = self.closes[number]
        prices = {"open": close, "high": close + 1, "low": close - 1, "close": close}
        return {"time": BEGIN + number * MINUTE, **prices, "volume": 1.0, "closed": closed}

    def push(self, item: dict[str, Any] | Exception) -> None:
        for queue in self._queues:
            queue.put_nowait(item)

    async def market(self, symbol: str) -> Market:
        if symbol != self.symbol:
            raise NodeError(
                f"There is no `{symbol}` here.", code="unknown_symbol", remedy=f"Use `{self.symbol}`.", retryable=False
            )
        return Market(symbol, "BTC", "USDT")

    async def quote(self, symbol: str) -> Quote:
        return Quote(symbol, self.last - 1, self.last + 1, self.last, self.at)

    async def order_book(self, symbol: str, *, depth: int = 50) -> OrderBook:
        one = Decimal(1)
        return OrderBook(symbol, [Level(self.last - 1, one)], [Level(self.last + 1, one)], self.at)

    async def candles(
        self, symbol: str, timeframe: str, *, bars: int, until: int | None = None, closed_only: bool = True
    ) -> dict[str, Any]:
        rows = [self.candle(number) for number in range(len(self.closes))]
        rows = [row for row in rows if until is None or row["time"] < until][-bars:]
        names = ("time", "open", "high", "low", "close", "volume")
        columns = {name: numpy.array([row[name] for row in rows]) for name in names}
        return {**columns, "closed": True, "timeframe": timeframe}

    async def stream(
        self, channel: str, symbol: str, *, timeframe: str | None = None
    ) -> AsyncGenerator[dict[str, Any]]:
        self.opened += 1
        queue: asyncio.Queue[dict[str, Any] | Exception] = asyncio.Queue()
        self._queues.append(queue)
        try:
            while True:
                self.resting.add(queue)
                item = await queue.get()
                self.resting.discard(queue)
                if isinstance(item, Exception):
                    raise item
                yield item
        finally:
            self._queues.remove(queue)
            self.resting.discard(queue)

    async def aclose(self) -> None:
        pass


_ONE: list[PushedVenue] = []


async def open_pushed(opening: Opening) -> PushedVenue:
    return _ONE[0]


def install(monkeypatch: pytest.MonkeyPatch) -> PushedVenue:
    """The one there is, under the name `pushed`."""
    venue = PushedVenue()
    _ONE[:] = [venue]
    monkeypatch.setitem(venues.KNOWN, "pushed", f"{__name__}:open_pushed")
    return venue


def gone() -> NodeError:
    return NodeError("The connection is gone.", code="venue_unreachable", remedy="It is tried again.", retryable=True)
