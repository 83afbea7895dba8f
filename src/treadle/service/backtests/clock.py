"""The clock of a backtest."""

from __future__ import annotations

from datetime import datetime


class HistoryClock:
    """Stands where it was put; it only goes forward. Whoever sleeps is past that time at once."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def put(self, at: datetime) -> None:
        self._now = max(self._now, at)

    async def sleep_until(self, at: datetime) -> None:
        self.put(at)
