"""Arithmetic and comparison on series: whole columns at once. Only reached when numpy is loaded.

Whole-number series are calculated as floats. Division by zero gives no number (NaN) at that place,
because one bad bar must not lose the column; NaN compares as false.
"""

from __future__ import annotations

import sys
from types import ModuleType

from treadle.expressions.limits import Budget
from treadle.expressions.problem import Problem
from treadle.expressions.value import Series, is_series

_ARITHMETIC = {
    "+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "mod", "**": "power",
}  # fmt: skip
_COMPARISON = {
    "<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal", "==": "equal",
}  # fmt: skip
_LOGIC = {"&&": "logical_and", "||": "logical_or"}


def calculate(sign: str, left: object, right: object, budget: Budget | None) -> object:
    """`left sign right` for each element; sign is one of + - * / % **."""
    numpy = _numpy()
    one, another = _pair(left, right, sign, budget)
    for side in (one, another):
        if is_series(side) and side.dtype.kind == "b":
            raise Problem("type_mismatch", f"`{sign}` does not take a series of truth values")
    with numpy.errstate(all="ignore"):
        one, another = numpy.asarray(one, dtype=float), numpy.asarray(another, dtype=float)
        result = getattr(numpy, _ARITHMETIC[sign])(one, another)
        if sign in "/%":
            result = numpy.where(another == 0, numpy.nan, result)
    return result


def compare(sign: str, left: object, right: object, budget: Budget | None) -> object:
    """`left sign right` for each element; sign is one of < <= > >= ==."""
    one, another = _pair(left, right, sign, budget)
    return getattr(_numpy(), _COMPARISON[sign])(one, another)


def join(sign: str, left: object, right: object) -> object:
    """`&&` or `||` for each element; a truth value counts for all."""
    for side in (left, right):
        if not (is_series(side) and side.dtype.kind == "b") and type(side) is not bool:
            raise Problem("type_mismatch", f"`{sign}` on series takes truth values, not {{}}", side)
    _check_lengths(sign, left, right)
    return getattr(_numpy(), _LOGIC[sign])(left, right)


def negate(value: Series) -> object:
    """`!` for each element of a series of truth values."""
    if value.dtype.kind != "b":
        raise Problem("type_mismatch", "`!` on a series takes truth values")
    return ~value


def apply(name: str, value: Series, budget: Budget) -> object:
    """A numpy function on a whole series, for instance `abs`; a single number comes back as such."""
    numpy = _numpy()
    budget.spend_series(8 * value.size)
    if value.size == 0:
        raise Problem("bad_argument", "the series is empty")
    if value.dtype.kind == "b":
        raise Problem("bad_argument", f"`{name}` needs numbers, not a series of truth values")
    with numpy.errstate(all="ignore"):
        result = getattr(numpy, name)(value)
    return result if is_series(result) else result.item()


def _numpy() -> ModuleType:
    # Taken from where the caller's array comes from: the core never imports numpy itself.
    return sys.modules["numpy"]


def _pair(left: object, right: object, sign: str, budget: Budget | None) -> tuple[object, object]:
    one, another = _operand(left, sign, right), _operand(right, sign, left)
    _check_lengths(sign, one, another)
    if budget is not None:
        budget.spend_series(8 * max(side.size for side in (one, another) if is_series(side)))
    return one, another


def _operand(value: object, sign: str, other: object) -> object:
    if is_series(value):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise Problem("type_mismatch", f"`{sign}` does not take {{}} and {{}}", value, other)


def _check_lengths(sign: str, left: object, right: object) -> None:
    if is_series(left) and is_series(right) and left.size != right.size:
        raise Problem("type_mismatch", f"`{sign}` takes series of one length, not {left.size} and {right.size}")
