"""Workflows by name: what is known of each, whatever it consists of so far: a draft, versions, or only its name."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from treadle.errors import Conflict, NotFound
from treadle.store.codec import decode, encode
from treadle.store.database import Database
from treadle.store.holdings import Room, count_owned
from treadle.store.rows import from_micros, to_micros

Sort = Literal["name", "-name", "updated", "-updated"]
"""`-`: the last comes first."""
SORTS: tuple[Sort, ...] = get_args(Sort)

_LATEST = (
    "coalesce((SELECT version FROM releases WHERE workflow = known.name ORDER BY at DESC LIMIT 1),"
    " (SELECT version FROM versions WHERE workflow = known.name AND number > 0"
    " ORDER BY created_at DESC, version DESC LIMIT 1))"
)
_STATUSES = ("queued", "running", "suspended", "completed", "failed", "cancelled")
_EACH = " UNION ALL ".join(f"SELECT max(id) AS id FROM runs WHERE workflow = ?1 AND status = '{s}'" for s in _STATUSES)
_LAST_RUN = f"SELECT max(id) FROM ({_EACH})"
"""Read off the ends of six ranges of an index, however many runs there are."""
_ALL = (
    "WITH names AS (SELECT name FROM workflows UNION SELECT workflow FROM versions WHERE number > 0"
    " UNION SELECT workflow FROM drafts WHERE document <> ''),"
    " known AS (SELECT names.name AS name, workflows.owner AS owner, coalesce(workflows.tags, '[]') AS tags,"
    " workflows.created_at AS created_at, workflows.deleted_at AS deleted_at"
    " FROM names LEFT JOIN workflows ON workflows.name = names.name),"
    " full AS (SELECT known.name, known.owner, known.tags, known.deleted_at,"
    " versions.number AS number, versions.version AS version, drafts.revision AS revision,"
    " drafts.updated_at AS drafted_at,"
    # Of what was never published, what the draft says.
    " CASE WHEN versions.version IS NULL THEN json_extract(drafts.about, '$.title')"
    " ELSE json_extract(versions.document, '$.workflow.title') END AS title,"
    " CASE WHEN versions.version IS NULL THEN json_extract(drafts.about, '$.description')"
    " ELSE json_extract(versions.document, '$.workflow.description') END AS description,"
    " coalesce(CASE WHEN versions.version IS NULL THEN json_extract(drafts.about, '$.tags')"
    " ELSE json_extract(versions.document, '$.workflow.tags') END, '[]') AS written_tags,"
    " coalesce(known.created_at, versions.created_at, drafts.updated_at) AS created_at,"
    " max(coalesce(known.created_at, 0), coalesce(versions.created_at, 0), coalesce(drafts.updated_at, 0))"
    " AS updated_at"
    " FROM known LEFT JOIN versions ON versions.workflow = known.name"
    f" AND versions.version = {_LATEST}"
    " LEFT JOIN drafts ON drafts.workflow = known.name AND drafts.document <> '')"
)
_COLUMNS = (
    "name, owner, tags, written_tags, title, description, number, version, revision, drafted_at,"
    " created_at, updated_at, deleted_at"
)


@dataclass(frozen=True, slots=True)
class LastRun:
    id: str
    status: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class DeploymentBrief:
    name: str
    status: str
    mode: str


@dataclass(frozen=True, slots=True)
class WorkflowSummary:
    """A workflow in a list. `number` and `version` (its digest) are the latest version's, `revision` the draft's; None:
    there is none. `tags` are those in its file and those it was given. `updated_at` is when it was last published or
    its draft changed."""

    name: str
    owner: str | None
    tags: tuple[str, ...]
    title: str | None
    description: str | None
    number: int | None
    version: str | None
    revision: int | None
    drafted_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    given_tags: tuple[str, ...] = ()
    deployments: tuple[DeploymentBrief, ...] = ()
    last_run: LastRun | None = None


@dataclass(frozen=True, slots=True)
class WorkflowFilter:
    """Which workflows. `search` is looked for in name, title and description. `after` is the last one of the page
    before, by what it is sorted by and its name."""

    search: str | None = None
    tag: str | None = None
    owner: str | None = None
    deleted: bool = False
    hidden: Collection[str] = ()
    sort: Sort = "name"
    after: tuple[str | int, str] | None = None


class Workflows(Database):
    """The table of workflows, and lists made of it with versions, drafts, deployments and runs."""

    async def create_workflow(
        self, name: str, *, owner: str | None, tags: Collection[str] = (), room: Room | None = None
    ) -> None:
        """Raises `Conflict` (`workflow_exists`), also where it is in the bin or only a draft or version is known, and
        what `room` does."""
        row = (name, owner, encode(sorted(set(tags))), to_micros(self._now()))

        def work(connection: sqlite3.Connection) -> None:
            found = connection.execute(f"{_ALL} SELECT deleted_at FROM full WHERE name = ?", (name,)).fetchone()
            if found is not None:
                raise _exists(name, deleted=found[0] is not None)
            if owner is not None and room is not None:
                room(count_owned(connection, owner))
            connection.execute("INSERT INTO workflows (name, owner, tags, created_at) VALUES (?, ?, ?, ?)", row)

        await self.write(work)

    async def forget_workflow(self, name: str) -> None:
        """Take back `create_workflow`."""
        await self.write(lambda c: c.execute("DELETE FROM workflows WHERE name = ?", (name,)))

    async def find_workflow(self, name: str) -> WorkflowSummary | None:
        """With its deployments and its last run; in the bin or not."""

        def query(connection: sqlite3.Connection) -> WorkflowSummary | None:
            row = connection.execute(f"{_ALL} SELECT {_COLUMNS} FROM full WHERE name = ?", (name,)).fetchone()
            return None if row is None else _read(connection, row)

        return await self.read(query)

    async def list_workflows(self, which: WorkflowFilter, *, limit: int) -> list[WorkflowSummary]:
        key = "name" if which.sort.endswith("name") else "updated_at"
        down = which.sort.startswith("-")
        where = ["deleted_at IS NOT NULL" if which.deleted else "deleted_at IS NULL"]
        given: dict[str, Any] = {"limit": limit}
        if which.search:
            like = which.search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            given["search"] = f"%{like}%"
            fields = ("name", "coalesce(title, '')", "coalesce(description, '')")
            where.append("(" + " OR ".join(f"{field} LIKE :search ESCAPE '\\'" for field in fields) + ")")
        if which.tag is not None:
            given["tag"] = which.tag
            where.append(
                "(EXISTS (SELECT 1 FROM json_each(tags) WHERE value = :tag)"
                " OR EXISTS (SELECT 1 FROM json_each(written_tags) WHERE value = :tag))"
            )
        if which.owner is not None:
            given["owner"] = which.owner
            where.append("owner = :owner")
        if which.hidden:
            given["hidden"] = encode(sorted(which.hidden))
            where.append("name NOT IN (SELECT value FROM json_each(:hidden))")
        if which.after is not None:
            given["at"], given["name"] = which.after
            where.append(f"({key}, name) {'<' if down else '>'} (:at, :name)")
        order = f"{key} {'DESC' if down else 'ASC'}, name {'DESC' if down else 'ASC'}"
        statement = f"{_ALL} SELECT {_COLUMNS} FROM full WHERE {' AND '.join(where)} ORDER BY {order} LIMIT :limit"

        def query(connection: sqlite3.Connection) -> list[WorkflowSummary]:
            return [_read(connection, row) for row in connection.execute(statement, given).fetchall()]

        return await self.read(query)

    async def count_tags(self, hidden: Collection[str] = ()) -> dict[str, int]:
        """Every tag and how many workflows have it."""
        statement = (
            f"{_ALL}, tagged AS (SELECT name, value AS tag FROM full, json_each(full.tags) WHERE deleted_at IS NULL"
            " UNION SELECT name, value FROM full, json_each(full.written_tags) WHERE deleted_at IS NULL)"
            " SELECT tag, count(*) FROM tagged WHERE name NOT IN (SELECT value FROM json_each(?))"
            " GROUP BY tag ORDER BY tag"
        )
        given = (encode(sorted(hidden)),)
        return dict(await self.read(lambda c: c.execute(statement, given).fetchall()))

    async def set_tags(self, name: str, tags: Collection[str]) -> None:
        """Those it is given beside those in its file."""
        row = (name, encode(sorted(set(tags))), to_micros(self._now()))
        await self.write(
            lambda c: c.execute(
                "INSERT INTO workflows (name, tags, created_at) VALUES (?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET tags = excluded.tags",
                row,
            )
        )

    async def delete_workflow(self, name: str) -> None:
        """Put it into the bin. Raises `Conflict` (`workflow_deployed`) while a deployment of it is not stopped."""
        now = to_micros(self._now())

        def work(connection: sqlite3.Connection) -> None:
            found = connection.execute(
                "SELECT name FROM deployments WHERE workflow = ? AND status <> 'stopped' ORDER BY name", (name,)
            ).fetchall()
            if found:
                names = [one for (one,) in found]
                raise Conflict(
                    f"`{name}` is deployed: {', '.join(f'`{one}`' for one in names[:10])}.",
                    code="workflow_deployed",
                    remedy="Stop its deployments first. Nothing has been deleted.",
                    workflow=name,
                    deployments=names,
                )
            connection.execute(
                "INSERT INTO workflows (name, tags, created_at, deleted_at) VALUES (?, '[]', ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET deleted_at = coalesce(deleted_at, excluded.deleted_at)",
                (name, now, now),
            )

        await self.write(work)

    async def restore_workflow(self, name: str) -> bool:
        """Take it out of the bin; False when it was not in it."""
        statement = "UPDATE workflows SET deleted_at = NULL WHERE name = ? AND deleted_at IS NOT NULL"
        return await self.write(lambda c: c.execute(statement, (name,)).rowcount > 0)

    async def find_deleted(self, name: str) -> bool:
        """Whether a workflow is in the bin."""
        return await self.read(lambda c: is_deleted(c, name))

    async def list_workflow_names(self) -> list[str]:
        """Of all that are not in the bin."""
        statement = f"{_ALL} SELECT name FROM full WHERE deleted_at IS NULL ORDER BY name"
        return [name for (name,) in await self.read(lambda c: c.execute(statement).fetchall())]


def unknown_workflow(name: str, remedy: str) -> NotFound:
    return NotFound(f"There is no workflow `{name}`.", code="unknown_workflow", remedy=remedy, workflow=name)


def is_deleted(connection: sqlite3.Connection, name: str) -> bool:
    statement = "SELECT 1 FROM workflows WHERE name = ? AND deleted_at IS NOT NULL"
    return connection.execute(statement, (name,)).fetchone() is not None


def workflow_deleted(name: str) -> Conflict:
    return Conflict(f"`{name}` is in the bin.", code="workflow_deleted", remedy="Restore it first.", workflow=name)


def _exists(name: str, *, deleted: bool) -> Conflict:
    if deleted:
        return Conflict(
            f"A workflow `{name}` is in the bin.",
            code="workflow_exists",
            remedy="Restore it, or choose another name.",
            workflow=name,
        )
    return Conflict(
        f"There is a workflow `{name}` already.",
        code="workflow_exists",
        remedy="Change that one, or choose another name.",
        workflow=name,
    )


def _read(connection: sqlite3.Connection, row: Sequence[Any]) -> WorkflowSummary:
    name, owner, tags, written, title, description, number, version, revision, *times = row
    drafted, created, updated, deleted = (None if at is None else from_micros(at) for at in times)
    assert created is not None
    assert updated is not None
    given = tuple(str(tag) for tag in decode(tags))
    every = tuple(dict.fromkeys([*(str(tag) for tag in decode(written)), *given]))
    deployments = connection.execute(
        "SELECT name, status, mode FROM deployments WHERE workflow = ? ORDER BY name", (name,)
    ).fetchall()
    (run_id,) = connection.execute(_LAST_RUN, (name,)).fetchone()
    last: LastRun | None = None
    if run_id is not None:
        found = connection.execute("SELECT status, created_at FROM runs WHERE id = ?", (run_id,)).fetchone()
        last = LastRun(run_id, found[0], from_micros(found[1]))
    return WorkflowSummary(
        name,
        owner,
        every,
        title,
        description,
        number,
        version,
        revision,
        drafted,
        created,
        updated,
        deleted,
        given,
        tuple(DeploymentBrief(*one) for one in deployments),
        last,
    )
