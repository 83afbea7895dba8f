"""The feed: which commits changed which runs, in the order of the commits; what live streams are made of.

Every batch that is written gets the next serial, and so does every other change of a run's status or journal. Within a
commit each row has a place: 0 is how the run began or was taken up, `LAST` how it ended or came to rest, and what is
between them are its entries and log lines in the order in which they were given. `journal.serial` and `run_logs.serial`
hold both in one number.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

STEP = 1_000_000
"""Places in a commit."""
LAST = STEP - 1

BEGINNINGS = frozenset({"queued", "started", "resumed", "recovered", "retried", "cancelling"})
"""What happens to a run at place 0. A batch opens it as `queued` or `started`; `resumed` is after it rested,
`recovered` after its driver died, `retried` after it had failed."""
ENDINGS = frozenset({"suspended", "completed", "failed", "cancelled"})
"""What happens to a run at `LAST`."""

_NEXT = "SELECT coalesce(max(serial), 0) + 1 FROM feed"
_NOTE = f"INSERT INTO feed (serial, run_id, at, status) VALUES (({_NEXT}), ?, ?, ?) RETURNING serial"
_DROP = "DELETE FROM feed WHERE run_id = ? AND serial < (SELECT max(serial) FROM feed)"
# The newest row stays, or its serial would be given again; of the run nothing does.
_BLANK = "UPDATE feed SET run_id = '', status = NULL WHERE run_id = ?"
_PURGED_AT_ONCE = 5000
# Serials are in the order of time: only the oldest are looked at.
_OLDEST = f"SELECT max(serial) FROM (SELECT serial, at FROM feed ORDER BY serial LIMIT {_PURGED_AT_ONCE}) WHERE at <= ?"


def to_position(serial: int, place: int) -> int:
    """What the column `serial` of a row holds; a commit of more rows than there are places ends in a tie."""
    return serial * STEP + min(place, LAST - 1)


def from_position(position: int | None) -> tuple[int, int]:
    """(serial, place); (0, 0) of a row from before there was a feed."""
    return (0, 0) if position is None else divmod(position, STEP)


def next_serial(connection: sqlite3.Connection) -> int:
    """Nobody else can take it before this transaction ends."""
    return connection.execute(_NEXT).fetchone()[0]


def note_change(connection: sqlite3.Connection, run_id: str, word: str | None, *, at: int) -> int:
    """A run changed outside its batches: its serial. `word` is of `BEGINNINGS` or `ENDINGS`; None: only rows came."""
    return connection.execute(_NOTE, (run_id, at, word)).fetchone()[0]


def drop_feed(connection: sqlite3.Connection, run_ids: Iterable[tuple[str]]) -> None:
    """Forget what is known of runs that are removed."""
    ids = list(run_ids)
    connection.executemany(_DROP, ids)
    connection.executemany(_BLANK, ids)


def purge_feed(connection: sqlite3.Connection, *, before: int) -> bool:
    """Drop a portion of the rows from before `before` (microseconds), never the newest; whether there may be more."""
    oldest = connection.execute(_OLDEST, (before,)).fetchone()[0]
    if oldest is None:
        return False
    statement = "DELETE FROM feed WHERE serial <= ? AND serial < (SELECT max(serial) FROM feed)"
    return connection.execute(statement, (oldest,)).rowcount >= _PURGED_AT_ONCE
