"""Handlers: Python callables that watch a run and may change what its nodes come to."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from treadle.model.run import ExecutionResult, Failure

Handler = Callable[..., Any | Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """What a step handler is told of a node: its path, id, type, attempt and inputs by port."""

    run_id: str
    path: str
    id: str
    type: str
    attempt: int
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Replace:
    """Returned by a handler: use `output` instead. For a node with several ports, an object by port."""

    output: Any


@dataclass(frozen=True, slots=True)
class RunStart:
    """What `on_workflow_start` is told."""

    run_id: str
    workflow: str
    input: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Handlers:
    """Any of these may be plain or async. They observe; a step handler may also return `Replace(output)` to replace
    a node's output or recover from its error, or raise to fail the node.

    `step_start(step)`, `step_complete(step, output)`, `step_error(step, failure)`; `workflow_start(start)`,
    `workflow_complete(result)`, `workflow_error(result, failure)`.
    """

    step_start: tuple[tuple[str | None, Handler], ...] = ()
    step_complete: tuple[tuple[str | None, Handler], ...] = ()
    step_error: tuple[tuple[str | None, Handler], ...] = ()
    workflow_start: tuple[Handler, ...] = ()
    workflow_complete: tuple[Handler, ...] = ()
    workflow_error: tuple[Handler, ...] = ()

    @property
    def watch_steps(self) -> bool:
        return bool(self.step_start or self.step_complete or self.step_error)

    async def on_step(self, kind: tuple[tuple[str | None, Handler], ...], step: Step, *more: Any) -> Replace | None:
        """Call the handlers of this node in order; the last `Replace` wins."""
        replacement: Replace | None = None
        for node_id, handler in kind:
            if node_id is None or node_id == step.id:
                answer = await _call(handler, step, *more)
                if isinstance(answer, Replace):
                    replacement = answer
        return replacement

    async def on_start(self, start: RunStart) -> None:
        for handler in self.workflow_start:
            await _call(handler, start)

    async def on_finish(self, result: ExecutionResult, failure: Failure | None) -> None:
        for handler in self.workflow_error if failure else self.workflow_complete:
            await (_call(handler, result, failure) if failure else _call(handler, result))


async def _call(handler: Handler, *arguments: Any) -> Any:
    answer = handler(*arguments)
    return await answer if inspect.isawaitable(answer) else answer
