"""Functions on numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from treadle.expressions import series
from treadle.expressions.comparison import less
from treadle.expressions.functions.argument import items, number, refused, whole
from treadle.expressions.functions.declaration import Table
from treadle.expressions.limits import Budget
from treadle.expressions.number import add, divide, fit
from treadle.expressions.problem import Problem
from treadle.expressions.value import is_series

table = Table("number")
_DIGITS = 30
Item = TypeVar("Item")


@table("abs(number)")
def absolute(budget: Budget, value: object) -> object:
    """The number without its sign."""
    if is_series(value):
        return series.apply("abs", value, budget)
    found = number("abs", value)
    return fit(abs(found)) if isinstance(found, int) else abs(found)


@table("round(number, digits?)")
def rounded(budget: Budget, value: object, digits: object = None) -> object:
    """The number rounded to whole, or to `digits` after the point; halves to the even neighbour."""
    places = 0 if digits is None else whole("round", digits)
    if abs(places) > _DIGITS:
        raise Problem("bad_argument", f"`round` takes at most {_DIGITS} digits, not {{}}", digits)
    if is_series(value):
        budget.spend_series(8 * value.size)
        return value.round(places)
    found = number("round", value)
    if digits is None:
        return _whole(found, round)
    result = round(found, places)
    return fit(result) if isinstance(result, int) else result


@table("floor(number)")
def floor(budget: Budget, value: object) -> object:
    """The next whole number below."""
    return series.apply("floor", value, budget) if is_series(value) else _whole(number("floor", value), math.floor)


@table("ceil(number)")
def ceil(budget: Budget, value: object) -> object:
    """The next whole number above."""
    return series.apply("ceil", value, budget) if is_series(value) else _whole(number("ceil", value), math.ceil)


@table("min(list_or_value, more...)")
def least(budget: Budget, *values: object) -> object:
    """The smallest item of a list, or the smallest argument."""
    return _extreme("min", values, budget)


@table("max(list_or_value, more...)")
def greatest(budget: Budget, *values: object) -> object:
    """The largest item of a list, or the largest argument."""
    return _extreme("max", values, budget)


@table("sum(list)")
def total(budget: Budget, value: object) -> object:
    """The sum of the numbers; 0 for an empty list."""
    if is_series(value):
        return series.apply("sum", value, budget)
    result: object = 0
    for item in items("sum", value, budget):
        result = add(result, number("sum", item), None)
    return result


@table("avg(list)")
def average(budget: Budget, value: object) -> object:
    """The mean of the numbers."""
    if is_series(value):
        return series.apply("mean", value, budget)
    size = len(_not_empty("avg", items("avg", value, budget)))
    return divide(total(budget, value), size, None)


@table("median(list)")
def median(budget: Budget, value: object) -> object:
    """The middle of the numbers in order; of two middles their mean."""
    found = [number("median", item) for item in items("median", value, budget)]
    ordered = sorted(_not_empty("median", found))
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return divide(add(ordered[middle - 1], ordered[middle], None), 2, None)


def _whole(value: int | float | Decimal, how: Callable[[int | float | Decimal], int]) -> object:
    if isinstance(value, int):
        return value
    if not math.isfinite(value):
        raise Problem("bad_argument", "{} has no whole number near it", value)
    # Past 64 bits a float has no fraction, and a decimal's exact digits could fill the memory.
    return how(value) if abs(value) < 1 << 63 else float(value)


def _not_empty(name: str, found: list[Item]) -> list[Item]:
    if not found:
        raise Problem("bad_argument", f"`{name}` of an empty list", remedy="Ask for its length first.")
    return found


def _extreme(name: str, values: tuple[object, ...], budget: Budget) -> object:
    if len(values) == 1:
        if is_series(values[0]):
            return series.apply(name, values[0], budget)
        found = items(name, values[0], budget)
    else:
        found = list(values)
    best, *rest = _not_empty(name, found)
    for value in rest:
        if is_series(value):
            raise refused(name, "one series or single values", value)
        smaller = less(value, best, budget) if name == "min" else less(best, value, budget)
        best = value if smaller is True else best
    if len(found) == 1:
        less(best, best, budget)
    return best
