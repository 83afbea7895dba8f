"""What follows when a run finishes, and when it stops waiting for something: in the same transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from treadle.engine.journal import Entry, EntryKind
from treadle.model.ids import RunId
from treadle.model.run import RunRecord
from treadle.store.counting import count_finished
from treadle.store.giving import give_all_back, give_back, leave_signals
from treadle.store.inbox import cancel_task, cancel_tasks, cancel_tasks_at
from treadle.store.lanes import call_up
from treadle.store.publishing import publish_failure
from treadle.store.waking import wake_run

_CANCEL = (
    "UPDATE runs SET cancel_requested = TRUE,"
    " wake_at = CASE WHEN status = 'running' THEN wake_at ELSE ? END"
    " WHERE status IN ('queued', 'running', 'suspended')"
)
_CANCEL_CHILD = f"{_CANCEL} AND id = ? AND parent = ?"
_CANCEL_CHILDREN = f"{_CANCEL} AND parent = ? AND NOT coalesce(json_extract(origin, '$.detached'), 0)"
_CANCEL_CHILDREN_AT = f"{_CANCEL_CHILDREN} AND json_extract(origin, '$.parent_path') = ?"


def close_run(connection: sqlite3.Connection, record: RunRecord, update: tuple[Any, ...]) -> None:
    """Tell those who wait for the run that it has finished; `update` is in the order of `UPDATE_COLUMNS`."""
    status, finished_at, error = update[0], update[2], update[4]
    if is_awaited(record):
        wake_run(connection, str(record.parent), at=finished_at)
    if status != "completed":
        # Whatever it had not come to wait for when it ended, or its driver did not live to tell.
        connection.execute(_CANCEL_CHILDREN, (finished_at, record.id))
        leave_signals(connection, record.id)
        cancel_tasks(connection, record.id)
    if status == "failed":
        publish_failure(connection, record, error, at=finished_at)
    count_finished(connection, record, update)
    call_up(connection, record.lane, at=finished_at)


def abandon(connection: sqlite3.Connection, run_id: str, waits: Sequence[str], *, at: int) -> None:
    """Nobody waits for these any more; see `Batch.abandons`. `at` is now, in microseconds."""
    for wait in waits:
        kind, _, name = wait.partition(":")
        if kind == "run":
            connection.execute(_CANCEL_CHILD, (at, name, run_id))
        elif kind == "signal":
            give_back(connection, name)
        elif kind == "task":
            cancel_task(connection, name)
        elif kind == "all":
            token, _, path = name.partition(":")
            connection.execute(_CANCEL_CHILDREN_AT, (at, run_id, path))
            give_all_back(connection, token)
            cancel_tasks_at(connection, run_id, path)


def find_cancelled_children(entries: Sequence[Entry]) -> list[RunId]:
    """The children that nodes of a run waited for when these were cancelled."""
    awaited = {
        (entry.scope, entry.node): str(entry.body["signal"])
        for entry in entries
        if entry.kind is EntryKind.SUSPENSION and str(entry.body.get("signal")).startswith("run:")
    }
    return [
        RunId(awaited[entry.scope, entry.node].removeprefix("run:"))
        for entry in entries
        if entry.kind is EntryKind.RESULT
        and entry.body["status"] == "cancelled"
        and (entry.scope, entry.node) in awaited
    ]


def call_off(connection: sqlite3.Connection, run_ids: Sequence[RunId]) -> list[RunId]:
    """Take back that runs are to be cancelled, where that can be; those of them that have been."""
    cancelled: list[RunId] = []
    for run_id in run_ids:
        connection.execute(
            "UPDATE runs SET cancel_requested = FALSE WHERE id = ? AND status IN ('queued', 'suspended')", (run_id,)
        )
        if connection.execute("SELECT 1 FROM runs WHERE id = ? AND status = 'cancelled'", (run_id,)).fetchone():
            cancelled.append(run_id)
    return cancelled


def may_be_asked_for(connection: sqlite3.Connection, record: RunRecord) -> bool:
    """Whether somebody may look for the run once it has finished: who waits for it, or a parent that is under way and
    may not know yet that it has started it."""
    if record.parent is None or is_awaited(record):
        return record.parent is not None
    statement = "SELECT 1 FROM runs WHERE id = ? AND finished_at IS NULL"
    return connection.execute(statement, (record.parent,)).fetchone() is not None


def is_awaited(record: RunRecord) -> bool:
    """Whether the run has a parent that waits for it."""
    return record.parent is not None and not (record.origin is not None and record.origin.detached)
