"""Budgets: so many in any period, taken or refused at once, over all processes that share the store."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from treadle.store.database import Database
from treadle.store.rows import to_micros


class Budgets(Database):
    """Implements `treadle.engine.exchange.BudgetStore`."""

    async def try_slot(self, key: str, *, number: int, period: float, token: str, now: datetime) -> bool:
        at = to_micros(now)

        def work(connection: sqlite3.Connection) -> bool:
            length = round(period * 1_000_000)
            held = connection.execute("SELECT token FROM slots WHERE key = ? AND at > ?", (key, at - length))
            taken: set[str] = {one for (one,) in held}
            if token in taken:
                return True
            if len(taken) >= number:
                return False
            connection.execute("DELETE FROM slots WHERE key = ? AND at <= ?", (key, at - length))
            connection.execute(
                "INSERT OR REPLACE INTO slots (key, token, at, used) VALUES (?, ?, ?, TRUE)", (key, token, at)
            )
            # Until then what is taken is kept, whenever the store is tidied up.
            connection.execute(
                "INSERT INTO limits (key, free_at) VALUES (?, ?)"
                " ON CONFLICT (key) DO UPDATE SET free_at = max(free_at, excluded.free_at)",
                (key, at + length),
            )
            return True

        return await self.write(work)
