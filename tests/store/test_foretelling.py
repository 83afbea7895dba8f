"""What is foretold of a commit that still waits for the disk."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from tests.store.disk import Disk
from tests.store.test_lanes import run

from treadle.engine.journal import Batch
from treadle.errors import LeaseLost, StoreError
from treadle.store.admission import Admission
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.journal_contract import make_record, make_result


async def admitted_once(store: SqliteStore) -> None:
    """From its second admission on, the worker has a row."""
    await store.admit(run(0, lane=None))


async def test_an_admission_is_foretold_before_it_is_durable(store: SqliteStore) -> None:
    await admitted_once(store)
    told: list[tuple[Admission, bool]] = []
    admitting = asyncio.ensure_future(
        store.admit(run(1), limit=1, foretold=lambda one: told.append((one, admitting.done())))
    )

    admission = await admitting

    assert told == [(admission, False)]


async def test_what_was_given_to_the_writer_meanwhile_comes_after_it(store: SqliteStore) -> None:
    await admitted_once(store)
    record = run(1)
    appending: list[asyncio.Future[None]] = []

    def begin(_: Admission) -> None:
        batch = Batch(record.id, record.epoch, entries=[make_result("first")])
        appending.append(asyncio.ensure_future(store.append(batch)))

    await store.admit(record, limit=1, foretold=begin)
    await appending[0]

    assert [entry.node for entry in await store.load(record.id)] == ["first"]


async def test_an_admission_that_shares_its_commit_is_not_foretold(store: SqliteStore) -> None:
    """It may have seen what another batch of that commit says, which nobody else sees before it is durable."""
    await admitted_once(store)
    told: list[Admission] = []
    other = make_record()
    holding = asyncio.ensure_future(store.write(lambda _: time.sleep(0.05)))
    await asyncio.sleep(0)
    opening = asyncio.ensure_future(store.append(Batch(other.id, other.epoch, opens=other)))
    await asyncio.sleep(0)

    await store.admit(run(1), limit=1, foretold=told.append)
    await asyncio.gather(holding, opening)

    assert told == []


async def test_what_was_begun_under_an_admission_that_fails_is_refused(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "s.db")
    disk = Disk(store)
    async with store:
        await admitted_once(store)
        await _begin_and_fail(store, disk)


async def _begin_and_fail(store: SqliteStore, disk: Disk) -> None:
    record = run(1)
    appending: list[asyncio.Future[None]] = []

    def begin(_: Admission) -> None:
        batch = Batch(record.id, record.epoch, entries=[make_result("first")])
        appending.append(asyncio.ensure_future(store.append(batch)))

    disk.is_full = True
    with pytest.raises(StoreError):
        await store.admit(record, limit=1, foretold=begin)

    with pytest.raises(LeaseLost):
        await appending[0]
    assert await store.load(record.id) == []
