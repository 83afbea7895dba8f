"""Keep the items for which a condition holds."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from treadle.node import Expression, Names, node
from treadle.packs.data.row import evaluate_row, list_of


@node(
    "data.filter",
    title="Filter",
    example={
        "config": {"condition": "item.price > 10 && item.sold == false"},
        "inputs": {"value": [{"price": 12, "sold": False}, {"price": 30, "sold": True}, {"price": 8, "sold": False}]},
        "outputs": {"output": [{"price": 12, "sold": False}]},
    },
)
def filter_items(
    value: list[Any],
    *,
    condition: Annotated[
        Expression,
        Names("item", "index"),
        Field(description="Kept are the items for which this holds; it sees `item` and `index` (from 0)."),
    ],
) -> list[Any]:
    """Keep the items of a list for which the condition holds, in their order."""
    items = list_of(value, what="`data.filter`")
    return [item for index, item in enumerate(items) if evaluate_row(condition, "condition", index, item)]
