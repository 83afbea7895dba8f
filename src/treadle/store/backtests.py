"""Backtests in the store: a row each, and what came of it in parts that are read one by one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from treadle.errors import NotFound
from treadle.store.database import Database
from treadle.store.rows import from_micros, to_micros
from treadle.store.workers import read_workers

QUEUED, RUNNING, COMPLETED, FAILED, CANCELLED = "queued", "running", "completed", "failed", "cancelled"
UNDER_WAY = (QUEUED, RUNNING)
SETTINGS = "settings_digest"
"""What of a summary says which settings were tried: those of the same are no variants of one another."""
_COLUMNS = (
    "id, workflow, version, title, kind, state, progress, request, digest, summary, error, variants, worker, account,"
    " created_at, started_at, finished_at"
)
_PLACES = ", ".join("?" * (_COLUMNS.count(",") + 1))


@dataclass(frozen=True, slots=True)
class StoredBacktest:
    """`summary` and `request` are JSON objects, `error` one or None; `account` is a user's id, None: this machine."""

    id: str
    workflow: str
    version: str | None
    title: str
    kind: str
    state: str
    request: Mapping[str, Any]
    digest: str
    created_at: datetime
    progress: float = 0.0
    summary: Mapping[str, Any] = field(default_factory=dict[str, Any])
    error: Mapping[str, Any] | None = None
    variants: int = 1
    worker: str | None = None
    account: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


class Backtests(Database):
    """The tables `backtests` and `backtest_parts`."""

    async def add_backtest(self, one: StoredBacktest, parts: Mapping[str, bytes] | None = None) -> None:
        """One that is to be done, or with its `parts` one that is over."""
        row = _write(one)

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(f"INSERT INTO backtests ({_COLUMNS}) VALUES ({_PLACES})", row)
            _put_parts(connection, one.id, parts or {})

        await self.write(work)

    async def find_backtest(self, id: str) -> StoredBacktest | None:
        statement = f"SELECT {_COLUMNS} FROM backtests WHERE id = ?"
        row = await self.read(lambda c: c.execute(statement, (id,)).fetchone())
        return None if row is None else _read(row)

    async def get_backtest(self, id: str) -> StoredBacktest:
        """Raises `NotFound` (`unknown_backtest`)."""
        found = await self.find_backtest(id)
        if found is None:
            raise unknown_backtest(id)
        return found

    async def list_backtests(
        self,
        *,
        workflow: str | None = None,
        kind: str | None = None,
        before: str | None = None,
        hidden: Collection[str] = (),
        limit: int = 50,
    ) -> Sequence[StoredBacktest]:
        """The newest first; those of `hidden` workflows are left out."""
        statement = (
            f"SELECT {_COLUMNS} FROM backtests WHERE (:workflow IS NULL OR workflow = :workflow)"
            " AND (:kind IS NULL OR kind = :kind) AND (:before IS NULL OR id < :before)"
            " AND workflow NOT IN (SELECT value FROM json_each(:hidden)) ORDER BY id DESC LIMIT :limit"
        )
        given = {
            "workflow": workflow,
            "kind": kind,
            "before": before,
            "hidden": json.dumps(sorted(hidden)),
            "limit": limit,
        }
        return [_read(row) for row in await self.read(lambda c: c.execute(statement, given).fetchall())]

    async def begin_backtest(self, id: str) -> bool:
        """Whether it still waited to be begun."""
        statement = f"UPDATE backtests SET state = '{RUNNING}', started_at = ? WHERE id = ? AND state = '{QUEUED}'"
        row = (to_micros(self._now()), id)
        return await self.write(lambda c: c.execute(statement, row).rowcount > 0)

    async def note_backtest_progress(self, id: str, progress: float) -> bool:
        """Whether it is still wanted."""
        statement = f"UPDATE backtests SET progress = ? WHERE id = ? AND state = '{RUNNING}'"
        return await self.write(lambda c: c.execute(statement, (progress, id)).rowcount > 0)

    async def complete_backtest(
        self,
        id: str,
        *,
        summary: Mapping[str, Any],
        variants: int,
        parts: Mapping[str, bytes],
        digest: str,
    ) -> bool:
        """With all that came of it, or nothing: whether it was still wanted."""
        statement = (
            f"UPDATE backtests SET state = '{COMPLETED}', progress = 1, summary = ?, variants = ?, digest = ?,"
            f" finished_at = ? WHERE id = ? AND state = '{RUNNING}'"
        )
        row = (json.dumps(summary), variants, digest, to_micros(self._now()), id)

        def work(connection: sqlite3.Connection) -> bool:
            if connection.execute(statement, row).rowcount == 0:
                return False
            _put_parts(connection, id, parts)
            return True

        return await self.write(work)

    async def end_backtest(self, id: str, *, state: str, error: Mapping[str, Any] | None = None) -> bool:
        """Without a result; whether it was under way."""
        statement = "UPDATE backtests SET state = ?, error = ?, finished_at = ? WHERE id = ? AND state IN (?, ?)"
        row = (state, None if error is None else json.dumps(error), to_micros(self._now()), id, *UNDER_WAY)
        return await self.write(lambda c: c.execute(statement, row).rowcount > 0)

    async def end_abandoned_backtests(self, error: Mapping[str, Any]) -> int:
        """Those whose process is gone have failed of `error`; how many there were."""
        now = self._now()
        statement = (
            f"UPDATE backtests SET state = '{FAILED}', error = ?, finished_at = ? WHERE finished_at IS NULL"
            " AND (worker IS NULL OR worker NOT IN (SELECT value FROM json_each(?)))"
        )

        def work(connection: sqlite3.Connection) -> int:
            alive = [one.id for one in read_workers(connection) if one.is_alive(now=now)]
            return connection.execute(statement, (json.dumps(error), to_micros(now), json.dumps(alive))).rowcount

        return await self.write(work)

    async def count_backtests_under_way(self, account: str | None) -> int:
        statement = "SELECT count(*) FROM backtests WHERE finished_at IS NULL AND account IS ?"
        return await self.read(lambda c: c.execute(statement, (account,)).fetchone()[0])

    async def count_variants(
        self, workflow: str, digest: str, *, settings: str | None = None, before: str | None = None
    ) -> int:
        """How many were tried of a workflow over the same data, in those that are kept: the same settings count once,
        and those that are tried now (`settings`) not at all."""
        of = f"coalesce(json_extract(summary, '$.{SETTINGS}'), id)"
        statement = (
            "SELECT coalesce(sum(most), 0) FROM (SELECT max(variants) AS most FROM backtests"
            f" WHERE workflow = ? AND digest = ? AND state = '{COMPLETED}' AND (? IS NULL OR id < ?)"
            f" AND (? IS NULL OR {of} <> ?) GROUP BY {of})"
        )
        row = (workflow, digest, before, before, settings, settings)
        return await self.read(lambda c: c.execute(statement, row).fetchone()[0])

    async def read_backtest_part(self, id: str, name: str) -> bytes | None:
        statement = "SELECT bytes FROM backtest_parts WHERE backtest = ? AND name = ?"
        row = await self.read(lambda c: c.execute(statement, (id, name)).fetchone())
        return None if row is None else row[0]

    async def list_backtest_parts(self, id: str) -> list[str]:
        statement = "SELECT name FROM backtest_parts WHERE backtest = ? ORDER BY name"
        return [name for (name,) in await self.read(lambda c: c.execute(statement, (id,)).fetchall())]

    async def delete_backtest(self, id: str) -> None:
        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM backtests WHERE id = ?", (id,))
            connection.execute("DELETE FROM backtest_parts WHERE backtest = ?", (id,))

        await self.write(work)


def unknown_backtest(id: str) -> NotFound:
    return NotFound(
        f"There is no backtest `{id}`.",
        code="unknown_backtest",
        remedy="`treadle backtests list` shows those that are kept.",
        backtest=id,
    )


def _put_parts(connection: sqlite3.Connection, id: str, parts: Mapping[str, bytes]) -> None:
    rows = [(id, name, content) for name, content in parts.items()]
    connection.executemany("INSERT OR REPLACE INTO backtest_parts (backtest, name, bytes) VALUES (?, ?, ?)", rows)


def _write(one: StoredBacktest) -> tuple[Any, ...]:
    return (
        one.id,
        one.workflow,
        one.version,
        one.title,
        one.kind,
        one.state,
        one.progress,
        json.dumps(one.request),
        one.digest,
        json.dumps(one.summary),
        None if one.error is None else json.dumps(one.error),
        one.variants,
        one.worker,
        one.account,
        to_micros(one.created_at),
        None if one.started_at is None else to_micros(one.started_at),
        None if one.finished_at is None else to_micros(one.finished_at),
    )


def _read(row: tuple[Any, ...]) -> StoredBacktest:
    (id, workflow, version, title, kind, state, progress, request, digest, summary, error, variants, worker, account,
     created, started, finished) = row  # fmt: skip
    return StoredBacktest(
        id=id,
        workflow=workflow,
        version=version,
        title=title,
        kind=kind,
        state=state,
        progress=progress,
        request=json.loads(request),
        digest=digest,
        summary=json.loads(summary),
        error=None if error is None else json.loads(error),
        variants=variants,
        worker=worker,
        account=account,
        created_at=from_micros(created),
        started_at=None if started is None else from_micros(started),
        finished_at=None if finished is None else from_micros(finished),
    )
