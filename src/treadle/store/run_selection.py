"""Many runs at once, to be replayed or compared; one that cannot be read does not hide the others."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from treadle.errors import StoreError
from treadle.model.ids import RunId
from treadle.model.run import RunRecord, RunStatus
from treadle.store.database import Database, text_of
from treadle.store.rows import read_run, to_micros
from treadle.store.run_queries import SELECT_RUN


@dataclass(frozen=True, slots=True)
class SelectedRuns:
    """`runs` are oldest first; `corrupt` says of each that could not be read why."""

    runs: Sequence[RunRecord]
    corrupt: Mapping[RunId, StoreError] = field(default_factory=dict[RunId, StoreError])


class RunSelection(Database):
    async def select_runs(
        self,
        *,
        workflow: str | None = None,
        deployment: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        statuses: Sequence[RunStatus] = (),
        limit: int | None = None,
    ) -> SelectedRuns:
        """The newest `limit` runs that were created at or after `since` and before `until`, oldest first. Without
        `statuses`, of any."""
        filters = {
            "workflow = ?": workflow,
            "deployment = ?": deployment,
            "created_at >= ?": None if since is None else to_micros(since),
            "created_at < ?": None if until is None else to_micros(until),
        }
        given = {clause: value for clause, value in filters.items() if value is not None}
        clauses = [*given, *([f"status IN ({', '.join('?' * len(statuses))})"] if statuses else [])]
        where = f" WHERE {' AND '.join(clauses)}" if clauses else ""
        values = (*given.values(), *statuses, -1 if limit is None else limit)

        def query(connection: sqlite3.Connection) -> SelectedRuns:
            runs: list[RunRecord] = []
            corrupt: dict[RunId, StoreError] = {}
            for row in reversed(connection.execute(f"{SELECT_RUN}{where} ORDER BY id DESC LIMIT ?", values).fetchall()):
                try:
                    runs.append(read_run(row, text_of(connection, row[0])))
                except StoreError as error:
                    corrupt[RunId(row[0])] = error
                except (ValueError, LookupError, TypeError) as error:
                    corrupt[RunId(row[0])] = corrupt_run(row[0], error)
            return SelectedRuns(runs, corrupt)

        return await self.read(query)


def corrupt_run(run_id: str, error: Exception) -> StoreError:
    """What to say of a run whose row or entries cannot be read."""
    return StoreError(
        f"What the store holds of run `{run_id}` is damaged: {error}.",
        code="corrupt_payload",
        remedy="Restore the store from a backup, or leave the run out.",
        run=run_id,
    )
