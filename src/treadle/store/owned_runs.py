"""What a user's workflows have under way, counted: for quotas."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from treadle.store.database import Database

_STATUSES = "('queued', 'running', 'suspended', 'completed', 'failed', 'cancelled')"
# Each is as many ranges of `runs_by_workflow` as the owner has workflows, times the statuses.
_SINCE = (
    "SELECT count(*) FROM workflows JOIN runs ON runs.workflow = workflows.name"
    f" AND runs.status IN {_STATUSES} AND runs.id >= ? WHERE workflows.owner = ?"
)
_UNDER_WAY = (
    "SELECT count(*) FROM workflows JOIN runs ON runs.workflow = workflows.name"
    " AND runs.status IN ('queued', 'running') WHERE workflows.owner = ?"
)


class OwnedRuns(Database):
    async def count_owned_since(self, owner: str, first_id: str) -> int:
        """Runs of the owner's workflows whose id is `first_id` or comes after it: ids sort by time."""
        return await self.read(lambda connection: connection.execute(_SINCE, (first_id, owner)).fetchone()[0])

    async def count_owned_under_way(self, owner: str, accepted: Collection[str]) -> int:
        """Runs of the owner's workflows that are queued or running, and those of `accepted` that are not stored yet."""

        def count(connection: sqlite3.Connection) -> int:
            stored = connection.execute(_UNDER_WAY, (owner,)).fetchone()[0]
            coming = len(accepted)
            for run_id in accepted:
                coming -= connection.execute("SELECT count(*) FROM runs WHERE id = ?", (run_id,)).fetchone()[0]
            return stored + coming

        return await self.read(count)
