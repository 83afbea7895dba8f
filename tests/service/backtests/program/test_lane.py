"""The moments of a generated step are at hand a few at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.service.backtests.bars import write_bars
from tests.service.backtests.program.strategies import FINEST, limits_below, template, trailing_stop, walk
from tests.service.backtests.program.test_parity import told
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.backtests.backtest import find_period
from treadle.service.backtests.history import read_history
from treadle.service.backtests.program import lane as lanes
from treadle.service.backtests.program.driving import Drive
from treadle.service.backtests.program.outcome import tell_result
from treadle.service.backtests.program.planning import Program, plan_program
from treadle.service.backtests.request import BacktestRequest
from treadle.service.settings import Settings

FLOWS = {"columns": template("rsi-mean-reversion"), "variables": trailing_stop(), "orders": limits_below()}


def plan(flow: Workflow, file: Path) -> Program:
    request = BacktestRequest(flow, {"BTC/USDT": file}, paper=dict(FINEST))
    history = read_history(request, Settings())
    return plan_program(request, history, Registry.installed(), *find_period(request, history))


async def result(program: Program) -> dict[str, Any]:
    drive = Drive(program, keeps_over=True)
    await drive.run()
    return told(tell_result(program, drive.trading, drive.counts, drive.messages, []))


@pytest.mark.slow
@pytest.mark.parametrize("name", FLOWS)
async def test_a_few_at_a_time_come_to_the_same_as_all_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    program = plan(FLOWS[name], write_bars(tmp_path, walk(300, seed=6)))
    whole = await result(program)
    monkeypatch.setattr(lanes, "PIECE", 7)

    pieces = await result(program)

    assert pieces == whole
    assert len(whole["fills"]) > 2


async def test_lists_are_never_longer_than_a_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = plan(trailing_stop(), write_bars(tmp_path, walk(120, seed=6)))
    monkeypatch.setattr(lanes, "PIECE", 7)
    seen: list[int] = []
    step = lanes.Lane.go

    def go(lane: lanes.Lane, *given: Any) -> tuple[int, int]:
        found = step(lane, *given)
        seen.append(max(len(column) for column in lane.arrays))
        return found

    monkeypatch.setattr(lanes.Lane, "go", go)
    await result(program)

    assert set(seen) <= set(range(1, 8))
    assert len(seen) >= 120 // 7
