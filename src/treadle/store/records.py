"""Records: what deployments keep of their dealings with the outside, durable as soon as it is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from typing import Any

from treadle.model.ids import RunId
from treadle.model.record import Record, RecordQuery, Turn
from treadle.store.database import Database
from treadle.store.group import lease_lost
from treadle.store.record_rows import RECORD_COLUMNS, Turns, read_record, write_records
from treadle.store.rows import record_row, to_micros, turn_rows

_AT = 7
_SLACK = 600_000_000
"""Clocks of processes differ, and are put right: so much may what was written later say that it was earlier."""


class Records(Database):
    """Implements `treadle.engine.exchange.RecordStore`."""

    async def put_record(
        self, record: Record, *, now: datetime, by: tuple[RunId, int] | None = None, turn: Turn | None = None
    ) -> None:
        rows = [record_row(record, now)]
        turns = turn_rows(record, now, turn)

        def work(connection: sqlite3.Connection) -> None:
            if by is not None:
                _require_lease(connection, *by)
            late = Turns(connection).take(turns)
            if late is not None:
                raise late
            write_records(connection, [*rows, *(one.record() for one in turns)])

        await self.write(work)

    async def find_record(self, kind: str, key: str, *, test: str = "") -> Record | None:
        statement = f'SELECT {RECORD_COLUMNS} FROM records WHERE kind = ? AND "key" = ? AND test = ?'
        row = await self.peek(lambda c: c.execute(statement, (kind, key, test)).fetchone())
        return None if row is None else read_record(row)

    async def list_records(self, query: RecordQuery) -> list[Record]:
        where = ["kind = :kind", "test = :test"]
        # Of all there ever were few are open: their index it is, not that of the account's whole history.
        few = "+" if query.open_only else ""
        given: dict[str, Any] = {"kind": query.kind, "test": query.test}
        if query.owner is not None:
            where.append(f"{few}owner = :owner")
            given["owner"] = query.owner
        if query.group is not None:
            where.append(f'{few}"group" = :group')
            given["group"] = query.group
        if query.open_only:
            where.append("is_open")
        if query.after is not None:
            last = 'SELECT serial FROM records WHERE kind = :kind AND "key" = :after AND test = :test'
            where.append(f"serial > coalesce(({last}), 0)")
            given["after"] = query.after
        backwards = query.newest is not None or query.since is not None
        order = " DESC" if backwards else ""
        if query.newest is not None and query.since is None:
            order += f" LIMIT {max(0, query.newest)}"
        statement = f"SELECT {RECORD_COLUMNS} FROM records WHERE {' AND '.join(where)} ORDER BY serial{order}"

        def ask(connection: sqlite3.Connection) -> list[Record]:
            # Closed at once: what is not read to its end would hold the connection where it was.
            with closing(connection.execute(statement, given)) as rows:
                found = [read_record(row) for row in (rows if query.since is None else _since(rows, query.since))]
            found = found if query.newest is None else found[: max(0, query.newest)]
            return found[::-1] if backwards else found

        # Those that are open, or new since, are few; ten thousand rows would hold the loop up, so a thread reads them.
        is_brief = query.open_only or query.after is not None or query.since is not None
        return await (self.peek if is_brief else self.read)(ask)


def _since(rows: Iterable[tuple[Any, ...]], since: datetime) -> Iterator[tuple[Any, ...]]:
    """Of rows from the newest on, those first written then or later; the rest of the history is not read."""
    at = to_micros(since)
    for row in rows:
        if row[_AT] >= at:
            yield row
        elif row[_AT] < at - _SLACK:
            return


def _require_lease(connection: sqlite3.Connection, run_id: RunId, epoch: int) -> None:
    """A driver that was taken over writes nothing more, so that no order goes out from under the new one."""
    row = connection.execute("SELECT epoch FROM runs WHERE id = ?", (run_id,)).fetchone()
    if row is not None and row[0] != epoch:
        raise lease_lost(run_id, epoch)
