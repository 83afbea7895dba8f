"""What is done to runs: cancelled, tried again, settled, forked, moved, signalled, put aside."""

from __future__ import annotations

from typing import Annotated, Any, cast

from fastapi import APIRouter, Path, Response

from treadle.engine.moving import Move
from treadle.model.ids import RunId
from treadle.server.caller import Called
from treadle.server.etag import IfMatch, etag_of, require_match
from treadle.server.models.failures import DismissedRuns
from treadle.server.models.runs import (
    Accepted,
    ForkBody,
    ForkPlan,
    MoveBody,
    MovedNode,
    MovePlan,
    MoveProblem,
    MovesBody,
    MovingRun,
    MovingRuns,
    ResolveBody,
    SignalBody,
)
from treadle.server.models.signals import SentSignal
from treadle.server.values import plain
from treadle.service.failures import Failures, Selection
from treadle.service.forks import Forks
from treadle.service.moves import Moves
from treadle.service.run_control import RunControl
from treadle.service.signals import Signals

router = APIRouter(prefix="/runs", tags=["runs"])
moves_router = APIRouter(prefix="/moves", tags=["runs"])

RunPath = Annotated[str, Path(max_length=100, description="The id of a run.")]


@router.post("/{run_id}/cancel", operation_id="cancelRun", summary="Cancel a run", status_code=202)
async def cancel_run(caller: Called, run_id: RunPath, response: Response) -> Accepted:
    """What runs is broken off; its `finally` nodes run yet."""
    await RunControl(caller.application).cancel(RunId(run_id))
    return _accepted(response, run_id)


@router.post("/{run_id}/retry", operation_id="retryRun", summary="Try a failed run again", status_code=202)
async def retry_run(caller: Called, run_id: RunPath, response: Response) -> Accepted:
    """What succeeded is kept, what failed is tried again. Read `/result?timeout=…` to wait for what comes of it."""
    await RunControl(caller.application).start_retry(RunId(run_id))
    return _accepted(response, run_id)


@router.post(
    "/{run_id}/resolve", operation_id="resolveRun", summary="Say what became of an effect in doubt", status_code=202
)
async def resolve_run(caller: Called, run_id: RunPath, body: ResolveBody, response: Response) -> Accepted:
    """`done` with its output, `repeat` it, or it has `failed`; the run goes on."""
    await RunControl(caller.application).resolve(RunId(run_id), body.node, outcome=body.outcome, output=body.output)
    return _accepted(response, run_id)


@router.post(
    "/{run_id}/fork",
    operation_id="forkRun",
    summary="Fork a run",
    status_code=202,
    responses={200: {"description": "With `dry_run`: what would be copied, and what would run.", "model": ForkPlan}},
)
async def fork_run(caller: Called, run_id: RunPath, body: ForkBody, response: Response) -> Accepted:
    """A new run that goes on from the middle of this one, with other outputs or another version if you like."""
    forks = Forks(caller.application)
    more: dict[str, Any] = {"outputs": body.outputs, "version": body.version, "upstream_only": body.upstream_only}
    if body.dry_run:
        plan = (await forks.prepare(RunId(run_id), at=body.at, **more)).plan
        shown = ForkPlan(
            kept=list(plan.kept), edited=list(plan.edited), anew=list(plan.anew), effects=list(plan.effects)
        )
        return cast("Accepted", Response(shown.model_dump_json(), media_type="application/json"))
    return _accepted(response, await forks.fork(RunId(run_id), at=body.at, **more))


@router.post("/{run_id}/move", operation_id="moveRun", summary="Move a waiting run to another version")
async def move_run(
    caller: Called,
    run_id: RunPath,
    body: MoveBody,
    response: Response,
    if_match: IfMatch = None,
) -> MovePlan:
    """`dry_run` only says what that means for each node. With the plan's `ETag` as `If-Match` the run is moved
    only if it still means the same."""
    moves = Moves(caller.application)
    plan = await moves.plan(RunId(run_id), body.version, given=body.input)
    shown = _show(plan, done=not body.dry_run)
    etag = response.headers["ETag"] = etag_of(plain(plan.to_dict()))
    if body.dry_run:
        return shown
    if if_match is not None:
        require_match(if_match, etag)
    await moves.move(RunId(run_id), body.version, plan)
    return shown


@moves_router.post("", operation_id="moveRuns", summary="Move all waiting runs of a workflow")
async def move_runs(caller: Called, body: MovesBody) -> MovingRuns:
    """Each that is of another version; one that cannot be moved stops no other. `dry_run` only says which could be."""
    moves = Moves(caller.application)
    found = await moves.plan_all(body.version, workflow=body.workflow, deployment=body.deployment, given=body.input)
    shown = {one.run_id: MovingRun.of(one) for one in found}
    if not body.dry_run:
        for moved in await moves.move_all([one for one in found if shown[one.run_id].can_move]):
            run, refusal = shown[moved.run_id], moved.refusal
            run.moved = refusal is None
            run.code, run.message = (None, None) if refusal is None else (refusal.code, refusal.message)
    return MovingRuns(runs=list(shown.values()))


@router.post("/{run_id}/signal", operation_id="signalRun", summary="Send a signal to a run", status_code=202)
async def signal_run(caller: Called, run_id: RunPath, body: SignalBody) -> SentSignal:
    """It is kept until a node of the run takes it, also when none waits for it yet."""
    signals = Signals(caller.application)
    return SentSignal.of(await signals.send(body.name, body.payload, run_id=RunId(run_id), key=body.key, id=body.id))


@router.post("/{run_id}/dismiss", operation_id="dismissRun", summary="Put a failed run aside")
async def dismiss_run(caller: Called, run_id: RunPath) -> DismissedRuns:
    """It stays as it is, and is no longer among the failures."""
    failures = Failures(caller.application)
    letters = await failures.find(Selection(run_ids=[RunId(run_id)]))
    await failures.dismiss(letters)
    return DismissedRuns(run_ids=[letter.run_id for letter in letters])


def _accepted(response: Response, run_id: str) -> Accepted:
    response.headers["Location"] = f"/api/v1/runs/{run_id}"
    return Accepted(run_id=run_id)


def _show(plan: Move, *, done: bool) -> MovePlan:
    told = plain(plan.to_dict())
    return MovePlan(
        run_id=plan.run.id,
        workflow=plan.run.workflow,
        from_version=plan.run.version,
        to_version=plan.version,
        **{name: [MovedNode(**one) for one in told[name]] for name in ("kept", "again", "new", "later", "removed")},
        abandoned=told["abandoned"],
        warnings=told["warnings"],
        problems=[
            MoveProblem(**{key: one.get(key) for key in ("code", "message", "remedy")}) for one in told["problems"]
        ],
        done=done,
    )
