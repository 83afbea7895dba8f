"""What it costs to fork a run: everything from the request to a durable new run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.row import Row
from benchmarks.sampling import median, quantile
from benchmarks.subjects import application, chain
from treadle.service.execution import ExecutionRequest
from treadle.service.forks import Forks

NODES = 100


def measure(scale: float) -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        times = asyncio.run(_fork_often(Path(folder), max(5, int(200 * scale))))
    yield Row("fork_of_100_nodes_p50", median(times), "ms", "lower", must=20)
    yield Row("fork_of_100_nodes_p99", quantile(times, 0.99), "ms", "lower")


async def _fork_often(folder: Path, times: int) -> list[float]:
    """Milliseconds from asking for a fork at the last node but one until it is in the store."""
    took: list[float] = []
    async with application(folder) as app:
        request = ExecutionRequest(chain(NODES, effects=NODES // 2), input={"start": 1})
        source = await app.execute(request)
        forks = Forks(app)
        for _ in range(times):
            start = time.perf_counter()
            forked = await forks.fork(source.run_id, at=f"n{NODES - 2}")
            took.append((time.perf_counter() - start) * 1000)
            await app.go_on(forked)
    return took
