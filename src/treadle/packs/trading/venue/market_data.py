"""What a venue says of its markets. Prices and quantities are exact decimals; times are whole milliseconds since 1970,
UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, NamedTuple

MarketKind = Literal["spot", "perpetual", "future", "prediction", "forex"]


@dataclass(frozen=True, slots=True)
class Market:
    """A market of a venue, and the rules that its orders have to keep.

    `base` is what is bought and sold, `quote` what it is paid in. A price is a multiple of `tick`, a quantity one of
    `lot` and between `min_quantity` and `max_quantity`; price × quantity is at least `min_notional`. `price_up` and
    `price_down` are how many times the reference price a limit may be at most and at least. `maker` and `taker` are
    fees as shares of the notional (0.001 is 0.1 %). None: the venue has no such rule, or does not tell.
    """

    symbol: str
    base: str
    quote: str
    kind: MarketKind = "spot"
    tick: Decimal | None = None
    lot: Decimal | None = None
    min_quantity: Decimal | None = None
    max_quantity: Decimal | None = None
    min_notional: Decimal | None = None
    max_notional: Decimal | None = None
    price_up: Decimal | None = None
    price_down: Decimal | None = None
    contract_size: Decimal = Decimal(1)
    maker: Decimal = Decimal(0)
    taker: Decimal = Decimal(0)
    is_open: bool = True
    max_leverage: Decimal = Decimal(1)
    takes_pairs: bool = True
    """Two orders that cancel each other may be sent as one, where the venue does that at all."""


class Quote(NamedTuple):
    """`volume` is of the last 24 hours in base; None where the venue does not tell."""

    symbol: str
    bid: Decimal
    ask: Decimal
    last: Decimal
    at: int
    volume: Decimal | None = None

    @property
    def mid(self) -> Decimal:
        return (self.bid + self.ask) / 2

    @property
    def spread(self) -> Decimal:
        return self.ask - self.bid


class Level(NamedTuple):
    price: Decimal
    quantity: Decimal


class OrderBook(NamedTuple):
    """The best of each side first."""

    symbol: str
    bids: Sequence[Level]
    asks: Sequence[Level]
    at: int


class PublicTrade(NamedTuple):
    """Something that somebody traded. `side` is that of who took."""

    symbol: str
    id: str
    side: Literal["buy", "sell"]
    price: Decimal
    quantity: Decimal
    at: int


class Funding(NamedTuple):
    """What holders of a perpetual pay each other: `rate` is the share of the notional that longs pay at `next_at`;
    `hours` lie between two payments."""

    symbol: str
    rate: Decimal
    next_at: int
    hours: int = 8


Bars = Mapping[str, Any]
"""Candles as `treadle.packs.trading.bars.read_bars` gives them: arrays by column, and `timeframe`."""
