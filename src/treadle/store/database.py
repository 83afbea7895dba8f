"""A SQLite file: how it is reached, and the thread that writes and the threads that read."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar

from treadle.engine.clock import SystemClock
from treadle.errors import StoreError
from treadle.store.payload import Payload, resolve
from treadle.store.reader import Reader
from treadle.store.rows import Text
from treadle.store.writer import Writer

T = TypeVar("T")
_PREFIXES = ("sqlite:///", "sqlite+pysqlite:///")
_TRY_AGAIN_AFTER = 0.01


def parse_location(location: str | Path) -> Path:
    """The file that a path or `sqlite:///` URL names. Raises `StoreError` (`unknown_store`) for any other
    URL.
    """
    text = str(location)
    for prefix in _PREFIXES:
        if text.startswith(prefix):
            return Path(text[len(prefix) :])
    if "://" in text or text == ":memory:" or not text:
        raise StoreError(
            f"`{text}` does not name a store this version can open.",
            code="unknown_store",
            remedy="Give a file's path or `sqlite:///path`; to keep nothing, use `MemoryJournal`.",
        )
    return Path(text)


def make_private(path: Path) -> None:
    """Where there is no file yet, make one that its owner alone may read; what lies beside it will be as it is."""
    with contextlib.suppress(OSError):  # it is there, or cannot be made: whoever opens it says so
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def connect(
    path: Path, *, synchronous: str = "FULL", busy_timeout: float = 5.0, query_only: bool = False
) -> sqlite3.Connection:
    """A connection without implicit transactions, usable from any one thread at a time."""
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=256, timeout=busy_timeout
    )
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute("PRAGMA temp_store = MEMORY")
    if query_only:
        connection.execute("PRAGMA query_only = ON")
    return connection


def switch_to_wal(connection: sqlite3.Connection, *, busy_timeout: float) -> str:
    """Put the file into WAL mode, once whoever else is about to has done it; the mode it is in then."""
    give_up = monotonic() + busy_timeout
    while True:
        try:
            return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            # Of two that switch at once SQLite refuses one without waiting, whatever its busy timeout.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() >= give_up:
                raise
        sleep(_TRY_AGAIN_AFTER)


class Database:
    """What every part of the store stands on."""

    def __init__(
        self,
        location: str | Path,
        *,
        synchronous: str = "FULL",
        busy_timeout: float = 5.0,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        if synchronous.upper() not in ("OFF", "NORMAL", "FULL", "EXTRA"):
            raise StoreError(
                f"`synchronous` is {synchronous!r}.",
                code="bad_setting",
                remedy="Use FULL (survives a power cut), NORMAL (survives a crash of the process) or OFF.",
            )
        self.path = parse_location(location)
        self._now = now or SystemClock().now
        self._writer = Writer(lambda: connect(self.path, synchronous=synchronous, busy_timeout=busy_timeout))
        self._reader = Reader(lambda: connect(self.path, busy_timeout=busy_timeout, query_only=True))
        self._asker: sqlite3.Connection | None = None
        self._peeker: sqlite3.Connection | None = None

    async def write(self, work: Callable[[sqlite3.Connection], T], *, foretold: Callable[[T], None] | None = None) -> T:
        """`work`'s result, once what it wrote is durable; it shares the transaction of whatever else
        waits. `foretold`: see `Writer.call`.
        """
        return await self._writer.call(work, foretold=foretold)

    @property
    def commits(self) -> int:
        """Transactions this store committed since it was opened."""
        return self._writer.commits

    def writer_load(self) -> Writer:
        """What the writer has done and has to do: `commits`, `seconds`, `waiting`."""
        return self._writer

    def data_version(self) -> int:
        """Another number than before once anybody, in whatever process, has written; 0 when it cannot be told now.

        It is read from shared memory without waiting for anything, in microseconds: no thread is asked.
        """
        try:
            # The number means something only to the connection that asked before, so there is one that asks.
            if self._asker is None:
                self._asker = connect(self.path, busy_timeout=0.0, query_only=True)
            return self._asker.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error:
            return 0

    def _stop_asking(self) -> None:
        for connection in (self._asker, self._peeker):
            if connection is not None:
                connection.close()
        self._asker = self._peeker = None

    async def peek(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """As `read`, for a few rows found by key: at once, as asking a thread takes five times as long as they do. One
        statement, as it is no transaction."""
        if self._reader.is_open:
            try:
                if self._peeker is None:
                    self._peeker = connect(self.path, busy_timeout=0.0, query_only=True)
                return query(self._peeker)
            except sqlite3.Error:  # it would have to wait, or cannot be read: the reader may wait, and says so
                pass
        return await self._reader.read(query)

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        return await self._reader.read(query)


def text_of(connection: sqlite3.Connection, run_id: str) -> Text:
    """Follows references to the payloads of one run."""

    def fetch(owner: str, digest: str) -> Payload | None:
        row: Any = connection.execute(
            "SELECT run_id, digest, codec, size, bytes FROM payloads WHERE run_id = ? AND digest = ?",
            (owner, digest),
        ).fetchone()
        return None if row is None else Payload(*row)

    return lambda text, place: resolve(text, run_id, place=place, fetch=fetch)
