"""What outlives a run, by key: state, claims and the result cache."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from treadle.engine.journal import StateChange
from treadle.store.codec import decode, encode
from treadle.store.database import Database
from treadle.store.group import write_state
from treadle.store.rows import state_row, to_micros


class Keyed(Database):
    """See `Journal` for what each promises."""

    async def read_state(self, owner: str, key: str) -> Any:
        statement = "SELECT value FROM state WHERE owner = ? AND key = ?"
        row = await self.peek(lambda c: c.execute(statement, (owner, key)).fetchone())
        return None if row is None else decode(row[0])

    async def list_state(self, owner: str) -> dict[str, Any]:
        """Everything kept for `owner`, by key."""
        return {key: decode(value) for key, value in (await self.list_state_text(owner)).items()}

    async def list_state_text(self, owner: str) -> dict[str, str]:
        """See `Journal.list_state_text`."""
        statement = "SELECT key, value FROM state WHERE owner = ? ORDER BY key"
        return dict(await self.peek(lambda c: c.execute(statement, (owner,)).fetchall()))

    async def change_state(self, changes: Sequence[StateChange]) -> None:
        """Apply changes from outside of runs, all or none."""
        rows = [state_row(one) for one in changes]

        def work(connection: sqlite3.Connection) -> None:
            for row in rows:
                write_state(connection, *row)

        await self.write(work)

    async def claim_key(self, owner: str, key: str, *, window: float | None, token: str, now: datetime) -> bool:
        at = to_micros(now)

        def work(connection: sqlite3.Connection) -> bool:
            found = connection.execute(
                "SELECT token, at FROM claims WHERE owner = ? AND key = ?", (owner, key)
            ).fetchone()
            if found is not None:
                if found[0] == token:
                    return True
                if window is None or at - found[1] <= window * 1_000_000:
                    return False
            connection.execute(
                "INSERT INTO claims (owner, key, token, at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (owner, key) DO UPDATE SET token = excluded.token, at = excluded.at",
                (owner, key, token, at),
            )
            return True

        return await self.write(work)

    async def find_claim(self, owner: str, key: str) -> str | None:
        """The token under which a key was claimed."""
        statement = "SELECT token FROM claims WHERE owner = ? AND key = ?"
        row = await self.read(lambda c: c.execute(statement, (owner, key)).fetchone())
        return None if row is None else row[0]

    async def find_cached(self, key: str, *, now: datetime) -> Any:
        statement = "SELECT outputs FROM cache WHERE key = ? AND expires_at > ?"
        row = await self.read(lambda c: c.execute(statement, (key, to_micros(now))).fetchone())
        return None if row is None else decode(row[0])

    async def put_cached(self, key: str, outputs: Mapping[str, Any], *, expires_at: datetime) -> None:
        row = (key, encode(outputs), to_micros(expires_at))

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO cache (key, outputs, expires_at) VALUES (?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET outputs = excluded.outputs,"
                " expires_at = excluded.expires_at",
                row,
            )

        await self.write(work)
