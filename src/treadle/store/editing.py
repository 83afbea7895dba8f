"""Who is editing a workflow: one at a time, as long as they say so now and then."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from treadle.store.database import Database
from treadle.store.rows import from_micros, to_micros

GONE_AFTER = 90.0
"""Seconds after which who has not been heard of edits no more: browsers let a window in the background speak once a
minute."""
_COLUMNS = 'workflow, "window", user_id, name, since, seen_at'


@dataclass(frozen=True, slots=True)
class Editor:
    """`window` tells one editor from the next, also of one user; `name` is for people."""

    workflow: str
    window: str
    user_id: str | None
    name: str
    since: datetime
    seen_at: datetime


class Editing(Database):
    """The table `editing`: a sign on the door, no lock. What is saved is kept apart by the draft's revision."""

    async def keep_editing(
        self, workflow: str, window: str, *, user_id: str | None, name: str, take_over: bool = False
    ) -> Editor:
        """Who edits it now: whoever calls this, unless somebody else does and it does not `take_over`."""
        now = self._now()

        def work(connection: sqlite3.Connection) -> Editor:
            found = _find(connection, workflow, now)
            if found is not None and found.window != window and not take_over:
                return found
            goes_on = found is not None and found.window == window
            editor = Editor(workflow, window, user_id, name, found.since if found and goes_on else now, now)
            connection.execute(
                f"INSERT INTO editing ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (workflow) DO UPDATE SET"
                ' "window" = excluded."window", user_id = excluded.user_id, name = excluded.name,'
                " since = excluded.since, seen_at = excluded.seen_at",
                (workflow, window, user_id, name, to_micros(editor.since), to_micros(now)),
            )
            return editor

        return await self.write(work)

    async def find_editor(self, workflow: str) -> Editor | None:
        """Who has said so in the last `GONE_AFTER` seconds."""
        now = self._now()
        return await self.read(lambda connection: _find(connection, workflow, now))

    async def end_editing(self, workflow: str, window: str) -> None:
        """Nothing where somebody else edits it."""
        statement = 'DELETE FROM editing WHERE workflow = ? AND "window" = ?'
        await self.write(lambda connection: connection.execute(statement, (workflow, window)))


def _find(connection: sqlite3.Connection, workflow: str, now: datetime) -> Editor | None:
    row = connection.execute(f"SELECT {_COLUMNS} FROM editing WHERE workflow = ?", (workflow,)).fetchone()
    if row is None:
        return None
    name, window, user_id, who, since, seen_at = row
    editor = Editor(name, window, user_id, who, from_micros(since), from_micros(seen_at))
    return editor if now - editor.seen_at <= timedelta(seconds=GONE_AFTER) else None
