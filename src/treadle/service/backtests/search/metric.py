"""The figure that a search goes by."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from treadle.model.issue import Issue
from treadle.model.nearest import suggest

METRICS = (
    "total_return", "cagr", "sharpe", "sortino", "calmar", "volatility", "tail_ratio", "max_drawdown",
    "longest_drawdown_days", "ended_with", "trades", "win_rate", "profit_factor", "expectancy", "mean_win", "mean_loss",
    "largest_win", "largest_loss",
)  # fmt: skip
LESS_IS_BETTER = frozenset({"max_drawdown", "longest_drawdown_days", "volatility"})


def score(figures: Mapping[str, Any], metric: str) -> float | None:
    """The more, the better; None where the figure is not defined."""
    value = figures.get(metric)
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return -float(value) if metric in LESS_IS_BETTER else float(value)


def find_metric_problem(metric: str, place: tuple[str | int, ...]) -> Issue | None:
    if metric in METRICS:
        return None
    return Issue(
        "unknown_metric",
        f"No figure of a backtest is called `{metric}`.",
        path=place,
        remedy=suggest(metric, METRICS, f"It is one of {', '.join(METRICS)}."),
    )
