"""A workflow made ready once: its variants are what each of them would be by itself, whichever way."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy
import pytest

from tests.service.backtests.bars import FREE, FROM_EXCHANGE, PROVIDER, flat, workflow, write_bars
from treadle.errors import InvalidWorkflow
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.backtests.program import prepared
from treadle.service.backtests.program.prepared import Evaluation, Prepared
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.search.engine import EngineEvaluator
from treadle.service.settings import Settings
from treadle.simulation.luck import moments_of

REGISTRY = Registry.installed()
CLOSES = [round(100 + 9 * math.sin(at / 4) + 3 * math.sin(at * 1.7), 2) for at in range(120)]
VARIANTS: Sequence[dict[str, Any]] = (
    {},
    {"strength.period": 3, "strength.oversold": 40},
    {"strength.period": 8},
    {"buy.size": 2},
    {"input.exit_above": 70},
    {"strength.period": 5, "input.exit_above": 45, "buy.size": 3},
)


def strong_and_weak() -> Workflow:
    flow = workflow(
        {"id": "hourly", "type": "trigger.interval", "config": {"seconds": 3600, "aligned": True}},
        PROVIDER,
        {"id": "candles", "type": "market.candles",
         "config": {**FROM_EXCHANGE, "symbol": "BTC/USDT", "timeframe": "1h", "bars": 30}},
        {"id": "strength", "type": "indicator.rsi", "config": {"period": 6}},
        {"id": "held", "type": "market.positions", "config": {**FROM_EXCHANGE, "symbol": "BTC/USDT"}},
        {"id": "cheap", "type": "flow.if",
         "config": {"condition": "nodes.strength.oversold && nodes.held.quantity == 0"}},
        {"id": "dear", "type": "flow.if",
         "config": {"condition": "nodes.strength.value > workflow.input.exit_above && nodes.held.quantity > 0"}},
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 1}},
        {"id": "sell", "type": "order.close", "config": FROM_EXCHANGE},
        connections=("hourly.at -> candles.trigger", "candles -> strength.series", "strength.value -> held.trigger",
                     "strength.value -> cheap.trigger", "strength.value -> dear.trigger", "cheap.true -> buy.trigger",
                     "dear.true -> sell.trigger"),
    )  # fmt: skip
    return flow.model_copy(update={"inputs": {"exit_above": {"type": "number", "default": 60}}})


def request(folder: Path, flow: Workflow | None = None) -> BacktestRequest:
    bars = write_bars(folder, flat(*CLOSES))
    return BacktestRequest(flow or strong_and_weak(), {"BTC/USDT": bars}, paper={**FREE, "fees": 0.001})


async def by_the_engine(asked: BacktestRequest) -> Any:
    return await EngineEvaluator(asked, Settings(), REGISTRY).evaluate_many(VARIANTS)


async def evaluated(asked: BacktestRequest, threads: int) -> list[Evaluation]:
    program = Prepared.of(asked, Settings(), REGISTRY)
    return await asyncio.to_thread(program.evaluate_many, VARIANTS, threads=threads)


@pytest.mark.slow
@pytest.mark.parametrize("is_jitted", [False, True])
async def test_variants_are_those_of_the_engine_to_the_last_digit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_jitted: bool
) -> None:
    monkeypatch.setattr(prepared, "_WORTH", 1 if is_jitted else math.inf)
    monkeypatch.setattr(prepared, "_PATIENCE", 1)  # of what is compiled, one goes on as plain Python, the rest does not
    asked = request(tmp_path)

    found, expected = await evaluated(asked, threads=2), await by_the_engine(asked)

    for mine, theirs in zip(found, expected, strict=True):
        assert mine.error is None
        assert mine.figures == theirs.figures
        assert mine.returns is not None
        assert moments_of(mine.returns) == theirs.moments
    assert len({one.figures["ended_with"] for one in found}) == len(VARIANTS)


async def test_the_order_of_variants_and_the_threads_change_nothing(tmp_path: Path) -> None:
    asked = request(tmp_path)

    one, many = await evaluated(asked, threads=1), await evaluated(asked, threads=3)

    for mine, theirs in zip(one, many, strict=True):
        assert mine.figures == theirs.figures
        assert numpy.array_equal(mine.returns, theirs.returns)


async def test_a_variant_that_cannot_be_is_told_and_keeps_none_from_being_tested(tmp_path: Path) -> None:
    program = Prepared.of(request(tmp_path), Settings(), REGISTRY)
    variants = [{"strength.period": 0}, {"strength.oversold": 90}, {"strength.period": 4}]

    wrong, crossed, right = await asyncio.to_thread(program.evaluate_many, variants, threads=2)

    assert wrong.error is not None
    assert crossed.error is not None
    assert right.error is None


async def test_what_cannot_be_compiled_says_so(tmp_path: Path) -> None:
    flow = workflow(
        {"id": "hourly", "type": "trigger.interval", "config": {"seconds": 3600, "aligned": True}},
        PROVIDER,
        {"id": "wait", "type": "flow.wait", "config": {"duration": "2h"}},
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 1}},
        connections=("hourly.at -> wait.trigger", "wait -> buy.trigger"),
    )

    with pytest.raises(InvalidWorkflow) as error:
        Prepared.of(request(tmp_path, flow), Settings(), REGISTRY)

    assert error.value.code == "cannot_compile"
    assert error.value.issues[0].node == "wait"
