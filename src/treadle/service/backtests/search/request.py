"""What to search: parameters, how they are tried, windows to walk through, paths to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Method = Literal["grid", "random", "bayesian"]
Resampling = Literal["trades", "paths"]

METHODS: tuple[Method, ...] = ("grid", "random", "bayesian")
RESAMPLINGS: tuple[Resampling, ...] = ("trades", "paths")
DEFAULT_METRIC = "sharpe"
DEFAULT_COUNT = 100
"""Of variants, where they are drawn and nobody says how many."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """`name` is `node.field` or `input.name`. Either its `values`, or a range: from `low` to `high`, both of it, every
    `step` (None: whole numbers one by one; a number that is not whole anywhere between, where it is drawn)."""

    name: str
    values: tuple[Any, ...] | None = None
    low: float | None = None
    high: float | None = None
    step: float | None = None


@dataclass(frozen=True, slots=True)
class Sweep:
    """Which variants are tried. A grid is all of them, or `count` of the first; otherwise `count` are drawn, the same
    with the same `seed`. The best has most of `metric`, or least where less is better (a drawdown)."""

    parameters: tuple[Parameter, ...]
    method: Method = "grid"
    metric: str = DEFAULT_METRIC
    count: int | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class WalkForward:
    """`sweep` over `train` seconds, its best over the `test` seconds that follow, and on by `test`. Anchored, every
    train window begins where the first does."""

    sweep: Sweep
    train: float
    test: float
    anchored: bool = False


@dataclass(frozen=True, slots=True)
class MonteCarlo:
    """How a result might have come out otherwise: `count` paths of its `trades`, drawn one by one with replacement, or
    of the returns of its equity, drawn in blocks (`paths`). Who falls to `ruin` of what they began with is ruined."""

    count: int = 1_000
    method: Resampling = "trades"
    seed: int = 0
    ruin: float = 0.5


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked for beside the backtest itself. A walk brings its own sweep."""

    sweep: Sweep | None = None
    walk_forward: WalkForward | None = None
    monte_carlo: MonteCarlo | None = None
