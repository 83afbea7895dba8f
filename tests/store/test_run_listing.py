"""Lists of runs: every filter finds what looking at each run would find, without looking at each."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from treadle.engine.journal import Batch, RunUpdate
from treadle.model.ids import RunId, run_id_for
from treadle.model.run import FINISHED, Failure, RunRecord
from treadle.store.run_listing import choose_way, find_ids
from treadle.store.run_ranges import STATUSES, RunFilter, covers, find_ways, ids_of
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.journal_contract import make_record

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
COUNT = 60


def make_run(index: int) -> RunRecord:
    at = BEGIN + timedelta(minutes=index)
    return make_record(
        run_id_for(at, f"seed-{index}"),
        workflow=f"workflow-{index % 4}",
        deployment=f"deployment-{index % 4}" if index % 3 else None,
        mode=("live", "paper", "test")[index % 7 % 3],
        parent=RunId("r-parent") if index % 5 == 0 else None,
        created_at=at,
    )


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sequence[RunRecord]]:
    """Runs of every status, as rows."""
    path = tmp_path_factory.mktemp("runs") / "treadle.db"

    async def fill() -> Sequence[RunRecord]:
        made: list[RunRecord] = []
        async with SqliteStore(path, synchronous="OFF") as store:
            for index in range(COUNT):
                run, status = make_run(index), STATUSES[index % 6 if index % 2 else (index // 4) % 6]
                await store.create_run(run)
                if status != "running":
                    claimed = await store.claim(run.id)
                    over = run.created_at if status in FINISHED else None
                    update = RunUpdate(status, finished_at=over)
                    await store.append(Batch(run.id, claimed.epoch, update=update))
                made.append(replace(run, status=status))
        return made

    return path, asyncio.run(fill())


filters = st.builds(
    RunFilter,
    workflow=st.sampled_from([None, "workflow-0", "workflow-1", "nothing"]),
    deployment=st.sampled_from([None, "deployment-1", "deployment-2"]),
    statuses=st.lists(st.sampled_from(STATUSES), max_size=3).map(tuple),
    mode=st.sampled_from([None, "live", "paper", "test"]),
    parent=st.sampled_from([None, RunId("r-parent")]),
    since=st.sampled_from([None, BEGIN + timedelta(minutes=10), BEGIN + timedelta(minutes=59, seconds=1)]),
    until=st.sampled_from([None, BEGIN, BEGIN + timedelta(minutes=40)]),
    starts=st.sampled_from(["", "r", str(run_id_for(BEGIN, "x"))[:9], "z"]),
    hidden=st.frozensets(st.sampled_from([f"workflow-{index}" for index in range(4)]), max_size=4),
    before=st.sampled_from([None, make_run(30).id]),
)


@given(wanted=filters, limit=st.integers(1, 70))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_list_is_what_looking_at_every_run_finds(
    runs: tuple[Path, Sequence[RunRecord]], wanted: RunFilter, limit: int
) -> None:
    path, every = runs
    expected = sorted((run.id for run in every if is_wanted(run, wanted)), reverse=True)[:limit]
    connection = sqlite3.connect(path)
    try:
        assert find_ids(connection, wanted, limit) == expected
    finally:
        connection.close()


def is_wanted(run: RunRecord, wanted: RunFilter) -> bool:
    assert run.created_at is not None
    return (
        wanted.workflow in (None, run.workflow)
        and wanted.deployment in (None, run.deployment)
        and (not wanted.statuses or run.status in wanted.statuses)
        and wanted.mode in (None, run.mode)
        and wanted.parent in (None, run.parent)
        and (wanted.since is None or run.created_at >= wanted.since)
        and (wanted.until is None or run.created_at < wanted.until)
        and run.id.startswith(wanted.starts)
        and run.workflow not in wanted.hidden
        and (wanted.before is None or run.id < wanted.before)
    )


@given(wanted=filters)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_range_of_every_way_is_read_from_its_index_in_order(
    runs: tuple[Path, Sequence[RunRecord]], wanted: RunFilter
) -> None:
    connection = sqlite3.connect(runs[0])
    try:
        for way in find_ways(wanted, ["workflow-1", "workflow-2"] if wanted.hidden and not wanted.workflow else None):
            for part in way.ranges:
                query = ids_of(wanted, way, part)
                plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query.text}", query.values)]
                assert len(plan) == 1, plan  # no sort, no second table
                assert f"INDEX {part.index}" in plan[0]
                assert plan[0].startswith("SEARCH") or not part.leading
    finally:
        connection.close()


def test_a_workflow_without_a_status_is_a_merge_of_six_ranges() -> None:
    (way,) = find_ways(RunFilter(workflow="orders"))

    assert [dict(part.leading)["status"] for part in way.ranges] == list(STATUSES)
    assert covers(way, RunFilter(workflow="orders"))


def test_modes_are_read_from_what_the_index_of_a_workflow_holds(runs: tuple[Path, Sequence[RunRecord]]) -> None:
    """Where a filter and an index of another meet, no row is looked at."""
    connection = sqlite3.connect(runs[0])
    try:
        wanted = RunFilter(workflow="workflow-1", mode="live")
        way = choose_way(connection, wanted)
        query = ids_of(wanted, way, way.ranges[0])
        (plan,) = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query.text}", query.values)]
        assert "COVERING INDEX runs_by_workflow" in plan
    finally:
        connection.close()


async def test_a_summary_says_everything_but_the_values(store: SqliteStore) -> None:
    failure = Failure("timeout", "It took too long.", node="fetch")
    await store.create_run(
        make_record(RunId("r1"), workflow="orders", deployment="desk", input={"text": "x" * 100_000})
    )
    await store.claim(RunId("r1"))
    await store.append(Batch(RunId("r1"), 2, update=RunUpdate("failed", finished_at=BEGIN, error=failure)))

    (found,) = await store.list_summaries(RunFilter())

    assert (found.id, found.workflow, found.deployment, found.status) == ("r1", "orders", "desk", "failed")
    assert found.error == failure
    assert found.finished_at == BEGIN


async def test_what_a_reader_looked_at_is_not_held_on_to(store: SqliteStore) -> None:
    """A page read to its end leaves no cursor open: later runs are seen."""
    for index in range(3):
        await store.create_run(make_record(RunId(f"r{index}")))
    await store.list_summaries(RunFilter(), limit=1)

    await store.create_run(make_record(RunId("r9")))

    assert [run.id for run in await store.list_summaries(RunFilter(), limit=1)] == ["r9"]


async def test_more_hidden_workflows_than_a_statement_takes_are_left_out(store: SqliteStore) -> None:
    for name in ("seen", "hidden-7"):
        await store.create_run(make_record(workflow=name))

    found = await store.list_summaries(RunFilter(hidden=frozenset(f"hidden-{index}" for index in range(40_000))))

    assert [run.workflow for run in found] == ["seen"]
