"""Templates in the store: published, counted, reviewed, and kept through migrations."""

from __future__ import annotations

from pathlib import Path

import pytest

from treadle.errors import Conflict
from treadle.store import schema
from treadle.store.sqlite_journal import SqliteStore
from treadle.store.templates import LATEST_RUNS
from treadle.testing.journal_contract import open_run


async def save(store: SqliteStore, name: str = "mine", document: str = "one", *, replaces: bool = False) -> None:
    await store.save_template(name, document, owner="u-1", author="ada", replaces=replaces)


async def test_a_template_is_written_over_only_where_that_is_meant(path: Path) -> None:
    async with SqliteStore(path) as store:
        await save(store)
        with pytest.raises(Conflict) as caught:
            await save(store, document="two")
        await store.save_template("mine", "three", owner="u-2", author="bo", replaces=True)
        found = await store.find_template("mine")

    assert caught.value.code == "template_exists"
    assert found is not None
    assert (found.document, found.owner, found.author) == ("three", "u-1", "bo")


async def test_only_the_latest_runs_of_a_workflow_count_and_no_tests(path: Path) -> None:
    async with SqliteStore(path) as store:
        await store.note_template_use("mine", "orders")
        record = await open_run(store)
        copy = (
            "INSERT INTO runs SELECT {} FROM runs WHERE id = ?"
            .format(", ".join({"id": "?", "status": "?", "mode": "?"}.get(c, f'"{c}"') for c in await columns(store)))
        )  # fmt: skip
        rows = [
            (f"r{number:05}", "failed" if number < 50 else "completed", "live") for number in range(LATEST_RUNS + 40)
        ]
        rows += [("s1", "failed", "test"), ("s2", "cancelled", "live")]
        await store.write(lambda c: c.executemany(copy, [(*row, record.id) for row in rows]))

        (use,) = await store.list_template_uses("mine")

    assert (use.workflow, use.completed, use.failed) == ("orders", LATEST_RUNS - 10, 10)


async def columns(store: SqliteStore) -> list[str]:
    return [row[1] for row in await store.read(lambda c: c.execute("PRAGMA table_info(runs)").fetchall())]


async def test_a_name_that_is_made_of_another_template_counts_there(path: Path) -> None:
    async with SqliteStore(path) as store:
        await store.note_template_use("one", "orders")
        await store.note_template_use("two", "orders")

        assert [use.template for use in await store.list_template_uses()] == ["two"]


async def test_each_user_has_one_review_and_the_mean_is_theirs(path: Path) -> None:
    async with SqliteStore(path) as store:
        for user, rating in (("u-1", 1), ("u-2", 4), ("u-1", 5)):
            await store.put_review("mine", user, name=user, rating=rating, comment=None)

        assert await store.rate_templates() == {"mine": (2, 4.5)}
        assert {review.user_id: review.rating for review in await store.list_reviews("mine")} == {"u-1": 5, "u-2": 4}


async def test_what_was_said_of_a_template_goes_with_it(path: Path) -> None:
    async with SqliteStore(path) as store:
        await save(store)
        await store.note_template_use("mine", "orders")
        await store.put_review("mine", "u-1", name="ada", rating=1, comment="x")

        await store.delete_template("mine")

        assert await store.find_template("mine") is None
        assert await store.list_template_uses() == []
        assert await store.rate_templates() == {}


async def test_a_store_of_the_revision_before_keeps_its_runs_and_gets_the_tables(path: Path) -> None:
    async with SqliteStore(path) as store:
        record = await store.get_run((await open_run(store)).id)
    schema.downgrade(f"sqlite:///{path}", "0003")

    async with SqliteStore(path) as store:
        await save(store)
        found = await store.get_run(record.id)

    assert found == record
