"""Variants whose figures are a formula of their values: what a search makes of them is known beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy

from tests.service.backtests.bars import FREE, FROM_EXCHANGE, PROVIDER, flat, workflow, write_bars
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.search.evaluator import Evaluation, Variant
from treadle.service.backtests.search.request import Parameter, Sweep
from treadle.service.backtests.search.result import SweepResult
from treadle.service.backtests.search.sweep import run_sweep
from treadle.service.settings import Settings
from treadle.simulation.luck import moments_of

REGISTRY = Registry.installed()
Formula = Callable[[Mapping[str, Any]], float | None]


class Formulas:
    """Implements `Evaluator`: the figure `total_return` is what the formula gives; one that raises fails."""

    def __init__(self, formula: Formula, *, batch: int = 4, trades: int = 40, returns: int = 250) -> None:
        self._formula, self.batch, self._trades, self._returns = formula, batch, trades, returns
        self.asked: list[dict[str, Any]] = []

    async def evaluate_many(self, variants: Sequence[Variant]) -> list[Evaluation]:
        return [self._evaluate(one) for one in variants]

    def _evaluate(self, variant: Variant) -> Evaluation:
        self.asked.append(dict(variant))
        try:
            value = self._formula(variant)
        except ArithmeticError as error:
            return Evaluation({}, error={"code": "arithmetic", "message": str(error)})
        returns = numpy.random.default_rng(len(self.asked)).normal(0.001, 0.01, size=self._returns)
        figures = {"total_return": value, "max_drawdown": value, "sharpe": 1.0, "trades": self._trades}
        return Evaluation(figures, moments_of(returns), "formula")

    async def over(self, since: datetime, until: datetime) -> Formulas:
        return self

    async def aclose(self) -> None:
        """Nothing is open."""


def crossing() -> Workflow:
    """Nodes with settings of many kinds, one of which says that two of its own go together only in one order."""
    return workflow(
        {"id": "bar", "type": "trigger.stream",
         "config": {"provider": "exchange", "channel": "candles", "timeframe": "1h"}},
        PROVIDER,
        {"id": "low", "type": "flow.threshold", "config": {"operator": "<", "threshold": 95}},
        {"id": "cross", "type": "indicator.macd", "config": {"fast": 3, "slow": 9, "signal": 4}},
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 1}},
        connections=("bar.price -> low.value", "bar.price -> cross.series", "low.true -> buy.trigger"),
    )  # fmt: skip


def request(flow: Workflow | None = None) -> BacktestRequest:
    return BacktestRequest(flow or crossing(), {"BTC/USDT": Path("none.csv")}, paper=FREE)


def over_bars(folder: Path, flow: Workflow, closes: Sequence[float], *, name: str = "bars.csv") -> BacktestRequest:
    return BacktestRequest(flow, {"BTC/USDT": write_bars(folder, flat(*closes), name=name)}, paper=FREE)


async def sweep(formula: Formula, *parameters: Parameter, **more: Any) -> SweepResult:
    given = {name: more.pop(name) for name in ("progress", "cancel", "evaluator") if name in more}
    more = {"metric": "total_return", **more}
    given = {"evaluator": Formulas(formula), **given}
    return await run_sweep(request(), Sweep(parameters, **more), Settings(), REGISTRY, **given)


def grid(name: str, low: float, high: float, step: float | None = None) -> Parameter:
    return Parameter(name, low=low, high=high, step=step)
