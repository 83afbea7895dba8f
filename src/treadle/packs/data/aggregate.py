"""Aggregates of a group of rows: count, sum, avg, min, max, first, last, list."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Literal

from treadle.errors import NodeError
from treadle.node import Expression
from treadle.packs.data.row import evaluate_row, shown

Function = Literal["count", "sum", "avg", "min", "max", "first", "last", "list"]
Aggregation = Expression | dict[Function, Expression]
"""`{sum: item.amount}`, or an expression on the group's `items`."""

Row = tuple[int, Any]


def aggregate(rule: Aggregation, field: str, rows: list[Row]) -> Any:
    """The rule's value for one group. `rows` are (index in the whole list, item)."""
    if isinstance(rule, Expression):
        first, item = rows[0] if rows else (0, None)
        return evaluate_row(rule, field, first, item, items=[item for _, item in rows])
    if len(rule) != 1:
        raise NodeError(
            f"`{field}` names {len(rule)} functions.",
            code="invalid_config",
            remedy="Name one.",
            retryable=False,
        )
    [(function, of)] = rule.items()
    values = [(index, _value(of, f"{field}.{function}", index, item)) for index, item in rows]
    if function == "first":
        return values[0][1] if values else None
    if function == "last":
        return values[-1][1] if values else None
    if function == "list":
        return [value for _, value in values]
    present = [(index, value) for index, value in values if value is not None]
    if function == "count":
        return len(present)
    return _FIGURES[function](present, field)


def _value(of: Expression | bool | str, field: str, index: int, item: Any) -> Any:
    """`{count: true}` counts every row."""
    return evaluate_row(of, field, index, item) if isinstance(of, Expression) else of


def _numbers(values: list[Row], field: str) -> list[Any]:
    """The values as numbers that add up: floats become decimals beside a decimal."""
    for index, value in values:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise NodeError(
                f"`{field}` needs numbers; item {index} gives {shown(value)}.",
                code="not_a_number",
                remedy="Convert it with `float(…)`, or leave those items out with `data.filter`.",
                retryable=False,
                field=field,
                row=index,
            )
    if any(isinstance(value, Decimal) for _, value in values):
        return [Decimal(repr(value)) if isinstance(value, float) else Decimal(value) for _, value in values]
    return [value for _, value in values]


def _sum(values: list[Row], field: str) -> Any:
    numbers = _numbers(values, field)
    if any(isinstance(number, float) for number in numbers):
        return math.fsum(numbers)
    return sum(numbers)


def _average(values: list[Row], field: str) -> Any:
    return _sum(values, field) / len(values) if values else None


def _extreme(choose: Callable[..., Any]) -> Callable[[list[Row], str], Any]:
    def figure(values: list[Row], field: str) -> Any:
        try:
            return choose((value for _, value in values), default=None)
        except TypeError:
            first = values[0][1]
            index, other = next((row for row in values if type(row[1]) is not type(first)), values[-1])
            raise NodeError(
                f"`{field}` cannot order {shown(first)} against {shown(other)} of item {index}.",
                code="not_comparable",
                remedy="Make the values one kind.",
                retryable=False,
                field=field,
                row=index,
            ) from None

    return figure


_FIGURES: Mapping[str, Callable[[list[Row], str], Any]] = {
    "sum": _sum,
    "avg": _average,
    "min": _extreme(min),
    "max": _extreme(max),
}
