"""What the runs of a deployment came to, in sums that are kept up to date as each of them finishes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from treadle.store.counting import GROWTH, STATUSES
from treadle.store.database import Database
from treadle.store.rows import from_micros

# What days count stands under names that begin with `@`: see `treadle.store.day_counts`.
_OF_ALL = "SELECT deployment, name, value FROM metrics WHERE deployment < '@' OR deployment >= 'A'"


@dataclass(frozen=True, slots=True)
class Metrics:
    """`runs` have finished; durations (milliseconds) are of those that completed or failed, `p95_ms` within 2.5 %.

    `skipped` fire times found no room; `refused` ones, and events, could start no run. `counters` are what `ctx.count`
    added up over all runs.
    """

    runs: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    skipped: int = 0
    refused: int = 0
    mean_ms: float | None = None
    p95_ms: float | None = None
    last_status: str | None = None
    last_finished_at: datetime | None = None
    counters: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def success_rate(self) -> float | None:
        """The share of runs that completed, of those that completed or failed."""
        judged = self.completed + self.failed
        return self.completed / judged if judged else None

    def to_dict(self) -> dict[str, Any]:
        return {
            "runs": self.runs,
            "completed": self.completed,
            "failed": self.failed,
            "cancelled": self.cancelled,
            "skipped": self.skipped,
            "refused": self.refused,
            "success_rate": None if self.success_rate is None else round(self.success_rate, 6),
            "mean_ms": None if self.mean_ms is None else round(self.mean_ms, 3),
            "p95_ms": None if self.p95_ms is None else round(self.p95_ms, 3),
            "last_status": self.last_status,
            "last_finished_at": self.last_finished_at,
            "counters": dict(self.counters),
        }


class MetricsQueries(Database):
    async def read_metrics(self, deployment_id: str) -> Metrics:
        """What is known of a deployment; all zero where nothing has finished yet."""
        statement = "SELECT name, value FROM metrics WHERE deployment = ?"
        return _summarise(dict(await self.read(lambda c: c.execute(statement, (deployment_id,)).fetchall())))

    async def list_metrics(self) -> dict[str, Metrics]:
        """Those of every deployment, by its id."""
        found: dict[str, dict[str, float]] = {}
        for deployment, name, value in await self.read(lambda c: c.execute(_OF_ALL).fetchall()):
            found.setdefault(deployment, {})[name] = value
        return {deployment: _summarise(values) for deployment, values in found.items()}


def _summarise(values: Mapping[str, float]) -> Metrics:
    timed = values.get("completed", 0) + values.get("failed", 0)
    last_at, last_status = values.get("last_at"), values.get("last_status")
    buckets = {int(name[3:]): value for name, value in values.items() if name.startswith("ms:") and value > 0}
    return Metrics(
        runs=int(values.get("runs", 0)),
        completed=int(values.get("completed", 0)),
        failed=int(values.get("failed", 0)),
        cancelled=int(values.get("cancelled", 0)),
        skipped=int(values.get("skipped", 0)),
        refused=int(values.get("refused", 0)),
        mean_ms=max(values.get("ms", 0.0), 0.0) / timed if timed else None,
        p95_ms=_percentile(buckets, 0.95),
        last_status=None if last_status is None else STATUSES[int(last_status)],
        last_finished_at=None if last_at is None else from_micros(int(last_at)),
        counters={name[8:]: value for name, value in sorted(values.items()) if name.startswith("counter:")},
    )


def _percentile(buckets: Mapping[int, float], share: float) -> float | None:
    """The value that `share` of all do not exceed (nearest rank), as the middle of its bucket."""
    rank = math.ceil(share * sum(buckets.values()))
    seen = 0.0
    for bucket in sorted(buckets):
        seen += buckets[bucket]
        if seen >= rank:
            return GROWTH ** (bucket - 0.5)
    return None
