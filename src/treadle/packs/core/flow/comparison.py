"""The comparisons that flow nodes offer: each means what the same expression means."""

from decimal import Decimal
from functools import lru_cache
from typing import Literal

from treadle.expressions import Expression, compile_expression
from treadle.node import NodeError, Value

Operator = Literal[">", "<", "=", "==", ">=", "<=", "!=", "contains", "starts_with", "matches", "is_empty"]
"""`==` is another way to write `=`."""

Order = Literal[">", "<", ">=", "<="]

Number = int | float | Decimal
"""Kept as it came in: a decimal is carried on as a decimal."""

_SOURCES: dict[str, str] = {
    ">": "a > b",
    "<": "a < b",
    "=": "a == b",
    "==": "a == b",
    ">=": "a >= b",
    "<=": "a <= b",
    "!=": "a != b",
    "contains": "contains(a, b)",
    "starts_with": "starts_with(a, b)",
    "matches": "matches(a, b)",
}


def holds(operator: Operator, a: object, b: object = None) -> object:
    """Whether `a` stands in that relation to `b`; for series, a series of truth values.

    Raises `ExpressionError` for values that cannot be compared, showing both.
    """
    if operator == "is_empty":
        return a is None or (isinstance(a, str | bytes | list | tuple | dict) and not a)
    return _compiled(operator).evaluate({"a": a, "b": b})


@lru_cache(maxsize=16)
def _compiled(operator: str) -> Expression:
    return compile_expression(_SOURCES[operator])


def refuse_nan(value: object) -> None:
    """Raises `NodeError` for NaN, which lies on no side of anything."""
    if value != value:
        raise NodeError(
            "The value is NaN, so it lies on no side of anything.",
            code="not_a_number",
            remedy="Look at where it is computed; indicators give NaN until they have seen enough bars.",
            retryable=False,
        )


def is_true(value: object, *, what: str) -> bool:
    """The truth of one value, as in expressions. Raises `NodeError` for a series, which is neither."""
    if hasattr(value, "dtype") and getattr(value, "ndim", 0):
        raise NodeError(
            f"{what} came to a series, which is neither true nor false.",
            code="series_not_decidable",
            remedy="Decide about one of its values: `last(x)`, `any(x)` or `all(x)`.",
            retryable=False,
        )
    return bool(value)


def text_of(value: Value) -> str | None:
    """How a case is named: `true`, `5` (also for 5.0), `blog`. None for what has no such text."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value) if isinstance(value, str | int) else None
