"""Text from a template, once or for every item of a list."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from treadle.node import Expression, Names, Needed, Template, node
from treadle.packs.data.formats import csv
from treadle.packs.data.row import evaluate_row, list_of


@node(
    "data.template",
    title="Template",
    example={
        "config": {
            "template": "{{ index + 1 }}. {{ item.name }}: {{ item.price }}",
            "items": "{{ input.value }}",
        },
        "inputs": {"value": [{"name": "bolt", "price": 0.5}, {"name": "nut", "price": 0.25}]},
        "outputs": {"output": "1. bolt: 0.5\n2. nut: 0.25"},
    },
)
def render_template(
    value: Annotated[Any, Needed(), Field(description="Read as `input.value`.")] = None,
    *,
    template: Annotated[
        Template | str,
        Names("item", "index"),
        Field(
            description="The text, with `{{ expressions }}`; with `items` they also see `item` and `index` (from 0)."
        ),
    ],
    items: Annotated[Any, Field(description="A list: the template is written once for each item.")] = None,
    separator: Annotated[str, Field(description="With `items`: what stands between two texts.")] = "\n",
) -> str:
    """Write a text from a template, once or for every item of a list.

    Texts go in as they are, null as nothing, objects and lists as JSON. What is put in is never read as a
    template again.
    """
    if items is None:
        return csv.text_of_value(template.evaluate() if isinstance(template, Expression) else template)
    rows = list_of(items, what="`items` of `data.template`")
    if not isinstance(template, Expression):
        return separator.join([template] * len(rows))
    return separator.join(
        csv.text_of_value(evaluate_row(template, "template", index, row)) for index, row in enumerate(rows)
    )
