"""Following runs live: what has been kept first, where it is wanted, and then what happens, without gap or repeat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from datetime import datetime
from typing import TYPE_CHECKING

from treadle.errors import NotFound, TreadleError, Unauthenticated
from treadle.model.ids import RunId
from treadle.service.access.access import Kind
from treadle.service.access.actor import Actor
from treadle.service.access.operation import operation
from treadle.service.execution import ExecutionRequest
from treadle.service.internal import INTERNAL
from treadle.service.live.event import START, LiveEvent, Place
from treadle.service.live.following import SILENCE, Check, Events, Following
from treadle.service.live.hub import Hub, Wanted
from treadle.service.preparation import prepare
from treadle.service.runs import let_go_on
from treadle.store.feed import LAST
from treadle.store.rows import to_micros

if TYPE_CHECKING:
    from treadle.service.application import Application

__all__ = ["LOOK_AGAIN", "SILENCE", "Events", "Live", "Renew"]

LOOK_AGAIN = 15.0
"""Seconds between looks whether who follows still may."""

Renew = Callable[[], Awaitable[Actor | None]]
"""Who follows, as they are now; None: nobody any more. Raises what says so, too."""


class Live:
    """Each operation gives events as they come, several at a time; none of them (an empty sequence) at the start and
    after `SILENCE`.

    `after` is the last event that was had: what comes is what follows it. Where that is not known any more, one event
    `stream.reset` comes first: what was built from the stream is to be loaded anew. `renew` is asked now and then.
    """

    def __init__(self, application: Application, *, look_again: float | None = None) -> None:
        self.application = application
        self._look_again = LOOK_AGAIN if look_again is None else look_again
        self._hub: Hub = application.live
        self._store = application.store

    @operation("runs.read", on="run")
    async def follow_run(
        self, run_id: RunId, *, after: Place | None = None, renew: Renew | None = None
    ) -> AsyncGenerator[Events]:
        """A run from its beginning, or from `after`, until it is over; nothing at all where `after` is its end. Raises
        `NotFound`."""
        driven = self.application.dispatcher.find_driven(run_id)
        workflow = (driven or await self._store.get_run(run_id)).workflow
        await self._require_run(self.application.actor, run_id, workflow)
        if after is not None and await self._is_end(after, run_id):
            return

        async def check() -> None:
            await self._require_run(await self._renew(renew), run_id, workflow)

        async with aclosing(self._follow(Wanted(run_id=run_id), after, START, check)) as events:
            async for some in events:
                yield some

    @operation("runs.start", on="workflow", of="request")
    async def execute(self, request: ExecutionRequest, *, renew: Renew | None = None) -> AsyncGenerator[Events]:
        """Start a run and follow it until it is over; it goes on when nobody follows it any more. Raises, before the
        first event, as `Application.execute` does."""
        async with aclosing(self._start(request, renew)) as events:
            async for some in events:
                yield some

    @operation("runs.test", on="workflow", of="request")
    async def test(self, request: ExecutionRequest, *, renew: Renew | None = None) -> AsyncGenerator[Events]:
        """As `execute`, for a workflow that need not be published (see `Runs.read`)."""
        async with aclosing(self._start(request, renew)) as events:
            async for some in events:
                yield some

    async def _start(self, request: ExecutionRequest, renew: Renew | None) -> AsyncGenerator[Events]:
        application = self.application
        prepared = await prepare(application, request)
        check = self._checking("runs.read", None, None, renew)
        async with aclosing(self._follow(Wanted(run_id=prepared.run.id), None, None, check)) as events:
            yield await anext(events)  # from now on nothing of the run is missed
            driving = asyncio.create_task(application.run(prepared, handlers=request.handlers))
            let_go_on(driving)
            beginning = asyncio.ensure_future(anext(events))
            await asyncio.wait({beginning, driving}, return_when=asyncio.FIRST_COMPLETED)
            if not beginning.done() and driving.exception() is not None:
                beginning.cancel()  # it never began
                await asyncio.gather(beginning, return_exceptions=True)
                await driving
            yield await beginning
            async for some in events:
                yield some

    @operation("deployments.read", on="deployment", of="name")
    async def follow_deployment(
        self, name: str, *, after: Place | None = None, since: datetime | None = None, renew: Renew | None = None
    ) -> AsyncGenerator[Events]:
        """The runs of a deployment from now on, or from `after` or `since`. Raises `NotFound`."""
        await self._store.get_deployment(name)
        check = self._checking("deployments.read", "deployment", name, renew)
        begin = await self._place_at(since)
        async with aclosing(self._follow(Wanted(deployment=name), after, begin, check)) as events:
            async for some in events:
                yield some

    @operation("runs.list")
    async def follow_everything(
        self, *, after: Place | None = None, since: datetime | None = None, renew: Renew | None = None
    ) -> AsyncGenerator[Events]:
        """All runs that may be seen, from now on, or from `after` or `since`."""
        place = after if after is not None else await self._place_at(since)
        hidden = await self._find_hidden(self.application.actor)
        while True:
            following = Following(self.application, Wanted(hidden=hidden), place, look_again=self._look_again)
            check = self._watching(hidden, renew)
            try:
                async with aclosing(self._go_on(following, after, check)) as events:
                    async for some in events:
                        yield some
                return
            except _HiddenChanged as changed:
                hidden, place, after = changed.hidden, following.place, None

    async def _place_at(self, since: datetime | None) -> Place | None:
        return None if since is None else Place(await self._store.find_serial_at(to_micros(since)), LAST)

    async def _renew(self, renew: Renew | None) -> Actor:
        actor = self.application.actor if renew is None else await renew()
        if actor is None:
            raise Unauthenticated(
                "The session or API key counts no more.", remedy="Sign in again, or make another key."
            )
        return actor

    def _checking(
        self, action: str, kind: Kind | None, subject: str | None, renew: Renew | None
    ) -> Callable[[], Awaitable[None]]:
        async def check() -> None:
            await self.application.access.require(await self._renew(renew), action, kind, subject)

        return check

    async def _require_run(self, actor: Actor, run_id: RunId, workflow: str) -> None:
        """Nothing, if the actor may see a run of the workflow, be it in the store or only under way. Raises
        `NotFound`."""
        try:
            await self.application.access.require(actor, "runs.read", "workflow", workflow)
        except NotFound:
            raise NotFound(f"There is no run `{run_id}`.", run=run_id) from None

    async def _find_hidden(self, actor: Actor) -> frozenset[str]:
        return INTERNAL.union(await self.application.access.find_hidden(actor))

    def _watching(self, hidden: frozenset[str], renew: Renew | None) -> Check:
        """Raises `_HiddenChanged` when `hidden` is no longer what may not be seen."""
        clock = asyncio.get_running_loop().time
        checked, cleared = clock(), set[str]()

        async def check(events: Events) -> None:
            nonlocal checked
            # Whose a workflow is may have been decided since we asked.
            strange = {event.workflow for event in events if event.workflow} - cleared
            if not strange and clock() - checked < self._look_again:
                return
            actor = await self._renew(renew)
            await self.application.access.require(actor, "runs.list")
            found = await self._find_hidden(actor)
            if found != hidden:
                raise _HiddenChanged(found)
            checked = clock()
            cleared.update(strange)

        return check

    async def _follow(
        self, wanted: Wanted, after: Place | None, begin: Place | None, check: Callable[[], Awaitable[None]]
    ) -> AsyncGenerator[Events]:
        """From `after`, or else from `begin`, or else from now on."""
        clock = asyncio.get_running_loop().time
        checked = clock()

        async def now_and_then(events: Events) -> None:
            nonlocal checked
            if clock() - checked >= self._look_again:
                await check()
                checked = clock()

        place = after if after is not None else begin
        following = Following(self.application, wanted, place, look_again=self._look_again)
        async with aclosing(self._go_on(following, after, now_and_then)) as events:
            async for some in events:
                yield some

    async def _go_on(self, following: Following, after: Place | None, check: Check) -> AsyncGenerator[Events]:
        async with aclosing(following.go_on(check)) as events:
            nothing_yet = await anext(events)
            joined = self._hub.place  # from here on nothing is missed, however long the answer takes to be read
            yield nothing_yet
            try:
                if after is not None and await self._is_lost(after, following.wanted):
                    following.place = START if following.wanted.run_id is not None else joined
                    yield (self._note("stream.reset", following.place),)
                async for some in events:
                    yield some
            except TreadleError as error:
                # The stream has begun: an error cannot be its answer any more.
                yield (self._note("stream.closed", following.place, code=error.code, message=error.message),)

    async def _is_lost(self, after: Place, wanted: Wanted) -> bool:
        """Whether something may be missing behind a place: the feed has been cut there, or is another one."""
        oldest, newest = await self._store.find_ends_of_feed()
        if after.serial > newest:
            return True
        return wanted.run_id is None and after.serial < oldest - 1

    async def _is_end(self, after: Place, run_id: RunId) -> bool:
        """Whether a stream of the run can only be at its end behind `after`."""
        if self.application.dispatcher.is_taken(run_id) or await self._is_lost(after, Wanted(run_id=run_id)):
            return False
        page = await self._store.read_run_feed(run_id, (after.serial, after.place))
        return page.is_over and not page.commits

    def _note(self, kind: str, place: Place, **data: str) -> LiveEvent:
        """Something about the stream itself."""
        return LiveEvent(place, kind, self.application.world.clock.now(), data=data)


class _HiddenChanged(Exception):
    """What may be seen is no longer what it was."""

    def __init__(self, hidden: frozenset[str]) -> None:
        self.hidden = hidden
