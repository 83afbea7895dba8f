"""What stood on the wires of a compiled backtest is what stood on those of the engine."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.service.backtests.bars import FREE, FROM_EXCHANGE, PROVIDER, backtest, flat, workflow, write_bars
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.backtests.backtest import find_period
from treadle.service.backtests.content import ms_of
from treadle.service.backtests.history import read_history
from treadle.service.backtests.program import driving, recording
from treadle.service.backtests.program.planning import plan_program
from treadle.service.backtests.program.recording import RecordedValues
from treadle.service.backtests.request import BacktestRequest
from treadle.service.settings import Settings

CLOSES = [100 + 8 * math.sin(at / 5) + at % 7 for at in range(160)]
OWN_NAMES = {"buy", "close"}
"""Nodes that tell of orders, whose names differ."""


def swings(*, lazy: bool = False) -> Workflow:
    return workflow(
        {"id": "every", "type": "trigger.interval", "config": {"seconds": 3600, "aligned": True}},
        PROVIDER,
        {"id": "candles", "type": "market.candles", "config": {**FROM_EXCHANGE, "timeframe": "1h", "bars": 60}},
        {"id": "rsi", "type": "indicator.rsi", "config": {"period": 5}},
        {"id": "weak", "type": "flow.threshold", "config": {"operator": "<", "threshold": 30}, "lazy": lazy},
        {"id": "strong", "type": "flow.threshold", "config": {"operator": ">", "threshold": 70}},
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 1}},
        {"id": "close", "type": "order.close", "config": FROM_EXCHANGE, "on_error": "continue"},
        connections=("every -> candles.trigger", "candles -> rsi.series", "rsi.value -> weak.value",
                     "rsi.value -> strong.value", "weak.true -> buy.trigger", "strong.true -> close.trigger"),
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("most", [5_000, 10], ids=["all of them", "where orders were placed"])
async def test_recorded_values_are_those_of_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(driving, "MOST_MOMENTS", most)
    file = write_bars(tmp_path, flat(*CLOSES))
    request = BacktestRequest(swings(), {"BTC/USDT": file}, paper=FREE)
    history = read_history(request, Settings())
    whole = await backtest(swings(), file, way="engine")
    program = plan_program(request, history, Registry.installed(), *find_period(request, history))
    ordered = [ms_of(order["created_at"]) for order in whole.orders]

    found = RecordedValues(program, ordered)

    assert whole.values is not None
    assert list(found.times) == (list(whole.values.times) if most > 10 else sorted(set(ordered)))
    at = [list(whole.values.times).index(time) for time in found.times]
    for node, port in found.ports:
        if node not in OWN_NAMES and node != "exchange":
            expected = whole.values.column(node, port)
            assert _plain(found.column(node, port)) == _plain([expected[place] for place in at]), (node, port)


@pytest.mark.slow
async def test_what_was_taken_exactly_is_not_gone_through_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driving, "MOST_MOMENTS", 10)
    file = write_bars(tmp_path, flat(*CLOSES))
    flow = swings(lazy=True)  # which no step is generated for
    whole = await backtest(flow, file, way="engine")
    monkeypatch.setattr(recording, "_again", lambda *given: pytest.fail("it is"))

    values = (await backtest(flow, file, way="compiled")).values

    assert values is not None
    assert whole.values is not None
    ordered = sorted({ms_of(order["created_at"]) for order in whole.orders})
    assert list(values.times) == ordered
    at = [list(whole.values.times).index(time) for time in ordered]
    for node, port in values.ports:
        if node not in {*OWN_NAMES, "exchange"}:
            expected = whole.values.column(node, port)
            assert _plain(values.column(node, port)) == _plain([expected[place] for place in at]), (node, port)


def _plain(column: list[object]) -> list[str]:
    return [repr(value) for value in column]
