"""What has become of a template: measured, or nothing is said."""

from __future__ import annotations

import math
from dataclasses import dataclass

CONFIDENCE = 0.95
_Z = 1.959963984540054
"""Of a normal distribution, for `CONFIDENCE` on both sides."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """`uses` are workflows made of it here. `completed` and `failed` count the latest runs of each of them, tests left
    out. `ratings` are the users who rated it, `rating` their mean, from 1 to 5."""

    uses: int = 0
    completed: int = 0
    failed: int = 0
    ratings: int = 0
    rating: float | None = None

    @property
    def success_rate(self) -> float | None:
        """The share of runs that completed; None before there was any."""
        judged = self.completed + self.failed
        return self.completed / judged if judged else None

    @property
    def success_at_least(self) -> float | None:
        """The lower end of the interval that holds the true rate in 95 of 100 cases: few runs prove little."""
        return lower_bound(self.completed, self.completed + self.failed)


def lower_bound(successes: int, total: int) -> float | None:
    """Wilson's lower bound of a rate; None of nothing."""
    if total <= 0:
        return None
    rate, square = successes / total, _Z * _Z
    middle = rate + square / (2 * total)
    spread = _Z * math.sqrt((rate * (1 - rate) + square / (4 * total)) / total)
    return max(0.0, (middle - spread) / (1 + square / total))
