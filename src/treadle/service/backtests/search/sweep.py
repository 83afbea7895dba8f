"""A sweep: many variants of one backtest, which is best, and what that is worth."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from treadle.errors import InvalidWorkflow
from treadle.model.counted import counted
from treadle.node.registry import Registry
from treadle.service.backtests.meaning import is_idle
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.search.choosing import choose_evaluator
from treadle.service.backtests.search.evaluator import Evaluation, Evaluator
from treadle.service.backtests.search.metric import score
from treadle.service.backtests.search.proposing import Proposals, proposals_of
from treadle.service.backtests.search.request import Sweep
from treadle.service.backtests.search.result import UNKNOWN_SKILL, Row, Skill, SweepResult, Tried
from treadle.service.backtests.search.sensitivity import neighbourhood
from treadle.service.backtests.search.space import Space, read_space
from treadle.service.reporting.finding import Finding
from treadle.service.settings import Settings
from treadle.simulation.luck import (
    deflated_sharpe,
    expected_best_sharpe,
    probabilistic_sharpe,
    variance_of,
)

Progress = Callable[[int, int], None]
"""Told how many variants are done, and of how many."""
Cancel = Callable[[], bool]
"""Asked now and then; True ends the search with what there is by then."""
_AT_LEAST = 0.25
"""Seconds that a batch should take, so that what is around it does not count."""
FEWEST_TRADES, FEWEST_RETURNS = 10, 30
"""That the best has to have come to, for anything to be said of how far it is luck."""
_SURE = 0.95
_HOPELESS = 8
"""So many variants in the beginning that fail of the same: the others would, too."""


async def run_sweep(
    request: BacktestRequest,
    sweep: Sweep,
    settings: Settings,
    registry: Registry,
    *,
    progress: Progress = lambda done, total: None,
    cancel: Cancel = lambda: False,
    evaluator: Evaluator | None = None,
) -> SweepResult:
    """Raises `InvalidWorkflow` with everything that is wrong with the sweep or the backtest, and with what every single
    variant failed of; `MissingCapability` (`missing_package`)."""
    began = time.perf_counter()
    space = read_space(sweep, request.workflow, registry)
    proposals = proposals_of(sweep, space)
    carried = evaluator or await choose_evaluator(request, settings, registry)
    try:
        result = await _Sweep(request, sweep, space, proposals, progress, cancel).run(carried)
    finally:
        if evaluator is None:
            await carried.aclose()
    result.seconds = time.perf_counter() - began
    return result


class _Sweep:
    def __init__(
        self,
        request: BacktestRequest,
        sweep: Sweep,
        space: Space,
        proposals: Proposals,
        progress: Progress,
        cancel: Cancel,
    ) -> None:
        workflow = request.workflow
        self._sweep, self._space, self._proposals = sweep, space, proposals
        self._progress, self._cancel = progress, cancel
        self._result = SweepResult(workflow.name, workflow.version, (), sweep.metric, sweep.method, sweep.seed)
        self._sharpes: list[float] = []
        self._best: tuple[float, Evaluation] | None = None

    async def run(self, evaluator: Evaluator) -> SweepResult:
        result, proposals, batch = self._result, self._proposals, 1
        while not (cancelled := self._cancel()):
            self._progress(len(result.rows), proposals.total)
            batch = max(batch, evaluator.batch)
            taken = proposals.take(batch)
            if not taken:
                break
            began = time.perf_counter()
            variants = [dict(zip(self._space.names, values, strict=True)) for values in taken]
            evaluations = await evaluator.evaluate_many(variants)
            proposals.tell([self._note(one, found) for one, found in zip(variants, evaluations, strict=True)])
            if all(row.error is not None for row in result.rows):
                _refuse_if_hopeless(result.rows, proposals)
            if time.perf_counter() - began < _AT_LEAST:
                batch *= 2
        result.cancelled = cancelled
        return self._sum_up()

    def _note(self, variant: Mapping[str, Any], found: Evaluation) -> float | None:
        result = self._result
        result.rows.append(Row(variant, found.figures, found.error))
        result.way = result.way or found.way
        value = None if found.error is not None else score(found.figures, self._sweep.metric)
        if found.moments is not None:
            self._sharpes.append(found.moments.sharpe)
        if value is not None and (self._best is None or value > self._best[0]):
            self._best, result.best = (value, found), len(result.rows) - 1
        return value

    def _sum_up(self) -> SweepResult:
        result = self._result
        result.trials, result.skipped = len(result.rows), self._proposals.skipped
        if all(is_idle(row.figures) for row in result.rows if row.error is None):
            self._best = result.best = None  # whoever does nothing is no better than another
        result.parameters = [
            Tried(axis.name, axis.values if axis.values is not None else _seen(axis.name, result.rows))
            for axis in self._space.axes
        ]
        result.skill = self._skill()
        result.neighbours = neighbourhood(result)
        result.warnings += _warnings(result)
        self._progress(result.trials, result.trials)
        return result

    def _skill(self) -> Skill:
        found = None if self._best is None else self._best[1]
        if found is None or found.moments is None or self._is_too_little(found):
            return UNKNOWN_SKILL
        moments = found.moments
        trials, variance = len(self._sharpes), variance_of(self._sharpes)
        expected, of_a_year = expected_best_sharpe(trials=trials, variance=variance), found.figures.get("sharpe")
        return Skill(
            deflated_sharpe(moments, trials=trials, variance=variance),
            probabilistic_sharpe(moments),
            # The same ratio twice, of a period and of a year, tells how many periods a year has.
            expected * of_a_year / moments.sharpe if of_a_year and moments.sharpe else None,
        )

    def _is_too_little(self, best: Evaluation) -> bool:
        """Whether so little happened that no ratio tells luck from skill. It is warned of then."""
        trades, returns = best.figures.get("trades"), 0 if best.moments is None else best.moments.count
        if returns >= FEWEST_RETURNS and (trades is None or trades >= FEWEST_TRADES):
            return False
        what = f"{returns} returns" if trades is None or trades >= FEWEST_TRADES else counted(trades, "closed trade")
        self._result.warnings.append(
            Finding("too_little", f"The best came to {what}: that is too little to tell skill from luck.")
        )
        return True


def _seen(name: str, rows: Sequence[Row]) -> list[Any]:
    return sorted({row.values[name] for row in rows})


def _refuse_if_hopeless(rows: Sequence[Row], proposals: Proposals) -> None:
    """Raise what the first variants all failed of alike, rather than try the rest."""
    codes = Counter((row.error or {}).get("code") for row in rows)
    if len(codes) == 1 and (len(rows) >= _HOPELESS or len(rows) >= proposals.total):
        error = rows[0].error or {}
        raise InvalidWorkflow(
            f"No variant can be tested: {error.get('message', '')}", code=error.get("code"), remedy=error.get("remedy")
        )


def _warnings(result: SweepResult) -> Iterator[Finding]:
    best, skill, around = result.best_row(), result.skill, result.neighbours
    if result.cancelled:
        yield Finding("cancelled", f"It was cancelled after {counted(result.trials, 'variant')}.")
    if best is None and any(is_idle(row.figures) for row in result.rows):
        yield Finding("no_best", "No variant is the best: none of them traded anything.")
    elif best is None:
        yield Finding("no_best", f"No variant has the figure `{result.metric}`.")
    if skill.deflated is not None and skill.deflated < _SURE:
        yield Finding(
            "may_be_luck",
            f"The best of {counted(result.trials, 'variant')} without any skill may look as good: the deflated Sharpe "
            f"ratio is {skill.deflated:.2f}, and {_SURE} is what is commonly asked for.",
        )
    if around is not None and around.plateau is not None and around.plateau != result.best:
        place = ", ".join(f"{name} = {value}" for name, value in result.rows[around.plateau].values.items())
        yield Finding("peak", f"The best stands alone: what lies around {place} is better together.")
    if result.skipped:
        left_out = counted(result.skipped, "combination was", many="combinations were")
        yield Finding("skipped", f"{left_out} left out: their values do not go together.", "info")
    if result.failed:
        first = next(row.error for row in result.rows if row.error is not None)
        of = f"{result.failed:,} of {counted(result.trials, 'variant')}"
        yield Finding("failed", f"{of} failed; the first: {first.get('message')}")
