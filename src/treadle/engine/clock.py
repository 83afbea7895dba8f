"""Time, passed in. The only file that asks the operating system what time it is."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC; never earlier than an answer given before."""
        ...

    async def sleep_until(self, at: datetime) -> None: ...


class SystemClock:
    """The machine's clock, except that it never goes back: after a jump into the past it stands still until the
    machine has caught up, so that no result is stamped before its cause."""

    def __init__(self) -> None:
        self._latest = datetime.now(UTC)

    def now(self) -> datetime:
        now = datetime.now(UTC)
        if now > self._latest:
            self._latest = now
        return self._latest

    async def sleep_until(self, at: datetime) -> None:
        while (left := (at - self.now()) / timedelta(seconds=1)) > 0:
            await asyncio.sleep(min(left, 3600))
