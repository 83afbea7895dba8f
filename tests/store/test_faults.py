"""What the disk, other processes and sudden death may do to a store."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from treadle.engine.journal import Batch, LogLine
from treadle.errors import Conflict, LeaseLost, StoreError
from treadle.model.ids import RunId
from treadle.store.rows import BatchRows
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.journal_contract import NOW, finish, make_record, make_result, open_run

WRITE_UNTIL_KILLED = """
import asyncio, os, sys
from treadle.model.ids import new_run_id
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.journal_contract import finish, make_record, make_result

async def write(store):
    while True:
        record = make_record()
        await store.append(finish(record, opens=record, entries=[make_result(f"n{i}") for i in range(5)]))
        os.write(1, f"{record.id}\\n".encode())

async def main():
    async with SqliteStore(sys.argv[1]) as store:
        await asyncio.gather(*(write(store) for _ in range(20)))

asyncio.run(main())
"""

DRIVE_ONE_RUN = """
import asyncio, sys
from treadle.engine.journal import Batch
from treadle.errors import LeaseLost
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.journal_contract import make_result, open_run

async def main():
    async with SqliteStore(sys.argv[1]) as store:
        record = await open_run(store, [make_result("first")])
        print(record.id, flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        try:
            await store.append(Batch(record.id, 1, entries=[make_result("late")]))
        except LeaseLost:
            print("lease lost", flush=True)

asyncio.run(main())
"""


def start(code: str, path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def limit_pages(connection: sqlite3.Connection, pages: int | None = None) -> None:
    """Let the database have no more than `pages` pages; without a number, no more than it has."""
    used = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages or used}")


async def test_a_full_disk_is_reported_and_writing_goes_on_once_there_is_room(store: SqliteStore) -> None:
    before = await open_run(store)
    await store.write(limit_pages)
    full = make_record(input={"text": os.urandom(40_000).hex()[:60_000]})
    batches = [Batch(full.id, 1, opens=full), Batch(before.id, 1, entries=[make_result("a")])]

    outcomes = await asyncio.gather(*(store.append(batch) for batch in batches), return_exceptions=True)
    await store.write(lambda connection: limit_pages(connection, 1_000_000))
    await store.append(Batch(full.id, 1, opens=full))

    assert [getattr(outcome, "code", None) for outcome in outcomes] == ["disk_full", "disk_full"]
    assert isinstance(outcomes[0], StoreError)
    assert "space" in str(outcomes[0])
    assert await store.load(before.id) == []
    assert (await store.get_run(full.id)).input == full.input


async def test_a_database_locked_by_another_process_is_reported_and_recovers(path: Path) -> None:
    async with SqliteStore(path, busy_timeout=0.05) as store:
        record = await open_run(store)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreError) as caught:
            await store.append(Batch(record.id, 1, entries=[make_result("a")]))
        other.execute("ROLLBACK")
        other.close()
        await store.append(Batch(record.id, 1, entries=[make_result("b")]))

        assert caught.value.code == "database_locked"
        assert [entry.node for entry in await store.load(record.id)] == ["b"]


async def test_a_corrupt_payload_is_named_with_run_and_node(store: SqliteStore, path: Path) -> None:
    record = await open_run(store, [make_result("large", scope="each[1]", text="abc" * 50_000)])
    with sqlite3.connect(path) as connection:
        (content,) = connection.execute("SELECT bytes FROM payloads").fetchone()
        middle = len(content) // 2
        broken = content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]
        connection.execute("UPDATE payloads SET bytes = ?", (broken,))
    connection.close()

    with pytest.raises(StoreError) as caught:
        await store.load(record.id)

    assert caught.value.code == "corrupt_payload"
    assert record.id in caught.value.message
    assert "each[1]/large" in caught.value.message


async def test_a_flipped_bit_never_changes_what_is_read(store: SqliteStore, path: Path) -> None:
    text = " ".join(map(str, range(15_000)))
    record = await open_run(store, [make_result("large", text=text)])
    connection = sqlite3.connect(path, isolation_level=None)
    (content,) = connection.execute("SELECT bytes FROM payloads").fetchone()
    places = range(0, len(content), len(content) // 60)

    outcomes: list[object] = []
    for place in places:
        broken = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        connection.execute("UPDATE payloads SET bytes = ?", (broken,))
        outcomes += await asyncio.gather(store.load(record.id), return_exceptions=True)
    connection.close()

    noticed = [outcome.code for outcome in outcomes if isinstance(outcome, StoreError)]
    unharmed = [outcome for outcome in outcomes if isinstance(outcome, list)]
    assert set(noticed) == {"corrupt_payload"}
    assert len(noticed) >= len(places) - 2  # a header bit may mean nothing
    assert all(entries[0].body["outputs"]["text"] == text for entries in unharmed)
    assert len(noticed) + len(unharmed) == len(places)


async def test_a_missing_payload_is_named(store: SqliteStore, path: Path) -> None:
    record = await open_run(store, input={"text": "abc" * 50_000})
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM payloads")
    connection.close()

    with pytest.raises(StoreError, match="the input") as caught:
        await store.get_run(record.id)

    assert caught.value.code == "corrupt_payload"


async def test_a_failure_inside_a_call_undoes_only_that_call(store: SqliteStore) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO state (owner, key, value) VALUES ('o', 'k', '1')")
        raise ValueError("on purpose")

    record = make_record()
    outcomes = await asyncio.gather(
        store.write(fail), store.append(Batch(record.id, 1, opens=record)), return_exceptions=True
    )

    assert isinstance(outcomes[0], StoreError)
    assert "on purpose" in outcomes[0].message
    assert outcomes[1] is None
    assert await store.read_state("o", "k") is None


@pytest.mark.parametrize("poison", ["name", "number", "packing"])
async def test_what_cannot_be_written_costs_its_own_caller_alone(store: SqliteStore, poison: str) -> None:
    good, bad = await open_run(store), await open_run(store)
    rows = BatchRows(
        Batch(bad.id, 1, entries=[make_result("a", text="x" * 100_000)]), worker=None, now=lambda: NOW, retention=None
    )
    *front, body = rows.entries[0]
    rows.entries[0] = {
        "name": (*front[:2], "half \ud800", *front[3:], "{}"),
        "number": (*front[:5], 2**70, "{}"),
        "packing": (*front, body + "\u20ac"),
    }[poison]

    outcomes = await asyncio.gather(
        store._writer.append(rows),  # pyright: ignore[reportPrivateUsage]
        store.append(Batch(good.id, 1, entries=[make_result("b")])),
        return_exceptions=True,
    )

    assert isinstance(outcomes[0], StoreError)
    assert outcomes[0].code == "unstorable_value"
    assert outcomes[1] is None
    assert [entry.node for entry in await store.load(good.id)] == ["b"]
    assert await store.load(bad.id) == []


async def test_a_log_line_with_half_a_surrogate_pair_is_kept_as_text(store: SqliteStore) -> None:
    record = await open_run(store)

    await store.append(Batch(record.id, 1, log=[LogLine(NOW, "a", "info", "half \ud800", {})]))

    assert [line.message for line in await store.read_log(record.id)] == ["half ?"]


async def test_a_run_kept_longer_than_time_lasts_is_kept(store: SqliteStore) -> None:
    record = make_record(retention=1e300)

    await store.append(finish(record, opens=record))

    assert (await store.get_run(record.id)).status == "completed"


@pytest.mark.slow
async def test_two_processes_on_one_file_are_fenced(path: Path) -> None:
    child = start(DRIVE_ONE_RUN, path)
    assert child.stdout is not None
    run_id = RunId((await asyncio.to_thread(child.stdout.readline)).strip())

    async with SqliteStore(path) as store:
        with pytest.raises(Conflict):
            await store.claim(run_id)
        # Its process lives on this host: only where that cannot be seen does the heartbeat decide.
        silenced = "UPDATE workers SET heartbeat_at = 0, host = 'elsewhere'"
        await store.write(lambda connection: connection.execute(silenced).rowcount)
        claimed = await store.claim(run_id)
        said, _ = await asyncio.to_thread(child.communicate, "go\n", 30)
        await store.append(Batch(run_id, claimed.epoch, entries=[make_result("mine")]))
        entries = await store.load(run_id)

    assert said.strip() == "lease lost"
    assert sorted(entry.node for entry in entries) == ["first", "mine"]


@pytest.mark.slow
async def test_a_run_of_a_killed_process_is_free_at_once(path: Path) -> None:
    child = start(DRIVE_ONE_RUN, path)
    assert child.stdout is not None
    run_id = RunId((await asyncio.to_thread(child.stdout.readline)).strip())

    child.kill()
    child.communicate()
    async with SqliteStore(path) as store:
        unfinished = await store.find_unfinished()
        claimed = await store.claim(run_id)

    assert (unfinished, claimed.epoch) == ([run_id], 2)


@pytest.mark.slow
@pytest.mark.parametrize("acknowledged", [1, 500, 2_000])
async def test_a_killed_writer_loses_nothing_it_acknowledged(path: Path, acknowledged: int) -> None:
    child = start(WRITE_UNTIL_KILLED, path)
    assert child.stdout is not None
    seen = [child.stdout.readline().strip() for _ in range(acknowledged)]

    child.kill()
    rest = child.stdout.read()  # not `communicate`, which passes over what `readline` holds in its buffer
    child.communicate()
    seen += [line for line in rest.splitlines() if len(line) == len(seen[0])]

    async with SqliteStore(path) as store:
        runs = await store.list_runs(limit=1_000_000)
        entries = await store.read(
            lambda connection: connection.execute("SELECT count(*), count(DISTINCT run_id) FROM journal").fetchone()
        )
    found = {run.id for run in runs}
    assert set(seen) <= found
    assert len(found - set(seen)) <= 20  # those whose commit was under way
    assert entries == (5 * len(found), len(found))
    assert {run.status for run in runs} == {"completed"}


async def test_a_lost_lease_costs_nobody_else_a_retry(store: SqliteStore) -> None:
    stale = await open_run(store)
    await store.claim(stale.id)
    before = store.commits
    records = [make_record() for _ in range(20)]

    outcomes = await asyncio.gather(
        store.append(Batch(stale.id, 1, entries=[make_result("late")])),
        *(store.append(finish(record, opens=record)) for record in records),
        return_exceptions=True,
    )

    assert isinstance(outcomes[0], LeaseLost)
    assert outcomes[1:] == [None] * 20
    assert store.commits - before <= 3
