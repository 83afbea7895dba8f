"""`td.run`, `td.arun`, `td.stream`: run a workflow from Python."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from treadle.authoring.builder import WorkflowBuilder
from treadle.engine.handlers import Handlers
from treadle.model.event import RunEvent
from treadle.model.policy import Mode
from treadle.model.run import ExecutionResult
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.application import Application
from treadle.service.execution import ExecutionRequest
from treadle.service.settings import load_settings

Runnable = Workflow | WorkflowBuilder


def run(workflow: Runnable, input: Mapping[str, Any] | None = None, **more: Any) -> ExecutionResult:
    """Run a workflow and wait for what it comes to; see `arun`. Not for use inside a running event loop."""
    return asyncio.run(arun(workflow, input, **more))


async def arun(
    workflow: Runnable,
    input: Mapping[str, Any] | None = None,
    *,
    db: str | None = None,
    mode: Mode = "live",
    params: Mapping[str, Any] | None = None,
    profiles: Sequence[str] = (),
    confirm: str | None = None,
    handlers: Handlers | None = None,
    registry: Registry | None = None,
) -> ExecutionResult:
    """Run a workflow until it is done or suspended.

    The run is kept in the store `db` (default: the working folder's `.treadle/`, as for the command line). `params` are
    read as `params.…`, `profiles` name the credentials that count before all others. Live, what it puts at stake is to
    be confirmed in words: `confirm` is the text that the refusal asks for.
    Raises `InvalidWorkflow` for a workflow or input that cannot run; a run that fails is a result, not an exception.
    """
    given = _Given(input or {}, mode, params or {}, tuple(profiles), confirm)
    async with _opened(workflow, given, db=db, handlers=handlers, registry=registry) as (application, request):
        return await application.execute(request)


async def stream(
    workflow: Runnable,
    input: Mapping[str, Any] | None = None,
    *,
    db: str | None = None,
    mode: Mode = "live",
    params: Mapping[str, Any] | None = None,
    profiles: Sequence[str] = (),
    confirm: str | None = None,
    handlers: Handlers | None = None,
    registry: Registry | None = None,
) -> AsyncIterator[RunEvent | ExecutionResult]:
    """Run a workflow and give its events as they happen, and the `ExecutionResult` last; what is given as in `arun`."""
    given = _Given(input or {}, mode, params or {}, tuple(profiles), confirm)
    async with _opened(workflow, given, db=db, handlers=handlers, registry=registry) as (application, request):
        async for event in application.stream(request):
            yield event


class _Given(NamedTuple):
    """What a run is given, as an `ExecutionRequest` names it."""

    input: Mapping[str, Any]
    mode: Mode
    params: Mapping[str, Any]
    profiles: tuple[str, ...]
    confirm: str | None


@asynccontextmanager
async def _opened(
    workflow: Runnable,
    given: _Given,
    *,
    db: str | None,
    handlers: Handlers | None,
    registry: Registry | None,
) -> AsyncGenerator[tuple[Application, ExecutionRequest]]:
    settings, _ = load_settings(overrides={"db": db})
    if isinstance(workflow, WorkflowBuilder):
        registry = workflow.registry(registry)
        handlers = handlers or _handlers(workflow)
        workflow = workflow.build(registry)
    request = ExecutionRequest(workflow, handlers=handlers, **given._asdict())
    async with Application(settings, registry=registry) as application:
        yield application, request


def _handlers(builder: WorkflowBuilder) -> Handlers | None:
    if not builder.handlers:
        return None
    steps = {event: tuple(found) for event, found in builder.handlers.items() if event.startswith("step")}
    whole = {
        event: tuple(handler for _, handler in found)
        for event, found in builder.handlers.items()
        if event.startswith("workflow")
    }
    return Handlers(**steps, **whole)  # type: ignore[arg-type]
