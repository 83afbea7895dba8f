"""Tasks as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field, StrictBool

from treadle.model import task as model
from treadle.model.task import TaskStatus
from treadle.server.models.runs import Taken, Values
from treadle.server.paging import Page
from treadle.server.values import plain


class TaskAnswer(BaseModel):
    """What a person said."""

    outcome: str = Field(description="`approved` or `rejected`.")
    values: Values = {}
    by: str | None = None
    note: str | None = None
    at: datetime | None = None


class Task(BaseModel):
    """Something that a person must do before a run goes on."""

    id: str
    run_id: str
    node: str
    kind: str
    status: TaskStatus
    title: str
    message: str
    value: Any = Field(default=None, description="What it is about.")
    form: Values | None = Field(default=None, description="JSON Schema of what is to be filled in.")
    people: list[str] = Field(description="Whom it is for now; empty: anybody.")
    created_at: datetime | None
    escalate_at: datetime | None = None
    deadline_at: datetime | None = None
    answer: TaskAnswer | None = None

    @classmethod
    def of(cls, task: model.Task, now: datetime) -> Task:
        answer = task.answer
        return cls(
            id=task.id,
            run_id=task.run_id,
            node=task.path,
            kind=task.kind,
            status=task.status_at(now),
            title=task.title,
            message=task.message,
            value=plain(task.value),
            form=None if task.form is None else plain(dict(task.form)),
            people=list(task.people_at(now)),
            created_at=task.created_at,
            escalate_at=task.escalate_at,
            deadline_at=task.deadline_at,
            answer=None
            if answer is None
            else TaskAnswer(
                outcome=answer.outcome,
                values=plain(dict(answer.values)),
                by=answer.by,
                note=answer.note,
                at=answer.at,
            ),
        )


class TaskPage(Page[Task]):
    """Tasks, oldest first."""


class TaskDetail(Task):
    """A task, and the link by which the caller may answer it without signing in; null: it is not theirs to answer."""

    link: str | None = None


class CompleteTask(Taken):
    """An answer. `values` are what the form asks for."""

    approve: StrictBool = Field(description="false: it is rejected. Said, never assumed.")
    values: Values | None = None
    note: str | None = Field(default=None, max_length=10_000)
