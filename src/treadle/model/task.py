"""A task: something that a person must do before a run goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from treadle.model.ids import RunId

TaskStatus = Literal["open", "done", "expired", "cancelled"]


@dataclass(frozen=True, slots=True)
class TaskAnswer:
    """What a person said. `outcome` is approved or rejected, `values` what they filled into the form."""

    outcome: str
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    by: str | None = None
    note: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """Times are aware UTC. `form` is a JSON Schema of an object; `path` the node of the run that waits for it.

    After `escalate_at` it is also for `escalate_to`; after `deadline_at` nobody can answer it any more.
    """

    id: str
    run_id: RunId
    path: str
    kind: str = "approval"
    status: TaskStatus = "open"
    title: str = ""
    message: str = ""
    value: Any = None
    form: Mapping[str, Any] | None = None
    assignees: tuple[str, ...] = ()
    escalate_to: tuple[str, ...] = ()
    created_at: datetime | None = None
    escalate_at: datetime | None = None
    deadline_at: datetime | None = None
    answer: TaskAnswer | None = None

    def people_at(self, now: datetime) -> tuple[str, ...]:
        """Whom it is for at `now`; nobody in particular when empty."""
        if self.assignees and self.escalate_at is not None and self.escalate_at <= now:
            return tuple(dict.fromkeys((*self.assignees, *self.escalate_to)))
        return self.assignees

    def status_at(self, now: datetime) -> TaskStatus:
        """An open task whose deadline is over is expired, whether its run has noticed or not."""
        late = self.status == "open" and self.deadline_at is not None and self.deadline_at <= now
        return "expired" if late else self.status
