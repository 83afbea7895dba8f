"""The account of a backtest and the bars that it goes through: flat numbers for whoever steps, objects for the exact
step, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from treadle.service.backtests.program.prices import Prices
from treadle.service.backtests.program.refusing import not_compiled
from treadle.service.backtests.program.venue import StepVenue
from treadle.simulation.compiled import layout as y
from treadle.simulation.compiled import opening
from treadle.simulation.compiled.twin import namespace
from treadle.simulation.market import orders as o
from treadle.simulation.market.desk import Traded

ORDERS_ROOM, FILLS_ROOM = 64, 4096
_AT_ONCE = 1024
_CARRIED = (y.STATUS, y.FILLS, y.OVER, y.KEEPS_OVER, y.BAR, y.WALKED, y.CHANGES, y.FEES_HIGH, y.FEES)
GUARD_TAG = -1
NODES = 1 << 16
"""What the tag of an order is a multiple of: moment × `NODES` + the index of the node."""


class Trading:
    """`acc`, `orders`, `over` and `fills` are what `simulation.compiled` works on. `is_jitted` says in which form."""

    def __init__(self, venue: StepVenue, prices: Prices, *, is_jitted: bool) -> None:
        self.venue, self.prices, self.is_jitted = venue, prices, is_jitted
        self.names: Mapping[str, Any] = namespace(is_jitted)
        broker, desk = venue.new_account()
        rules = opening.pack_rules(venue.rules, wide=is_jitted)
        acc = opening.open_account(desk, wide=is_jitted, number=broker.number)
        if rules is None or acc is None:
            raise not_compiled("The rules or the amounts of its account do not fit into whole numbers.")
        self.rest = opening.rest_of(desk)
        self.rules, self.acc = self.flat(rules), self.flat(acc)
        self.orders, self.over = self.room(ORDERS_ROOM * y.ROW), self.room(ORDERS_ROOM * y.ROW)
        self.fills = self.room(FILLS_ROOM * y.FILL)
        self.bars = (prices.opens, prices.closes, prices.open, prices.high, prices.low, prices.close, prices.volume)
        self._advance: Callable[..., int] = self.names["advance"]
        self._expire: Callable[..., None] = self.names["expire"]

    def flat(self, values: list[int]) -> Any:
        if not self.is_jitted:
            return values
        import numpy

        return numpy.array(values, dtype=numpy.int64)

    def room(self, count: int) -> Any:
        if not self.is_jitted:
            return [0] * count
        import numpy

        return numpy.zeros(count, dtype=numpy.int64)

    def advance(self, end: int) -> None:
        """Go through the bars up to `end`."""
        while self._advance(self.acc, self.orders, self.over, self.fills, self.rules, *self.bars, end) < end:
            self.make_way()

    def make_way(self) -> None:
        """What a step stopped for: give it room, or take the bar with numbers of any size."""
        status = int(self.acc[y.STATUS])
        if status == y.FULL or not status:
            self._give_room()
        elif status == y.OVERFLOW:
            self._exact_bar(int(self.acc[y.WALKED]))
        else:
            raise AssertionError(f"a step stopped, and does not say why ({status})")

    def _give_room(self) -> None:
        """To what is more than a quarter full, as far as a bar may need."""
        orders, fills, over = (int(self.acc[field]) for field in (y.ORDERS, y.FILLS, y.OVER))
        before = len(self.orders) + len(self.fills) + len(self.over)
        if 4 * (orders + 4) * y.ROW > len(self.orders):
            self.orders = self._grown(self.orders)
        if (fills + 6 * orders + 16) * y.FILL > len(self.fills):
            self.fills = self._grown(self.fills)
        if self.acc[y.KEEPS_OVER] and (over + 3 * orders + 16) * y.ROW > len(self.over):
            self.over = self._grown(self.over)
        if len(self.orders) + len(self.fills) + len(self.over) == before:
            self.orders = self._grown(self.orders)  # several are to be placed at once

    def _grown(self, values: Any) -> Any:
        if not self.is_jitted:
            return values + [0] * len(values)
        import numpy

        return numpy.concatenate([values, numpy.zeros(len(values), dtype=numpy.int64)])

    def expire(self, at: int) -> None:
        self._expire(self.acc, self.orders, self.over, at)

    def lend(self) -> None:
        """Let the venue stand at this account."""
        broker, desk = opening.to_broker(self.acc, self.orders, self.venue.rules, rest=self.rest)
        is_open = bool(broker.number)
        self.venue.stand_at(broker, desk, is_open=is_open)
        self.venue.placers = {number: tag % NODES for number, tag in self._tags().items() if tag >= 0}

    def take_back(self, moment: int | None) -> None:
        """Go on from where the venue stands now; orders that are new were placed at this moment."""
        desk = self.venue.desk
        before = self.acc
        tags = self._tags()
        if moment is not None:
            tags = {number: moment * NODES + placer for number, placer in self.venue.placers.items()} | tags
        acc = opening.open_account(desk, wide=self.is_jitted, number=self.venue.broker.number)
        if acc is None:
            raise not_compiled("The amounts of its account grow beyond what fits into whole numbers.")
        for field in _CARRIED:
            acc[field] = int(before[field])
        room = max(len(self.orders) // y.ROW, 4 * len(desk.orders) + 16)
        orders = opening.pack_orders(desk.orders, wide=self.is_jitted, room=room)
        for number, row in enumerate(desk.orders):
            orders[number * y.ROW + y.TAG] = _tag_of(row, tags)
        self.rest = opening.rest_of(desk)
        self.acc, self.orders = self.flat(acc), self.flat(orders)
        if acc[y.KEEPS_OVER]:
            self._keep_over(desk.over, tags)

    def _keep_over(self, rows: Sequence[o.Row], tags: Mapping[int, int]) -> None:
        """Orders that were over while the venue stood at the account."""
        packed = opening.pack_orders(rows, wide=self.is_jitted, room=len(rows))
        for number, row in enumerate(rows):
            packed[number * y.ROW + y.TAG] = _tag_of(row, tags)
        count = int(self.acc[y.OVER])
        while (count + len(rows)) * y.ROW > len(self.over):
            self.over = self._grown(self.over)
        for at, value in enumerate(packed, count * y.ROW):
            self.over[at] = value
        self.acc[y.OVER] = count + len(rows)

    def _places(self) -> range:
        return range(0, int(self.acc[y.ORDERS]) * y.ROW, y.ROW)

    def _tags(self) -> dict[int, int]:
        """By number, of the orders that are open."""
        return {int(self.orders[at + o.NUMBER]): int(self.orders[at + y.TAG]) for at in self._places()}

    def _exact_bar(self, bar: int) -> None:
        tags = self._tags()
        parents = {int(self.orders[at + o.NUMBER]): int(self.orders[at + o.PARENT]) for at in self._places()}
        self.lend()
        desk = self.venue.desk
        row = [int(column[bar]) for column in self.bars]
        desk.step(*row)
        for traded in desk.fills:
            self._write_fill(traded, bar, tags, parents)
        self.take_back(None)
        self.acc[y.WALKED] = bar + 1
        self.acc[y.STATUS] = 0

    def _write_fill(self, traded: Traded, bar: int, tags: Mapping[int, int], parents: Mapping[int, int]) -> None:
        count = int(self.acc[y.FILLS])
        if (count + 1) * y.FILL > len(self.fills):
            self.fills = self._grown(self.fills)
        at = count * y.FILL
        fee, profit = (opening.split(amount, self.is_jitted) for amount in (traded.fee, traded.profit))
        found = [
            traded.serial, traded.number, traded.side, traded.lots, traded.price, *fee, *profit, traded.position,
            traded.at, int(traded.is_maker), bar, tags.get(traded.number, GUARD_TAG), parents.get(traded.number, 0),
        ]  # fmt: skip
        for field, value in enumerate(found):
            self.fills[at + field] = value
        self.acc[y.FILLS] = count + 1
        total = opening.read(self.acc, y.FEES_HIGH) + traded.fee
        self.acc[y.FEES_HIGH], self.acc[y.FEES] = opening.split(total, self.is_jitted)

    def equity(self, ticks: int) -> int:
        """In units of the market's money."""
        if self.venue.rules.lot:
            return opening.read(self.acc, y.QUOTE_HIGH) + int(self.acc[y.BASE]) * ticks * self.venue.rules.multiplier
        return opening.read(self.acc, y.QUOTE_HIGH)

    def each_fill(self) -> Iterator[Traded]:
        """A few are objects at a time."""
        count = int(self.acc[y.FILLS])
        for first in range(0, count, _AT_ONCE):
            some = min(_AT_ONCE, count - first)
            yield from opening.unpack_fills(self.fills[first * y.FILL : (first + some) * y.FILL], some)


def _tag_of(row: o.Row, tags: Mapping[int, int]) -> int:
    """What guards an order has its tag."""
    return tags.get(row[o.NUMBER], tags.get(row[o.PARENT], GUARD_TAG))
