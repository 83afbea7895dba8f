"""Who carries out the variants of a search, by what the workflow is made of."""

from __future__ import annotations

import asyncio

from treadle.errors import InvalidWorkflow
from treadle.node.registry import Registry
from treadle.service.backtests.backtest import find_period
from treadle.service.backtests.data.bringing import bring_bars
from treadle.service.backtests.history import read_history
from treadle.service.backtests.program.held.planning import plan_held
from treadle.service.backtests.program.prepared import Prepared
from treadle.service.backtests.program.refusing import NotCompiled, cannot_compile
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.search.compiled import CompiledEvaluator
from treadle.service.backtests.search.evaluator import Evaluator
from treadle.service.backtests.search.pool import Crew, GrowingEvaluator, processes_here
from treadle.service.backtests.search.preparing import CANNOT
from treadle.service.settings import Settings


async def choose_evaluator(
    request: BacktestRequest, settings: Settings, registry: Registry, *, processes: int | None = None
) -> Evaluator:
    """One for which a step is generated where that can be, else one that goes run by run, on so many cores
    (`processes`; None: all). Raises what keeps every variant from being tested, and `InvalidWorkflow`
    (`cannot_compile`) where the request wants no other way than the compiled one."""
    await bring_bars(request, settings)  # once, before several would at the same time
    many = processes_here() if processes is None else processes
    crew = Crew(request, settings, registry, many)

    def prepare(wanted: BacktestRequest) -> Prepared:
        return Prepared.of(wanted, settings, registry)

    if request.way != "engine":
        try:
            program = await asyncio.to_thread(prepare, request)
            return CompiledEvaluator(request, program, prepare, crew, threads=many)
        except InvalidWorkflow as error:
            if error.code != CANNOT:
                raise
            if request.way == "compiled":
                await asyncio.to_thread(_require_held, request, settings, registry)
    return GrowingEvaluator(request, crew)


def _require_held(request: BacktestRequest, settings: Settings, registry: Registry) -> None:
    """Raises `InvalidWorkflow` (`cannot_compile`) with everything that keeps it from being stepped in memory, too."""
    history = read_history(request, settings)
    try:
        plan_held(request, history, registry, *find_period(request, history))
    except NotCompiled as refused:
        raise cannot_compile(request.workflow.name, refused.reasons) from None
