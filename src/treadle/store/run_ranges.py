"""Where the index entries of the runs that a filter asks for lie: ranges, each newest first, to be merged.

Every index of runs ends in the id, and ids sort by time. So a filter is met by reading a few ranges backwards side by
side: those of a workflow, one for each status, say. What no range covers is asked of each row.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product
from typing import Any, get_args

from treadle.model.ids import RunId, first_id_at
from treadle.model.policy import Mode
from treadle.model.run import RunStatus

_MOST_MARKS = 1000
"""Values that a statement is given one by one."""
STATUSES: tuple[RunStatus, ...] = get_args(RunStatus)


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs; what is None or empty asks for nothing.

    `since` (inclusive) and `until` are about the time in the id: when a run was started, or was due. `created_since`
    and `created_until` are about when it was written down. `hidden` are workflows to leave out, `without` such as are
    left out where none is named; `starts` is how the id begins, and only runs older than `before` are found.
    """

    workflow: str | None = None
    deployment: str | None = None
    statuses: Collection[RunStatus] = ()
    mode: Mode | None = None
    parent: RunId | None = None
    since: datetime | None = None
    until: datetime | None = None
    created_since: int | None = None
    created_until: int | None = None
    starts: str = ""
    hidden: Collection[str] = ()
    without: Collection[str] = ()
    before: RunId | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """Entries of one index with the same leading columns."""

    index: str
    leading: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """One way to find the runs: the ranges to merge, and the columns that they settle."""

    ranges: tuple[Range, ...]
    settles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Query:
    """A statement and its values."""

    text: str
    values: tuple[Any, ...]


def find_ways(wanted: RunFilter, visible: Sequence[str] | None = None) -> list[Way]:
    """The ways there are, the most particular first. `visible` are all the workflows that are not hidden, where some
    are, and those that are not are few enough to be read one by one."""
    statuses = _statuses(wanted)
    ways: list[Way] = []

    def add(index: str, column: str, values: Sequence[str], *also: str) -> None:
        ranges = (Range(index, ((column, value), ("status", status))) for value, status in product(values, statuses))
        ways.append(Way(tuple(ranges), frozenset({column, "status", *also})))

    if wanted.parent is not None:
        ways.append(Way((Range("runs_by_parent", (("parent", wanted.parent),)),), frozenset({"parent"})))
    if wanted.deployment is not None:
        add("runs_by_deployment", "deployment", [wanted.deployment])
    if wanted.workflow is not None:
        add("runs_by_workflow", "workflow", [wanted.workflow])
    elif visible is not None:
        add("runs_by_workflow", "workflow", visible, "hidden")
    if wanted.mode is not None and wanted.mode != "live":
        ways.append(Way((Range("runs_by_mode", (("mode", wanted.mode),)),), frozenset({"mode"})))
    if wanted.statuses:
        ranges = tuple(Range("runs_by_status", (("status", status),)) for status in statuses)
        ways.append(Way(ranges, frozenset({"status"})))
    if not ways:
        ways.append(Way((Range("sqlite_autoindex_runs_1"),), frozenset()))
    asked = _asked(wanted)
    return sorted(ways, key=lambda way: len(asked - way.settles))


def covers(way: Way, wanted: RunFilter) -> bool:
    """Whether every entry of the ranges is of a run that is wanted."""
    return _asked(wanted) <= way.settles


def ids_of(wanted: RunFilter, way: Way, part: Range) -> Query:
    """The ids of one range, newest first."""
    found = _where(wanted, way, part)
    return replace(found, text=f"SELECT id FROM runs INDEXED BY {part.index}{found.text} ORDER BY id DESC")


def size_of(wanted: RunFilter, part: Range, most: int) -> Query:
    """How many entries a range has, counted to `most`: what it may cost to go through it."""
    found = _where(wanted, None, part)
    return Query(
        f"SELECT count(*) FROM (SELECT 1 FROM runs INDEXED BY {part.index}{found.text} LIMIT ?)", (*found.values, most)
    )


def _where(wanted: RunFilter, way: Way | None, part: Range) -> Query:
    clauses: list[str] = []
    values: list[Any] = []

    def ask(clause: str, *given: Any) -> None:
        clauses.append(clause)
        values.extend(given)

    for column, value in part.leading:
        ask(f"{column} = ?", value)
    if part.index == "runs_by_mode":
        ask("mode <> 'live'")  # or SQLite does not see that the index has them
    low, high = _bounds(wanted)
    if low:
        ask("id >= ?", low)
    if high is not None:
        ask("id < ?", high)
    if way is not None:
        for column, value in _equal(wanted).items():
            if column not in way.settles:
                ask(f"{column} = ?", value)
        if wanted.statuses and "status" not in way.settles:
            statuses = _statuses(wanted)
            ask(f"+status IN ({_marks(len(statuses))})", *statuses)
        if wanted.hidden and not way.settles & {"hidden"}:
            hidden = sorted(wanted.hidden)
            if len(hidden) <= _MOST_MARKS:
                ask(f"workflow NOT IN ({_marks(len(hidden))})", *hidden)
            else:
                ask("workflow NOT IN (SELECT value FROM json_each(?))", json.dumps(hidden))
        if wanted.without and wanted.workflow is None:
            without = sorted(wanted.without)
            ask(f"workflow NOT IN ({_marks(len(without))})", *without)
        if wanted.created_since is not None:
            ask("created_at >= ?", wanted.created_since)
        if wanted.created_until is not None:
            ask("created_at < ?", wanted.created_until)
    return Query(f" WHERE {' AND '.join(clauses)}" if clauses else "", tuple(values))


def _bounds(wanted: RunFilter) -> tuple[str, str | None]:
    """The least id, and the one that all are below."""
    low = max(wanted.starts, first_id_at(wanted.since) if wanted.since is not None else "")
    highs: list[str] = [first_id_at(wanted.until)] if wanted.until is not None else []
    if wanted.starts:
        highs.append(f"{wanted.starts}\U0010ffff")
    if wanted.before is not None:
        highs.append(wanted.before)
    return low, min(highs) if highs else None


def _equal(wanted: RunFilter) -> dict[str, Any]:
    columns = {
        "workflow": wanted.workflow,
        "deployment": wanted.deployment,
        "mode": wanted.mode,
        "parent": wanted.parent,
    }
    return {column: value for column, value in columns.items() if value is not None}


def _asked(wanted: RunFilter) -> frozenset[str]:
    asked = set(_equal(wanted))
    if wanted.statuses:
        asked.add("status")
    if wanted.hidden:
        asked.add("hidden")
    if wanted.created_since is not None or wanted.created_until is not None:
        asked.add("created_at")
    return frozenset(asked)


def _statuses(wanted: RunFilter) -> Sequence[RunStatus]:
    return sorted(set(wanted.statuses)) or STATUSES


def _marks(number: int) -> str:
    return ", ".join("?" * number)
