"""Replays: a version over recorded runs."""

from __future__ import annotations

from fastapi import APIRouter

from treadle.model.ids import RunId
from treadle.server.caller import Called
from treadle.server.models.deployments import ReplayReport, ReplaySelection
from treadle.server.values import plain
from treadle.service.replays import Replays, Selection

router = APIRouter(prefix="/replays", tags=["replays"])


@router.post("", operation_id="startReplay", summary="Replay a version over recorded runs")
async def start_replay(caller: Called, body: ReplaySelection) -> ReplayReport:
    """Nothing is done and nothing is written: recorded results stand in for the world. At most 200 runs."""
    selection = Selection(
        deployment=body.deployment,
        run=None if body.run is None else RunId(body.run),
        since=body.since,
        until=body.until,
        statuses=body.statuses,
        limit=body.limit,
    )
    report = await Replays(caller.application).replay_recorded(body.workflow, body.version, selection, stubs=body.stubs)
    return ReplayReport.model_validate(plain(report.to_dict()))
