"""Orders that were signed: by our id, what was sent. An order of Polymarket has no client id, but its id is a hash of
what was signed; kept before it is sent, it can be asked for, and sent again as the very same order."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

_TABLE = "create table if not exists sent (client_id text primary key, id text not null, body text not null)"


class SentOrders:
    """Durable when `keep` returns; several processes may use one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def keep(self, client_id: str, id: str, body: dict[str, Any]) -> dict[str, Any]:
        """What is kept under this id: what came first stays."""
        return await asyncio.to_thread(self._keep, client_id, id, json.dumps(body))

    async def find(self, client_id: str) -> dict[str, Any] | None:
        return await asyncio.to_thread(self._find, "client_id", client_id)

    async def client_id(self, id: str) -> str:
        """Empty for an order that is none of ours."""
        found = await asyncio.to_thread(self._find, "id", id)
        return "" if found is None else str(found["client_id"])

    def _keep(self, client_id: str, id: str, body: str) -> dict[str, Any]:
        with self._open() as database:
            database.execute("insert or ignore into sent values (?, ?, ?)", (client_id, id, body))
            database.commit()
            return _row(database, "client_id", client_id) or {}

    def _find(self, column: str, value: str) -> dict[str, Any] | None:
        if not self._path.exists():
            return None
        with self._open() as database:
            return _row(database, column, value)

    def _open(self) -> Any:
        from contextlib import closing

        self._path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._path, timeout=10)
        database.execute("pragma journal_mode = wal")
        database.execute("pragma synchronous = full")
        database.execute(_TABLE)
        return closing(database)


def _row(database: sqlite3.Connection, column: str, value: str) -> dict[str, Any] | None:
    found = database.execute(f"select client_id, id, body from sent where {column} = ?", (value,)).fetchone()
    return None if found is None else {"client_id": found[0], "id": found[1], "body": json.loads(found[2])}
