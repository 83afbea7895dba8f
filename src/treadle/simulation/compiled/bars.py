"""Bars: the stepping part of `Desk`, over flat sequences, and the way from one bar that matters to the next.

`advance` is `Desk.step` over many bars, of which it takes those in which anything may happen.
"""

from __future__ import annotations

from collections.abc import Sequence

from treadle.simulation.compiled.account import Flat, fits, share_above, spares, worth_of
from treadle.simulation.compiled.integers import (
    is_less,
    scan,
    wide_divided,
    wide_scaled,
    wide_subtract,
    wide_times,
)
from treadle.simulation.compiled.layout import (
    BAR,
    BUDGET,
    CHANGES,
    COST,
    COST_HIGH,
    FILL,
    FILLS,
    FULL,
    IS_OWNED,
    IS_PESSIMISTIC,
    KEEPS_OVER,
    LARGEST_LOTS,
    LARGEST_PRICE,
    LAST,
    MAINTENANCE,
    NUMBER,
    ORDERS,
    OVER,
    OVERFLOW,
    POSITION,
    QUOTE,
    QUOTE_HIGH,
    ROW,
    SLIPPAGE,
    SPREAD,
    STATUS,
    VOLUME_SHARE,
    WAITS,
    WALKED,
)
from treadle.simulation.compiled.matching import (
    ARMED,
    BUY,
    CANCELLED,
    EXPIRED,
    EXPIRES,
    FILL_OR_KILL,
    FORCE,
    IMMEDIATE,
    IMPACT,
    KIND,
    LIMIT,
    LIQUIDATED,
    MARKET,
    NOT_AT_ONCE,
    NOTHING_TO_REDUCE,
    NUMBER_OF,
    OUT_OF_TIME,
    POST_ONLY,
    PRICE,
    QUANTITY,
    REASON,
    REJECTED,
    RESTED,
    SELL,
    SINCE,
    WOULD_TRADE,
    allowed,
    cancel_all,
    direction,
    fill,
    find,
    finish,
    is_limit,
    level,
    put,
    slipped,
    taken,
)
from treadle.simulation.market.scale import RATE

_LARGEST_SHARE = 4e6
"""The most an order can be of a bar's volume, where slippage is by impact."""


def concerns(acc: Flat, orders: Flat, over: Flat, opens: int, closes: int, high: int, low: int) -> bool:
    found = False
    at = 0
    while at < acc[ORDERS] * ROW:
        if orders[at + EXPIRES] and orders[at + EXPIRES] < closes:
            finish(acc, orders, over, at, EXPIRED, OUT_OF_TIME)
            continue
        if orders[at + SINCE] <= opens:
            way, force = direction(orders, at), orders[at + FORCE]
            reached = high if way > 0 else low
            if way == 0 or force in (IMMEDIATE, FILL_OR_KILL) or (reached - level(orders, at)) * way >= 0:
                found = True
            else:
                orders[at + RESTED] = 1
        at += ROW
    return found


def mark(orders: Sequence[int], rules: Sequence[int], at: int, opening: bool) -> int:
    if rules[IS_PESSIMISTIC] and is_limit(orders, at) and not (opening and not orders[at + RESTED]):
        return orders[at + PRICE] + direction(orders, at)
    return level(orders, at)


def is_here(orders: Sequence[int], rules: Sequence[int], at: int, price: int, opening: bool) -> bool:
    way = direction(orders, at)
    return way == 0 or (price - mark(orders, rules, at, opening)) * way >= 0


def next_on_way(
    acc: Sequence[int], orders: Sequence[int], rules: Sequence[int], price: int, target: int, opens: int, opening: bool
) -> int:
    """Where the order is that the price comes to first on its way to `target`, or -1."""
    found = -1
    nearest = 0
    for at in range(0, acc[ORDERS] * ROW, ROW):
        if orders[at + SINCE] > opens or orders[at + WAITS]:
            continue
        distance = 0
        if not is_here(orders, rules, at, price, opening):
            way = direction(orders, at)
            distance = (mark(orders, rules, at, opening) - price) * way
            if (target - price) * way < distance:
                continue
        if found < 0 or distance < nearest:
            found, nearest = at, distance
    return found


def execute(
    acc: Flat, orders: Flat, over: Flat, fills: Flat, rules: Sequence[int], at: int, price: int, at_once: bool,
    opening: bool, moment: int, volume: int, spread: int,
) -> bool:  # fmt: skip
    """Something became of the order at `price`. False: nothing more does in this bar (`Desk._execute`)."""
    if orders[at + KIND] > LIMIT and not orders[at + ARMED]:
        orders[at + ARMED] = 1
        acc[CHANGES] += 1
        if is_limit(orders, at):
            way = direction(orders, at)
            orders[at + RESTED] = 0 if way == 0 or (price - level(orders, at)) * way >= 0 else 1
            return True
        at_once = True
    number, force = orders[at + NUMBER_OF], orders[at + FORCE]
    lots = allowed(acc, orders, at)
    if lots <= 0:
        finish(acc, orders, over, at, CANCELLED, NOTHING_TO_REDUCE)
        return False
    bounded = is_limit(orders, at)
    is_maker = bounded and (orders[at + RESTED] == 1 or not at_once)
    if orders[at + POST_ONLY] and bounded and not is_maker:
        finish(acc, orders, over, at, REJECTED, WOULD_TRADE)
        return False
    if acc[BUDGET] >= 0:
        if force == FILL_OR_KILL and acc[BUDGET] < lots:
            finish(acc, orders, over, at, CANCELLED, NOT_AT_ONCE)
            return False
        lots = min(lots, acc[BUDGET])
        if lots == 0:
            return False
    if is_maker:
        if not opening or rules[IS_PESSIMISTIC]:
            price = orders[at + PRICE]
    else:
        price = taken(orders, rules, at, price, lots, volume, spread)
    if not fill(acc, orders, over, fills, rules, at, lots, price, moment, 1 if is_maker else 0, 0):
        return False
    if acc[BUDGET] >= 0:
        acc[BUDGET] -= lots
    at = find(acc, orders, number)
    if at < 0:
        return False
    if force == IMMEDIATE:
        finish(acc, orders, over, at, CANCELLED, NOT_AT_ONCE)
        return False
    return acc[BUDGET] != 0


def walk(
    acc: Flat, orders: Flat, over: Flat, fills: Flat, rules: Sequence[int], opens: int, closes: int, open: int,
    high: int, low: int, close: int, volume: int,
) -> None:  # fmt: skip
    acc[BUDGET] = budget_of(rules, volume)
    low_first = open - low < high - open
    if rules[IS_PESSIMISTIC] and acc[POSITION]:
        low_first = acc[POSITION] > 0
    elif high - open == open - low:
        low_first = close >= open
    spread = spread_of(rules, open)
    for at in range(0, acc[ORDERS] * ROW, ROW):
        orders[at + WAITS] = 0
    price = open
    for corner in range(4):
        target = open
        if corner == 3:
            target = close
        elif corner > 0:
            target = low if (corner == 1) == low_first else high
        opening = corner == 0
        while True:
            at = next_on_way(acc, orders, rules, price, target, opens, opening)
            if at < 0:
                break
            at_once = is_here(orders, rules, at, price, opening)
            if not at_once:
                price = mark(orders, rules, at, False)
            number = orders[at + NUMBER_OF]
            moment = opens if opening else closes
            if not execute(acc, orders, over, fills, rules, at, price, at_once, opening, moment, volume, spread):
                at = find(acc, orders, number)
                if at >= 0:
                    orders[at + WAITS] = 1
        if opening:
            after_opening(acc, orders, over, opens)
        if acc[ORDERS] == 0:
            return
        price = target
    rest(acc, orders, opens)


def budget_of(rules: Sequence[int], volume: int) -> int:
    """How many lots of a bar can be traded; -1: no matter how many."""
    if rules[VOLUME_SHARE] == 0 or volume < 0:
        return -1
    high, low = wide_times(volume, rules[VOLUME_SHARE])
    high, low, _ = wide_divided(high, low, RATE)
    return low


def spread_of(rules: Sequence[int], open: int) -> int:
    if rules[SPREAD] == 0:
        return 0
    high, low = wide_times(open, rules[SPREAD])
    high, low = share_above(high, low, 1)
    return low


def after_opening(acc: Flat, orders: Flat, over: Flat, opens: int) -> None:
    at = 0
    while at < acc[ORDERS] * ROW:
        if orders[at + SINCE] <= opens:
            orders[at + RESTED] = 1
            force = orders[at + FORCE]
            if (force in (IMMEDIATE, FILL_OR_KILL)) and (orders[at + KIND] <= LIMIT or orders[at + ARMED]):
                finish(acc, orders, over, at, CANCELLED, NOT_AT_ONCE)
                continue
        at += ROW


def rest(acc: Sequence[int], orders: Flat, opens: int) -> None:
    for at in range(0, acc[ORDERS] * ROW, ROW):
        if orders[at + SINCE] <= opens:
            orders[at + RESTED] = 1


def step(
    acc: Flat, orders: Flat, over: Flat, fills: Flat, rules: Sequence[int], opens: int, closes: int, open: int,
    high: int, low: int, close: int, volume: int,
) -> int:  # fmt: skip
    """A bar (`Desk.step`). 0, or why nothing was done."""
    acc[STATUS] = 0
    count = acc[ORDERS]
    if count:
        if not has_room(acc, orders, over, fills) or not can_step(acc, orders, rules, open, high, volume):
            return acc[STATUS]
        if concerns(acc, orders, over, opens, closes, high, low):
            walk(acc, orders, over, fills, rules, opens, closes, open, high, low, close, volume)
    elif (
        acc[POSITION]
        and rules[MAINTENANCE]
        and not (has_room(acc, orders, over, fills) and can_step(acc, orders, rules, open, high, volume))
    ):
        return acc[STATUS]
    acc[LAST] = close
    if acc[POSITION] and rules[MAINTENANCE] and not rules[IS_OWNED]:
        keep_margin(acc, orders, over, fills, rules, closes, high, low)
    return 0


def has_room(acc: Flat, orders: Sequence[int], over: Sequence[int], fills: Sequence[int]) -> bool:
    """Whether whatever a bar may bring can be written: an order is filled at most twice, and has two that guard it."""
    count = acc[ORDERS]
    if (
        (3 * count + 4) * ROW > len(orders)
        or (acc[FILLS] + 6 * count + 8) * FILL > len(fills)
        or (acc[KEEPS_OVER] and (acc[OVER] + 3 * count + 4) * ROW > len(over))
    ):
        acc[STATUS] = FULL
        return False
    return True


def can_step(acc: Flat, orders: Sequence[int], rules: Sequence[int], open: int, high: int, volume: int) -> bool:
    """Whether nothing in the bar can overflow."""
    if rules[SLIPPAGE] == 0:
        return fits(acc, orders, rules, 0, high)
    lots = abs(acc[POSITION])
    for at in range(0, acc[ORDERS] * ROW, ROW):
        lots = min(LARGEST_LOTS, lots + orders[at + QUANTITY])
    if high >= LARGEST_PRICE or (
        rules[SLIPPAGE] == IMPACT and volume > 0 and float(lots) / float(volume) > _LARGEST_SHARE
    ):
        acc[STATUS] = OVERFLOW
        return False
    return fits(acc, orders, rules, 0, slipped(rules, high, BUY, lots, volume, spread_of(rules, open)))


# Margin


def keep_margin(
    acc: Flat, orders: Flat, over: Flat, fills: Flat, rules: Sequence[int], moment: int, high: int, low: int
) -> None:
    """Close by force what the account can no longer carry, at the price where that became so (`Desk._keep_margin`)."""
    position = acc[POSITION]
    if spares(acc, rules, low if position > 0 else high, rules[MAINTENANCE]):
        return
    price = liquidation_within(acc, rules, low, high)
    cancel_all(acc, orders, over, LIQUIDATED)
    lots = abs(position)
    at = put(acc, orders, SELL if position > 0 else BUY, MARKET, lots, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, moment, -1)
    acc[NUMBER] += 1
    orders[at + NUMBER_OF] = acc[NUMBER]
    acc[ORDERS] += 1
    fill(acc, orders, over, fills, rules, at, lots, price, moment, 0, 1)
    if acc[KEEPS_OVER]:
        over[(acc[OVER] - 1) * ROW + REASON] = LIQUIDATED


def liquidation_within(acc: Flat, rules: Sequence[int], low: int, high: int) -> int:
    """`Holding.liquidation`, or the one of `low` and `high` that is nearer to it."""
    position = acc[POSITION]
    if position > 0:
        rate = RATE - rules[MAINTENANCE]
        lost_high, lost = wide_subtract(acc[COST_HIGH], acc[COST], acc[QUOTE_HIGH], acc[QUOTE])
    else:
        rate = RATE + rules[MAINTENANCE]
        lost_high, lost = wide_subtract(acc[QUOTE_HIGH], acc[QUOTE], acc[COST_HIGH], acc[COST])
    lost_high, lost = wide_scaled(lost_high, lost, RATE)
    while low < high:
        price = (low + high) >> 1
        worth_high, worth = worth_of(rules, abs(position), price)
        worth_high, worth = wide_scaled(worth_high, worth, rate)
        if is_less(worth_high, worth, lost_high, lost):
            low = price + 1
        else:
            high = price
    return low


def margin_edge(acc: Flat, rules: Sequence[int]) -> int:
    """The first price, from the last one against the position, at which it can no longer be carried; the price is
    nearer than that where it is very far."""
    rate, last = rules[MAINTENANCE], acc[LAST]
    if acc[POSITION] > 0:
        low, high = 0, last
        while low < high:
            price = (low + high) >> 1
            if spares(acc, rules, price, rate):
                high = price
            else:
                low = price + 1
        return low - 1
    low, high = last, 4 * last
    while low < high:
        price = (low + high) >> 1
        if spares(acc, rules, price, rate):
            low = price + 1
        else:
            high = price
    return low


# Many bars


def next_touched(
    acc: Flat, orders: Sequence[int], rules: Sequence[int], opens: Sequence[int], closes: Sequence[int],
    high: Sequence[int], low: Sequence[int], first: int, end: int,
) -> int:  # fmt: skip
    """The first bar from `first` on in which anything may become of orders or position, or `end`."""
    up, down = LARGEST_PRICE, -1
    for at in range(0, acc[ORDERS] * ROW, ROW):
        if orders[at + EXPIRES]:
            end = first_after(closes, orders[at + EXPIRES], first, end)
        if orders[at + SINCE] > opens[first]:
            end = first_after(opens, orders[at + SINCE] - 1, first, end)
            continue
        way, force = direction(orders, at), orders[at + FORCE]
        if way == 0 or force in (IMMEDIATE, FILL_OR_KILL):
            return first
        if way > 0:
            up = min(up, level(orders, at))
        else:
            down = max(down, level(orders, at))
    if acc[POSITION] and rules[MAINTENANCE] and not rules[IS_OWNED]:
        if acc[LAST] <= 0 or not fits(acc, orders, rules, 0, 4 * acc[LAST]):
            return first
        if not spares(acc, rules, acc[LAST], rules[MAINTENANCE]):
            return first
        edge = margin_edge(acc, rules)
        if acc[POSITION] > 0:
            down = max(down, edge)
        else:
            up = min(up, edge)
    return scan(high, low, up, down, first, end)


def is_walked(acc: Sequence[int], rules: Sequence[int]) -> bool:
    """Whether prices may change anything."""
    return acc[ORDERS] > 0 or (acc[POSITION] != 0 and not rules[IS_OWNED] and rules[MAINTENANCE] > 0)


def first_after(moments: Sequence[int], moment: int, first: int, end: int) -> int:
    """The first place from `first` on where it is later than `moment`, or `end`."""
    while first < end:
        middle = (first + end) >> 1
        if moments[middle] > moment:
            end = middle
        else:
            first = middle + 1
    return first


def advance(
    acc: Flat, orders: Flat, over: Flat, fills: Flat, rules: Sequence[int], opens: Sequence[int],
    closes: Sequence[int], open: Sequence[int], high: Sequence[int], low: Sequence[int], close: Sequence[int],
    volume: Sequence[int], end: int,
) -> int:  # fmt: skip
    """Walk the bars from `WALKED` up to `end`. It ends before `end` at a bar for which `STATUS` is not 0; nothing of
    that bar was done."""
    bar = acc[WALKED]
    acc[STATUS] = 0
    while bar < end:
        if not is_walked(acc, rules):
            acc[LAST] = int(close[end - 1])
            bar = end
            break
        if end - bar > 1:
            touched = next_touched(acc, orders, rules, opens, closes, high, low, bar, end)
            if touched > bar:
                rest(acc, orders, int(opens[touched - 1]))
                acc[LAST] = int(close[touched - 1])
                bar = touched
                continue
        acc[BAR] = bar
        if step(
            acc, orders, over, fills, rules, int(opens[bar]), int(closes[bar]), int(open[bar]), int(high[bar]),
            int(low[bar]), int(close[bar]), int(volume[bar]),
        ):  # fmt: skip
            break
        bar += 1
    acc[WALKED] = bar
    return bar
