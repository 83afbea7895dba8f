"""Orders and fills, as every venue is told of them and tells of them. Times are milliseconds since 1970, UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple

Side = Literal["buy", "sell"]
OrderKind = Literal["market", "limit", "stop", "stop_limit", "take_profit", "take_profit_limit"]
TimeInForce = Literal["gtc", "ioc", "fok", "gtd"]
OrderStatus = Literal["open", "partly_filled", "filled", "cancelled", "rejected", "expired"]
FINAL: frozenset[OrderStatus] = frozenset({"filled", "cancelled", "rejected", "expired"})
"""Nothing becomes of an order any more that is one of these."""


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """An order to be placed. `client_id` is ours, known before it is sent: a venue takes it once, and is asked by it.

    `quantity` is in base. `price` is the limit of the kinds that have one, `stop_price` what sets off the others.
    `reduce_only`: it may only make a position smaller. `post_only`: it is refused where it would trade at once.
    `group`: orders of one group cancel each other when one of them is filled (OCO), at venues that can.
    """

    client_id: str
    symbol: str
    side: Side
    kind: OrderKind
    quantity: Decimal
    price: Decimal | None = None
    stop_price: Decimal | None = None
    time_in_force: TimeInForce = "gtc"
    expires_at: int | None = None
    post_only: bool = False
    reduce_only: bool = False
    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the venue has it. `average` is the price that what is filled has come to; None before."""

    client_id: str
    id: str
    symbol: str
    side: Side
    kind: OrderKind
    status: OrderStatus
    quantity: Decimal
    filled: Decimal = Decimal(0)
    average: Decimal | None = None
    price: Decimal | None = None
    stop_price: Decimal | None = None
    fee: Decimal = Decimal(0)
    fee_asset: str | None = None
    reduce_only: bool = False
    group: str | None = None
    reason: str | None = None
    created_at: int = 0
    updated_at: int = 0
    fills: tuple[Fill, ...] = field(default=())

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def remaining(self) -> Decimal:
        return self.quantity - self.filled


class Fill(NamedTuple):
    """A part of an order that was traded. `id` is the venue's, and one fill has one, however often it is told.
    `sequence` puts the fills of a symbol in order where `at` does not."""

    id: str
    client_id: str
    order_id: str
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_asset: str
    at: int
    is_maker: bool = False
    sequence: int = 0
