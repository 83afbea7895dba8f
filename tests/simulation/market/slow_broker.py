"""A broker that is written to be obviously right: it moves the price tick by tick, and counts in decimals."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal

UNIT = Decimal("0.00000001")


@dataclass
class SlowOrder:
    side: str
    kind: str
    quantity: int
    price: int | None = None
    stop: int | None = None
    group: int | None = None
    stop_loss: int | None = None
    take_profit: int | None = None
    reduce_only: bool = False
    child: bool = False
    placed_in: int = 0
    is_armed: bool = False
    is_open: bool = True
    came_at: int = -1
    number: int = 0


@dataclass
class SlowBroker:
    """Positions on margin with no limit of what can be carried; maker and taker fees."""

    maker: Decimal
    taker: Decimal
    cash: Decimal = Decimal(0)
    position: int = 0
    entry_cost: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    orders: list[SlowOrder] = field(default_factory=list)
    fills: list[tuple[str, int, int, Decimal]] = field(default_factory=list)
    numbers: int = 0
    moment: int = 0

    def place(self, order: SlowOrder) -> None:
        self.numbers += 1
        order.number = self.numbers
        self.orders.append(order)

    def bar(self, number: int, opened: int, high: int, low: int, close: int) -> None:
        if high - opened == opened - low:
            low_first = close >= opened
        else:
            low_first = opened - low < high - opened
        corners = [opened, low, high, close] if low_first else [opened, high, low, close]
        price = opened
        self.settle_at(number, price, at_open=True)
        for corner in corners[1:]:
            while price != corner:
                price += int(math.copysign(1, corner - price))
                self.settle_at(number, price, at_open=False)

    def settle_at(self, number: int, price: int, *, at_open: bool) -> None:
        """Do what this price does, until it does nothing more; first what was placed first."""
        self.moment += 1
        while True:
            for order in sorted(self.orders, key=lambda one: one.number):
                if order.is_open and self.touch(order, number, price, at_open):
                    break
            else:
                return

    def touch(self, order: SlowOrder, number: int, price: int, at_open: bool) -> bool:
        buys = order.side == "buy"
        if order.kind in ("stop", "stop_limit", "take_profit") and not order.is_armed:
            assert order.stop is not None
            rising = buys != (order.kind == "take_profit")
            if not (price >= order.stop if rising else price <= order.stop):
                return False
            order.is_armed = True
            if order.kind == "stop_limit":
                order.came_at = self.moment
                return True
            self.fill(order, price, self.taker)
            return True
        if order.kind == "market":
            self.fill(order, price, self.taker)
            return True
        if order.kind in ("limit", "stop_limit"):
            assert order.price is not None
            if not (price <= order.price if buys else price >= order.price):
                return False
            takes = at_open and order.placed_in == number if order.kind == "limit" else order.came_at == self.moment
            self.fill(order, price, self.taker if takes else self.maker)
            return True
        return False

    def fill(self, order: SlowOrder, price: int, rate: Decimal) -> None:
        sign = 1 if order.side == "buy" else -1
        quantity = order.quantity
        if order.reduce_only:
            quantity = min(quantity, max(0, -sign * self.position))
        order.is_open = False
        if quantity == 0:
            return
        worth = Decimal(price) * quantity
        fee = (worth * rate / UNIT).to_integral_value(ROUND_CEILING) * UNIT
        self.cash -= sign * worth + fee
        self.fees += fee
        self.position += sign * quantity
        self.fills.append((order.side, quantity, price, fee))
        if order.group is not None:
            for other in self.orders:
                if other is not order and other.group == order.group:
                    other.quantity -= quantity
                    if other.quantity <= 0 or quantity == order.quantity:
                        other.is_open = False
        if self.position == 0:
            for other in self.orders:
                if other.child:
                    other.is_open = False
        elif sign * self.position > 0:
            quantity = min(quantity, abs(self.position))
            group = -order.number
            against = "sell" if order.side == "buy" else "buy"
            for stop, kind in ((order.stop_loss, "stop"), (order.take_profit, "take_profit")):
                if stop is not None:
                    self.place(SlowOrder(against, kind, quantity, stop=stop, group=group, reduce_only=True, child=True))

    def equity(self, price: int) -> Decimal:
        return self.cash + self.position * price
