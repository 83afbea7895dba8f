"""Rows: lists of items, and errors that say which item was wrong and what it looked like."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from treadle.errors import ExpressionError, NodeError
from treadle.node import Expression

_SHORT = reprlib.Repr()
_SHORT.maxdict, _SHORT.maxlist, _SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxother = 6, 6, 3, 60, 60

_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "a boolean"),
    ((int, float, Decimal), "a number"),
    (str, "text"),
    (bytes, "bytes"),
    ((datetime, date), "a date"),
    (timedelta, "a duration"),
    ((list, tuple), "a list"),
    (dict, "an object"),
)


def kind_of(value: object) -> str:
    """What `value` is, for people: `a list`, `text`, `null`."""
    if value is None:
        return "null"
    return next((name for kind, name in _KINDS if isinstance(value, kind)), type(value).__name__)


def shown(value: object) -> str:
    """`value` cut short for an error message: its kind and how it begins."""
    return "null" if value is None else f"{kind_of(value)} ({_SHORT.repr(value)[:200]})"


def list_of(value: object, *, what: str = "This node") -> list[Any]:
    """`value` when it is a list. Raises `NodeError` otherwise."""
    if isinstance(value, list | tuple):
        return list(cast("list[Any]", value))
    raise NodeError(
        f"{what} takes a list; {shown(value)} came.",
        code="not_a_list",
        remedy="Pick the list out of it with `data.pick`, or connect an output that carries a list.",
        retryable=False,
    )


def object_of(value: object, *, what: str) -> dict[str, Any]:
    """A shallow copy of `value` when it is an object. Raises `NodeError` otherwise."""
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, Any]", value))
    raise NodeError(
        f"{what} must be an object; it is {shown(value)}.",
        code="not_an_object",
        remedy="Shape it into an object first, for example with `data.transform`.",
        retryable=False,
    )


def evaluate_row(expression: Expression, field: str, index: int, item: Any, **names: Any) -> Any:
    """The expression's value for one item. Raises `NodeError` naming the field and showing the item."""
    try:
        return expression.evaluate(item=item, index=index, **names)
    except ExpressionError as error:
        raise NodeError(
            f"`{field}` failed at item {index}, which is {shown(item)}: {error.message}",
            code=error.code,
            remedy=error.remedy,
            retryable=False,
            field=field,
            row=index,
        ) from error
