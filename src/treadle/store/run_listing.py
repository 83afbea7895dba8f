"""Lists of runs, newest first, by any filter, without going through all that there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from treadle.errors import StoreError
from treadle.model.ids import RunId
from treadle.model.policy import Mode
from treadle.model.run import Failure, Origin, RunStatus
from treadle.store.codec import decode
from treadle.store.database import Database, text_of
from treadle.store.rows import from_micros, read_failure, read_origin
from treadle.store.run_ranges import Range, RunFilter, Way, covers, find_ways, ids_of, size_of

_FEW = 300
"""Workflows that are read one by one, where others are hidden."""
_MANY = 2000
"""Hidden workflows, beyond which those that are not are not looked for."""
_COUNTED = 20_000
"""Entries that are counted to tell which way is the shortest."""
_COLUMNS = (
    'id, workflow, version, status, mode, "trigger", deployment, created_at, finished_at, wake_at, due_at, error,'
    " parent, origin, counters, cancel_requested, dismissed_at,"
    " (SELECT number FROM versions AS one WHERE one.workflow = runs.workflow AND one.version = runs.version)"
)


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run as lists show it: everything but its values."""

    id: RunId
    workflow: str
    version: str
    status: RunStatus
    mode: Mode
    created_at: datetime
    trigger: str | None = None
    deployment: str | None = None
    finished_at: datetime | None = None
    wake_at: datetime | None = None
    due_at: datetime | None = None
    error: Failure | None = None
    parent: RunId | None = None
    forked_from: RunId | None = None
    counters: Mapping[str, float] = field(default_factory=dict[str, float])
    cancel_requested: bool = False
    dismissed_at: datetime | None = None
    number: int | None = None
    """Of its version; None where that is not kept."""


class RunListing(Database):
    async def list_summaries(self, wanted: RunFilter, *, limit: int = 50) -> list[RunSummary]:
        """Newest first."""

        def query(connection: sqlite3.Connection) -> list[RunSummary]:
            statement = f"SELECT {_COLUMNS} FROM runs WHERE id = ?"
            rows = (connection.execute(statement, (one,)).fetchone() for one in find_ids(connection, wanted, limit))
            # One that was removed meanwhile is left out.
            return [_read(connection, row) for row in rows if row is not None]

        return await self.read(query)

    async def find_run_ids(self, wanted: RunFilter, *, limit: int) -> list[RunId]:
        """Their ids alone, newest first."""
        return await self.read(lambda connection: find_ids(connection, wanted, limit))


def find_ids(connection: sqlite3.Connection, wanted: RunFilter, limit: int | None) -> list[RunId]:
    """The newest `limit` runs that are wanted; None: all of them."""
    if not _may_match(wanted):
        return []
    way = choose_way(connection, wanted)
    cursors = [connection.cursor() for _ in way.ranges]
    try:
        walks = [_walk(cursor, wanted, way, part) for cursor, part in zip(cursors, way.ranges, strict=True)]
        found = merge(*walks, reverse=True) if len(walks) != 1 else walks[0]
        return [RunId(run_id) for run_id in islice(found, limit)]
    finally:
        for cursor in cursors:  # one left open would hold the store at what it was now
            cursor.close()


def choose_way(connection: sqlite3.Connection, wanted: RunFilter) -> Way:
    """The one whose ranges hold nothing else, or the one with the fewest entries to go through."""
    ways = find_ways(wanted, _find_visible(connection, wanted))
    if len(ways) == 1 or covers(ways[0], wanted):
        return ways[0]
    return min(ways, key=lambda way: _size(connection, wanted, way))


def _size(connection: sqlite3.Connection, wanted: RunFilter, way: Way) -> int:
    size = 0
    for part in way.ranges:
        query = size_of(wanted, part, _COUNTED - size)
        size += connection.execute(query.text, query.values).fetchone()[0]
        if size >= _COUNTED:
            break
    return size


def _walk(cursor: sqlite3.Cursor, wanted: RunFilter, way: Way, part: Range) -> Iterator[str]:
    query = ids_of(wanted, way, part)
    for (run_id,) in cursor.execute(query.text, query.values):
        yield run_id


def _find_visible(connection: sqlite3.Connection, wanted: RunFilter) -> Sequence[str] | None:
    """The workflows with runs that are not hidden; None where they are too many, or nothing asks for them."""
    if not wanted.hidden or len(wanted.hidden) > _MANY or wanted.workflow is not None:
        return None
    visible: list[str] = []
    last = ""
    # One step for each workflow, whatever the number of its runs.
    statement = "SELECT workflow FROM runs INDEXED BY runs_by_workflow WHERE workflow > ? ORDER BY workflow LIMIT 1"
    for _ in range(_FEW + len(wanted.hidden)):
        with closing(connection.execute(statement, (last,))) as cursor:
            row = cursor.fetchone()
        if row is None:
            return visible
        last = row[0]
        if last not in wanted.hidden:
            visible.append(last)
    return None


def _may_match(wanted: RunFilter) -> bool:
    return wanted.workflow is None or wanted.workflow not in wanted.hidden


def _read(connection: sqlite3.Connection, row: Sequence[Any]) -> RunSummary:
    (
        run_id, workflow, version, status, mode, trigger, deployment, created_at, finished_at, wake_at, due_at, error,
        parent, origin, counters, cancel_requested, dismissed_at, number,
    ) = row  # fmt: skip
    found = Origin() if origin is None else read_origin(decode(origin))
    return RunSummary(
        id=RunId(run_id),
        workflow=workflow,
        version=version,
        status=status,
        mode=mode,
        created_at=from_micros(created_at),
        trigger=trigger,
        deployment=deployment,
        finished_at=_time(finished_at),
        wake_at=_time(wake_at),
        due_at=_time(due_at),
        error=None if error is None else _read_error(connection, run_id, error),
        parent=parent,
        forked_from=None if found.forked_from is None else RunId(found.forked_from),
        counters={} if counters is None else decode(counters),
        cancel_requested=bool(cancel_requested),
        dismissed_at=_time(dismissed_at),
        number=number,
    )


def _time(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


def _read_error(connection: sqlite3.Connection, run_id: str, text: str) -> Failure:
    """What is damaged is said, and hides no other run of the list."""
    try:
        return read_failure(decode(text_of(connection, run_id)(text, "the error")))
    except StoreError as unreadable:
        return Failure(unreadable.code, unreadable.message)
