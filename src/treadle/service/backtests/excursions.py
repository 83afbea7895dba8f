"""How far a trade was down and up while it lasted, exactly: from the bars it lasted over, along their paths.

A bar in which it is entered counts from where it was entered on, one in which it is closed up to there: both are parts
of the path that fills are made along (`treadle.simulation.market.path`), so that nothing is counted that was before or
after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from treadle.simulation.market.path import path

_SCALE = 10**8


@dataclass(frozen=True, slots=True)
class Excursion:
    """`adverse` is 0 or less, `favourable` 0 or more: money, of the whole trade. `bar_in` and `bar_out` are the times
    of bars."""

    adverse: Decimal
    favourable: Decimal
    bar_in: int
    bar_out: int


@dataclass(frozen=True, slots=True)
class Place:
    """A fill among the bars: in which, and whether at its opening."""

    bar: int
    is_opening: bool
    price: float


def find_place(bars: Mapping[str, Any], length: int, at: int, price: float, *, is_market: bool, ordered: int) -> Place:
    """Where a fill at `at` (ms) was. What is filled inside a bar is told as of its end, which is when the next one
    opens; an order of the market, one that was only placed then, and a price that was not in the bar before, say that
    it is the next one's opening."""
    times = bars["time"]
    opened = int(times.searchsorted(at, side="right")) - 1
    inside = int(times.searchsorted(at - length, side="right")) - 1
    is_next = opened >= 0 and int(times[opened]) == at
    was_in = inside >= 0 and float(bars["low"][inside]) <= price <= float(bars["high"][inside])
    if is_next and (is_market or ordered >= at or not was_in):
        return Place(opened, True, price)
    return Place(max(0, inside if int(times[max(0, inside)]) + length >= at else opened), False, price)


def measure(
    bars: Mapping[str, Any], entered: Place, left: Place, *, entry: Decimal, quantity: Decimal, is_long: bool
) -> Excursion:
    lowest, highest = _range(bars, entered, left)
    worst, best = (lowest, highest) if is_long else (highest, lowest)
    sign = 1 if is_long else -1
    adverse = sign * (Decimal(repr(worst)) - entry) * quantity
    favourable = sign * (Decimal(repr(best)) - entry) * quantity
    times = bars["time"]
    return Excursion(
        min(Decimal(0), adverse), max(Decimal(0), favourable), int(times[entered.bar]), int(times[left.bar])
    )


def _range(bars: Mapping[str, Any], entered: Place, left: Place) -> tuple[float, float]:
    if entered.bar == left.bar:
        corners = _corners(bars, entered.bar)
        start = 0 if entered.is_opening else _reach(corners, entered.price, 0)
        end = 0 if left.is_opening else _reach(corners, left.price, start)
        seen = [entered.price, left.price, *corners[start + (0 if entered.is_opening else 1) : end + 1]]
        return min(seen), max(seen)
    corners = _corners(bars, entered.bar)
    start = 0 if entered.is_opening else _reach(corners, entered.price, 0) + 1
    seen = [entered.price, left.price, *corners[start:]]
    if not left.is_opening:
        corners = _corners(bars, left.bar)
        seen += corners[: _reach(corners, left.price, 0) + 1]
    between = slice(entered.bar + 1, left.bar)
    if between.start < between.stop:
        seen += [float(bars["low"][between].min()), float(bars["high"][between].max())]
    return min(seen), max(seen)


def _corners(bars: Mapping[str, Any], bar: int) -> Sequence[float]:
    """Open, the extreme that comes first, the other, close."""
    prices = [float(bars[name][bar]) for name in ("open", "high", "low", "close")]
    known = dict(zip((round(price * _SCALE) for price in prices), prices, strict=True))
    return [known[corner] for corner in path(*(round(price * _SCALE) for price in prices))]


def _reach(corners: Sequence[float], price: float, start: int) -> int:
    """The corner that the price was last at before it came to `price`."""
    for at in range(start, len(corners) - 1):
        low, high = sorted((corners[at], corners[at + 1]))
        if low <= price <= high:
            return at
    return max(start, len(corners) - 2)
