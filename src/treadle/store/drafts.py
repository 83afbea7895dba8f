"""Drafts: a workflow on its way to its next version, kept as it was written, however unfinished."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from treadle.errors import Conflict, NotFound
from treadle.store.codec import encode
from treadle.store.database import Database
from treadle.store.rows import from_micros, to_micros

_COLUMNS = "workflow, revision, form, document, base_version, updated_at, about"
_GONE = ""
"""The text of a draft that was discarded. Its row stays, so that a revision never comes again."""


@dataclass(frozen=True, slots=True)
class Draft:
    """`document` is the text as it was written, which need be no workflow yet. `base_version` is the version it was
    begun from. Each change has a higher `revision`."""

    workflow: str
    revision: int
    form: str
    document: str
    base_version: str | None
    updated_at: datetime


class Drafts(Database):
    """One draft a workflow. Who changes it names the revision it has read, so that of two neither is lost unseen."""

    async def save_draft(
        self,
        workflow: str,
        document: str,
        *,
        revision: int | None,
        form: str = "nodes",
        base_version: str | None = None,
        about: Mapping[str, Any] | None = None,
    ) -> Draft:
        """Write a draft over the one with this revision (None: where there is none). `about` is what lists show of it:
        title, description, tags. Raises `Conflict` (`draft_changed`)."""
        now = self._now()

        def work(connection: sqlite3.Connection) -> Draft:
            row = _find(connection, workflow)
            found = None if row is None or row[3] == _GONE else row[1]
            if found != revision:
                raise _changed(workflow, revision, found)
            following = 1 if row is None else row[1] + 1
            base = base_version if found is None or row is None else row[4]
            told = None if about is None else encode(dict(about))
            _write(connection, (workflow, following, form, document, base, to_micros(now), told))
            return Draft(workflow, following, form, document, base, now)

        return await self.write(work)

    async def find_draft(self, workflow: str) -> Draft | None:
        row = await self.read(lambda c: _find(c, workflow))
        return None if row is None or row[3] == _GONE else _read_draft(row)

    async def list_drafts(self) -> list[Draft]:
        """Those changed last come first."""
        statement = f"SELECT {_COLUMNS} FROM drafts WHERE document <> ? ORDER BY updated_at DESC, workflow"
        return [_read_draft(row) for row in await self.read(lambda c: c.execute(statement, (_GONE,)).fetchall())]

    async def discard_draft(self, workflow: str, *, revision: int | None = None) -> None:
        """Raises `NotFound` where there is none and, with `revision`, `Conflict` (`draft_changed`) where it has
        another."""
        now = to_micros(self._now())

        def work(connection: sqlite3.Connection) -> None:
            row = _find(connection, workflow)
            if row is None or row[3] == _GONE:
                raise unknown_draft(workflow)
            if revision is not None and row[1] != revision:
                raise _changed(workflow, revision, row[1])
            _write(connection, (workflow, row[1] + 1, row[2], _GONE, None, now, None))

        await self.write(work)


def unknown_draft(workflow: str) -> NotFound:
    return NotFound(
        f"There is no draft of `{workflow}`.",
        code="unknown_draft",
        remedy=f"Save one: `treadle draft save FILE`; its versions are listed by `treadle versions {workflow}`.",
        workflow=workflow,
    )


def _find(connection: sqlite3.Connection, workflow: str) -> tuple[Any, ...] | None:
    return connection.execute(f"SELECT {_COLUMNS} FROM drafts WHERE workflow = ?", (workflow,)).fetchone()


def _write(connection: sqlite3.Connection, row: tuple[Any, ...]) -> None:
    connection.execute(
        f"INSERT INTO drafts ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (workflow) DO UPDATE SET"
        " revision = excluded.revision, form = excluded.form, document = excluded.document,"
        " base_version = excluded.base_version, updated_at = excluded.updated_at, about = excluded.about",
        row,
    )


def _changed(workflow: str, given: int | None, found: int | None) -> Conflict:
    stands = "it is gone" if found is None else f"it is at revision {found}"
    read = "there was none" if given is None else f"it was at revision {given}"
    return Conflict(
        f"The draft of `{workflow}` has changed since you read it: {read}, now {stands}.",
        code="draft_changed",
        remedy="Read it again, put your changes into it, and save that. Nothing has been written.",
        workflow=workflow,
        revision=found,
    )


def _read_draft(row: tuple[Any, ...]) -> Draft:
    workflow, revision, form, document, base_version, updated_at, _ = row
    return Draft(workflow, revision, form, document, base_version, from_micros(updated_at))
