"""One subscription for all who listen to the same, while anybody does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from treadle.packs.trading.venue.feeds import Feeds, Item, Seen


class Source:
    def __init__(self) -> None:
        self.queue: asyncio.Queue[Any] = asyncio.Queue()
        self.opened = self.closed = 0

    async def items(self) -> AsyncGenerator[Item]:
        self.opened += 1
        try:
            while True:
                item = await self.queue.get()
                if isinstance(item, Exception):
                    raise item
                yield {"id": str(item)}
        finally:
            self.closed += 1

    def tell(self, *items: Any) -> None:
        for item in items:
            self.queue.put_nowait(item)


async def take(items: AsyncGenerator[Item], number: int) -> list[str]:
    return [(await anext(items))["id"] for _ in range(number)]


async def test_all_listeners_are_told_of_everything_once() -> None:
    feeds, source = Feeds(), Source()
    first, second = (feeds.listen(("t",), source.items) for _ in range(2))
    waiting = [asyncio.ensure_future(take(items, 3)) for items in (first, second)]
    await asyncio.sleep(0)
    source.tell(1, 1, 2, 2, 3)

    assert await asyncio.gather(*waiting) == [["1", "2", "3"], ["1", "2", "3"]]
    assert source.opened == 1
    await feeds.aclose()


async def test_the_source_is_closed_when_the_last_has_left_and_opened_anew() -> None:
    feeds, source = Feeds(), Source()
    for number in (1, 2):
        source.tell(number)
        items = feeds.listen(("t",), source.items)
        assert await take(items, 1) == [str(number)]
        await items.aclose()
        assert (source.opened, source.closed) == (number, number)


async def test_what_does_not_get_better_is_raised_and_the_next_listener_starts_anew() -> None:
    feeds, source = Feeds(), Source()
    broken = feeds.listen(("t",), source.items)
    source.tell(ValueError("gone"))
    with pytest.raises(ValueError, match="gone"):
        await anext(broken)

    after = feeds.listen(("t",), source.items)
    source.tell(7)

    assert await take(after, 1) == ["7"]
    await feeds.aclose()
    assert source.closed == 2


async def test_who_does_not_keep_up_loses_the_oldest() -> None:
    feeds, source = Feeds(), Source()
    items = feeds.listen(("t",), source.items)
    source.tell(*range(2000))
    await take(items, 1)
    while not source.queue.empty():
        await asyncio.sleep(0)
    await asyncio.sleep(0)

    told = await take(items, 900)

    assert int(told[-1]) > 1000
    await feeds.aclose()


def test_ids_are_forgotten_after_a_while() -> None:
    seen = Seen(kept=2)

    assert [seen.add(id) for id in ("a", "b", "a", "c", "a")] == [True, True, False, True, True]


async def test_who_comes_while_a_feed_is_closed_waits_for_it() -> None:
    feeds, source = Feeds(), Source()
    slow = asyncio.Event()

    async def closing_slowly() -> AsyncGenerator[Item]:
        try:
            async for item in source.items():
                yield item
        finally:
            await slow.wait()

    first = feeds.listen(("t",), closing_slowly)
    source.tell(1)
    await take(first, 1)
    leaving = asyncio.ensure_future(first.aclose())
    await asyncio.sleep(0)
    second = asyncio.ensure_future(take(feeds.listen(("t",), closing_slowly), 1))
    source.tell(2)
    for _ in range(20):
        await asyncio.sleep(0)
    assert source.opened == 1

    slow.set()

    assert await second == ["2"]
    assert source.opened == 2
    await leaving
    await feeds.aclose()


async def test_a_feed_that_was_closed_before_it_began_is_no_hindrance() -> None:
    feeds, source = Feeds(), Source()
    first = asyncio.ensure_future(take(feeds.listen(("t",), source.items), 1))
    await asyncio.sleep(0)
    closing = asyncio.ensure_future(feeds.aclose())
    await asyncio.wait([first, closing])
    assert isinstance(first.exception(), StopAsyncIteration | RuntimeError)
    source.tell(3)

    assert await take(feeds.listen(("t",), source.items), 1) == ["3"]
    await feeds.aclose()
