"""Deployments."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from treadle.errors import NotFound
from treadle.store.deployments import Deployment
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.journal_contract import NOW

BOT = Deployment(
    id="bot",
    name="Bot",
    workflow="orders",
    version="aaa",
    mode="paper",
    trigger={"type": "trigger.interval", "config": {"every": 5.0}},
    params={"size": 1},
    created_at=NOW,
)


async def test_a_deployment_comes_back_as_it_was_saved(store: SqliteStore) -> None:
    await store.save_deployment(BOT)

    assert await store.get_deployment("bot") == BOT


async def test_saving_again_replaces_it_and_keeps_when_it_fired(store: SqliteStore) -> None:
    await store.save_deployment(BOT)
    await store.touch_deployment("bot", fired_at=NOW + timedelta(seconds=5))

    await store.save_deployment(replace(BOT, version=None, status="stopped", created_at=None))

    found = await store.get_deployment("bot")
    assert found == replace(BOT, version=None, status="stopped", last_fired_at=NOW + timedelta(seconds=5))


async def test_deployments_are_listed_by_status(store: SqliteStore) -> None:
    await store.save_deployment(BOT)
    await store.save_deployment(replace(BOT, id="old", name="A", status="stopped"))

    assert [found.id for found in await store.list_deployments()] == ["old", "bot"]
    assert [found.id for found in await store.list_deployments(status="active")] == ["bot"]


async def test_an_unknown_deployment_is_not_found(store: SqliteStore) -> None:
    with pytest.raises(NotFound):
        await store.get_deployment("bot")
    with pytest.raises(NotFound):
        await store.touch_deployment("bot", fired_at=NOW)
