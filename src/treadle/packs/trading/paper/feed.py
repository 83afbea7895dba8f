"""`Feed`: where a paper account's prices, rules and books come from. Times are milliseconds since 1970, UTC."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from treadle.packs.trading.venue.market_data import Bars, Funding, Market, OrderBook, Quote
from treadle.packs.trading.venue.protocol import Channel


class Steps(NamedTuple):
    """Short bars of one market, oldest first, in whole numbers: prices in the market's `tick`, volumes in its `lot`.

    `opens` and `closes` are when each began and was over; `closes[i] <= opens[i + 1]`. A volume of -1: not known.
    """

    opens: Sequence[int]
    closes: Sequence[int]
    open: Sequence[int]
    high: Sequence[int]
    low: Sequence[int]
    close: Sequence[int]
    volume: Sequence[int]


NO_STEPS = Steps((), (), (), (), (), (), ())


class Payment(NamedTuple):
    """Of a perpetual: at `at` holders of a long pay `rate` × quantity × `price` to those of a short."""

    at: int
    rate: Decimal
    price: Decimal


class Feed(Protocol):
    """What is told of a time is the same whoever asks, and when: nothing here is drawn at the moment of the question.

    `trades_at_once`: there is a book to trade with at any time, so an order is matched as it is placed; otherwise
    (bars) one that is placed on a bar is matched from the next bar's opening on. `foresees`: what will be at a time
    shortly ahead can be asked (a simulation), so that latency needs no waiting.
    """

    name: str
    trades_at_once: bool
    foresees: bool
    channels: Collection[Channel]
    timeframes: Collection[str]
    """Empty: any."""

    async def market(self, symbol: str) -> Market:
        """With `tick` and `lot` given. Raises `unknown_symbol`."""
        ...

    async def symbols(self) -> Sequence[str]: ...

    async def quote(self, symbol: str, at: int) -> Quote:
        """As it stood at `at`. Raises `stale` where there was none yet."""
        ...

    async def order_book(self, symbol: str, at: int, *, depth: int) -> OrderBook: ...

    async def candles(
        self, symbol: str, timeframe: str, at: int, *, bars: int, until: int | None, closed_only: bool
    ) -> Bars:
        """As `Venue.candles`, told at the time `at`."""
        ...

    async def steps(self, symbol: str, after: int, until: int) -> Steps:
        """Whole steps that began at `after` or later and were over by `until`: the same ones, however the time between
        is cut into questions. May leave later ones out (then it is asked again from where they end), never earlier."""
        ...

    async def funding(self, symbol: str, at: int) -> Funding:
        """Raises `not_supported` where the market has none."""
        ...

    async def payments(self, symbol: str, after: int, until: int) -> Sequence[Payment]:
        """Of funding, after `after` and up to `until`, oldest first."""
        ...

    async def payout(self, symbol: str, at: int) -> Decimal | None:
        """What one share of a prediction market has been settled at by `at` (0 to 1); None while it is open, and of
        every other market."""
        ...

    def stream(self, channel: Channel, symbol: str, *, timeframe: str | None = None) -> AsyncGenerator[dict[str, Any]]:
        """As `Venue.stream`."""
        ...

    async def aclose(self) -> None: ...
