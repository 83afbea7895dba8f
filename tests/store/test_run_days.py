"""Runs per day: what ended when, whether it is still kept or not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from treadle.engine.journal import Batch, RunUpdate
from treadle.model.ids import RunId, new_run_id
from treadle.store.day_counts import KEPT_DAYS
from treadle.store.run_days import RunDay
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.journal_contract import NOW, make_record

TODAY = NOW.date()


async def end(store: SqliteStore, status: Any = "completed", *, days: int = 0, **about: Any) -> RunId:
    """A run that was opened in one batch and ended in another."""
    record = make_record(new_run_id(), **about)
    await store.append(Batch(record.id, 1, opens=record))
    update = RunUpdate(status, finished_at=NOW + timedelta(days=days))
    closes = record if record.deployment or status != "completed" else None
    await store.append(Batch(record.id, 1, update=update, closes=closes))
    return record.id


async def counts(store: SqliteStore, day: date = TODAY, **of: Any) -> dict[str, int]:
    (found,) = await store.read_run_days(day, day, **of)
    return found.counts


async def test_every_run_counts_on_the_day_it_ended(store: SqliteStore) -> None:
    await end(store)
    await end(store, "failed")
    await end(store, days=1)

    days = await store.read_run_days(TODAY - timedelta(days=1), TODAY + timedelta(days=1))

    assert days == [
        RunDay(TODAY - timedelta(days=1)),
        RunDay(TODAY, {"completed": 1, "failed": 1}),
        RunDay(TODAY + timedelta(days=1), {"completed": 1}),
    ]


async def test_a_run_that_is_not_kept_counts_too(store: SqliteStore) -> None:
    record = make_record(new_run_id())
    update = RunUpdate("completed", finished_at=NOW)

    await store.append(Batch(record.id, 1, opens=record, update=update, forget=True))

    assert await counts(store) == {"completed": 1}


async def test_days_are_told_of_a_workflow_and_of_a_deployment(store: SqliteStore) -> None:
    await end(store, workflow="a")
    await end(store, workflow="b", deployment="bot")
    await end(store, workflow="b")

    assert await counts(store, workflow="b") == {"completed": 2}
    assert await counts(store, deployment="bot") == {"completed": 1}
    assert await counts(store, hidden={"b"}) == {"completed": 1}


async def test_figures_of_deployments_know_nothing_of_days(store: SqliteStore) -> None:
    await end(store, deployment="bot")

    assert list(await store.list_metrics()) == ["bot"]


async def test_a_run_that_is_tried_again_counts_once_it_has_ended_for_good(store: SqliteStore) -> None:
    run_id = await end(store, "failed", deployment="bot")

    await store.reopen(run_id)

    assert await counts(store, deployment="bot") == {}
    assert await counts(store) == {}


async def test_a_deployment_takes_its_days_with_it(store: SqliteStore) -> None:
    await end(store, deployment="bot", workflow="w")

    await store.delete_deployment("bot")

    assert await counts(store, deployment="bot") == {}
    assert await counts(store, workflow="w") == {"completed": 1}


async def test_old_days_go_when_a_new_one_begins(store: SqliteStore) -> None:
    await end(store)

    await end(store, days=KEPT_DAYS + 1)

    assert await counts(store) == {}
