"""Starting runs: waited for, left to themselves, or watched as they go."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi.responses import StreamingResponse

from treadle.errors import InvalidWorkflow
from treadle.model.event import RunEvent
from treadle.model.ids import RunId
from treadle.model.run import FINISHED
from treadle.model.run import ExecutionResult as Result
from treadle.server.caller import Called
from treadle.server.event_stream import MEDIA_TYPE, write_event, write_result
from treadle.server.models.runs import Accepted, ExecuteBody, ExecutionResult, TestBody
from treadle.service.definition import write_content
from treadle.service.execution import ExecutionRequest
from treadle.service.runs import Execution, Runs

router = APIRouter(tags=["runs"])

_LOCATION = {"Location": {"description": "Where the run is.", "schema": {"type": "string"}}}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "It is done: its result; with `stream` its events as they happen, and the result last.",
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
    },
    202: {
        "description": "It goes on, or waits for something: `Location` says where it is.",
        "model": Accepted,
        "headers": _LOCATION,
    },
}
_STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.post(
    "/workflows/{name}/execute",
    operation_id="executeWorkflow",
    summary="Start a run of a workflow",
    response_model=ExecutionResult,
    responses=_RESPONSES,
)
async def execute_workflow(
    caller: Called, name: Annotated[str, Path(max_length=200)], body: ExecuteBody, response: Response
) -> ExecutionResult | Response:
    """`sync` answers with the result, or with 202 when the run waits for something or is not done in `timeout` seconds.
    `async` answers 202 at once: the run is kept by then. With `of` and `from_node` it starts at that node with what the
    past run had come to before it."""
    runs = Runs(caller.application)
    timeout = 0 if body.wait == "async" else body.timeout
    if (body.of is None) != (body.from_node is None) or (body.of is not None and body.wait == "stream"):
        raise InvalidWorkflow(
            "`of` and `from_node` go together, and are not streamed.",
            code="invalid_argument",
            remedy="Name the past run and the node to start at; follow the new run at its `/events`.",
        )
    if body.of is not None and body.from_node is not None:
        done = await runs.execute_from(
            RunId(body.of),
            workflow=name,
            node=body.from_node,
            outputs=body.pinned,
            version=body.version,
            timeout=timeout,
        )
        return _answer(done, response)
    request = ExecutionRequest(
        name,
        input=body.input,
        mode=body.mode,
        version=body.version,
        params=body.params,
        profiles=tuple(body.profiles),
        trigger=body.trigger,
        fired=body.fired,
        pinned=body.pinned,
    )
    if body.wait == "stream":
        return await _stream(runs.stream(request))
    return _answer(await runs.execute(request, timeout=timeout), response)


@router.post(
    "/execute",
    operation_id="executeDefinition",
    summary="Run a workflow that is not published",
    response_model=ExecutionResult,
    responses=_RESPONSES,
)
async def execute_definition(caller: Called, body: TestBody, response: Response) -> ExecutionResult | Response:
    """As `executeWorkflow`, with the definition at hand; by default a test, in which pinned nodes are not run."""
    if (body.definition is None) == (body.text is None):
        raise InvalidWorkflow(
            "A workflow is sent as `definition` or as `text`: one of them.",
            code="invalid_argument",
            remedy="Send the workflow as an object, or its YAML as text.",
        )
    runs = Runs(caller.application)
    text = body.text if body.text is not None else write_content(body.definition or {})
    request = await runs.read(
        text,
        input=body.input,
        mode=body.mode,
        params=body.params,
        profiles=tuple(body.profiles),
        trigger=body.trigger,
        fired=body.fired,
        pinned=body.pinned,
    )
    if body.wait == "stream":
        return await _stream(runs.stream_test(request))
    return _answer(await runs.test(request, timeout=0 if body.wait == "async" else body.timeout), response)


def _answer(done: Execution, response: Response) -> ExecutionResult | Response:
    location = f"/api/v1/runs/{done.run_id}"
    result = done.result
    if result is not None and result.status in FINISHED:
        response.headers["Location"] = location
        return ExecutionResult.of(result)
    accepted = Accepted(run_id=done.run_id, status=None if result is None else result.status)
    return Response(accepted.model_dump_json(), 202, {"Location": location}, "application/json")


async def _stream(events: AsyncIterator[RunEvent | Result]) -> Response:
    first = await anext(events)  # what is wrong with the request is an answer, not an event

    async def write() -> AsyncIterator[bytes]:
        yield _written(first)
        async for event in events:
            yield _written(event)

    headers: Mapping[str, str] = _STREAM_HEADERS | {"Location": f"/api/v1/runs/{first.run_id}"}
    return StreamingResponse(write(), media_type=MEDIA_TYPE, headers=headers)


def _written(event: RunEvent | Result) -> bytes:
    if isinstance(event, Result):
        return write_result(ExecutionResult.of(event).model_dump_json().encode())
    return write_event(event)
