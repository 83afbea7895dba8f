"""Who is editing a workflow: one window, until it is gone or somebody takes over."""

from __future__ import annotations

import asyncio
from pathlib import Path

from treadle.store.editing import GONE_AFTER, Editor
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.clock import VirtualClock


async def keep(store: SqliteStore, who: str, *, window: str | None = None, take_over: bool = False) -> Editor:
    window = window or f"window-of-{who}"
    return await store.keep_editing("orders", window, user_id=f"u-{who}", name=who, take_over=take_over)


async def test_who_comes_second_is_told_who_was_first(store: SqliteStore) -> None:
    await keep(store, "ada")

    told = await keep(store, "bob")

    found = await store.find_editor("orders")
    assert (told.name, told.user_id) == ("ada", "u-ada")
    assert found == told


async def test_other_workflows_are_nobodys(store: SqliteStore) -> None:
    await keep(store, "ada")

    assert await store.find_editor("invoices") is None


async def test_a_second_window_of_the_same_user_is_another_editor(store: SqliteStore) -> None:
    await keep(store, "ada")

    told = await keep(store, "ada", window="second-window")

    assert told.window == "window-of-ada"


async def test_who_takes_over_edits_it_and_the_other_hears_of_it(store: SqliteStore) -> None:
    await keep(store, "ada")

    taken = await keep(store, "bob", take_over=True)
    told = await keep(store, "ada")

    assert (taken.name, told.name) == ("bob", "bob")


async def test_who_ends_makes_room_and_nobody_ends_for_others(store: SqliteStore) -> None:
    await keep(store, "ada")

    await store.end_editing("orders", "window-of-bob")
    still = await store.find_editor("orders")
    await store.end_editing("orders", "window-of-ada")

    assert still is not None
    assert await store.find_editor("orders") is None


async def test_of_two_who_come_at_once_one_edits(store: SqliteStore) -> None:
    told = await asyncio.gather(keep(store, "ada"), keep(store, "bob"))

    assert len({one.name for one in told}) == 1


async def test_what_one_process_keeps_another_sees(path: Path) -> None:
    async with SqliteStore(path) as one, SqliteStore(path) as other:
        await keep(one, "ada")

        told = await keep(other, "bob")

    assert told.name == "ada"


async def test_who_is_not_heard_of_any_more_edits_no_more(path: Path) -> None:
    clock = VirtualClock()
    async with SqliteStore(path, now=clock.now) as store:
        await keep(store, "ada")
        clock.advance(GONE_AFTER)
        still = await store.find_editor("orders")

        clock.advance(1)
        gone = await store.find_editor("orders")
        next_one = await keep(store, "bob")

    assert still is not None
    assert gone is None
    assert (next_one.name, next_one.since) == ("bob", clock.now())


async def test_who_goes_on_editing_has_been_at_it_since_they_began(path: Path) -> None:
    clock = VirtualClock()
    async with SqliteStore(path, now=clock.now) as store:
        first = await keep(store, "ada")
        clock.advance(20)
        again = await keep(store, "ada")

    assert (again.since, again.seen_at) == (first.since, clock.now())
