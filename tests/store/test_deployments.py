"""Deployments."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from treadle.engine.journal import StateChange
from treadle.errors import NotFound
from treadle.store.deployments import Deployment, DeploymentLimits, Rate
from treadle.store.sqlite_journal import SqliteStore
from treadle.store.triggers import Trigger
from treadle.testing.journal_contract import NOW

BOT = Deployment(
    id="bot",
    name="Bot",
    workflow="orders",
    version="aaa",
    mode="paper",
    input={"who": "Ada"},
    params={"size": 1},
    profiles=("main", "spare"),
    limits=DeploymentLimits(
        concurrency=3,
        concurrency_key="input.account",
        scope="all",
        overlap="queue",
        rate=Rate(10, 60.0, 2, "params.lead"),
    ),
    created_at=NOW,
)
TICK = Trigger("bot", "tick", "tick", "trigger.interval", {"seconds": 5}, armed_at=NOW)


async def test_a_deployment_comes_back_as_it_was_saved(store: SqliteStore) -> None:
    await store.save_deployment(BOT)

    assert await store.get_deployment("bot") == BOT


async def test_saving_again_replaces_it_and_keeps_when_it_was_created(store: SqliteStore) -> None:
    await store.save_deployment(BOT)

    await store.save_deployment(replace(BOT, version=None, status="stopped", created_at=None))

    assert await store.get_deployment("bot") == replace(BOT, version=None, status="stopped")


async def test_its_triggers_are_replaced_with_it(store: SqliteStore) -> None:
    await store.save_deployment(BOT, triggers=[TICK, replace(TICK, id="old")])

    await store.save_deployment(BOT, triggers=[TICK])

    assert await store.list_triggers(deployment="bot") == [TICK]


async def test_armed_anew_its_triggers_fire_for_later_times_only(store: SqliteStore) -> None:
    later = NOW + timedelta(days=1)
    await store.save_deployment(BOT, triggers=[TICK])

    await store.save_deployment(BOT, arm_at=later)

    assert (await store.get_trigger("bot", "tick")).armed_at == later


async def test_every_save_is_news_for_who_watches_the_triggers(store: SqliteStore) -> None:
    before = await store.triggers_revision()

    await store.save_deployment(BOT)

    assert await store.triggers_revision() > before


async def test_deployments_are_listed_by_status(store: SqliteStore) -> None:
    await store.save_deployment(BOT)
    await store.save_deployment(replace(BOT, id="old", name="A", status="paused"))

    assert [found.id for found in await store.list_deployments()] == ["old", "bot"]
    assert [found.id for found in await store.list_deployments(status="active")] == ["bot"]


async def test_an_unknown_deployment_is_not_found(store: SqliteStore) -> None:
    with pytest.raises(NotFound):
        await store.get_deployment("bot")


async def test_one_that_was_changed_meanwhile_is_not_overwritten(store: SqliteStore) -> None:
    await store.save_deployment(BOT)
    await store.save_deployment(replace(BOT, params={"size": 2}))

    is_saved = await store.save_deployment(replace(BOT, params={"size": 3}), instead_of=BOT)

    assert not is_saved
    assert (await store.get_deployment("bot")).params == {"size": 2}


async def test_what_is_deleted_leaves_no_trigger_and_no_state(store: SqliteStore) -> None:
    await store.save_deployment(BOT, triggers=[TICK])
    await store.change_state([StateChange("deployment:bot", "peak", 5), StateChange("deployment:other", "peak", 6)])

    await store.delete_deployment("bot")

    assert await store.list_deployments() == []
    assert await store.list_triggers() == []
    assert await store.list_state("deployment:bot") == {}
    assert await store.list_state("deployment:other") == {"peak": 6}
