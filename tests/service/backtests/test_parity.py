"""7.4: the bars of a backtest, fed one at a time to a paper deployment, give the same orders, fills and equity."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.service.backtests.bars import (
    BEGIN,
    FREE,
    HOUR,
    Bar,
    backtest,
    buys_low_sells_high,
    flat,
    write_bars,
)
from tests.service.backtests.live import assert_same, each_way, feed_one_by_one, over_bars, told
from tests.service.backtests.strategies import Strategy, strategies
from treadle.model.record import RecordQuery
from treadle.model.workflow import Workflow
from treadle.node import Permissions
from treadle.service.backtests.request import BacktestRequest
from treadle.testing import Harness, VirtualClock

PHASES = (Phase.explicit, Phase.generate)
"""A strategy that differs is looked at as it is: to make it smaller takes minutes."""
ACCOUNT = {**FREE, "fees": 0.001, "slippage": {"kind": "fixed", "bps": 5}}


def on_paper(flow: Workflow) -> Workflow:
    """The workflow as it is deployed whose runs bring the bars."""
    content: dict[str, Any] = flow.model_dump(by_alias=True, exclude_unset=True)
    for node in content["nodes"]:
        if node["type"] == "market.provider":
            bar = "{{ nodes.bar.item }}"
            node["config"] = {
                **node["config"],
                "candle": bar,
                "settings": {**ACCOUNT, "feed": "run", "timeframe": "1h"},
            }
    return Workflow.model_validate(content)


async def bring_one_by_one(folder: Path, flow: Workflow, bars: list[Bar]) -> list[tuple[Any, ...]]:
    """The fills of a deployment that knows no bar but those which its runs have brought: there is no later one."""
    clock = VirtualClock(datetime.fromtimestamp(BEGIN / 1000, UTC))
    harness = Harness(clock=clock, permissions=Permissions(workspace=folder))
    try:
        for number, (opened, high, low, closed) in enumerate(bars):
            at = BEGIN + (number + 1) * HOUR
            clock.set(datetime.fromtimestamp(at / 1000, UTC))
            bar = {"time": at - HOUR, "open": opened, "high": high, "low": low, "close": closed, "volume": 10}
            heard = {"item": {**bar, "closed": True}, "at": at, "symbol": "BTC/USDT", "price": closed}
            run = await harness.run(flow, mode="paper", deployment="bot", trigger="bar", fired=heard)
            assert run.status == "completed", run.error
        found = await harness.exchange.list_records(RecordQuery("fill"))  # type: ignore[attr-defined]
        return told([dict(one.value) for one in found])
    finally:
        await harness.aclose()


@pytest.mark.slow
@settings(max_examples=8, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strategies)
async def test_a_strategy_over_bars_is_the_strategy_on_paper(tmp_path: Path, strategy: Strategy) -> None:
    bars, flow = strategy.bars(), strategy.workflow()
    file = write_bars(tmp_path, bars, volume=40)
    begins, ends = (datetime.fromtimestamp((BEGIN + at * HOUR) / 1000, UTC) for at in (8, len(bars)))

    bot = over_bars(flow, {"BTC/USDT": file.name}, "1h", strategy.paper)
    live = await feed_one_by_one(tmp_path, bot, begins, ends)

    async for result in each_way(BacktestRequest(flow, {"BTC/USDT": file}, paper=strategy.paper, since=begins)):
        assert_same(result, live)


@pytest.mark.slow
@settings(max_examples=6, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(8_500, 11_500).map(lambda cents: cents / 100), min_size=5, max_size=12))
async def test_bars_that_runs_bring_and_bars_all_at_once_give_the_same_fills(
    tmp_path: Path, closes: list[float]
) -> None:
    bars = flat(*closes, 94, 94)
    flow = buys_low_sells_high()

    shutil.rmtree(tmp_path / ".treadle", ignore_errors=True)
    fills = await bring_one_by_one(tmp_path, on_paper(flow), bars)
    result = await backtest(flow, write_bars(tmp_path, bars), paper=ACCOUNT)

    # What is filled in the last bars is heard of by no run that places an order.
    assert told(result.fills)[: len(fills)] == fills
    assert len(result.fills) - len(fills) in (0, 1)
