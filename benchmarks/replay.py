"""What it costs to replay recorded runs: read from the store, run anew under another version, compared."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.row import Row
from benchmarks.sampling import at_once, median
from benchmarks.subjects import application, chain, registry
from treadle.engine.compile import compile_plan
from treadle.model.workflow import Workflow
from treadle.service.application import Application
from treadle.service.execution import ExecutionRequest
from treadle.service.replays import Replays, Selection

_RUNS = 1000


def measure(scale: float) -> Iterator[Row]:
    runs = max(20, round(_RUNS * scale))
    seconds = asyncio.run(_replay(runs, rounds=3 if scale >= 1 else 1))
    yield Row(f"replay_{runs}_runs_of_10_nodes", seconds, "s", "lower", must=2 * runs / _RUNS)


async def _replay(runs: int, *, rounds: int) -> float:
    """Seconds for all runs of a chain of ten nodes, three of them effects, with a version in which one node differs."""
    recorded = chain(10, effects=3, name="recorded")
    plan = compile_plan(_edited(recorded), registry())
    with TemporaryDirectory() as folder:
        async with application(Path(folder)) as app:
            await _record(app, recorded, runs)
            replays = Replays(app)
            taken: list[float] = []
            for _ in range(rounds):
                gc.collect()
                start = time.perf_counter()
                selected = await replays.select(Selection(workflow="recorded"))
                report = await replays.replay(selected, plan)
                taken.append(time.perf_counter() - start)
                if report.verdicts["different"] != runs:
                    raise RuntimeError(f"{runs} runs were to come out differently: {report.verdicts}")
    return median(taken)


async def _record(app: Application, workflow: Workflow, runs: int) -> None:
    request = ExecutionRequest(workflow, input={"start": 1.0})
    await app.execute(request)
    await at_once(64, runs - 1, lambda: app.execute(request))


def _edited(workflow: Workflow) -> Workflow:
    """The last node adds two instead of one."""
    *before, last = workflow.nodes
    return workflow.model_copy(update={"nodes": (*before, last.model_copy(update={"config": {"by": 2.0}}))})
