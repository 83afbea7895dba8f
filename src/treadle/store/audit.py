"""The audit log: rows are added and never changed, and each holds a digest over itself and all before it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from treadle.store.codec import decode, encode
from treadle.store.database import Database
from treadle.store.rows import from_micros, to_micros

_COLUMNS = "id, at, actor, name, via, address, action, subject, outcome, details, digest"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who (`actor` is the user's id, `name` theirs at the time) did `action` to `subject`, from where, and whether they
    were let: `outcome` is `done`, `refused` or `failed`. `id` counts from 1 without a gap; 0: not written yet."""

    at: datetime
    name: str
    via: str
    action: str
    outcome: str
    actor: str | None = None
    address: str | None = None
    subject: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])
    id: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """`actor` is a user's name or id, `action` an action or the resource before its dot; `since` ≤ time < `until`."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> tuple[list[str], list[Any]]:
        where: list[str] = []
        values: list[Any] = []
        for condition, given in (
            ("? IN (actor, name)", self.actor),
            ("subject = ?", self.subject),
            ("outcome = ?", self.outcome),
            ("at >= ?", None if self.since is None else to_micros(self.since)),
            ("at < ?", None if self.until is None else to_micros(self.until)),
        ):
            if given is not None:
                where.append(condition)
                values.append(given)
        if self.action is not None:
            where.append("(action = ? OR substr(action, 1, ?) = ?)")
            values += [self.action, len(self.action) + 1, f"{self.action}."]
        return where, values


class Audit(Database):
    """Writes the log; see `treadle.service.access.trail` for who reads it."""

    async def append_audit(self, entry: AuditEntry) -> None:
        await self.write(lambda connection: _append(connection, entry))

    async def list_audit(self, wanted: AuditFilter, *, limit: int, before: int | None = None) -> list[AuditEntry]:
        """Newest first; with `before`, those older than the entry of that id."""
        where, values = wanted.conditions()
        if before is not None:
            where, values = [*where, "id < ?"], [*values, before]
        statement = f"SELECT {_COLUMNS} FROM audit WHERE {' AND '.join(where) or '1'} ORDER BY id DESC LIMIT ?"
        rows = await self.read(lambda c: c.execute(statement, (*values, limit)).fetchall())
        return [read_audit_row(row) for row in rows]

    async def read_audit(self, wanted: AuditFilter, *, after: int, limit: int) -> list[AuditEntry]:
        """Oldest first, from behind the entry `after`."""
        where, values = wanted.conditions()
        statement = f"SELECT {_COLUMNS} FROM audit WHERE {' AND '.join(['id > ?', *where])} ORDER BY id LIMIT ?"
        rows = await self.read(lambda c: c.execute(statement, (after, *values, limit)).fetchall())
        return [read_audit_row(row) for row in rows]

    async def verify_audit(self, *, after: int, digest: str, limit: int) -> tuple[int, str, int | None]:
        """The id and digest of the last row that is as it was written, of the `limit` behind `after`, whose digest is
        `digest`; and the first that is not, or is not there."""

        def check(connection: sqlite3.Connection) -> tuple[int, str, int | None]:
            last, before = after, digest
            statement = f"SELECT {_COLUMNS} FROM audit WHERE id > ? ORDER BY id LIMIT ?"
            for row in connection.execute(statement, (after, limit)):
                if row[0] != last + 1:
                    return last, before, last + 1
                if digest_of(tuple(row[:-1]), before) != row[-1]:
                    return last, before, row[0]
                last, before = row[0], row[-1]
            return last, before, None

        return await self.read(check)


def _append(connection: sqlite3.Connection, entry: AuditEntry) -> None:
    last = connection.execute("SELECT id, digest FROM audit ORDER BY id DESC LIMIT 1").fetchone() or (0, "")
    row = (
        last[0] + 1,
        to_micros(entry.at),
        entry.actor,
        entry.name,
        entry.via,
        entry.address,
        entry.action,
        entry.subject,
        entry.outcome,
        encode(entry.details),
    )
    values = (*row, digest_of(row, last[1]))
    connection.execute(f"INSERT INTO audit ({_COLUMNS}) VALUES ({','.join('?' * len(values))})", values)


def digest_of(row: tuple[Any, ...], before: str) -> str:
    """SHA-256, in hex, over the digest of the row before and all columns of this one but its digest."""
    return hashlib.sha256(json.dumps([before, *row], separators=(",", ":")).encode()).hexdigest()


def read_audit_row(row: tuple[Any, ...]) -> AuditEntry:
    """The entry of a row with all columns in their order."""
    serial, at, actor, name, via, address, action, subject, outcome, details, digest = row
    return AuditEntry(
        from_micros(at), name, via, action, outcome, actor, address, subject, decode(details), serial, digest
    )
