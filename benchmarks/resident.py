"""Memory: each figure from a process of its own, as what it holds above what it held when idle."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import json
import resource
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.row import Row
from benchmarks.sampling import at_once, median, quantile
from benchmarks.subjects import application, chain, waiting
from treadle.model.event import RunEvent, RunFinished
from treadle.model.ids import RunId
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest

WOKEN = 40
_STATM = Path("/proc/self/statm")


def measure(scale: float) -> Iterator[Row]:
    found = _in_process("suspended", max(50, int(10_000 * scale)))
    yield Row("memory_10000_suspended_runs", found["mb"], "MB", "lower", must=100)
    yield Row("wake_one_of_10000_p50", found["wake_p50"], "ms", "lower", must=20)
    yield Row("wake_one_of_10000_p99", found["wake_p99"], "ms", "lower", must=20)
    found = _in_process("deployments", max(5, int(200 * scale)))
    yield Row("memory_per_active_deployment", found["mb"], "MB", "lower", must=2)


def _in_process(what: str, count: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.resident", what, str(count)], capture_output=True, text=True, timeout=120
    )
    if done.returncode != 0:
        raise RuntimeError(f"`benchmarks.resident {what}` failed: {done.stderr.strip()}")
    return json.loads(done.stdout)


async def _suspended(app: Application, count: int) -> dict[str, float]:
    """Memory of `count` suspended runs, and how late the few among them that are due soon are woken."""
    request = ExecutionRequest(waiting("30d"), input={"start": 1})
    await app.execute(request)
    idle = megabytes()
    await at_once(50, count, lambda: app.execute(request))
    held = megabytes() - idle
    return {"mb": held, **await _wake(app, max(2, WOKEN * count // 10_000))}


async def _wake(app: Application, count: int) -> dict[str, float]:
    """Milliseconds from when a suspended run was due until its end was durable; one run after the other."""
    due: dict[RunId, datetime] = {}
    ended: dict[RunId, datetime] = {}

    def note(event: RunEvent) -> None:
        if isinstance(event, RunFinished):
            ended[event.run_id] = app.world.clock.now()

    stop = app.dispatcher.watch(note)
    for number in range(count):
        # Longer than what is slept through, so that the run is suspended and has left the memory.
        result = await app.execute(ExecutionRequest(waiting("4s", name="soon"), input={"start": number}))
        wake_at = (await app.store.get_run(result.run_id)).wake_at
        if wake_at is None:
            raise RuntimeError(f"The run was not suspended: {result.status}.")
        due[result.run_id] = wake_at
        await asyncio.sleep(0.05)
    for run_id in due:
        await app.wait(run_id)
    stop()
    late = [(ended[run_id] - wake_at) / timedelta(milliseconds=1) for run_id, wake_at in due.items()]
    return {"wake_p50": median(late), "wake_p99": quantile(late, 0.99)}


async def _deployments(app: Application, count: int) -> dict[str, float]:
    """Memory for each of `count` active deployments of workflows of their own, each of which has run once."""
    deployments = Deployments(app)
    async with deployments.scheduler():
        await _deploy(app, deployments, count)
        idle = megabytes()
        for at in range(count):
            await _deploy(app, deployments, at)
        return {"mb": (megabytes() - idle) / count}


async def _deploy(app: Application, deployments: Deployments, number: int) -> None:
    workflow = chain(20, name=f"deployed-{number}")
    deployment = await deployments.deploy(workflow, every=3600, input={"start": number})
    run_id = await deployments.fire(deployment)
    if run_id is not None:
        await app.wait(run_id)


def megabytes() -> float:
    """What this process holds of the machine's memory, after giving back what it no longer uses."""
    gc.collect()
    if not _STATM.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    return int(_STATM.read_text().split()[1]) * resource.getpagesize() / 2**20


async def _main(what: str, count: int) -> None:
    work: Callable[[Application, int], Awaitable[dict[str, float]]]
    work = {"suspended": _suspended, "deployments": _deployments}[what]
    with TemporaryDirectory() as folder:
        async with application(Path(folder)) as app:
            print(json.dumps(await work(app, count)))


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2])))
