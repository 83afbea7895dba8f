"""Group a list and aggregate each group."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Annotated, Any, cast

from pydantic import Field

from treadle.node import Expression, Names, node
from treadle.packs.data.aggregate import Aggregation, aggregate
from treadle.packs.data.identity import identity
from treadle.packs.data.row import evaluate_row, list_of

By = Expression | dict[str, Expression] | None


def _check(config: Mapping[str, Any]) -> list[str]:
    by: Any = config.get("by")
    aggregates: Mapping[str, Any] = config.get("aggregates") or {}
    keys: list[str] = list(cast("dict[str, Any]", by)) if isinstance(by, dict) else ["key"] if by is not None else []
    problems = [f"`{name}` is both a key and an aggregate; rename one" for name in keys if name in aggregates]
    for name, rule in aggregates.items():
        if isinstance(rule, dict) and len(cast("dict[str, Any]", rule)) != 1:
            problems.append(
                f"aggregate `{name}` names more than one function or none; write one, such as `{{sum: item.amount}}`"
            )
    return problems


@node(
    "data.group",
    title="Group",
    check=_check,
    example={
        "config": {
            "by": {"city": "item.city"},
            "aggregates": {
                "orders": {"count": True},
                "total": {"sum": "item.amount"},
                "ids": {"list": "item.id"},
            },
        },
        "inputs": {
            "value": [
                {"id": 1, "city": "Oslo", "amount": 5},
                {"id": 2, "city": "Rome", "amount": 7},
                {"id": 3, "city": "Oslo", "amount": 2.5},
            ]
        },
        "outputs": {
            "output": [
                {"city": "Oslo", "orders": 2, "total": 7.5, "ids": [1, 3]},
                {"city": "Rome", "orders": 1, "total": 7, "ids": [2]},
            ]
        },
    },
)
def group_items(
    value: list[Any],
    *,
    by: Annotated[
        By,
        Names("item", "index"),
        Field(description="The key: an expression on `item`, or an object of named keys. Without it, one group."),
    ] = None,
    aggregates: Annotated[
        dict[str, Aggregation] | None,
        Names("item", "index", "items"),
        Field(
            description="What to work out for each group, by name: `{total: {sum: item.amount}}` "
            "with count, sum, avg, "
            "min, max, first, last or list; or an expression on the group's `items`."
        ),
    ] = None,
) -> list[dict[str, Any]]:
    """Group a list by a key and aggregate each group: one object a group, in order of first appearance.

    A single key is named `key`. Without aggregates each group carries its `count` and its `items`. Null is
    a key like any other; aggregates other than first, last and list leave null out, and avg, min and max of
    nothing are null.
    """
    items = list_of(value, what="`data.group`")
    groups: dict[Hashable, tuple[dict[str, Any], list[tuple[int, Any]]]] = {}
    if by is None:
        groups[identity({})] = ({}, [])
    for index, item in enumerate(items):
        keys = _keys(by, index, item)
        groups.setdefault(identity(keys), (keys, []))[1].append((index, item))
    return [{**keys, **_figures(aggregates, rows)} for keys, rows in groups.values()]


def _keys(by: By, index: int, item: Any) -> dict[str, Any]:
    if by is None:
        return {}
    if isinstance(by, Expression):
        return {"key": evaluate_row(by, "by", index, item)}
    return {name: evaluate_row(expression, f"by.{name}", index, item) for name, expression in by.items()}


def _figures(aggregates: Mapping[str, Aggregation] | None, rows: list[tuple[int, Any]]) -> dict[str, Any]:
    if aggregates is None:
        return {"count": len(rows), "items": [item for _, item in rows]}
    return {name: aggregate(rule, f"aggregates.{name}", rows) for name, rule in aggregates.items()}
