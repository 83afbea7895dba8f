"""A ladder of limit orders on one side of the price, kept as `order.ladder` keeps it: what is missing is placed, and
what is on no rung any more is cancelled.

`below` and `rungs` are by level, from the lowest up: the ticks below which the price is above the level, and the price
of an order on it; `lots` what an order there is of, 0 where the market takes none. A level is on its side where
`below` < the price for purchases, ≥ for sales. The levels `first` to `last` − 1 count.
"""

from __future__ import annotations

from collections.abc import Sequence

from treadle.simulation.compiled.account import NO_FUNDS, Flat, free_base, free_quote, worth_of
from treadle.simulation.compiled.integers import is_less
from treadle.simulation.compiled.layout import FULL, KEEPS_OVER, LAST, ORDERS, OVER, ROW, STATUS, TAG
from treadle.simulation.compiled.matching import ASKED, BUY, CANCELLED, LIMIT, PARENT, PRICE, finish, place

EXACTLY, WITH_ROOM = 1, 2
"""Why a ladder could not be kept here: the exact step has to say, or there is no room."""
KEPT, PLACED, TAKEN_BACK, REFUSED = 0, 1, 2, 3
"""Where `told` says how many orders stand, were placed, cancelled and refused; behind that are marks by level."""


def bound_of(place: float, count: int) -> int:
    """Where the bound of a part of a list of `count` is."""
    found = int(max(-1e9, min(1e9, place)))
    if found < 0:
        found += count
    return max(0, min(found, count))


def first_above(below: Sequence[int], first: int, last: int, price: int) -> int:
    """The first level from `first` on that is not below the price, or `last`."""
    while first < last:
        middle = (first + last) >> 1
        if below[middle] < price:
            first = middle + 1
        else:
            last = middle
    return first


def rung_at(rungs: Sequence[int], first: int, last: int, price: int) -> int:
    """The level of an order at this price, or -1."""
    found = first_above(rungs, first, last, price)
    return found if found < last and rungs[found] == price else -1


def left_out(rungs: Sequence[int], first: int, last: int, side: int, price: int) -> int:
    """The level that has no order, as the price is on it, or -1."""
    if last - first < 2:
        return -1
    nearest = last - 1 if side == BUY else first
    gap = abs(rungs[nearest] - rungs[nearest - side])
    return nearest if 2 * abs(rungs[nearest] - price) < gap else -1


def is_of(orders: Sequence[int], at: int, node: int, nodes: int) -> bool:
    return orders[at + PARENT] == 0 and orders[at + TAG] >= 0 and orders[at + TAG] % nodes == node


def standing(
    acc: Sequence[int], orders: Sequence[int], rungs: Sequence[int], first: int, last: int, missed: int, node: int,
    nodes: int,
) -> int:  # fmt: skip
    """How many orders stand where there is nothing to do, or -1. `missed` is the level that is left out."""
    found = 0
    wanted = last - first - (1 if missed >= 0 else 0)
    for at in range(0, acc[ORDERS] * ROW, ROW):
        if is_of(orders, at, node, nodes):
            level = rung_at(rungs, first, last, orders[at + PRICE])
            if level < 0:
                return -1
            found += 1
            if level == missed:
                wanted += 1
    return found if found == wanted else -1


def open_orders(acc: Sequence[int], orders: Sequence[int]) -> int:
    """Without those that guard others."""
    found = 0
    for at in range(0, acc[ORDERS] * ROW, ROW):
        if orders[at + PARENT] == 0:
            found += 1
    return found


def distance(rung: int, price: int, lowest: float, highest: float) -> int:
    """1: it is further from the price than may be; 0: that cannot be told; -1: it is not."""
    down, up = price * lowest, price * highest
    if (lowest > 0.0 and rung < down * 0.999999999999) or (highest > 0.0 and rung > up * 1.000000000001):
        return 1
    if (lowest > 0.0 and rung < down * 1.000000000001) or (highest > 0.0 and rung > up * 0.999999999999):
        return 0
    return -1


def keep_rungs(
    acc: Flat, orders: Flat, over: Flat, rules: Sequence[int], rungs: Sequence[int], lots: Sequence[int], told: Flat,
    first: int, last: int, missed: int, side: int, price: int, lowest: float, highest: float, most: int, one_size: int,
    moment: int, tag: int, node: int, nodes: int,
) -> int:  # fmt: skip
    """0, or why not; then some of it may have been done. Orders may be at `lowest` to `highest` times the price, and
    `most` be open, where these are not 0. `one_size`: where there is not enough for one sale, there is for none."""
    if acc[KEEPS_OVER] and (acc[OVER] + acc[ORDERS] + 4) * ROW > len(over):
        return WITH_ROOM
    marks = REFUSED + 1
    told[KEPT], told[PLACED], told[TAKEN_BACK], told[REFUSED] = 0, 0, 0, 0
    for level in range(first, last):
        told[marks + level] = 0
    at = 0
    while at < acc[ORDERS] * ROW:
        if not is_of(orders, at, node, nodes):
            at += ROW
            continue
        level = rung_at(rungs, first, last, orders[at + PRICE])
        if level >= 0 and told[marks + level] == 0:
            told[marks + level] = 1
            told[KEPT] += 1
            at += ROW
        else:
            finish(acc, orders, over, at, CANCELLED, ASKED)
            told[TAKEN_BACK] += 1
    is_empty = False
    for step in range(last - first):
        level = last - 1 - step if side == BUY else first + step
        if told[marks + level] or level == missed:
            continue
        if lots[level] <= 0 or is_empty:
            told[REFUSED] += 1
            continue
        far = distance(rungs[level], price, lowest, highest)
        if far == 0:
            return EXACTLY
        if far > 0:
            told[REFUSED] += 1
            continue
        if side == BUY:
            if most and open_orders(acc, orders) >= most:
                return EXACTLY
            high, low = free_quote(acc, orders, rules)
            need_high, need = worth_of(rules, lots[level], rungs[level])
            lacks = is_less(high, low, need_high, need)
        else:
            lacks = free_base(acc, orders, rules) < lots[level]
            is_empty = lacks and one_size == 1
        if lacks:
            told[REFUSED] += 1
            continue
        before = acc[LAST]
        acc[LAST] = price
        reason = place(acc, orders, rules, side, LIMIT, lots[level], rungs[level], 0, 0, 0, 0, 0, 0, 0, 0, moment, tag)
        if reason == NO_FUNDS:
            acc[LAST] = before
            told[REFUSED] += 1
        elif reason:
            return WITH_ROOM if acc[STATUS] == FULL else EXACTLY
        else:
            told[PLACED] += 1
    if told[REFUSED] and told[KEPT] == 0 and told[PLACED] == 0:
        return EXACTLY
    told[KEPT] += told[PLACED]
    return 0


def save(acc: Sequence[int], orders: Sequence[int], sent: Sequence[int], held: Flat) -> bool:
    """Remember the account as it is, so that `undo` can go back to it; False: there is no room."""
    end = acc[ORDERS] * ROW
    if len(acc) + len(sent) + end + 1 > len(held):
        return False
    held[0] = 1
    place_of = 1
    for at in range(len(acc)):
        held[place_of + at] = acc[at]
    place_of += len(acc)
    for at in range(len(sent)):
        held[place_of + at] = sent[at]
    place_of += len(sent)
    for at in range(end):
        held[place_of + at] = orders[at]
    return True


def undo(acc: Flat, orders: Flat, sent: Flat, held: Flat) -> None:
    """Go back to what was saved, if anything was."""
    if held[0] == 0:
        return
    held[0] = 0
    status = acc[STATUS]
    place_of = 1
    for at in range(len(acc)):
        acc[at] = held[place_of + at]
    acc[STATUS] = status
    place_of += len(acc)
    for at in range(len(sent)):
        sent[at] = held[place_of + at]
    place_of += len(sent)
    for at in range(acc[ORDERS] * ROW):
        orders[at] = held[place_of + at]
