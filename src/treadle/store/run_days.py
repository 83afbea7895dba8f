"""How many runs ended on each day, as `treadle.store.day_counts` counted them."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

from treadle.store.database import Database
from treadle.store.day_counts import PREFIX, STATUSES, owner_of


@dataclass(slots=True)
class RunDay:
    """How many runs ended that day, by status."""

    day: date
    counts: dict[str, int] = field(default_factory=dict[str, int])

    def to_dict(self) -> dict[str, object]:
        return {"day": self.day.isoformat(), **{one: self.counts.get(one, 0) for one in STATUSES}}


class RunDays(Database):
    async def read_run_days(
        self,
        first: date,
        last: date,
        *,
        workflow: str | None = None,
        deployment: str | None = None,
        hidden: Collection[str] = (),
    ) -> list[RunDay]:
        """Each day from `first` to `last`, of one workflow or deployment or of all workflows but the hidden ones."""
        statement = "SELECT deployment, name, value FROM metrics WHERE deployment >= ? AND deployment <= ?"
        values: list[str] = [owner_of(first), owner_of(last)]
        one = f"d:{deployment}" if deployment is not None else None if workflow is None else f"w:{workflow}"
        if one is not None:
            statement += " AND name IN (?, ?, ?)"
            values += [f"{one}:{status}" for status in STATUSES]

        prefix = "w:" if deployment is None else "d:"

        def query(connection: sqlite3.Connection) -> list[RunDay]:
            days = {at: RunDay(at) for at in (first + timedelta(days=n) for n in range((last - first).days + 1))}
            for owner, name, value in connection.execute(statement, values):
                whose, _, status = name[2:].rpartition(":")
                # Runs of deployments stand among those of their workflows too: they count once.
                if name.startswith(prefix) and value > 0 and whose not in hidden:
                    counts = days[date.fromisoformat(owner.removeprefix(PREFIX))].counts
                    counts[status] = counts.get(status, 0) + int(value)
            return list(days.values())

        return await self.read(query)
