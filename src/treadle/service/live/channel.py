"""A channel: the latest events of one run, one deployment or everything, for all who follow it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from itertools import islice

from treadle.service.live.event import LiveEvent, Place

MOST_EVENTS, MOST_BYTES = 2000, 4 * 1024 * 1024
"""What a channel holds at most; whoever is further behind reads from the store."""
_AT_ONCE = 64 * 1024


class Channel:
    """Followers have no buffer of their own: each is at a number, and events are numbered as they come. That of one
    that has been dropped is less than `first`; nothing up to the place `floor` is here for certain."""

    def __init__(self, floor: Place) -> None:
        self.floor = floor
        self.first = 0
        self.bytes = 0
        self.followers = 0
        self.left_at = 0.0
        """When the last follower went."""
        self.is_closed = False
        """Nothing more will come."""
        self._events: deque[LiveEvent] = deque()
        self._waiting: list[asyncio.Future[None]] = []

    def append(self, event: LiveEvent) -> None:
        self._events.append(event)
        self.bytes += event.size
        while len(self._events) > MOST_EVENTS or (self.bytes > MOST_BYTES and len(self._events) > 1):
            self._drop()

    def shrink(self, size: int) -> None:
        """Drop the oldest events until what is here has at most `size` bytes."""
        while self.bytes > size:
            self._drop()

    def _drop(self) -> None:
        event = self._events.popleft()
        self.first += 1
        self.floor = event.place
        self.bytes -= event.size

    def __len__(self) -> int:
        return len(self._events)

    def find(self, place: Place) -> int:
        """The number of the first event behind `place`."""
        at = len(self._events)
        for event in reversed(self._events):
            if event.place <= place:
                break
            at -= 1
        return self.first + at

    def read(self, number: int) -> Sequence[LiveEvent]:
        """The events from `number` on, about as many as go out at once; it must not be less than `first`."""
        found, size = list[LiveEvent](), 0
        start = number - self.first
        # Who is up to date reads the end of the queue, which is quick to reach from that side only.
        if 2 * start > len(self._events):
            newest = list(islice(reversed(self._events), len(self._events) - start))
            ahead = reversed(newest)
        else:
            ahead = islice(self._events, start, None)
        for event in ahead:
            found.append(event)
            size += event.size
            if size >= _AT_ONCE:
                break
        return found

    async def wait(self) -> None:
        """Until something has come, or somebody is to look at the clock."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future

    def take_waiting(self) -> list[asyncio.Future[None]]:
        """Whoever waits, to be woken."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def close(self) -> None:
        """Let nobody wait any more."""
        self.is_closed = True
        for future in self.take_waiting():
            if not future.done():
                future.set_result(None)
