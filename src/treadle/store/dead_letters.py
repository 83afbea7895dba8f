"""Dead letters: failed runs that nobody has tried again or put aside."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from treadle.errors import StoreError
from treadle.model.ids import RunId
from treadle.model.run import Failure
from treadle.store.codec import decode
from treadle.store.database import Database, text_of
from treadle.store.rows import from_micros, read_failure, to_micros

# A child that its parent waited for is the parent's affair: that is what is tried again.
_DEAD = (
    "status = 'failed' AND dismissed_at IS NULL AND (parent IS NULL OR coalesce(json_extract(origin, '$.detached'), 0))"
)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A run that failed, and of what."""

    run_id: RunId
    workflow: str
    version: str
    deployment: str | None
    error: Failure
    failed_at: datetime


class DeadLetters(Database):
    async def list_dead(
        self,
        *,
        workflow: str | None = None,
        since: datetime | None = None,
        before: RunId | None = None,
        limit: int = 500,
    ) -> list[DeadLetter]:
        """Newest first; `since` is about when they failed. `before` is the run of the last one of the page before."""
        statement = (
            f"SELECT id, workflow, version, deployment, error, finished_at FROM runs WHERE {_DEAD}"
            " AND (?1 IS NULL OR workflow = ?1) AND (?2 IS NULL OR finished_at >= ?2) AND (?3 IS NULL OR id < ?3)"
            " ORDER BY id DESC LIMIT ?4"
        )
        values = (workflow, None if since is None else to_micros(since), before, limit)

        def query(connection: sqlite3.Connection) -> list[DeadLetter]:
            return [
                DeadLetter(
                    RunId(run_id),
                    of,
                    version,
                    deployment,
                    _read_error(connection, run_id, error),
                    from_micros(failed_at),
                )
                for run_id, of, version, deployment, error, failed_at in connection.execute(
                    statement, values
                ).fetchall()
            ]

        return await self.read(query)

    async def dismiss_runs(self, run_ids: Sequence[RunId], *, now: datetime) -> int:
        """Put failed runs aside; how many of these were dead letters until now."""
        at = to_micros(now)

        def work(connection: sqlite3.Connection) -> int:
            statement = f"UPDATE runs SET dismissed_at = ? WHERE id = ? AND {_DEAD}"
            return sum(connection.execute(statement, (at, run_id)).rowcount for run_id in run_ids)

        return await self.write(work)


def _read_error(connection: sqlite3.Connection, run_id: str, text: str | None) -> Failure:
    if text is None:
        return Failure("error", "Nothing is known of it.")
    try:
        return read_failure(decode(text_of(connection, run_id)(text, "the error")))
    except StoreError as unreadable:
        return Failure(unreadable.code, unreadable.message)
