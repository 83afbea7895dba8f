"""Forks: a run that begins with entries of another, written at once."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from treadle.engine.journal import Entry, EntryKind
from treadle.errors import Conflict, NotFound
from treadle.model.run import Origin
from treadle.store.payload import LIMIT
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.journal_contract import NOW, make_record, make_result, open_run


async def test_a_fork_has_the_entries_of_its_source_and_its_own(store: SqliteStore) -> None:
    source = await open_run(store, (make_result("a", output=1), make_result("b", output=2)))
    record = make_record(origin=Origin(forked_from=source.id, forked_at="b"))
    edited = make_result("b", output=7)

    await store.create_fork(record, source.id, copied=[make_result("a", output=1)], rewritten=[edited])

    entries = {entry.node: entry.body["outputs"] for entry in await store.load(record.id)}
    assert entries == {"a": make_result("a", output=1).body["outputs"], "b": edited.body["outputs"]}
    assert (await store.get_run(record.id)).origin == record.origin
    assert record.id in await store.find_unfinished()


async def test_large_values_go_over_with_their_payload(store: SqliteStore, path: Path) -> None:
    """And outlive their source."""
    large, other = "x" * (LIMIT + 1), "y" * (LIMIT + 1)
    source = await open_run(store, (make_result("a", output=large),))
    record = make_record()

    await store.create_fork(
        record, source.id, copied=[make_result("a", output=large)], rewritten=[make_result("b", output=other)]
    )
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM payloads WHERE run_id = ?", (source.id,))
    connection.close()

    assert [entry.body["outputs"]["output"] for entry in await store.load(record.id)] == [large, other]


async def test_a_source_that_lost_what_is_to_be_copied_leaves_no_fork_behind(store: SqliteStore) -> None:
    source = await open_run(store, (make_result("a", output=1),))
    record = make_record()

    with pytest.raises(Conflict) as refused:
        await store.create_fork(
            record, source.id, copied=[make_result("a", output=1), make_result("gone", output=1)], rewritten=[]
        )

    assert refused.value.code == "source_changed"
    assert await store.load(record.id) == []
    with pytest.raises(NotFound):
        await store.get_run(record.id)


async def test_a_run_that_is_there_is_not_written_over(store: SqliteStore) -> None:
    source = await open_run(store, (make_result("a", output=1),))

    with pytest.raises(Conflict):
        await store.create_fork(make_record(source.id), source.id, copied=[], rewritten=[make_result("z", output=1)])

    assert [entry.node for entry in await store.load(source.id)] == ["a"]


async def test_a_fork_of_nothing_is_a_run_that_begins(store: SqliteStore) -> None:
    record = make_record()

    await store.create_fork(record, record.id, copied=[], rewritten=[])

    assert (await store.claim(record.id)).epoch == record.epoch + 1


async def test_only_what_is_asked_for_is_copied(store: SqliteStore) -> None:
    notes = [Entry("", "each", at, EntryKind.CHECKPOINT, NOW, {"value": at}) for at in range(3)]
    source = await open_run(store, tuple(notes))
    record = make_record()

    await store.create_fork(record, source.id, copied=notes[:2], rewritten=[])

    assert [entry.sequence for entry in await store.load(record.id)] == [0, 1]
