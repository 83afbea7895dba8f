"""What a dispatcher needs of a store beside the journal."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from treadle.engine.journal import Journal
from treadle.model.ids import RunId
from treadle.model.run import RunRecord


class RunStore(Journal, Protocol):
    """A journal that can be searched for runs to drive."""

    async def find_due(self, now: datetime, limit: int = 100) -> list[RunId]: ...
    async def find_unfinished(self, *, limit: int = 1000, now: datetime | None = None) -> list[RunId]: ...
    async def find_cancelled(self) -> list[RunId]: ...
    async def find_nudged(self) -> list[tuple[RunId, int]]:
        """Runs that this process drives and that something has come for, and how often."""
        ...

    def data_version(self) -> int:
        """Another number than before once anybody has written; 0 when that cannot be told. Takes microseconds."""
        ...

    async def release(self, run_id: RunId, *, epoch: int, rests_until: datetime | None = None) -> None: ...
    async def next_wake(self) -> datetime | None: ...
    async def get_run(self, run_id: RunId) -> RunRecord: ...
    async def purge(self, now: datetime | None = None) -> int: ...
