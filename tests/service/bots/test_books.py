"""Books that are read from the store, and go on from where they were."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.service.bots.dealing import record_bot, record_equity, record_fill
from treadle.model.record import Record
from treadle.service.bots.books import Books
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.clock import START


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with SqliteStore(tmp_path / "s.db") as store:
        yield store


async def test_a_book_goes_on_with_what_was_recorded_since(store: SqliteStore) -> None:
    books = Books(store)
    await record_fill(store, 1, "buy", "1", "100", minute=0)
    first = await books.read("bot")
    assert (first.book.fills, len(first.book.trades)) == (1, 0)

    await record_fill(store, 2, "sell", "1", "110", minute=1)
    await record_equity(store, 5, "1000")

    again = await books.read("bot")
    assert again is first
    assert (again.book.main.profit, again.book.fills) == (10, 2)
    assert again.account is not None
    assert len(again.account.points) == 1


async def test_a_fill_that_comes_after_its_turn_has_all_counted_anew(store: SqliteStore) -> None:
    books = Books(store)
    await record_fill(store, 1, "buy", "1", "100", minute=0)
    await record_fill(store, 3, "sell", "1", "110", minute=9)
    assert (await books.read("bot")).book.main.profit == 10

    await record_fill(store, 2, "buy", "1", "90", minute=5)

    book = (await books.read("bot")).book
    assert (book.fills, book.main.profit, book.open[0].quantity) == (3, 15, 1)


async def test_each_deployment_has_its_own(store: SqliteStore) -> None:
    await record_bot(store, "a")
    await record_fill(store, 1, "buy", "1", "100", minute=0, deployment="b")

    books = Books(store)

    assert ((await books.read("a")).book.fills, (await books.read("b")).book.fills) == (7, 1)
    assert (await books.read("c")).book.fills == 0


async def test_one_that_is_deployed_anew_begins_with_an_empty_book(store: SqliteStore) -> None:
    books = Books(store)
    await record_bot(store)
    assert (await books.read("bot")).book.fills == 7

    await store.delete_deployment("bot")

    again = await books.read("bot")
    assert (again.book.fills, again.account) == (0, None)


async def test_what_is_no_fill_is_told_and_counts_for_nothing(store: SqliteStore) -> None:
    await store.put_record(Record("fill", "odd", {"symbol": "BTC/USDT"}, "deployment:bot"), now=START)
    await record_fill(store, 1, "buy", "1", "100", minute=0)

    ledger = await Books(store).read("bot")

    assert (ledger.unreadable, ledger.book.fills) == (1, 1)


async def test_many_fills_are_counted_as_a_few_are(store: SqliteStore) -> None:
    for at in range(500):
        await record_fill(store, at, "sell" if at % 2 else "buy", "1", str(100 + at), minute=at)

    book = (await Books(store).read("bot")).book

    assert (book.fills, book.main.profit, book.main.won) == (500, 250, 250)


async def test_many_are_read_at_once_and_what_takes_too_long_is_there_the_next_time(store: SqliteStore) -> None:
    books = Books(store)
    for name in ("a", "b"):
        await record_bot(store, name)
    newest = {owner.removeprefix("deployment:"): serial for owner, serial in await _newest(store)}
    assert (await books.read_many(newest, within=0)).keys() <= {"a", "b"}

    found = await books.read_many(newest, within=60)

    assert [found[name].book.fills for name in ("a", "b")] == [7, 7]
    assert (await books.read_many(newest, within=0)) == found
    await books.close()


async def _newest(store: SqliteStore) -> list[tuple[str, int]]:
    return list((await store.list_record_owners(["fill"], series=["fill", "equity"])).items())
