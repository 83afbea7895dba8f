"""Tasks: what people must do."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request

from treadle.model.ids import RunId
from treadle.server.caller import Called
from treadle.server.links import base_of
from treadle.server.models.tasks import CompleteTask, Task, TaskDetail, TaskPage
from treadle.server.paging import DEFAULT_LIMIT, Cursor, Limit
from treadle.server.slices import by_time, cut
from treadle.service.tasks import Tasks

router = APIRouter(prefix="/tasks", tags=["tasks"])

TaskId = Annotated[str, Path(max_length=200, description="The id of a task.")]


@router.get("", operation_id="listTasks", summary="List tasks")
async def list_tasks(
    caller: Called,
    status: Annotated[
        Literal["open", "all"], Query(description="`all`: answered, expired and cancelled too.")
    ] = "open",
    mine: Annotated[bool, Query(description="Only what the caller may answer.")] = False,
    run: Annotated[str | None, Query(max_length=100)] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> TaskPage:
    """Oldest first."""
    tasks, now = Tasks(caller.application), caller.application.world.clock.now()
    name = caller.actor.name if mine else None
    run_id = None if run is None else RunId(run)
    found = await tasks.list(everything=status == "all", mine=name, run_id=run_id)
    page, next = cut(found, limit, cursor, order=lambda task: by_time(task.created_at, task.id))
    return TaskPage(items=[Task.of(task, now) for task in page], next=next)


@router.get("/{task_id}", operation_id="getTask", summary="Read a task and its form")
async def get_task(caller: Called, request: Request, task_id: TaskId) -> TaskDetail:
    """With the link by which the caller may answer it, if they may."""
    tasks = Tasks(caller.application)
    task = await tasks.get(task_id)
    link = await tasks.find_link(task, by=caller.actor.name)
    shown = Task.of(task, caller.application.world.clock.now())
    base = base_of(request, caller.application.settings)
    return TaskDetail(**shown.model_dump(), link=None if link is None else base + link)


@router.post("/{task_id}/complete", operation_id="completeTask", summary="Answer a task")
async def complete_task(caller: Called, task_id: TaskId, body: CompleteTask) -> Task:
    """In the caller's name; its run goes on. A task is answered once, and by somebody it is for."""
    answered = await Tasks(caller.application).answer(
        task_id, approve=body.approve, values=body.values, by=caller.actor.name, note=body.note
    )
    return Task.of(answered, caller.application.world.clock.now())
