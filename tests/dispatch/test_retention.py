"""Finished runs go when their time is over."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

import treadle as td
from treadle.errors import NotFound
from treadle.model.policy import Settings as WorkflowSettings
from treadle.model.workflow import Node, Workflow
from treadle.service.execution import ExecutionRequest


async def test_a_finished_run_is_removed_when_its_retention_is_over(tmp_path: Path) -> None:
    """Nobody has to ask: an engine that is up removes what nobody wanted to keep."""
    settings = td.Settings(db=str(tmp_path / "treadle.db"))
    short = Workflow(
        name="short",
        nodes=(Node(id="one", type="data.set", config={"fields": {"a": 1}}),),
        settings=WorkflowSettings(retention=0.01),
    )
    async with td.Application(settings) as first:
        run_id = (await first.execute(ExecutionRequest(short))).run_id
        kept = (await first.execute(ExecutionRequest(short.model_copy(update={"settings": WorkflowSettings()})))).run_id
    await asyncio.sleep(timedelta(milliseconds=50).total_seconds())

    async with td.Application(settings) as second:
        for _ in range(100):
            await asyncio.sleep(0.02)
            if len(await second.list_runs()) == 1:
                break

        with pytest.raises(NotFound):
            await second.get_result(run_id)
        assert (await second.get_result(kept)).status == "completed"
