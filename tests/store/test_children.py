"""What the end of a run means for its parent and its children, in the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from treadle.engine.journal import Batch, RunUpdate
from treadle.errors import NotFound
from treadle.model.ids import RunId
from treadle.model.run import Failure, Origin, RunRecord
from treadle.store.sqlite_journal import SqliteStore

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
PARENT, CHILD = RunId("r1"), RunId("r2")


async def open_run(store: SqliteStore, run_id: RunId, **fields: Any) -> RunRecord:
    run = RunRecord(run_id, "w", "v1", created_at=NOW, **fields)
    await store.append(Batch(run_id, 0, opens=run))
    return run


async def finish(store: SqliteStore, run: RunRecord, status: Any = "completed", **more: Any) -> None:
    error = Failure("boom", "It broke.") if status == "failed" else None
    update = RunUpdate(status, finished_at=NOW, output="done" if status == "completed" else None, error=error)
    await store.append(Batch(run.id, 0, update=update, closes=run, **more))


async def suspend(store: SqliteStore, run_id: RunId) -> None:
    await store.append(Batch(run_id, 0, update=RunUpdate("suspended")))


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
async def test_the_end_of_a_child_makes_its_parent_due(store: SqliteStore, status: str) -> None:
    await open_run(store, PARENT)
    child = await open_run(store, CHILD, parent=PARENT, origin=Origin("call", 1))
    await suspend(store, PARENT)

    await finish(store, child, status)

    assert await store.find_due(NOW) == [PARENT]


async def test_the_end_of_a_detached_child_wakes_nobody(store: SqliteStore) -> None:
    await open_run(store, PARENT)
    child = await open_run(store, CHILD, parent=PARENT, origin=Origin("call", 1, detached=True))
    await suspend(store, PARENT)

    await finish(store, child)

    assert await store.find_due(NOW) == []


async def test_a_run_lists_its_children(store: SqliteStore) -> None:
    """Those on their own too."""
    await open_run(store, PARENT)
    await open_run(store, CHILD, parent=PARENT, origin=Origin("call", 1))
    await open_run(store, RunId("r3"), parent=PARENT, origin=Origin("send", 1, detached=True))

    children = await store.list_children(PARENT)

    assert [(child.id, child.origin and child.origin.detached) for child in children] == [("r2", False), ("r3", True)]


@pytest.mark.parametrize("status", ["failed", "cancelled"])
async def test_the_end_of_a_parent_cancels_its_children(store: SqliteStore, status: str) -> None:
    """A suspended one is due at once; one on its own is left alone."""
    parent = await open_run(store, PARENT)
    await open_run(store, CHILD, parent=PARENT, origin=Origin("call", 1))
    await open_run(store, RunId("r3"), parent=PARENT, origin=Origin("send", 1, detached=True))
    await suspend(store, CHILD)

    await finish(store, parent, status)

    children = await store.list_children(PARENT)
    assert [child.cancel_requested for child in children] == [True, False]
    assert await store.find_due(NOW) == [CHILD]


async def test_a_child_that_is_not_waited_for_any_more_is_cancelled(tmp_path: Any) -> None:
    """Also while its parent goes on."""
    async with SqliteStore(tmp_path / "treadle.db", now=lambda: NOW) as store:
        await open_run(store, PARENT)
        await open_run(store, CHILD, parent=PARENT, origin=Origin("call", 1))
        await suspend(store, CHILD)

        await store.append(Batch(PARENT, 0, abandons=[f"run:{CHILD}"]))

        assert (await store.get_run(CHILD)).cancel_requested
        assert await store.find_due(NOW) == [CHILD]


async def test_every_child_of_a_node_that_is_given_up_is_cancelled(store: SqliteStore) -> None:
    """Those of other nodes go on, and those on their own."""
    await open_run(store, PARENT)
    for run_id, path, detached in (("r2", "a[0]/call", False), ("r3", "b", False), ("r4", "a[0]/call", True)):
        await open_run(store, RunId(run_id), parent=PARENT, origin=Origin(path, 1, detached=detached))

    await store.append(Batch(PARENT, 0, abandons=["all:token:a[0]/call"]))

    assert [child.cancel_requested for child in await store.list_children(PARENT)] == [True, False, False]


async def test_only_a_parent_gives_its_child_up(store: SqliteStore) -> None:
    await open_run(store, PARENT)
    await open_run(store, CHILD, parent=RunId("r9"), origin=Origin("call", 1))

    await store.append(Batch(PARENT, 0, abandons=[f"run:{CHILD}"]))

    assert not (await store.get_run(CHILD)).cancel_requested


async def test_a_child_that_is_not_kept_stays_until_its_parent_has_read_it(store: SqliteStore) -> None:
    """Then it goes with the next cleaning."""
    parent = await open_run(store, PARENT)
    child = await open_run(store, CHILD, parent=PARENT, origin=Origin("call", 1), save="none")
    await finish(store, child, forget=True)
    await store.purge(NOW + timedelta(days=1))
    assert (await store.get_run(CHILD)).output == "done"

    await finish(store, parent)
    await store.purge(NOW + timedelta(days=1))

    with pytest.raises(NotFound):
        await store.get_run(CHILD)


async def test_a_child_on_its_own_that_is_not_kept_stays_while_its_parent_is_under_way(store: SqliteStore) -> None:
    """Whoever recovers the parent must find it, or would start it again."""
    parent = await open_run(store, PARENT)
    child = await open_run(store, CHILD, parent=PARENT, origin=Origin("call", 1, detached=True), save="none")
    await finish(store, child, forget=True)
    await store.purge(NOW + timedelta(days=1))
    assert (await store.get_run(CHILD)).status == "completed"

    await finish(store, parent)
    await store.purge(NOW + timedelta(days=1))

    with pytest.raises(NotFound):
        await store.get_run(CHILD)


async def test_what_nobody_can_ask_for_is_gone_at_once_when_it_is_not_kept(store: SqliteStore) -> None:
    parent = await open_run(store, PARENT)
    child = await open_run(store, CHILD, parent=PARENT, origin=Origin("call", 1, detached=True), save="none")
    await finish(store, parent)

    await finish(store, child, forget=True)

    with pytest.raises(NotFound):
        await store.get_run(CHILD)
