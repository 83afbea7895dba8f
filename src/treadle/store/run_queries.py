"""What is known of runs: one, many, those that are due, those whose driver died."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from treadle.errors import NotFound
from treadle.model.ids import RunId
from treadle.model.run import NodeResult, RunRecord, RunStatus
from treadle.store.codec import decode
from treadle.store.database import Database, text_of
from treadle.store.results import collect_results
from treadle.store.rows import RUN_COLUMNS, from_micros, read_entry, read_run, to_micros
from treadle.store.run_listing import find_ids
from treadle.store.run_ranges import RunFilter
from treadle.store.workers import Workers, read_workers

UNFINISHED: tuple[RunStatus, ...] = ("queued", "running", "suspended")
SELECT_RUN = f"SELECT {', '.join(RUN_COLUMNS)} FROM runs".replace("trigger", '"trigger"')


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line of a run's log; `id` grows and is what `read_log(after=)` takes."""

    id: int
    at: datetime
    path: str
    level: str
    message: str
    data: Mapping[str, Any]


def find_row(connection: sqlite3.Connection, run_id: str) -> tuple[Any, ...] | None:
    return connection.execute(f"{SELECT_RUN} WHERE id = ?", (run_id,)).fetchone()


def get_row(connection: sqlite3.Connection, run_id: str) -> tuple[Any, ...]:
    row = find_row(connection, run_id)
    if row is None:
        raise unknown_run(run_id)
    return row


def unknown_run(run_id: str) -> NotFound:
    return NotFound(
        f"There is no run `{run_id}`.",
        code="unknown_run",
        remedy="`treadle list` shows the runs there are; old ones are removed after their retention.",
        run=run_id,
    )


class RunQueries(Workers, Database):
    """Reading only; nothing here takes a lease or changes a row."""

    async def count_unfinished(self) -> dict[str, int]:
        """By status: one range of an index for each; finished runs, however many, are not looked at."""
        statement = "SELECT count(*) FROM runs WHERE status = ?"

        def query(connection: sqlite3.Connection) -> dict[str, int]:
            return {status: connection.execute(statement, (status,)).fetchone()[0] for status in UNFINISHED}

        return await self.read(query)

    async def get_run(self, run_id: RunId) -> RunRecord:
        """Raises `NotFound`, and `StoreError` (`corrupt_payload`)."""
        return await self.read(lambda c: read_run(get_row(c, run_id), text_of(c, run_id)))

    async def list_runs(
        self,
        *,
        workflow: str | None = None,
        status: RunStatus | None = None,
        deployment: str | None = None,
        limit: int = 50,
        before: RunId | None = None,
        hidden: Collection[str] = (),
        without: Collection[str] = (),
    ) -> list[RunRecord]:
        """Newest first. `before` is the id of the last run of the page before; those of `hidden` workflows are left
        out, and those `without` unless `workflow` names one."""
        statuses = () if status is None else (status,)
        wanted = RunFilter(
            workflow=workflow,
            statuses=statuses,
            deployment=deployment,
            before=before,
            hidden=hidden,
            without=without,
        )

        def query(connection: sqlite3.Connection) -> list[RunRecord]:
            rows = (find_row(connection, run_id) for run_id in find_ids(connection, wanted, limit))
            # One that was removed meanwhile is left out.
            return [read_run(row, text_of(connection, row[0])) for row in rows if row is not None]

        return await self.read(query)

    async def list_children(self, run_id: RunId, *, limit: int = 200) -> list[RunRecord]:
        """The runs that a run has started, oldest first: those that it waits for, and those on their own (`detached`
        in their origin)."""

        def query(connection: sqlite3.Connection) -> list[RunRecord]:
            statement = f"{SELECT_RUN} WHERE parent = ? ORDER BY id LIMIT ?"
            rows = connection.execute(statement, (run_id, limit)).fetchall()
            return [read_run(row, text_of(connection, row[0])) for row in rows]

        return await self.read(query)

    async def find_unfinished(self, *, limit: int = 1000, now: datetime | None = None) -> list[RunId]:
        """Runs that should be running and are driven by nobody: never begun, or their worker is dead. Oldest
        first.
        """
        at = now or self._now()

        def query(connection: sqlite3.Connection) -> list[RunId]:
            alive = [worker.id for worker in read_workers(connection) if worker.is_alive(now=at)]
            marks = ",".join("?" * len(alive))
            rows = connection.execute(
                f"SELECT id FROM runs WHERE status = 'running'"
                f" AND (worker IS NULL OR worker NOT IN ({marks})) ORDER BY id LIMIT ?",
                (*alive, limit),
            )
            return [RunId(run_id) for (run_id,) in rows]

        return await self.read(query)

    async def find_due(self, now: datetime, limit: int = 100) -> list[RunId]:
        """Suspended and queued runs whose time has come, longest due first."""
        statement = (
            "SELECT id FROM runs WHERE +status IN ('suspended', 'queued') AND wake_at <= ? ORDER BY wake_at LIMIT ?"
        )
        return await self.peek(
            lambda c: [RunId(row[0]) for row in c.execute(statement, (to_micros(now), limit)).fetchall()]
        )

    async def next_wake(self) -> datetime | None:
        """When the next suspended or queued run is due; None when none waits for a time."""
        statement = "SELECT min(wake_at) FROM runs WHERE +status IN ('suspended', 'queued') AND wake_at IS NOT NULL"
        micros = await self.peek(lambda c: c.execute(statement).fetchone()[0])
        return None if micros is None else from_micros(micros)

    async def find_cancelled(self) -> list[RunId]:
        """Runs that this worker drives and somebody asked to cancel since it took them up."""
        statement = "SELECT id FROM runs WHERE status = 'running' AND worker = ? AND cancel_requested = 1"
        worker_id = self.worker_id
        return await self.peek(lambda c: [RunId(row[0]) for row in c.execute(statement, (worker_id,)).fetchall()])

    async def find_nudged(self) -> list[tuple[RunId, int]]:
        """Runs that this worker drives and that something has come for since it took them up, and how often."""
        statement = "SELECT id, nudged FROM runs WHERE nudged > 0 AND worker = ? AND status = 'running'"
        worker_id = self.worker_id
        return await self.peek(
            lambda c: [(RunId(row[0]), row[1]) for row in c.execute(statement, (worker_id,)).fetchall()]
        )

    async def find_unfinished_of(self, deployment: str, *, queued_only: bool = False) -> list[RunId]:
        """The runs of a deployment that have not finished, newest first: those that wait their turn begin last."""
        statuses = "('queued')" if queued_only else "('queued', 'running', 'suspended')"
        statement = f"SELECT id FROM runs WHERE deployment = ? AND status IN {statuses} ORDER BY id DESC"
        return await self.read(lambda c: [RunId(row[0]) for row in c.execute(statement, (deployment,))])

    async def count_by_deployment(self) -> dict[str, dict[str, int]]:
        """How many runs of each deployment are under way or wait, by deployment and status."""
        statement = (
            "SELECT deployment, status, count(*) FROM runs WHERE deployment IS NOT NULL"
            " AND status IN ('queued', 'running', 'suspended') GROUP BY deployment, status"
        )
        found: dict[str, dict[str, int]] = {}
        for deployment, status, number in await self.read(lambda c: c.execute(statement).fetchall()):
            found.setdefault(deployment, {})[status] = number
        return found

    async def count_runs(self) -> dict[str, int]:
        """How many runs there are, by status."""
        return await self.read(lambda c: dict(c.execute("SELECT status, count(*) FROM runs GROUP BY status")))

    async def find_results(self, run_id: RunId) -> dict[str, NodeResult]:
        """What became of each node, by path, as far as the journal knows. Raises `NotFound`, `StoreError`."""

        def query(connection: sqlite3.Connection) -> dict[str, NodeResult]:
            get_row(connection, run_id)
            text = text_of(connection, run_id)
            return collect_results(read_entry(row, text) for row in entry_rows(connection, run_id))

        return await self.read(query)

    async def read_log(self, run_id: RunId, *, after: int = 0, limit: int = 1000) -> list[StoredLine]:
        """Lines written after line `after`, oldest first. Raises `NotFound`."""

        def query(connection: sqlite3.Connection) -> list[StoredLine]:
            get_row(connection, run_id)
            rows = connection.execute(
                "SELECT id, at, path, level, message, data FROM run_logs"
                " WHERE run_id = ? AND id > ? ORDER BY id LIMIT ?",
                (run_id, after, limit),
            )
            return [
                StoredLine(line, from_micros(at), path, level, message, decode(data))
                for line, at, path, level, message, data in rows
            ]

        return await self.read(query)


def entry_rows(connection: sqlite3.Connection, run_id: str) -> Sequence[tuple[Any, ...]]:
    """(scope, node, sequence, kind, at, body) in key order."""
    return connection.execute(
        "SELECT scope, node, sequence, kind, at, body FROM journal WHERE run_id = ? ORDER BY scope, node, sequence",
        (run_id,),
    ).fetchall()
