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
    async def next_wake(self) -> datetime | None: ...
    async def get_run(self, run_id: RunId) -> RunRecord: ...
    async def purge(self, now: datetime | None = None) -> int: ...
