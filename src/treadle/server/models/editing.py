"""Who is editing a workflow, as the API shows and takes it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from treadle.server.models.workflows import Body
from treadle.service.access.actor import Actor
from treadle.store.editing import Editor

Window = Annotated[str, StringConstraints(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class KeepEditing(Body):
    window: Window = Field(
        description="A random text that the window keeps: it tells one editor from the next, also of one user.",
        examples=["0f8fad5b-d9cb-469f-a165-70867728950e"],
    )
    take_over: bool = Field(default=False, description="Edit it, whoever else does: they hear of it when they ask.")


class WorkflowEditor(BaseModel):
    """Who edits a workflow."""

    name: str = Field(description="For people.")
    user_id: str | None = None
    since: datetime
    seen_at: datetime = Field(description="When they were last heard of.")
    is_you: bool = Field(description="You, in this window or another.")


class WorkflowEditing(BaseModel):
    """`mine`: the window that asked edits it. `editor` is who does; null: nobody."""

    mine: bool
    editor: WorkflowEditor | None = None


def show_editing(editor: Editor | None, actor: Actor, window: str | None = None) -> WorkflowEditing:
    if editor is None:
        return WorkflowEditing(mine=False)
    shown = WorkflowEditor(
        name=editor.name,
        user_id=editor.user_id,
        since=editor.since,
        seen_at=editor.seen_at,
        is_you=editor.user_id == actor.user_id,
    )
    return WorkflowEditing(mine=editor.window == window, editor=shown)
