"""The SQLite store keeps every promise of a journal, and those of its own."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from treadle.engine.journal import Batch, Journal, RunUpdate
from treadle.errors import StoreError
from treadle.model.run import Failure
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.journal_contract import NOW, JournalContract, finish, make_record, make_result, open_run


class TestSqliteJournal(JournalContract):
    @pytest.fixture
    async def journal(self, store: SqliteStore) -> AsyncIterator[Journal]:
        yield store
        if self.later is not None:
            await self.later.close()

    later: SqliteStore | None = None

    async def reopen(self, journal: Journal) -> Journal:
        assert isinstance(journal, SqliteStore)
        await journal.close()
        self.later = await SqliteStore(journal.path).open()
        return self.later


async def test_what_waits_together_is_committed_together(store: SqliteStore) -> None:
    """Two hundred batches given at once need far fewer commits."""
    records = [make_record() for _ in range(200)]

    await asyncio.gather(*(store.append(Batch(record.id, 1, opens=record)) for record in records))

    assert 1 <= store.commits <= 20


async def test_an_open_run_that_finishes_in_the_same_group_is_one_row(store: SqliteStore) -> None:
    record = make_record()
    failure = Failure("timeout", "too long", node="a", attempt=2, details={"limit": 1.5})
    update = RunUpdate("failed", finished_at=NOW + timedelta(seconds=2), output=[1, 2], error=failure)

    await asyncio.gather(
        store.append(Batch(record.id, 1, opens=record)), store.append(Batch(record.id, 1, update=update))
    )

    found = await store.get_run(record.id)
    assert (found.status, found.finished_at, found.output) == ("failed", NOW + timedelta(seconds=2), [1, 2])
    assert found.error == failure


async def test_a_large_output_is_kept_compressed_beside_the_row(store: SqliteStore, path: Path) -> None:
    text = "abc" * 50_000
    record = await open_run(store, input={"text": text})
    update = RunUpdate("completed", finished_at=NOW, output={"text": text})

    await store.append(Batch(record.id, 1, update=update))

    found = await store.get_run(record.id)
    assert found.input == found.output == {"text": text}
    with sqlite3.connect(path) as connection:
        sizes = connection.execute("SELECT size, length(bytes) FROM payloads").fetchall()
    connection.close()
    assert len(sizes) == 1  # the same text is kept once
    assert sizes[0][0] > 150_000 > 10_000 > sizes[0][1]


async def test_a_closed_store_says_so(path: Path) -> None:
    store = SqliteStore(path)
    await store.open()
    await store.close()

    with pytest.raises(StoreError) as caught:
        await open_run(store)

    assert caught.value.code == "store_closed"


async def test_closing_writes_what_still_waits(path: Path) -> None:
    store = await SqliteStore(path).open()
    records = [make_record() for _ in range(50)]
    waiting = [asyncio.ensure_future(store.append(Batch(record.id, 1, opens=record))) for record in records]
    await asyncio.sleep(0)

    await store.close()
    await asyncio.gather(*waiting)

    async with SqliteStore(path) as later:
        assert len(await later.list_runs(limit=100)) == 50


async def test_a_cancelled_caller_does_not_disturb_the_others(store: SqliteStore) -> None:
    impatient, patient = make_record(), make_record()
    task = asyncio.create_task(store.append(Batch(impatient.id, 1, opens=impatient)))
    await asyncio.sleep(0)

    task.cancel()
    await store.append(Batch(patient.id, 1, opens=patient))

    assert (await store.get_run(patient.id)).id == patient.id


async def test_a_url_names_the_same_file(path: Path) -> None:
    async with SqliteStore(path) as store:
        record = await open_run(store)

    async with SqliteStore(f"sqlite:///{path}") as again:
        assert (await again.get_run(record.id)).workflow == "orders"


@pytest.mark.parametrize("location", [":memory:", "postgresql://host/db", ""])
def test_a_store_that_cannot_be_opened_is_refused_at_once(location: str) -> None:
    with pytest.raises(StoreError) as caught:
        SqliteStore(location)

    assert caught.value.code == "unknown_store"


async def test_reading_does_not_wait_for_a_transaction_that_writes(store: SqliteStore, path: Path) -> None:
    record = await open_run(store, [make_result("a")])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    entries = await asyncio.wait_for(store.load(record.id), 2)

    other.execute("ROLLBACK")
    other.close()
    assert len(entries) == 1


async def test_a_run_that_finishes_is_released(store: SqliteStore) -> None:
    record = await open_run(store)

    await store.append(finish(record))

    assert await store.find_unfinished() == []
