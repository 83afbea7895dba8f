"""A figure of two deployments, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from treadle.service.intervals import Interval


@dataclass(frozen=True, slots=True)
class Measure:
    """One row: what it is for both, and the difference (second less first) with its interval, where there is one."""

    name: str
    first: float | None
    second: float | None
    interval: Interval | None = None

    @property
    def differs(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.interval is not None and not self.interval.low <= 0 <= self.interval.high

    def to_dict(self) -> dict[str, Any]:
        difference = None if self.first is None or self.second is None else self.second - self.first
        return {
            "name": self.name,
            "first": self.first,
            "second": self.second,
            "difference": difference,
            "interval": self.interval._asdict() if self.interval else None,
            "differs": self.differs,
        }
