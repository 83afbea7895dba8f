"""What was only run as a test: kept with its runs, and none of the versions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from treadle.errors import NotFound
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.journal_contract import NOW, open_run

LATER = NOW + timedelta(days=2)


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    """A store whose clock moves a second at every look."""
    seconds = count()
    async with SqliteStore(path, now=lambda: NOW + timedelta(seconds=next(seconds))) as store:
        yield store


async def test_a_trial_is_found_by_its_digest_and_in_no_list(store: SqliteStore) -> None:
    await store.keep_trial("orders", "aaa", "tried")

    found = await store.get_version("orders", "aaa")

    assert (found.document, found.is_trial) == ("tried", True)
    assert await store.list_versions("orders") == await store.list_versions() == []
    assert await store.list_workflow_names() == []


async def test_a_trial_is_never_the_latest(store: SqliteStore) -> None:
    await store.keep_trial("orders", "aaa", "tried")
    with pytest.raises(NotFound):
        await store.get_version("orders")
    await store.keep_version("orders", "bbb", "run")
    await store.keep_trial("orders", "ccc", "tried later")

    assert (await store.get_version("orders")).version == "bbb"


async def test_a_trial_that_is_published_or_run_gets_the_next_number(store: SqliteStore) -> None:
    for version in ("aaa", "bbb", "ccc"):
        await store.keep_trial("orders", version, version)

    await store.save_version("orders", "bbb", "bbb")
    await store.keep_version("orders", "ccc", "ccc")

    assert [(one.version, one.number) for one in await store.list_versions("orders")] == [("bbb", 1), ("ccc", 2)]


async def test_a_version_that_is_tried_out_stays_a_version(store: SqliteStore) -> None:
    await store.save_version("orders", "aaa", "aaa")

    await store.keep_trial("orders", "aaa", "aaa")

    assert (await store.get_version("orders")).number == 1


async def test_a_trial_goes_with_the_last_of_its_runs(store: SqliteStore) -> None:
    await store.keep_trial("orders", "aaa", "no run of it")
    await store.keep_trial("orders", "bbb", "a run of it")
    await store.save_version("orders", "ccc", "a version")
    await open_run(store, workflow="orders", version="bbb", mode="test")

    await store.purge(NOW + timedelta(hours=1))
    young = (await store.get_version("orders", "aaa")).version
    await store.purge(LATER)

    assert young == "aaa"
    with pytest.raises(NotFound):
        await store.get_version("orders", "aaa")
    assert (await store.get_version("orders", "bbb")).version == "bbb"
    assert (await store.get_version("orders", "ccc")).version == "ccc"
