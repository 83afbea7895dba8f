"""A group of batches, written with as few statements as it takes.

Nothing here begins or commits: the writer does. Every statement carries many rows, because SQLite's driver
lets go of Python's lock at each one and has to win it back from a busy event loop.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from treadle.errors import Conflict, LeaseLost, TreadleError
from treadle.model.columns import Head, block_key, grow, past_of
from treadle.model.run import RunRecord
from treadle.store.closing import abandon, close_run, may_be_asked_for
from treadle.store.codec import decode, encode
from treadle.store.day_counts import Ended, count_ended
from treadle.store.feed import ENDINGS, LAST, STEP, drop_feed, next_serial
from treadle.store.giving import forget_signals
from treadle.store.inbox import forget_tasks
from treadle.store.record_rows import Turns, write_records
from treadle.store.rows import (
    CREATED,
    DEPLOYMENT,
    EPOCH,
    FINISHED_AT,
    RUN_COLUMNS,
    STATUS,
    WORKFLOW,
    BatchRows,
    RecordRow,
    StateRow,
    merge_update,
)

_CHUNKS = (16, 4, 1)
"""Rows a statement: enough to be quick, few enough that the lock is won back before a busy loop has woken
up.
"""


class Insert:
    """`INSERT` into one table in chunks of fixed sizes, so that every statement stays prepared."""

    def __init__(self, table: str, columns: Sequence[str], *, clause: str = "INSERT INTO") -> None:
        row = f"({','.join('?' * len(columns))})"
        self._statements = [
            (size, f"{clause} {table} ({','.join(columns)}) VALUES {','.join([row] * size)}") for size in _CHUNKS
        ]

    def write(self, connection: sqlite3.Connection, rows: Sequence[Sequence[Any]]) -> None:
        start, left = 0, len(rows)
        for size, statement in self._statements:
            while left >= size:
                flat: list[Any] = []
                for row in rows[start : start + size]:
                    flat += row
                connection.execute(statement, flat)
                start += size
                left -= size


INSERT_ENTRY = "INSERT INTO journal (run_id, scope, node, sequence, kind, at, body, serial)"
_INSERT_RUNS = Insert("runs", [f'"{column}"' for column in RUN_COLUMNS])
_INSERT_ENTRIES = Insert("journal", ("run_id", "scope", "node", "sequence", "kind", "at", "body", "serial"))
_INSERT_LOGS = Insert("run_logs", ("run_id", "at", "path", "level", "message", "data", "serial"))
_INSERT_FEED = Insert("feed", ("serial", "run_id", "at", "status"))
_INSERT_PAYLOADS = Insert("payloads", ("run_id", "digest", "codec", "size", "bytes"), clause="INSERT OR IGNORE INTO")
# One row back, whatever the number of runs: each step of a cursor costs a turn of Python's lock.
_EPOCHS = "SELECT json_group_object(id, epoch) FROM runs WHERE id IN (SELECT value FROM json_each(?))"
_UPDATE = (
    # A cancel or a signal that came too late for the driver to hear of is why a run that suspends is due at once.
    "UPDATE runs SET status = ?,"
    " wake_at = CASE WHEN (cancel_requested = 1 OR nudged > ?) AND ? = 'suspended' THEN ? ELSE ? END,"
    " finished_at = ?, output = ?, error = ?, counters = ?,"
    " worker = CASE WHEN ? THEN NULL ELSE worker END, expires_at = ? + retention WHERE id = ?"
)

Outcome = TreadleError | None


def write_batches(connection: sqlite3.Connection, batches: Sequence[BatchRows]) -> list[Outcome]:
    """Write `batches` in order; one outcome each.

    A batch that lost its lease, or whose turn was taken, is left out and the others are written. Raises
    `sqlite3.Error` or `TreadleError` when any of the rest cannot be written; the caller then rolls back and
    writes them one by one.
    """
    fenced = {batch.run_id for batch in batches if batch.opens is None}
    epochs: dict[str, int] = {}
    if fenced:
        epochs = json.loads(connection.execute(_EPOCHS, (json.dumps(list(fenced)),)).fetchone()[0])
    group, outcomes, turns = _Group(connection), list[Outcome](), Turns(connection)
    for batch in batches:
        if batch.opens is not None:
            epochs[batch.run_id] = batch.opens[EPOCH]
        if epochs.get(batch.run_id) != batch.epoch:
            outcomes.append(lease_lost(batch.run_id, batch.epoch))
            continue
        if batch.turns and (late := turns.take(batch.turns)) is not None:
            outcomes.append(late)
            continue
        group.add(batch)
        outcomes.append(None)
    group.flush()
    return outcomes


class _Group:
    """Rows by table, gathered over batches."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._serial = next_serial(connection)
        self._clear()

    def _clear(self) -> None:
        self._runs: dict[str, list[Any]] = {}
        self._entries: list[tuple[Any, ...]] = []
        self._updates: list[tuple[Any, ...]] = []
        self._logs: list[tuple[Any, ...]] = []
        self._feed: list[tuple[int, str, int, str | None]] = []
        self._payloads: list[Sequence[Any]] = []
        self._records: list[RecordRow] = []
        self._state: list[StateRow] = []
        self._forgotten: dict[str, bool] = {}
        self._closed: list[tuple[RunRecord, Any]] = []
        self._ended: list[Ended] = []
        self._abandoned: list[tuple[str, Sequence[str], int]] = []
        self._children: list[RunRecord] = []
        """Those that have finished and are not kept."""

    def add(self, batch: BatchRows) -> None:
        run_id = batch.run_id
        if run_id in self._forgotten:
            self.flush()
        self._records += batch.records
        self._records += [turn.record() for turn in batch.turns]
        self._state += batch.state
        if batch.closes is not None:
            self._closed.append((batch.closes, batch.update))
        if batch.abandons:
            self._abandoned.append((run_id, batch.abandons, batch.made_at))
        row = self._runs.get(run_id)
        finished = False if batch.update is None else batch.update[2] is not None
        if batch.opens is not None:
            if row is not None:
                raise exists(run_id)
            row = list(batch.opens)  # a copy: rolled back, the batch must be as it was given
            finished = finished or row[FINISHED_AT] is not None
            if finished:
                self._ended.append(_end_of(batch, row))
            if batch.forget and finished:
                return  # opened, finished and not kept: its state changes are all that stays of it
            self._runs[run_id] = row
        elif finished:
            self._ended.append(_end_of(batch, row))
        if batch.update is not None:
            if row is None:
                status, wake_at, finished_at, output, error, counters, release, heard = batch.update
                wakes = (heard, status, batch.made_at, wake_at)
                results = (finished_at, output, error, counters)
                self._updates.append((status, *wakes, *results, release, finished_at, run_id))
            else:
                merge_update(row, batch.update)
        self._payloads += batch.payloads
        if batch.forget:
            if finished and batch.closes is not None and batch.closes.parent is not None:
                self._children.append(batch.closes)
            self._forgotten[run_id] = finished
            return
        if batch.entries or batch.logs or batch.opens is not None or batch.update is not None:
            self._put_in_feed(batch, finished=finished)

    def _put_in_feed(self, batch: BatchRows, *, finished: bool) -> None:
        """Give the batch its serial, and its rows their places."""
        serial = batch.serial = self._serial
        self._serial += 1
        base = serial * STEP + 1
        if batch.logs:
            self._merge(batch, base)
        elif len(batch.entries) < LAST - 1:
            self._entries += [(*row, place) for place, row in enumerate(batch.entries, base)]
        else:
            self._entries += [(*row, base + min(at, LAST - 2)) for at, row in enumerate(batch.entries)]
        opens, update = batch.opens, batch.update
        word: str | None = None
        at: int = batch.made_at
        if update is not None:
            word, at = update[0] if update[0] in ENDINGS else None, int(update[2] or at)
        elif batch.entries:
            at = batch.entries[-1][5]
        elif batch.logs:
            at = batch.logs[-1][1]
        if opens is not None:
            word = begin_word(opens[STATUS]) if word is None else f"{begin_word(opens[STATUS])} {word}"
            if opens[FINISHED_AT] is not None:
                word = f"{word} {opens[STATUS]}"
            if not finished:
                at = opens[CREATED]
        self._feed.append((serial, batch.run_id, at, word))
        batch.word, batch.at = word, at

    def _merge(self, batch: BatchRows, base: int) -> None:
        """Entries and lines in the order of their times; what a node logged comes before what it came to."""
        rows = [(row[1], 0, row) for row in batch.logs] + [(row[5], 1, row) for row in batch.entries]
        rows.sort(key=_by_time)
        batch.order = [(kind, row) for _, kind, row in rows]
        for place, (_, kind, row) in enumerate(rows):
            (self._entries if kind else self._logs).append((*row, base + min(place, LAST - 2)))

    def flush(self) -> None:
        connection = self._connection
        if self._runs:
            try:
                _INSERT_RUNS.write(connection, list(self._runs.values()))
            except sqlite3.IntegrityError:
                raise exists(next(iter(self._runs))) from None
        if self._entries:
            _INSERT_ENTRIES.write(connection, self._entries)
        if self._updates:
            connection.executemany(_UPDATE, self._updates)
        if self._logs:
            _INSERT_LOGS.write(connection, self._logs)
        if self._feed:
            _INSERT_FEED.write(connection, self._feed)
        if self._payloads:
            _INSERT_PAYLOADS.write(connection, self._payloads)
        if self._records:
            write_records(connection, self._records)
        for change in self._state:
            write_state(connection, *change)
        if self._ended:
            count_ended(connection, self._ended)
        for run_id, abandoned, at in self._abandoned:
            abandon(connection, run_id, abandoned, at=at)
        for record, update in self._closed:
            close_run(connection, record, update)
        for child in self._children:
            if may_be_asked_for(connection, child):
                connection.execute("UPDATE runs SET expires_at = finished_at WHERE id = ?", (child.id,))
                self._forgotten[child.id] = False
        if self._forgotten:
            forget(
                connection,
                self._forgotten,
                rows_of=[run for run, finished in self._forgotten.items() if finished],
            )
        self._clear()


def _end_of(batch: BatchRows, row: Sequence[Any] | None) -> Ended:
    """`row` is the run's, where it is not written yet."""
    status: str
    at: int
    if batch.update is not None:
        status, at = str(batch.update[0]), int(batch.update[2])
    elif row is not None:
        status, at = row[STATUS], row[FINISHED_AT]
    else:
        raise AssertionError("a batch that ends a run has an update, or opens it")
    if row is not None:
        return Ended(batch.run_id, status, at, row[WORKFLOW], row[DEPLOYMENT])
    if batch.closes is not None:
        return Ended(batch.run_id, status, at, batch.closes.workflow, batch.closes.deployment)
    return Ended(batch.run_id, status, at)


def _by_time(row: tuple[int, int, Any]) -> tuple[int, int]:
    return row[:2]


def begin_word(status: str) -> str:
    """What the feed says of a run that is opened with this status."""
    return "queued" if status == "queued" else "started"


def write_state(
    connection: sqlite3.Connection,
    owner: str,
    key: str,
    value: str | None,
    increment: float | None = None,
    keep: int | None = None,
) -> None:
    """Set, add to or (null) remove one value of the state; with `keep`, put it at the end of a column."""
    if keep is not None and value is not None:
        _grow_column(connection, owner, key, decode(value), keep)
        return
    if increment is not None:
        found = connection.execute("SELECT value FROM state WHERE owner = ? AND key = ?", (owner, key)).fetchone()
        before = 0 if found is None else decode(found[0])
        if isinstance(before, bool) or not isinstance(before, int | float):
            raise Conflict(
                f"State `{key}` of `{owner}` is {type(before).__name__}, not a number: it cannot count.",
                code="not_a_number",
                remedy="Set it to a number first, or count under another key.",
            )
        value = encode(before + increment)
    if value is None:
        connection.execute("DELETE FROM state WHERE owner = ? AND key = ?", (owner, key))
        return
    connection.execute(
        "INSERT INTO state (owner, key, value) VALUES (?, ?, ?)"
        " ON CONFLICT (owner, key) DO UPDATE SET value = excluded.value",
        (owner, key, value),
    )


def _grow_column(connection: sqlite3.Connection, owner: str, key: str, row: list[float], keep: int) -> None:
    found = connection.execute("SELECT value FROM state WHERE owner = ? AND key = ?", (owner, key)).fetchone()
    grown = grow(Head.read(None if found is None else decode(found[0])), row, keep)
    write_state(connection, owner, key, encode(grown.head.write()))
    if grown.moved is not None:
        number, rows = grown.moved
        write_state(connection, past_of(owner), block_key(key, number), encode(rows))
    for number in grown.dropped:
        write_state(connection, past_of(owner), block_key(key, number), None)


def forget(connection: sqlite3.Connection, run_ids: Iterable[str], *, rows_of: Sequence[str]) -> None:
    """Drop entries and logs of `run_ids`; the row and payloads of those in `rows_of` too."""
    ids = [(run_id,) for run_id in run_ids]
    connection.executemany("DELETE FROM journal WHERE run_id = ?", ids)
    connection.executemany("DELETE FROM run_logs WHERE run_id = ?", ids)
    gone = [(run_id,) for run_id in rows_of]
    connection.executemany("DELETE FROM payloads WHERE run_id = ?", gone)
    forget_signals(connection, gone)
    forget_tasks(connection, gone)
    connection.executemany("DELETE FROM records WHERE test = ? AND test <> ''", gone)
    drop_feed(connection, ids)
    connection.executemany("DELETE FROM runs WHERE id = ?", gone)


def lease_lost(run_id: str, epoch: int) -> LeaseLost:
    return LeaseLost(
        f"Run `{run_id}` is no longer driven from here.",
        remedy="Nothing needs doing: its new driver goes on from the journal.",
        run=run_id,
        epoch=epoch,
    )


def exists(run_id: str) -> Conflict:
    return Conflict(
        f"Run `{run_id}` exists already.", code="run_exists", remedy="Open it under another id.", run=run_id
    )
