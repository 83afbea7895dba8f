"""Variants by a prepared program: what it cannot do goes through the engine, what fails is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy
import pytest

from tests.service.backtests.bars import FROM_EXCHANGE, PROVIDER, buys_low_sells_high, workflow
from tests.service.backtests.program.test_prepared import request as strong_and_weak_over
from tests.service.backtests.search.formulas import REGISTRY, over_bars
from treadle.errors import InvalidWorkflow, NodeError, TreadleError
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.search.compiled import CompiledEvaluator
from treadle.service.backtests.search.engine import EngineEvaluator
from treadle.service.backtests.search.pool import Crew
from treadle.service.backtests.search.request import Parameter, Sweep
from treadle.service.backtests.search.sweep import run_sweep
from treadle.service.settings import Settings

CLOSES = [100, 93, 97, 106, 99, 92, 94, 108, 101, 90]


@dataclass
class Told:
    figures: Mapping[str, Any] = field(default_factory=dict)
    returns: Any = None
    way: str = "compiled"
    error: TreadleError | None = None


class Program:
    """Says what it is told to of each variant."""

    def __init__(self, *told: Told) -> None:
        self.told = told

    def evaluate_many(self, variants: Sequence[Mapping[str, Any]], *, threads: int) -> Sequence[Told]:
        return self.told


def evaluator(request: BacktestRequest, *told: Told) -> CompiledEvaluator:
    program = Program(*told)
    return CompiledEvaluator(request, program, lambda _: program, Crew(request, Settings(), REGISTRY, 1), threads=2)


@pytest.mark.parametrize("way", ["auto", "compiled"])
async def test_what_is_not_generated_is_a_test_of_its_own_unless_there_is_no_other_way(
    tmp_path: Path, way: str
) -> None:
    request = replace(over_bars(tmp_path, buys_low_sells_high(), CLOSES), way=way)
    quick = Told({"trades": 7}, numpy.array([0.1, 0.2, 0.3, -0.1]))
    cannot = Told(error=InvalidWorkflow("It reads text.", code="cannot_compile"))
    wrong = Told(error=NodeError("It is wrong.", code="invalid_input"))

    first, second, third = await evaluator(request, quick, cannot, wrong).evaluate_many([{}, {"buy.size": 2}, {}])

    assert (first.figures, first.way) == ({"trades": 7}, "compiled")
    assert first.moments is not None
    assert first.moments.count == 4
    assert third.error == {"code": "invalid_input", "message": "It is wrong."}
    if way == "compiled":
        assert second.error == {"code": "cannot_compile", "message": "It reads text."}
    else:
        (expected,) = await EngineEvaluator(request, Settings(), REGISTRY).evaluate_many([{"buy.size": 2}])
        assert (second.figures, second.moments) == (expected.figures, expected.moments)


@pytest.mark.slow
async def test_a_sweep_goes_the_compiled_way_where_it_can_and_finds_what_the_engine_finds(tmp_path: Path) -> None:
    asked = strong_and_weak_over(tmp_path)
    wanted = Sweep(
        (Parameter("strength.period", (3, 6)), Parameter("input.exit_above", (50, 65))), metric="total_return"
    )

    quick = await run_sweep(asked, wanted, Settings(), REGISTRY)
    slow = await run_sweep(replace(asked, way="engine"), wanted, Settings(), REGISTRY)

    assert (quick.way, slow.way) == ("compiled", "engine")
    assert [row.to_dict() for row in quick.rows] == [row.to_dict() for row in slow.rows]
    assert (quick.best, quick.skill, quick.neighbours) == (slow.best, slow.skill, slow.neighbours)


async def test_a_sweep_that_is_to_be_compiled_and_cannot_be_says_why(tmp_path: Path) -> None:
    flow = workflow(
        {"id": "hourly", "type": "trigger.interval", "config": {"seconds": 3600, "aligned": True}},
        PROVIDER,
        {"id": "wait", "type": "flow.wait", "config": {"duration": "2h"}},
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 1}},
        connections=("hourly.at -> wait.trigger", "wait -> buy.trigger"),
    )
    asked = replace(over_bars(tmp_path, flow, CLOSES), way="compiled")

    with pytest.raises(InvalidWorkflow) as error:
        await run_sweep(asked, Sweep((Parameter("buy.size", (1, 2)),)), Settings(), REGISTRY)

    assert error.value.code == "cannot_compile"
