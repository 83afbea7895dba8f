"""What follows when a run finishes, and when it stops waiting for something: in the same transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from treadle.model.run import RunRecord
from treadle.store.waking import wake_run


def close_run(connection: sqlite3.Connection, record: RunRecord, update: tuple[Any, ...]) -> None:
    """Tell those who wait for the run that it has finished; `update` is in the order of `UPDATE_COLUMNS`."""
    finished_at: int = update[2]
    if record.parent is not None:
        wake_run(connection, record.parent, at=finished_at)


def abandon(connection: sqlite3.Connection, run_id: str, waits: Sequence[str]) -> None:
    """Nobody waits for these any more; see `Batch.abandons`."""
