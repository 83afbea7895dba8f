"""Making a run look whether what it waits for has come."""

from __future__ import annotations

import sqlite3


def wake_run(connection: sqlite3.Connection, run_id: str, *, at: int) -> int | None:
    """Make a suspended run due at `at` (microseconds), or nudge the driver of one that is under way.

    How often it has been nudged since it was taken up (0: it was suspended); None when it has finished or is gone.
    """
    row = connection.execute(
        "UPDATE runs SET wake_at = CASE status WHEN 'suspended' THEN ? ELSE wake_at END,"
        " nudged = nudged + (status = 'running')"
        " WHERE id = ? AND status IN ('running', 'suspended') RETURNING status, nudged",
        (at, run_id),
    ).fetchone()
    return None if row is None else (row[1] if row[0] == "running" else 0)
