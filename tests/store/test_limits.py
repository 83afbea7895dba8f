"""Rates: no window ever holds more than it may."""

from __future__ import annotations

import asyncio
import heapq
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from treadle.store.rows import to_micros
from treadle.store.slots import reserve
from treadle.store.sqlite_journal import SqliteStore
from treadle.store.tables import sqlite_script
from treadle.testing.journal_contract import NOW

SECOND = 1_000_000


async def take(store: SqliteStore, token: str, *, burst: int = 1, now: datetime = NOW) -> timedelta:
    """Two in a second; how long the holder of `token` has to wait."""
    return await store.take_slot("k", number=2, period=1.0, burst=burst, token=token, now=now) - now


async def test_slots_come_at_even_distances(store: SqliteStore) -> None:
    waits = [await take(store, token) for token in "abc"]

    assert waits == [timedelta(0), timedelta(seconds=0.5), timedelta(seconds=1)]


async def test_a_burst_is_taken_at_once(store: SqliteStore) -> None:
    waits = [await take(store, token, burst=3) for token in "abcd"]

    assert waits == [timedelta(0), timedelta(0), timedelta(0), timedelta(seconds=0.5)]


async def test_what_is_not_taken_is_not_saved_up_beyond_the_burst(store: SqliteStore) -> None:
    await take(store, "a", burst=2)
    later = NOW + timedelta(hours=1)

    waits = [await take(store, token, burst=2, now=later) for token in "bcd"]

    assert waits == [timedelta(0), timedelta(0), timedelta(seconds=0.5)]


async def test_asked_again_a_token_has_the_slot_it_had(store: SqliteStore) -> None:
    await take(store, "a")
    first = await take(store, "b")

    assert await take(store, "b") == first
    assert await take(store, "c") == timedelta(seconds=1)


async def test_two_processes_share_one_rate(store: SqliteStore, path: Path) -> None:
    async with SqliteStore(path) as other:
        taken = await asyncio.gather(*(take(store if n % 2 else other, str(n)) for n in range(20)))

    assert sorted(taken) == [timedelta(seconds=n / 2) for n in range(20)]


async def test_slots_are_purged_once_the_rate_is_wholly_free(store: SqliteStore) -> None:
    for token in "abc":
        await take(store, token)

    await store.purge(NOW + timedelta(seconds=1.4))
    held = await count_slots(store)
    await store.purge(NOW + timedelta(seconds=1.5))

    assert (held, await count_slots(store)) == (3, 0)


async def count_slots(store: SqliteStore) -> int:
    return (await store.read(lambda c: c.execute("SELECT count(*) FROM slots").fetchone()))[0]


async def test_those_who_come_late_do_not_all_come_at_once(store: SqliteStore) -> None:
    """As after a day without power: their times have all passed."""
    tokens = [str(number) for number in range(8)]
    for token in tokens:
        await take(store, token)
    later = NOW + timedelta(days=1)

    waits = [await take(store, token, now=later) for token in tokens]

    assert sum(wait <= timedelta(0) for wait in waits) == 2


@pytest.fixture(scope="module")
def connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.executescript(sqlite_script())
    yield connection
    connection.close()


@settings(max_examples=200, deadline=None)
@given(
    number=st.integers(1, 20),
    period=st.sampled_from([0.5, 1.0, 7.0, 60.0]),
    burst=st.integers(1, 5),
    asks=st.lists(st.tuples(st.integers(0, 3 * SECOND), st.integers(0, 30 * SECOND)), min_size=1, max_size=40),
)
def test_no_period_ever_sees_more_go_on_than_the_rate_and_its_burst(
    connection: sqlite3.Connection, number: int, period: float, burst: int, asks: list[tuple[int, int]]
) -> None:
    """However late those who wait ask again; and everybody gets there."""
    connection.execute("DELETE FROM limits")
    connection.execute("DELETE FROM slots")
    first, queue, gone_on = to_micros(NOW), list[tuple[int, int]](), list[int]()
    for token, (gap, _) in enumerate(asks):
        first += gap
        heapq.heappush(queue, (first, token))

    for _ in range(10_000):
        if not queue:
            break
        at, token = heapq.heappop(queue)
        slot = reserve(connection, "k", number=number, period=period, burst=burst, token=str(token), at=at)
        if slot <= at:
            gone_on.append(at)
        else:
            heapq.heappush(queue, (slot + asks[token][1], token))

    window = round(period * SECOND)
    assert len(gone_on) == len(asks)
    assert all(sum(start <= at < start + window for at in gone_on) <= number + burst - 1 for start in gone_on)


def test_one_that_does_not_come_for_its_slot_keeps_nobody_waiting(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM limits")
    connection.execute("DELETE FROM slots")
    at = to_micros(NOW)

    def ask(token: str, at: int) -> int:
        return reserve(connection, "k", number=1, period=1.0, burst=1, token=token, at=at)

    ask("first", at)
    missed, slot = ask("away", at), ask("here", at)

    assert missed < slot
    assert ask("here", slot) == slot


@given(gaps=st.lists(st.integers(-SECOND, SECOND), min_size=1, max_size=40))
def test_slots_keep_their_distance_also_where_clocks_differ(connection: sqlite3.Connection, gaps: list[int]) -> None:
    connection.execute("DELETE FROM limits")
    connection.execute("DELETE FROM slots")
    at, slots = to_micros(NOW), list[int]()

    for token, gap in enumerate(gaps):
        at += gap
        slots.append(reserve(connection, "k", number=4, period=1.0, burst=1, token=str(token), at=at))

    assert all(later - earlier >= SECOND // 4 for earlier, later in pairwise(sorted(slots)))


async def test_what_is_taken_of_a_budget_is_kept_while_the_store_is_tidied_up(store: SqliteStore) -> None:
    await store.try_slot("b", number=1, period=60.0, token="a", now=NOW)

    await store.purge(NOW + timedelta(seconds=59))

    assert not await store.try_slot("b", number=1, period=60.0, token="b", now=NOW + timedelta(seconds=59))


async def test_a_budget_that_is_wholly_free_is_forgotten(store: SqliteStore) -> None:
    await store.try_slot("b", number=1, period=60.0, token="a", now=NOW)

    await store.purge(NOW + timedelta(seconds=60))

    assert await count_slots(store) == 0
