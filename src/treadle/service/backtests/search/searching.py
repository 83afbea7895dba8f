"""A backtest with everything that is asked for beside it, done in one go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from treadle.errors import InvalidWorkflow
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.backtests.backtest import run_backtest
from treadle.service.backtests.looking_back import looking_back
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.result import BacktestResult
from treadle.service.backtests.search.applying import with_values
from treadle.service.backtests.search.evaluator import Evaluator
from treadle.service.backtests.search.monte_carlo import require_possible, run_monte_carlo
from treadle.service.backtests.search.request import Search
from treadle.service.backtests.search.result import MonteCarloResult, SweepResult, WalkForwardResult
from treadle.service.backtests.search.space import read_space
from treadle.service.backtests.search.sweep import Cancel, run_sweep
from treadle.service.backtests.search.walk_forward import run_walk_forward
from treadle.service.settings import Settings

_ONE_TEST = 0.1
"""Of the progress, what is left for the test of the best variant."""


@dataclass(slots=True)
class Found:
    """`tested` is one whole test, of `request`: that of the best variant, the stitched one of a walk, or the one asked
    for. None where a sweep has no best."""

    request: BacktestRequest
    tested: BacktestResult | None = None
    sweep: SweepResult | None = None
    walk_forward: WalkForwardResult | None = None
    monte_carlo: MonteCarloResult | None = None

    def to_dict(self) -> dict[str, Any]:
        parts = {"sweep": self.sweep, "walk_forward": self.walk_forward, "monte_carlo": self.monte_carlo}
        told: dict[str, Any] = {name: part.to_dict() for name, part in parts.items() if part is not None}
        # The test of a walk is no test of its own.
        if self.tested is not None and self.walk_forward is None:
            told["backtest"] = self.tested.to_dict()
        return told


def check_search(wanted: Search, workflow: Workflow, registry: Registry) -> None:
    """Raises `InvalidWorkflow` with all that can be told to be wrong before anything is tested: parameters, their
    values, the metric; each at its place in the body that asked for it."""
    if wanted.walk_forward is not None:
        read_space(wanted.walk_forward.sweep, workflow, registry, place=("walk_forward", "sweep"))
    elif wanted.sweep is not None:
        read_space(wanted.sweep, workflow, registry)
    if wanted.monte_carlo is not None:
        require_possible(wanted.monte_carlo)


async def search(
    request: BacktestRequest,
    wanted: Search,
    settings: Settings,
    registry: Registry,
    *,
    progress: Callable[[float], None] = lambda share: None,
    cancel: Cancel = lambda: False,
    evaluator: Evaluator | None = None,
) -> Found:
    """`progress` is told from 0 to 1. Variants are carried out by `evaluator`, which stays open, or here. Raises as the
    parts do. Monte Carlo draws from the test there is: of the best variant, or out of sample."""
    check_search(wanted, request.workflow, registry)
    request = looking_back(request, wanted)
    found = Found(request)
    if wanted.walk_forward is not None:
        walk = await run_walk_forward(
            request,
            wanted.walk_forward,
            settings,
            registry,
            progress=_part(progress, 0.0, 1.0),
            cancel=cancel,
            evaluator=evaluator,
        )
        found.walk_forward, found.tested = walk, walk.tested
    elif wanted.sweep is not None:
        swept = await run_sweep(
            request,
            wanted.sweep,
            settings,
            registry,
            progress=_part(progress, 0.0, 1 - _ONE_TEST),
            cancel=cancel,
            evaluator=evaluator,
        )
        found.sweep, best = swept, swept.best_row()
        if best is not None:
            found.request = with_values(request, best.values)
            tell = _part(progress, 1 - _ONE_TEST, 1.0)
            found.tested = await run_backtest(found.request, settings, registry, progress=tell)
    else:
        found.tested = await run_backtest(request, settings, registry, progress=_part(progress, 0.0, 1.0))
    if wanted.monte_carlo is not None:
        if found.tested is None:
            raise InvalidWorkflow(
                "There is nothing to draw from: no variant is the best.",
                code="nothing_to_draw",
                remedy="Look at what the variants failed of: leave Monte Carlo away.",
            )
        found.monte_carlo = run_monte_carlo(found.tested, wanted.monte_carlo)
    return found


def _part(progress: Callable[[float], None], least: float, most: float) -> Callable[[int, int], None]:
    return lambda done, total: progress(least + (most - least) * (done / total if total else 0.0))
