"""Rates: who may go on when, over all processes that share the store; see `treadle.store.slots`."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from treadle.store.database import Database
from treadle.store.rows import from_micros, to_micros
from treadle.store.slots import reserve


class Limits(Database):
    """Implements `treadle.engine.exchange.LimitStore`."""

    async def take_slot(
        self, key: str, *, number: float, period: float, burst: int, token: str, now: datetime
    ) -> datetime:
        at = to_micros(now)

        def work(connection: sqlite3.Connection) -> int:
            return reserve(connection, key, number=number, period=period, burst=burst, token=token, at=at)

        return from_micros(await self.write(work))
