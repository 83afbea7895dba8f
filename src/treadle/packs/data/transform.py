"""Shape a value with one expression, or with a rule per field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import Field

from treadle.errors import ExpressionError, NodeError
from treadle.node import Expression, Needed, node


@node(
    "data.transform",
    title="Transform",
    example={
        "config": {"transform": {"summary": "input.value.short", "words": "len(input.value.keywords)"}},
        "inputs": {"value": {"short": "Rates rise.", "keywords": ["rates", "bank"]}},
        "outputs": {"output": {"summary": "Rates rise.", "words": 2}},
    },
)
def transform_value(
    value: Annotated[Any, Needed(), Field(description="Read as `input.value`.")] = None,
    *,
    transform: Annotated[
        Expression | dict[str, Any],
        Field(description="An expression, or an object of fields, each with an expression (objects may be nested)."),
    ],
) -> Any:
    """Make a new value with an expression.

    What came in is `input.value` (in the steps form, `input`). With an object of rules, the result is an
    object with the same fields.
    """
    return _apply(transform, "transform")


def _apply(rule: Any, field: str) -> Any:
    if isinstance(rule, Mapping):
        rules = cast("Mapping[str, Any]", rule)
        return {name: _apply(inner, f"{field}.{name}") for name, inner in rules.items()}
    if isinstance(rule, list):
        return [_apply(inner, f"{field}[{index}]") for index, inner in enumerate(cast("list[Any]", rule))]
    if not isinstance(rule, Expression):
        return rule
    try:
        return rule.evaluate()
    except ExpressionError as error:
        if field == "transform":
            raise
        raise NodeError(
            f"`{field}` failed: {error.message}",
            code=error.code,
            remedy=error.remedy,
            retryable=False,
            field=field,
        ) from error
