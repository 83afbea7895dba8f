"""Changes to runs from outside their driver: cancel, settle what is in doubt, try again, remove."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from treadle.engine.journal import Entry, EntryKind
from treadle.errors import Conflict, InvalidWorkflow
from treadle.model.ids import RunId, node_path
from treadle.model.run import Origin, RunRecord, RunStatus
from treadle.store.closing import call_off, find_cancelled_children
from treadle.store.codec import decode, encode
from treadle.store.counting import uncount
from treadle.store.database import text_of
from treadle.store.feed import note_change, purge_feed, to_position
from treadle.store.giving import purge_signals
from treadle.store.group import INSERT_ENTRY, forget, lease_lost
from treadle.store.lanes import call_up, enter_lane
from treadle.store.payload import LIMIT, pack
from treadle.store.rows import (
    CANCEL_REQUESTED,
    EPOCH,
    ERROR,
    LANE,
    ORIGIN,
    STATUS,
    WAKE_AT,
    WORKER,
    is_finished,
    read_entry,
    read_origin,
    read_run,
    to_micros,
    write_origin,
)
from treadle.store.run_queries import RunQueries, entry_rows, get_row
from treadle.store.slots import purge_limits
from treadle.store.versions import purge_trials
from treadle.store.workers import find_worker, write_worker

_PURGE_AT_ONCE = 500
_TRIALS_KEPT = 86_400_000_000
"""Microseconds that what was tried out is kept, be there a run of it or not yet."""
OUTCOMES = ("done", "repeat", "failed")
"""What may have become of an effect in doubt."""


class RunChanges(RunQueries):
    """Each is one transaction, safe to call from a process that drives nothing."""

    _feed_age: float

    async def claim(self, run_id: RunId) -> RunRecord:
        """Take the lease; see `Journal.claim`."""
        worker, worker_id, at = self._beating(), self.worker_id, self._now()

        def work(connection: sqlite3.Connection) -> RunRecord | Conflict:
            row = list(get_row(connection, run_id))
            holder = row[WORKER]
            if is_finished(row[STATUS]):
                raise _refuse(run_id, row[STATUS], "driven")
            if holder is not None and holder != worker_id:
                other = find_worker(connection, holder)
                if other is not None and other.is_alive(now=at):
                    raise Conflict(
                        f"Run `{run_id}` is driven by process {other.pid} on {other.host}.",
                        code="run_taken",
                        remedy="Leave it to that process, or stop it first.",
                        run=run_id,
                        worker=holder,
                    )
            if row[STATUS] == "queued" and (full := enter_lane(connection, row, at=to_micros(at))):
                return full
            write_worker(connection, worker)
            taken_up = {"queued": "started", "suspended": "resumed"}.get(row[STATUS], "recovered")
            row[EPOCH] += 1
            row[STATUS], row[WAKE_AT] = "running", None
            # 2: asked to be cancelled, and its driver knows. Only a cancel that is news (1) keeps it from waiting.
            connection.execute(
                "UPDATE runs SET epoch = ?, worker = ?, status = 'running', wake_at = NULL, nudged = 0,"
                " cancel_requested = CASE WHEN cancel_requested THEN 2 ELSE 0 END WHERE id = ?",
                (row[EPOCH], worker_id, run_id),
            )
            note_change(connection, run_id, taken_up, at=to_micros(at))
            return read_run(row, text_of(connection, run_id))

        claimed = await self.write(work)
        if isinstance(claimed, Conflict):
            raise claimed  # not in the transaction: that the run is not due any more is to stay
        return claimed

    async def release(self, run_id: RunId, *, epoch: int, rests_until: datetime | None = None) -> None:
        """Give the lease of an unfinished run back, so that any worker may go on at once; one that had rested when it
        was claimed rests again, in the queue if it had not begun, until `rests_until`. Raises `LeaseLost`.
        """
        at = to_micros(self._now())

        def rest(connection: sqlite3.Connection, until: int) -> None:
            row = get_row(connection, run_id)
            begun = connection.execute("SELECT 1 FROM journal WHERE run_id = ? LIMIT 1", (run_id,)).fetchone()
            queues = row[LANE] is not None and begun is None
            origin = None if row[ORIGIN] is None else read_origin(decode(row[ORIGIN]))
            if queues and origin is not None:
                origin = replace(origin, deadline_from=None)
            connection.execute(
                "UPDATE runs SET worker = NULL, status = ?, wake_at = ?, origin = ? WHERE id = ?",
                ("queued" if queues else "suspended", until, None if origin is None else write_origin(origin), run_id),
            )
            note_change(connection, run_id, "queued" if queues else "suspended", at=at)
            if queues:
                call_up(connection, row[LANE], at=at)  # it lets by those behind it

        def work(connection: sqlite3.Connection) -> None:
            changed = connection.execute(
                "UPDATE runs SET worker = NULL WHERE id = ? AND epoch = ?", (run_id, epoch)
            ).rowcount
            if not changed:
                raise lease_lost(run_id, epoch)
            if rests_until is not None:
                rest(connection, to_micros(rests_until))

        await self.write(work)

    async def request_cancel(self, run_id: RunId, *, now: datetime | None = None) -> None:
        """Ask for a run to be cancelled; a suspended or queued one is due at once. Raises `NotFound`, `Conflict` when
        finished.
        """
        at = to_micros(now or self._now())

        def work(connection: sqlite3.Connection) -> None:
            row = get_row(connection, run_id)
            if is_finished(row[STATUS]):
                raise _refuse(run_id, row[STATUS], "cancelled")
            connection.execute(
                "UPDATE runs SET cancel_requested = TRUE,"
                " wake_at = CASE WHEN status IN ('suspended', 'queued') THEN ? ELSE wake_at END WHERE id = ?",
                (at, run_id),
            )
            if not row[CANCEL_REQUESTED]:
                note_change(connection, run_id, "cancelling", at=at)

        await self.write(work)

    async def resolve(
        self,
        run_id: RunId,
        *,
        node: str,
        scope: str = "",
        outcome: str,
        outputs: Mapping[str, Any] | None = None,
        now: datetime | None = None,
    ) -> None:
        """Say what became of an effect in doubt: adds a RESOLUTION entry and makes the suspended run due.

        `outcome` is done, repeat or failed; `outputs` are its live ports when done. Raises `InvalidWorkflow`
        (`unknown_outcome`), `NotFound`, and `Conflict` when the run is still under way (`still_running`) or
        finished (`not_suspended`) or the node is not in doubt (`not_in_doubt`), a second answer included.
        """
        if outcome not in OUTCOMES:
            raise InvalidWorkflow(
                f"`{outcome}` is no answer.", code="unknown_outcome", remedy="Answer with done, repeat or failed."
            )
        at = to_micros(now or self._now())
        body = encode({"outcome": outcome, "outputs": dict(outputs or {})})

        def work(connection: sqlite3.Connection) -> None:
            row = get_row(connection, run_id)
            if row[STATUS] == "running":
                # Its driver numbers the entries of the node; one written behind its back would be in its way.
                raise Conflict(
                    f"Run `{run_id}` is still under way: something else in it has not come to rest.",
                    code="still_running",
                    remedy="Answer again once it waits for nothing but the answer "
                    f"(`treadle status {run_id}` says suspended).",
                    run=run_id,
                )
            if row[STATUS] != "suspended":
                raise Conflict(
                    f"Run `{run_id}` is {row[STATUS]}: nothing in it waits for an answer any more.",
                    code="not_suspended",
                    remedy=f"Look at its state first: `treadle status {run_id}`.",
                    run=run_id,
                )
            entries = [
                entry for entry in read_entries(connection, run_id) if (entry.scope, entry.node) == (scope, node)
            ]
            last = entries[-1] if entries else None
            if last is None or last.kind is not EntryKind.SUSPENSION or not last.body.get("in_doubt"):
                raise Conflict(
                    f"Node `{node_path(scope, node)}` of run `{run_id}` is not in doubt.",
                    code="not_in_doubt",
                    remedy="It may have been answered already; look at the run's state.",
                    run=run_id,
                    node=node_path(scope, node),
                )
            text = body
            if len(text) > LIMIT:
                text, payload = pack(run_id, text)
                connection.execute("INSERT OR IGNORE INTO payloads VALUES (?, ?, ?, ?, ?)", payload)
            serial = note_change(connection, run_id, None, at=at)
            values = (run_id, scope, node, last.sequence + 1, int(EntryKind.RESOLUTION), at, text)
            connection.execute(f"{INSERT_ENTRY} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*values, to_position(serial, 1)))
            connection.execute("UPDATE runs SET wake_at = ? WHERE id = ?", (at, run_id))

        await self.write(work)

    async def reopen(self, run_id: RunId, *, now: datetime | None = None) -> list[RunId]:
        """Make a failed or cancelled run runnable again: results that did not succeed are dropped, the rest
        is kept, a failure that `on_error` dealt with included.

        A node that failed or was skipped starts over at its first attempt; a container goes on where it was. A
        node that was cancelled goes on from its last entry, so that an effect broken off is in doubt (4.4), not
        repeated. The workflow's timeout counts from now. The epoch goes up. Children that were cancelled with it are
        opened again too; the ids of all that were. Raises `NotFound`, `Conflict` (`not_failed`).
        """
        at = now or self._now()

        def work(connection: sqlite3.Connection) -> list[RunId]:
            opened = [run_id]
            for each in opened:
                opened += open_one(connection, each)
            return opened

        def open_one(connection: sqlite3.Connection, run_id: RunId) -> list[RunId]:
            row = get_row(connection, run_id)
            status: RunStatus = row[STATUS]
            queues = row[LANE] is not None  # its place in the lane is another's by now
            if status not in ("failed", "cancelled"):
                raise Conflict(
                    f"Run `{run_id}` is {status}; only a failed or cancelled run can be tried again.",
                    code="not_failed",
                    remedy="Start a new run instead.",
                    run=run_id,
                )
            entries = read_entries(connection, run_id)
            dropped = _find_unsuccessful(_since_reset(entries))
            connection.executemany(
                "DELETE FROM journal WHERE run_id = ? AND scope = ? AND node = ? AND sequence = ?",
                [(run_id, entry.scope, entry.node, entry.sequence) for entry in dropped],
            )
            bare = [*row[:ERROR], None, *row[ERROR + 1 :]]
            uncount(connection, read_run(bare, _leave_out))  # what it counted lies in the row itself
            origin = Origin() if row[ORIGIN] is None else read_origin(decode(row[ORIGIN]))
            connection.execute(
                "UPDATE runs SET status = ?, epoch = epoch + 1, worker = NULL, finished_at = NULL,"
                " wake_at = ?, output = NULL, error = NULL, cancel_requested = FALSE, expires_at = NULL,"
                " dismissed_at = NULL, origin = ? WHERE id = ?",
                (
                    "queued" if queues else "running",
                    to_micros(at) if queues else None,
                    write_origin(replace(origin, deadline_from=at.isoformat())),
                    run_id,
                ),
            )
            note_change(connection, run_id, "retried", at=to_micros(at))
            return call_off(connection, find_cancelled_children(entries))

        return await self.write(work)

    async def purge(self, now: datetime | None = None) -> int:
        """Remove finished runs whose retention is over, and expired cache entries. How many runs went.

        Works in portions, so that runs under way are not held up.
        """
        at, removed = to_micros(now or self._now()), 0

        def work(connection: sqlite3.Connection) -> int:
            connection.execute("DELETE FROM cache WHERE expires_at <= ?", (at,))
            purge_signals(connection, at)
            purge_limits(connection, at)
            purge_trials(connection, before=at - _TRIALS_KEPT, most=_PURGE_AT_ONCE)
            found = connection.execute(
                "SELECT id FROM runs AS old WHERE expires_at IS NOT NULL AND expires_at <= ? AND NOT EXISTS"
                # What a child came to is read by its parent, however late that is driven on.
                " (SELECT 1 FROM runs WHERE id = old.parent AND finished_at IS NULL) ORDER BY expires_at LIMIT ?",
                (at, _PURGE_AT_ONCE),
            ).fetchall()
            ids = [run_id for (run_id,) in found]
            forget(connection, ids, rows_of=ids)
            return len(ids)

        oldest = to_micros(now or self._now()) - round(self._feed_age * 1_000_000)
        while await self.write(lambda connection: purge_feed(connection, before=oldest)):
            pass
        while portion := await self.write(work):
            removed += portion
        return removed


def read_entries(connection: sqlite3.Connection, run_id: str) -> Sequence[Entry]:
    """The run's entries in key order."""
    text = text_of(connection, run_id)
    return [read_entry(row, text) for row in entry_rows(connection, run_id)]


def _since_reset(entries: Sequence[Entry]) -> list[Entry]:
    """What counts: what stands before a node started over is only there to be looked at."""
    reset = {(entry.scope, entry.node): entry.sequence for entry in entries if entry.kind is EntryKind.RESET}
    return [entry for entry in entries if entry.sequence > reset.get((entry.scope, entry.node), -1)]


def _find_unsuccessful(entries: Sequence[Entry]) -> list[Entry]:
    """The entries that must go for what did not succeed to run again. A failure that `on_error` dealt with is an
    outcome like any other: what it led to has happened."""
    status = {
        (entry.scope, entry.node): entry.body["status"]
        for entry in entries
        if entry.kind is EntryKind.RESULT and entry.body["status"] != "completed" and not entry.body.get("handled")
    }
    # The scope `a[1]/each[0]` lies in the containers `a` and `a[1]/each`, which keep their place in it.
    scopes = {entry.scope for entry in entries}
    containers = {scope[: mark.start()] for scope in scopes for mark in re.finditer(r"[\[.]", scope)}
    return [
        entry
        for entry in entries
        if (found := status.get((entry.scope, entry.node)))
        and (
            entry.kind is EntryKind.RESULT
            or (found != "cancelled" and node_path(entry.scope, entry.node) not in containers)
        )
    ]


def _leave_out(text: str, place: str) -> str:
    """For who needs nothing that may lie in a payload."""
    return "null"


def _refuse(run_id: str, status: str, what: str) -> Conflict:
    return Conflict(
        f"Run `{run_id}` is {status} and cannot be {what} any more.",
        code="run_finished",
        remedy="A failed or cancelled run can be tried again with `treadle retry`.",
        run=run_id,
        status=status,
    )
