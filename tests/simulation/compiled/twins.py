"""One story told to a `Desk`, and to the compiled market in both of its forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from treadle.simulation.compiled import layout as y
from treadle.simulation.compiled.opening import (
    open_account,
    pack_orders,
    pack_rules,
    read,
    unpack_fills,
    unpack_orders,
)
from treadle.simulation.compiled.twin import can_compile, namespace
from treadle.simulation.market import orders as o
from treadle.simulation.market.broker import Broker
from treadle.simulation.market.desk import Desk
from treadle.simulation.market.holding import Rules
from treadle.simulation.market.purse import Purse

ROOM = 60
needs_numba = pytest.mark.skipif(not can_compile(), reason="numba is not installed")
JITS = [False, pytest.param(True, marks=[pytest.mark.slow, needs_numba])]


@dataclass
class Twin:
    """The account of a desk as sequences: plain lists, or arrays for the compiled functions."""

    desk: Desk
    number: int
    jit: bool
    fills_room: int = 400
    order_room: int = ROOM
    functions: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.functions = namespace(self.jit)
        rules = pack_rules(self.desk.rules, wide=self.jit)
        acc = open_account(self.desk, wide=self.jit, number=self.number, keeps_over=True)
        assert rules is not None
        assert acc is not None
        self.rules = self.sequence(rules)
        self.acc = self.sequence(acc)
        self.orders = self.sequence(pack_orders(self.desk.orders, wide=self.jit, room=self.order_room))
        self.over = self.sequence([0] * (y.ROW * 400))
        self.fills = self.sequence([0] * (y.FILL * self.fills_room))

    def sequence(self, values: list[int]) -> Any:
        if not self.jit:
            return values
        import numpy

        return numpy.array(values, dtype=numpy.int64)

    def place(self, row: o.Row) -> int:
        return int(
            self.functions["place"](
                self.acc, self.orders, self.rules, row[o.SIDE], row[o.KIND], row[o.QUANTITY], row[o.PRICE],
                row[o.STOP], row[o.FORCE], row[o.EXPIRES], row[o.POST_ONLY], row[o.REDUCE_ONLY], row[o.GROUP],
                row[o.STOP_LOSS], row[o.TAKE_PROFIT], row[o.SINCE], 0,
            )
        )  # fmt: skip

    def step(self, *bar: int) -> int:
        self.acc[y.BAR] += 1
        return int(self.functions["step"](self.acc, self.orders, self.over, self.fills, self.rules, *bar))

    def advance(self, bars: list[tuple[int, ...]], end: int) -> int:
        columns = [self.sequence(list(column)) for column in zip(*bars, strict=True)]
        return int(self.functions["advance"](self.acc, self.orders, self.over, self.fills, self.rules, *columns, end))

    def call(self, name: str, *more: Any) -> Any:
        sequences = {
            "cancel": (self.acc, self.orders, self.over),
            "cancel_all": (self.acc, self.orders, self.over),
            "expire": (self.acc, self.orders, self.over),
            "settle": (self.acc, self.orders, self.over, self.rules),
            "pay_funding": (self.acc, self.rules),
            "equity": (self.acc, self.rules),
            "free_quote": (self.acc, self.orders, self.rules),
            "free_base": (self.acc, self.orders, self.rules),
            "add_guards": (self.acc, self.orders),
        }
        return self.functions[name](*sequences[name], *more)

    def state(self) -> dict[str, Any]:
        acc = self.acc
        return {
            "position": int(acc[y.POSITION]),
            "cost": read(acc, y.COST_HIGH),
            "profit": read(acc, y.PROFIT_HIGH),
            "quote": read(acc, y.QUOTE_HIGH),
            "base": int(acc[y.BASE]),
            "last": int(acc[y.LAST]),
            "number": int(acc[y.NUMBER]),
            "orders": unpack_orders(self.orders, int(acc[y.ORDERS])),
            "over": unpack_orders(self.over, int(acc[y.OVER])),
            "fills": unpack_fills(self.fills, int(acc[y.FILLS])),
            "fees": read(acc, y.FEES_HIGH),
        }


def state_of(broker: Broker, desk: Desk) -> dict[str, Any]:
    rules, purse = desk.rules, desk.purse
    return {
        "position": desk.position,
        "cost": desk.cost,
        "profit": desk.profit,
        "quote": purse.total(rules.quote) // rules.money,
        "base": purse.total(rules.base) // rules.lot if rules.lot else 0,
        "last": desk.last,
        "number": broker.number,
        "orders": desk.orders,
        "over": desk.over,
        "fills": desk.fills,
        "fees": sum(one.fee for one in desk.fills),
    }


def desk_of(rules: Rules, *, quote: int, base: int = 0, last: int = 100) -> tuple[Broker, Desk]:
    """`quote` in units of money and `base` in lots."""
    totals = {rules.quote: quote * rules.money, rules.base: base * rules.lot}
    broker = Broker(Purse(totals))
    desk = broker.open(rules)
    desk.last = last
    return broker, desk


def place(broker: Broker, desk: Desk, **wish: Any) -> tuple[o.Row, int]:
    """The row, and why it was not placed; then its number was not used up either."""
    row = o.order_row(broker.number + 1, **wish)
    reason = broker.place(desk, row).reason
    if reason == o.NONE:
        broker.count()
    return row, reason
