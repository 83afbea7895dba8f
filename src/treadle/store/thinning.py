"""Records that are points of a series are kept bounded: thinner, the older they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

SERIES = frozenset({"equity"})
"""Kinds whose records are points of a series; they are thinned."""
EVERY = 256
"""Points that are written between two times of thinning."""
_SECOND = 1_000_000
_HOUR = 3600 * _SECOND
_DAY = 24 * _HOUR
_AGES = ((2 * _DAY, 0), (60 * _DAY, _HOUR), (1 << 62, _DAY))
"""(younger than this, one for each so long): all of two days, one an hour of two months, one a day before."""


def thin_series(connection: sqlite3.Connection, kind: str, owner: str, *, at: int) -> None:
    """Now and then, when a point of a series has been written: forget what its age has no room for."""
    (serial,) = connection.execute("SELECT max(serial) FROM records").fetchone()
    if serial % EVERY == 0:
        thin_owner(connection, kind, owner, now=at)


def thin_owner(connection: sqlite3.Connection, kind: str, owner: str, *, now: int) -> None:
    statement = (
        'SELECT serial, at, "group" FROM records'
        " WHERE owner = ? AND kind = ? AND test = '' AND at < ? ORDER BY serial"
    )
    rows = connection.execute(statement, (owner, kind, now - _AGES[0][0])).fetchall()
    connection.executemany("DELETE FROM records WHERE serial = ?", [(serial,) for serial in _superfluous(rows, now)])


def _superfluous(rows: Iterable[tuple[int, int, str]], now: int) -> Iterator[int]:
    """Of points (serial, at, group), oldest first, those that are not the first of their hour or day."""
    seen: set[tuple[str, int, int]] = set()
    for serial, at, group in rows:
        step = next(step for age, step in _AGES if now - at < age)
        if step == 0:
            continue
        place = (group, step, at // step)
        if place in seen:
            yield serial
        seen.add(place)
