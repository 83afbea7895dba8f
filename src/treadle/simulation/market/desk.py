"""`Desk`: the orders and the position of one account in one market, and how bars and books fill them.

Everything is in whole numbers and nothing is drawn or asked: the same orders over the same bars give the same fills,
bar by bar on a paper account, or all at once in a backtest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from treadle.simulation.market import orders as o
from treadle.simulation.market.costs import average_cost, ceil_div, fee_of, slipped
from treadle.simulation.market.holding import Holding, Rules
from treadle.simulation.market.orders import Row, direction, is_limit, level, order_row, remaining
from treadle.simulation.market.path import path
from treadle.simulation.market.purse import Purse
from treadle.simulation.market.scale import RATE


class Traded(NamedTuple):
    """A fill. `position` and `profit` (money) are what came of it; `serial` counts the fills of the desk."""

    serial: int
    number: int
    side: int
    lots: int
    price: int
    fee: int
    profit: int
    position: int
    at: int
    is_maker: bool


class Want(NamedTuple):
    """Why an order cannot be: what it needs of `asset` and what there is, in units of the purse."""

    reason: int
    asset: str = ""
    need: int = 0
    free: int = 0


WANTS_NOTHING = Want(o.NONE)


class Desk(Holding):
    def __init__(self, rules: Rules, purse: Purse, count: Callable[[], int]) -> None:
        super().__init__(rules, purse)
        self.count = count
        self.orders: list[Row] = []
        """Those that are not over, in the order of their placing."""
        self.over: list[Row] = []
        self.fills: list[Traded] = []
        self.serial = 0
        self._budget = -1

    def bound(self, asset: str, but: Row | None = None) -> int:
        """What the open orders here (other than `but` and its group) need of an asset, in units of the purse; of a
        group, what its largest does."""
        groups: dict[int, int] = {}
        total = 0
        for row in self.orders:
            if but is not None and (row is but or (row[o.GROUP] and row[o.GROUP] == but[o.GROUP])):
                continue
            need = self.need(row)
            if need.asset == asset:
                if row[o.GROUP]:
                    groups[row[o.GROUP]] = max(groups.get(row[o.GROUP], 0), need.need)
                else:
                    total += need.need
        return total + sum(groups.values())

    def need(self, row: Row) -> Want:
        """What an open order binds; one that only reduces takes what there is when it is its turn."""
        rules, lots = self.rules, remaining(row)
        if row[o.REDUCE_ONLY]:
            return WANTS_NOTHING
        if rules.lot and row[o.SIDE] == o.SELL:
            return Want(o.NONE, rules.base, lots * rules.lot)
        price = row[o.PRICE] or row[o.STOP] or self.last
        if rules.lot:
            notional = lots * price * rules.multiplier
            fee = max(0, fee_of(notional, self.purse.tier(row[o.SINCE], rules.tiers).taker))
            return Want(o.NONE, rules.quote, (notional + fee) * rules.money)
        opening = lots if self.position * row[o.SIDE] >= 0 else max(0, lots - abs(self.position))
        notional = opening * price * rules.multiplier
        fee = max(0, fee_of(notional, self.purse.tier(row[o.SINCE], rules.tiers).taker))
        return Want(o.NONE, rules.quote, (ceil_div(notional * rules.margin, RATE) + fee) * rules.money)

    # Placing

    def check(self, row: Row, free: Callable[[str], int]) -> Want:
        """Whether the order may be placed. `free` tells how much of an asset no other order and no position binds."""
        if row[o.REDUCE_ONLY]:
            if self.position * row[o.SIDE] >= 0:
                return Want(o.NOTHING_TO_REDUCE)
            return WANTS_NOTHING
        if not self.rules.lot and not self.rules.shorts and row[o.SIDE] == o.SELL and remaining(row) > self.position:
            return Want(o.NO_SHORTS)
        need = self.need(row)
        there = free(need.asset) if need.asset else 0
        return WANTS_NOTHING if need.need <= there else Want(o.NO_FUNDS, need.asset, need.need, there)

    def place(self, row: Row) -> None:
        self.orders.append(row)

    def cancel(self, row: Row, reason: int = o.ASKED) -> None:
        self._finish(row, o.CANCELLED, reason)

    def arrive(self, row: Row, levels: Sequence[tuple[int, int]], at: int, *, spread: int = 0) -> None:
        """An order that was just placed meets a book: `levels` (price, lots) of the other side, the best first."""
        best = levels[0][0] if levels else 0
        price = best if row[o.KIND] in (o.MARKET, o.LIMIT) else self.last
        if not best or not o.is_reached(row, price):
            if row[o.KIND] == o.MARKET or (row[o.KIND] == o.LIMIT and row[o.FORCE] in (o.IMMEDIATE, o.FILL_OR_KILL)):
                self._finish(row, o.CANCELLED, o.NOT_AT_ONCE if best else o.NO_DEPTH)
            row[o.RESTED] = 1
            return
        row[o.ARMED] = 1
        if row[o.POST_ONLY] and is_limit(row):
            self._finish(row, o.REJECTED, o.WOULD_TRADE)
            return
        bounded = is_limit(row)
        left = self._allowed(row)
        if left <= 0:
            self._finish(row, o.CANCELLED, o.NOTHING_TO_REDUCE)
            return
        parts: list[tuple[int, int]] = []
        for quoted, offered in levels:
            if left <= 0 or (bounded and (quoted - row[o.PRICE]) * row[o.SIDE] > 0):
                break
            lots = min(left, offered)
            parts.append((self._taken(row, quoted, lots, offered, spread), lots))
            left -= lots
        if row[o.FORCE] == o.FILL_OR_KILL and left > 0:
            self._finish(row, o.CANCELLED, o.NOT_AT_ONCE)
            return
        if parts and (lack := self._lack(row, parts, at)):
            self._finish(row, o.REJECTED, lack)
            return
        for price, lots in parts:
            if not self._fill(row, lots, price, at, is_maker=False):
                return
        row[o.RESTED] = 1
        if row[o.STATUS] < o.DONE and (not bounded or row[o.FORCE] == o.IMMEDIATE):
            self._finish(row, o.CANCELLED, o.NOT_AT_ONCE if bounded else o.NO_DEPTH)

    # Time goes on

    def step(self, opens: int, closes: int, open: int, high: int, low: int, close: int, volume: int = -1) -> None:
        """A bar: whatever rests here and was placed by its opening is matched along the path of the bar."""
        if self.orders and self._concerns(opens, closes, high, low):
            self._walk(opens, closes, open, high, low, close, volume)
        self.last = close
        if self.position and not self.rules.lot and self.rules.maintenance:
            self._keep_margin(closes, high, low)

    def is_quiet(self, high: int, low: int) -> bool:
        """Whether prices up to `high` and down to `low` change nothing here, whatever their order."""
        for row in self.orders:
            way = direction(row)
            if way == 0 or row[o.EXPIRES] or row[o.FORCE] == o.IMMEDIATE or row[o.FORCE] == o.FILL_OR_KILL:
                return False
            if ((high if way > 0 else low) - level(row)) * way >= 0:
                return False
        if self.position and not self.rules.lot and self.rules.maintenance:
            worst = low if self.position > 0 else high
            return not any(one.position for one in self.others) and self.spare(worst) >= 0
        return True

    def pass_by(self, opens: int, close: int) -> None:
        """Bars that were quiet, up to one that opened at `opens` and closed at `close`."""
        for row in self.orders:
            if row[o.SINCE] <= opens:
                row[o.RESTED] = 1
        self.last = close

    def has_expired(self, at: int) -> bool:
        return any(row[o.EXPIRES] and row[o.EXPIRES] <= at for row in self.orders)

    def expire(self, at: int) -> None:
        for row in [one for one in self.orders if one[o.EXPIRES] and one[o.EXPIRES] <= at]:
            self._finish(row, o.EXPIRED, o.OUT_OF_TIME)

    def settle(self, at: int, price: int) -> None:
        """The market is over: open orders are cancelled, and what is held is paid out at `price` a lot."""
        for row in list(self.orders):
            self.cancel(row, o.SETTLED)
        rules, purse = self.rules, self.purse
        self.last = price
        if rules.lot:
            held = purse.total(rules.base) // rules.lot
            purse.move(at, rules.base, -held * rules.lot, "payout", rules.symbol, 0)
            purse.move(at, rules.quote, held * price * rules.multiplier * rules.money, "payout", rules.symbol, 0)
        else:
            purse.move(at, rules.quote, self.unrealised * rules.money, "payout", rules.symbol, 0)
        self.profit += self.unrealised
        self.position = self.cost = 0

    def _concerns(self, opens: int, closes: int, high: int, low: int) -> bool:
        """Whether anything becomes of an order in this bar."""
        found = False
        for row in list(self.orders):
            if row[o.EXPIRES] and row[o.EXPIRES] < closes:
                self._finish(row, o.EXPIRED, o.OUT_OF_TIME)
            elif row[o.SINCE] <= opens:
                way = direction(row)
                at_once = way == 0 or row[o.FORCE] == o.IMMEDIATE or row[o.FORCE] == o.FILL_OR_KILL
                if at_once or ((high if way > 0 else low) - level(row)) * way >= 0:
                    found = True
                else:
                    row[o.RESTED] = 1
        return found

    def _walk(self, opens: int, closes: int, open: int, high: int, low: int, close: int, volume: int) -> None:
        rules = self.rules
        share = rules.volume_share
        self._budget = volume * share // RATE if share and volume >= 0 else -1
        against = 0 if not rules.is_pessimistic or not self.position else (1 if self.position > 0 else -1)
        spread = ceil_div(open * rules.spread, RATE) if rules.spread else 0
        waiting: set[int] = set()
        price = open
        for corner, target in enumerate(path(open, high, low, close, against)):
            while (row := self._next(price, target, opens, waiting, corner == 0)) is not None:
                at_once = self._is_here(row, price, corner == 0)
                if not at_once:
                    price = self._mark(row, False)
                at = opens if corner == 0 else closes
                if not self._execute(row, price, at_once, corner == 0, at, volume, spread):
                    waiting.add(row[o.NUMBER])
            if corner == 0:
                self._after_opening(opens)
            price = target
        for row in self.orders:
            if row[o.SINCE] <= opens:
                row[o.RESTED] = 1

    def _next(self, price: int, target: int, opens: int, waiting: set[int], opening: bool) -> Row | None:
        """The order that the price comes to first on its way to `target`; of several, the one placed first."""
        found: Row | None = None
        nearest = 0
        for row in self.orders:
            if row[o.SINCE] > opens or row[o.NUMBER] in waiting:
                continue
            if self._is_here(row, price, opening):
                distance = 0
            else:
                way = direction(row)
                distance = (self._mark(row, opening) - price) * way
                if (target - price) * way < distance:
                    continue
            if found is None or distance < nearest:
                found, nearest = row, distance
        return found

    def _is_here(self, row: Row, price: int, opening: bool) -> bool:
        way = direction(row)
        return way == 0 or (price - self._mark(row, opening)) * way >= 0

    def _mark(self, row: Row, opening: bool) -> int:
        """Where something becomes of the order. Pessimistically, the price has to go through a limit that rests."""
        if self.rules.is_pessimistic and is_limit(row) and not (opening and not row[o.RESTED]):
            return row[o.PRICE] + direction(row)
        return level(row)

    def _execute(self, row: Row, price: int, at_once: bool, opening: bool, at: int, volume: int, spread: int) -> bool:
        """Something became of the order at `price`. False: nothing more does in this bar."""
        kind = row[o.KIND]
        if kind > o.LIMIT and not row[o.ARMED]:
            row[o.ARMED] = 1
            if is_limit(
                row
            ):  # it comes into the book now: it takes if it can at this price, else it rests from here on
                row[o.RESTED] = 0 if o.is_reached(row, price) else 1
                return True
            at_once = True
        lots = self._allowed(row)
        if lots <= 0:
            self._finish(row, o.CANCELLED, o.NOTHING_TO_REDUCE)
            return False
        bounded = is_limit(row)
        is_maker = bounded and (row[o.RESTED] == 1 or not at_once)
        if row[o.POST_ONLY] and bounded and not is_maker:
            self._finish(row, o.REJECTED, o.WOULD_TRADE)
            return False
        if self._budget >= 0:
            if row[o.FORCE] == o.FILL_OR_KILL and self._budget < lots:
                self._finish(row, o.CANCELLED, o.NOT_AT_ONCE)
                return False
            lots = min(lots, self._budget)
            if lots == 0:
                return False
        if is_maker:
            price = price if opening and not self.rules.is_pessimistic else row[o.PRICE]
        else:
            price = self._taken(row, price, lots, volume, spread)
        if not self._fill(row, lots, price, at, is_maker=is_maker):
            return False
        if self._budget >= 0:
            self._budget -= lots
        if row[o.STATUS] < o.DONE and row[o.FORCE] == o.IMMEDIATE:
            self._finish(row, o.CANCELLED, o.NOT_AT_ONCE)
        return row[o.STATUS] < o.DONE and self._budget != 0

    def _after_opening(self, opens: int) -> None:
        for row in [one for one in self.orders if one[o.SINCE] <= opens]:
            row[o.RESTED] = 1
            if row[o.FORCE] in (o.IMMEDIATE, o.FILL_OR_KILL) and (row[o.KIND] <= o.LIMIT or row[o.ARMED]):
                self._finish(row, o.CANCELLED, o.NOT_AT_ONCE)

    # A fill

    def _taken(self, row: Row, price: int, lots: int, volume: int, spread: int) -> int:
        """The price for who takes at `price`: with slippage, but never beyond the order's own limit."""
        rules = self.rules
        if not rules.slippage:
            return price
        side = row[o.SIDE]
        worse = slipped(
            price, side, lots, kind=rules.slippage, amount=rules.slippage_amount, volume=volume, spread=spread
        )
        if rules.highest and worse > rules.highest:
            worse = rules.highest
        if is_limit(row) and (worse - row[o.PRICE]) * side > 0:
            worse = row[o.PRICE]
        return worse

    def _allowed(self, row: Row) -> int:
        """How many lots are still to be traded; of an order that only reduces, no more than there are to reduce."""
        lots = remaining(row)
        if row[o.REDUCE_ONLY]:
            lots = min(lots, max(0, -row[o.SIDE] * self.position))
        return lots

    def _lack(self, row: Row, parts: Sequence[tuple[int, int]], at: int) -> int:
        """Why (price, lots), all together, cannot be paid; `NONE` where they can."""
        rules, purse, side = self.rules, self.purse, row[o.SIDE]
        lots = sum(part[1] for part in parts)
        if rules.lot and side == o.SELL:
            return o.NONE if lots * rules.lot <= purse.total(rules.base) else o.NO_FUNDS
        if not rules.lot and self.position * side < 0 and lots <= abs(self.position):
            return o.NONE
        taker = purse.tier(at, rules.tiers).taker
        worth = [price * count * rules.multiplier for price, count in parts]
        cost = sum(worth) + sum(fee_of(one, taker) for one in worth)
        if rules.lot:
            return o.NONE if cost * rules.money <= purse.total(rules.quote) else o.NO_FUNDS
        if not rules.shorts and side == o.SELL:
            return o.NO_SHORTS
        position, entered, profit = average_cost(self.position, self.cost, side, lots, sum(worth))
        price = parts[-1][0]
        open_profit = position * price * rules.multiplier - entered
        margin = ceil_div(abs(position) * price * rules.multiplier * rules.margin, RATE)
        left = (profit + open_profit - margin - (cost - sum(worth))) * rules.money + purse.total(rules.quote)
        for one in self.others:
            left += (one.unrealised - one.bound_margin) * one.rules.money
        return o.NONE if left >= 0 else o.NO_FUNDS

    def _fill(self, row: Row, lots: int, price: int, at: int, *, is_maker: bool, forced: bool = False) -> bool:
        """False: it could not be paid, and the order is over."""
        rules, purse, side, number = self.rules, self.purse, row[o.SIDE], row[o.NUMBER]
        if not forced and (lack := self._lack(row, ((price, lots),), at)):
            self._finish(row, o.CANCELLED if row[o.FILLED] else o.REJECTED, lack)
            return False
        notional = lots * price * rules.multiplier
        tier = purse.tier(at, rules.tiers)
        fee = fee_of(notional, tier.maker if is_maker else tier.taker)
        held = lots if side == o.BUY or not rules.lot else min(lots, self.position)
        self.position, self.cost, profit = average_cost(
            self.position, self.cost, side, held, held * price * rules.multiplier
        )
        self.profit += profit
        symbol = rules.symbol
        if rules.lot:
            purse.move(at, rules.quote, -side * notional * rules.money, "trade", symbol, number)
            purse.move(at, rules.base, side * lots * rules.lot, "trade", symbol, number)
        else:
            purse.move(at, rules.quote, profit * rules.money, "profit", symbol, number)
        purse.move(at, rules.quote, -fee * rules.money, "fee", symbol, number)
        if len(rules.tiers) > 1:
            purse.traded(at, notional * rules.money)
        self.serial += 1
        self.fills.append(Traded(self.serial, number, side, lots, price, fee, profit, self.position, at, is_maker))
        row[o.FILLED] += lots
        row[o.COST] += lots * price
        row[o.FEE] += fee
        row[o.STATUS] = o.PARTLY
        if remaining(row) <= 0:
            self._finish(row, o.DONE, o.NONE)
        if row[o.GROUP]:
            self._cut_group(row, lots)
        if not self.position:
            for child in [one for one in self.orders if one[o.PARENT]]:
                self._finish(child, o.CANCELLED, o.NOTHING_TO_REDUCE)
        elif (row[o.STOP_LOSS] or row[o.TAKE_PROFIT]) and self.position * side > 0:
            self._guard(row, min(lots, abs(self.position)))
        return True

    def _cut_group(self, row: Row, lots: int) -> None:
        """What is filled of one order of a group is taken away from the others."""
        for other in [one for one in self.orders if one[o.GROUP] == row[o.GROUP] and one is not row]:
            other[o.CUT] += lots
            if remaining(other) <= 0 or row[o.STATUS] == o.DONE:
                self._finish(other, o.CANCELLED, o.GROUPED)

    def _guard(self, row: Row, lots: int) -> None:
        """Stop-loss and take-profit for what was just filled; they rest from now on, and cancel each other."""
        children = [one for one in self.orders if one[o.PARENT] == row[o.NUMBER]]
        for child in children:
            child[o.QUANTITY] += lots
        if children:
            return
        group = -self.count()
        for stop, kind in ((row[o.STOP_LOSS], o.STOP_MARKET), (row[o.TAKE_PROFIT], o.TAKE_MARKET)):
            if stop:
                self._add_guard(row[o.NUMBER], -row[o.SIDE], lots, kind, stop, row[o.SINCE], group)

    def guard(self, number: int, is_long: bool, lots: int, kind: int, stop: int, since: int) -> None:
        """A stop-loss (`STOP_MARKET`) or take-profit (`TAKE_MARKET`) for what an order has filled, beside the other."""
        group = next((one[o.GROUP] for one in self.orders if one[o.PARENT] == number), 0) or -self.count()
        self._add_guard(number, o.SELL if is_long else o.BUY, lots, kind, stop, since, group)

    def _add_guard(self, parent: int, side: int, lots: int, kind: int, stop: int, since: int, group: int) -> None:
        self.place(
            order_row(
                self.count(), side, kind, lots, stop=stop, reduce_only=True, group=group, parent=parent, since=since
            )
        )

    def _keep_margin(self, at: int, high: int, low: int) -> None:
        """Close by force what the account can no longer carry, at the price where that became so."""
        worst = low if self.position > 0 else high
        if self.spare(worst) >= 0:
            return
        price = min(max(self.liquidation(), low), high)
        for row in list(self.orders):
            self.cancel(row, o.LIQUIDATED)
        side = o.SELL if self.position > 0 else o.BUY
        row = order_row(self.count(), side, o.MARKET, abs(self.position), reduce_only=True, since=at)
        row[o.REASON] = o.LIQUIDATED
        self.place(row)
        self._fill(row, abs(self.position), price, at, is_maker=False, forced=True)
        row[o.REASON] = o.LIQUIDATED

    def _finish(self, row: Row, status: int, reason: int) -> None:
        row[o.STATUS], row[o.REASON] = status, reason
        self.orders.remove(row)
        self.over.append(row)
