"""The bare limit: the rows of a run, written by nothing but a thread, a queue and grouped commits."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import uuid
from collections.abc import Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from treadle.store.database import connect

Rows = tuple[tuple[Any, ...], list[tuple[Any, ...]]]
"""A run's row and its journal rows; each begins with the run's id."""


def rows_of(database: Path, run_id: str) -> Rows:
    """What the store wrote of a run."""
    connection = sqlite3.connect(database)
    try:
        run = connection.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
        entries = connection.execute("SELECT * FROM journal WHERE run_id = ?", (run_id,)).fetchall()
        return run, entries
    finally:
        connection.close()


class BareWriter:
    """Writes copies of `rows` into a database with the store's tables, under fresh ids. What waits is one commit."""

    def __init__(self, database: Path, rows: Rows) -> None:
        self._run, self._entries = rows
        self._queue: SimpleQueue[asyncio.Future[None] | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._insert_run = f"INSERT INTO runs VALUES ({','.join('?' * len(self._run))})"
        self._insert_entry = f"INSERT INTO journal VALUES ({','.join('?' * len(self._entries[0]))})"
        self._thread = threading.Thread(target=self._write, args=(connect(database),))
        self._thread.start()

    async def append(self) -> None:
        """Returns when a copy is durable."""
        future: asyncio.Future[None] = self._loop.create_future()
        self._queue.put(future)
        await future

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join()

    def _write(self, connection: sqlite3.Connection) -> None:
        while True:
            waiting = [self._queue.get(), *(self._queue.get_nowait() for _ in range(self._queue.qsize()))]
            futures = [future for future in waiting if future is not None]
            ids = [uuid.uuid4().hex for _ in futures]
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(self._insert_run, [(run_id, *self._run[1:]) for run_id in ids])
            connection.executemany(
                self._insert_entry, [(run_id, *entry[1:]) for run_id in ids for entry in self._entries]
            )
            connection.execute("COMMIT")
            self._loop.call_soon_threadsafe(_resolve, futures)
            if None in waiting:
                connection.close()
                return


def _resolve(futures: Sequence[asyncio.Future[None]]) -> None:
    for future in futures:
        future.set_result(None)
