"""`Broker`: the desks of one account over one purse. What a paper account and a backtest are made of."""

from __future__ import annotations

from treadle.simulation.market import orders as o
from treadle.simulation.market.costs import ceil_div
from treadle.simulation.market.desk import Desk, Want
from treadle.simulation.market.holding import Rules
from treadle.simulation.market.orders import Row
from treadle.simulation.market.purse import Purse
from treadle.simulation.market.scale import RATE


class Broker:
    def __init__(self, purse: Purse, *, number: int = 0) -> None:
        self.purse = purse
        self.number = number
        self.desks: dict[str, Desk] = {}

    def count(self) -> int:
        """The next number of an order."""
        self.number += 1
        return self.number

    def open(self, rules: Rules) -> Desk:
        """The desk of a market, which is opened once."""
        desk = Desk(rules, self.purse, self.count)
        for other in self.desks.values():
            if not rules.lot and not other.rules.lot and other.rules.quote == rules.quote:
                desk.others.append(other)
                other.others.append(desk)
        self.desks[rules.symbol] = desk
        return desk

    def free(self, asset: str, *, but: Row | None = None) -> int:
        """What no open order (other than `but`) and no position binds; of a margin account also what positions have
        made so far."""
        left = self.purse.total(asset)
        for desk in self.desks.values():
            left -= desk.bound(asset, but)
            if not desk.rules.lot and desk.rules.quote == asset:
                left += (desk.unrealised - desk.bound_margin) * desk.rules.money
        return left

    def place(self, desk: Desk, row: Row) -> Want:
        """Put an order on a desk, unless it may not be; then nothing happened."""
        want = desk.check(row, lambda asset: self.free(asset, but=row))
        if want.reason == o.NONE:
            desk.place(row)
        return want

    def is_walked(self, desk: Desk) -> bool:
        """Whether prices may change anything on this desk."""
        return bool(desk.orders) or (desk.position != 0 and not desk.rules.lot)

    def is_watched(self, desk: Desk) -> bool:
        """Whether prices, or the end of the market, may."""
        return self.is_walked(desk) or (desk.position != 0 and desk.rules.highest > 0)


def margin_rate(leverage: int) -> int:
    return ceil_div(RATE, leverage)
