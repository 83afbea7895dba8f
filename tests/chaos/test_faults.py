"""What disks, other processes, clocks and nodes do to an application: the run at fault says so, the others go on."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.chaos.patience import until
from treadle.engine.journal import EntryKind
from treadle.errors import StoreError
from treadle.model.ids import RunId, new_run_id
from treadle.model.run import RunRecord
from treadle.model.workflow import Node
from treadle.node import Context, JsonValue, Registry, effect, node
from treadle.service.application import Application
from treadle.service.execution import ExecutionRequest
from treadle.service.run_control import RunControl
from treadle.service.settings import Settings
from treadle.testing.clock import START, VirtualClock
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain
from treadle.testing.graphs import node as place

pytestmark = [pytest.mark.chaos, pytest.mark.slow]

HOLD_THE_LOCK = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
connection.execute("ROLLBACK")
"""


@node("fault.large")
def large() -> JsonValue:
    """Fifty megabytes that do not compress."""
    return os.urandom(25_000_000).hex()


@node("fault.spin")
def spin() -> int:
    """Never returns."""
    while True:
        time.sleep(0.01)


@node("fault.size")
def size(value: JsonValue) -> int:
    """How long the text is."""
    return len(str(value))


@effect("fault.hang", in_doubt="repeat")
async def hang(ctx: Context) -> None:
    """Never returns either."""
    await asyncio.Event().wait()


def _application(folder: Path, *fakes: FakeEffect) -> Application:
    definitions = (large, spin, size, hang, *(fake.definition for fake in fakes))
    registry = Registry.installed().with_definitions(*definitions)
    return Application(Settings(db=str(folder / "treadle.db"), synchronous="NORMAL"), registry=registry)


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Application]:
    async with _application(tmp_path) as application:
        yield application


def place_wait(duration: str) -> Node:
    return Node(id="wait", type="flow.wait", config={"duration": duration})


def _limit(connection: sqlite3.Connection, pages: int | None = None) -> None:
    used = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages or used}")


@contextmanager
def _holding_the_lock(database: Path, *, seconds: float) -> Generator[str, None, None]:
    """Another process that has begun to write, and says so."""
    program = [sys.executable, "-c", HOLD_THE_LOCK, str(database), str(seconds)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as holder:
        yield holder.stdout.readline() if holder.stdout else ""


async def _until(app: Application, run_id: RunId, status: str) -> RunRecord:
    async def reached() -> RunRecord | None:
        run = await app.store.get_run(run_id)
        return run if run.status == status else None

    found = await until(reached)
    if found is None:
        raise LookupError(f"Run {run_id} is not {status}.")
    return found


async def test_a_run_stands_still_on_a_full_disk_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    room = asyncio.Event()
    slow, after = FakeEffect("slow", returns=os.urandom(30_000).hex(), before=room.wait), FakeEffect("after", returns=1)
    async with _application(tmp_path, slow, after) as app:
        run_id = await app.start(ExecutionRequest(chain(slow, after)))
        entries = await until(lambda: app.store.load(run_id))

        await app.store.write(_limit)
        room.set()
        with pytest.raises(StoreError) as refused:
            await app.start(ExecutionRequest(chain(after, name="other"), params={"text": "x" * 60_000}))
        await asyncio.sleep(0.2)
        called = slow.calls
        after_fault = after.calls
        await app.store.write(lambda connection: _limit(connection, 1_000_000))
        run = await _until(app, run_id, "completed")

    assert entries[0].kind is EntryKind.INTENT
    assert refused.value.code == "disk_full"
    assert (called, after_fault) == (1, 0), "nothing may see a result that is not durable"
    assert (slow.calls, after.calls, run.output) == (1, 1, 1)


async def test_a_run_outlasts_a_database_that_another_process_holds_locked(tmp_path: Path) -> None:
    quick = FakeEffect("quick", returns=7, in_doubt="repeat")
    async with _application(tmp_path, quick) as app:
        await app.publish(chain(quick))
        with _holding_the_lock(tmp_path / "treadle.db", seconds=7.5) as line:
            start = time.monotonic()
            with pytest.raises(StoreError) as refused:
                await app.execute(ExecutionRequest(chain(quick)))
            waited = time.monotonic() - start
            result = await app.execute(ExecutionRequest(chain(quick)))

    assert line == "locked\n"
    assert refused.value.code == "database_locked"
    assert 4 < waited < 7.5, "the lock is waited for before it is given up"
    assert (result.status, result.output, quick.calls) == ("completed", 7, 1)


async def test_a_corrupt_payload_fails_its_run_alone(tmp_path: Path) -> None:
    first = FakeEffect("first", returns=os.urandom(50_000).hex())
    waits = chain(first, place_wait("4s"))
    async with _application(tmp_path, first) as app:
        spoilt, sound = [(await app.execute(ExecutionRequest(waits))).run_id for _ in range(2)]
        with sqlite3.connect(tmp_path / "treadle.db") as connection:
            changed = connection.execute(
                "UPDATE payloads SET bytes = zeroblob(length(bytes)) WHERE run_id = ?", (spoilt,)
            ).rowcount
        connection.close()

        failed = await _until(app, spoilt, "failed")
        completed = await _until(app, sound, "completed")

    assert changed == 1
    assert failed.error is not None
    assert failed.error.type == "corrupt_payload"
    assert spoilt in failed.error.message
    assert "`first`" in failed.error.message
    assert completed.error is None


async def test_a_clock_that_jumps_back_neither_loses_a_wait_nor_repeats_what_was_done(tmp_path: Path) -> None:
    before, after = FakeEffect("before", returns=1), FakeEffect("after", returns=2)
    clock = VirtualClock(skips=False)
    async with _application(tmp_path, before, after) as app:
        app.world.clock = clock
        run_id = (await app.execute(ExecutionRequest(chain(before, place_wait("1h"), after)))).run_id

        clock.advance(-3600)
        app.dispatcher.look()
        await asyncio.sleep(0.1)
        early = await app.store.get_run(run_id)
        clock.advance(7201)
        app.dispatcher.look()
        run = await _until(app, run_id, "completed")

    assert clock.now() > START
    assert early.status == "suspended"
    assert (before.calls, after.calls, run.output) == (1, 1, 2)


@pytest.mark.parametrize("kind", ["fault.hang", "fault.spin"])
async def test_a_node_that_never_returns_times_out_while_others_run(app: Application, kind: str) -> None:
    definition = {"fault.hang": hang, "fault.spin": spin}[kind]
    stuck = await app.start(ExecutionRequest(chain(place(definition, timeout=0.5), name="stuck")))

    other = await app.execute(ExecutionRequest(chain(place(size, config={"value": "abc"}), name="other")))
    meanwhile = (await app.store.get_run(stuck)).status
    run = await _until(app, stuck, "failed")

    assert (other.status, other.output, meanwhile) == ("completed", 3, "running")
    assert run.error is not None
    assert run.error.type == "timeout"


async def test_a_node_that_returns_fifty_megabytes_is_kept_whole(app: Application) -> None:
    result = await app.execute(ExecutionRequest(chain(large, size)))

    stored = await app.get_result(result.run_id)
    text = stored.nodes["large"].outputs["output"]
    assert (result.status, result.output) == ("completed", 50_000_000)
    assert len(text) == 50_000_000
    other = await app.execute(ExecutionRequest(chain(place(size, config={"value": "abc"}), name="other")))
    assert other.output == 3


@pytest.mark.parametrize("state", ["effect", "short wait", "suspended", "retrying", "in doubt"])
async def test_a_run_can_be_cancelled_in_every_state(tmp_path: Path, state: str) -> None:
    started = asyncio.Event()

    async def never() -> None:
        started.set()
        await asyncio.Event().wait()

    failing = FakeEffect("failing", fails=[ValueError("not yet")] * 9)
    hanging, after = FakeEffect("hanging", before=never), FakeEffect("after")
    first = {
        "effect": place(hanging),
        "short wait": place_wait("2s"),
        "suspended": place_wait("1h"),
        "retrying": place(failing, retry={"max_attempts": 3, "delay": 3600, "jitter": False, "max_delay": 3600}),
        "in doubt": place(hanging),
    }[state]
    run_id = new_run_id()
    request = ExecutionRequest(chain(first, after), run_id=run_id)
    if state == "in doubt":
        async with _application(tmp_path, failing, hanging, after) as dying:
            await dying.start(request)
            await started.wait()
            await dying.dispatcher.drain(seconds=0.1)
    async with _application(tmp_path, failing, hanging, after) as app:
        if state != "in doubt":
            await app.start(request)
        if state == "effect":
            await started.wait()
        elif state != "short wait":
            await _until(app, run_id, "suspended")
        before = (await app.store.get_run(run_id)).status

        await RunControl(app).cancel(run_id)
        run = await _until(app, run_id, "cancelled")
        result = await app.get_result(run_id)

    assert before == ("running" if state in ("effect", "short wait") else "suspended")
    assert run.finished_at is not None
    assert result.nodes[first.id].status == "cancelled"
    assert after.calls == 0
