"""Whose each workflow is, and with whom it is shared."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from treadle.model.holding import Holding, Share
from treadle.store.database import Database
from treadle.store.rows import to_micros
from treadle.store.triggers import raise_revision

_OF_RUN = "SELECT workflow FROM runs WHERE id = ?"
_OF_DEPLOYMENT = "SELECT workflow FROM deployments WHERE id = ?1 OR name = ?1"
_OF_TASK = "SELECT runs.workflow FROM tasks JOIN runs ON runs.id = tasks.run_id WHERE tasks.id = ?"
_OF_BACKTEST = "SELECT workflow FROM backtests WHERE id = ?"
_HIDDEN = (
    "SELECT name FROM workflows WHERE owner IS NOT NULL AND owner <> :user AND NOT EXISTS ("
    " SELECT 1 FROM shares WHERE workflow = name AND (kind = 'everybody'"
    " OR (kind = 'user' AND subject = :user)"
    " OR (kind = 'team' AND subject IN (SELECT team_id FROM members WHERE user_id = :user))))"
)


Room = Callable[[int], None]
"""Asked, in the transaction that brings a user one workflow more, how many are theirs already; raises where that is too
many."""


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
        """The workflow that a `run`, `deployment` (by id or name), `task` or `backtest` belongs to; None when it is not
        there."""
        statement = {"run": _OF_RUN, "deployment": _OF_DEPLOYMENT, "task": _OF_TASK, "backtest": _OF_BACKTEST}[kind]
        row = await self.read(lambda connection: connection.execute(statement, (subject,)).fetchone())
        return None if row is None else row[0]

    async def find_hidden(self, user_id: str | None) -> Collection[str]:
        """The names of the workflows that a user who is no administrator is not to know of."""
        user = {"user": user_id or ""}
        rows = await self.read(lambda connection: connection.execute(_HIDDEN, user).fetchall())
        return frozenset(name for (name,) in rows)

    async def list_owned(self, owner: str) -> list[str]:
        """The names of the workflows that belong to a user."""
        statement = "SELECT name FROM workflows WHERE owner = ? ORDER BY name"
        rows = await self.read(lambda connection: connection.execute(statement, (owner,)).fetchall())
        return [name for (name,) in rows]

    async def claim_workflow(self, workflow: str, owner: str, *, now: datetime, room: Room | None = None) -> str | None:
        """Make it the user's, unless it was somebody's or everybody's before. Whose it is then; None: everybody's.
        Raises what `room` does."""

        def claim(connection: sqlite3.Connection) -> str | None:
            row = (workflow, owner, "[]", to_micros(now), workflow)
            owned = count_owned(connection, owner)
            is_new = connection.execute(
                "INSERT OR IGNORE INTO workflows (name, owner, tags, created_at)"
                " SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM versions WHERE workflow = ?)",
                row,
            ).rowcount
            if is_new and room is not None:
                room(owned)
            found = connection.execute("SELECT owner FROM workflows WHERE name = ?", (workflow,)).fetchone()
            return None if found is None else found[0]

        return await self.write(claim)

    async def set_owner(
        self, workflow: str, owner: str | None, *, now: datetime, room: Room | None = None
    ) -> Sequence[str]:
        """Give it to a user, or to everybody (None): nobody has a share in it any more, and what was deployed of it is
        paused. The names of the deployments that were active; nothing changes where it is theirs already.

        Raises what `room` does.
        """

        def change(connection: sqlite3.Connection) -> Sequence[str]:
            before = connection.execute("SELECT owner FROM workflows WHERE name = ?", (workflow,)).fetchone()
            if owner == (None if before is None else before[0]):
                return ()
            if owner is not None and room is not None:
                room(count_owned(connection, owner))
            connection.execute(
                "INSERT INTO workflows (name, owner, tags, created_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET owner = excluded.owner",
                (workflow, owner, "[]", to_micros(now)),
            )
            connection.execute("DELETE FROM shares WHERE workflow = ?", (workflow,))
            # Whoever had it may have deployed it to do what the new owner alone may.
            paused = connection.execute(
                "UPDATE deployments SET status = 'paused' WHERE workflow = ? AND status = 'active' RETURNING name",
                (workflow,),
            ).fetchall()
            raise_revision(connection)
            return sorted(name for (name,) in paused)

        return await self.write(change)

    async def put_share(self, workflow: str, share: Share) -> None:
        row = (workflow, share.kind, share.subject, share.level)
        statement = (
            "INSERT INTO shares (workflow, kind, subject, level) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (workflow, kind, subject) DO UPDATE SET level = excluded.level"
        )
        await self.write(lambda connection: connection.execute(statement, row))

    async def delete_share(self, workflow: str, kind: str, subject: str) -> bool:
        """Whether there was one."""
        statement = "DELETE FROM shares WHERE workflow = ? AND kind = ? AND subject = ?"
        return await self.write(lambda c: c.execute(statement, (workflow, kind, subject)).rowcount > 0)

    async def has_workflow(self, workflow: str) -> bool:
        """Whether anything is known under this name."""
        statement = (
            "SELECT 1 FROM workflows WHERE name = ?1 UNION SELECT 1 FROM versions WHERE workflow = ?1"
            " UNION SELECT 1 FROM drafts WHERE workflow = ?1"
        )
        return await self.read(lambda c: c.execute(statement, (workflow,)).fetchone()) is not None


def count_owned(connection: sqlite3.Connection, owner: str) -> int:
    return connection.execute("SELECT count(*) FROM workflows WHERE owner = ?", (owner,)).fetchone()[0]
