"""Expressions tried out: what one comes to with given values, and the functions there are."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from treadle.engine.draws import NodeDraws
from treadle.expressions import FUNCTIONS, ExpressionError, FunctionInfo, compile_expression, compile_template
from treadle.expressions.value import kind_of
from treadle.model.ids import new_run_id
from treadle.service.access.operation import operation
from treadle.service.application import Application


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What came of it: `value` and its `kind`, or the `error`."""

    value: Any = None
    kind: str | None = None
    error: ExpressionError | None = None


class Expressions:
    """The operations on expressions that stand in no workflow yet."""

    def __init__(self, application: Application) -> None:
        self.application = application

    @operation("workflows.validate")
    async def evaluate(self, text: str, *, template: bool, scope: Mapping[str, Any]) -> Evaluated:
        """What `text` comes to where its names are looked up in `scope`, and nowhere else: no secrets, no state.

        `template`: a field of a config, with `{{ }}` in it. What goes wrong is no exception.
        """
        draws = NodeDraws(new_run_id(), ("", ""), self.application.world.clock.now())

        def run() -> Evaluated:
            try:
                expression = compile_template(text) if template else compile_expression(text)
                value = text if expression is None else expression.evaluate(scope, clock=draws)
            except ExpressionError as error:
                return Evaluated(error=error)
            return Evaluated(value, kind_of(value))

        return await asyncio.to_thread(run)

    @operation("nodes.read")
    async def functions(self) -> Sequence[FunctionInfo]:
        """Every function of the expression language, in the order of the documentation."""
        return list(FUNCTIONS.values())
