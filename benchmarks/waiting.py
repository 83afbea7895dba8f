"""Group `waiting`: how soon a suspended run goes on, when its signal comes and when its time has come."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.row import Row
from benchmarks.sampling import median, quantile
from benchmarks.subjects import application, waiting
from treadle.engine.clock import SystemClock
from treadle.engine.journal import Batch, Entry, EntryKind, RunUpdate
from treadle.model.event import NodeCompleted, RunEvent, RunFinished
from treadle.model.ids import RunId, new_run_id
from treadle.model.signal import Signal
from treadle.model.workflow import Connection, Node, Workflow
from treadle.service.application import Application
from treadle.service.execution import ExecutionRequest
from treadle.service.signals import Signals
from treadle.store.giving import Woken
from treadle.store.rows import encode_body, to_micros
from treadle.store.sqlite_journal import SqliteStore

SUSPENDED = 100_000
RATE = 200
"""Wakes a second."""
SIGNALS = 200
_WAITS = timedelta(days=30)
_AT_ONCE = 500
"""Runs that are put into the store together."""


def measure(scale: float) -> Iterator[Row]:
    """`scale` 1 is the full measurement; less is quicker and coarser."""
    yield from asyncio.run(_signals(max(5, int(SIGNALS * scale))))
    yield from asyncio.run(_timers(max(200, int(SUSPENDED * scale)), max(20, int(10 * RATE * scale))))


def _paid() -> Workflow:
    """A wait for a signal, and a node after it."""
    return Workflow(
        name="paid",
        nodes=(
            Node(id="paid", type="flow.signal", config={"name": "paid"}),
            Node(id="after", type="bench.add"),
        ),
        connections=(Connection(source="paid", output="payload", target="after", input="value"),),
    )


async def _signals(count: int) -> list[Row]:
    """Milliseconds from before a signal is sent until the node that waited for it has completed, durably."""
    with TemporaryDirectory() as folder:
        path = Path(folder)
        async with application(path) as app, SqliteStore(path / "treadle.db") as other:

            async def from_here(run_id: RunId) -> Woken:
                return Woken((await Signals(app).send("paid", 1.0, run_id=run_id)).woken)

            async def from_elsewhere(run_id: RunId) -> Woken:
                return await other.send_signal(Signal(new_run_id(), "paid", payload=1.0, run_id=run_id))

            here = await _resumed(app, count, from_here)
            elsewhere = await _resumed(app, max(5, count // 4), from_elsewhere)
    return [
        Row("signal_to_resumed_node_p50", median(here), "ms", "lower", must=10),
        Row("signal_to_resumed_node_p99", quantile(here, 0.99), "ms", "lower"),
        Row("signal_from_another_process_p50", median(elsewhere), "ms", "lower", must=200),
        Row("signal_from_another_process_p99", quantile(elsewhere, 0.99), "ms", "lower", must=200),
    ]


async def _resumed(app: Application, count: int, send: Callable[[RunId], Awaitable[Woken]]) -> list[float]:
    completed: dict[RunId, float] = {}
    changed = asyncio.Event()

    def note(event: RunEvent) -> None:
        if isinstance(event, NodeCompleted) and event.path == "paid":
            completed[event.run_id] = time.perf_counter()
        if isinstance(event, RunFinished):
            changed.set()

    took: list[float] = []
    stop = app.dispatcher.watch(note)
    for _ in range(count):
        run_id = (await app.execute(ExecutionRequest(_paid()))).run_id
        await asyncio.sleep(0.01)  # the run has left the memory
        changed.clear()
        start = time.perf_counter()
        await send(run_id)
        await changed.wait()
        took.append((completed[run_id] - start) * 1000)
    stop()
    return took


async def _timers(count: int, woken: int) -> list[Row]:
    """Among `count` suspended runs, `woken` that are due one after the other: milliseconds from when each was due until
    its end was durable, and what looking after them costs."""
    with TemporaryDirectory() as folder:
        path = Path(folder)
        async with application(path) as app:
            first = await app.execute(ExecutionRequest(waiting("30d"), input={"start": 1}))
        due = await _fill(path, first.run_id, count, woken)
        late = await _wake(path, due)
        idle = await _idle(path)
    return [
        Row("wake_lag_p50_200_a_second_of_100000", median(late), "ms", "lower"),
        Row("wake_lag_p99_200_a_second_of_100000", quantile(late, 0.99), "ms", "lower", must=100),
        Row("cpu_with_100000_suspended_runs", idle, "% of a core", "lower", must=2),
    ]


async def _fill(folder: Path, model: RunId, count: int, woken: int) -> dict[RunId, datetime]:
    """Put copies of a suspended run into the store; `woken` of them, from all over, are due at spread times. When."""
    async with SqliteStore(folder / "treadle.db", synchronous="OFF") as store:
        record, entries = await store.get_run(model), await store.load(model)
        update = RunUpdate("suspended", wake_at=record.wake_at)
        ids: list[RunId] = []
        for _ in range(0, count, _AT_ONCE):
            runs = [replace(record, id=new_run_id(), status="running", wake_at=None) for _ in range(_AT_ONCE)]
            ids += [run.id for run in runs]
            batches = [Batch(run.id, run.epoch, opens=run, entries=entries, update=update) for run in runs]
            await asyncio.gather(*(store.append(batch) for batch in batches))
        start = SystemClock().now() + timedelta(seconds=4)  # by then the application is up
        chosen = sorted(ids)[:: max(1, len(ids) // woken)][:woken]
        due = {run_id: start + timedelta(seconds=at / RATE) for at, run_id in enumerate(chosen)}
        waits = [entry for entry in entries if entry.node == "pause"]
        await store.write(lambda connection: _make_due(connection, waits, due))
    return due


def _make_due(connection: sqlite3.Connection, waits: Sequence[Entry], due: Mapping[RunId, datetime]) -> None:
    """Let the runs have begun to wait so long before that each is due when it should be."""
    connection.executemany(
        "UPDATE runs SET wake_at = ? WHERE id = ?", [(to_micros(at), run) for run, at in due.items()]
    )
    for entry in waits:
        when = "now" if entry.kind is EntryKind.INTENT else "until"
        ago = _WAITS if entry.kind is EntryKind.INTENT else timedelta(0)
        rows = [(encode_body(entry._replace(body={**entry.body, when: at - ago})), run) for run, at in due.items()]
        connection.executemany(
            f"UPDATE journal SET body = ? WHERE run_id = ? AND node = 'pause' AND kind = {int(entry.kind)}", rows
        )


async def _wake(folder: Path, due: Mapping[RunId, datetime]) -> list[float]:
    """How late each run's end was durable, in milliseconds."""
    late: dict[RunId, float] = {}
    all_done = asyncio.Event()
    async with application(folder) as app:

        def note(event: RunEvent) -> None:
            if isinstance(event, RunFinished):
                late[event.run_id] = (app.world.clock.now() - due[event.run_id]) / timedelta(milliseconds=1)
                if len(late) == len(due):
                    all_done.set()

        app.dispatcher.watch(note)
        async with asyncio.timeout(60 + len(due) / RATE):
            await all_done.wait()
    return list(late.values())


async def _idle(folder: Path) -> float:
    """What a process costs that looks after the runs which stay suspended, in percent of a core."""
    async with application(folder):
        await asyncio.sleep(1.0)  # what is done once at the start
        start, cpu = time.perf_counter(), time.process_time()
        await asyncio.sleep(3.0)
        return 100 * (time.process_time() - cpu) / (time.perf_counter() - start)
