"""Whose each workflow is, and with whom it is shared."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from treadle.model.holding import Holding, Share
from treadle.store.database import Database

_OF_RUN = "SELECT workflow FROM runs WHERE id = ?"
_OF_DEPLOYMENT = "SELECT workflow FROM deployments WHERE id = ?1 OR name = ?1"
_OF_TASK = "SELECT runs.workflow FROM tasks JOIN runs ON runs.id = tasks.run_id WHERE tasks.id = ?"
_HIDDEN = (
    "SELECT name FROM workflows WHERE owner IS NOT NULL AND owner <> :user AND NOT EXISTS ("
    " SELECT 1 FROM shares WHERE workflow = name AND (kind = 'everybody'"
    " OR (kind = 'user' AND subject = :user)"
    " OR (kind = 'team' AND subject IN (SELECT team_id FROM members WHERE user_id = :user))))"
)


class Holdings(Database):
    """Ownership and sharing of workflows. A workflow without a row is everybody's."""

    async def find_holding(self, workflow: str) -> Holding:
        def query(connection: Any) -> Holding:
            row = connection.execute("SELECT owner FROM workflows WHERE name = ?", (workflow,)).fetchone()
            if row is None or row[0] is None:
                return Holding(workflow)
            statement = "SELECT kind, subject, level FROM shares WHERE workflow = ?"
            return Holding(workflow, row[0], [Share(*share) for share in connection.execute(statement, (workflow,))])

        return await self.read(query)

    async def find_workflow_of(self, kind: str, subject: str) -> str | None:
        """The workflow that a `run`, `deployment` (by id or name) or `task` belongs to; None when it is not there."""
        statement = {"run": _OF_RUN, "deployment": _OF_DEPLOYMENT, "task": _OF_TASK}[kind]
        row = await self.read(lambda connection: connection.execute(statement, (subject,)).fetchone())
        return None if row is None else row[0]

    async def find_hidden(self, user_id: str | None) -> Collection[str]:
        """The names of the workflows that a user who is no administrator is not to know of."""
        user = {"user": user_id or ""}
        rows = await self.read(lambda connection: connection.execute(_HIDDEN, user).fetchall())
        return frozenset(name for (name,) in rows)
