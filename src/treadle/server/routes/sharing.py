"""Whose a workflow is, and with whom it is shared."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from treadle.server.caller import Called
from treadle.server.models.access import ShareWith, TransferWorkflow, show_sharing
from treadle.server.models.access import Sharing as SharingModel
from treadle.server.routes.workflows import WorkflowName
from treadle.service.access.sharing import Sharing

router = APIRouter(prefix="/workflows/{name}/sharing", tags=["sharing"])


@router.get("", operation_id="getSharing", summary="Read whose a workflow is", response_model=SharingModel)
async def get_sharing(caller: Called, name: WorkflowName) -> SharingModel:
    """Its runs, deployments and tasks are shared with it."""
    return show_sharing(await Sharing(caller.application).get(name))


@router.put("", operation_id="shareWorkflow", summary="Share a workflow", response_model=SharingModel)
async def share_workflow(caller: Called, name: WorkflowName, body: ShareWith) -> SharingModel:
    """With a user, a team or everybody; each may do so much, as far as their role goes."""
    sharing = Sharing(caller.application)
    return show_sharing(await sharing.share(name, kind=body.kind, name=body.name, level=body.level))


@router.delete("", operation_id="unshareWorkflow", summary="Share a workflow no more", response_model=SharingModel)
async def unshare_workflow(
    caller: Called,
    name: WorkflowName,
    kind: Literal["user", "team", "everybody"],
    subject: Annotated[str, Query(alias="with", max_length=100, description="The user or team.")] = "",
) -> SharingModel:
    """With one user, one team, or everybody."""
    return show_sharing(await Sharing(caller.application).unshare(name, kind=kind, name=subject))


@router.put("/owner", operation_id="transferWorkflow", summary="Transfer a workflow", response_model=SharingModel)
async def transfer_workflow(caller: Called, name: WorkflowName, body: TransferWorkflow) -> SharingModel:
    """Give it to another user, or (null) to everybody."""
    return show_sharing(await Sharing(caller.application).transfer(name, to=body.to))
