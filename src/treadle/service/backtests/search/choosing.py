"""Who carries out the variants of a search, by what the workflow is made of."""

from __future__ import annotations

import asyncio

from treadle.errors import InvalidWorkflow
from treadle.node.registry import Registry
from treadle.service.backtests.data.bringing import bring_bars
from treadle.service.backtests.program.prepared import Prepared
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.search.compiled import CompiledEvaluator
from treadle.service.backtests.search.evaluator import Evaluator
from treadle.service.backtests.search.pool import Crew, GrowingEvaluator, processes_here
from treadle.service.backtests.search.preparing import CANNOT
from treadle.service.settings import Settings


async def choose_evaluator(
    request: BacktestRequest, settings: Settings, registry: Registry, *, processes: int | None = None
) -> Evaluator:
    """One that goes the compiled way where that can be gone, else one that goes through the engine, on so many cores
    (`processes`; None: all). Raises what keeps every variant from being tested, and `InvalidWorkflow`
    (`cannot_compile`) where the request wants no other way."""
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
            if error.code != CANNOT or request.way == "compiled":
                raise
    return GrowingEvaluator(request, crew)
