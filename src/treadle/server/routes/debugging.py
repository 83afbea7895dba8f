"""Debugging: a test run that stands at breakpoints goes on."""

from __future__ import annotations

from fastapi import APIRouter, Response

from treadle.model.ids import RunId
from treadle.server.caller import Called
from treadle.server.models.execution import BreakpointsBody, ContinueBody
from treadle.server.models.runs import Accepted
from treadle.server.models.waits import Breakpoints
from treadle.server.routes.runs import RunPath
from treadle.service.debugging import Debugging

router = APIRouter(prefix="/runs", tags=["runs"])


@router.post(
    "/{run_id}/continue", operation_id="continueRun", summary="Let a run that is debugged go on", status_code=202
)
async def continue_run(
    caller: Called, run_id: RunPath, response: Response, body: ContinueBody | None = None
) -> Accepted:
    """To the next breakpoint or, with `step`, to the next node; with other values if you like. Where it stands then is
    in its `waits`, and told by its events `node.paused`."""
    given = body or ContinueBody()
    await Debugging(caller.application).go_on(
        RunId(run_id),
        nodes=given.nodes,
        step=given.step,
        inputs=given.inputs,
        outputs=given.outputs,
        breakpoints=given.breakpoints,
    )
    response.headers["Location"] = f"/api/v1/runs/{run_id}"
    return Accepted(run_id=run_id)


@router.put("/{run_id}/breakpoints", operation_id="setBreakpoints", summary="Say where a run stops from now on")
async def set_breakpoints(caller: Called, run_id: RunPath, body: BreakpointsBody) -> Breakpoints:
    """Also while it is under way; where it stands, it goes on standing."""
    return Breakpoints.of(
        await Debugging(caller.application).set_breakpoints(RunId(run_id), body.breakpoints, step=body.step)
    )
