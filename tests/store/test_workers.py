"""Who holds leases, and who of them is dead."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from treadle.engine.journal import Batch, RunUpdate
from treadle.errors import Conflict, LeaseLost
from treadle.store.process import find_process_start, this_host, this_process_start
from treadle.store.sqlite_journal import SqliteStore
from treadle.store.workers import DEAD_AFTER, Worker
from treadle.testing.journal_contract import make_result, open_run

NOW = datetime.now(UTC)


def make_worker(**changes: object) -> Worker:
    given = {"id": "w1", "host": "elsewhere", "pid": 1, "process_start": None, "heartbeat_at": NOW}
    return Worker(**(given | changes))  # type: ignore[arg-type]


async def pretend_elsewhere(store: SqliteStore) -> None:
    """Where its process cannot be seen, a worker lives by its heartbeat alone."""
    await store.write(lambda connection: connection.execute("UPDATE workers SET host = 'elsewhere'").rowcount)


@pytest.fixture
def busy() -> Iterator[subprocess.Popen[bytes]]:
    """Another process that lives."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait(10)


@pytest.mark.parametrize(("age", "alive"), [(0.0, True), (DEAD_AFTER, True), (DEAD_AFTER + 0.001, False)])
def test_a_worker_elsewhere_lives_by_its_heartbeat(age: float, alive: bool) -> None:
    worker = make_worker(heartbeat_at=NOW - timedelta(seconds=age))

    assert worker.is_alive(now=NOW) is alive


def test_a_worker_here_is_dead_at_once_when_its_process_is_gone() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    worker = make_worker(host=this_host(), pid=process.pid, process_start=find_process_start(process.pid))
    before = worker.is_alive(now=NOW)

    process.kill()
    process.wait(10)

    assert (before, worker.is_alive(now=NOW)) == (True, False)


def test_a_later_process_with_the_same_pid_is_not_the_worker() -> None:
    import os

    worker = make_worker(host=this_host(), pid=os.getpid(), process_start="another time")

    assert this_process_start() is not None
    assert not worker.is_alive(now=NOW)


def test_a_process_here_that_is_too_busy_for_its_heartbeat_lives(busy: subprocess.Popen[bytes]) -> None:
    start = find_process_start(busy.pid)
    worker = make_worker(host=this_host(), pid=busy.pid, process_start=start, heartbeat_at=NOW - timedelta(days=1))

    assert worker.is_alive(now=NOW)


async def test_a_worker_of_this_process_that_could_not_sign_off_is_dead(path: Path) -> None:
    async with SqliteStore(path) as store:
        record = await open_run(store)
        store._heart = None  # as where the disk is full: it stays on the list  # pyright: ignore[reportPrivateUsage]

    async with SqliteStore(path) as other:
        assert await other.find_unfinished() == [record.id]


async def test_taking_another_run_does_not_put_the_heartbeat_back(path: Path) -> None:
    passed = timedelta(0)
    async with SqliteStore(path, now=lambda: NOW + passed) as store:
        suspended = await open_run(store)
        await store.append(Batch(suspended.id, 1, update=RunUpdate("suspended")))
        passed = timedelta(seconds=60)
        await store.heartbeat()

        await store.claim(suspended.id)

        ((worker, _),) = await store.list_workers()
    assert worker.heartbeat_at == NOW + timedelta(seconds=60)


async def test_a_store_that_takes_no_lease_registers_no_worker(store: SqliteStore) -> None:
    assert await store.list_runs() == []

    assert await store.list_workers() == []


async def test_a_store_that_opens_a_run_is_a_live_worker(store: SqliteStore) -> None:
    await open_run(store)

    ((worker, alive),) = await store.list_workers()

    assert (worker.id, worker.host, alive) == (store.worker_id, this_host(), True)


async def test_a_heartbeat_keeps_a_worker_alive(store: SqliteStore) -> None:
    await store.register_worker()
    await pretend_elsewhere(store)
    later = datetime.now(UTC) + timedelta(seconds=60)
    ((_, before),) = await store.list_workers(now=later)

    await store.heartbeat(now=later)

    ((_, after),) = await store.list_workers(now=later)
    assert (before, after) == (False, True)


async def test_a_run_of_a_live_worker_cannot_be_claimed_by_another(store: SqliteStore, path: Path) -> None:
    record = await open_run(store)

    async with SqliteStore(path) as other:
        with pytest.raises(Conflict) as caught:
            await other.claim(record.id)
        unfinished = await other.find_unfinished()

    assert (caught.value.code, unfinished) == ("run_taken", [])


async def test_a_run_of_a_worker_that_went_silent_is_taken_over(store: SqliteStore, path: Path) -> None:
    record = await open_run(store)
    await pretend_elsewhere(store)

    async with SqliteStore(path, now=lambda: datetime.now(UTC) + timedelta(seconds=60)) as other:
        unfinished = await other.find_unfinished()
        claimed = await other.claim(record.id)
        with pytest.raises(LeaseLost):
            await store.append(Batch(record.id, 1, entries=[make_result("late")]))
        await other.append(Batch(record.id, claimed.epoch, entries=[make_result("mine")]))
        entries = await other.load(record.id)

    assert unfinished == [record.id]
    assert [entry.node for entry in entries] == ["mine"]


async def test_closing_frees_what_the_worker_drove(path: Path) -> None:
    async with SqliteStore(path) as store:
        record = await open_run(store)

    async with SqliteStore(path) as other:
        assert await other.find_unfinished() == [record.id]
        assert (await other.claim(record.id)).epoch == 2


async def test_of_two_stores_that_claim_at_once_one_gets_the_run(path: Path) -> None:
    async with SqliteStore(path) as store:
        records = [await open_run(store) for _ in range(20)]

    async with SqliteStore(path) as one, SqliteStore(path) as two:
        outcomes = await asyncio.gather(
            *(store.claim(record.id) for record in records for store in (one, two)), return_exceptions=True
        )

    refused = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    assert len(refused) == len(records)
