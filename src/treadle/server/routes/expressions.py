"""Expressions: tried with given values; and the functions there are to write them with."""

from __future__ import annotations

from fastapi import APIRouter

from treadle.server.caller import Called
from treadle.server.models.expressions import (
    EvaluateBody,
    EvaluatedExpression,
    ExpressionFunctions,
    show_evaluated,
    show_function,
)
from treadle.server.values import MOST_OF_A_RUN
from treadle.service.expressions import Expressions

router = APIRouter(prefix="/expressions", tags=["expressions"])


@router.post(
    "/evaluate", operation_id="evaluateExpression", summary="Try an expression", response_model=EvaluatedExpression
)
async def evaluate_expression(caller: Called, body: EvaluateBody) -> EvaluatedExpression:
    """What it comes to with the values of `scope`. What goes wrong in it is told in `error`, with its place."""
    found = await Expressions(caller.application).evaluate(body.text, template=body.template, scope=body.scope)
    return show_evaluated(found, MOST_OF_A_RUN)


@router.get("/functions", operation_id="listFunctions", summary="List functions", response_model=ExpressionFunctions)
async def list_functions(caller: Called) -> ExpressionFunctions:
    """Every function of the expression language: its signature and what it does."""
    found = await Expressions(caller.application).functions()
    return ExpressionFunctions(items=[show_function(one) for one in found])
