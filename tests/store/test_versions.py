"""Published versions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from treadle.errors import Conflict, NotFound
from treadle.store.deployments import Deployment
from treadle.store.sqlite_journal import SqliteStore
from treadle.store.triggers import Trigger
from treadle.store.versions import Following
from treadle.testing.journal_contract import NOW, open_run


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    """A store whose clock moves a second at every look."""
    seconds = count()
    async with SqliteStore(path, now=lambda: NOW + timedelta(seconds=next(seconds))) as store:
        yield store


async def test_a_version_comes_back_as_it_was_saved(store: SqliteStore) -> None:
    saved = await store.save_version("orders", "aaa", '{"name":"orders"}', form="steps")

    version = await store.get_version("orders", "aaa")

    assert saved
    assert (version.document, version.form) == ('{"name":"orders"}', "steps")


async def test_a_version_never_changes(store: SqliteStore) -> None:
    await store.save_version("orders", "aaa", "first")

    again = await store.save_version("orders", "aaa", "second")

    assert not again
    assert (await store.get_version("orders", "aaa")).document == "first"


async def test_without_a_version_the_latest_is_given(store: SqliteStore) -> None:
    for version in ("bbb", "aaa"):
        await store.save_version("orders", version, version)

    assert (await store.get_version("orders")).version == "aaa"


async def test_a_version_published_again_is_the_latest(store: SqliteStore) -> None:
    for version in ("aaa", "bbb", "aaa"):
        await store.save_version("orders", version, version)

    assert (await store.get_version("orders")).version == "aaa"


async def test_a_clock_put_back_does_not_hide_what_was_published_last(path: Path) -> None:
    async with SqliteStore(path, now=lambda: NOW) as early:
        await early.save_version("orders", "bbb", "{}")
    async with SqliteStore(path, now=lambda: NOW - timedelta(days=1)) as late:
        await late.save_version("orders", "aaa", "{}")

        assert (await late.get_version("orders")).version == "aaa"


async def test_the_latest_version_of_each_workflow_is_listed(store: SqliteStore) -> None:
    for workflow, version in (("orders", "bbb"), ("orders", "aaa"), ("bills", "ccc")):
        await store.save_version(workflow, version, "{}")

    latest = await store.list_versions()
    orders = await store.list_versions("orders")

    assert [(found.workflow, found.version) for found in latest] == [("bills", "ccc"), ("orders", "aaa")]
    assert [found.version for found in orders] == ["aaa", "bbb"]


@pytest.mark.parametrize("version", [None, "zzz"])
async def test_an_unknown_version_is_not_found(store: SqliteStore, version: str | None) -> None:
    with pytest.raises(NotFound, match="orders"):
        await store.get_version("orders", version)


async def test_versions_are_numbered_as_they_come(store: SqliteStore) -> None:
    for workflow, version in (("orders", "bbb"), ("bills", "ccc"), ("orders", "aaa"), ("orders", "bbb")):
        await store.save_version(workflow, version, "{}")

    numbered = {found.version: found.number for found in await store.list_versions("orders")}
    assert numbered == {"bbb": 1, "aaa": 2}


async def test_a_version_keeps_the_note_and_author_it_was_published_with(store: SqliteStore) -> None:
    await store.save_version("orders", "aaa", "{}", note="first", author="ada")
    await store.save_version("orders", "bbb", "{}")
    await store.save_version("orders", "aaa", "{}", note="again", author="bob")

    found = await store.get_version("orders")

    assert (found.version, found.note, found.author) == ("aaa", "first", "ada")


async def test_every_time_a_version_became_the_latest_is_recorded(store: SqliteStore) -> None:
    await store.save_version("orders", "aaa", "{}", note="first", author="ada")
    await store.save_version("orders", "bbb", "{}")
    await store.save_version("orders", "bbb", "{}")
    restored = await store.restore_version("orders", "aaa", note="worse", author="bob")

    releases = await store.list_releases("orders")

    assert restored
    assert [(one.version, one.kind, one.note, one.author) for one in releases] == [
        ("aaa", "rolled_back", "worse", "bob"),
        ("bbb", "published", None, None),
        ("aaa", "published", "first", "ada"),
    ]


async def test_the_latest_is_not_rolled_back_to(store: SqliteStore) -> None:
    await store.save_version("orders", "aaa", "{}")

    assert not await store.restore_version("orders", "aaa")
    assert len(await store.list_releases("orders")) == 1


async def test_a_version_that_is_not_there_is_not_rolled_back_to(store: SqliteStore) -> None:
    await store.save_version("orders", "aaa", "{}")

    with pytest.raises(NotFound):
        await store.restore_version("orders", "zzz")


async def test_unfinished_runs_are_counted_by_version_and_status(store: SqliteStore) -> None:
    for version, status in (("aaa", "suspended"), ("aaa", "suspended"), ("aaa", "completed"), ("bbb", "running")):
        await open_run(store, version=version, status=status)
    await open_run(store, workflow="bills", version="aaa", status="suspended")

    counts = await store.count_runs_by_version("orders")

    assert counts == {"aaa": {"suspended": 2}, "bbb": {"running": 1}}


async def test_a_version_that_is_only_run_is_not_the_latest(store: SqliteStore) -> None:
    await store.save_version("orders", "aaa", "{}")

    await store.keep_version("orders", "bbb", "{}")

    assert (await store.get_version("orders")).version == "aaa"
    assert [one.version for one in await store.list_versions("orders")] == ["aaa", "bbb"]
    assert [one.version for one in await store.list_versions()] == ["aaa"]
    assert [one.version for one in await store.list_releases("orders")] == ["aaa"]


async def test_of_a_workflow_that_was_never_published_the_one_run_last_is_the_latest(store: SqliteStore) -> None:
    for version in ("aaa", "bbb", "aaa"):
        await store.keep_version("orders", version, "{}")

    assert (await store.get_version("orders")).version == "aaa"


async def test_a_version_that_was_run_before_it_was_published_has_the_note_it_was_published_with(
    store: SqliteStore,
) -> None:
    await store.keep_version("orders", "aaa", "{}")

    is_new = await store.save_version("orders", "aaa", "{}", note="louder", author="ada")

    published = await store.get_version("orders")
    assert (is_new, published.number, published.note, published.author) == (True, 1, "louder", "ada")


async def test_what_follows_has_its_triggers_with_the_release_or_neither(store: SqliteStore) -> None:
    await store.save_version("orders", "aaa", "{}")
    revision = await store.triggers_revision()
    await store.save_deployment(Deployment("bot", "bot", "orders"))
    tick = Trigger("bot", "tick", "tick", "trigger.interval", {"seconds": 5}, armed_at=NOW)

    with pytest.raises(Conflict) as refused:
        await store.save_version("orders", "bbb", "{}", following=Following({"bot": [tick]}, revision))
    left = (await store.get_version("orders")).version, await store.list_triggers()
    await store.save_version("orders", "bbb", "{}", following=Following({"bot": [tick]}, revision + 1))

    assert refused.value.code == "triggers_changed"
    assert left == ("aaa", [])
    assert ((await store.get_version("orders")).version, await store.list_triggers()) == ("bbb", [tick])
