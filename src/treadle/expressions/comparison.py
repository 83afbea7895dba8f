"""Equality, order and membership. `==` never converts; order also takes numeric text for a number."""

# Values come as `object` and are told apart by exact type, which narrows less than isinstance.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false, reportUnknownVariableType=false
from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from treadle.expressions import series
from treadle.expressions.limits import DEPTH, Budget
from treadle.expressions.number import to_decimal
from treadle.expressions.problem import Problem
from treadle.expressions.value import KINDS, is_series, plain, unreadable

_NUMERIC = re.compile(r"[ \t\r\n]*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[ \t\r\n]*", re.ASCII)
_NUMERIC_LENGTH = 400
_ORDER: dict[str, Callable[[object, object], bool]] = {  # pyright: ignore[reportAssignmentType]
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_ORDERED = frozenset({"number", "text", "bool", "date", "duration", "bytes"})


def number_of(text: str) -> int | float | None:
    """The number that `text` is, or None. Whole numbers past 64 bits become floats."""
    if len(text) > _NUMERIC_LENGTH or _NUMERIC.fullmatch(text) is None:
        return None
    digits = text.strip()
    if digits.lstrip("+-").isdigit() and len(digits) < 21:
        number = int(digits)
        return number if -(1 << 63) <= number < 1 << 63 else float(number)
    value = float(digits)
    return None if value in (float("inf"), float("-inf")) else value


def less(left: object, right: object, budget: Budget | None) -> object:
    """`left < right`."""
    return _ordered("<", left, right, budget)


def less_equal(left: object, right: object, budget: Budget | None) -> object:
    """`left <= right`."""
    return _ordered("<=", left, right, budget)


def greater(left: object, right: object, budget: Budget | None) -> object:
    """`left > right`."""
    return _ordered(">", left, right, budget)


def greater_equal(left: object, right: object, budget: Budget | None) -> object:
    """`left >= right`."""
    return _ordered(">=", left, right, budget)


def _ordered(sign: str, left: object, right: object, budget: Budget | None, depth: int = 0) -> object:
    kind, other = KINDS.get(type(left)), KINDS.get(type(right))
    if kind == other and kind in _ORDERED:
        if type(left) is not type(right) and Decimal in (type(left), type(right)):
            left, right = to_decimal(left), to_decimal(right)  # pyright: ignore[reportArgumentType]
        return _ORDER[sign](left, right)
    if kind == "number" and other == "text":
        return _with_text(sign, left, right, left, right)
    if kind == "text" and other == "number":
        return _with_text(sign, left, right, right, left)
    if kind == other == "time":
        return _ORDER[sign](in_utc(left), in_utc(right))  # pyright: ignore[reportArgumentType]
    if kind == other == "list":
        return _lists(sign, left, right, budget or Budget(), depth)  # pyright: ignore[reportArgumentType]
    if is_series(left) or is_series(right):
        return series.compare(sign, left, right, budget)
    if kind is None or other is None:
        return _ordered(sign, plain(left), plain(right), budget)
    raise uncomparable(sign, left, right)


def _with_text(sign: str, left: object, right: object, number: object, text: object) -> bool:
    converted = number_of(text)  # pyright: ignore[reportArgumentType]
    if converted is None:
        raise Problem(
            "type_mismatch",
            f"`{sign}` compares numbers with numeric text, not {{}} with {{}}",
            left,
            right,
            remedy="Compare numbers with numbers, or texts with texts.",
        )
    value = to_decimal(converted) if isinstance(number, Decimal) else converted
    pair = (number, value) if number is left else (value, number)
    return _ORDER[sign](*pair)


def _lists(sign: str, left: list[object], right: list[object], budget: Budget, depth: int) -> object:
    check_depth(depth)
    for one, another in zip(left, right, strict=False):
        budget.spend(1)
        if equal(one, another, budget, depth + 1) is not True:
            return _ordered(sign[0], one, another, budget, depth + 1)
    return _ORDER[sign](len(left), len(right))


def uncomparable(sign: str, left: object, right: object) -> Problem:
    """The refusal to put two values of different kinds in order."""
    remedy = "Compare numbers with numbers, or texts with texts."
    if left is None or right is None:
        remedy = "Give a value for null: `(x ?? 0)`."
    return Problem("type_mismatch", f"`{sign}` cannot compare {{}} with {{}}", left, right, remedy=remedy)


def in_utc(moment: datetime) -> datetime:
    """`moment`, which is in UTC when it does not say where."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def check_depth(depth: int) -> None:
    """Raises Problem(too_deep) for a value of too many levels."""
    if depth > DEPTH:
        raise Problem("too_deep", f"the value nests deeper than {DEPTH} levels")


def equal(left: object, right: object, budget: Budget | None, depth: int = 0) -> object:
    """Deep equality without conversion: 1 is 1.0, but neither true nor "1". Elementwise on series."""
    kind, other = KINDS.get(type(left)), KINDS.get(type(right))
    if kind is None or other is None:
        return _equal_rare(left, right, budget, depth)
    if kind != other:
        return False
    if kind == "list":
        return _equal_lists(left, right, budget or Budget(), depth)  # pyright: ignore[reportArgumentType]
    if kind == "object":
        return _equal_objects(left, right, budget or Budget(), depth)  # pyright: ignore[reportArgumentType]
    if kind == "number" and type(left) is not type(right):
        if isinstance(left, Decimal) or isinstance(right, Decimal):
            return to_decimal(left) == to_decimal(right)  # pyright: ignore[reportArgumentType]
    elif kind == "time":
        return in_utc(left) == in_utc(right)  # pyright: ignore[reportArgumentType]
    return left == right


def _equal_rare(left: object, right: object, budget: Budget | None, depth: int) -> object:
    if not is_series(left) and not is_series(right):
        return equal(plain(left), plain(right), budget, depth)
    if depth == 0 and {KINDS.get(type(left), "series"), KINDS.get(type(right), "series")} <= {
        "series",
        "number",
    }:
        return series.compare("==", plain(left), plain(right), budget)
    if is_series(left) and is_series(right):
        found = series.compare("==", left, right, budget or Budget())
        return bool(found.all())  # pyright: ignore[reportAttributeAccessIssue]
    return False


def not_equal(left: object, right: object, budget: Budget | None) -> object:
    """`left != right`."""
    found = equal(left, right, budget)
    return (not found) if type(found) is bool else series.negate(found)  # pyright: ignore[reportArgumentType]


def _equal_lists(left: list[object], right: list[object], budget: Budget, depth: int) -> bool:
    check_depth(depth)
    if len(left) != len(right):
        return False
    for one, another in zip(left, right, strict=True):
        budget.spend(1)
        if equal(one, another, budget, depth + 1) is not True:
            return False
    return True


def _equal_objects(left: dict[object, object], right: dict[object, object], budget: Budget, depth: int) -> bool:
    check_depth(depth)
    if len(left) != len(right):
        return False
    for key, one in left.items():
        budget.spend(1)
        if type(key) is not str or key not in right:
            return False
        if equal(one, right[key], budget, depth + 1) is not True:
            return False
    return True


def contains(container: object, item: object, budget: Budget) -> bool:
    """Whether a list holds an equal item, a text a part, an object a key, a series a number."""
    container, item = plain(container), plain(item)
    if isinstance(container, str) and isinstance(item, str):
        budget.spend(1 + (len(container) >> 8))
        return str.__contains__(container, item)
    if isinstance(container, dict) and isinstance(item, str):
        return item in container
    if isinstance(container, list):
        for candidate in container:  # pyright: ignore[reportUnknownVariableType]
            budget.spend(1)
            if equal(candidate, item, budget, 1) is True:
                return True
        return False
    if is_series(container) and type(item) in (int, float):
        return bool(series.compare("==", container, item, budget).any())  # pyright: ignore[reportAttributeAccessIssue]
    raise Problem(
        "type_mismatch",
        "`in` looks into a list, a text or an object's keys, not for {} in {}",
        item,
        container,
        remedy="Give a value for null: `x in (list ?? [])`." if container is None else None,
    )


def identity(value: object, budget: Budget, depth: int = 0) -> object:
    """Something hashable that is the same for values that `==` finds equal."""
    check_depth(depth)
    budget.spend(1)
    value = plain(value)
    kind = KINDS.get(type(value), "series")
    if isinstance(value, Decimal):
        # Decimals hash as exact fractions: one that a float is written as must hash as that float.
        close = float(value) if value.is_finite() and abs(value.adjusted()) < 300 else None
        value = close if close is not None and Decimal(repr(close)) == value else value
    if isinstance(value, list):
        return (kind, *[identity(item, budget, depth + 1) for item in value])  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        pairs: list[tuple[str, object]] = []
        for key, item in value.items():  # pyright: ignore[reportUnknownVariableType]
            if type(key) is not str:  # pyright: ignore[reportUnknownArgumentType]
                raise unreadable()
            pairs.append((key, identity(item, budget, depth + 1)))
        return (kind, frozenset(pairs))
    if kind == "series":
        return (kind, value.tobytes())  # pyright: ignore[reportAttributeAccessIssue]
    if kind == "time":
        return (kind, in_utc(value))  # pyright: ignore[reportArgumentType]
    return (kind, value)
