"""Exchanges: SQLite's and the one in memory keep the same promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from treadle.model.run import RunRecord
from treadle.store.giving import Woken
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.exchange_contract import NOW, ExchangeContract, finish, make_signal, suspend, take
from treadle.testing.journal_contract import open_run
from treadle.testing.memory_exchange import MemoryExchange
from treadle.testing.memory_journal import MemoryJournal


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with SqliteStore(tmp_path / "treadle.db", synchronous="OFF", now=lambda: NOW) as store:
        yield store


class TestSqliteStore(ExchangeContract):
    @pytest.fixture
    def journal(self, store: SqliteStore) -> SqliteStore:
        return store

    @pytest.fixture
    def exchange(self, store: SqliteStore) -> SqliteStore:
        return store


class TestMemoryExchange(ExchangeContract):
    @pytest.fixture
    def journal(self) -> MemoryJournal:
        return MemoryJournal()

    @pytest.fixture
    def exchange(self, journal: MemoryJournal) -> MemoryExchange:
        return journal.exchange


async def test_a_signal_wakes_a_run_of_another_process(store: SqliteStore, tmp_path: Path) -> None:
    run = await open_run(store)
    await take(store, run)
    await suspend(store, run)

    async with SqliteStore(tmp_path / "treadle.db", synchronous="OFF") as other:
        woken = await other.send_signal(make_signal())

    assert woken == Woken(run.id, 0)
    assert await store.find_due(NOW) == [run.id]


async def test_a_driver_finds_what_it_was_told_from_another_process(store: SqliteStore, tmp_path: Path) -> None:
    run = await open_run(store)
    await take(store, run)
    async with SqliteStore(tmp_path / "treadle.db", synchronous="OFF") as other:
        await other.send_signal(make_signal())

    assert await store.find_nudged() == [(run.id, 1)]


async def test_the_data_version_changes_when_anybody_has_written(store: SqliteStore, tmp_path: Path) -> None:
    before = store.data_version()
    async with SqliteStore(tmp_path / "treadle.db", synchronous="OFF") as other:
        await other.send_signal(make_signal())

    after = store.data_version()

    assert after != before
    assert store.data_version() == after


async def test_a_signal_is_not_given_to_a_run_that_is_gone(store: SqliteStore) -> None:
    """A wait that nobody came to leave, because its run has ended in another way, holds no signal."""
    gone, waiting = await open_run(store), await open_run(store)
    await take(store, gone, token="gone")
    await finish(store, gone)
    await take(store, waiting, token="waiting", at=NOW + timedelta(seconds=1))

    woken = await store.send_signal(make_signal())

    assert woken.run_id == waiting.id


async def test_signals_that_nobody_takes_are_removed_after_30_days_those_meant_for_a_run_with_it(
    store: SqliteStore,
) -> None:
    run = await open_run(store)
    await store.send_signal(make_signal("early"))
    await store.send_signal(make_signal("meant", run_id=run.id))
    await store.purge(NOW + timedelta(days=29))
    kept = await take(store, run, "early", token="a")
    await store.send_signal(make_signal("late"))

    await store.purge(NOW + timedelta(days=31))

    assert kept is not None
    assert await take(store, run, "late", token="b") is None
    assert await take(store, run, "meant", token="c") is not None


async def test_taken_signals_go_with_the_run_that_took_them(store: SqliteStore) -> None:
    run: RunRecord = await open_run(store, retention=60.0)
    await store.send_signal(make_signal())
    await take(store, run)
    await finish(store, run)

    await store.purge(NOW + timedelta(seconds=61))

    assert await store.read(lambda c: c.execute("SELECT count(*) FROM signals").fetchone()[0]) == 0
