"""What fills come to, without an object for each: the account's worth at given bars, and the profits of trades."""

from __future__ import annotations

from collections.abc import Sequence

from treadle.simulation.compiled.account import Flat, worth_of
from treadle.simulation.compiled.integers import wide_add, wide_divided, wide_of, wide_scaled, wide_subtract
from treadle.simulation.compiled.layout import (
    F_BAR,
    F_FEE,
    F_FEE_HIGH,
    F_LOTS,
    F_NUMBER,
    F_PRICE,
    F_SIDE,
    FILL,
)

INEXACT = -1
"""A part of what was entered is not a whole number of units."""


def curve(
    fills: Sequence[int], count: int, rules: Sequence[int], cash_high: int, cash: int, lots: int,
    known: Sequence[int], prices: Sequence[int], highs: Flat, lows: Flat,
) -> None:  # fmt: skip
    """What the account is worth, in money, where `known[i]` bars are over and the price is `prices[i]`.

    It began with `cash` and `lots`: of a market that is owned what the purse had, on margin the cash less the cost of
    the position, and the position.
    """
    done = 0
    for point in range(len(known)):
        while done < count and fills[done * FILL + F_BAR] < known[point]:
            at = done * FILL
            traded = fills[at + F_SIDE] * fills[at + F_LOTS]
            high, low = worth_of(rules, traded, int(fills[at + F_PRICE]))
            high, low = wide_add(high, low, fills[at + F_FEE_HIGH], fills[at + F_FEE])
            cash_high, cash = wide_subtract(cash_high, cash, high, low)
            lots += traded
            done += 1
        high, low = worth_of(rules, lots, int(prices[point]))
        highs[point], lows[point] = wide_add(cash_high, cash, high, low)


def profits(fills: Sequence[int], count: int, rules: Sequence[int], highs: Flat, lows: Flat) -> int:
    """How many trades there were, and the profit of each after all fees, in money, as the accounting of bots has it;
    `INEXACT` where one is no whole number of units."""
    trades, held = 0, 0
    cost_high, cost = wide_of(0)
    entry_high, entry = wide_of(0)
    order_before, order_of_trade, side_of_trade = 0, 0, 0
    for number in range(count):
        at = number * FILL
        side, lots, price = fills[at + F_SIDE], fills[at + F_LOTS], fills[at + F_PRICE]
        fee_high, fee = fills[at + F_FEE_HIGH], fills[at + F_FEE]
        order = fills[at + F_NUMBER]
        if held * side >= 0:
            high, low = worth_of(rules, lots, price)
            cost_high, cost = wide_add(cost_high, cost, high, low)
            entry_high, entry = wide_add(entry_high, entry, fee_high, fee)
            held += side * lots
            order_before = order
            continue
        closed = min(lots, abs(held))
        out_high, out, rest = part_of(fee_high, fee, closed, lots)
        part_high, part, more = part_of(cost_high, cost, closed, abs(held))
        in_high, entered, still_more = part_of(entry_high, entry, closed, abs(held))
        if rest or more or still_more:
            return INEXACT
        high, low = worth_of(rules, closed, price)
        high, low = wide_subtract(high, low, part_high, part)
        if held < 0:
            zero_high, zero = wide_of(0)
            high, low = wide_subtract(zero_high, zero, high, low)
        high, low = wide_subtract(high, low, in_high, entered)
        high, low = wide_subtract(high, low, out_high, out)
        cost_high, cost = wide_subtract(cost_high, cost, part_high, part)
        entry_high, entry = wide_subtract(entry_high, entry, in_high, entered)
        if trades and order_before == order and order_of_trade == order and side_of_trade == side:
            highs[trades - 1], lows[trades - 1] = wide_add(highs[trades - 1], lows[trades - 1], high, low)
        else:
            highs[trades] = high
            lows[trades] = low
            trades += 1
        order_of_trade, side_of_trade = order, side
        held += side * closed
        if lots > closed:
            high, low = worth_of(rules, lots - closed, price)
            cost_high, cost = wide_add(cost_high, cost, high, low)
            fee_high, fee = wide_subtract(fee_high, fee, out_high, out)
            entry_high, entry = wide_add(entry_high, entry, fee_high, fee)
            held += side * (lots - closed)
        order_before = order
    return trades


def part_of(high: int, low: int, part: int, whole: int) -> tuple[int, int, int]:
    """× `part` / `whole`, and whether something is left over."""
    if part == whole:
        return high, low, 0
    upper, lower, rest = wide_divided(high, low, whole)
    upper, lower = wide_scaled(upper, lower, part)
    # The rest times the part is below whole², which has to be divided as a wide number.
    more_high, more = wide_scaled(*wide_of(rest), part)
    more_high, more, rest = wide_divided(more_high, more, whole)
    upper, lower = wide_add(upper, lower, more_high, more)
    return upper, lower, rest
