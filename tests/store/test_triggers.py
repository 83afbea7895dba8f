"""Triggers in the store: what is kept, what fires, and how others notice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from treadle.errors import NotFound
from treadle.store.deployments import Deployment, DeploymentStatus
from treadle.store.sqlite_journal import SqliteStore
from treadle.store.triggers import Trigger
from treadle.testing.clock import START

LATER = START + timedelta(hours=1)
TICK = Trigger("d", "tick", "tick", "trigger.interval", {"seconds": 60}, armed_at=START)
HEARD = Trigger("d", "hear", "hear", "trigger.event", {"topic": "paid"}, topic="paid", armed_at=START)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with SqliteStore(tmp_path / "s.db", now=lambda: START) as store:
        yield store


async def deploy(store: SqliteStore, *triggers: Trigger, status: DeploymentStatus = "active") -> None:
    await store.save_deployment(Deployment("d", "d", "w", "1", status=status))
    await store.save_triggers("d", triggers)


async def test_a_trigger_comes_back_as_it_was_saved(store: SqliteStore) -> None:
    await deploy(store, TICK, HEARD)

    assert await store.list_triggers() == [HEARD, TICK]
    assert await store.get_trigger("d", "tick") == TICK


async def test_triggers_are_found_by_topic(store: SqliteStore) -> None:
    await deploy(store, TICK, HEARD)

    assert await store.list_triggers(topic="paid") == [HEARD]


@pytest.mark.parametrize(("status", "found"), [("active", 1), ("paused", 0), ("stopped", 0)])
async def test_only_what_is_active_is_armed(store: SqliteStore, status: DeploymentStatus, found: int) -> None:
    await deploy(store, TICK, HEARD, status=status)
    await store.pause_trigger("d", "hear")

    assert len(await store.list_triggers(armed_only=True)) == found


async def test_a_saved_set_replaces_the_one_before_and_keeps_what_has_fired(store: SqliteStore) -> None:
    fired = Trigger("d", "tick", "tick", "trigger.interval", {"seconds": 60}, armed_at=START, last_fired_at=LATER)
    await deploy(store, fired, HEARD)

    await store.save_triggers("d", [TICK])

    assert await store.list_triggers() == [fired]


async def test_a_resumed_trigger_is_armed_from_then_on(store: SqliteStore) -> None:
    await deploy(store, TICK)
    paused = await store.pause_trigger("d", "tick")

    resumed = await store.resume_trigger("d", "tick", now=LATER)

    assert (paused.status, paused.armed_at) == ("paused", START)
    assert (resumed.status, resumed.armed_at) == ("armed", LATER)


async def test_to_resume_what_is_armed_changes_nothing(store: SqliteStore) -> None:
    await deploy(store, TICK)

    assert await store.resume_trigger("d", "tick", now=LATER) == TICK


async def test_a_trigger_is_put_back_with_the_clock(store: SqliteStore) -> None:
    await deploy(store, Trigger("d", "tick", None, "t", armed_at=START, last_fired_at=LATER + timedelta(hours=9)))

    back = await store.put_back_trigger("d", "tick", to=LATER)

    assert (back.armed_at, back.last_fired_at) == (START, LATER)


async def test_the_revision_goes_up_with_every_change_and_not_with_a_look(store: SqliteStore) -> None:
    await deploy(store, TICK)
    revisions = [await store.triggers_revision()]

    await store.pause_trigger("d", "tick")
    revisions.append(await store.triggers_revision())
    await store.list_triggers()
    revisions.append(await store.triggers_revision())
    await store.save_deployment(Deployment("d", "d", "w", "1", status="stopped"))
    revisions.append(await store.triggers_revision())

    assert revisions[0] < revisions[1] == revisions[2] < revisions[3]


async def test_another_process_sees_the_revision_go_up(tmp_path: Path) -> None:
    async with SqliteStore(tmp_path / "s.db") as one, SqliteStore(tmp_path / "s.db") as other:
        before = await other.triggers_revision()
        await deploy(one, TICK)

        assert await other.triggers_revision() > before


async def test_an_unknown_trigger_is_not_changed(store: SqliteStore) -> None:
    await deploy(store, TICK)

    with pytest.raises(NotFound) as caught:
        await store.pause_trigger("d", "tock")

    assert caught.value.code == "unknown_trigger"
    assert (await store.get_trigger("d", "tick")).status == "armed"


async def test_put_back_a_little_a_trigger_keeps_when_it_fired_last(store: SqliteStore) -> None:
    """Its fire times come round again, and have had their runs."""
    await deploy(store, Trigger("d", "tick", None, "t", armed_at=START, last_fired_at=LATER + timedelta(seconds=5)))

    back = await store.put_back_trigger("d", "tick", to=LATER)

    assert back.last_fired_at == LATER + timedelta(seconds=5)


async def test_a_paused_one_that_was_gone_comes_back_paused(store: SqliteStore) -> None:
    await deploy(store, TICK, HEARD)
    await store.pause_trigger("d", "tick")

    await store.save_triggers("d", [HEARD])
    await store.save_triggers("d", [TICK, HEARD])

    assert [trigger.status for trigger in await store.list_triggers()] == ["armed", "paused"]


async def test_one_that_was_resumed_comes_back_armed(store: SqliteStore) -> None:
    await deploy(store, TICK, HEARD)
    await store.pause_trigger("d", "tick")
    await store.save_triggers("d", [HEARD])
    await store.save_triggers("d", [TICK, HEARD])
    await store.resume_trigger("d", "tick", now=LATER)

    await store.save_triggers("d", [HEARD])
    await store.save_triggers("d", [TICK, HEARD])

    assert {trigger.status for trigger in await store.list_triggers()} == {"armed"}
