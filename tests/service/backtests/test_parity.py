"""7.4: the bars of a backtest, fed one at a time to a paper deployment, give the same orders, fills and equity."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service.backtests.bars import BEGIN, FREE, HOUR, Bar, backtest, buys_low_sells_high, flat, write_bars
from treadle.model.record import RecordQuery
from treadle.model.workflow import Workflow
from treadle.node import Permissions
from treadle.testing import Harness, VirtualClock

ACCOUNT = {**FREE, "fees": 0.001, "slippage": {"kind": "fixed", "bps": 5}}


def on_paper(flow: Workflow) -> Workflow:
    """The workflow as a deployment would have it whose provider reads the bars of a file."""
    content: dict[str, Any] = flow.model_dump(by_alias=True, exclude_unset=True)
    for node in content["nodes"]:
        if node["type"] == "market.provider":
            node["config"]["settings"] = {**ACCOUNT, "feed": "bars.csv", "timeframe": "1h"}
    return Workflow.model_validate(content)


async def feed_one_by_one(folder: Path, flow: Workflow, bars: list[Bar]) -> list[dict[str, Any]]:
    """The fills of a paper deployment: one run for each bar, started when it is over."""
    clock = VirtualClock(datetime.fromtimestamp(BEGIN / 1000, UTC))
    harness = Harness(clock=clock, permissions=Permissions(workspace=folder))
    try:
        for number, (opened, high, low, closed) in enumerate(bars):
            at = BEGIN + (number + 1) * HOUR
            clock.set(datetime.fromtimestamp(at / 1000, UTC))
            bar = {"time": at - HOUR, "open": opened, "high": high, "low": low, "close": closed, "volume": 10}
            told = {"item": {**bar, "closed": True}, "at": at, "symbol": "BTC/USDT"}
            run = await harness.run(flow, mode="paper", deployment="bot", trigger="bar", fired=told)
            assert run.status == "completed", run.error
        # What is placed on the last bar is not filled any more; what was placed before is heard of here.
        found = await harness.exchange.list_records(RecordQuery("fill"))  # type: ignore[attr-defined]
        return [dict(one.value) for one in found]
    finally:
        await harness.aclose()


@pytest.mark.slow
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(8_500, 11_500).map(lambda cents: cents / 100), min_size=5, max_size=12))
async def test_bars_one_by_one_and_all_at_once_give_the_same_fills(tmp_path: Path, closes: list[float]) -> None:
    # Two more bars that set off nothing but let the last run hear of every fill.
    bars = flat(*closes, 94, 94)
    file = write_bars(tmp_path, bars)
    shutil.rmtree(tmp_path / ".treadle", ignore_errors=True)
    flow = buys_low_sells_high()

    fills = await feed_one_by_one(tmp_path, on_paper(flow), bars)
    result = await backtest(flow, file, paper=ACCOUNT)

    # The order of the bar before the last is filled in the last one, and heard of by no run.
    assert [_told(one) for one in fills] == [_told(one) for one in result.fills][: len(fills)]
    assert len(result.fills) - len(fills) in (0, 1)


def _told(fill: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(fill.get(name) for name in ("at", "side", "quantity", "price", "fee", "fee_asset", "profit"))
