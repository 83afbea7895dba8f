"""Variants through the whole engine, in this process, one after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from treadle.errors import TreadleError
from treadle.node.registry import Registry
from treadle.service.backtests.backtest import run_backtest
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.result import BacktestResult
from treadle.service.backtests.search.applying import with_values
from treadle.service.backtests.search.evaluator import Evaluation, Variant
from treadle.service.settings import Settings
from treadle.simulation.luck import moments_of
from treadle.simulation.metrics import returns_of


class EngineEvaluator:
    """Carries out variants here, as backtests of their own."""

    def __init__(self, request: BacktestRequest, settings: Settings, registry: Registry) -> None:
        self._request, self._settings, self._registry = replace(request, way="engine"), settings, registry

    @property
    def batch(self) -> int:
        return 1

    async def evaluate_many(self, variants: Sequence[Variant]) -> list[Evaluation]:
        return [await evaluate(self._request, one, self._settings, self._registry) for one in variants]

    async def over(self, since: datetime, until: datetime) -> EngineEvaluator:
        request = replace(self._request, since=since, until=until)
        return EngineEvaluator(request, self._settings, self._registry)

    async def aclose(self) -> None:
        """There is nothing to close."""


async def evaluate(request: BacktestRequest, variant: Variant, settings: Settings, registry: Registry) -> Evaluation:
    """One variant, from beginning to end."""
    try:
        return evaluation_of(await run_backtest(with_values(request, variant), settings, registry))
    except TreadleError as error:
        return failed(error)


def evaluation_of(result: BacktestResult) -> Evaluation:
    import numpy

    equity = numpy.array([float(point.equity) for point in result.equity])
    moments = moments_of(returns_of(equity)) if len(equity) and bool((equity > 0).all()) else None
    return Evaluation(result.figures(), moments, result.way)


def failed(error: TreadleError) -> Evaluation:
    told = {"code": error.code, "message": error.message}
    return Evaluation({}, error={**told, "remedy": error.remedy} if error.remedy else told)
