"""A backtest the compiled way, from the bars to the result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from treadle.node.registry import Registry
from treadle.service.backtests.history import History
from treadle.service.backtests.program.compiling import is_compiled
from treadle.service.backtests.program.driving import Drive
from treadle.service.backtests.program.explaining import explain_drive
from treadle.service.backtests.program.outcome import tell_result
from treadle.service.backtests.program.planning import Program, plan_program
from treadle.service.backtests.program.recording import RecordedValues
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.result import BacktestResult
from treadle.simulation.compiled.twin import can_compile

Progress = Callable[[int, int], None]
_WORTH_LOADING, _WORTH_COMPILING = 300_000, 3_000_000
"""Moments from which on compiled code is worth to be loaded, and to be made."""


async def run_program(
    request: BacktestRequest, history: History, registry: Registry, since: datetime, until: datetime,
    progress: Progress = lambda done, all: None,
) -> BacktestResult:  # fmt: skip
    """Raises `NotCompiled` with what keeps it from being compiled, which may show only while it runs."""
    program = plan_program(request, history, registry, since, until)
    drive = _open(program)
    await drive.run(progress)
    result = tell_result(program, drive.trading, drive.counts, drive.messages, explain_drive(drive))
    result.values = RecordedValues(program, [_milliseconds(str(one["created_at"])) for one in result.orders])
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


def _milliseconds(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)
