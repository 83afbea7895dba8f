"""Runs: listed and read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime
from starlette.responses import Response

from treadle.model.ids import RunId
from treadle.model.policy import Mode
from treadle.model.run import RunStatus
from treadle.server.caller import Called
from treadle.server.models.runs import (
    ExecutionResult,
    LogLine,
    LogPage,
    NodeResult,
    Run,
    RunInput,
    RunPage,
    RunState,
    RunSummary,
    RunWait,
    TimelineItem,
    TimelinePage,
)
from treadle.server.paging import DEFAULT_LIMIT, Cursor, Limit, decode_cursor, encode_cursor
from treadle.server.values import MOST_OF_ALL, Budget, plain
from treadle.service.runs import Runs
from treadle.store.run_ranges import RunFilter
from treadle.testing.cases.recordings import Recordings, file_name_of

router = APIRouter(prefix="/runs", tags=["runs"])

RunPath = Annotated[str, Path(max_length=100, description="The id of a run.")]


@router.get("", operation_id="listRuns", summary="List runs", response_model=RunPage)
async def list_runs(
    caller: Called,
    workflow: Annotated[str | None, Query(max_length=200)] = None,
    deployment: Annotated[str | None, Query(max_length=200)] = None,
    status: Annotated[list[RunStatus] | None, Query(max_length=6, description="One or several.")] = None,
    mode: Annotated[Mode | None, Query()] = None,
    parent: Annotated[str | None, Query(max_length=100, description="Runs that this one started.")] = None,
    since: Annotated[AwareDatetime | None, Query(alias="from", description="Started, or due, then or later.")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to", description="Started, or due, before.")] = None,
    id: Annotated[str | None, Query(max_length=100, description="How the id begins.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> RunPage:
    """Newest first, without their values."""
    wanted = RunFilter(
        workflow=workflow,
        deployment=deployment,
        statuses=tuple(status or ()),
        mode=mode,
        parent=None if parent is None else RunId(parent),
        since=since,
        until=until,
        starts=id or "",
        before=_before(cursor),
    )
    found = await Runs(caller.application).list(wanted, limit=limit + 1)
    return RunPage(items=[RunSummary.of(run) for run in found[:limit]], next=_next([r.id for r in found], limit))


@router.get("/{run_id}", operation_id="getRun", summary="Read a run", response_model=Run)
async def get_run(caller: Called, run_id: RunPath) -> Run:
    """With what became of its nodes and what it waits for."""
    view = await Runs(caller.application).query(RunId(run_id))
    return Run.of_view(view)


@router.get("/{run_id}/result", operation_id="getRunResult", summary="What a run came to")
async def get_result(
    caller: Called,
    run_id: RunPath,
    timeout: Annotated[float, Query(ge=0, le=60, description="Seconds to wait until it has finished.")] = 0,
) -> ExecutionResult:
    """Its whole output. A run that has not finished by then is shown as far as it has come: see its `status`."""
    return ExecutionResult.of(await Runs(caller.application).read_result(RunId(run_id), timeout=timeout))


@router.get("/{run_id}/input", operation_id="getRunInput", summary="What a run was given")
async def get_input(caller: Called, run_id: RunPath) -> RunInput:
    """Whole, however large: with a run itself, values of more than 256 kB are cut."""
    return RunInput.of(await Runs(caller.application).get(RunId(run_id)))


@router.get(
    "/{run_id}/test",
    operation_id="recordTest",
    summary="Make a test of a run",
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "content": {"application/yaml": {"schema": {"description": "A test file."}}},
        }
    },
)
async def record_test(caller: Called, run_id: RunPath) -> Response:
    """A test file of its version: what it was given, what the world answered, and what came out. Known secrets are left
    out. Of a run that completed or failed, and whose nodes are kept."""
    application = caller.application
    text = await Recordings(application).record(RunId(run_id))
    name = file_name_of(await Runs(application).get(RunId(run_id)))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="application/yaml", headers=headers)


@router.get("/{run_id}/query", operation_id="queryRun", summary="Ask an unfinished run how it stands")
async def query_run(caller: Called, run_id: RunPath) -> RunState:
    """What it waits for, where its nodes are, and the deployment's state as it sees it."""
    view = await Runs(caller.application).query(RunId(run_id))
    return RunState(
        id=view.run.id,
        status=view.run.status,
        waits=[RunWait.of(wait) for wait in view.waits],
        nodes={path: node.status for path, node in view.result.nodes.items()},
        state=plain(dict(view.state)),
    )


@router.get("/{run_id}/nodes/{path:path}", operation_id="getRunNode", summary="Read what a node came to, whole")
async def get_node(
    caller: Called, run_id: RunPath, path: Annotated[str, Path(max_length=500, description="`each[2]/send`")]
) -> NodeResult:
    """Values up to 4 MB; what is larger still is cut."""
    found = await Runs(caller.application).get_node(RunId(run_id), path)
    return NodeResult.of(found, Budget(), MOST_OF_ALL)


@router.get("/{run_id}/log", operation_id="listRunLog", summary="Read a run's log", response_model=LogPage)
async def list_log(caller: Called, run_id: RunPath, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> LogPage:
    """Lines that its nodes wrote, oldest first."""
    after = 0 if cursor is None else decode_cursor(cursor, line=int)["line"]
    found = await Runs(caller.application).read_log(RunId(run_id), after=after, limit=limit + 1)
    is_more = len(found) > limit
    return LogPage(
        items=[LogLine.of(line) for line in found[:limit]],
        next=encode_cursor({"line": found[limit - 1].id}) if is_more else None,
    )


@router.get(
    "/{run_id}/timeline", operation_id="listRunTimeline", summary="Read a run's timeline", response_model=TimelinePage
)
async def list_timeline(
    caller: Called, run_id: RunPath, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> TimelinePage:
    """What its nodes did and logged, in the order in which it happened."""
    skipped = 0 if cursor is None else max(0, decode_cursor(cursor, at=int)["at"])
    lines = await Runs(caller.application).read_timeline(RunId(run_id))
    end = skipped + limit
    return TimelinePage(
        items=[TimelineItem.of(line) for line in lines[skipped:end]],
        next=encode_cursor({"at": end}) if len(lines) > end else None,
    )


@router.get("/{run_id}/children", operation_id="listRunChildren", summary="List a run's children")
async def list_children(
    caller: Called, run_id: RunPath, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> RunPage:
    """The runs that it started, newest first."""
    runs = Runs(caller.application)
    found = await runs.list_children(RunId(run_id), limit=limit + 1, before=_before(cursor))
    return RunPage(items=[RunSummary.of(run) for run in found[:limit]], next=_next([r.id for r in found], limit))


def _before(cursor: str | None) -> RunId | None:
    return None if cursor is None else RunId(decode_cursor(cursor, id=str)["id"])


def _next(ids: list[RunId], limit: int) -> str | None:
    return encode_cursor({"id": ids[limit - 1]}) if len(ids) > limit else None
