"""Deployments: made, changed, started, paused, stopped, compared."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime

from treadle.server.caller import Called, Caller
from treadle.server.etag import IfMatch, require_match
from treadle.server.models.deployments import (
    Cleared,
    CloneDeployment,
    Comparison,
    CreateDeployment,
    Deployment,
    DeploymentPage,
    DeploymentState,
    EngageHalt,
    Halt,
    Metrics,
    StartDeployment,
    StateValue,
    StopDeployment,
    Trigger,
    TriggerList,
    UpdateDeployment,
    etag_of_deployment,
)
from treadle.server.models.runs import MovingRun, MovingRuns
from treadle.server.paging import DEFAULT_LIMIT, Cursor, Limit
from treadle.server.slices import cut
from treadle.server.values import plain
from treadle.service.bots.bots import Bots
from treadle.service.comparison import Comparisons
from treadle.service.deployments import Deployments
from treadle.service.halting import Halting
from treadle.service.standing import Standings

router = APIRouter(prefix="/deployments", tags=["deployments"])

DeploymentName = Annotated[str, Path(max_length=100, description="What the deployment is called.")]
StateKey = Annotated[str, Path(min_length=1, max_length=500)]
_ETAGGED: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": {"description": "Send it back as `If-Match`.", "schema": {"type": "string"}}}}
}


@router.get("", operation_id="listDeployments", summary="List deployments")
async def list_deployments(
    caller: Called,
    workflow: Annotated[str | None, Query(max_length=200)] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> DeploymentPage:
    """By name, with when each fires next and what its runs came to."""
    found = await Standings(caller.application).list(workflow=workflow)
    page, next = cut(found, limit, cursor, order=lambda one: (one.deployment.name, one.deployment.id))
    bots = await Bots(caller.application).list_figures()
    return DeploymentPage(items=[Deployment.of(one, bots.get(one.deployment.name)) for one in page], next=next)


@router.post("", operation_id="createDeployment", summary="Deploy a workflow", status_code=201)
async def create_deployment(caller: Called, body: CreateDeployment, response: Response) -> Deployment:
    """It runs by itself from now on, unless it is to begin `paused`. Without `mode` it is on paper where it could place
    orders, and live otherwise; with `confirm` it is live."""
    made = await Deployments(caller.application).create(
        body.workflow, body.name, version=body.version, every=body.every, paused=body.paused, **body.to_service()
    )
    response.headers["Location"] = f"/api/v1/deployments/{made.name}"
    return await _show(caller, made.name, response)


@router.get("/{name}", operation_id="getDeployment", summary="Read a deployment", responses=_ETAGGED)
async def get_deployment(caller: Called, name: DeploymentName, response: Response) -> Deployment:
    """How it stands. Its `ETag` tells changes of it, not of how it stands."""
    return await _show(caller, name, response)


@router.patch(
    "/{name}",
    operation_id="updateDeployment",
    summary="Change a deployment",
    responses=_ETAGGED,
)
async def update_deployment(
    request: Request,
    caller: Called,
    name: DeploymentName,
    body: UpdateDeployment,
    response: Response,
    if_match: IfMatch = None,
) -> Deployment:
    """Its next run is by what is given here; runs under way finish as they began, and those that wait do or go over to
    the version."""
    deployments = Deployments(caller.application)
    before = await deployments.get(name)
    require_match(request, etag_of_deployment(before))
    await deployments.update(
        name,
        expected=before,
        version=body.version,
        every=body.every,
        waiting=body.waiting,
        **body.to_service(),
    )
    return await _show(caller, name, response)


@router.get("/{name}/moves", operation_id="previewMoves", summary="What would move with an update")
async def preview_moves(
    caller: Called,
    name: DeploymentName,
    version: Annotated[str, Query(min_length=1, max_length=100)] = "latest",
) -> MovingRuns:
    """What an update to `version` with `waiting: move` would mean for each run that waits; nothing is done."""
    moves = await Deployments(caller.application).preview(name, version=version)
    return MovingRuns(runs=[MovingRun.of(one) for one in moves])


@router.delete("/{name}", operation_id="deleteDeployment", summary="Remove a stopped deployment", status_code=204)
async def delete_deployment(caller: Called, name: DeploymentName) -> None:
    """With its state and its figures; its runs stay."""
    await Deployments(caller.application).delete(name)


@router.post("/{name}/start", operation_id="startDeployment", summary="Start a deployment")
async def start_deployment(
    caller: Called, name: DeploymentName, response: Response, body: StartDeployment | None = None
) -> Deployment:
    """From now on: what it missed is not made up for. Live, what it puts at stake is to be confirmed."""
    await Deployments(caller.application).start(name, confirm=None if body is None else body.confirm)
    return await _show(caller, name, response)


@router.post("/{name}/pause", operation_id="pauseDeployment", summary="Pause a deployment")
async def pause_deployment(caller: Called, name: DeploymentName, response: Response) -> Deployment:
    """No run of it begins until it is started again; those under way go on."""
    await Deployments(caller.application).pause(name)
    return await _show(caller, name, response)


@router.post("/{name}/stop", operation_id="stopDeployment", summary="Stop a deployment")
async def stop_deployment(
    caller: Called, name: DeploymentName, response: Response, body: StopDeployment | None = None
) -> Deployment:
    """Runs that wait their turn are cancelled; those under way go on, unless they are to be cancelled too."""
    await Deployments(caller.application).stop(name, cancel_runs=body is not None and body.cancel_runs)
    return await _show(caller, name, response)


@router.get("/{name}/halt", operation_id="getDeploymentHalt", summary="Read a deployment's kill switch")
async def get_halt(caller: Called, name: DeploymentName) -> Halt:
    """On or off, who turned it on and why, and who reset it last."""
    return Halt.of(await Halting(caller.application).show(name))


@router.post("/{name}/halt", operation_id="haltDeployment", summary="Turn a deployment's kill switch on")
async def engage_halt(caller: Called, name: DeploymentName, body: EngageHalt) -> Halt:
    """From now on it sends no new orders, whatever its runs come to. Its open orders are cancelled and its positions
    closed by a run of its own (`flattening`), which tries until that is so; with `close: false` they stay."""
    return Halt.of(await Halting(caller.application).engage(name, body.reason, closes=body.close))


@router.delete("/{name}/halt", operation_id="resetDeploymentHalt", summary="Reset a deployment's kill switch")
async def reset_halt(caller: Called, name: DeploymentName) -> Halt:
    """It may send orders again."""
    return Halt.of(await Halting(caller.application).reset(name))


@router.post("/{name}/clone", operation_id="cloneDeployment", summary="Clone a deployment", status_code=201)
async def clone_deployment(
    caller: Called, name: DeploymentName, body: CloneDeployment, response: Response
) -> Deployment:
    """Its state is its own, and empty."""
    made = await Deployments(caller.application).clone(
        name, body.name, version=body.version, paused=body.paused, **body.to_service()
    )
    response.headers["Location"] = f"/api/v1/deployments/{made.name}"
    return await _show(caller, made.name, response)


@router.get("/{name}/triggers", operation_id="listTriggers", summary="What starts a deployment's runs")
async def list_triggers(caller: Called, name: DeploymentName) -> TriggerList:
    """Its trigger nodes, or what stands in for them."""
    deployments = Deployments(caller.application)
    return TriggerList(items=[Trigger.of(one) for one in await deployments.triggers((await deployments.get(name)).id)])


@router.get("/{name}/metrics", operation_id="getDeploymentMetrics", summary="What a deployment's runs came to")
async def get_metrics(caller: Called, name: DeploymentName) -> Metrics:
    """Over all of its runs, those that are no longer kept included."""
    return Metrics.of(await Deployments(caller.application).metrics(name))


@router.get("/{name}/compare", operation_id="compareDeployments", summary="Compare two deployments")
async def compare_deployments(
    caller: Called,
    name: DeploymentName,
    other: Annotated[str, Query(alias="with", min_length=1, max_length=100)],
    since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
    limit: Annotated[int, Query(ge=1, le=20_000, description="The newest so many runs of each.")] = 5000,
    confidence: Annotated[float, Query(ge=0.5, le=0.999)] = 0.95,
) -> Comparison:
    """A/B with intervals: on the same triggers where both had them."""
    found = await Comparisons(caller.application).compare(
        name, other, since=since, until=until, limit=limit, confidence=confidence
    )
    return Comparison.of(found)


@router.get("/{name}/state", operation_id="getDeploymentState", summary="Read a deployment's state")
async def get_state(caller: Called, name: DeploymentName) -> DeploymentState:
    """What it remembers from run to run."""
    return DeploymentState(values=plain(await Deployments(caller.application).list_state(name)))


@router.put("/{name}/state/{key:path}", operation_id="setDeploymentState", summary="Set a value of the state")
async def set_state(caller: Called, name: DeploymentName, key: StateKey, body: StateValue) -> DeploymentState:
    """Null removes it. Runs that begin from now on see it."""
    deployments = Deployments(caller.application)
    await deployments.set_state(name, key, body.value)
    return DeploymentState(values=plain(await deployments.list_state(name)))


@router.delete(
    "/{name}/state/{key:path}", operation_id="removeDeploymentState", summary="Remove a value", status_code=204
)
async def remove_state(caller: Called, name: DeploymentName, key: StateKey) -> None:
    """Nothing, where there is none."""
    await Deployments(caller.application).set_state(name, key, None)


@router.delete("/{name}/state", operation_id="clearDeploymentState", summary="Clear a deployment's state")
async def clear_state(caller: Called, name: DeploymentName) -> Cleared:
    """All of it."""
    return Cleared(removed=await Deployments(caller.application).clear_state(name))


async def _show(caller: Caller, name: str, response: Response) -> Deployment:
    standing = await Standings(caller.application).get(name)
    response.headers["ETag"] = etag_of_deployment(standing.deployment)
    return Deployment.of(standing, await Bots(caller.application).figures(name))
