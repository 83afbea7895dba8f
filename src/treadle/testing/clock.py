"""A clock that tests turn by hand, or that skips ahead whenever everybody sleeps."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypeVar

T = TypeVar("T")

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""A Monday morning."""

_QUIET_TURNS = 25


class VirtualClock:
    """Time stands still until `advance` is called or, with `skips`, until nothing else is going on: then it jumps to
    when the next sleeper wakes, so that days pass in milliseconds."""

    def __init__(self, start: datetime = START, *, skips: bool = True) -> None:
        self._now = start
        self.skips = skips
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._count = count()
        self._skipper: asyncio.Task[None] | None = None
        self._busy = 0
        self._done = 0

    def now(self) -> datetime:
        return self._now

    def set(self, at: datetime) -> None:
        """Put the clock to `at`, back in time too."""
        self._now = at
        self._wake()

    def advance(self, seconds: float) -> None:
        self.set(self._now + timedelta(seconds=seconds))

    async def sleep_until(self, at: datetime) -> None:
        if at <= self._now:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (at, next(self._count), future))
        if self.skips and (self._skipper is None or self._skipper.done()):
            self._skipper = asyncio.create_task(self._skip())
        await future

    async def during(self, work: Awaitable[T]) -> T:
        """Await `work`, which takes no time: nobody's sleep is skipped meanwhile."""
        self._busy += 1
        self._done += 1
        try:
            return await work
        finally:
            self._busy -= 1

    async def _skip(self) -> None:
        while self._sleepers:
            await self._settle_down()
            self._drop_cancelled()
            if self._sleepers:
                self._now = max(self._now, self._sleepers[0][0])
                self._wake()

    async def _settle_down(self) -> None:
        """Let whoever can go on without time go on first."""
        quiet, done = 0, self._done
        while quiet < _QUIET_TURNS:
            # A real moment at last: threads may be about to report.
            await asyncio.sleep(0.001 if self._busy or quiet == _QUIET_TURNS - 1 else 0)
            quiet = 0 if self._busy or self._done != done else quiet + 1
            done = self._done

    def _wake(self) -> None:
        while self._sleepers and self._sleepers[0][0] <= self._now:
            future = heapq.heappop(self._sleepers)[2]
            if not future.done():
                future.set_result(None)

    def _drop_cancelled(self) -> None:
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
