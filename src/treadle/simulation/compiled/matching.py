"""Orders and their fills: the part of `Desk` that places, ends and fills, over flat sequences. See `account`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from treadle.simulation.compiled.account import (
    Flat,
    average,
    check,
    fits,
    lack,
    move_fee,
    move_money,
    move_profit,
    note_traded,
    remaining,
    share_above,
    tier_at,
    worth_of,
)
from treadle.simulation.compiled.integers import (
    wide_add,
    wide_divided,
    wide_negative,
    wide_scaled,
    wide_subtract,
    wide_times,
)
from treadle.simulation.compiled.layout import (
    BAR,
    BASE,
    CHANGES,
    COST,
    COST_HIGH,
    COST_UPPER,
    ENDED,
    F_AT,
    F_BAR,
    F_FEE,
    F_FEE_HIGH,
    F_IS_MAKER,
    F_LOTS,
    F_NUMBER,
    F_PARENT,
    F_POSITION,
    F_PRICE,
    F_PROFIT,
    F_PROFIT_HIGH,
    F_SERIAL,
    F_SIDE,
    F_TAG,
    FEE_UPPER,
    FILL,
    FILLS,
    FULL,
    HIGHEST,
    IS_OWNED,
    KEEPS_OVER,
    LAST,
    NUMBER,
    ORDERS,
    OVER,
    POSITION,
    ROW,
    SERIAL,
    SLIPPAGE,
    SLIPPAGE_AMOUNT,
    STATUS,
    TAG,
    TIERS,
)
from treadle.simulation.market import costs as _costs
from treadle.simulation.market import orders as _orders
from treadle.simulation.market.scale import RATE

SIDE, KIND, QUANTITY, FILLED, CUT = _orders.SIDE, _orders.KIND, _orders.QUANTITY, _orders.FILLED, _orders.CUT
PRICE, STOP, FORCE, EXPIRES, SINCE = _orders.PRICE, _orders.STOP, _orders.FORCE, _orders.EXPIRES, _orders.SINCE
POST_ONLY, REDUCE_ONLY, GROUP, PARENT = _orders.POST_ONLY, _orders.REDUCE_ONLY, _orders.GROUP, _orders.PARENT
STOP_LOSS, TAKE_PROFIT, REASON, NUMBER_OF = _orders.STOP_LOSS, _orders.TAKE_PROFIT, _orders.REASON, _orders.NUMBER
ORDER_STATUS, ARMED, RESTED = _orders.STATUS, _orders.ARMED, _orders.RESTED
ORDER_COST, ORDER_FEE = _orders.COST, _orders.FEE
BUY, SELL = _orders.BUY, _orders.SELL
MARKET, LIMIT, STOP_MARKET, STOP_LIMIT, TAKE_MARKET, TAKE_LIMIT = (
    _orders.MARKET, _orders.LIMIT, _orders.STOP_MARKET, _orders.STOP_LIMIT, _orders.TAKE_MARKET, _orders.TAKE_LIMIT,
)  # fmt: skip
IMMEDIATE, FILL_OR_KILL = _orders.IMMEDIATE, _orders.FILL_OR_KILL
PARTLY, DONE, CANCELLED, REJECTED, EXPIRED = (
    _orders.PARTLY, _orders.DONE, _orders.CANCELLED, _orders.REJECTED, _orders.EXPIRED,
)  # fmt: skip
NONE, NOTHING_TO_REDUCE, NOT_AT_ONCE, GROUPED, WOULD_TRADE = (
    _orders.NONE, _orders.NOTHING_TO_REDUCE, _orders.NOT_AT_ONCE, _orders.GROUPED, _orders.WOULD_TRADE,
)  # fmt: skip
OUT_OF_TIME, ASKED, SETTLED, LIQUIDATED = _orders.OUT_OF_TIME, _orders.ASKED, _orders.SETTLED, _orders.LIQUIDATED
FIXED, OF_SPREAD, IMPACT = _costs.FIXED, _costs.OF_SPREAD, _costs.IMPACT
_MILLION = 1_000_000
_ROOT = 2_000_000_000
"""The largest √(lots / volume), in millionths, that slippage by impact is calculated with."""


# Orders


def find(acc: Sequence[int], orders: Sequence[int], number: int) -> int:
    """Where the order is, or -1."""
    for at in range(0, acc[ORDERS] * ROW, ROW):
        if orders[at + NUMBER_OF] == number:
            return at
    return -1


def is_limit(orders: Sequence[int], at: int) -> bool:
    kind = orders[at + KIND]
    return kind == LIMIT or ((kind in (STOP_LIMIT, TAKE_LIMIT)) and orders[at + ARMED] == 1)


def direction(orders: Sequence[int], at: int) -> int:
    kind = orders[at + KIND]
    if kind == MARKET:
        return 0
    side = orders[at + SIDE]
    if kind == LIMIT:
        return -side
    if orders[at + ARMED]:
        return -side if kind in (STOP_LIMIT, TAKE_LIMIT) else 0
    return side if kind in (STOP_MARKET, STOP_LIMIT) else -side


def level(orders: Sequence[int], at: int) -> int:
    return orders[at + PRICE] if is_limit(orders, at) else orders[at + STOP]


def would_trade(last: int, side: int, kind: int, price: int) -> bool:
    """Whether a limit would meet the market where it is."""
    return kind == LIMIT and (price - last) * side >= 0


def finish(acc: Flat, orders: Flat, over: Flat, at: int, status: int, reason: int) -> None:
    """The order at `at` is over; those behind it move up."""
    orders[at + ORDER_STATUS] = status
    orders[at + REASON] = reason
    acc[CHANGES] += 1
    if acc[KEEPS_OVER]:
        orders[at + ENDED] = acc[BAR]
        place = acc[OVER] * ROW
        for field in range(ROW):
            over[place + field] = orders[at + field]
        acc[OVER] += 1
    acc[ORDERS] -= 1
    end = acc[ORDERS] * ROW
    while at < end:
        orders[at] = orders[at + ROW]
        at += 1


def put(
    acc: Flat, orders: Flat, side: int, kind: int, lots: int, price: int, stop: int, force: int, expires: int,
    post_only: int, reduce_only: int, group: int, parent: int, stop_loss: int, take_profit: int, since: int, tag: int,
) -> int:  # fmt: skip
    """Write an order behind the last one, without counting it; where it is."""
    at = acc[ORDERS] * ROW
    for field in range(ROW):
        orders[at + field] = 0
    orders[at + SIDE] = side
    orders[at + KIND] = kind
    orders[at + QUANTITY] = lots
    orders[at + PRICE] = price
    orders[at + STOP] = stop
    orders[at + FORCE] = force
    orders[at + EXPIRES] = expires
    orders[at + POST_ONLY] = post_only
    orders[at + REDUCE_ONLY] = reduce_only
    orders[at + GROUP] = group
    orders[at + PARENT] = parent
    orders[at + STOP_LOSS] = stop_loss
    orders[at + TAKE_PROFIT] = take_profit
    orders[at + SINCE] = since
    orders[at + TAG] = tag
    return at


def place(
    acc: Flat, orders: Flat, rules: Sequence[int], side: int, kind: int, lots: int, price: int, stop: int, force: int,
    expires: int, post_only: int, reduce_only: int, group: int, stop_loss: int, take_profit: int, since: int, tag: int,
) -> int:  # fmt: skip
    """`Broker.place`: 0, and the order is open under the number `NUMBER`; or why it is not, and nothing happened; or
    -1, and `STATUS` says why that cannot be told."""
    acc[STATUS] = 0
    if (3 * acc[ORDERS] + 7) * ROW > len(orders):
        acc[STATUS] = FULL
        return -1
    if not fits(acc, orders, rules, lots, max(price, stop, stop_loss, take_profit, acc[LAST])):
        return -1
    at = put(
        acc, orders, side, kind, lots, price, stop, force, expires, post_only, reduce_only, group, 0, stop_loss,
        take_profit, since, tag,
    )  # fmt: skip
    reason = check(acc, orders, rules, at)
    if reason == NONE:
        acc[NUMBER] += 1
        orders[at + NUMBER_OF] = acc[NUMBER]
        acc[ORDERS] += 1
    return reason


def cancel(acc: Flat, orders: Flat, over: Flat, number: int) -> int:
    """1, or 0 where there is no such order."""
    at = find(acc, orders, number)
    if at < 0:
        return 0
    finish(acc, orders, over, at, CANCELLED, ASKED)
    return 1


def cancel_all(acc: Flat, orders: Flat, over: Flat, reason: int) -> None:
    while acc[ORDERS]:
        finish(acc, orders, over, 0, CANCELLED, reason)


def expire(acc: Flat, orders: Flat, over: Flat, until: int) -> None:
    """End the orders whose time ends up to `until`."""
    at = 0
    while at < acc[ORDERS] * ROW:
        if orders[at + EXPIRES] and orders[at + EXPIRES] <= until:
            finish(acc, orders, over, at, EXPIRED, OUT_OF_TIME)
        else:
            at += ROW


def settle(acc: Flat, orders: Flat, over: Flat, rules: Sequence[int], price: int) -> None:
    """The market is over (`Desk.settle`)."""
    cancel_all(acc, orders, over, SETTLED)
    acc[LAST] = price
    made_high, made = worth_of(rules, acc[POSITION], price)
    made_high, made = wide_subtract(made_high, made, acc[COST_HIGH], acc[COST])
    if rules[IS_OWNED]:
        high, low = worth_of(rules, acc[BASE], price)
        acc[BASE] = 0
        move_money(acc, high, low)
    elif acc[POSITION]:
        move_money(acc, made_high, made)
    if acc[POSITION]:
        move_profit(acc, made_high, made)
    acc[POSITION] = 0
    acc[COST_HIGH] = 0
    acc[COST] = 0


# A fill


def slipped(rules: Sequence[int], price: int, side: int, lots: int, volume: int, spread: int) -> int:
    """`costs.slipped`."""
    kind, amount = rules[SLIPPAGE], rules[SLIPPAGE_AMOUNT]
    if amount == 0:
        return price
    if kind == FIXED:
        high, low = wide_times(price, -amount)
    elif kind == OF_SPREAD:
        high, low = wide_times(spread, -amount)
    else:
        share = _MILLION
        if volume > 0:
            high, low = wide_times(lots, _MILLION * _MILLION)
            high, low, _ = wide_divided(high, low, volume)
            share = root_of(low)
        high, low = wide_times(price, -share)
        high, low = wide_scaled(high, low, amount)
        high, low, _ = wide_divided(high, low, _MILLION)
    high, low, _ = wide_divided(high, low, RATE)
    high, low = wide_negative(high, low)
    return max(1, price + side * low)


def root_of(number: int) -> int:
    """Its square root, rounded down; below 2⁶²."""
    root = int(math.sqrt(float(number)))
    while root * root > number:
        root -= 1
    while (root + 1) * (root + 1) <= number:
        root += 1
    return root


def taken(orders: Sequence[int], rules: Sequence[int], at: int, price: int, lots: int, volume: int, spread: int) -> int:
    """The price for who takes (`Desk._taken`)."""
    if rules[SLIPPAGE] == 0:
        return price
    side = orders[at + SIDE]
    worse = slipped(rules, price, side, lots, volume, spread)
    if rules[HIGHEST] and worse > rules[HIGHEST]:
        worse = rules[HIGHEST]
    if is_limit(orders, at) and (worse - orders[at + PRICE]) * side > 0:
        worse = orders[at + PRICE]
    return worse


def allowed(acc: Sequence[int], orders: Sequence[int], at: int) -> int:
    lots = remaining(orders, at)
    if orders[at + REDUCE_ONLY]:
        lots = min(lots, max(0, -orders[at + SIDE] * acc[POSITION]))
    return lots


def fill(
    acc: Flat, orders: Flat, over: Flat, fills: Flat, rules: Sequence[int], at: int, lots: int, price: int, moment: int,
    is_maker: int, is_forced: int,
) -> int:  # fmt: skip
    """0: it could not be paid, and the order is over (`Desk._fill`)."""
    side, number, filled = orders[at + SIDE], orders[at + NUMBER_OF], orders[at + FILLED]
    if not is_forced:
        why = lack(acc, rules, side, lots, price, moment)
        if why != NONE:
            finish(acc, orders, over, at, CANCELLED if filled else REJECTED, why)
            return 0
    owned = rules[IS_OWNED]
    high, low = worth_of(rules, lots, price)
    tier = tier_at(acc, rules, moment)
    fee_high, fee = share_above(high, low, rules[tier + 2] if is_maker else rules[tier + 3])
    held = lots if side == BUY or not owned else min(lots, acc[POSITION])
    position, cost_high, cost, profit_high, profit = average(acc, rules, side, held, price)
    acc[POSITION] = position
    acc[COST_HIGH] = cost_high
    acc[COST] = cost
    move_profit(acc, profit_high, profit)
    if owned:
        paid_high, paid = worth_of(rules, -side * lots, price)
        move_money(acc, paid_high, paid)
        acc[BASE] += side * lots
    else:
        move_money(acc, profit_high, profit)
    move_fee(acc, fee_high, fee)
    if rules[TIERS] > 1:
        note_traded(acc, moment, high, low)
    acc[SERIAL] += 1
    acc[CHANGES] += 1
    row = acc[FILLS] * FILL
    acc[FILLS] += 1
    fills[row + F_SERIAL] = acc[SERIAL]
    fills[row + F_NUMBER] = number
    fills[row + F_SIDE] = side
    fills[row + F_LOTS] = lots
    fills[row + F_PRICE] = price
    fills[row + F_FEE_HIGH] = fee_high
    fills[row + F_FEE] = fee
    fills[row + F_PROFIT_HIGH] = profit_high
    fills[row + F_PROFIT] = profit
    fills[row + F_POSITION] = position
    fills[row + F_AT] = moment
    fills[row + F_IS_MAKER] = is_maker
    fills[row + F_BAR] = acc[BAR]
    fills[row + F_TAG] = orders[at + TAG]
    fills[row + F_PARENT] = orders[at + PARENT]
    orders[at + FILLED] = filled + lots
    cost_high, cost = wide_times(lots, price)
    orders[at + COST_UPPER], orders[at + ORDER_COST] = wide_add(
        orders[at + COST_UPPER], orders[at + ORDER_COST], cost_high, cost
    )
    orders[at + FEE_UPPER], orders[at + ORDER_FEE] = wide_add(
        orders[at + FEE_UPPER], orders[at + ORDER_FEE], fee_high, fee
    )
    orders[at + ORDER_STATUS] = PARTLY
    group, since, tag = orders[at + GROUP], orders[at + SINCE], orders[at + TAG]
    stop_loss, take_profit = orders[at + STOP_LOSS], orders[at + TAKE_PROFIT]
    is_done = remaining(orders, at) <= 0
    if is_done:
        finish(acc, orders, over, at, DONE, NONE)
    if group:
        cut_group(acc, orders, over, number, group, lots, is_done)
    if position == 0:
        drop_guards(acc, orders, over)
    elif (stop_loss or take_profit) and position * side > 0:
        guard(acc, orders, number, -side, min(lots, abs(position)), stop_loss, take_profit, since, tag)
    return 1


def cut_group(acc: Flat, orders: Flat, over: Flat, number: int, group: int, lots: int, is_done: bool) -> None:
    """What is filled of one order of a group is taken away from the others."""
    at = 0
    while at < acc[ORDERS] * ROW:
        if orders[at + GROUP] == group and orders[at + NUMBER_OF] != number:
            orders[at + CUT] += lots
            if is_done or remaining(orders, at) <= 0:
                finish(acc, orders, over, at, CANCELLED, GROUPED)
                continue
        at += ROW


def drop_guards(acc: Flat, orders: Flat, over: Flat) -> None:
    at = 0
    while at < acc[ORDERS] * ROW:
        if orders[at + PARENT]:
            finish(acc, orders, over, at, CANCELLED, NOTHING_TO_REDUCE)
        else:
            at += ROW


def guard(
    acc: Flat, orders: Flat, parent: int, side: int, lots: int, stop_loss: int, take_profit: int, since: int, tag: int
) -> None:
    """Stop-loss and take-profit for what was just filled (`Desk._guard`)."""
    found = 0
    for at in range(0, acc[ORDERS] * ROW, ROW):
        if orders[at + PARENT] == parent:
            orders[at + QUANTITY] += lots
            found += 1
    if found:
        return
    acc[NUMBER] += 1
    group = -acc[NUMBER]
    if stop_loss:
        add_guard(acc, orders, parent, side, lots, STOP_MARKET, stop_loss, since, group, tag)
    if take_profit:
        add_guard(acc, orders, parent, side, lots, TAKE_MARKET, take_profit, since, group, tag)


def add_guard(
    acc: Flat, orders: Flat, parent: int, side: int, lots: int, kind: int, stop: int, since: int, group: int, tag: int
) -> None:
    at = put(acc, orders, side, kind, lots, 0, stop, 0, 0, 0, 1, group, parent, 0, 0, since, tag)
    acc[NUMBER] += 1
    orders[at + NUMBER_OF] = acc[NUMBER]
    acc[ORDERS] += 1


def add_guards(
    acc: Flat, orders: Flat, number: int, is_long: int, lots: int, kind: int, stop: int, since: int, tag: int
) -> None:
    """A stop-loss or take-profit for what an order has filled, beside the other (`Desk.guard`)."""
    group = 0
    for at in range(0, acc[ORDERS] * ROW, ROW):
        if orders[at + PARENT] == number:
            group = orders[at + GROUP]
            break
    if group == 0:
        acc[NUMBER] += 1
        group = -acc[NUMBER]
    add_guard(acc, orders, number, SELL if is_long else BUY, lots, kind, stop, since, group, tag)
