"""Starting runs: waited for, left to themselves, or watched as they go."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from treadle.errors import InvalidWorkflow
from treadle.model.ids import RunId
from treadle.model.run import FINISHED
from treadle.server.caller import Called
from treadle.server.event_stream import MEDIA_TYPE, answer_run, renewing
from treadle.server.models.execution import ExecuteBody, Executed, TestBody
from treadle.server.models.runs import Accepted, ExecutionResult
from treadle.service.definition import write_content
from treadle.service.execution import ExecutionRequest
from treadle.service.live.live import Live
from treadle.service.runs import Execution, Runs
from treadle.service.unpublished import Unpublished
from treadle.service.version_names import DRAFT

router = APIRouter(tags=["runs"])

_LOCATION = {"Location": {"description": "Where the run is.", "schema": {"type": "string"}}}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "It is done: its result; with `stream` its events, as `followRun` tells them.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/LiveEvent"}}},
    },
    202: {
        "description": "It goes on, or waits for something: `Location` says where it is.",
        "model": Accepted,
        "headers": _LOCATION,
    },
}


@router.post(
    "/workflows/{name}/execute",
    operation_id="executeWorkflow",
    summary="Start a run of a workflow",
    response_model=ExecutionResult,
    responses=_RESPONSES,
)
async def execute_workflow(
    caller: Called, name: Annotated[str, Path(max_length=200)], body: ExecuteBody, asked: Request, response: Response
) -> ExecutionResult | Response:
    """`sync` answers with the result, or with 202 when the run waits for something or is not done in `timeout` seconds.
    `async` answers 202 at once: the run is kept by then. With `of` and `from_node` it starts at that node with what the
    past run had come to before it; in `test` mode whatever mode that was in. With `breakpoints` or `step` it stops
    before nodes: see `continueRun`."""
    runs = Runs(caller.application)
    _require_whole(body)
    if body.version == DRAFT and body.mode == "test":
        drafted = await Unpublished(caller.application).read_draft(name, **body.given("test"))
        return await _test(caller, drafted, body, asked, response)
    request = ExecutionRequest(name, version=body.version, **body.given(body.mode))
    if body.of is not None and body.from_node is not None:
        if body.mode == "test":
            return await _test(caller, request, body, asked, response)
        done = await runs.execute_from(
            RunId(body.of),
            workflow=name,
            node=body.from_node,
            outputs=body.pinned,
            version=body.version,
            timeout=_timeout(body),
        )
        return _answer(done, response)
    if body.wait == "stream":
        return await answer_run(Live(caller.application).execute(request, renew=renewing(asked)))
    return _answer(await runs.execute(request, timeout=_timeout(body)), response)


@router.post(
    "/execute",
    operation_id="executeDefinition",
    summary="Run a workflow that is not published",
    response_model=ExecutionResult,
    responses=_RESPONSES,
)
async def execute_definition(
    caller: Called, body: TestBody, asked: Request, response: Response
) -> ExecutionResult | Response:
    """As `executeWorkflow`, with the definition at hand; by default a test, in which pinned nodes are not run."""
    if (body.definition is None) == (body.text is None):
        raise InvalidWorkflow(
            "A workflow is sent as `definition` or as `text`: one of them.",
            code="invalid_argument",
            remedy="Send the workflow as an object, or its YAML as text.",
        )
    _require_whole(body)
    text = body.text if body.text is not None else write_content(body.definition or {})
    request = await Runs(caller.application).read(text, **body.given(body.mode))
    return await _test(caller, request, body, asked, response)


async def _test(
    caller: Called, request: ExecutionRequest, body: Executed, asked: Request, response: Response
) -> ExecutionResult | Response:
    """Run what need not be published, or from a node of a past run."""
    if body.of is not None and body.from_node is not None:
        unpublished = Unpublished(caller.application)
        done = await unpublished.execute_from(request, RunId(body.of), node=body.from_node, timeout=_timeout(body))
        return _answer(done, response)
    if body.wait == "stream":
        return await answer_run(Live(caller.application).test(request, renew=renewing(asked)))
    return _answer(await Runs(caller.application).test(request, timeout=_timeout(body)), response)


def _require_whole(body: Executed) -> None:
    if (body.of is None) != (body.from_node is None) or (body.of is not None and body.wait == "stream"):
        raise InvalidWorkflow(
            "`of` and `from_node` go together, and are not streamed.",
            code="invalid_argument",
            remedy="Name the past run and the node to start at; follow the new run at its `/events`.",
        )


def _timeout(body: Executed) -> float:
    return 0 if body.wait == "async" else body.timeout


def _answer(done: Execution, response: Response) -> ExecutionResult | Response:
    location = f"/api/v1/runs/{done.run_id}"
    result = done.result
    if result is not None and result.status in FINISHED:
        response.headers["Location"] = location
        return ExecutionResult.of(result)
    accepted = Accepted(run_id=done.run_id, status=None if result is None else result.status)
    return Response(accepted.model_dump_json(), 202, {"Location": location}, "application/json")
