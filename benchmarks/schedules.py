"""Group `schedules`: what ten thousand armed schedules cost at rest, and how late their runs start.

Each figure comes from a process of its own that does what `treadle up` does: a store durable through a power cut, the
dispatcher, the supervisor, real runs of a workflow with one node.
"""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.row import Row
from benchmarks.sampling import median, quantile
from benchmarks.subjects import application, chain
from treadle.dispatch.supervisor import Supervisor
from treadle.model.event import RunEvent, RunStarted
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.store.deployments import Deployment
from treadle.store.triggers import Trigger

ARMED = 10_000
IDLE_SECONDS = 8.0
SPREAD_SECONDS = 20.0
MINUTE = 60.0
_AT_ONCE = 500


def measure(scale: float) -> Iterator[Row]:
    count = max(20, int(ARMED * scale))
    found = _in_process("idle", count, scale)
    yield Row("schedules_10000_armed_idle", found["share"], "% of a core", "lower", must=2)
    yield Row("schedules_10000_armed_in", found["armed_ms"], "ms", "lower")
    for name in ("spread", "burst"):
        found = _in_process(name, count, scale)
        yield Row(f"schedules_start_lag_{name}_p50", found["p50"], "ms", "lower")
        yield Row(f"schedules_start_lag_{name}_p99", found["p99"], "ms", "lower", must=250)
    found = _in_process("all", count, scale)
    yield Row("schedules_10000_due_at_once", found["a_second"], "starts/s", "higher")


def _in_process(what: str, count: int, scale: float) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.schedules", what, str(count), str(min(1.0, scale * 10))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    if done.returncode != 0:
        raise RuntimeError(f"`benchmarks.schedules {what}` failed: {done.stderr.strip()}")
    return json.loads(done.stdout)


class _Starts:
    """When each run was due, and when it began."""

    def __init__(self, app: Application) -> None:
        self.deployments = Deployments(app)
        self.due: dict[str, datetime] = {}
        self.began: dict[str, datetime] = {}
        app.dispatcher.watch(self._take)

    async def fire(self, deployment: Deployment, trigger: Trigger, *, due: datetime) -> None:
        run_id = await self.deployments.fire(deployment, trigger, due=due)
        if run_id is not None:
            self.due[run_id] = due

    def _take(self, event: RunEvent) -> None:
        if isinstance(event, RunStarted):
            self.began[event.run_id] = event.at

    def late(self, begin: datetime, end: datetime) -> list[float]:
        """Milliseconds from each fire time between the two until its run began."""
        return [
            (self.began.get(run_id, end) - due) / timedelta(milliseconds=1)
            for run_id, due in self.due.items()
            if begin <= due < end
        ]


async def _arm(app: Application, count: int, config: Mapping[str, Any], armed_at: list[datetime]) -> None:
    """`count` deployments of one workflow, each with a trigger of its own."""
    workflow = chain(1, name="scheduled")
    await app.publish(workflow)

    async def save(number: int) -> None:
        name = f"s{number}"
        kind = "trigger.schedule" if "cron" in config else "trigger.interval"
        placed = {key: value.format(number % 60) if key == "cron" else value for key, value in config.items()}
        trigger = Trigger(name, "t", None, kind, placed, armed_at=armed_at[number])
        deployment = Deployment(name, name, workflow.name, workflow.version, input={"start": 1})
        await app.store.save_deployment(deployment, triggers=[trigger])

    for start in range(0, count, _AT_ONCE):
        await asyncio.gather(*(save(number) for number in range(start, min(count, start + _AT_ONCE))))


@asynccontextmanager
async def _supervised(app: Application, starts: _Starts, count: int) -> AsyncIterator[float]:
    """Until all are armed; the milliseconds that took."""
    gc.collect()
    gc.freeze()
    begin = time.perf_counter()
    supervisor = Supervisor(app.store, registry=app.registry, clock=app.world.clock, fire=starts.fire)
    async with supervisor:
        while supervisor.armed < count:
            await asyncio.sleep(0.01)
        yield (time.perf_counter() - begin) * 1000


async def _idle(app: Application, count: int, share: float) -> dict[str, float]:
    """Armed for the next turn of the year: nothing falls due."""
    await _arm(app, count, {"cron": "0 0 0 1 1 *", "timezone": "Europe/Berlin"}, [app.world.clock.now()] * count)
    async with _supervised(app, _Starts(app), count) as armed_ms:
        await asyncio.sleep(1)
        seconds, cpu = time.perf_counter(), time.process_time()
        await asyncio.sleep(IDLE_SECONDS * share)
        seconds, cpu = time.perf_counter() - seconds, time.process_time() - cpu
    return {"share": 100 * cpu / seconds, "armed_ms": armed_ms}


async def _spread(app: Application, count: int, share: float) -> dict[str, float]:
    """Every minute each, evenly over the minute: 167 a second."""
    begin = app.world.clock.now() + timedelta(seconds=6 * share - MINUTE)
    armed_at = [begin + timedelta(seconds=MINUTE * number / count) for number in range(count)]
    await _arm(app, count, {"seconds": MINUTE}, armed_at)
    return await _observe(app, count, share)


async def _burst(app: Application, count: int, share: float) -> dict[str, float]:
    """Every minute each, all on whole seconds: 167 at the same instant, sixty times a minute."""
    await _arm(app, count, {"cron": "{} * * * * *"}, [app.world.clock.now()] * count)
    return await _observe(app, count, share)


async def _observe(app: Application, count: int, share: float) -> dict[str, float]:
    starts = _Starts(app)
    async with _supervised(app, starts, count):
        await asyncio.sleep(3 * share)  # what fell due before all were armed is late for another reason
        begin = app.world.clock.now()
        await asyncio.sleep(SPREAD_SECONDS * share)
        end = app.world.clock.now()
        await asyncio.sleep(1)
    late = starts.late(begin, end)
    return {"p50": median(late), "p99": quantile(late, 0.99), "starts": len(late)}


async def _all(app: Application, count: int, share: float) -> dict[str, float]:
    """All at the same instant: how many are started a second until the last has begun."""
    due = app.world.clock.now() + timedelta(seconds=12 * share + 0.5)
    await _arm(app, count, {"seconds": 86_400.0}, [due - timedelta(days=1)] * count)
    starts = _Starts(app)
    async with _supervised(app, starts, count):
        async with asyncio.timeout(120):
            while len(starts.began) < count:
                await asyncio.sleep(0.02)
        last = max(starts.began.values())
    return {"a_second": count / ((last - due) / timedelta(seconds=1))}


async def _main(what: str, count: int, share: float) -> None:
    work = {"idle": _idle, "spread": _spread, "burst": _burst, "all": _all}[what]
    with TemporaryDirectory() as folder:
        async with application(Path(folder)) as app:
            print(json.dumps(await work(app, count, share)))


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
