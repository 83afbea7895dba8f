"""What an account has, owes and may do: `Holding`, `Purse` and the placing part of `Desk`, over flat sequences.

Every function takes what it works on; where that is lists it is plain Python, where it is arrays `twin` compiles it.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import TypeAlias

from treadle.simulation.compiled.integers import (
    is_below_zero,
    is_less,
    wide_add,
    wide_divided,
    wide_negative,
    wide_of,
    wide_part,
    wide_scaled,
    wide_subtract,
    wide_times,
)
from treadle.simulation.compiled.layout import (
    BASE,
    COST,
    COST_HIGH,
    DAYS,
    FEES,
    FEES_HIGH,
    FREE,
    FREE_HIGH,
    IS_OWNED,
    LARGEST_LOTS,
    LARGEST_MONEY_BITS,
    LARGEST_PRICE,
    LAST,
    MARGIN,
    MULTIPLIER,
    NEED,
    NEED_HIGH,
    NUMBER,
    ORDERS,
    OVERFLOW,
    POSITION,
    PROFIT,
    PROFIT_HIGH,
    QUOTE,
    QUOTE_HIGH,
    ROW,
    SHORTS,
    STATUS,
    TIER,
    TIERS,
    TURNOVER,
    WANTS,
)
from treadle.simulation.market import orders as _orders
from treadle.simulation.market.scale import RATE

Flat: TypeAlias = "MutableSequence[int]"

SIDE, KIND, QUANTITY, FILLED, CUT = _orders.SIDE, _orders.KIND, _orders.QUANTITY, _orders.FILLED, _orders.CUT
PRICE, STOP, GROUP, SINCE = _orders.PRICE, _orders.STOP, _orders.GROUP, _orders.SINCE
REDUCE_ONLY = _orders.REDUCE_ONLY
SELL = _orders.SELL
NONE, NO_FUNDS, NOTHING_TO_REDUCE, NO_SHORTS = (
    _orders.NONE,
    _orders.NO_FUNDS,
    _orders.NOTHING_TO_REDUCE,
    _orders.NO_SHORTS,
)
_DAY = 86_400_000
_WINDOW = 30
_LARGEST_MONEY = 2.0**LARGEST_MONEY_BITS
_LARGEST_HIGH = 1 << (LARGEST_MONEY_BITS - 62)


# Shares and fees


def share_of(high: int, low: int, rate: int) -> tuple[int, int]:
    """× `rate` / RATE, rounded down."""
    high, low = wide_scaled(high, low, rate)
    high, low, _ = wide_divided(high, low, RATE)
    return high, low


def share_above(high: int, low: int, rate: int) -> tuple[int, int]:
    """× `rate` / RATE, rounded up: what `costs.fee_of` is."""
    high, low = wide_scaled(high, low, -rate)
    high, low, _ = wide_divided(high, low, RATE)
    return wide_negative(high, low)


def worth_of(rules: Sequence[int], lots: int, price: int) -> tuple[int, int]:
    high, low = wide_times(lots, price)
    return wide_scaled(high, low, rules[MULTIPLIER])


def tier_at(acc: Flat, rules: Sequence[int], at: int) -> int:
    """Where in the rules the fees are that hold at `at` (`Purse.tier`)."""
    found = TIERS + 1
    count = rules[TIERS]
    if count == 1:
        return found
    today = at // _DAY
    high, low = wide_of(0)
    for row in range(DAYS):
        place = TURNOVER + 3 * row
        if today - _WINDOW <= acc[place] < today:
            high, low = wide_add(high, low, acc[place + 1], acc[place + 2])
    for tier in range(count):
        place = TIERS + 1 + TIER * tier
        if not is_less(high, low, rules[place], rules[place + 1]):
            found = place
    return found


def note_traded(acc: Flat, at: int, high: int, low: int) -> None:
    day = at // _DAY
    place = TURNOVER + 3 * (day % DAYS)
    if acc[place] != day:
        for row in range(DAYS):
            old = TURNOVER + 3 * row
            if acc[old] < day - _WINDOW:  # forgotten, as the purse does, whatever order still stands since then
                acc[old], acc[old + 1], acc[old + 2] = 0, 0, 0
        acc[place] = day
        acc[place + 1], acc[place + 2] = high, low
    else:
        acc[place + 1], acc[place + 2] = wide_add(acc[place + 1], acc[place + 2], high, low)


# What there is


def unrealised(acc: Flat, rules: Sequence[int], price: int) -> tuple[int, int]:
    if acc[POSITION] == 0:
        return wide_of(0)
    high, low = worth_of(rules, acc[POSITION], price)
    return wide_subtract(high, low, acc[COST_HIGH], acc[COST])


def kept_margin(acc: Flat, rules: Sequence[int], price: int, rate: int) -> tuple[int, int]:
    """The share `rate` of what the position is worth at `price`, rounded up."""
    high, low = worth_of(rules, abs(acc[POSITION]), price)
    return share_above(high, low, rate)


def equity(acc: Flat, rules: Sequence[int], price: int) -> tuple[int, int]:
    """The cash with what is owned, or with what the position on margin has made so far, at `price`, in money."""
    if rules[IS_OWNED]:
        high, low = worth_of(rules, acc[BASE], price)
    else:
        high, low = unrealised(acc, rules, price)
    return wide_add(acc[QUOTE_HIGH], acc[QUOTE], high, low)


def spares(acc: Flat, rules: Sequence[int], price: int, rate: int) -> bool:
    """Whether the account has at `price` what it has to keep (`Holding.spare` is 0 or more)."""
    high, low = unrealised(acc, rules, price)
    high, low = wide_add(high, low, acc[QUOTE_HIGH], acc[QUOTE])
    kept_high, kept = kept_margin(acc, rules, price, rate)
    return not is_less(high, low, kept_high, kept)


def average(acc: Flat, rules: Sequence[int], side: int, lots: int, price: int) -> tuple[int, int, int, int, int]:
    """(position, cost high, cost, profit high, profit) after a trade (`costs.average_cost`)."""
    position, cost_high, cost = acc[POSITION], acc[COST_HIGH], acc[COST]
    if position * side >= 0:
        high, low = worth_of(rules, side * lots, price)
        high, low = wide_add(cost_high, cost, high, low)
        none_high, none = wide_of(0)
        return position + side * lots, high, low, none_high, none
    held = abs(position)
    closed = min(lots, held)
    part_high, part = cost_high, cost
    if closed != held:
        part_high, part = wide_part(cost_high, cost, closed, held)
    high, low = worth_of(rules, -side * closed, price)
    high, low = wide_subtract(high, low, part_high, part)
    if closed == lots:
        part_high, part = wide_subtract(cost_high, cost, part_high, part)
        return position + side * lots, part_high, part, high, low
    part_high, part = worth_of(rules, side * (lots - closed), price)
    return side * (lots - closed), part_high, part, high, low


def pay_funding(acc: Flat, rules: Sequence[int], rate: int, price: int) -> None:
    high, low = worth_of(rules, -acc[POSITION], price)
    high, low = share_of(high, low, rate)
    acc[QUOTE_HIGH], acc[QUOTE] = wide_add(acc[QUOTE_HIGH], acc[QUOTE], high, low)


# What open orders bind


def remaining(orders: Sequence[int], at: int) -> int:
    return orders[at + QUANTITY] - orders[at + FILLED] - orders[at + CUT]


def need(acc: Flat, orders: Sequence[int], rules: Sequence[int], at: int) -> tuple[int, int, int]:
    """(1 quote, 2 base or 0, high, low): what the order at `at` binds (`Desk.need`)."""
    if orders[at + REDUCE_ONLY]:
        high, low = wide_of(0)
        return 0, high, low
    lots, side = remaining(orders, at), orders[at + SIDE]
    owned = rules[IS_OWNED]
    if owned and side == SELL:
        high, low = wide_of(lots)
        return 2, high, low
    price = orders[at + PRICE]
    if price == 0:
        price = orders[at + STOP]
    if price == 0:
        price = acc[LAST]
    taker = rules[tier_at(acc, rules, orders[at + SINCE]) + 3]
    if not owned and acc[POSITION] * side < 0:
        lots = max(0, lots - abs(acc[POSITION]))
    high, low = worth_of(rules, lots, price)
    fee_high, fee = share_above(high, low, max(0, taker))
    if not owned:
        high, low = share_above(high, low, rules[MARGIN])
    high, low = wide_add(high, low, fee_high, fee)
    return 1, high, low


def bound(acc: Flat, orders: Sequence[int], rules: Sequence[int], asset: int, but: int, group: int) -> tuple[int, int]:
    """What open orders need of an asset, without the one at `but` and those of `group`; of a group, what its largest
    does (`Desk.bound`)."""
    total_high, total = wide_of(0)
    end = acc[ORDERS] * ROW
    for at in range(0, end, ROW):
        own = orders[at + GROUP]
        if at == but or (own != 0 and own == group):
            continue
        first = 0
        if own != 0:
            while orders[first + GROUP] != own or first == but:
                first += ROW
            if first != at:
                continue
        which, high, low = need(acc, orders, rules, at)
        if which != asset:
            high, low = wide_of(0)
        if own != 0:
            for other in range(at + ROW, end, ROW):
                if orders[other + GROUP] == own and other != but:
                    which, other_high, other_low = need(acc, orders, rules, other)
                    if which == asset and is_less(high, low, other_high, other_low):
                        high, low = other_high, other_low
        total_high, total = wide_add(total_high, total, high, low)
    return total_high, total


def free_of(
    acc: Flat, orders: Sequence[int], rules: Sequence[int], asset: int, but: int, group: int
) -> tuple[int, int]:
    """`Broker.free`: of the quote (1) in money, of the base (2) in lots."""
    if asset == 2:
        high, low = wide_of(acc[BASE])
    else:
        high, low = acc[QUOTE_HIGH], acc[QUOTE]
        if not rules[IS_OWNED]:
            more_high, more = unrealised(acc, rules, acc[LAST])
            high, low = wide_add(high, low, more_high, more)
            less_high, less = kept_margin(acc, rules, acc[LAST], rules[MARGIN])
            high, low = wide_subtract(high, low, less_high, less)
    if acc[ORDERS] == 0:
        return high, low
    bound_high, bound_low = bound(acc, orders, rules, asset, but, group)
    return wide_subtract(high, low, bound_high, bound_low)


def free_quote(acc: Flat, orders: Sequence[int], rules: Sequence[int]) -> tuple[int, int]:
    return free_of(acc, orders, rules, 1, -1, 0)


def free_base(acc: Flat, orders: Sequence[int], rules: Sequence[int]) -> int:
    """In lots; 0 where the base is not owned."""
    if not rules[IS_OWNED]:
        return 0
    high, low = free_of(acc, orders, rules, 2, -1, 0)
    return low if not is_below_zero(high, low) else 0


def check(acc: Flat, orders: Sequence[int], rules: Sequence[int], at: int) -> int:
    """Why the order at `at` may not be placed or kept; `NONE` where it may (`Desk.check`)."""
    side = orders[at + SIDE]
    if orders[at + REDUCE_ONLY]:
        return NOTHING_TO_REDUCE if acc[POSITION] * side >= 0 else NONE
    if not rules[IS_OWNED] and not rules[SHORTS] and side == SELL and remaining(orders, at) > acc[POSITION]:
        return NO_SHORTS
    asset, high, low = need(acc, orders, rules, at)
    there_high, there = free_of(acc, orders, rules, asset, at, orders[at + GROUP])
    if not is_less(there_high, there, high, low):
        return NONE
    acc[WANTS] = asset
    acc[NEED_HIGH], acc[NEED], acc[FREE_HIGH], acc[FREE] = high, low, there_high, there
    return NO_FUNDS


def lack(acc: Flat, rules: Sequence[int], side: int, lots: int, price: int, at: int) -> int:
    """Why `lots` cannot be paid at `price` now (`Desk._lack`)."""
    owned = rules[IS_OWNED]
    if owned and side == SELL:
        return NONE if lots <= acc[BASE] else NO_FUNDS
    position = acc[POSITION]
    if not owned and position * side < 0 and lots <= abs(position):
        return NONE
    high, low = worth_of(rules, lots, price)
    fee_high, fee = share_above(high, low, rules[tier_at(acc, rules, at) + 3])
    if owned:
        high, low = wide_add(high, low, fee_high, fee)
        return NO_FUNDS if is_less(acc[QUOTE_HIGH], acc[QUOTE], high, low) else NONE
    if not rules[SHORTS] and side == SELL:
        return NO_SHORTS
    after, cost_high, cost, profit_high, profit = average(acc, rules, side, lots, price)
    high, low = worth_of(rules, after, price)
    high, low = wide_subtract(high, low, cost_high, cost)
    high, low = wide_add(high, low, profit_high, profit)
    margin_high, margin = worth_of(rules, abs(after), price)
    margin_high, margin = share_above(margin_high, margin, rules[MARGIN])
    high, low = wide_subtract(high, low, margin_high, margin)
    high, low = wide_subtract(high, low, fee_high, fee)
    high, low = wide_add(high, low, acc[QUOTE_HIGH], acc[QUOTE])
    return NO_FUNDS if is_below_zero(high, low) else NONE


def move_money(acc: Flat, high: int, low: int) -> None:
    acc[QUOTE_HIGH], acc[QUOTE] = wide_add(acc[QUOTE_HIGH], acc[QUOTE], high, low)


def move_profit(acc: Flat, high: int, low: int) -> None:
    acc[PROFIT_HIGH], acc[PROFIT] = wide_add(acc[PROFIT_HIGH], acc[PROFIT], high, low)


def move_fee(acc: Flat, high: int, low: int) -> None:
    acc[QUOTE_HIGH], acc[QUOTE] = wide_subtract(acc[QUOTE_HIGH], acc[QUOTE], high, low)
    acc[FEES_HIGH], acc[FEES] = wide_add(acc[FEES_HIGH], acc[FEES], high, low)


def fits(acc: Flat, orders: Sequence[int], rules: Sequence[int], lots: int, price: int) -> bool:
    """Whether nothing can overflow where all orders and `lots` more are traded at up to `price`. Rounded, with room."""
    most = float(lots) + abs(float(acc[POSITION])) + float(acc[BASE])
    for at in range(0, acc[ORDERS] * ROW, ROW):
        most += float(orders[at + QUANTITY])
        price = max(price, orders[at + PRICE], orders[at + STOP])
    highest = max(abs(acc[QUOTE_HIGH]), abs(acc[COST_HIGH]), abs(acc[PROFIT_HIGH]), abs(acc[FEES_HIGH]))
    if (
        most >= LARGEST_LOTS
        or price >= LARGEST_PRICE
        or most * price * rules[MULTIPLIER] >= _LARGEST_MONEY
        or highest >= _LARGEST_HIGH
    ):
        acc[STATUS] = OVERFLOW
        return False
    return True


def next_number(acc: Flat) -> int:
    acc[NUMBER] += 1
    return acc[NUMBER]
