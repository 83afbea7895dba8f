"""Published workflow versions: immutable, found by their digest."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from treadle.errors import NotFound
from treadle.store.database import Database
from treadle.store.rows import from_micros, to_micros

_COLUMNS = "workflow, version, form, document, created_at"
_LAST = "SELECT version, created_at FROM versions WHERE workflow = ? ORDER BY created_at DESC, version DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Version:
    """A workflow as it was published. `document` is its file as JSON text, `created_at` when it was last published."""

    workflow: str
    version: str
    form: str
    document: str
    created_at: datetime


class Versions(Database):
    async def save_version(self, workflow: str, version: str, document: str, *, form: str = "nodes") -> bool:
        """True when it is new. Of the same version again only this changes: it is the one published last."""
        now = to_micros(self._now())

        def work(connection: sqlite3.Connection) -> bool:
            last = connection.execute(_LAST, (workflow,)).fetchone() or (None, 0)
            if last[0] == version:
                return False
            # Also where the clock was put back, or two come at once.
            at = max(now, last[1] + 1)
            again = "UPDATE versions SET created_at = ? WHERE workflow = ? AND version = ?"
            if connection.execute(again, (at, workflow, version)).rowcount:
                return False
            statement = (
                f"INSERT INTO versions ({_COLUMNS}, number) VALUES (?, ?, ?, ?, ?,"
                " (SELECT coalesce(max(number), 0) + 1 FROM versions WHERE workflow = ?))"
            )
            connection.execute(statement, (workflow, version, form, document, at, workflow))
            return True

        return await self.write(work)

    async def get_version(self, workflow: str, version: str | None = None) -> Version:
        """The named version, or the one published last. Raises `NotFound`."""
        statement = (
            f"SELECT {_COLUMNS} FROM versions WHERE workflow = ? AND (? IS NULL OR version = ?)"
            " ORDER BY created_at DESC, version DESC LIMIT 1"
        )
        row = await self.read(lambda c: c.execute(statement, (workflow, version, version)).fetchone())
        if row is None:
            which = f"version `{version}` of workflow `{workflow}`" if version else f"workflow `{workflow}`"
            raise NotFound(
                f"There is no {which}.",
                code="unknown_version",
                remedy="Running or deploying a workflow file stores it.",
            )
        return _read_version(row)

    async def list_versions(self, workflow: str | None = None) -> list[Version]:
        """The versions of `workflow`, or the latest of every workflow; newest first."""
        if workflow is not None:
            statement = f"SELECT {_COLUMNS} FROM versions WHERE workflow = ? ORDER BY created_at DESC, version DESC"
            rows = await self.read(lambda c: c.execute(statement, (workflow,)).fetchall())
            return [_read_version(row) for row in rows]
        statement = (
            f"SELECT {_COLUMNS} FROM versions AS one WHERE NOT EXISTS (SELECT 1 FROM versions AS other"
            " WHERE other.workflow = one.workflow"
            " AND (other.created_at, other.version) > (one.created_at, one.version))"
            " ORDER BY created_at DESC, workflow"
        )
        return [_read_version(row) for row in await self.read(lambda c: c.execute(statement).fetchall())]


def _read_version(row: tuple[str, str, str, str, int]) -> Version:
    workflow, version, form, document, created_at = row
    return Version(workflow, version, form, document, from_micros(created_at))
