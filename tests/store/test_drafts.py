"""Drafts: one a workflow, and none lost unseen."""

from __future__ import annotations

import asyncio

import pytest

from treadle.errors import Conflict, NotFound
from treadle.store.sqlite_journal import SqliteStore


async def test_a_draft_comes_back_as_it_was_written(store: SqliteStore) -> None:
    await store.save_draft("orders", "name: orders\nnodes: [", revision=None, base_version="aaa")

    draft = await store.find_draft("orders")

    assert draft is not None
    assert (draft.document, draft.revision, draft.base_version) == ("name: orders\nnodes: [", 1, "aaa")


async def test_each_change_has_a_higher_revision(store: SqliteStore) -> None:
    first = await store.save_draft("orders", "one", revision=None, base_version="aaa")

    second = await store.save_draft("orders", "two", revision=first.revision, base_version="bbb")

    assert (second.revision, second.base_version) == (2, "aaa")


@pytest.mark.parametrize("revision", [None, 1, 9])
async def test_who_has_read_another_revision_is_refused_and_nothing_is_lost(
    store: SqliteStore, revision: int | None
) -> None:
    await store.save_draft("orders", "one", revision=None)
    await store.save_draft("orders", "two", revision=1)

    with pytest.raises(Conflict) as refused:
        await store.save_draft("orders", "mine", revision=revision)

    draft = await store.find_draft("orders")
    assert (refused.value.code, refused.value.attributes["revision"]) == ("draft_changed", 2)
    assert draft is not None
    assert draft.document == "two"


async def test_of_two_who_write_at_once_one_is_refused(store: SqliteStore) -> None:
    writes = [store.save_draft("orders", text, revision=None) for text in ("one", "two")]

    answers = await asyncio.gather(*writes, return_exceptions=True)

    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Draft"]


async def test_a_revision_never_comes_again(store: SqliteStore) -> None:
    """Who has read a draft that was discarded since cannot write over the one that came after it."""
    old = await store.save_draft("orders", "old", revision=None)
    await store.discard_draft("orders")
    new = await store.save_draft("orders", "new", revision=None)

    with pytest.raises(Conflict):
        await store.save_draft("orders", "late", revision=old.revision)

    assert new.revision > old.revision


async def test_a_discarded_draft_is_gone(store: SqliteStore) -> None:
    await store.save_draft("orders", "one", revision=None)

    await store.discard_draft("orders", revision=1)

    assert await store.find_draft("orders") is None
    assert await store.list_drafts() == []
    with pytest.raises(NotFound):
        await store.discard_draft("orders")


async def test_a_draft_that_has_changed_is_not_discarded(store: SqliteStore) -> None:
    await store.save_draft("orders", "one", revision=None)

    with pytest.raises(Conflict):
        await store.discard_draft("orders", revision=7)

    assert await store.find_draft("orders") is not None


async def test_drafts_are_listed_by_when_they_changed(store: SqliteStore) -> None:
    for name in ("a", "b", "c"):
        await store.save_draft(name, name, revision=None)
    await store.save_draft("a", "again", revision=1)

    assert [draft.workflow for draft in await store.list_drafts()] == ["a", "c", "b"]
