"""Durable runs: every run and node result saved, through the same door as a user's."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Coroutine, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.bare_writer import BareWriter, Rows, rows_of
from benchmarks.langgraph_peer import langgraph_rates
from benchmarks.row import Row
from benchmarks.sampling import at_once, median, quantile, rounds
from benchmarks.subjects import application, chain
from treadle.model.workflow import Workflow
from treadle.service.execution import ExecutionRequest
from treadle.store.sqlite_journal import SqliteStore

CLIENTS = 50
ROUNDS = 5


def measure(scale: float) -> Iterator[Row]:
    total = max(CLIENTS, int(3000 * scale))
    pure, mixed = chain(5), chain(5, effects=2, name="mixed")
    rate, limit, mixed_rate = rounds(
        ROUNDS if scale >= 1 else 1,
        _in_folder(partial(_rate, workflow=pure, total=total)),
        _in_folder(partial(_bare_rate, total=total)),
        _in_folder(partial(_rate, workflow=mixed, total=total // 2)),
    )
    yield Row(
        "durable_5_pure_nodes_50_concurrent",
        rate,
        "runs/s",
        "higher",
        must=3000,
        share=0.25,
        limit=limit,
        peers=langgraph_rates(max(5, int(150 * scale))),
    )
    with TemporaryDirectory() as folder:
        times, bare = asyncio.run(_one_at_a_time(Path(folder), pure, max(10, int(800 * scale))))
    yield Row("durable_one_at_a_time_p50", median(times), "ms", "lower", must=1.5, limit=median(bare))
    yield Row("durable_one_at_a_time_p99", quantile(times, 0.99), "ms", "lower", must=5, limit=quantile(bare, 0.99))
    yield Row("durable_2_effects_50_concurrent", mixed_rate, "runs/s", "higher", must=800)


def _in_folder(work: partial[Coroutine[Any, Any, float]]) -> partial[float]:
    def sample() -> float:
        with TemporaryDirectory() as folder:
            return asyncio.run(work(Path(folder)))

    return partial(sample)


async def _rate(folder: Path, *, workflow: Workflow, total: int) -> float:
    async with application(folder) as app:
        request = ExecutionRequest(workflow, input={"start": 1})
        await app.execute(request)
        # As `treadle up` does once everything is loaded.
        gc.collect()
        gc.freeze()
        return await at_once(CLIENTS, total, lambda: app.execute(request))


async def _bare_rate(folder: Path, *, total: int) -> float:
    writer = await _open_bare(folder)
    try:
        return await at_once(CLIENTS, total, writer.append)
    finally:
        writer.close()


async def _open_bare(folder: Path) -> BareWriter:
    rows = await _rows_of_one_run(folder / "model")
    database = folder / "bare.db"
    await (await SqliteStore(database).open()).close()
    return BareWriter(database, rows)


async def _rows_of_one_run(folder: Path) -> Rows:
    async with application(folder) as app:
        result = await app.execute(ExecutionRequest(chain(5), input={"start": 1}))
    return rows_of(folder / "treadle.db", result.run_id)


async def _one_at_a_time(folder: Path, workflow: Workflow, total: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each run, and of each bare commit of the same rows in between."""
    times, bare = list[float](), list[float]()
    writer = await _open_bare(folder)
    async with application(folder) as app:
        request = ExecutionRequest(workflow, input={"start": 1})
        await app.execute(request)
        for _ in range(total):
            start = time.perf_counter()
            await app.execute(request)
            between = time.perf_counter()
            await writer.append()
            times.append((between - start) * 1000)
            bare.append((time.perf_counter() - between) * 1000)
    writer.close()
    return times, bare
