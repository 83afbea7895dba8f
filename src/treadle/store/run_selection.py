"""Many runs at once, to be replayed or compared; one that cannot be read does not hide the others."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from treadle.errors import StoreError
from treadle.model.ids import RunId
from treadle.model.run import RunRecord, RunStatus
from treadle.store.database import text_of
from treadle.store.rows import read_run, to_micros
from treadle.store.run_listing import RunListing, find_ids
from treadle.store.run_queries import find_row
from treadle.store.run_ranges import RunFilter


@dataclass(frozen=True, slots=True)
class SelectedRuns:
    """`runs` are oldest first; `corrupt` says of each that could not be read why."""

    runs: Sequence[RunRecord]
    corrupt: Mapping[RunId, StoreError] = field(default_factory=dict[RunId, StoreError])


class RunSelection(RunListing):
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
        wanted = RunFilter(
            workflow=workflow,
            deployment=deployment,
            statuses=statuses,
            created_since=None if since is None else to_micros(since),
            created_until=None if until is None else to_micros(until),
        )

        def query(connection: sqlite3.Connection) -> SelectedRuns:
            runs: list[RunRecord] = []
            corrupt: dict[RunId, StoreError] = {}
            for run_id in reversed(find_ids(connection, wanted, limit)):
                row = find_row(connection, run_id)
                if row is None:
                    continue  # removed meanwhile
                try:
                    runs.append(read_run(row, text_of(connection, run_id)))
                except StoreError as error:
                    corrupt[run_id] = error
                except (ValueError, LookupError, TypeError) as error:
                    corrupt[run_id] = corrupt_run(run_id, error)
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
