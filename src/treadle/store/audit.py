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


class Audit(Database):
    """Writes the log; see `treadle.service.access.trail` for who reads it."""

    async def append_audit(self, entry: AuditEntry) -> None:
        await self.write(lambda connection: _append(connection, entry))


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
