"""Metrics: always what a recount of the runs would give."""

from __future__ import annotations

import math
import statistics
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from treadle.engine.journal import Batch, RunUpdate
from treadle.model.ids import new_run_id
from treadle.store.counting import GROWTH, bucket_of
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.journal_contract import NOW, make_record


async def finish(store: SqliteStore, status: Any = "completed", *, ms: float = 100.0, **counters: float) -> str:
    record = make_record(new_run_id(), deployment="bot")
    await store.append(Batch(record.id, 1, opens=record))
    update = RunUpdate(status, finished_at=NOW + timedelta(milliseconds=ms), counters=counters)
    await store.append(Batch(record.id, 1, update=update, closes=record))
    return record.id


async def test_nothing_is_known_before_a_run_has_finished(store: SqliteStore) -> None:
    metrics = await store.read_metrics("bot")

    assert (metrics.runs, metrics.success_rate, metrics.mean_ms, metrics.p95_ms) == (0, None, None, None)


async def test_runs_are_counted_by_what_they_came_to(store: SqliteStore) -> None:
    for status in ("completed", "completed", "completed", "failed", "cancelled"):
        await finish(store, status)

    metrics = await store.read_metrics("bot")

    assert (metrics.runs, metrics.completed, metrics.failed, metrics.cancelled) == (5, 3, 1, 1)
    assert metrics.success_rate == 0.75
    assert (metrics.last_status, metrics.last_finished_at) == ("cancelled", NOW + timedelta(milliseconds=100))


async def test_what_nodes_count_is_added_up(store: SqliteStore) -> None:
    await finish(store, profit=12.5, trades=1)
    await finish(store, profit=-2.5, trades=2)

    assert (await store.read_metrics("bot")).counters == {"profit": 10.0, "trades": 3.0}


async def test_each_deployment_has_its_own(store: SqliteStore) -> None:
    await finish(store)

    assert list(await store.list_metrics()) == ["bot"]
    assert (await store.read_metrics("other")).runs == 0


async def test_a_run_that_is_tried_again_counts_once(store: SqliteStore) -> None:
    run_id = await finish(store, "failed", profit=5.0)

    await store.reopen(run_id)  # pyright: ignore
    record = await store.claim(run_id)  # pyright: ignore
    update = RunUpdate("completed", finished_at=store._now(), counters={"profit": 7.0})
    await store.append(Batch(record.id, record.epoch, update=update, closes=record))

    metrics = await store.read_metrics("bot")
    assert (metrics.runs, metrics.completed, metrics.failed) == (1, 1, 0)
    assert metrics.counters == {"profit": 7.0}


async def test_a_run_that_is_not_kept_is_counted(store: SqliteStore) -> None:
    record = make_record(new_run_id(), deployment="bot", save="none")
    update = RunUpdate("completed", finished_at=NOW + timedelta(seconds=1))

    await store.append(Batch(record.id, 1, opens=record, update=update, closes=record, forget=True))

    assert (await store.read_metrics("bot")).mean_ms == 1000


@pytest.mark.parametrize("ms", [0.0, 0.01, 0.5, 1.0, 99.0, 12_345.6, 8.64e7])
def test_a_bucket_holds_what_falls_into_it(ms: float) -> None:
    bucket = bucket_of(ms)

    assert GROWTH ** (bucket - 1) * 0.999 < max(ms, 0.01) <= GROWTH**bucket * 1.001


RUNS = st.lists(
    st.tuples(
        st.sampled_from(["completed", "failed", "cancelled"]),
        st.integers(1, 10_000_000),
        st.dictionaries(st.sampled_from(["profit", "trades"]), st.integers(-100, 100), max_size=2),
        st.booleans(),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=25, deadline=None)
@given(runs=RUNS)
async def test_the_sums_equal_a_recount_of_the_runs(tmp_path_factory: pytest.TempPathFactory, runs: Any) -> None:
    """Also after some of the failed runs were tried again."""
    path: Path = tmp_path_factory.mktemp("metrics") / "s.db"
    async with SqliteStore(path, synchronous="OFF") as store:
        for status, ms, counters, again in runs:
            run_id = await finish(store, status, ms=ms, **counters)
            if again and status != "completed":
                await store.reopen(run_id)  # pyright: ignore
                record = await store.claim(run_id)  # pyright: ignore
                finished_at = store._now() + timedelta(milliseconds=ms)
                update = RunUpdate("completed", finished_at=finished_at, counters=counters)
                await store.append(Batch(record.id, record.epoch, update=update, closes=record))
        found, metrics = await store.list_runs(limit=1000), await store.read_metrics("bot")

    timed: list[float] = []
    for run in found:
        assert run.finished_at is not None
        assert run.created_at is not None
        started = run.created_at
        if run.origin is not None and run.origin.deadline_from:
            started = started.fromisoformat(run.origin.deadline_from)
        if run.status != "cancelled":
            timed.append((run.finished_at - started) / timedelta(milliseconds=1))
    assert metrics.runs == len(found)
    for status in ("completed", "failed", "cancelled"):
        assert getattr(metrics, status) == sum(run.status == status for run in found)
    for name in ("profit", "trades"):
        assert metrics.counters.get(name, 0) == sum(run.counters.get(name, 0) for run in found)
    assert (metrics.mean_ms is None) == (not timed)
    if timed:
        assert metrics.mean_ms == pytest.approx(statistics.fmean(timed))
        exact = sorted(timed)[math.ceil(0.95 * len(timed)) - 1]
        assert metrics.p95_ms == pytest.approx(exact, rel=0.026)
