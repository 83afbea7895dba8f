"""`Feeds`: one subscription at the venue for however many listen to the same."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import Any

_KEPT = 10_000
_WAITING = 1_000
Item = dict[str, Any]
Source = Callable[[], AsyncGenerator[Item]]


class Seen:
    """Which ids were there among the newest `kept`."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._order: deque[str] = deque()
        self._ids: set[str] = set()
        self._kept = kept

    def add(self, id: str) -> bool:
        """True the first time."""
        if id in self._ids:
            return False
        self._ids.add(id)
        self._order.append(id)
        if len(self._order) > self._kept:
            self._ids.discard(self._order.popleft())
        return True


class _Feed:
    """A source while anybody listens. A listener that does not keep up loses the oldest, never the newest."""

    def __init__(self, source: Source, ended: Callable[[_Feed], None]) -> None:
        self._listeners: list[asyncio.Queue[Item | BaseException]] = []
        self.is_closing = False
        self.task = asyncio.ensure_future(self._pump(source))
        # Not within it: a task that is cancelled before its first step runs nothing at all.
        self.task.add_done_callback(lambda task: ended(self))

    def join(self) -> asyncio.Queue[Item | BaseException]:
        queue: asyncio.Queue[Item | BaseException] = asyncio.Queue(_WAITING)
        self._listeners.append(queue)
        return queue

    async def leave(self, queue: asyncio.Queue[Item | BaseException]) -> None:
        self._listeners.remove(queue)
        if not self._listeners:
            await self.aclose()

    async def aclose(self) -> None:
        self.is_closing = True
        self.task.cancel()
        await asyncio.wait([self.task])
        self._tell(asyncio.CancelledError())

    async def _pump(self, source: Source) -> None:
        items, seen = source(), Seen()
        try:
            async for item in items:
                if seen.add(item["id"]):
                    self._tell(item)
        except Exception as error:
            self.is_closing = True
            self._tell(error)
        finally:
            await items.aclose()

    def _tell(self, item: Item | BaseException) -> None:
        for queue in self._listeners:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(item)


class Feeds:
    """`listen` under the same name is the same feed: every item once for each who listens, with one id."""

    def __init__(self) -> None:
        self._feeds: dict[tuple[str, ...], _Feed] = {}

    async def listen(self, name: tuple[str, ...], source: Source) -> AsyncGenerator[Item]:
        """What `source` gives, until it raises or this is closed."""
        while (closing := self._feeds.get(name)) is not None and closing.is_closing:
            # What it says good-bye to would be said good-bye to for the next one, too.
            await asyncio.wait([closing.task])
            await asyncio.sleep(0)
        if name not in self._feeds:
            self._feeds[name] = _Feed(source, lambda feed: self._forget(name, feed))
        feed = self._feeds[name]
        queue = feed.join()
        try:
            while True:
                item = await queue.get()
                if isinstance(item, asyncio.CancelledError):
                    return
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            await feed.leave(queue)

    def _forget(self, name: tuple[str, ...], feed: _Feed) -> None:
        if self._feeds.get(name) is feed:
            del self._feeds[name]

    async def aclose(self) -> None:
        for feed in list(self._feeds.values()):
            await feed.aclose()
        self._feeds.clear()
