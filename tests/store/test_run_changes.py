"""Changing runs from outside their driver."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from treadle.engine.journal import Batch, Entry, EntryKind, LogLine, RunUpdate
from treadle.errors import Conflict, InvalidWorkflow, LeaseLost, NotFound
from treadle.model.ids import RunId
from treadle.model.run import Failure, RunRecord
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.journal_contract import NOW, finish, make_record, make_result, open_run

IN_DOUBT = (
    Entry("each[0]", "pay", 0, EntryKind.INTENT, NOW, {"attempt": 1}),
    Entry("each[0]", "pay", 1, EntryKind.SUSPENSION, NOW, {"until": None, "in_doubt": True}),
)


async def open_suspended(store: SqliteStore, entries: tuple[Entry, ...] = ()) -> RunRecord:
    record = await open_run(store, entries)
    await store.append(Batch(record.id, 1, update=RunUpdate("suspended")))
    return record


async def fail(store: SqliteStore, record: RunRecord, entries: list[Entry]) -> None:
    update = RunUpdate("failed", finished_at=NOW, error=Failure("x", "y"))
    await store.append(Batch(record.id, 1, entries=entries, update=update))


def settled(node: str, sequence: int, status: str) -> Entry:
    return Entry("", node, sequence, EntryKind.RESULT, NOW, {"status": status, "outputs": {}, "attempts": 1})


async def test_a_cancelled_suspended_run_is_due_at_once(store: SqliteStore) -> None:
    record = await open_suspended(store)

    await store.request_cancel(record.id, now=NOW)

    assert await store.find_due(NOW) == [record.id]
    assert (await store.claim(record.id)).cancel_requested


async def test_the_driver_of_a_running_run_finds_that_it_is_to_be_cancelled(store: SqliteStore) -> None:
    record, other = await open_run(store), await open_run(store)

    await store.request_cancel(record.id)

    assert await store.find_cancelled() == [record.id]
    assert not (await store.get_run(other.id)).cancel_requested


async def test_a_run_that_suspends_before_it_hears_of_its_cancel_is_due_at_once(store: SqliteStore) -> None:
    record = await open_run(store)
    await store.request_cancel(record.id)

    await store.append(Batch(record.id, 1, update=RunUpdate("suspended", wake_at=NOW + timedelta(days=2))))

    assert await store.find_due(datetime.now(UTC)) == [record.id]


async def test_a_cancelled_run_whose_driver_knows_may_wait(store: SqliteStore) -> None:
    """A `finally` body that waits must not be woken over and over."""
    record = await open_suspended(store)
    await store.request_cancel(record.id, now=NOW)
    claimed = await store.claim(record.id)

    later = NOW + timedelta(hours=1)
    await store.append(Batch(record.id, claimed.epoch, update=RunUpdate("suspended", wake_at=later)))

    assert (await store.find_cancelled(), await store.find_due(NOW), await store.next_wake()) == ([], [], later)
    assert (await store.claim(record.id)).cancel_requested


async def test_a_finished_run_cannot_be_cancelled(store: SqliteStore) -> None:
    record = await open_run(store)
    await store.append(finish(record))

    with pytest.raises(Conflict) as caught:
        await store.request_cancel(record.id)

    assert caught.value.code == "run_finished"


async def test_resolving_adds_an_entry_and_makes_the_run_due(store: SqliteStore) -> None:
    record = await open_suspended(store, IN_DOUBT)

    await store.resolve(record.id, scope="each[0]", node="pay", outcome="done", outputs={"id": 7}, now=NOW)

    last = (await store.load(record.id))[-1]
    assert (last.sequence, last.kind, last.body) == (
        2,
        EntryKind.RESOLUTION,
        {"outcome": "done", "outputs": {"id": 7}},
    )
    assert await store.find_due(NOW) == [record.id]


async def test_a_second_answer_is_a_conflict(store: SqliteStore) -> None:
    record = await open_suspended(store, IN_DOUBT)
    await store.resolve(record.id, scope="each[0]", node="pay", outcome="done")

    with pytest.raises(Conflict) as caught:
        await store.resolve(record.id, scope="each[0]", node="pay", outcome="failed")

    assert caught.value.code == "not_in_doubt"


async def test_a_node_that_is_not_in_doubt_cannot_be_resolved(store: SqliteStore) -> None:
    record = await open_suspended(store, (make_result("a"),))

    with pytest.raises(Conflict) as caught:
        await store.resolve(record.id, node="a", outcome="done")

    assert caught.value.code == "not_in_doubt"


async def test_a_run_that_is_driven_cannot_be_resolved(store: SqliteStore) -> None:
    record = await open_run(store, IN_DOUBT)

    with pytest.raises(Conflict) as caught:
        await store.resolve(record.id, scope="each[0]", node="pay", outcome="done")

    assert caught.value.code == "still_running"
    assert "has not come to rest" in caught.value.message


async def test_a_finished_run_cannot_be_resolved(store: SqliteStore) -> None:
    record = await open_run(store, IN_DOUBT)
    await store.append(finish(record))

    with pytest.raises(Conflict) as caught:
        await store.resolve(record.id, scope="each[0]", node="pay", outcome="done")

    assert caught.value.code == "not_suspended"


async def test_an_answer_that_is_none_is_refused(store: SqliteStore) -> None:
    record = await open_suspended(store, IN_DOUBT)

    with pytest.raises(InvalidWorkflow) as caught:
        await store.resolve(record.id, scope="each[0]", node="pay", outcome="Done")

    assert caught.value.code == "unknown_outcome"
    assert len(await store.load(record.id)) == 2


async def test_reopening_drops_what_did_not_succeed_and_keeps_the_rest(store: SqliteStore) -> None:
    record = await open_run(store, [make_result("good", value=1)])
    retried = Entry("", "bad", 1, EntryKind.FAILURE, NOW, {"attempt": 1, "error": None})
    entries = [
        Entry("", "bad", 0, EntryKind.INTENT, NOW, {"attempt": 1}),
        retried,
        settled("bad", 2, "failed"),
        settled("after", 0, "skipped"),
    ]
    await fail(store, record, entries)

    await store.reopen(record.id)

    assert [(entry.node, entry.kind) for entry in await store.load(record.id)] == [("good", EntryKind.RESULT)]
    found = await store.get_run(record.id)
    assert (found.status, found.error, found.finished_at) == ("running", None, None)
    assert await store.find_unfinished() == [record.id]


async def test_reopening_keeps_a_failure_that_was_dealt_with(store: SqliteStore) -> None:
    """What an `error` port led to has happened; the effect that failed must not be tried again beside it."""
    record = await open_run(store)
    declined = settled("pay", 0, "failed")
    handled = declined._replace(body={**declined.body, "handled": True})
    await fail(store, record, [handled, settled("ship", 0, "skipped"), settled("last", 0, "failed")])

    await store.reopen(record.id)

    assert await store.load(record.id) == [handled]


@pytest.mark.parametrize(
    ("outer", "name", "inner"),
    [("", "each", "each[0]"), ("", "try", "try.catch"), ("a[1]", "each", "a[1]/each[0]")],
)
async def test_a_reopened_container_keeps_its_place(store: SqliteStore, outer: str, name: str, inner: str) -> None:
    failed = {"status": "failed", "outputs": {}}
    record = await open_run(store)
    entries = [
        Entry(outer, name, 0, EntryKind.CHECKPOINT, NOW, {"value": 3}),
        Entry(outer, name, 1, EntryKind.SUSPENSION, NOW, {"until": NOW}),
        Entry(outer, name, 2, EntryKind.RESULT, NOW, failed),
        make_result("good", scope=inner),
        Entry(inner, "bad", 0, EntryKind.RESULT, NOW, failed),
    ]
    await fail(store, record, entries)

    await store.reopen(record.id)

    kept = [(entry.node, entry.kind) for entry in await store.load(record.id)]
    assert kept == [
        (name, EntryKind.CHECKPOINT),
        (name, EntryKind.SUSPENSION),
        ("good", EntryKind.RESULT),
    ]


async def test_a_reopened_effect_that_was_broken_off_is_in_doubt_not_repeated(store: SqliteStore) -> None:
    record = await open_run(store)
    intent = Entry("", "pay", 0, EntryKind.INTENT, NOW, {"attempt": 1})
    await fail(store, record, [intent, settled("pay", 1, "cancelled")])

    await store.reopen(record.id)

    assert await store.load(record.id) == [intent]


async def test_who_drove_a_run_before_it_was_reopened_cannot_append(store: SqliteStore) -> None:
    record = await open_run(store)
    await fail(store, record, [])
    await store.reopen(record.id)

    with pytest.raises(LeaseLost):
        await store.append(Batch(record.id, 1, entries=[make_result("late")]))


async def test_a_completed_run_cannot_be_reopened(store: SqliteStore) -> None:
    record = await open_run(store)
    await store.append(finish(record))

    with pytest.raises(Conflict) as caught:
        await store.reopen(record.id)

    assert caught.value.code == "not_failed"


async def test_purging_removes_everything_of_runs_whose_retention_is_over(store: SqliteStore, path: Path) -> None:
    old = await open_run(store, [make_result("a", text="x" * 100_000)], retention=60.0)
    await store.append(finish(old, log=[LogLine(NOW, "a", "info", "hello")]))
    kept = make_record(retention=3600.0)
    await store.append(finish(kept, opens=kept))
    unfinished = await open_run(store, retention=0.0)

    removed = await store.purge(NOW + timedelta(seconds=61))

    assert removed == 1
    assert {run.id for run in await store.list_runs()} == {kept.id, unfinished.id}
    connection = sqlite3.connect(path)
    for table in ("journal", "payloads", "run_logs"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    connection.close()


async def test_a_run_is_kept_until_the_very_moment_its_retention_ends(store: SqliteStore) -> None:
    record = make_record(retention=60.0)
    await store.append(finish(record, opens=record))

    before = await store.purge(NOW + timedelta(seconds=60.999999))
    after = await store.purge(NOW + timedelta(seconds=61))

    assert (before, after) == (0, 1)


async def test_the_store_says_how_long_runs_are_kept_that_do_not_say_so(path: Path) -> None:
    async with SqliteStore(path, retention=None) as store:
        record = await open_run(store)
        await store.append(finish(record))

        assert await store.purge(NOW + timedelta(days=10_000)) == 0


async def test_more_runs_than_one_portion_are_all_purged(store: SqliteStore) -> None:
    records = [make_record(RunId(f"r{index:04}"), retention=1.0) for index in range(1100)]
    await asyncio.gather(*(store.append(finish(record, opens=record)) for record in records))

    assert await store.purge(NOW + timedelta(days=1)) == 1100


async def test_a_released_run_is_free_for_anybody(store: SqliteStore) -> None:
    record = await open_run(store)

    await store.release(record.id, epoch=1)

    assert await store.find_unfinished() == [record.id]
    with pytest.raises(LeaseLost):
        await store.release(record.id, epoch=7)


@pytest.mark.parametrize("change", ["request_cancel", "reopen", "claim"])
async def test_an_unknown_run_cannot_be_changed(store: SqliteStore, change: str) -> None:
    with pytest.raises(NotFound):
        await getattr(store, change)(RunId("r404"))
