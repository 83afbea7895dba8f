"""Dead letters: failed runs that nobody has tried again or put aside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from treadle.engine.journal import Batch, RunUpdate
from treadle.model.ids import RunId
from treadle.model.run import Failure, Origin, RunRecord
from treadle.store.sqlite_journal import SqliteStore

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


async def fail(store: SqliteStore, run_id: str, *, status: Any = "failed", at: datetime = NOW, **fields: Any) -> RunId:
    run = RunRecord(RunId(run_id), fields.pop("workflow", "shop"), "v1", created_at=NOW, **fields)
    error = Failure("boom", "It broke.") if status == "failed" else None
    await store.append(Batch(run.id, 0, opens=run))
    await store.append(Batch(run.id, 0, update=RunUpdate(status, finished_at=at, error=error), closes=run))
    return run.id


async def dead(store: SqliteStore, **filters: Any) -> list[str]:
    return [letter.run_id for letter in await store.list_dead(**filters)]


async def test_failed_runs_are_listed_newest_first(store: SqliteStore) -> None:
    for run_id in ("r1", "r2"):
        await fail(store, run_id)
    await fail(store, "r3", status="completed")
    await fail(store, "r4", status="cancelled")

    found = await store.list_dead()

    assert [(letter.run_id, letter.error.type) for letter in found] == [("r2", "boom"), ("r1", "boom")]


async def test_they_are_found_by_workflow_and_time(store: SqliteStore) -> None:
    await fail(store, "r1")
    await fail(store, "r2", workflow="other")
    await fail(store, "r3", at=NOW + timedelta(hours=1))

    assert await dead(store, workflow="other") == ["r2"]
    assert await dead(store, since=NOW + timedelta(minutes=1)) == ["r3"]


async def test_they_are_listed_in_pages(store: SqliteStore) -> None:
    for number in range(5):
        await fail(store, f"r{number}")

    assert await dead(store, limit=2) == ["r4", "r3"]
    assert await dead(store, limit=2, before=RunId("r3")) == ["r2", "r1"]


async def test_a_run_that_is_tried_again_is_none_any_more(store: SqliteStore) -> None:
    run_id = await fail(store, "r1")

    await store.reopen(run_id)

    assert await dead(store) == []


async def test_a_run_put_aside_is_none_any_more(store: SqliteStore) -> None:
    """Once: dismissed again, it is not counted."""
    run_id = await fail(store, "r1")

    dismissed = await store.dismiss_runs([run_id, RunId("r9")], now=NOW)

    assert (dismissed, await store.dismiss_runs([run_id], now=NOW), await dead(store)) == (1, 0, [])
    assert (await store.get_run(run_id)).dismissed_at == NOW


async def test_a_dismissed_run_that_fails_again_is_one_again(store: SqliteStore) -> None:
    run_id = await fail(store, "r1")
    await store.dismiss_runs([run_id], now=NOW)
    await store.reopen(run_id)
    claimed = await store.claim(run_id)

    update = RunUpdate("failed", finished_at=NOW, error=Failure("boom", "Again."))
    await store.append(Batch(run_id, claimed.epoch, update=update, closes=claimed))

    assert await dead(store) == ["r1"]


async def test_a_child_is_its_parents_affair(store: SqliteStore) -> None:
    """Unless nobody waits for it."""
    await fail(store, "r1", parent=RunId("r0"), origin=Origin(parent_path="call"))

    await fail(store, "r2", parent=RunId("r0"), origin=Origin(parent_path="call", detached=True))

    assert await dead(store) == ["r2"]
