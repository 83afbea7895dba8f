"""Records: how they are written inside a transaction, and read."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from treadle.errors import Conflict
from treadle.model.record import OVERTAKEN, TURN, Record, Turn
from treadle.store.codec import decode
from treadle.store.rows import RecordRow, TurnRow, from_micros
from treadle.store.thinning import SERIES, thin_series

RECORD_COLUMNS = 'kind, "key", value, owner, "group", is_open, test, at, serial'
_WRITE = (
    f"INSERT INTO records ({RECORD_COLUMNS.removesuffix(', serial')}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    ' ON CONFLICT (kind, "key", test) DO UPDATE SET value = excluded.value, "group" = excluded."group",'
    " is_open = excluded.is_open"
)


class Turns:
    """How often each was taken, inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._taken: dict[tuple[str, str], int] = {}

    def take(self, rows: Sequence[TurnRow]) -> Conflict | None:
        """All of them, or none: what is said where somebody else has taken one since."""
        before = dict(self._taken)
        for turn, test in dict.fromkeys((row.turn, row.test) for row in rows):
            place = (turn.name, test)
            if self._find(place) != turn.number:
                self._taken = before
                return overtaken(turn)
            self._taken[place] = turn.number + 1
        return None

    def _find(self, place: tuple[str, str]) -> int:
        if place not in self._taken:
            statement = 'SELECT value FROM records WHERE kind = ? AND "key" = ? AND test = ?'
            row = self._connection.execute(statement, (TURN, *place)).fetchone()
            self._taken[place] = 0 if row is None else int(decode(row[0])["number"])
        return self._taken[place]


def overtaken(turn: Turn) -> Conflict:
    return Conflict(
        f"Somebody else has taken a turn of `{turn.name}` since turn {turn.number}.",
        code=OVERTAKEN,
        remedy="Look again at what the decision rests on, and decide again.",
        turn=turn.name,
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
