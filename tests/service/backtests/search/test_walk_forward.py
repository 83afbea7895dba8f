"""Walking forward: windows, choices by what was known, and one equity of all tests."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.service.backtests.bars import FROM_EXCHANGE, PROVIDER, buys_low_sells_high, workflow
from tests.service.backtests.search.formulas import REGISTRY, over_bars
from treadle.errors import InvalidWorkflow
from treadle.model.workflow import Workflow
from treadle.service.backtests.backtest import run_backtest
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.search.applying import with_values
from treadle.service.backtests.search.engine import EngineEvaluator
from treadle.service.backtests.search.request import Parameter, Sweep, WalkForward
from treadle.service.backtests.search.result import Span, WalkForwardResult, Window
from treadle.service.backtests.search.walk_forward import efficiency, run_walk_forward, windows_of
from treadle.service.settings import Settings

DAY = 86_400.0
HOUR = 3_600.0
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
LOW = Parameter("low.threshold", (94, 96))
CLOSES = [round(100 + 7 * math.sin(number / 2.5) + number % 3, 2) for number in range(41)]


def walk(train: float, test: float, *, anchored: bool = False, metric: str = "total_return") -> WalkForward:
    return WalkForward(Sweep((LOW,), metric=metric), train, test, anchored)


async def walked(request: BacktestRequest, wanted: WalkForward, **more: Any) -> WalkForwardResult:
    evaluator = EngineEvaluator(request, Settings(), REGISTRY)
    return await run_walk_forward(request, wanted, Settings(), REGISTRY, evaluator=evaluator, **more)


@pytest.mark.parametrize(("anchored", "begins"), [(False, [0, 2, 4]), (True, [0, 0, 0])])
def test_windows_follow_each_other(anchored: bool, begins: list[int]) -> None:
    found = windows_of(walk(4 * DAY, 2 * DAY, anchored=anchored), BEGIN, BEGIN + timedelta(days=11))

    assert [(one.train.begins - BEGIN).days for one in found] == begins
    assert [(one.train.ends - BEGIN).days for one in found] == [4, 6, 8]
    assert [(one.test.begins - BEGIN).days for one in found] == [4, 6, 8]
    assert [(one.test.ends - BEGIN).days for one in found] == [6, 8, 10]


@pytest.mark.parametrize(("train", "test"), [(10 * DAY, 2 * DAY), (0, DAY), (DAY, 1.0)])
def test_windows_that_do_not_fit_are_refused(train: float, test: float) -> None:
    with pytest.raises(InvalidWorkflow) as error:
        windows_of(walk(train, test), BEGIN, BEGIN + timedelta(days=11))

    assert error.value.code == "invalid_period"


@pytest.mark.slow
async def test_each_test_is_that_of_the_best_before_it_and_the_equity_is_chained(tmp_path: Path) -> None:
    request = over_bars(tmp_path, buys_low_sells_high(high=104), CLOSES)

    found = await walked(request, walk(16 * HOUR, 12 * HOUR))

    assert len(found.windows) == 2
    level = 10_000.0
    for window in found.windows:
        tried = {low: await _tested(request, low, window.train) for low in LOW.values or ()}
        assert window.chosen is not None
        chosen = window.chosen["low.threshold"]
        assert window.train_figures["total_return"] == max(tried.values()) == tried[chosen]
        test_return = await _tested(request, chosen, window.test)
        assert window.test_figures["total_return"] == test_return
        level *= 1 + test_return
    told = found.to_dict()
    assert told["stitched"]["equity"][-1] == pytest.approx(level)
    assert told["figures"]["total_return"] == pytest.approx(level / 10_000 - 1)
    assert told["stitched"]["at"] == sorted(set(told["stitched"]["at"]))
    assert found.trials == 4


async def _tested(request: BacktestRequest, low: float, span: Span) -> float:
    within = replace(with_values(request, {"low.threshold": low}), since=span.begins, until=span.ends)
    return (await run_backtest(within, Settings(), REGISTRY)).figures()["total_return"]


@pytest.mark.slow
async def test_what_comes_later_changes_no_window_before_it(tmp_path: Path) -> None:
    spiked = [*CLOSES[:-8], *(close * 3 for close in CLOSES[-8:])]
    flow, wanted = buys_low_sells_high(high=104), walk(16 * HOUR, 8 * HOUR)

    plain = await walked(over_bars(tmp_path, flow, CLOSES), wanted)
    other = await walked(over_bars(tmp_path, flow, spiked, name="spiked.csv"), wanted)

    assert len(plain.windows) == 3
    assert [one.to_dict() for one in plain.windows[:2]] == [one.to_dict() for one in other.windows[:2]]
    assert plain.windows[2].test_figures != other.windows[2].test_figures


@pytest.mark.parametrize(("train", "test", "windows"), [(5, 4, 2), (5, 8, 1)])
async def test_bars_as_long_as_the_windows_fill_them_all(tmp_path: Path, train: int, test: int, windows: int) -> None:
    request = over_bars(tmp_path, buys_low_sells_high(high=104), CLOSES[:13])

    found = await walked(request, walk(train * HOUR, test * HOUR))

    assert len(found.windows) == windows
    assert "untested" not in [one.code for one in found.warnings]


@pytest.mark.parametrize(("minutes", "test"), [(20, 4.0), (0, 3.75)])
async def test_windows_begin_when_a_bar_is_over(tmp_path: Path, minutes: int, test: float) -> None:
    request = over_bars(tmp_path, buys_low_sells_high(high=104), CLOSES)
    since = BEGIN + timedelta(hours=3, minutes=minutes)

    found = await walked(replace(request, since=since), walk(8 * HOUR, test * HOUR))

    spans = [span for one in found.windows for span in (one.train, one.test)]
    assert len(found.windows) > 5
    assert {(at.minute, at.second) for span in spans for at in (span.begins, span.ends)} == {(0, 0)}
    assert all(before.test.ends == after.test.begins for before, after in pairwise(found.windows))


async def test_what_is_in_no_window_is_told_in_the_largest_unit_that_fits(tmp_path: Path) -> None:
    request = over_bars(tmp_path, buys_low_sells_high(high=104), [*CLOSES, *CLOSES][:60])

    found = await walked(request, walk(2 * HOUR, 30 * HOUR))

    assert [one.message for one in found.warnings if one.code == "untested"] == [
        "The last 1.2 days of the bars are in no window."
    ]


def averages() -> Workflow:
    """Buys each hour that the average of the last six closes is known."""
    return workflow(
        {"id": "hourly", "type": "trigger.interval", "config": {"seconds": 3600, "aligned": True}},
        PROVIDER,
        {"id": "candles", "type": "market.candles",
         "config": {**FROM_EXCHANGE, "symbol": "BTC/USDT", "timeframe": "1h", "bars": 20}},
        {"id": "average", "type": "indicator.ma", "config": {"period": 6}},
        {"id": "low", "type": "flow.threshold", "config": {"operator": ">", "threshold": 0}},
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 1}},
        connections=("hourly -> candles.trigger", "candles -> average.series", "average.value -> low.value",
                     "low.true -> buy.trigger"),
    )  # fmt: skip


@pytest.mark.slow
async def test_a_test_window_is_warm_from_the_bars_before_it(tmp_path: Path) -> None:
    """The average of six hours is known in the first hour of the test: its bars lie before."""
    wanted = WalkForward(Sweep((Parameter("low.threshold", (0,)),), metric="total_return"), 10 * HOUR, 4 * HOUR)

    found = await walked(over_bars(tmp_path, averages(), CLOSES[:15]), wanted)

    (window,) = found.windows
    assert found.tested is not None
    first = min(str(fill["at"]) for fill in found.tested.fills)
    assert datetime.fromisoformat(first) <= window.test.begins + timedelta(hours=1)


@pytest.mark.slow
async def test_what_is_held_where_a_window_ends_is_told(tmp_path: Path) -> None:
    wanted = WalkForward(Sweep((Parameter("low.threshold", (0,)),), metric="total_return"), 10 * HOUR, 4 * HOUR)

    found = await walked(over_bars(tmp_path, averages(), CLOSES[:20]), wanted)

    assert len(found.windows) == 2
    assert [one.message[:44] for one in found.warnings if one.code == "held_between"] == [
        "At the end of 1 window something was held st"
    ]


async def test_who_cancels_gets_the_windows_that_are_done(tmp_path: Path) -> None:
    heard: list[int] = []

    found = await walked(
        over_bars(tmp_path, buys_low_sells_high(), CLOSES[:24]),
        walk(8 * HOUR, 5 * HOUR),
        progress=lambda done, total: heard.append(done),
        cancel=lambda: bool(heard) and heard[-1] >= 1_500,
    )

    assert found.cancelled
    assert len(found.windows) == 1


async def test_a_walk_needs_a_sweep_that_can_be(tmp_path: Path) -> None:
    wanted = WalkForward(Sweep((Parameter("lo.threshold", (1,)),)), DAY, DAY)

    with pytest.raises(InvalidWorkflow) as error:
        await walked(over_bars(tmp_path, buys_low_sells_high(), CLOSES), wanted)

    assert error.value.issues[0].where == "walk_forward.sweep.parameters[0].name"


def _window(train: float, test: float) -> Window:
    cut = BEGIN + timedelta(days=10)
    spans = Span(BEGIN, cut), Span(cut, cut + timedelta(days=5))
    return Window(*spans, {}, {"total_return": train}, {"total_return": test})


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([_window(math.e - 1, math.e**0.25 - 1)], 0.5),
        ([_window(math.e - 1, 0.0), _window(math.e - 1, math.e - 1)], 1.0),
        ([_window(0.1, -0.05)], 2 * math.log(0.95) / math.log(1.1)),
        ([_window(-0.1, 0.2)], None),
        ([], None),
    ],
)
def test_efficiency_is_a_day_out_of_sample_over_a_day_in_sample(
    windows: Sequence[Window], expected: float | None
) -> None:
    found = efficiency(windows)

    assert found == (None if expected is None else pytest.approx(expected))
