"""A backtest the compiled way, from the bars to the result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from treadle.node.registry import Registry
from treadle.service.backtests.decisions import decided_at
from treadle.service.backtests.history import History
from treadle.service.backtests.program.compiling import is_compiled
from treadle.service.backtests.program.driving import Drive
from treadle.service.backtests.program.explaining import explain_drive
from treadle.service.backtests.program.held.running import run_held
from treadle.service.backtests.program.outcome import tell_result
from treadle.service.backtests.program.planning import Program, plan_program
from treadle.service.backtests.program.recording import RecordedValues
from treadle.service.backtests.program.refusing import NotCompiled
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.result import BacktestResult
from treadle.service.backtests.values import RunValues
from treadle.simulation.compiled.twin import can_compile

Progress = Callable[[int, int], None]
_WORTH_LOADING, _WORTH_COMPILING = 300_000, 3_000_000
"""Moments from which on compiled code is worth to be loaded, and to be made."""


async def run_program(
    request: BacktestRequest, history: History, registry: Registry, since: datetime, until: datetime,
    progress: Progress = lambda done, all: None,
) -> BacktestResult:  # fmt: skip
    """By a generated step where there can be one, else run by run over accounts in memory. Raises `NotCompiled` with
    what keeps it from either, which may show only while it runs."""
    try:
        return await _run_generated(request, history, registry, since, until, progress)
    except NotCompiled as refused:
        return await run_held(request, history, registry, since, until, progress, because=refused.reasons)


async def _run_generated(
    request: BacktestRequest, history: History, registry: Registry, since: datetime, until: datetime,
    progress: Progress,
) -> BacktestResult:  # fmt: skip
    program = plan_program(request, history, registry, since, until)
    drive = _open(program)
    drive.seen = RunValues()
    await drive.run(progress)
    result = tell_result(program, drive.trading, drive.counts, drive.messages, explain_drive(drive))
    placed = {at for at in map(decided_at, result.orders) if at is not None}
    result.values = RecordedValues(program, placed, drive.seen)
    return result


def _open(program: Program) -> Drive:
    plain = Drive(program, keeps_over=True)
    count = len(program.moments)
    if plain.generated is None or count < _WORTH_LOADING or not can_compile():
        return plain
    jitted = Drive(program, plain.panel, is_jitted=True, keeps_over=True)
    if jitted.generated is None or not (count >= _WORTH_COMPILING or is_compiled(jitted.generated.source)):
        return plain
    return jitted
