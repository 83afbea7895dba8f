"""The functions of `limbs` on Python's own numbers: `low` is the whole number, whatever its size, and `high` is 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_FEW, _MANY = 64, 65_536


def wide_of(number: int) -> tuple[int, int]:
    return 0, number


def wide_add(a_high: int, a: int, b_high: int, b: int) -> tuple[int, int]:
    return 0, a + b


def wide_negative(high: int, low: int) -> tuple[int, int]:
    return 0, -low


def wide_subtract(a_high: int, a: int, b_high: int, b: int) -> tuple[int, int]:
    return 0, a - b


def is_less(a_high: int, a: int, b_high: int, b: int) -> bool:
    return a < b


def is_below_zero(high: int, low: int) -> bool:
    return low < 0


def wide_times(a: int, b: int) -> tuple[int, int]:
    return 0, a * b


def wide_scaled(high: int, low: int, factor: int) -> tuple[int, int]:
    return 0, low * factor


def wide_divided(high: int, low: int, by: int) -> tuple[int, int, int]:
    found, rest = divmod(low, by)
    return 0, found, rest


def wide_part(high: int, low: int, part: int, whole: int) -> tuple[int, int]:
    return 0, low * part // whole


def wide_float(high: int, low: int) -> float:
    return float(low)


def scan(high: Sequence[int], low: Sequence[int], up: int, down: int, first: int, end: int) -> int:
    """The first place from `first` on where `high` comes up to `up` or `low` down to `down`, or `end`. Arrays are
    looked through piece by piece, each longer than the one before."""
    if not isinstance(high, list):
        return _scan_arrays(high, low, up, down, first, end)
    for bar in range(first, end):
        if high[bar] >= up or low[bar] <= down:
            return bar
    return end


def _scan_arrays(high: Any, low: Any, up: int, down: int, first: int, end: int) -> int:
    length = _FEW
    while first < end:
        until = min(first + length, end)
        touched = (high[first:until] >= up) | (low[first:until] <= down)
        found = int(touched.argmax())
        if touched[found]:
            return first + found
        first, length = until, min(2 * length, _MANY)
    return end
