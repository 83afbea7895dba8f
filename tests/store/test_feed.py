"""The feed: every commit has a serial, and what is read of it is what was written, in its order."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from treadle.engine.journal import Batch, LogLine, RunUpdate
from treadle.errors import Conflict, NotFound
from treadle.model.ids import RunId
from treadle.model.run import Failure
from treadle.store.commit import Commit
from treadle.store.feed import LAST, STEP
from treadle.store.rows import BatchRows, to_micros
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.journal_contract import NOW, finish, make_record, make_result, open_run

ALL = (0, LAST)


def line(message: str, *, after: float = 0.0, path: str = "a") -> LogLine:
    return LogLine(NOW + timedelta(seconds=after), path, "info", message, {"n": 1})


def told(commits: Sequence[Commit]) -> list[tuple[int, str, tuple[str, ...], list[str]]]:
    """Serial, run, words, and what each line is about."""
    return [
        (one.serial, one.run_id, one.words, [getattr(row, "node", "log") for _, row in one.lines]) for one in commits
    ]


async def test_every_batch_has_the_next_serial(store: SqliteStore) -> None:
    first = await open_run(store, [make_result("a")])
    second = await open_run(store)
    await store.append(Batch(first.id, first.epoch, entries=[make_result("b")]))

    page = await store.read_feed(ALL)

    assert told(page.commits) == [
        (1, first.id, ("started",), ["a"]),
        (2, second.id, ("started",), []),
        (3, first.id, (), ["b"]),
    ]
    assert (page.through, page.is_last) == (3, True)


async def test_a_group_that_is_written_at_once_is_numbered_without_a_gap(store: SqliteStore) -> None:
    runs = await asyncio.gather(*(open_run(store, [make_result("a")]) for _ in range(30)))

    page = await store.read_feed(ALL)

    assert [one.serial for one in page.commits] == list(range(1, 31))
    assert {one.run_id for one in page.commits} == {run.id for run in runs}


async def test_a_batch_that_is_refused_leaves_no_gap(store: SqliteStore) -> None:
    run = await open_run(store, [make_result("a")])

    outcomes = await asyncio.gather(
        store.append(Batch(run.id, run.epoch, entries=[make_result("b")])),
        store.append(Batch(run.id, run.epoch, entries=[make_result("a")])),  # its key is taken
        store.append(Batch(run.id, run.epoch + 7, entries=[make_result("c")])),  # its lease is lost
        store.append(Batch(run.id, run.epoch, entries=[make_result("d")])),
        return_exceptions=True,
    )

    assert [type(outcome) for outcome in outcomes].count(type(None)) == 2
    assert isinstance(outcomes[1], Conflict)
    page = await store.read_feed(ALL)
    assert [(one.serial, one.lines[0][1].node) for one in page.commits] == [(1, "a"), (2, "b"), (3, "d")]  # pyright: ignore[reportAttributeAccessIssue]


async def test_serials_go_on_after_a_restart(path: Path) -> None:
    async with SqliteStore(path) as store:
        run = await open_run(store)
        await store.append(finish(run))

    async with SqliteStore(path) as store:
        await open_run(store)

        assert [one.serial for one in (await store.read_feed(ALL)).commits] == [1, 2, 3]


async def test_serials_are_not_given_again_when_the_newest_run_is_removed(path: Path) -> None:
    async with SqliteStore(path) as store:
        kept = await open_run(store)
        gone = await open_run(store, retention=0.0)
        await store.append(finish(gone))
        await store.purge(NOW + timedelta(days=1))

        page = await store.read_feed(ALL)
        assert (told(page.commits), page.through) == ([(1, kept.id, ("started",), [])], 3)
        await open_run(store)
        assert (await store.find_ends_of_feed())[1] == 4


async def test_within_a_commit_lines_and_entries_are_in_the_order_of_their_times(store: SqliteStore) -> None:
    run = make_record()
    entries = [make_result("a"), make_result("b")._replace(at=NOW + timedelta(seconds=2))]
    lines = [line("first", after=-1), line("with a"), line("between", after=1)]
    await store.append(Batch(run.id, run.epoch, opens=run, entries=entries, log=lines))

    ((_, commit),) = enumerate((await store.read_feed(ALL)).commits)

    assert [getattr(row, "message", None) or row.node for _, row in commit.lines] == [
        "first",
        "with a",
        "a",
        "between",
        "b",
    ]
    assert [place for place, _ in commit.lines] == [1, 2, 3, 4, 5]


async def test_reading_goes_on_behind_any_place(store: SqliteStore) -> None:
    run = make_record()
    await store.append(Batch(run.id, run.epoch, opens=run, entries=[make_result("a"), make_result("b")]))
    await store.append(finish(run))
    whole = [(1, 0), (1, 1), (1, 2), (2, LAST)]

    for had, place in enumerate(whole):
        page = await store.read_feed(place)
        places = [(one.serial, at) for one in page.commits for at in _places(one)]

        assert places == whole[had + 1 :]


def _places(commit: Commit) -> list[int]:
    beginnings = [0 for word in commit.words if word in ("started", "queued")]
    return [*beginnings, *(place for place, _ in commit.lines), *(LAST for word in commit.words if word == "completed")]


async def test_pages_join_to_the_whole(store: SqliteStore) -> None:
    runs = [await open_run(store, [make_result("a")]) for _ in range(3)]
    for run in runs:
        await store.append(Batch(run.id, run.epoch, entries=[make_result("b")]))
        await store.append(finish(run))

    read: list[Commit] = []
    place, pages = ALL, 0
    while True:
        page = await store.read_feed(place, limit=2)
        read += page.commits
        place, pages = (page.through, LAST), pages + 1
        if page.is_last:
            break

    assert (told(read), pages) == (told((await store.read_feed(ALL)).commits), 5)


async def test_a_page_ends_where_there_is_much_text(store: SqliteStore) -> None:
    run = await open_run(store)
    for node in ("a", "b", "c", "d"):
        await store.append(Batch(run.id, run.epoch, entries=[make_result(node, text="x" * 200_000 + node)]))

    everything, one = await store.read_feed(ALL), await store.read_run_feed(run.id)

    assert (everything.is_last, one.is_last) == (True, True)  # packed, none of them is long
    async with SqliteStore(store.path) as again:
        plain = await open_run(again)
        for number in range(40):
            await again.append(
                Batch(plain.id, plain.epoch, entries=[make_result(f"n{number}", text=f"{number}" + "y" * 60_000)])
            )
        first = await again.read_run_feed(plain.id)
        rest = await again.read_run_feed(plain.id, (first.through, LAST))
        broad = await again.read_feed((5, LAST))

    assert (first.is_last, rest.is_last, broad.is_last) == (False, False, False)
    nodes = [row.node for page in (first, rest) for one in page.commits for _, row in one.lines]  # pyright: ignore[reportAttributeAccessIssue]
    assert nodes == [f"n{number}" for number in range(len(nodes))]


async def test_of_a_deployment_only_its_runs_are_read(store: SqliteStore) -> None:
    await open_run(store, deployment="other")
    mine = await open_run(store, deployment="mine")
    await open_run(store)

    page = await store.read_feed(ALL, deployment="mine")

    assert (told(page.commits), page.through) == ([(2, mine.id, ("started",), [])], 3)


async def test_runs_of_hidden_workflows_are_left_out(store: SqliteStore) -> None:
    await open_run(store, workflow="secret")
    seen = await open_run(store, workflow="seen")

    page = await store.read_feed(ALL, hidden={"secret"})

    assert told(page.commits) == [(2, seen.id, ("started",), [])]


async def test_a_runs_feed_is_its_own_from_the_beginning(store: SqliteStore) -> None:
    run = await open_run(store, [make_result("a")])
    await open_run(store)
    await store.append(finish(run, entries=[make_result("b")]))

    page = await store.read_run_feed(run.id)

    assert told(page.commits) == [(1, run.id, ("started",), ["a"]), (3, run.id, ("completed",), ["b"])]
    assert (page.is_last, page.is_over) == (True, True)
    assert page.commits[-1].rest is not None
    assert page.commits[-1].rest.output == {"ok": True}


async def test_a_run_that_goes_on_is_not_over(store: SqliteStore) -> None:
    run = await open_run(store)

    assert (await store.read_run_feed(run.id)).is_over is False


async def test_an_unknown_run_has_no_feed(store: SqliteStore) -> None:
    with pytest.raises(NotFound):
        await store.read_run_feed(RunId("r-none"))


async def test_what_a_run_came_to_before_it_was_tried_again_is_not_mistaken(store: SqliteStore) -> None:
    run = await open_run(store)
    for message in ("first", "second"):
        error = Failure("broken", message)
        record = await store.get_run(run.id)
        update = RunUpdate("failed", finished_at=NOW, error=error)
        await store.append(Batch(run.id, record.epoch, update=update))
        if message == "first":
            await store.reopen(run.id)

    commits = (await store.read_feed(ALL, limit=2)).commits
    whole = (await store.read_run_feed(run.id)).commits

    assert [one.words for one in whole] == [("started",), ("failed",), ("retried",), ("failed",)]
    assert commits[-1].rest is not None
    assert commits[-1].rest.error is None
    assert whole[-1].rest is not None
    assert whole[-1].rest.error == Failure("broken", "second")


class TestFeedCut:
    """What is old is forgotten in the feed, and never in the run."""

    async def test_the_newest_row_stays(self, path: Path) -> None:
        async with SqliteStore(path, feed_age=60, now=lambda: NOW) as store:
            await open_run(store)
            await open_run(store)

            await store.purge(NOW + timedelta(hours=1))

            assert await store.find_ends_of_feed() == (2, 2)

    async def test_a_run_has_its_beginning_its_entries_and_its_end_all_the_same(self, path: Path) -> None:
        async with SqliteStore(path, feed_age=60, now=lambda: NOW) as store:
            run = await open_run(store, [make_result("a")])
            await store.append(finish(run, entries=[make_result("b")]))
            await open_run(store, created_at=NOW + timedelta(hours=1))
            await store.purge(NOW + timedelta(minutes=30))

            page = await store.read_run_feed(run.id)

            assert told(page.commits) == [
                (0, run.id, ("started",), []),
                (1, run.id, (), ["a"]),
                (2, run.id, ("completed",), ["b"]),
            ]
            assert page.is_over is True

    async def test_rows_from_before_there_was_a_feed_are_told_first(self, store: SqliteStore) -> None:
        run = await open_run(store, [make_result("a"), make_result("b")])
        await store.write(lambda c: c.execute("UPDATE journal SET serial = NULL").rowcount)
        await store.append(Batch(run.id, run.epoch, entries=[make_result("c")]))

        page = await store.read_run_feed(run.id)

        assert [row.node for one in page.commits for _, row in one.lines] == ["a", "b", "c"]  # pyright: ignore[reportAttributeAccessIssue]


async def test_the_serial_of_a_time_is_found(path: Path) -> None:
    async with SqliteStore(path) as store:
        for minutes in range(10):
            await open_run(store, created_at=NOW + timedelta(minutes=minutes))

        found = [
            await store.find_serial_at(to_micros(NOW + timedelta(minutes=minutes))) for minutes in (-1, 0, 4.5, 99)
        ]

        assert found == [0, 0, 5, 10]


class TestUnreadable:
    """A row that cannot be read is told without what it held; the others are told."""

    async def test_an_entry(self, store: SqliteStore) -> None:
        run = await open_run(store, [make_result("a"), make_result("b")])
        await store.write(lambda c: c.execute("UPDATE journal SET body = '{nonsense' WHERE node = 'a'").rowcount)

        lines = [row for one in (await store.read_feed(ALL)).commits for _, row in one.lines]

        assert [(row.node, row.body["status"]) for row in lines] == [("a", "completed"), ("b", "completed")]  # pyright: ignore[reportAttributeAccessIssue]
        assert (await store.read_run_feed(run.id)).commits

    async def test_an_entry_that_is_no_object(self, store: SqliteStore) -> None:
        await open_run(store, [make_result("a")])
        await store.write(lambda c: c.execute("UPDATE journal SET body = '[1]'").rowcount)

        ((_, row),) = (await store.read_feed(ALL)).commits[0].lines

        assert row.body["status"] == "completed"  # pyright: ignore[reportAttributeAccessIssue]

    async def test_a_payload_that_is_gone(self, store: SqliteStore) -> None:
        await open_run(store, [make_result("a", text="x" * 200_000)])
        await store.write(lambda c: c.execute("DELETE FROM payloads").rowcount)

        ((_, row),) = (await store.read_feed(ALL)).commits[0].lines

        assert row.body["status"] == "completed"  # pyright: ignore[reportAttributeAccessIssue]

    async def test_a_line_and_what_the_run_came_to(self, store: SqliteStore) -> None:
        run = await open_run(store)
        await store.append(finish(run, log=[line("lost"), line("kept")]))
        await store.write(lambda c: c.execute("UPDATE run_logs SET data = '{' WHERE message = 'lost'").rowcount)
        await store.write(lambda c: c.execute("UPDATE runs SET output = '{', input = '{'").rowcount)

        commits = (await store.read_run_feed(run.id)).commits

        assert [row.message for _, row in commits[-1].lines] == ["kept"]  # pyright: ignore[reportAttributeAccessIssue]
        assert commits[-1].words == ("completed",)


async def test_a_value_too_long_to_be_told_is_cut(store: SqliteStore) -> None:
    await open_run(store, [make_result("a", text="x" * 400_000)])

    ((_, row),) = (await store.read_feed(ALL)).commits[0].lines

    assert row.body["outputs"]["truncated"] is True  # pyright: ignore[reportAttributeAccessIssue]
    assert row.body["outputs"]["bytes"] > 400_000  # pyright: ignore[reportAttributeAccessIssue]


class TestListening:
    async def test_who_listens_hears_of_each_batch_before_its_caller_goes_on(self, store: SqliteStore) -> None:
        heard: list[tuple[int, list[int]]] = []

        def hear(newest: int, batches: Sequence[BatchRows]) -> None:
            heard.append((newest, [batch.serial for batch in batches]))

        stop = store.listen(hear)
        await open_run(store)
        seen = list(heard)
        await open_run(store)
        stop()
        await open_run(store)

        assert seen == [(1, [1])]
        assert heard == [(1, [1]), (2, [2])]

    async def test_of_what_was_not_written_nothing_is_heard(self, store: SqliteStore) -> None:
        run = await open_run(store, [make_result("a")])
        heard: list[int] = []
        store.listen(lambda newest, batches: heard.extend(batch.serial for batch in batches))

        with pytest.raises(Conflict):
            await store.append(Batch(run.id, run.epoch, entries=[make_result("a")]))

        assert heard == []


async def test_a_run_that_is_not_kept_leaves_nothing(store: SqliteStore) -> None:
    run = await open_run(store, [make_result("a")])
    await store.append(finish(run, forget=True))

    rows = await store.read(_count)

    assert rows == (0, 0)


def _count(connection: sqlite3.Connection) -> tuple[int, int]:
    return connection.execute(
        "SELECT (SELECT count(*) FROM feed WHERE run_id != ''), (SELECT count(*) FROM journal WHERE serial >= ?)",
        (STEP,),
    ).fetchone()
