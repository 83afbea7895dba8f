"""Reading beside the writer: a few threads, each with a connection of its own. In WAL mode neither waits."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from treadle.errors import StoreError, TreadleError
from treadle.store.fault import translate

T = TypeVar("T")


class Reader:
    """Runs queries off the event loop, each on one snapshot of the database."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], *, threads: int = 2) -> None:
        self._connect = connect
        self._threads = threads
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._pool: ThreadPoolExecutor | None = None

    def start(self) -> None:
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="treadle-reader")

    @property
    def is_open(self) -> bool:
        return self._pool is not None

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """`query`'s answer. Raises `StoreError`, and whatever `query` raises on purpose."""
        if self._pool is None:
            raise StoreError("The store is not open.", code="store_closed", remedy="Open it with `async with`.")
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, query)

    def _read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        try:
            connection = getattr(self._local, "connection", None)
            if connection is None:
                connection = self._local.connection = self._connect()
                self._connections.append(connection)
            connection.execute("BEGIN")
            try:
                return query(connection)
            finally:
                connection.execute("ROLLBACK")
        except TreadleError:
            raise
        except sqlite3.Error as error:
            raise translate(error) from error

    async def stop(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.shutdown)
            for connection in self._connections:
                connection.close()
            self._connections.clear()
            self._local = threading.local()
