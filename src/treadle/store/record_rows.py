"""Records: how they are written inside a transaction, and read."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from treadle.model.record import Record
from treadle.store.codec import decode
from treadle.store.rows import RecordRow, from_micros
from treadle.store.thinning import SERIES, thin_series

RECORD_COLUMNS = 'kind, "key", value, owner, "group", is_open, test, at, serial'
_WRITE = (
    f"INSERT INTO records ({RECORD_COLUMNS.removesuffix(', serial')}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    ' ON CONFLICT (kind, "key", test) DO UPDATE SET value = excluded.value, "group" = excluded."group",'
    " is_open = excluded.is_open"
)


def write_records(connection: sqlite3.Connection, rows: Sequence[RecordRow]) -> None:
    """One after another: they stand in the order in which they were first written."""
    connection.executemany(_WRITE, rows)
    for row in rows:
        if row[0] in SERIES:
            thin_series(connection, row[0], row[3], at=row[7])


def read_record(row: tuple[Any, ...]) -> Record:
    kind, key, value, owner, group, is_open, test, at, serial = row
    return Record(kind, key, decode(value), owner, group, bool(is_open), test, from_micros(at), serial)
