"""Records a page at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping

from treadle.model.record import Record
from treadle.store.database import Database
from treadle.store.record_rows import RECORD_COLUMNS, read_record


class RecordListing(Database):
    async def page_records(
        self,
        kind: str,
        *,
        owner: str,
        before: int | None = None,
        limit: int = 50,
        open_only: bool = False,
        group: str | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> list[Record]:
        """The newest `limit` of an owner whose serial is below `before`, newest first; with `fields` those whose
        value has these texts there."""
        where = ["owner = :owner", "kind = :kind", "test = ''"]
        given: dict[str, str | int] = {"owner": owner, "kind": kind, "limit": limit}
        if before is not None:
            where.append("serial < :before")
            given["before"] = before
        if open_only:
            where.append("is_open")
        if group is not None:
            where.append('"group" = :group')
            given["group"] = group
        for at, (name, wanted) in enumerate((fields or {}).items()):
            where.append(f"json_extract(value, '$.' || :name{at}) = :wanted{at}")
            given[f"name{at}"], given[f"wanted{at}"] = name, wanted
        statement = (
            f"SELECT {RECORD_COLUMNS} FROM records INDEXED BY {'records_open' if open_only else 'records_by_owner'}"
            f" WHERE {' AND '.join(where)} ORDER BY serial DESC LIMIT :limit"
        )
        return await self.read(lambda c: [read_record(row) for row in c.execute(statement, given)])

    async def read_records_since(self, owner: str, kinds: Collection[str], serial: int) -> list[Record] | None:
        """Those of an owner that came after the record with this serial (0: all), in the order in which they were first
        written; None where that record is no longer the owner's."""
        marks = ", ".join("?" * len(kinds))
        statement = (
            f"SELECT {RECORD_COLUMNS} FROM records WHERE owner = ? AND kind IN ({marks}) AND serial > ? AND test = ''"
            " ORDER BY serial"
        )

        def query(connection: sqlite3.Connection) -> list[Record] | None:
            if serial:
                known = connection.execute("SELECT owner FROM records WHERE serial = ?", (serial,)).fetchone()
                if known is None or known[0] != owner:
                    return None
            return [read_record(row) for row in connection.execute(statement, (owner, *kinds, serial))]

        return await self.read(query)

    async def list_record_owners(self, kinds: Collection[str], *, series: Collection[str]) -> dict[str, int]:
        """Whoever has records of one of `kinds`, with the serial of their last one of those in `series` (0: none). A
        few steps for each of them, whatever the number of their records."""
        newest = ", ".join(
            "(SELECT max(serial) FROM records WHERE records.owner = known.owner AND kind = ? AND test = '')"
            for _ in series
        )
        marks = ", ".join("?" * len(kinds))
        statement = (
            "WITH RECURSIVE known(owner) AS (SELECT min(owner) FROM records UNION ALL"
            " SELECT (SELECT min(owner) FROM records WHERE owner > known.owner) FROM known WHERE owner IS NOT NULL)"
            f" SELECT owner, {newest} FROM known WHERE owner IS NOT NULL AND EXISTS (SELECT 1 FROM records"
            f" WHERE records.owner = known.owner AND kind IN ({marks}) AND test = '')"
        )
        values = (*series, *kinds)
        return await self.read(
            lambda c: {owner: max(last or 0 for last in serials) for owner, *serials in c.execute(statement, values)}
        )

    async def count_open_records(self, kind: str) -> dict[str, int]:
        """How many of them are open, by owner."""
        statement = (
            "SELECT owner, count(*) FROM records INDEXED BY records_open"
            " WHERE kind = ? AND is_open AND test = '' GROUP BY owner"
        )
        return await self.read(lambda c: dict(c.execute(statement, (kind,)).fetchall()))
