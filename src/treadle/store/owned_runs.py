"""What is under way on a user's account, counted: for quotas."""

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
# What nobody owns is whoever's who started it; only in the run itself does it say so.
_NOBODYS = (
    " AND json_extract(origin, '$.account') = ?"
    " AND NOT EXISTS (SELECT 1 FROM workflows WHERE name = runs.workflow AND owner IS NOT NULL)"
)
_OTHERS_SINCE = f"SELECT count(*) FROM runs WHERE id >= ? AND origin IS NOT NULL{_NOBODYS}"
_OTHERS_UNDER_WAY = f"SELECT count(*) FROM runs WHERE status IN ('queued', 'running') AND origin IS NOT NULL{_NOBODYS}"


class OwnedRuns(Database):
    async def count_owned_since(self, owner: str, first_id: str) -> int:
        """Runs of the owner's workflows, and those of nobody's on their account, whose id is `first_id` or comes after
        it: ids sort by time."""

        def count(connection: sqlite3.Connection) -> int:
            own, others = (connection.execute(one, (first_id, owner)).fetchone()[0] for one in (_SINCE, _OTHERS_SINCE))
            return own + others

        return await self.read(count)

    async def count_owned_under_way(self, owner: str, accepted: Collection[str]) -> int:
        """Runs of the owner's workflows, and those of nobody's on their account, that are queued or running, and those
        of `accepted` that are not stored yet."""

        def count(connection: sqlite3.Connection) -> int:
            stored = sum(connection.execute(one, (owner,)).fetchone()[0] for one in (_UNDER_WAY, _OTHERS_UNDER_WAY))
            coming = len(accepted)
            for run_id in accepted:
                coming -= connection.execute("SELECT count(*) FROM runs WHERE id = ?", (run_id,)).fetchone()[0]
            return stored + coming

        return await self.read(count)
