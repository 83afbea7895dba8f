"""A disk that has no room for one commit."""

from __future__ import annotations

import sqlite3
from typing import Any, cast

from treadle.store.sqlite_journal import SqliteStore


class Disk:
    """Refuses one commit of a store, not yet open, once it `is_full`."""

    def __init__(self, store: SqliteStore) -> None:
        self.is_full = False
        connect = store._writer._connect
        store._writer._connect = lambda: cast(Any, _Refusing(connect(), self))


class _Refusing:
    def __init__(self, connection: sqlite3.Connection, disk: Disk) -> None:
        self._connection, self._disk = connection, disk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        if statement == "COMMIT" and self._disk.is_full:
            self._disk.is_full = False
            raise sqlite3.OperationalError("database or disk is full")
        return self._connection.execute(statement, *values)
