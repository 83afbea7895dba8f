"""Published workflow versions: immutable, found by their digest or number; and when each was made the latest."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from treadle.errors import Conflict, NotFound
from treadle.store.database import Database
from treadle.store.rows import from_micros, to_micros
from treadle.store.triggers import Trigger, read_revision, trigger_row, write_triggers
from treadle.store.workflows import unknown_workflow

ReleaseKind = Literal["published", "rolled_back"]
_COLUMNS = "workflow, version, number, form, document, note, author, created_at"
_LAST = "SELECT version, at FROM releases WHERE workflow = ? ORDER BY at DESC LIMIT 1"
_KEPT_LAST = (
    "SELECT version, created_at FROM versions WHERE workflow = ? AND number > 0"
    " ORDER BY created_at DESC, version DESC LIMIT 1"
)
_LATEST = (
    "coalesce((SELECT version FROM releases WHERE workflow = one.workflow ORDER BY at DESC LIMIT 1),"
    " (SELECT version FROM versions WHERE workflow = one.workflow AND number > 0"
    " ORDER BY created_at DESC, version DESC LIMIT 1))"
)
"""Of the workflow of `one`: the version that was released last; of one that never was, the one that was kept last."""
_NEXT = "(SELECT max(coalesce(max(number), 0), 0) + 1 FROM versions WHERE workflow = ?)"
_NEXT_TRIAL = "(SELECT min(coalesce(min(number), 0), 0) - 1 FROM versions WHERE workflow = ?)"


@dataclass(frozen=True, slots=True)
class Version:
    """A workflow as it was published or run, the `number`th of its name.

    `document` is its file as JSON text, `created_at` when it was last made the latest; of one that never was, when it
    was kept. A trial has only been run as a test: it is in no list, never the latest, and its number is none of theirs.
    """

    workflow: str
    version: str
    form: str
    document: str
    created_at: datetime
    number: int = 0
    note: str | None = None
    author: str | None = None

    @property
    def is_trial(self) -> bool:
        return self.number < 0


@dataclass(frozen=True, slots=True)
class Release:
    """That a version was made the latest."""

    workflow: str
    version: str
    at: datetime
    kind: ReleaseKind
    note: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Following:
    """The triggers that deployments, by id, have of the version that is to be the latest; as found at `revision`."""

    triggers: Mapping[str, Sequence[Trigger]] = field(default_factory=dict[str, Sequence[Trigger]])
    revision: int | None = None


class Versions(Database):
    async def keep_version(self, workflow: str, version: str, document: str, *, form: str = "nodes") -> None:
        """Keep a version that is run, without making it the latest of a workflow that has been released."""
        now = to_micros(self._now())

        def work(connection: sqlite3.Connection) -> None:
            last = connection.execute(_KEPT_LAST, (workflow,)).fetchone() or (None, 0)
            at = max(now, last[1] + 1)
            _take_up(connection, workflow, version)
            if not _is_known(connection, workflow, version):
                _insert(connection, (workflow, version), (form, document, None, None, at))
            elif last[0] != version and connection.execute(_LAST, (workflow,)).fetchone() is None:
                statement = "UPDATE versions SET created_at = ? WHERE workflow = ? AND version = ?"
                connection.execute(statement, (at, workflow, version))

        await self.write(work)

    async def keep_trial(self, workflow: str, version: str, document: str, *, form: str = "nodes") -> None:
        """Keep what is run as a test, for as long as there is a run of it."""
        now = to_micros(self._now())

        def work(connection: sqlite3.Connection) -> None:
            if not _is_known(connection, workflow, version):
                _insert(connection, (workflow, version), (form, document, None, None, now), number=_NEXT_TRIAL)
                return
            connection.execute(
                "UPDATE versions SET created_at = ? WHERE workflow = ? AND version = ? AND number < 0",
                (now, workflow, version),
            )

        await self.write(work)

    async def save_version(
        self,
        workflow: str,
        version: str,
        document: str,
        *,
        form: str = "nodes",
        note: str | None = None,
        author: str | None = None,
        following: Following | None = None,
    ) -> bool:
        """Make a version the latest, and give those that follow it their triggers. True when it never was the latest
        before; of one that was, nothing else changes.

        Raises `Conflict` (`triggers_changed`) when `following` is not what there is any more; nothing is changed then.
        """
        now = self._now()

        def work(connection: sqlite3.Connection) -> bool:
            _follow(connection, following, now)
            is_new = not _was_released(connection, workflow, version)
            at = _make_latest(connection, workflow, version, to_micros(now), "published", note, author)
            if not is_new or at is None:
                return False
            if _is_known(connection, workflow, version):  # it has been run
                connection.execute(
                    "UPDATE versions SET note = ?, author = ? WHERE workflow = ? AND version = ?",
                    (note, author, workflow, version),
                )
            else:
                _insert(connection, (workflow, version), (form, document, note, author, at))
            return True

        return await self.write(work)

    async def restore_version(
        self,
        workflow: str,
        version: str,
        *,
        note: str | None = None,
        author: str | None = None,
        following: Following | None = None,
    ) -> bool:
        """Make an older version the latest again; False when it is. Raises `NotFound`, and as `save_version` does."""
        now = self._now()

        def work(connection: sqlite3.Connection) -> bool:
            if not _is_known(connection, workflow, version):
                raise _unknown(workflow, version)
            if _make_latest(connection, workflow, version, to_micros(now), "rolled_back", note, author) is None:
                return False
            _follow(connection, following, now)
            return True

        return await self.write(work)

    async def get_version(self, workflow: str, version: str | None = None) -> Version:
        """The named version, or the latest. Raises `NotFound`."""
        statement = f"SELECT {_COLUMNS} FROM versions AS one WHERE workflow = ? AND version = coalesce(?, {_LATEST})"
        row = await self.read(lambda c: c.execute(statement, (workflow, version)).fetchone())
        if row is None:
            if version is None and await self.read(lambda c: _has_draft(c, workflow)):
                remedy = "Publish its draft."
                raise NotFound(
                    f"`{workflow}` has no version yet.", code="unknown_version", remedy=remedy, workflow=workflow
                )
            raise _unknown(workflow, version)
        return _read_version(row)

    async def find_number(self, workflow: str, version: str) -> int | None:
        """The number of a version; None where it is not kept."""
        statement = "SELECT number FROM versions WHERE workflow = ? AND version = ?"
        row = await self.read(lambda c: c.execute(statement, (workflow, version)).fetchone())
        return None if row is None else row[0]

    async def find_numbered(self, workflow: str, number: int) -> Version | None:
        """The version with this number."""
        statement = f"SELECT {_COLUMNS} FROM versions WHERE workflow = ? AND number = ?"
        row = await self.read(lambda c: c.execute(statement, (workflow, number)).fetchone())
        return None if row is None else _read_version(row)

    async def list_versions(self, workflow: str | None = None) -> list[Version]:
        """The versions of `workflow`, or the latest of every workflow; the latest first."""
        if workflow is not None:
            statement = (
                f"SELECT {_COLUMNS} FROM versions AS one WHERE workflow = ? AND number > 0"
                f" ORDER BY version = {_LATEST} DESC, created_at DESC, version DESC"
            )
            rows = await self.read(lambda c: c.execute(statement, (workflow,)).fetchall())
            return [_read_version(row) for row in rows]
        statement = (
            f"SELECT {_COLUMNS} FROM versions AS one WHERE version = {_LATEST} ORDER BY created_at DESC, workflow"
        )
        return [_read_version(row) for row in await self.read(lambda c: c.execute(statement).fetchall())]

    async def list_releases(self, workflow: str) -> list[Release]:
        """Which version was made the latest when; newest first."""
        statement = "SELECT workflow, version, at, kind, note, author FROM releases WHERE workflow = ? ORDER BY at DESC"
        rows = await self.read(lambda c: c.execute(statement, (workflow,)).fetchall())
        return [Release(name, version, from_micros(at), *rest) for name, version, at, *rest in rows]

    async def count_runs_by_version(self, workflow: str) -> dict[str, dict[str, int]]:
        """How many runs of each version are under way or wait, by version and status."""
        statement = (
            "SELECT version, status, count(*) FROM runs WHERE status IN ('queued', 'running', 'suspended')"
            " AND workflow = ? GROUP BY version, status"
        )
        counts: dict[str, dict[str, int]] = {}
        for version, status, number in await self.read(lambda c: c.execute(statement, (workflow,)).fetchall()):
            counts.setdefault(version, {})[status] = number
        return counts


def _make_latest(
    connection: sqlite3.Connection,
    workflow: str,
    version: str,
    now: int,
    kind: ReleaseKind,
    note: str | None,
    author: str | None,
) -> int | None:
    """From when on the version is the latest; None when it was."""
    last = connection.execute(_LAST, (workflow,)).fetchone() or (None, 0)
    if last[0] == version:
        return None
    _take_up(connection, workflow, version)
    # Also where the clock was put back, or two come at once.
    at = max(now, last[1] + 1, (connection.execute(_KEPT_LAST, (workflow,)).fetchone() or (None, 0))[1] + 1)
    connection.execute("UPDATE versions SET created_at = ? WHERE workflow = ? AND version = ?", (at, workflow, version))
    connection.execute(
        "INSERT INTO releases (workflow, at, version, kind, note, author) VALUES (?, ?, ?, ?, ?, ?)",
        (workflow, at, version, kind, note, author),
    )
    return at


def _follow(connection: sqlite3.Connection, following: Following | None, now: datetime) -> None:
    if following is None:
        return
    if following.revision is not None and read_revision(connection) != following.revision:
        raise Conflict(
            "Deployments were changed meanwhile.",
            code="triggers_changed",
            remedy="Try again: nothing has been changed.",
        )
    for deployment, triggers in following.triggers.items():
        write_triggers(connection, deployment, [trigger_row(trigger, now) for trigger in triggers])


def _insert(
    connection: sqlite3.Connection,
    key: tuple[str, str],
    content: tuple[str, str, str | None, str | None, int],
    *,
    number: str = _NEXT,
) -> None:
    connection.execute(
        f"INSERT INTO versions ({_COLUMNS}) VALUES (?, ?, {number}, ?, ?, ?, ?, ?)", (*key, key[0], *content)
    )


def _take_up(connection: sqlite3.Connection, workflow: str, version: str) -> None:
    """Number what was a trial so far among the versions."""
    connection.execute(
        f"UPDATE versions SET number = {_NEXT} WHERE workflow = ? AND version = ? AND number < 0",
        (workflow, workflow, version),
    )


def purge_trials(connection: sqlite3.Connection, *, before: int, most: int) -> None:
    """Drop trials from before (microseconds) that no run is of any more."""
    connection.execute(
        "DELETE FROM versions WHERE (workflow, version) IN (SELECT workflow, version FROM versions AS one"
        " WHERE number < 0 AND created_at < ? AND NOT EXISTS (SELECT 1 FROM runs WHERE mode <> 'live'"
        " AND mode = 'test' AND runs.workflow = one.workflow AND runs.version = one.version) LIMIT ?)",
        (before, most),
    )


def _was_released(connection: sqlite3.Connection, workflow: str, version: str) -> bool:
    statement = "SELECT 1 FROM releases WHERE workflow = ? AND version = ?"
    return connection.execute(statement, (workflow, version)).fetchone() is not None


def _is_known(connection: sqlite3.Connection, workflow: str, version: str) -> bool:
    statement = "SELECT 1 FROM versions WHERE workflow = ? AND version = ?"
    return connection.execute(statement, (workflow, version)).fetchone() is not None


def _unknown(workflow: str, version: str | None) -> NotFound:
    remedy = "Running or deploying a workflow file stores it."
    if version is None:
        return unknown_workflow(workflow, remedy)
    return NotFound(f"There is no version `{version}` of workflow `{workflow}`.", code="unknown_version", remedy=remedy)


def _has_draft(connection: sqlite3.Connection, workflow: str) -> bool:
    statement = "SELECT 1 FROM drafts WHERE workflow = ? AND document <> ''"
    return connection.execute(statement, (workflow,)).fetchone() is not None


def _read_version(row: tuple[str, str, int, str, str, str | None, str | None, int]) -> Version:
    workflow, version, number, form, document, note, author, created_at = row
    return Version(workflow, version, form, document, from_micros(created_at), number, note, author)
