"""How many runs ended on each day (UTC), counted in the transaction in which they end: the runs need not be kept."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from treadle.store.rows import from_micros

PREFIX = "@day:"
"""What the days stand under in the table of metrics: no deployment's name begins so. The name within a day is
`w:<workflow>:<status>` or `d:<deployment>:<status>`."""
KEPT_DAYS = 400
STATUSES = ("completed", "failed", "cancelled")
_ADD = (
    "INSERT INTO metrics (deployment, name, value) VALUES (?, ?, ?)"
    " ON CONFLICT (deployment, name) DO UPDATE SET value = value + excluded.value"
)
_WHOSE = (
    "SELECT json_group_array(json_array(id, workflow, deployment)) FROM runs"
    " WHERE id IN (SELECT value FROM json_each(?))"
)


class Ended(NamedTuple):
    """A run that ended, `at` in microseconds; without a workflow it is one that the store knows."""

    run_id: str
    status: str
    at: int
    workflow: str | None = None
    deployment: str | None = None


def count_ended(connection: sqlite3.Connection, ended: Sequence[Ended], *, sign: int = 1) -> None:
    """Add runs that ended (`sign` -1: that go on after all) to their days: a few statements for a whole group."""
    unknown = [one.run_id for one in ended if one.workflow is None]
    whose: dict[str, tuple[str, str | None]] = {}
    if unknown:
        found = json.loads(connection.execute(_WHOSE, (json.dumps(unknown),)).fetchone()[0])
        whose = {run_id: (workflow, deployment) for run_id, workflow, deployment in found}
    sums: Counter[tuple[str, str]] = Counter()
    for run_id, status, at, workflow, deployment in ended:
        if workflow is None:
            workflow, deployment = whose.get(run_id, (None, None))
        day = owner_of(from_micros(at).date())
        if workflow is not None:
            sums[day, f"w:{workflow}:{status}"] += sign
        if deployment is not None:
            sums[day, f"d:{deployment}:{status}"] += sign
    if sign > 0:
        for day in {day for day, _ in sums}:
            _forget_old(connection, day)
    connection.executemany(_ADD, [(day, name, count) for (day, name), count in sums.items()])


def owner_of(day: date) -> str:
    return f"{PREFIX}{day.isoformat()}"


def forget_days_of(connection: sqlite3.Connection, deployment_id: str) -> None:
    """As if none of its runs had ended."""
    names = [f"d:{deployment_id}:{status}" for status in STATUSES]
    connection.execute(
        f"DELETE FROM metrics WHERE deployment >= '{PREFIX}' AND deployment < '{PREFIX};' AND name IN (?, ?, ?)", names
    )


def _forget_old(connection: sqlite3.Connection, day: str) -> None:
    """With the first run of a day goes what is too old to be asked for."""
    if connection.execute("SELECT 1 FROM metrics WHERE deployment = ? LIMIT 1", (day,)).fetchone() is None:
        last = date.fromisoformat(day.removeprefix(PREFIX)) - timedelta(days=KEPT_DAYS)
        connection.execute("DELETE FROM metrics WHERE deployment >= ? AND deployment < ?", (PREFIX, owner_of(last)))
