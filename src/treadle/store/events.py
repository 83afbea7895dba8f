"""Published events: kept until they have been handed to whoever listens, and a while longer to be looked at."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from treadle.model.published import Published
from treadle.model.run import RunRecord
from treadle.store.codec import decode
from treadle.store.database import Database
from treadle.store.publishing import insert_event
from treadle.store.rows import from_micros, to_micros

log = logging.getLogger("treadle.store")

_KEPT = timedelta(days=7)
"""How long a delivered event stays: as long as whoever published it may ask again whether it is there."""
_REMOVED_AT_ONCE = 1000


class Events(Database):
    """Implements `treadle.engine.exchange.EventStore`, and what delivery needs beside it."""

    async def publish_event(
        self, event_id: str, topic: str, payload: Any, *, now: datetime, by: RunRecord | None = None, hops: int = 0
    ) -> bool:
        at = to_micros(now)
        return await self.write(lambda c: insert_event(c, event_id, topic, payload, at=at, by=by, hops=hops))

    async def list_undelivered(self, limit: int = 100, *, without: Collection[str] = ()) -> list[Published]:
        """Oldest first, `without` those of these ids. One that cannot be read is said, and put aside as delivered: it
        would be found for ever."""
        statement = (
            "SELECT id, topic, payload, at FROM events WHERE delivered_at IS NULL"
            " AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY at, id LIMIT ?"
        )
        found: list[Published] = []
        while not found:
            found, damaged = await self._list(statement, (json.dumps(list(without)), limit))
            if not damaged:
                break
            for event_id, error in damaged.items():
                log.error("Event %s cannot be read, and is delivered to nobody: %s", event_id, error)
            await self.mark_delivered(list(damaged), now=self._now())
        return found

    async def list_events(self, *, topic: str | None = None, limit: int = 50) -> list[Published]:
        """Newest first, delivered or not; without those that cannot be read."""
        statement = (
            "SELECT id, topic, payload, at FROM events WHERE ? IS NULL OR topic = ? ORDER BY at DESC, id LIMIT ?"
        )
        found, _ = await self._list(statement, (topic, topic, limit))
        return found

    async def mark_delivered(self, event_ids: Sequence[str], *, now: datetime) -> None:
        at = to_micros(now)
        rows = [(at, event_id) for event_id in event_ids]

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany("UPDATE events SET delivered_at = ? WHERE id = ? AND delivered_at IS NULL", rows)

        await self.write(work)

    async def purge_events(self, now: datetime) -> int:
        """Remove events that were delivered a week ago; how many went. Works in portions."""
        before, removed = to_micros(now - _KEPT), 0

        def work(connection: sqlite3.Connection) -> int:
            return connection.execute(
                "DELETE FROM events WHERE id IN"
                " (SELECT id FROM events WHERE delivered_at IS NOT NULL AND delivered_at <= ? LIMIT ?)",
                (before, _REMOVED_AT_ONCE),
            ).rowcount

        while portion := await self.write(work):
            removed += portion
        return removed

    async def _list(self, statement: str, values: tuple[Any, ...]) -> tuple[list[Published], dict[str, Exception]]:
        """The events, and what is wrong with those that cannot be read, by their ids."""
        found: list[Published] = []
        damaged: dict[str, Exception] = {}
        for row in await self.read(lambda c: c.execute(statement, values).fetchall()):
            try:
                found.append(_read_event(row))
            except Exception as error:  # whatever lies in the row
                damaged[row[0]] = error
        return found, damaged


def _read_event(row: tuple[Any, ...]) -> Published:
    event_id, topic, text, at = row
    body = decode(text)
    run, hops, workflow = body["run"], body["hops"], body.get("workflow")
    return Published(event_id, topic, body["payload"], from_micros(at), run, hops, workflow)
