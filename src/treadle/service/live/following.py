"""Following: the way of one follower through what is kept and what happens, without gap or repeat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from treadle.errors import NotFound
from treadle.model.ids import RunId
from treadle.service.live.channel import Channel
from treadle.service.live.event import LiveEvent, Place
from treadle.service.live.hub import Hub, Wanted
from treadle.service.live.wording import tell
from treadle.store.feed import LAST, STEP
from treadle.store.feed_reading import FeedPage

if TYPE_CHECKING:
    from treadle.service.application import Application

SILENCE = 15.0
"""Seconds after which a stream says that it is there."""

Events = Sequence[LiveEvent]
Check = Callable[[Events], Awaitable[None]]
"""Asked before events are given, and now and then without any; raises when they may not be."""


class Following:
    """`place` is how far it has come: what has been given is at or before it."""

    def __init__(self, application: Application, wanted: Wanted, place: Place | None, *, look_again: float) -> None:
        self._application = application
        self._hub: Hub = application.live
        self.wanted = wanted
        self._asked = place
        self.place = place or Place(0, 0)
        self._number = 0
        """What is not kept has been given from behind this number on."""
        self._is_missing = self._is_over = False
        self._clock = asyncio.get_running_loop().time
        self._look_again = look_again
        self._looked = self._clock()

    async def go_on(self, check: Check) -> AsyncGenerator[Events]:
        """Events as they come, from behind `place` (where that is None: from now on), until there can be no more.
        First, none: from then on nothing is missed. None again after `SILENCE`."""
        channel = await self._hub.join(self.wanted)
        try:
            self.place = self._begin()
            yield ()
            number = self._find(channel)
            spoke = self._clock()
            while True:
                if self.place < channel.floor:
                    async with aclosing(self._read_back(channel.floor, check)) as pages:
                        async for events in pages:
                            yield events
                            spoke = self._clock()
                    if self._is_over:
                        return
                    number = self._find(channel)
                    continue
                # What was dropped unread came from before `place`.
                number = max(number, channel.first)
                events = channel.read(number)
                new = [event for event in events if event.place > self.place and event.told_as <= self._number]
                await check(new)
                if events:
                    number += len(events)
                    self.place = max(self.place, events[-1].place)
                    if new:
                        yield new
                        spoke = self._clock()
                        if self.wanted.run_id is not None and any(event.type == "run.finished" for event in new):
                            return
                    continue  # what is behind them may have been dropped while they were given
                if channel.is_closed:
                    return
                if await self._is_gone():
                    await self._hub.catch_up()
                    if number >= channel.first + len(channel):
                        return
                if self._clock() - spoke >= SILENCE:
                    yield ()
                    spoke = self._clock()
                if number >= channel.first + len(channel) and not channel.is_closed:
                    await channel.wait()
        finally:
            self._hub.leave(channel)

    def _begin(self) -> Place:
        now, asked = self._hub.place, self._asked
        if asked is None:
            return now
        # What is not kept is numbered by each process for itself.
        return asked._replace(number=min(asked.number, now.number))

    def _find(self, channel: Channel) -> int:
        """The number in the channel of what comes next."""
        number = channel.find(self.place)
        unkept = (event.place.number for event in channel.read(number) if event.place.place == STEP)
        self._number = next(unkept, self._hub.number + 1) - 1
        return number

    async def _read_back(self, floor: Place, check: Check) -> AsyncGenerator[Events]:
        """What is kept, up to now; afterwards `place` is not before `floor`, or the run is over."""
        while True:
            try:
                page = await self._read()
            except NotFound:
                # Not in the store yet, or never, or not any more: what there is of it is in the channel.
                self._is_missing = True
                self.place = max(self.place, floor)
                return
            for commit in page.commits:
                events = [] if commit.about is None else list(tell(commit, commit.about))
                if events:
                    await check(events)
                    self.place = events[-1].place
                    yield events
            await check(())
            if page.is_over:
                self._is_over = True
                return
            self.place = max(self.place, Place(page.through, LAST))
            if page.is_last:
                self.place = max(Place(page.through, STEP), floor, self.place)
                return

    async def _read(self) -> FeedPage:
        wanted, after, store = self.wanted, (self.place.serial, self.place.place), self._application.store
        if wanted.run_id is not None:
            return await store.read_run_feed(RunId(wanted.run_id), after)
        return await store.read_feed(after, deployment=wanted.deployment, hidden=wanted.hidden)

    async def _is_gone(self) -> bool:
        """Whether the run was removed, or not kept and is over: it ends without a word in the store."""
        run_id = self.wanted.run_id
        if run_id is None or not (self._is_missing or self._clock() - self._looked >= self._look_again):
            return False
        self._looked = self._clock()
        if self._application.dispatcher.is_taken(RunId(run_id)):
            return False
        self._is_missing = not await self._application.store.find_about([run_id])
        return self._is_missing
