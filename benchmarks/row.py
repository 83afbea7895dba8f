"""One figure, and the table and the list in which figures are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from rich.table import Table

Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Row:
    """`limit` is what the bare parts reach in the same run, `peers` what others reach at the same work.

    `must` is the figure to reach, `share` the part of `limit` to reach beside it; None: reported only.
    """

    name: str
    value: float
    unit: str
    better: Better
    must: float | None = None
    share: float | None = None
    limit: float | None = None
    peers: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def holds(self) -> bool | None:
        """Whether the row is as it must be; None when nothing is asked of it."""
        if self.must is None:
            return None
        reached = self.value >= self.must if self.better == "higher" else self.value <= self.must
        if self.share is not None and self.limit is not None:
            reached = reached and self.value >= self.share * self.limit
        return reached

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "value": round(self.value, 4),
            "unit": self.unit,
            "better": self.better,
            "limit": None if self.limit is None else round(self.limit, 4),
            "peers": {name: round(value, 4) for name, value in self.peers.items()},
        }


def table(rows: Iterable[Row]) -> Table:
    """The rows with what each must reach beside it."""
    shown = Table("what", "value", "unit", "must", "", "bare limit", "peers", box=None, pad_edge=False)
    for column in (1, 3, 5):
        shown.columns[column].justify = "right"
    for row in rows:
        verdict = {None: "", True: "[green]ok[/]", False: "[red]miss[/]"}[row.holds]
        limit = "" if row.limit is None else f"{_number(row.limit)} ({row.value / row.limit:.0%})"
        peers = ", ".join(f"{name} {_number(value)}" for name, value in row.peers.items())
        shown.add_row(row.name, _number(row.value), row.unit, _must(row), verdict, limit, peers)
    return shown


def _must(row: Row) -> str:
    if row.must is None:
        return ""
    sign = "≥" if row.better == "higher" else "≤"
    share = "" if row.share is None else f", {row.share:.0%} of limit"
    return f"{sign} {_number(row.must)}{share}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"
