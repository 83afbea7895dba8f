"""Moving a waiting run to another version: what was planned is written as a whole, or refused."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from treadle.engine.journal import RunMove
from treadle.errors import Conflict
from treadle.model.run import FINISHED, Origin, RunRecord
from treadle.store.closing import abandon
from treadle.store.codec import encode
from treadle.store.database import Database, text_of
from treadle.store.feed import note_change, to_position
from treadle.store.group import INSERT_ENTRY
from treadle.store.payload import LIMIT, pack
from treadle.store.rows import encode_body, read_run, to_micros, write_origin
from treadle.store.run_queries import get_row


class RunMoves(Database):
    """Safe to call from a process that drives nothing."""

    async def move_run(self, move: RunMove, *, now: datetime | None = None) -> None:
        """Let a waiting run go on as `move.run`; it is due at once, and whoever drove it before cannot write any more.

        Raises `NotFound`, and `Conflict` when the run has finished (`run_finished`), is under way (`still_running`), is
        to be cancelled (`run_ending`) or has gone on since the move was planned (`run_changed`).
        """
        run, at = move.run, to_micros(now or self._now())
        bodies = [encode_body(entry) for entry in move.entries]
        given = encode(run.input)

        def work(connection: sqlite3.Connection) -> None:
            record = read_run(get_row(connection, run.id), text_of(connection, run.id))
            count = connection.execute("SELECT count(*) FROM journal WHERE run_id = ?", (run.id,)).fetchone()[0]
            require_movable(record, move, count)

            def keep(text: str) -> str:
                if len(text) <= LIMIT:
                    return text
                text, payload = pack(run.id, text)
                connection.execute("INSERT OR IGNORE INTO payloads VALUES (?, ?, ?, ?, ?)", payload)
                return text

            serial = note_change(connection, run.id, None, at=at)
            connection.executemany(
                f"{INSERT_ENTRY} VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (run.id, *entry[:3], int(entry.kind), to_micros(entry.at), keep(body), to_position(serial, place))
                    for place, (entry, body) in enumerate(zip(move.entries, bodies, strict=True), 1)
                ],
            )
            connection.execute(
                "UPDATE runs SET version = ?, input = ?, trigger = ?, save = ?, origin = ?,"
                " retention = coalesce(?, retention), epoch = epoch + 1, worker = NULL,"
                " wake_at = CASE WHEN status = 'suspended' THEN ? ELSE wake_at END WHERE id = ?",
                (
                    run.version,
                    keep(given),
                    run.trigger,
                    run.save,
                    write_origin(run.origin or Origin()),
                    None if run.retention is None else round(run.retention * 1_000_000),
                    at,
                    run.id,
                ),
            )
            abandon(connection, run.id, move.abandons, at=at)

        await self.write(work)


def require_movable(record: RunRecord, move: RunMove | None = None, count: int = 0) -> None:
    """Raises `Conflict` when `record` is no run that could be moved, or not the one that `move` was planned for."""
    run = record.id
    if record.status in FINISHED:
        raise Conflict(
            f"Run `{run}` is {record.status}: nothing in it waits to be moved.",
            code="run_finished",
            remedy=f"Fork it where it should go another way: treadle fork {run} --at NODE",
            run=run,
        )
    if record.status not in ("suspended", "queued"):
        raise Conflict(
            f"Run `{run}` is under way.",
            code="still_running",
            remedy=f"Move it once it waits (`treadle status {run}` says suspended). A run that a crash left behind is"
            f" first driven on by `treadle up` or `treadle retry {run}`.",
            run=run,
        )
    if record.cancel_requested:
        raise Conflict(
            f"Run `{run}` is to be cancelled.",
            code="run_ending",
            remedy="Let it end; then fork it.",
            run=run,
        )
    planned = None if move is None else (move.run.epoch, _version_before(move), move.known)
    if planned is not None and planned != (record.epoch, record.version, count):
        raise Conflict(
            f"Run `{run}` has gone on since the move was planned.",
            code="run_changed",
            remedy="Look at what moving it means now, and decide again.",
            run=run,
        )


def _version_before(move: RunMove) -> str | None:
    """The version that the run is moved away from."""
    return move.run.origin.moved_from if move.run.origin is not None else None
