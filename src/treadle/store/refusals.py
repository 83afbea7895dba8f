"""Refusals: fire times and events that could start no run, counted, and the last of each deployment kept to be read."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from treadle.errors import TreadleError
from treadle.store.codec import decode, encode
from treadle.store.counting import count_refused
from treadle.store.database import Database
from treadle.store.rows import from_micros, to_micros

_OWNER = "refused"
_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a run could not be started: `about` is the fire time, or the event by its topic and id."""

    at: datetime
    about: str
    code: str
    message: str

    @classmethod
    def of(cls, error: Exception, *, about: str, at: datetime) -> Self:
        if isinstance(error, TreadleError):
            return cls(at, about, error.code, str(error))
        kind = type(error).__name__
        return cls(at, about, kind, f"{kind}: {error}")

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


class Refusals(Database):
    async def note_refusal(self, deployment_id: str, trigger_id: str, seed: str, refusal: Refusal) -> bool:
        """Count that `seed` (an event's id, or a fire time) started no run, and use it up: it starts none later either.
        False when it has been used up already."""
        at = to_micros(refusal.at)
        text = encode([at, refusal.about, refusal.code, refusal.message[:_SHOWN]])

        def work(connection: sqlite3.Connection) -> bool:
            added = connection.execute(
                "INSERT OR IGNORE INTO claims (owner, key, token, at) VALUES (?, ?, 'refused', ?)",
                (f"fired:{deployment_id}/{trigger_id}", seed, at),
            ).rowcount
            if not added:
                return False
            count_refused(connection, deployment_id)
            connection.execute(
                "INSERT INTO state (owner, key, value) VALUES (?, ?, ?)"
                " ON CONFLICT (owner, key) DO UPDATE SET value = excluded.value",
                (_OWNER, deployment_id, text),
            )
            return True

        return await self.write(work)

    async def list_refusals(self) -> dict[str, Refusal]:
        """The last of each deployment, by its id."""
        rows = await self.read(
            lambda c: c.execute("SELECT key, value FROM state WHERE owner = ?", (_OWNER,)).fetchall()
        )
        found: dict[str, Refusal] = {}
        for deployment_id, text in rows:
            at, about, code, message = decode(text)
            found[deployment_id] = Refusal(from_micros(at), about, code, message)
        return found
