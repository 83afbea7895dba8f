"""Tasks: what a person must do before a run goes on."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from treadle.model.ids import RunId
from treadle.model.task import Task, TaskAnswer, TaskStatus
from treadle.store.database import Database
from treadle.store.giving import Woken
from treadle.store.inbox import (
    SELECT_TASK,
    TASK_COLUMNS,
    get_task,
    read_task,
    refuse_cancelled,
    require_open,
    write_answer,
    write_task,
)
from treadle.store.rows import to_micros
from treadle.store.waking import wake_run


@dataclass(frozen=True, slots=True)
class Answered:
    """The task as it is after an answer, and the run that goes on with it."""

    task: Task
    woken: Woken


class Tasks(Database):
    """Implements `treadle.engine.exchange.TaskStore`, and the side of those who answer."""

    async def open_task(self, task: Task) -> Task:
        """See `TaskStore.open_task`. One that was cancelled with its node is open again once the node asks again."""
        row = write_task(task, task.created_at or self._now())

        def work(connection: sqlite3.Connection) -> Task:
            connection.execute(
                f"INSERT INTO tasks ({TASK_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                " status = excluded.status, content = excluded.content, created_at = excluded.created_at,"
                " deadline_at = excluded.deadline_at WHERE status = 'cancelled'",
                row,
            )
            return get_task(connection, task.id)

        return await self.write(work)

    async def expire_task(self, task_id: str, *, now: datetime) -> Task:
        at = to_micros(now)

        def work(connection: sqlite3.Connection) -> Task:
            connection.execute(
                "UPDATE tasks SET status = 'expired', answered_at = ? WHERE id = ? AND status = 'open'", (at, task_id)
            )
            return get_task(connection, task_id)

        return await self.write(work)

    async def answer_task(self, task_id: str, answer: TaskAnswer, *, now: datetime | None = None) -> Answered:
        """Answer an open task; the run that waits for it is due at once.

        Raises `NotFound` (`unknown_task`), and `Conflict` when it was answered before (`task_answered`), its deadline
        is over (`task_expired`), or nobody waits for it any more (`task_cancelled`); nothing is changed then.
        """
        moment = answer.at or now or self._now()
        at, text = to_micros(moment), write_answer(answer, moment)

        def work(connection: sqlite3.Connection) -> Answered:
            task = get_task(connection, task_id)
            require_open(task, now=moment)
            nudged = wake_run(connection, task.run_id, at=at)
            if nudged is None:
                raise refuse_cancelled(task)
            connection.execute(
                "UPDATE tasks SET status = 'done', answer = ?, answered_at = ? WHERE id = ?", (text, at, task_id)
            )
            return Answered(get_task(connection, task_id), Woken(task.run_id, nudged))

        return await self.write(work)

    async def get_task(self, task_id: str) -> Task:
        """Raises `NotFound` (`unknown_task`)."""
        return await self.read(lambda connection: get_task(connection, task_id))

    async def list_tasks(
        self, *, status: TaskStatus | None = None, run_id: RunId | None = None, limit: int = 500
    ) -> list[Task]:
        """Oldest first; of one status, of one run."""
        filters = {"status = ?": status, "run_id = ?": run_id}
        given = {clause: value for clause, value in filters.items() if value is not None}
        where = f" WHERE {' AND '.join(given)}" if given else ""
        statement = f"{SELECT_TASK}{where} ORDER BY created_at, id LIMIT ?"
        rows = await self.read(lambda c: c.execute(statement, (*given.values(), limit)).fetchall())
        return [read_task(row) for row in rows]

    async def find_tasks(self, beginning: str, *, limit: int = 3) -> list[Task]:
        """Tasks whose id begins so."""
        statement = f"{SELECT_TASK} WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"
        end = beginning + "\U0010ffff"
        rows = await self.read(lambda c: c.execute(statement, (beginning, end, limit)).fetchall())
        return [read_task(row) for row in rows]
