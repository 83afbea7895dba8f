"""Walking forward: what was best over one window, traded over the next one, which had no say in the choice."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from treadle.errors import InvalidWorkflow, TreadleError
from treadle.model.counted import counted
from treadle.model.duration import tell_duration
from treadle.node.registry import Registry
from treadle.service.backtests.backtest import run_backtest
from treadle.service.backtests.data.bringing import bring_bars
from treadle.service.backtests.doubts import find_doubts
from treadle.service.backtests.history import History, read_history
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.result import BacktestResult, EquityPoint
from treadle.service.backtests.search.applying import with_values
from treadle.service.backtests.search.choosing import choose_evaluator
from treadle.service.backtests.search.engine import failed
from treadle.service.backtests.search.evaluator import Evaluator
from treadle.service.backtests.search.request import WalkForward
from treadle.service.backtests.search.result import Curve, Span, SweepResult, Tried, WalkForwardResult, Window
from treadle.service.backtests.search.space import read_space
from treadle.service.backtests.search.sweep import Cancel, Progress, run_sweep
from treadle.service.reporting.finding import Finding
from treadle.service.settings import Settings

MOST_WINDOWS = 1_000
_STEPS = 1_000
"""Of progress, for each window."""
_OF_SOURCES = frozenset({"unused_market", "no_market_rules", "finer_prices"})
"""What is told of where bars came from, and not of the bars."""


@dataclass(frozen=True, slots=True)
class Windows:
    train: Span
    test: Span


def windows_of(walk: WalkForward, begins: datetime, ends: datetime) -> list[Windows]:
    """Every pair that fits whole. Raises `InvalidWorkflow` (`invalid_period`)."""
    train, test = timedelta(seconds=walk.train), timedelta(seconds=walk.test)
    if not (walk.train > 0 and walk.test > 0):
        raise InvalidWorkflow(
            "A window to walk through has no length.",
            code="invalid_period",
            remedy="Say how long they are: 90 days to choose in and 30 to test in are `90d/30d`.",
        )
    count = (ends - begins - train) // test
    if count < 1 or count > MOST_WINDOWS:
        length = tell_duration((ends - begins).total_seconds())
        raise InvalidWorkflow(
            f"{tell_duration(walk.train)} to choose in and {tell_duration(walk.test)} to test in fit "
            + (f"into {length} of bars {counted(count, 'time')}." if count > 0 else f"into {length} of bars not once."),
            code="invalid_period",
            remedy=f"Take longer windows: at most {MOST_WINDOWS:,}." if count > 0 else "Take shorter windows.",
        )
    cuts = [begins + train + number * test for number in range(count + 1)]
    return [
        Windows(Span(begins if walk.anchored else cut - train, cut), Span(cut, following))
        for cut, following in pairwise(cuts)
    ]


def _period(request: BacktestRequest, history: History, walk: WalkForward) -> tuple[datetime, datetime]:
    """All bars as long as they are: 60 days of them are 60 days of windows, although nothing is known before the first
    one is over. A window of less than two bars begins when it is."""
    first = history.opens if walk.train * 1000 > history.length else history.begins
    begins = history.next_end(max(request.since or first, first))
    return begins, min(request.until or history.ends, history.ends)


def _at_ends(windows: Windows, history: History, ends: datetime) -> Windows:
    """Each begins when a bar is over, as tests do."""

    def moved(span: Span) -> Span:
        return Span(history.next_end(span.begins), min(history.next_end(span.ends), ends))

    return Windows(moved(windows.train), moved(windows.test))


async def run_walk_forward(
    request: BacktestRequest,
    walk: WalkForward,
    settings: Settings,
    registry: Registry,
    *,
    progress: Progress = lambda done, total: None,
    cancel: Cancel = lambda: False,
    evaluator: Evaluator | None = None,
) -> WalkForwardResult:
    """Raises as `run_sweep` does, and `InvalidWorkflow` (`invalid_period`) where the windows do not fit.

    A test begins as a bot would that is started then: with the settings that were best before it, nothing held, and
    the candles of before at hand.
    """
    began = time.perf_counter()
    read_space(walk.sweep, request.workflow, registry, place=("walk_forward", "sweep"))
    await bring_bars(request, settings)
    history = await asyncio.to_thread(read_history, request, settings)
    begins, ends = _period(request, history, walk)
    windows = [_at_ends(one, history, ends) for one in windows_of(walk, begins, ends)]
    read = replace(request, bars=history.bars, markets=history.markets)
    carried = evaluator or await choose_evaluator(read, settings, registry)
    try:
        walking = _Walk(read, walk, settings, registry, progress, cancel, windows[0].test.begins)
        result = await walking.run(windows, carried)
    finally:
        if evaluator is None:
            await carried.aclose()
    if result.tested is not None:
        first, last = (round(at.timestamp() * 1000) for at in (windows[0].test.begins, result.tested.ends))
        result.tested.bars = sum(
            len(bars.within(first - bars.length, last - bars.length)) for bars in history.bars.values()
        )
    if rest := (ends - windows[-1].test.ends).total_seconds():
        told = f"The last {tell_duration(rest)} of the bars are in no window."
        result.warnings.append(Finding("untested", told, "info"))
    # What is wrong with the bars themselves is told of by each test.
    result.warnings += [Finding(one.code, one.message) for one in history.warnings if one.code in _OF_SOURCES]
    result.seconds = time.perf_counter() - began
    return result


class _Walk:
    def __init__(
        self,
        request: BacktestRequest,
        walk: WalkForward,
        settings: Settings,
        registry: Registry,
        progress: Progress,
        cancel: Cancel,
        begins: datetime,
    ) -> None:
        self._request, self._walk, self._settings, self._registry = request, walk, settings, registry
        self._progress, self._cancel = progress, cancel
        workflow, sweep = request.workflow, walk.sweep
        self._result = WalkForwardResult(workflow.name, workflow.version, sweep.metric, (), walk.anchored)
        self._stitching = Stitching(workflow.name, workflow.version, begins)
        self._held: list[Span] = []
        """Tests at whose end something was held."""

    async def run(self, windows: Sequence[Windows], evaluator: Evaluator) -> WalkForwardResult:
        result = self._result
        for number, window in enumerate(windows):
            found = await self._sweep(number, len(windows), window, evaluator)
            result.trials += found.trials
            result.parameters = _joined(result.parameters, found.parameters)
            if found.cancelled or self._cancel():
                result.cancelled = True
                break
            await self._test(window, found)
        self._sum_up()
        self._progress(len(windows) * _STEPS, len(windows) * _STEPS)
        return result

    async def _sweep(self, number: int, count: int, window: Windows, evaluator: Evaluator) -> SweepResult:
        def progress(done: int, total: int) -> None:
            share = done / total if total else 1.0
            self._progress(int((number + share) * _STEPS), count * _STEPS)

        train = window.train
        return await run_sweep(
            replace(self._request, since=train.begins, until=train.ends),
            self._walk.sweep,
            self._settings,
            self._registry,
            progress=progress,
            cancel=self._cancel,
            evaluator=await evaluator.over(train.begins, train.ends),
        )

    async def _test(self, window: Windows, found: SweepResult) -> None:
        best, test = found.best_row(), window.test
        chosen = None if best is None else best.values
        about = Window(window.train, test, chosen, found.figures(), {}, found.trials, found.skill.deflated)
        if chosen is not None:
            request = replace(with_values(self._request, chosen), since=test.begins, until=test.ends)
            try:
                tested = await run_backtest(request, self._settings, self._registry)
            except TreadleError as error:
                about = replace(about, error=failed(error).error)
            else:
                about = replace(about, test_figures=tested.figures())
                self._stitching.add(tested)
                self._held += [test] if tested.open else []
        if not about.test_figures:
            self._stitching.rest(test)
        self._result.windows.append(about)

    def _sum_up(self) -> None:
        result, stitched = self._result, self._stitching.result
        result.stitched = Curve(
            [point.at for point in stitched.equity], [float(point.equity) for point in stitched.equity]
        )
        result.out_of_sample = stitched.figures() if stitched.equity else {}
        stitched.warnings += find_doubts(stitched) if stitched.equity else ()
        result.tested = stitched if stitched.equity else None
        result.efficiency = efficiency(result.windows)
        result.warnings += _warnings(result)
        if between := sum(span is not result.windows[-1].test for span in self._held):
            said = (
                f"At the end of {counted(between, 'window')} something was held still: it counts at the last price, "
                "without what closing it would have cost, and the next begins without it."
            )
            result.warnings.append(Finding("held_between", said))


class Stitching:
    """Test windows made one: each begins with what the one before left."""

    def __init__(self, workflow: str, version: str, begins: datetime) -> None:
        self.result = BacktestResult(workflow, version, begins, begins, bars=0, timeframe="")

    def add(self, tested: BacktestResult) -> None:
        whole = self.result
        if not tested.equity:
            return
        if not whole.equity:
            whole.timeframe, whole.currency = tested.timeframe, tested.currency
            whole.equity.append(tested.equity[0])
        first, level = tested.equity[0].equity, whole.equity[-1].equity
        growth = level / first if first else Decimal(0)
        for point in tested.equity[1:]:
            if point.at <= whole.equity[-1].at:
                whole.equity.pop()  # looked at twice: what counts is what was seen last
            whole.equity.append(replace(point, equity=point.equity * growth))
        whole.ends = tested.ends
        numbered = enumerate(tested.trades, len(whole.trades) + 1)
        whole.trades = [*whole.trades, *(replace(trade, number=number) for number, trade in numbered)]
        whole.fills, whole.orders = [*whole.fills, *tested.fills], [*whole.orders, *tested.orders]
        whole.fees += tested.fees
        whole.runs = dict(Counter(whole.runs) + Counter(tested.runs))
        whole.messages = {**tested.messages, **whole.messages}
        whole.open = tested.open
        whole.history, whole.providers, whole.way = tested.history, tested.providers, tested.way
        if whole.history is not None:
            whole.bars = whole.history.count_within(whole.begins, whole.ends)

    def rest(self, span: Span) -> None:
        """Nothing is traded, what there is stays."""
        if self.result.equity:
            self.result.equity.append(EquityPoint(span.ends, self.result.equity[-1].equity, None))


def efficiency(windows: Sequence[Window]) -> float | None:
    """What a day brought out of sample, as a share of what it brought in sample: logarithmic returns, over all windows
    that were tested. None without a profit in sample. (Pardo, The Evaluation and Optimization of Trading Strategies,
    2008, compares annualised profits so.)"""
    tested = [one for one in windows if one.test_figures]
    inside = _rate([(one.train, one.train_figures) for one in tested])
    outside = _rate([(one.test, one.test_figures) for one in tested])
    return outside / inside if inside is not None and outside is not None and inside > 0 else None


def _rate(found: Sequence[tuple[Span, Mapping[str, Any]]]) -> float | None:
    days = sum((span.ends - span.begins) / timedelta(days=1) for span, _ in found)
    returns = [figures.get("total_return") for _, figures in found]
    if not days or not all(isinstance(one, int | float) and one > -1 for one in returns):
        return None
    return math.fsum(math.log1p(one) for one in returns if one is not None) / days


def _joined(before: Sequence[Tried], now: Sequence[Tried]) -> Sequence[Tried]:
    """What was tried in any window; drawn values differ from one to the next."""
    if not before or all(one.values == other.values for one, other in zip(before, now, strict=True)):
        return now
    return [Tried(one.name, sorted({*one.values, *other.values})) for one, other in zip(before, now, strict=True)]


def _warnings(result: WalkForwardResult) -> Iterator[Finding]:
    if result.cancelled:
        yield Finding("cancelled", f"It was cancelled after {counted(len(result.windows), 'window')}.")
    for window in result.windows:
        when = f"{window.test.begins:%Y-%m-%d %H:%M}"
        if window.error is not None:
            yield Finding("failed", f"The test from {when} on failed: {window.error.get('message')}")
        elif window.chosen is None:
            yield Finding(
                "no_best", f"Before {when}, no variant was the best: none traded, or had the figure `{result.metric}`."
            )
    if result.efficiency is not None and result.efficiency < 0.5:
        yield Finding(
            "not_robust",
            "Out of sample, a day "
            + (f"brought {result.efficiency:.0%} of what it brought in sample" if result.efficiency >= 0 else "lost")
            + ": the settings fit the past better than the market.",
        )
