"""Counting what a run came to into the sums of its deployment, in the transaction in which it finishes."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from treadle.model.run import Origin, RunRecord
from treadle.store.codec import decode
from treadle.store.day_counts import Ended, count_ended
from treadle.store.rows import from_micros, to_micros

GROWTH = 1.05
"""Each bucket of durations ends 5 % above the one before, so that a percentile is told within 2.5 %."""
STATUSES = ("completed", "failed", "cancelled")
"""As numbers in the column of values."""
_ADD = (
    "INSERT INTO metrics (deployment, name, value) VALUES (?, ?, ?)"
    " ON CONFLICT (deployment, name) DO UPDATE SET value = value + excluded.value"
)
_SET = (
    "INSERT INTO metrics (deployment, name, value) VALUES (?, ?, ?)"
    " ON CONFLICT (deployment, name) DO UPDATE SET value = excluded.value"
)


def count_finished(connection: sqlite3.Connection, record: RunRecord, update: tuple[Any, ...]) -> None:
    """Add a run that finishes to its deployment's sums; `update` is in the order of `UPDATE_COLUMNS`."""
    if record.deployment is None:
        return
    status, _, finished_at, _, _, counters, *_ = update
    totals = _totals(status, took_ms(record, from_micros(finished_at)), decode(counters) if counters else {})
    connection.executemany(_ADD, [(record.deployment, name, value) for name, value in totals.items()])
    last = {"last_at": finished_at, "last_status": STATUSES.index(status)}
    connection.executemany(_SET, [(record.deployment, name, value) for name, value in last.items()])


def uncount(connection: sqlite3.Connection, record: RunRecord) -> None:
    """Take a finished run out of the sums again: it goes on, and will be counted once it has finished for good."""
    if record.finished_at is None:
        return
    ended = Ended(record.id, record.status, to_micros(record.finished_at), record.workflow, record.deployment)
    count_ended(connection, [ended], sign=-1)
    if record.deployment is None:
        return
    totals = _totals(record.status, took_ms(record, record.finished_at), record.counters)
    connection.executemany(_ADD, [(record.deployment, name, -value) for name, value in totals.items()])


def count_skipped(connection: sqlite3.Connection, deployment_id: str, *, by: int = 1) -> None:
    connection.execute(_ADD, (deployment_id, "skipped", by))


def count_refused(connection: sqlite3.Connection, deployment_id: str) -> None:
    connection.execute(_ADD, (deployment_id, "refused", 1))


def bucket_of(ms: float) -> int:
    """The bucket that a duration falls into; all below a hundredth of a millisecond share one."""
    return math.ceil(math.log(max(ms, 0.01), GROWTH))


def took_ms(record: RunRecord, finished_at: datetime) -> float:
    """From when it began: a run that waited its turn, or was tried again, counts from then."""
    origin = record.origin or Origin()
    started = datetime.fromisoformat(origin.deadline_from) if origin.deadline_from else record.created_at
    return 0.0 if started is None else max((to_micros(finished_at) - to_micros(started)) / 1000, 0.0)


def _totals(status: str, ms: float, counters: Mapping[str, float]) -> dict[str, float]:
    totals: dict[str, float] = {"runs": 1, status: 1}
    if status != "cancelled":
        totals["ms"] = ms
        totals[f"ms:{bucket_of(ms)}"] = 1
    for name, value in counters.items():
        totals[f"counter:{name}"] = value
    return totals
