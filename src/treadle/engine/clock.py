"""Time, passed in. The only file that asks the operating system what time it is."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Protocol

_PUT_BACK = timedelta(seconds=1)


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC; never earlier than an answer given before."""
        ...

    async def sleep_until(self, at: datetime) -> None: ...


class SystemClock:
    """The machine's clock, except that it never goes back, so that no result is stamped before its cause.

    When the machine's clock is put back by more than a second, time goes on here at its steady pace until the machine
    has caught up: what waits is not made to wait longer.
    """

    def __init__(self) -> None:
        self._latest = datetime.now(UTC)
        self._tick = monotonic()

    def now(self) -> datetime:
        wall, tick = datetime.now(UTC), monotonic()
        if wall < self._latest:
            steady = self._latest + timedelta(seconds=tick - self._tick)
            wall = steady if steady - wall > _PUT_BACK else self._latest
        self._latest, self._tick = wall, tick
        return wall

    async def sleep_until(self, at: datetime) -> None:
        while (left := (at - self.now()) / timedelta(seconds=1)) > 0:
            await asyncio.sleep(min(left, 3600))
