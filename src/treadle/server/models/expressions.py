"""Expressions over HTTP: what is asked, and what comes of it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from treadle.errors import ExpressionError
from treadle.expressions import FunctionInfo
from treadle.expressions.limits import RESULT
from treadle.server.models.workflows import Body
from treadle.server.values import Budget, CutValue
from treadle.service.expressions import Evaluated


class EvaluateBody(Body):
    """An expression, and the values that its names stand for."""

    text: str = Field(max_length=RESULT, description="As a workflow file has it.")
    template: bool = Field(
        default=False,
        description="It is a field of a config: text with `{{ }}` in it. Otherwise it is an expression as a whole.",
    )
    scope: dict[str, Any] = Field(
        default_factory=dict[str, Any], description="By name: `nodes`, `workflow`, `input`. There are no others."
    )


class ExpressionFailure(BaseModel):
    code: str
    message: str
    remedy: str | None = None
    position: int = Field(description="Where in the text, from 0.")


class EvaluatedExpression(BaseModel):
    """What an expression comes to: a value, or why there is none."""

    value: Any = Field(default=None, description="As JSON; null where there is none, or it is too large.")
    kind: str | None = Field(default=None, description="For people: `number`, `text`, `list`. Null: there is no value.")
    cut: CutValue | None = None
    error: ExpressionFailure | None = None


class ExpressionFunction(BaseModel):
    name: str
    signature: str = Field(description="`round(number, digits?)`: `?` may be left out.")
    doc: str
    category: str
    example: str = Field(description="A whole expression: `round(2.345, 1)`.")


class ExpressionFunctions(BaseModel):
    items: list[ExpressionFunction]


def show_evaluated(found: Evaluated, most: int) -> EvaluatedExpression:
    if found.error is not None:
        return EvaluatedExpression(error=_show_failure(found.error))
    cut: dict[str, CutValue] = {}
    value = Budget().cut("value", found.value, cut, most)
    return EvaluatedExpression(value=value, kind=found.kind, cut=cut.get("value"))


def show_function(info: FunctionInfo) -> ExpressionFunction:
    return ExpressionFunction(
        name=info.name, signature=info.signature, doc=info.doc, category=info.category, example=info.example
    )


def _show_failure(error: ExpressionError) -> ExpressionFailure:
    # The place is told as a number: the lines with the caret are for terminals.
    message = error.message.partition(":\n")[0]
    position = error.attributes.get("position", 0)
    return ExpressionFailure(code=error.code, message=f"{message}.", remedy=error.remedy, position=position)
