"""Replays: a version over recorded runs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from treadle.engine import replay_report as service
from treadle.model.ids import RunId
from treadle.server.caller import Called
from treadle.server.models.deployments import ReplayReport, ReplaySelection
from treadle.server.values import plain
from treadle.service.replay_frame import describe_report, frame_of
from treadle.service.replays import Replays, Selection
from treadle.service.reporting.page import POLICY, write_page

router = APIRouter(prefix="/replays", tags=["replays"])


_HTML: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}


@router.post("", operation_id="startReplay", summary="Replay a version over recorded runs")
async def start_replay(caller: Called, body: ReplaySelection) -> ReplayReport:
    """Nothing is done and nothing is written: recorded results stand in for the world. At most 200 runs."""
    report = await _replay(caller, body)
    return ReplayReport.model_validate(plain(describe_report(report, frame_of(report))))


@router.post(
    "/report",
    operation_id="reportReplay",
    summary="Replay a version over recorded runs, as one page",
    response_class=Response,
    responses=_HTML,
)
async def report_replay(caller: Called, body: ReplaySelection) -> Response:
    """As `startReplay`; the answer is HTML that needs nothing else."""
    page = write_page(frame_of(await _replay(caller, body)))
    return Response(page, media_type="text/html", headers={"Content-Security-Policy": POLICY})


async def _replay(caller: Called, body: ReplaySelection) -> service.ReplayReport:
    selection = Selection(
        deployment=body.deployment,
        run=None if body.run is None else RunId(body.run),
        since=body.since,
        until=body.until,
        statuses=body.statuses,
        limit=body.limit,
    )
    replays = Replays(caller.application)
    return await replays.replay_recorded(body.workflow, body.version, selection, stubs=body.stubs)
