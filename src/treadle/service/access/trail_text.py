"""The audit log as files for other programs: a JSON object a line, or CSV for a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any

from treadle.store.audit import AuditEntry

COLUMNS = ("id", "at", "actor", "name", "via", "address", "action", "subject", "outcome", "details", "digest")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def describe_entry(entry: AuditEntry) -> dict[str, Any]:
    """The entry as JSON."""
    values = {name: getattr(entry, name) for name in COLUMNS}
    return {**values, "at": entry.at.isoformat().replace("+00:00", "Z"), "details": dict(entry.details)}


async def write_ndjson(entries: AsyncIterator[AuditEntry]) -> AsyncIterator[str]:
    async for entry in entries:
        yield json.dumps(describe_entry(entry), default=str) + "\n"


async def write_csv(entries: AsyncIterator[AuditEntry]) -> AsyncIterator[str]:
    first = True
    async for entry in entries:
        values = describe_entry(entry) | {"details": json.dumps(dict(entry.details), default=str)}
        line = _line([_plain(values[name]) for name in COLUMNS])
        # With the head comes the first entry: a refusal is heard before anything is written.
        yield _line(COLUMNS) + line if first else line
        first = False
    if first:
        yield _line(COLUMNS)


def _plain(value: object) -> str:
    """Text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(values: Any) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(values)
    return text.getvalue()
