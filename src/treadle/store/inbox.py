"""The rows of tasks: how they are written and read, and what becomes of them with their run."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from treadle.errors import Conflict, NotFound
from treadle.model.ids import RunId
from treadle.model.task import Task, TaskAnswer
from treadle.store.codec import decode, encode
from treadle.store.rows import from_micros, to_micros

TASK_COLUMNS = "id, run_id, path, kind, status, content, answer, created_at, deadline_at"
SELECT_TASK = f"SELECT {TASK_COLUMNS} FROM tasks"


def require_open(task: Task, *, now: datetime) -> None:
    """Raises `Conflict` unless the task can be answered at `now`."""
    if task.status == "done" and task.answer is not None:
        by = f" by {task.answer.by}" if task.answer.by else ""
        raise Conflict(
            f"Task `{task.id}` has been answered{by}: {task.answer.outcome}.",
            code="task_answered",
            remedy="A task is answered once. Nothing was changed.",
            task=task.id,
            outcome=task.answer.outcome,
        )
    if task.status == "cancelled":
        raise refuse_cancelled(task)
    if task.status == "expired" or (task.deadline_at is not None and task.deadline_at <= now):
        when = f" at {task.deadline_at.isoformat(timespec='seconds')}" if task.deadline_at else ""
        raise Conflict(
            f"The time to answer task `{task.id}` was over{when}.",
            code="task_expired",
            remedy=f"Its run went on without an answer: treadle status {task.run_id}",
            task=task.id,
            run=task.run_id,
        )


def cancel_task(connection: sqlite3.Connection, task_id: str) -> None:
    """Nobody waits for the answer any more."""
    connection.execute("UPDATE tasks SET status = 'cancelled' WHERE id = ? AND status = 'open'", (task_id,))


def cancel_tasks_at(connection: sqlite3.Connection, run_id: str, path: str) -> None:
    """The node at `path` waits for no answer any more."""
    connection.execute(
        "UPDATE tasks SET status = 'cancelled' WHERE run_id = ? AND path = ? AND status = 'open'", (run_id, path)
    )


def cancel_tasks(connection: sqlite3.Connection, run_id: str) -> None:
    """The run has ended without an answer."""
    connection.execute("UPDATE tasks SET status = 'cancelled' WHERE run_id = ? AND status = 'open'", (run_id,))


def forget_tasks(connection: sqlite3.Connection, run_ids: Sequence[tuple[str]]) -> None:
    """Drop the tasks of runs that are removed."""
    connection.executemany("DELETE FROM tasks WHERE run_id = ?", run_ids)


def refuse_cancelled(task: Task) -> Conflict:
    return Conflict(
        f"Task `{task.id}` is cancelled: its run no longer waits for an answer.",
        code="task_cancelled",
        remedy=f"Look at the run: treadle status {task.run_id}",
        task=task.id,
        run=task.run_id,
    )


def get_task(connection: sqlite3.Connection, task_id: str) -> Task:
    row = connection.execute(f"{SELECT_TASK} WHERE id = ?", (task_id,)).fetchone()
    if row is None:
        raise unknown_task(task_id)
    return read_task(row)


def unknown_task(task_id: str) -> NotFound:
    return NotFound(
        f"There is no task `{task_id}`.",
        code="unknown_task",
        remedy="`treadle tasks --all` lists the tasks there are; they go when their run is removed.",
        task=task_id,
    )


def write_task(task: Task, created_at: datetime) -> tuple[Any, ...]:
    content = {
        "title": task.title,
        "message": task.message,
        "value": task.value,
        "form": task.form,
        "assignees": list(task.assignees),
        "escalate_to": list(task.escalate_to),
        "escalate_at": task.escalate_at,
    }
    deadline = None if task.deadline_at is None else to_micros(task.deadline_at)
    created = to_micros(created_at)
    return (task.id, task.run_id, task.path, task.kind, task.status, encode(content), None, created, deadline)


def write_answer(answer: TaskAnswer, at: datetime) -> str:
    return encode({**asdict(answer), "at": at})


def read_task(row: Sequence[Any]) -> Task:
    task_id, run_id, path, kind, status, content, answer, created_at, deadline_at = row
    told = decode(content)
    return Task(
        id=task_id,
        run_id=RunId(run_id),
        path=path,
        kind=kind,
        status=status,
        title=told["title"],
        message=told["message"],
        value=told["value"],
        form=told["form"],
        assignees=tuple(told["assignees"]),
        escalate_to=tuple(told["escalate_to"]),
        created_at=from_micros(created_at),
        escalate_at=told["escalate_at"],
        deadline_at=None if deadline_at is None else from_micros(deadline_at),
        answer=None if answer is None else TaskAnswer(**decode(answer)),
    )
