"""Watches: who listens for a trigger, and what has had its run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from treadle.errors import Conflict, StoreError
from treadle.model.ids import new_run_id
from treadle.model.run import RunRecord
from treadle.store.admission import Fired
from treadle.store.deployments import Deployment
from treadle.store.sqlite_journal import SqliteStore
from treadle.store.triggers import Trigger
from treadle.store.watches import Shown, Told, Turn, WatchedItem

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
KEY = ("bot", "push")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with SqliteStore(tmp_path / "s.db") as store:
        await store.save_deployment(Deployment("bot", "bot", "bot", "1", created_at=AT))
        await store.save_triggers("bot", [Trigger("bot", "push", "push", "test.push", armed_at=AT)])
        yield store


async def taken(store: SqliteStore, *, about: str = "a", armed_at: datetime = AT) -> Turn:
    found = await store.take_watch(KEY, about=about, armed_at=armed_at)
    assert found is not None
    return found[0]


async def admit(store: SqliteStore, item: WatchedItem, **more: int) -> str:
    run = RunRecord(new_run_id(), "bot", "1", deployment="bot", lane="deployment:bot", created_at=AT)
    fired = Fired(*KEY, item=item)
    return (await store.admit(run, fired=fired, limit=1, overlap="queue", **more)).outcome


async def test_of_two_processes_one_listens_until_it_leaves(store: SqliteStore) -> None:
    async with SqliteStore(store.path) as other:
        first = await taken(store)
        assert await other.find_free_watches([KEY]) == []
        assert await other.take_watch(KEY, about="a", armed_at=AT) is None

        await store.leave_watch(KEY, epoch=first.epoch)

        assert await other.find_free_watches([KEY]) == [KEY]
        assert (await taken(other)).epoch == first.epoch + 1


async def test_a_process_that_has_ended_listens_no_more(store: SqliteStore) -> None:
    async with SqliteStore(store.path) as other:
        await taken(other)

    assert await store.find_free_watches([KEY]) == [KEY]


async def test_an_item_of_a_turn_that_is_over_is_refused_and_changes_nothing(store: SqliteStore) -> None:
    stale = await taken(store)
    fresh = await taken(store)

    for refused in (admit(store, WatchedItem("i1", AT, stale.epoch)), store.remember_watch(KEY, 1, epoch=stale.epoch)):
        with pytest.raises(Conflict) as caught:
            await refused
        assert caught.value.code == "not_listening"

    assert await store.list_runs() == []
    assert (await taken(store)).remembered == fresh.remembered


async def test_what_has_had_its_run_is_known_in_the_next_turn(store: SqliteStore) -> None:
    turn = await taken(store)
    for number, second in ((1, 0), (2, 5), (3, 5)):
        await admit(store, WatchedItem(f"i{number}", AT + timedelta(seconds=second), turn.epoch))

    found = await taken(store)

    told = [("i1", 0), ("late", 4), ("i2", 5), ("i3", 5), ("i4", 5), ("i5", 6)]
    had = [name for name, second in told if found.has_had(name, AT + timedelta(seconds=second))]
    assert had == ["i1", "late", "i2", "i3"]


async def test_where_too_many_wait_nothing_is_used_up(store: SqliteStore) -> None:
    turn = await taken(store)
    items = [WatchedItem(f"i{number}", AT, turn.epoch, {"at": number}) for number in range(4)]

    outcomes = [await admit(store, item, most_queued=2) for item in items]

    assert outcomes == ["running", "queued", "queued", "full"]
    found = await taken(store)
    assert (found.ids, found.remembered) == (("i0", "i1", "i2"), {"at": 2})


async def test_what_it_remembered_of_another_config_is_forgotten_and_a_pause_is_told(store: SqliteStore) -> None:
    turn = await taken(store)
    await store.remember_watch(KEY, {"side": "above"}, epoch=turn.epoch)

    later = await store.take_watch(KEY, about="a", armed_at=AT + timedelta(minutes=1))
    other = await store.take_watch(KEY, about="b", armed_at=AT + timedelta(minutes=1))

    assert later is not None
    assert other is not None
    assert (later[0].remembered, later[1]) == ({"side": "above"}, True)
    assert (other[0].remembered, other[1]) == (None, False)


async def test_how_it_listens_is_told_while_somebody_does(store: SqliteStore) -> None:
    turn = await taken(store)
    shown = Shown(since=AT, item_at=AT + timedelta(seconds=3))
    await store.note_watches({KEY: Told(shown, dropped=4)})
    during = await store.list_watches([KEY, ("none", "such")])

    await store.leave_watch(KEY, epoch=turn.epoch)

    assert during == {KEY: shown}
    assert (await store.list_watches([KEY]))[KEY] == Shown(since=None, item_at=shown.item_at)
    assert (await store.list_metrics())["bot"].skipped == 4


async def test_it_all_goes_with_the_deployment(store: SqliteStore) -> None:
    await taken(store)

    await store.delete_deployment("bot")

    assert await store.list_watches([KEY]) == {}


async def test_peeking_sees_what_was_written_and_refuses_a_closed_store(store: SqliteStore) -> None:
    await store.remember_watch(KEY, 7, epoch=(await taken(store)).epoch)

    assert (await store.get_deployment("bot")).id == "bot"
    await store.close()
    with pytest.raises(StoreError):
        await store.get_deployment("bot")
