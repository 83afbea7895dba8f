"""Wide numbers as pairs of 64-bit ones, for where nothing wider can be had (in compiled code).

A pair (high, low) is high × 2⁶² + low with 0 ≤ low < 2⁶²; the sign is that of `high`. A market's unit of money is a
tick × a lot, 10⁻¹⁶ of a dollar where both are 10⁻⁸: a 64-bit number of those ends at 922 dollars. `integers` has the
same functions for Python's own numbers, which have no end.
"""

from __future__ import annotations

from collections.abc import Sequence

_BITS = 62
_MASK = (1 << 62) - 1
_HALF = 31
_HALF_MASK = (1 << 31) - 1
_SMALL = 1 << 31


def wide_of(number: int) -> tuple[int, int]:
    return number >> _BITS, number & _MASK


def wide_add(a_high: int, a: int, b_high: int, b: int) -> tuple[int, int]:
    low = a + b
    return a_high + b_high + (low >> _BITS), low & _MASK


def wide_negative(high: int, low: int) -> tuple[int, int]:
    low = -low
    return (low >> _BITS) - high, low & _MASK


def wide_subtract(a_high: int, a: int, b_high: int, b: int) -> tuple[int, int]:
    low = a - b
    return a_high - b_high + (low >> _BITS), low & _MASK


def is_less(a_high: int, a: int, b_high: int, b: int) -> bool:
    return a_high < b_high or (a_high == b_high and a < b)


def is_below_zero(high: int, low: int) -> bool:
    return high < 0


def wide_times(a: int, b: int) -> tuple[int, int]:
    """The product of two numbers below 2⁶²."""
    negative = (a < 0) != (b < 0)
    a, b = abs(a), abs(b)
    a1, a0, b1, b0 = a >> _HALF, a & _HALF_MASK, b >> _HALF, b & _HALF_MASK
    cross = a1 * b0 + a0 * b1
    low = ((cross & _HALF_MASK) << _HALF) + a0 * b0
    high = a1 * b1 + (cross >> _HALF) + (low >> _BITS)
    low &= _MASK
    if negative:
        low = -low
        return (low >> _BITS) - high, low & _MASK
    return high, low


def wide_scaled(high: int, low: int, factor: int) -> tuple[int, int]:
    """× `factor`, where the product stays below 2¹²⁴."""
    more, rest = wide_times(low, factor)
    return high * factor + more, rest


def wide_divided(high: int, low: int, by: int) -> tuple[int, int, int]:
    """(quotient high, quotient, rest), rounded down; `by` is more than 0."""
    upper = high // by
    rest = high - upper * by
    if by < _SMALL:
        part = (rest << _HALF) | (low >> _HALF)
        first = part // by
        part = ((part - first * by) << _HALF) | (low & _HALF_MASK)
        second = part // by
        return upper, (first << _HALF) | second, part - second * by
    found = 0
    for place in range(_BITS - 1, -1, -1):
        rest = (rest << 1) | ((low >> place) & 1)
        found <<= 1
        if rest >= by:
            rest -= by
            found |= 1
    return upper, found, rest


def wide_part(high: int, low: int, part: int, whole: int) -> tuple[int, int]:
    """× `part` / `whole`, rounded down, where 0 ≤ part ≤ whole."""
    upper, lower, rest = wide_divided(high, low, whole)
    upper, lower = wide_scaled(upper, lower, part)
    more, product = wide_times(rest, part)
    more, product, rest = wide_divided(more, product, whole)
    return wide_add(upper, lower, more, product)


def wide_float(high: int, low: int) -> float:
    """To the last place but one."""
    return float(high) * 4611686018427387904.0 + float(low)


def scan(high: Sequence[int], low: Sequence[int], up: int, down: int, first: int, end: int) -> int:
    """The first place from `first` on where `high` comes up to `up` or `low` down to `down`, or `end`."""
    for bar in range(first, end):
        if high[bar] >= up or low[bar] <= down:
            return bar
    return end
