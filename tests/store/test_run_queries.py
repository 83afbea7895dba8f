"""Finding runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from treadle.engine.journal import Batch, Entry, EntryKind, LogLine, RunUpdate
from treadle.errors import NotFound
from treadle.model.ids import RunId
from treadle.model.run import Failure, NodeResult
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.journal_contract import NOW, finish, make_record, make_result, open_run


async def suspend(store: SqliteStore, wake_after: float | None, entries: tuple[Entry, ...] = ()) -> RunId:
    record = await open_run(store, entries)
    wake_at = None if wake_after is None else NOW + timedelta(seconds=wake_after)
    await store.append(Batch(record.id, 1, update=RunUpdate("suspended", wake_at=wake_at)))
    return record.id


async def test_a_run_comes_back_as_it_was_created(store: SqliteStore) -> None:
    given = make_record(mode="paper", input={"at": NOW}, fired=[1], params={"x": 1}, retention=60.0, save="none")

    await store.create_run(given)

    assert await store.get_run(given.id) == given


async def test_an_unknown_run_is_not_found(store: SqliteStore) -> None:
    with pytest.raises(NotFound) as caught:
        await store.get_run(RunId("r404"))

    assert caught.value.code == "unknown_run"


async def test_runs_are_listed_newest_first_and_in_pages(store: SqliteStore) -> None:
    ids = [RunId(f"r{index}") for index in range(5)]
    for run_id in ids:
        await open_run(store, run_id=run_id)

    first = await store.list_runs(limit=3)
    second = await store.list_runs(limit=3, before=first[-1].id)

    assert [run.id for run in [*first, *second]] == ids[::-1]


async def test_runs_are_listed_by_workflow_status_and_deployment(store: SqliteStore) -> None:
    one = await open_run(store, workflow="one", deployment="bot")
    two = await open_run(store, workflow="two")
    await store.append(finish(two))

    assert [run.id for run in await store.list_runs(workflow="one")] == [one.id]
    assert [run.id for run in await store.list_runs(status="completed")] == [two.id]
    assert [run.id for run in await store.list_runs(deployment="bot")] == [one.id]
    assert await store.list_runs(workflow="one", status="completed") == []
    assert await store.count_runs() == {"running": 1, "completed": 1}


async def test_due_runs_come_longest_due_first(store: SqliteStore) -> None:
    late, early, future = [await suspend(store, seconds) for seconds in (20, 10, 40)]
    await suspend(store, None)

    due = await store.find_due(NOW + timedelta(seconds=20))

    assert due == [early, late]
    assert await store.find_due(NOW + timedelta(seconds=60), limit=1) == [early]
    assert future in await store.find_due(NOW + timedelta(seconds=40))


async def test_the_next_wake_is_the_earliest(store: SqliteStore) -> None:
    before = await store.next_wake()
    for seconds in (20.0, 10.0, None):
        await suspend(store, seconds)

    assert (before, await store.next_wake()) == (None, NOW + timedelta(seconds=10))


async def test_a_run_nobody_drives_is_unfinished(store: SqliteStore) -> None:
    created = make_record()
    await store.create_run(created)
    await open_run(store)
    await suspend(store, 10)

    assert await store.find_unfinished() == [created.id]


async def test_the_results_of_settled_nodes_are_those_of_their_entries(store: SqliteStore) -> None:
    failure = Failure("http_error", "502", node="send", attempt=2, details={"status": 502})
    failed = {"status": "failed", "outputs": {}, "attempts": 2, "ms": 7.5, "error": failure.to_dict()}
    entries = [
        make_result("fetch", body={"n": 1}),
        Entry("each[2]", "send", 0, EntryKind.INTENT, NOW, {"attempt": 1}),
        Entry("each[2]", "send", 1, EntryKind.RESULT, NOW, failed | {"started_at": NOW}),
    ]
    record = await open_run(store, entries)

    results = await store.find_results(record.id)

    assert results == {
        "fetch": NodeResult("completed", {"body": {"n": 1}}, 1, 1.5, None, NOW, NOW - timedelta(milliseconds=1.5)),
        "each[2]/send": NodeResult("failed", {}, 2, 7.5, failure, NOW, NOW),
    }


async def test_a_node_that_waited_or_was_tried_again_took_from_its_beginning_to_its_end(store: SqliteStore) -> None:
    later = NOW + timedelta(hours=2)
    result = {"status": "completed", "outputs": {}, "attempts": 1, "ms": 0.5}
    entries = [
        Entry("", "wait", 0, EntryKind.INTENT, NOW, {"attempt": 1, "now": NOW}),
        Entry("", "wait", 1, EntryKind.SUSPENSION, NOW, {"until": later}),
        Entry("", "wait", 2, EntryKind.RESULT, later, result),
        Entry("", "send", 0, EntryKind.INTENT, NOW, {"attempt": 1, "now": NOW}),
        Entry("", "send", 1, EntryKind.FAILURE, NOW, {"attempt": 1, "error": None, "retry_at": later}),
        Entry("", "send", 2, EntryKind.INTENT, later, {"attempt": 2, "now": NOW}),
        Entry("", "send", 3, EntryKind.SUSPENSION, later, {"until": None}),
    ]
    record = await open_run(store, entries)

    results = await store.find_results(record.id)

    assert (results["wait"].started_at, results["wait"].finished_at) == (NOW, later)
    assert results["wait"].duration_ms == 2 * 3600 * 1000
    assert (results["send"].status, results["send"].started_at) == ("waiting", NOW)


async def test_a_container_began_with_what_is_in_it(store: SqliteStore) -> None:
    later = NOW + timedelta(minutes=1)
    result = {"status": "completed", "outputs": {}, "attempts": 1, "ms": 0.5}
    entries = [
        Entry("each[0]", "send", 0, EntryKind.INTENT, NOW, {"attempt": 1, "now": NOW}),
        Entry("each[0]", "send", 1, EntryKind.RESULT, NOW, result),
        Entry("each[1]/try.catch", "send", 0, EntryKind.RESULT, later, result),
        Entry("each[1]", "try", 0, EntryKind.RESULT, later, result),
        Entry("", "each", 0, EntryKind.RESULT, later, result),
    ]
    record = await open_run(store, entries)

    results = await store.find_results(record.id)

    assert (results["each"].started_at, results["each"].finished_at) == (NOW, later)
    assert results["each"].duration_ms == 60_000
    assert results["each[1]/try"].duration_ms == 0.5


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        (EntryKind.INTENT, {"attempt": 2}, "running"),
        (EntryKind.FAILURE, {"attempt": 2, "error": None, "retry_at": NOW}, "waiting"),
        (EntryKind.SUSPENSION, {"until": NOW, "in_doubt": False, "attempt": 2}, "waiting"),
        (EntryKind.SUSPENSION, {"until": None, "in_doubt": True, "attempt": 2}, "in_doubt"),
        (EntryKind.RESOLUTION, {"outcome": "done", "outputs": {}}, "running"),
    ],
)
async def test_the_last_entry_says_where_an_unsettled_node_stands(
    store: SqliteStore, kind: EntryKind, body: dict[str, object], status: str
) -> None:
    first = Entry("", "send", 0, EntryKind.INTENT, NOW, {"attempt": 2})
    record = await open_run(store, [first, Entry("", "send", 1, kind, NOW, body)])

    results = await store.find_results(record.id)

    assert (results["send"].status, results["send"].attempts) == (status, 2)


async def test_a_log_is_read_on_from_where_it_was(store: SqliteStore) -> None:
    record = await open_run(store)
    lines = [LogLine(NOW, f"node{index}", "info", "hello", {"n": index}) for index in range(3)]
    await store.append(Batch(record.id, 1, log=lines[:2]))
    first = await store.read_log(record.id)

    await store.append(Batch(record.id, 1, log=lines[2:]))
    more = await store.read_log(record.id, after=first[-1].id)

    assert [(line.path, line.data) for line in first] == [("node0", {"n": 0}), ("node1", {"n": 1})]
    assert [(line.path, line.at, line.message) for line in more] == [("node2", NOW, "hello")]
