"""What the engine itself costs: a chain of pure nodes of which nothing is saved."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.row import Row
from benchmarks.sampling import rounds
from benchmarks.subjects import add, chain, registry
from treadle.engine.compile import compile_plan
from treadle.engine.drive import drive
from treadle.engine.outcome import Done
from treadle.engine.world import World
from treadle.model.ids import new_run_id
from treadle.model.run import RunRecord
from treadle.testing.memory_journal import MemoryJournal

LENGTH = 100


def measure(scale: float) -> Iterator[Row]:
    runs = max(2, int(100 * scale))
    whole, bare = rounds(11 if scale >= 1 else 1, lambda: asyncio.run(_chain(runs)), lambda: _bare(runs))
    overhead = (whole - bare) / (runs * LENGTH) * 1e6
    yield Row("in_memory_overhead_per_pure_node", overhead, "µs", "lower", must=5)


async def _chain(runs: int) -> float:
    """Seconds that `runs` runs of the chain take. Raises `RuntimeError` when one does not come to what it should."""
    workflow = chain(LENGTH, save="none")
    plan, world = compile_plan(workflow, registry()), World(MemoryJournal())
    model = RunRecord(
        id=new_run_id(), workflow=workflow.name, version=plan.version, input={"start": 1}, save="none",
        created_at=world.clock.now(),
    )  # fmt: skip
    start = time.perf_counter()
    for _ in range(runs):
        outcome = await drive(plan, replace(model, id=new_run_id()), world=world)
        if not isinstance(outcome, Done) or outcome.result.output != 1 + LENGTH:
            raise RuntimeError(f"The chain came to {outcome.result.output!r}, not {1 + LENGTH}.")
    return time.perf_counter() - start


def _bare(runs: int) -> float:
    """Seconds that calling the nodes' function alone takes as often."""
    function = add.function
    start = time.perf_counter()
    for _ in range(runs):
        value = 1.0
        for _ in range(LENGTH):
            value = function(value)
    return time.perf_counter() - start
