"""Forks: a run that begins with entries of another, written at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from treadle.engine.journal import Batch, Entry
from treadle.errors import Conflict
from treadle.model.ids import RunId
from treadle.model.run import RunRecord
from treadle.store.database import Database
from treadle.store.feed import to_position
from treadle.store.group import INSERT_ENTRY, write_batches
from treadle.store.rows import BatchRows

# Text and payloads go over as they are: nothing large is unpacked.
_COPY_ENTRY = (
    f"{INSERT_ENTRY} SELECT ?, scope, node, sequence, kind, at, body, ? FROM journal"
    " WHERE run_id = ? AND scope = ? AND node = ? AND sequence = ?"
)
_COPY_PAYLOADS = (
    "INSERT OR IGNORE INTO payloads (run_id, digest, codec, size, bytes)"
    " SELECT ?, digest, codec, size, bytes FROM payloads WHERE run_id = ? AND digest IN"
    " (SELECT substr(body, 2) FROM journal WHERE run_id = ? AND body LIKE '@%')"
)


class Forks(Database):
    _retention: float | None

    async def create_fork(
        self, record: RunRecord, source: RunId, *, copied: Sequence[Entry], rewritten: Sequence[Entry]
    ) -> None:
        """Insert a run that nobody drives yet, with entries of `source` as they are and others; all or nothing.

        Raises `Conflict`: `run_exists`, and `source_changed` when `source` has lost an entry since it was read.
        """
        now = self._now()
        batch = Batch(record.id, record.epoch, opens=record, entries=rewritten)
        rows = BatchRows(batch, worker=None, now=lambda: now, retention=self._retention)
        keys = [(source, entry.scope, entry.node, entry.sequence) for entry in copied]

        def work(connection: sqlite3.Connection) -> None:
            if rows.large:
                rows.spill()
            (problem,) = write_batches(connection, [rows])
            if problem is not None:
                raise problem
            # What was copied came with the fork, after what was written anew.
            first = len(rows.entries) + 1
            values = [(record.id, to_position(rows.serial, place), *key) for place, key in enumerate(keys, first)]
            if values and connection.executemany(_COPY_ENTRY, values).rowcount != len(values):
                raise Conflict(
                    f"Run `{source}` has changed while it was being forked.",
                    code="source_changed",
                    remedy="Try again.",
                    run=source,
                )
            connection.execute(_COPY_PAYLOADS, (record.id, source, record.id))

        await self.write(work)
