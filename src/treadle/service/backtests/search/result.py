"""What a search came to. `to_dict()` is what is stored and served: times within series in ms, others as ISO 8601."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from treadle.service.backtests.search.request import Method, Resampling
from treadle.service.reporting.finding import Finding

if TYPE_CHECKING:
    from treadle.service.backtests.result import BacktestResult

Figures = Mapping[str, Any]
"""By name, as `BacktestResult.figures()` has them: floats, whole numbers, None."""


@dataclass(frozen=True, slots=True)
class Row:
    """One variant. Without figures, it failed of `error` (`{code, message}`)."""

    values: Mapping[str, Any]
    figures: Figures
    error: Mapping[str, str] | None = None

    def to_dict(self) -> dict[str, Any]:
        told: dict[str, Any] = {"values": dict(self.values), "figures": dict(self.figures)}
        return told if self.error is None else {**told, "error": dict(self.error)}


@dataclass(frozen=True, slots=True)
class Tried:
    """A parameter and the values that it had, in order."""

    name: str
    values: Sequence[Any]

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "values": list(self.values)}


@dataclass(frozen=True, slots=True)
class Skill:
    """How sure it is that the best Sharpe ratio is not luck; see `treadle.simulation.luck`.

    `deflated` is the probability that the true ratio is above what the best of so many trials without skill would
    show (`expected_best`, a year), `probabilistic` that it is above 0, trials not counted.
    """

    deflated: float | None
    probabilistic: float | None
    expected_best: float | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "deflated_sharpe": self.deflated,
            "probabilistic_sharpe": self.probabilistic,
            "expected_best_sharpe": self.expected_best,
        }


UNKNOWN_SKILL = Skill(None, None, None)


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What lies around the best: `mean` of the metric over the `count` variants one step away. `plateau` is the row
    that has most of the metric together with its neighbours: where it is another than the best, the best is a peak."""

    mean: float | None
    count: int
    plateau: int | None

    def to_dict(self) -> dict[str, Any]:
        return {"mean": self.mean, "count": self.count, "plateau": self.plateau}


@dataclass(slots=True)
class SweepResult:
    """`rows` are the variants in the order they were tried, `best` is one of their places (None: none has the metric).
    `skipped` combinations were never tried, as their values do not go together; `trials` counts those that were, also
    those that failed."""

    workflow: str
    version: str
    parameters: Sequence[Tried]
    metric: str
    method: Method
    seed: int
    rows: list[Row] = field(default_factory=list[Row])
    best: int | None = None
    trials: int = 0
    skipped: int = 0
    skill: Skill = UNKNOWN_SKILL
    neighbours: Neighbourhood | None = None
    way: str = ""
    cancelled: bool = False
    warnings: list[Finding] = field(default_factory=list[Finding])
    seconds: float = 0.0

    @property
    def failed(self) -> int:
        return sum(row.error is not None for row in self.rows)

    def best_row(self) -> Row | None:
        return None if self.best is None else self.rows[self.best]

    def figures(self) -> Figures:
        """Those of the best."""
        row = self.best_row()
        return {} if row is None else row.figures

    def to_dict(self) -> dict[str, Any]:
        return {
            "workflow": self.workflow,
            "version": self.version,
            "parameters": [one.to_dict() for one in self.parameters],
            "metric": self.metric,
            "method": self.method,
            "seed": self.seed,
            "rows": [row.to_dict() for row in self.rows],
            "best": self.best,
            "trials": self.trials,
            "skipped": self.skipped,
            "failed": self.failed,
            **self.skill.to_dict(),
            "neighbours": None if self.neighbours is None else self.neighbours.to_dict(),
            "way": self.way,
            "cancelled": self.cancelled,
            "warnings": [one.to_dict() for one in self.warnings],
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True)
class Span:
    begins: datetime
    ends: datetime

    def to_dict(self) -> dict[str, Any]:
        return {"begins": self.begins.isoformat(), "ends": self.ends.isoformat()}


@dataclass(frozen=True, slots=True)
class Window:
    """What was best in `train`, and what it then did in `test`. `chosen` is None where nothing could be chosen: nothing
    is traded in that test then, and its equity stays."""

    train: Span
    test: Span
    chosen: Mapping[str, Any] | None
    train_figures: Figures
    test_figures: Figures
    trials: int = 0
    deflated_sharpe: float | None = None
    error: Mapping[str, str] | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "train": self.train.to_dict(),
            "test": self.test.to_dict(),
            "chosen": None if self.chosen is None else dict(self.chosen),
            "train_figures": dict(self.train_figures),
            "test_figures": dict(self.test_figures),
            "trials": self.trials,
            "deflated_sharpe": self.deflated_sharpe,
            "error": None if self.error is None else dict(self.error),
        }


@dataclass(frozen=True, slots=True)
class Curve:
    at: Sequence[datetime]
    equity: Sequence[float]

    def to_dict(self) -> dict[str, Any]:
        return {"at": [_ms(one) for one in self.at], "equity": list(self.equity)}


@dataclass(slots=True)
class WalkForwardResult:
    """`stitched` is the equity out of sample: the test windows one after another, each with what the one before left.
    `efficiency` is what a day brought out of sample, as a share of what it brought in sample (logarithmic returns);
    None where in sample there was no profit."""

    workflow: str
    version: str
    metric: str
    parameters: Sequence[Tried]
    anchored: bool
    windows: list[Window] = field(default_factory=list[Window])
    stitched: Curve = field(default_factory=lambda: Curve((), ()))
    out_of_sample: Figures = field(default_factory=dict[str, Any])
    efficiency: float | None = None
    trials: int = 0
    cancelled: bool = False
    warnings: list[Finding] = field(default_factory=list[Finding])
    seconds: float = 0.0
    tested: BacktestResult | None = None
    """All tests as one: its equity is the stitched one, its trades are those of every window."""

    def figures(self) -> Figures:
        """Those of the stitched equity."""
        return self.out_of_sample

    def to_dict(self) -> dict[str, Any]:
        return {
            "workflow": self.workflow,
            "version": self.version,
            "metric": self.metric,
            "parameters": [one.to_dict() for one in self.parameters],
            "anchored": self.anchored,
            "windows": [one.to_dict() for one in self.windows],
            "stitched": self.stitched.to_dict(),
            "figures": dict(self.out_of_sample),
            "efficiency": self.efficiency,
            "trials": self.trials,
            "cancelled": self.cancelled,
            "warnings": [one.to_dict() for one in self.warnings],
            "seconds": round(self.seconds, 3),
        }


PERCENTILES = (5, 25, 50, 75, 95)


@dataclass(frozen=True, slots=True)
class Fan:
    """Percentiles of the equity over time: `equity[p]` goes with `at`."""

    at: Sequence[datetime]
    equity: Mapping[int, Sequence[float]]

    def to_dict(self) -> dict[str, Any]:
        told: dict[str, Any] = {"at": [_ms(one) for one in self.at]}
        return told | {f"p{percentile}": list(values) for percentile, values in self.equity.items()}


@dataclass(slots=True)
class MonteCarloResult:
    """`spread` has the percentiles of figures over all paths (`total_return`, `max_drawdown`, `ended_with`), `actual`
    those figures as the test itself has them. `ruin` is the share of paths that fell to `ruin_at` of the beginning, or
    below."""

    count: int
    method: Resampling
    seed: int
    fan: Fan
    spread: Mapping[str, Mapping[str, float]]
    actual: Mapping[str, float]
    ruin: float
    ruin_at: float
    loss: float
    """The share of paths that ended with less than they began with."""
    warnings: list[Finding] = field(default_factory=list[Finding])
    seconds: float = 0.0

    def figures(self) -> Figures:
        """Those that half of the paths reach."""
        return {name: spread["p50"] for name, spread in self.spread.items()}

    def to_dict(self) -> dict[str, Any]:
        return {
            "count": self.count,
            "method": self.method,
            "seed": self.seed,
            "fan": self.fan.to_dict(),
            "figures": {name: dict(spread) for name, spread in self.spread.items()},
            "actual": dict(self.actual),
            "ruin": self.ruin,
            "ruin_at": self.ruin_at,
            "loss": self.loss,
            "warnings": [one.to_dict() for one in self.warnings],
            "seconds": round(self.seconds, 3),
        }


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
