"""Floats onto the grid of a market, exactly as decimals of what is written would come onto it.

A float is written with the fewest digits that tell it from its neighbours (`repr`), and `Decimal` takes those. For a
step of m / 10^p and a whole k with k × m below 10¹⁵, the decimal of x is below k × m / 10^p exactly if x is below the
float that is nearest to it, which is what the division of the two floats gives, both being exact: of up to 15 digits,
each decimal is what its float is written as, and floats are written in their own order.
"""

from __future__ import annotations

import math

_LARGEST = 1e15
CANNOT_TELL = -1
"""Below 0, not finite, or so far up that floats cannot tell steps apart."""


def floor_ticks(x: float, m: float, p10: float) -> int:
    """How many whole steps of `m` / `p10` there are in `x`, rounded down; `CANNOT_TELL`."""
    if not (x >= 0.0):
        return CANNOT_TELL
    steps = x * p10 / m
    if not (steps < _LARGEST and steps * m < _LARGEST):
        return CANNOT_TELL
    found = math.floor(steps)
    while found * m / p10 > x:
        found -= 1
    while (found + 1) * m / p10 <= x:
        found += 1
    return int(found)


def ceil_ticks(x: float, m: float, p10: float) -> int:
    """As `floor_ticks`, rounded up."""
    found = floor_ticks(x, m, p10)
    if found >= 0 and found * m / p10 < x:
        found += 1
    return found
