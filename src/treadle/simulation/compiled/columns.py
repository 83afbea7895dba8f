"""Whole columns at once: prices as bars tell them to ticks, exact amounts to floats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from treadle.simulation.compiled.layout import BASE_BITS, LARGEST_PRICE
from treadle.simulation.compiled.opening import join

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Floats = NDArray[numpy.float64]
    Whole = NDArray[numpy.int64]

_PIECE = 16_384
"""Values that are gone through at once: few enough to stay near the processor."""
_SPLIT = 134217729.0
_NEAR = 2.0**-30


def to_whole(values: Floats, per_step: float) -> Whole | None:
    """`round(value * per_step)` of each, as `BarFeed` has it; None where one is not finite or too large."""
    import numpy

    found = numpy.empty(len(values), dtype=numpy.int64)
    scaled = numpy.empty(min(_PIECE, len(values)))
    for first in range(0, len(values), _PIECE):
        piece = values[first : first + _PIECE]
        told = numpy.multiply(piece, per_step, out=scaled[: len(piece)])
        numpy.rint(told, out=told)
        if not (told.min() > -LARGEST_PRICE and told.max() < LARGEST_PRICE):
            return None
        found[first : first + _PIECE] = told
    return found


def to_floats(high: Whole, low: Whole, places: int) -> Floats:
    """(high × 2⁶² + low) / 10^places of each, as the nearest float; `places` is 0 to 22.

    The quotient is taken with twice the digits of a float. The few that lie so near to the middle between two floats
    that it does not settle them are divided as whole numbers, which Python rounds correctly.
    """
    import numpy

    by = 10.0**places
    upper, lower = _sum(high.astype(float) * 2.0**BASE_BITS, (low >> 31).astype(float) * 2.0**31)
    upper, more = _sum(upper, (low & 0x7FFFFFFF).astype(float))
    upper, lower = _sum(upper, lower + more)
    first = upper / by
    product, error = _product(first, by)
    second = (((upper - product) - error) + lower) / by
    found, rest = _sum(first, second)
    unit = numpy.spacing(found)
    for place in numpy.flatnonzero(abs(abs(rest / unit) - 0.5) < _NEAR):
        found[place] = join(int(high[place]), int(low[place])) / 10**places
    return found


def _sum(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """a + b, and what the rounding left (Knuth)."""
    found = a + b
    part = found - a
    return found, (a - (found - part)) + (b - part)


def _product(a: Floats, b: float) -> tuple[Floats, Floats]:
    """a × b, and what the rounding left (Dekker)."""
    found = a * b
    a_high = a * _SPLIT
    a_high = a_high - (a_high - a)
    a_low = a - a_high
    b_high = b * _SPLIT
    b_high = b_high - (b_high - b)
    b_low = b - b_high
    return found, ((a_high * b_high - found) + a_high * b_low + a_low * b_high) + a_low * b_low
