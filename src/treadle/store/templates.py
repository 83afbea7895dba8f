"""Templates that were published here, what was made of templates, and what users say of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from treadle.errors import Conflict
from treadle.store.database import Database
from treadle.store.rows import from_micros, to_micros

LATEST_RUNS = 200
"""Runs of each workflow that count: what a workflow did long ago says little of it now."""
_COLUMNS = "name, document, owner, author, created_at, updated_at"
_JUDGED = " UNION ALL ".join(
    f"SELECT * FROM (SELECT id, status FROM runs WHERE workflow = ?1 AND status = '{status}' AND mode <> 'test'"
    f" ORDER BY id DESC LIMIT {LATEST_RUNS})"
    for status in ("completed", "failed")
)
_TALLY = (
    "SELECT coalesce(sum(status = 'completed'), 0), coalesce(sum(status = 'failed'), 0)"
    f" FROM (SELECT status FROM ({_JUDGED}) ORDER BY id DESC LIMIT {LATEST_RUNS})"
)
"""Read off the ends of two ranges of an index, however many runs there are."""


@dataclass(frozen=True, slots=True)
class StoredTemplate:
    """`owner` is a user's id, None: nobody's in particular; `author` a name for people. `document` is its file."""

    name: str
    document: str
    owner: str | None
    author: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """A workflow that was made of a template, and what its latest runs came to."""

    template: str
    workflow: str
    at: datetime
    completed: int
    failed: int


@dataclass(frozen=True, slots=True)
class Review:
    """What a user says of a template; an empty `user_id` is whoever works on the machine itself."""

    template: str
    user_id: str
    name: str
    rating: int
    comment: str | None
    at: datetime


class Templates(Database):
    """The tables `templates`, `template_uses` and `template_reviews`."""

    async def save_template(
        self, name: str, document: str, *, owner: str | None, author: str | None, replaces: bool
    ) -> None:
        """Raises `Conflict` (`template_exists`) unless it `replaces` one, which keeps its owner then."""
        now = to_micros(self._now())

        def work(connection: sqlite3.Connection) -> None:
            found = connection.execute("SELECT 1 FROM templates WHERE name = ?", (name,)).fetchone()
            if found is not None and not replaces:
                raise template_exists(name)
            connection.execute(
                f"INSERT INTO templates ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
                " document = excluded.document, author = excluded.author, updated_at = excluded.updated_at",
                (name, document, owner, author, now, now),
            )

        await self.write(work)

    async def find_template(self, name: str) -> StoredTemplate | None:
        statement = f"SELECT {_COLUMNS} FROM templates WHERE name = ?"
        row = await self.read(lambda c: c.execute(statement, (name,)).fetchone())
        return None if row is None else _read(row)

    async def list_templates(self) -> Sequence[StoredTemplate]:
        """By name."""
        statement = f"SELECT {_COLUMNS} FROM templates ORDER BY name"
        return [_read(row) for row in await self.read(lambda c: c.execute(statement).fetchall())]

    async def delete_template(self, name: str) -> None:
        """With its reviews. What was made of it stays, and is not counted for another of its name."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM templates WHERE name = ?", (name,))
            connection.execute("DELETE FROM template_uses WHERE template = ?", (name,))
            connection.execute("DELETE FROM template_reviews WHERE template = ?", (name,))

        await self.write(work)

    async def note_template_use(self, template: str, workflow: str) -> None:
        row = (workflow, template, to_micros(self._now()))
        statement = (
            "INSERT INTO template_uses (workflow, template, at) VALUES (?, ?, ?)"
            " ON CONFLICT (workflow) DO UPDATE SET template = excluded.template, at = excluded.at"
        )
        await self.write(lambda c: c.execute(statement, row))

    async def list_template_uses(self, template: str | None = None) -> Sequence[TemplateUse]:
        """Of one template, or of all; the newest first."""

        def query(connection: sqlite3.Connection) -> list[TemplateUse]:
            where, given = ("", ()) if template is None else (" WHERE template = ?", (template,))
            statement = f"SELECT template, workflow, at FROM template_uses{where} ORDER BY at DESC, workflow"
            return [
                TemplateUse(name, workflow, from_micros(at), *connection.execute(_TALLY, (workflow,)).fetchone())
                for name, workflow, at in connection.execute(statement, given).fetchall()
            ]

        return await self.read(query)

    async def put_review(self, template: str, user_id: str, *, name: str, rating: int, comment: str | None) -> None:
        """A user's review, over the one they wrote before."""
        row = (template, user_id, name, rating, comment, to_micros(self._now()))
        statement = (
            "INSERT INTO template_reviews (template, user_id, name, rating, comment, at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (template, user_id) DO UPDATE SET name = excluded.name, rating = excluded.rating,"
            " comment = excluded.comment, at = excluded.at"
        )
        await self.write(lambda c: c.execute(statement, row))

    async def delete_review(self, template: str, user_id: str) -> bool:
        """Whether there was one."""
        statement = "DELETE FROM template_reviews WHERE template = ? AND user_id = ?"
        return await self.write(lambda c: c.execute(statement, (template, user_id)).rowcount > 0)

    async def list_reviews(self, template: str) -> Sequence[Review]:
        """The newest first."""
        statement = (
            "SELECT template, user_id, name, rating, comment, at FROM template_reviews WHERE template = ?"
            " ORDER BY at DESC, user_id"
        )
        rows = await self.read(lambda c: c.execute(statement, (template,)).fetchall())
        return [
            Review(of, user, name, rating, comment, from_micros(at)) for of, user, name, rating, comment, at in rows
        ]

    async def rate_templates(self) -> Mapping[str, tuple[int, float]]:
        """Each template that was rated: by how many, and their mean."""
        statement = "SELECT template, count(*), avg(rating) FROM template_reviews GROUP BY template"
        rows = await self.read(lambda c: c.execute(statement).fetchall())
        return {template: (number, mean) for template, number, mean in rows}


def template_exists(name: str, *, ours: bool = False) -> Conflict:
    whose = "one of Treadle's own" if ours else "there already"
    return Conflict(
        f"The template `{name}` is {whose}.",
        code="template_exists",
        remedy="Choose another name." if ours else "Choose another name, or replace it.",
        template=name,
    )


def _read(row: tuple[str, str, str | None, str | None, int, int]) -> StoredTemplate:
    name, document, owner, author, created, updated = row
    return StoredTemplate(name, document, owner, author, from_micros(created), from_micros(updated))
