"""Who is editing a workflow: told, heard of, and taken over."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from treadle.server.caller import Called
from treadle.server.models.editing import KeepEditing, Window, WorkflowEditing, show_editing
from treadle.server.routes.workflows import WorkflowName
from treadle.service.editing import Editing

router = APIRouter(prefix="/workflows/{name}/editing", tags=["workflows"])


@router.get("", operation_id="getEditing", summary="Read who edits a workflow", response_model=WorkflowEditing)
async def get_editing(caller: Called, name: WorkflowName) -> WorkflowEditing:
    """Whoever said so in the last minute and a half."""
    return show_editing(await Editing(caller.application).find(name), caller.actor)


@router.put("", operation_id="keepEditing", summary="Say that one edits a workflow", response_model=WorkflowEditing)
async def keep_editing(caller: Called, name: WorkflowName, body: KeepEditing) -> WorkflowEditing:
    """To be said again every 20 seconds. Where somebody else edits it, the answer tells who, and nothing changes unless
    you take over. This is an agreement, no lock: what keeps a draft from being written over is its `ETag`."""
    found = await Editing(caller.application).keep(name, body.window, take_over=body.take_over)
    return show_editing(found, caller.actor, body.window)


@router.delete("", operation_id="endEditing", summary="Say that one edits a workflow no more", status_code=204)
async def end_editing(
    caller: Called, name: WorkflowName, window: Annotated[Window, Query(description="As it was given to edit it.")]
) -> None:
    """Nothing happens where another window edits it."""
    await Editing(caller.application).end(name, window)
