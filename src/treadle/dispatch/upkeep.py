"""Upkeep: what has to be done in the store, whatever is being driven: wakes, cancels, recoveries, removals."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import datetime, timedelta
from typing import Protocol

from treadle.dispatch.run_store import RunStore
from treadle.engine.world import World
from treadle.errors import NotFound, StoreError
from treadle.model.ids import RunId

log = logging.getLogger("treadle.dispatch")

_LOOK_EVERY = 1.0
"""Seconds between looks at the store for what other processes asked: cancels, answers, new runs."""
_WATCH_EVERY = 0.05
"""Seconds between looks at whether anybody has written to the store."""
_RECOVER_EVERY = 10.0
_PURGE_EVERY = 600.0
_WAKE_AT_ONCE = 100
_SHORTEST = 0.001
_LONGEST_WHILE_DUE = 0.1
"""Seconds to rest at most while runs are due that cannot be taken, should the store not be written for long."""


class Host(Protocol):
    """What upkeep needs of the dispatcher it belongs to."""

    store: RunStore
    world: World
    given: set[RunId] | None

    @property
    def has_room(self) -> bool: ...
    def is_taken(self, run_id: RunId) -> bool: ...
    def wake(self, run_id: RunId) -> None: ...
    def cancel(self, run_id: RunId) -> bool: ...
    def nudge(self, run_id: RunId, number: int = 0) -> None: ...
    async def recover(self) -> int: ...


class Upkeep:
    """Rests until the next run is due, at most a second; suspended runs cost it nothing."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._nudge = asyncio.Event()
        self._next_wake: datetime | None = None
        self._version = -1
        """Of the store, when it was last looked at."""
        self._while_due = _SHORTEST
        """How long to rest next while something is due: longer each time that nothing could be woken."""
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._keep()), asyncio.create_task(self._watch())]

    async def stop(self) -> None:
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def look(self) -> None:
        """Look at the store now."""
        self._nudge.set()

    def expect(self, at: datetime) -> None:
        """A run has been suspended until `at`."""
        if self._next_wake is None or at < self._next_wake:
            self._next_wake = at
            self._nudge.set()

    async def _keep(self) -> None:
        host, loop = self._host, asyncio.get_running_loop()
        next_recovery, next_purge = loop.time() + _RECOVER_EVERY, loop.time()
        while True:
            try:
                self._version = host.store.data_version()
                await self._wake_due()
                for run_id, number in await host.store.find_nudged():
                    if host.is_taken(run_id):
                        host.nudge(run_id, number)
                for run_id in await host.store.find_cancelled():
                    host.cancel(run_id)
                now = loop.time()
                if now >= next_recovery:
                    next_recovery = now + _RECOVER_EVERY
                    await host.recover()
                if now >= next_purge and host.given is None:
                    next_purge = now + _PURGE_EVERY
                    await host.store.purge(host.world.clock.now())
                # Without room nothing can be woken; looking every second will do.
                self._next_wake = await self._find_next_wake() if host.has_room else None
            except StoreError as error:
                self._next_wake = None  # not at once again
                log.error("The store cannot be read: %s", error)
            except Exception:
                self._next_wake = None
                log.exception("Looking after the store failed; it goes on.")
            await self._rest()

    async def _wake_due(self) -> None:
        while due := [run_id for run_id in await self._find_due() if not self._host.is_taken(run_id)]:
            self._while_due = _SHORTEST
            for run_id in due:
                self._host.wake(run_id)
            # Wait for the claims, or the same runs would be found again.
            await asyncio.sleep(0.005)
            if len(due) < _WAKE_AT_ONCE:
                return

    async def _find_due(self) -> list[RunId]:
        now = self._host.world.clock.now()
        if self._host.given is None:
            return await self._host.store.find_due(now, _WAKE_AT_ONCE)
        return [run_id for run_id, wake_at in await self._given_wakes() if wake_at <= now]

    async def _find_next_wake(self) -> datetime | None:
        if self._host.given is None:
            return await self._host.store.next_wake()
        return min((wake_at for _, wake_at in await self._given_wakes()), default=None)

    async def _given_wakes(self) -> list[tuple[RunId, datetime]]:
        """When each of the runs given here that is suspended is due."""
        wakes: list[tuple[RunId, datetime]] = []
        for run_id in sorted(self._host.given or ()):
            if self._host.is_taken(run_id):
                continue
            with contextlib.suppress(NotFound):  # not begun yet, or not kept
                run = await self._host.store.get_run(run_id)
                if run.status in ("suspended", "queued") and run.wake_at is not None:
                    wakes.append((run_id, run.wake_at))
        return wakes

    async def _rest(self) -> None:
        """Until something is due, somebody nudges or has written to the store, or it is time to look again."""
        seconds = _LOOK_EVERY
        if self._next_wake is not None:
            left = (self._next_wake - self._host.world.clock.now()) / timedelta(seconds=1)
            if left <= 0:
                seconds, self._while_due = self._while_due, min(2 * self._while_due, _LONGEST_WHILE_DUE)
            else:
                seconds, self._while_due = min(seconds, max(left, _SHORTEST)), _SHORTEST
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._nudge.wait()
        self._nudge.clear()

    async def _watch(self) -> None:
        """Notice what other processes write."""
        while True:
            await asyncio.sleep(_WATCH_EVERY)
            if self._host.store.data_version() not in (self._version, 0):
                self._nudge.set()
