"""Published versions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from treadle.errors import NotFound
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.journal_contract import NOW


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
