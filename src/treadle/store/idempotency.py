"""Requests that were named by a key, so that sending one twice does it once."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from treadle.store.codec import decode, encode
from treadle.store.database import Database
from treadle.store.rows import to_micros

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class KeptResponse:
    """What is known of a request with this key. `status` None: it is under way in the process `by`; `body` None: what
    was answered is not kept."""

    request: str
    status: int | None
    headers: Headers
    body: bytes | None
    by: str | None = None


class Idempotency(Database):
    """Keys of requests, each belonging to whoever sent it."""

    async def begin_request(
        self, actor: str, key: str, *, request: str, by: str, expires_at: datetime
    ) -> KeptResponse | None:
        """None when the key is new, and the caller's to do the request with; else what was kept of it."""
        now = to_micros(self._now())

        def work(connection: sqlite3.Connection) -> KeptResponse | None:
            connection.execute("DELETE FROM idempotency WHERE expires_at <= ?", (now,))
            row = connection.execute(
                "SELECT request, status, headers, body FROM idempotency WHERE actor = ? AND key = ?", (actor, key)
            ).fetchone()
            if row is not None:
                before, status, headers, body = row
                if status is None:
                    return KeptResponse(before, None, (), None, by=headers)
                return KeptResponse(before, status, [(name, value) for name, value in decode(headers)], body)
            connection.execute(
                "INSERT INTO idempotency (actor, key, request, headers, expires_at) VALUES (?, ?, ?, ?, ?)",
                (actor, key, request, by, to_micros(expires_at)),
            )
            return None

        return await self.write(work)

    async def keep_response(self, actor: str, key: str, *, status: int, headers: Headers, body: bytes | None) -> None:
        """What was answered to the request that claimed the key."""
        row = (status, encode([list(pair) for pair in headers]), body, actor, key)
        statement = "UPDATE idempotency SET status = ?, headers = ?, body = ? WHERE actor = ? AND key = ?"
        await self.write(lambda connection: connection.execute(statement, row))

    async def forget_request(self, actor: str, key: str) -> None:
        """The request came to nothing: the key may be used again."""
        statement = "DELETE FROM idempotency WHERE actor = ? AND key = ?"
        await self.write(lambda connection: connection.execute(statement, (actor, key)))
