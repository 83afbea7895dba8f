"""Sort a list by one key or several."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Required

from pydantic import Field
from typing_extensions import TypedDict

from treadle.errors import NodeError
from treadle.node import Expression, Names, node
from treadle.packs.data.path import PathMissing, path_problems, read_path
from treadle.packs.data.row import evaluate_row, list_of, shown

_KINDS: tuple[tuple[type, str], ...] = ((str, "text"), (timedelta, "duration"), (bytes, "bytes"))


class SortKey(TypedDict, total=False):
    """One key of several. `descending` defaults to the node's."""

    key: Required[Expression]
    descending: Expression | bool


def _check(config: Mapping[str, Any]) -> list[str]:
    if config.get("by") is not None and config.get("path") is not None:
        return ["give either `by` (an expression) or `path`, not both"]
    return path_problems(config.get("path"))


@node(
    "data.sort",
    title="Sort",
    check=_check,
    example={
        "config": {"by": [{"key": "item.team"}, {"key": "item.score", "descending": True}]},
        "inputs": {"value": [{"team": "b", "score": 1}, {"team": "a", "score": 2}, {"team": "a", "score": 9}]},
        "outputs": {"output": [{"team": "a", "score": 9}, {"team": "a", "score": 2}, {"team": "b", "score": 1}]},
    },
)
def sort_items(
    value: list[Any],
    *,
    by: Annotated[
        Expression | list[Expression | SortKey] | None,
        Names("item", "index"),
        Field(description="The key as an expression on `item`, or a list of keys, each with its own `descending`."),
    ] = None,
    path: Annotated[str | list[str] | None, Field(description="The key as a path in the item, or several.")] = None,
    descending: Annotated[bool, Field(description="Largest first.")] = False,
) -> list[Any]:
    """Sort a list by one key or several; with none, by the items themselves.

    Items with equal keys keep their order, and null (or a path that is not there) comes last either way.
    Keys of different kinds (a number and a text) are an error, not a guess.
    """
    items = list_of(value, what="`data.sort`")
    if path is not None:
        paths = [path] if isinstance(path, str) else path
        keys = [[_at(item, one) for one in paths] for item in items]
        directions = [descending] * len(paths)
    elif by is None:
        keys, directions = [[item] for item in items], [descending]
    else:
        rules = [_rule(rule, descending) for rule in (by if isinstance(by, list) else [by])]
        keys = [
            [evaluate_row(expression, "by", index, item) for expression, _ in rules] for index, item in enumerate(items)
        ]
        directions = [down for _, down in rules]
    order = list(range(len(items)))
    for column in range(len(directions) - 1, -1, -1):
        order = _ordered(order, [key[column] for key in keys], directions[column])
    return [items[index] for index in order]


def _rule(rule: Expression | SortKey, descending: bool) -> tuple[Expression, bool]:
    if isinstance(rule, Expression):
        return rule, descending
    down = rule.get("descending", descending)
    return rule["key"], bool(down.evaluate()) if isinstance(down, Expression) else down


def _at(item: Any, path: str) -> Any:
    try:
        return read_path(item, path)
    except PathMissing:
        return None


def _ordered(order: list[int], keys: list[Any], descending: bool) -> list[int]:
    """`order` sorted by `keys`, stable both ways, nulls last."""
    present = [index for index in order if keys[index] is not None]
    if present:
        first = present[0]
        kind = _kind(keys[first])
        for index in present:
            if kind is None or _kind(keys[index]) != kind:
                raise NodeError(
                    f"Cannot order item {index} against item {first}: their keys are "
                    f"{shown(keys[index])} and "
                    f"{shown(keys[first])}.",
                    code="not_comparable",
                    remedy="Make the keys one kind with an expression, for example "
                    "`float(item.price)` or `text(item.id)`.",
                    retryable=False,
                    rows=[index, first],
                )
        present.sort(key=lambda index: _moment(keys[index]), reverse=descending)
    return [*present, *(index for index in order if keys[index] is None)]


def _kind(key: Any) -> str | None:
    if isinstance(key, bool):
        return "boolean"
    if isinstance(key, int | float | Decimal):
        return "number" if key == key else None
    if isinstance(key, date):
        return "date"
    return next((name for kind, name in _KINDS if isinstance(key, kind)), None)


def _moment(key: Any) -> Any:
    """Days, and times without an offset, are ordered among times as if they were in UTC."""
    if isinstance(key, datetime):
        return key if key.tzinfo is not None else key.replace(tzinfo=UTC)
    return datetime(key.year, key.month, key.day, tzinfo=UTC) if isinstance(key, date) else key
