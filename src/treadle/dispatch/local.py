"""The in-process dispatcher: drives runs in this event loop, wakes them when due, recovers what a crash left."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Protocol, Self

from treadle.dispatch.plans import Plans
from treadle.engine.drive import Driver
from treadle.engine.handlers import Handlers
from treadle.engine.journal import Batch, Entry, Journal, RunUpdate, StateChange
from treadle.engine.outcome import Done, Outcome, Suspended
from treadle.engine.plan import Plan
from treadle.engine.world import World
from treadle.errors import Conflict, LeaseLost, NotFound, StoreError, TreadleError
from treadle.model.event import RunEvent
from treadle.model.ids import RunId
from treadle.model.run import Failure, RunRecord

log = logging.getLogger("treadle.dispatch")

_POLL = 1.0
"""Seconds between looks at the store for what other processes asked: cancels, answers, new runs."""
_RECOVER_EVERY = 10.0
_PURGE_EVERY = 600.0
_MOST_AT_ONCE = 256


class RunStore(Journal, Protocol):
    """What this dispatcher needs of a store beside the journal."""

    async def find_due(self, now: datetime, limit: int = 100) -> list[RunId]: ...
    async def find_unfinished(self, *, limit: int = 1000, now: datetime | None = None) -> list[RunId]: ...
    async def find_cancelled(self) -> list[RunId]: ...
    async def next_wake(self) -> datetime | None: ...
    async def get_run(self, run_id: RunId) -> RunRecord: ...
    async def purge(self, now: datetime | None = None) -> int: ...


class LocalDispatcher:
    """Accepts runs and drives them at once; a suspended run leaves nothing behind in memory.

    Use it as an async context manager: entering recovers every unfinished run whose driver is gone, leaving drains.
    With `only_given` it looks after the runs it was given and no others.
    """

    def __init__(
        self,
        store: RunStore,
        *,
        world: World,
        plans: Plans,
        most_at_once: int = _MOST_AT_ONCE,
        only_given: bool = False,
    ) -> None:
        self.store = store
        self.world = world
        self.plans = plans
        self._given: set[RunId] | None = set() if only_given else None
        self._drivers: dict[RunId, Driver] = {}
        self._taken: set[RunId] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._called: set[asyncio.Future[None]] = set()
        self._watchers: list[Callable[[RunEvent], None]] = []
        self._waiters: dict[RunId, list[asyncio.Future[Outcome]]] = {}
        self._room = asyncio.Semaphore(most_at_once)
        self._nudge = asyncio.Event()
        self._next_wake: datetime | None = None
        self._looker: asyncio.Task[None] | None = None
        self._draining = False

    async def __aenter__(self) -> Self:
        await self.recover()
        self._looker = asyncio.create_task(self._look_after_store())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.drain()

    @property
    def active(self) -> int:
        """Runs being driven now."""
        return len(self._drivers)

    def watch(self, watcher: Callable[[RunEvent], None]) -> Callable[[], None]:
        """Call `watcher` with every event from now on; returns what stops it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    async def submit(
        self,
        plan: Plan,
        run: RunRecord,
        *,
        handlers: Handlers | None = None,
        state: Sequence[StateChange] = (),
    ) -> None:
        """Accept a run: durable, and `state` changed, when this returns; driven in the background.

        Raises `Conflict` when there is a run of its id, `StoreError`.
        """
        self.plans.keep(plan)
        self._note_given(run.id)
        await self.store.append(Batch(run.id, run.epoch, opens=run, state=state))
        self._spawn(self._begin(plan, run, handlers))

    async def run(self, plan: Plan, run: RunRecord, *, handlers: Handlers | None = None) -> Outcome:
        """Drive a new run here and now, until it is done or suspended; from then on it is looked after."""
        self.plans.keep(plan)
        self._note_given(run.id)
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._called.add(ended)
        try:
            async with self._room:
                return await self._drive_once(plan, run, opened=False, handlers=handlers)
        finally:
            self._called.discard(ended)
            ended.set_result(None)

    async def wait_until_settled(self, run_id: RunId) -> Outcome:
        """The next outcome of a run that is being driven here."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(run_id, []).append(future)
        return await future

    def cancel(self, run_id: RunId) -> bool:
        """Cancel a run that is being driven here; False when it is not."""
        driver = self._drivers.get(run_id)
        if driver is not None:
            driver.cancel()
        return driver is not None

    def look(self) -> None:
        """Look at the store now: something in it has changed."""
        self._nudge.set()

    async def recover(self) -> int:
        """Drive on every unfinished run that nobody drives; how many there were. None with `only_given`."""
        if self._given is not None:
            return 0
        found = [run_id for run_id in await self.store.find_unfinished() if run_id not in self._drivers]
        for run_id in found:
            self._spawn(self._resume(run_id))
        return len(found)

    async def take(self, run_id: RunId) -> None:
        """Drive on one unfinished run here, until it is done or suspended; nothing when it is finished or another
        process has it. Being cancelled ends the waiting, not the driving."""
        self._note_given(run_id)
        suspended = (await self.store.get_run(run_id)).status == "suspended"
        await asyncio.wait({self._spawn(self._resume(run_id, suspended=suspended))})

    def _note_given(self, run_id: RunId) -> None:
        if self._given is not None:
            self._given.add(run_id)

    async def drain(self, *, seconds: float = 30.0) -> None:
        """Take nothing new, let what runs finish its nodes, and leave the rest to be driven on by the next process."""
        self._draining = True
        if self._looker is not None:
            self._looker.cancel()
            await asyncio.gather(self._looker, return_exceptions=True)
        for driver in list(self._drivers.values()):
            driver.drain()
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self._called:
            # Runs driven for a caller that waits are no tasks of ours, but use the same resources.
            await asyncio.wait(set(self._called), timeout=seconds)
        await self.world.resources.aclose()

    # Driving

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _begin(self, plan: Plan, run: RunRecord, handlers: Handlers | None) -> None:
        async with self._room:
            await self._drive(plan, run, opened=True, handlers=handlers)

    async def _resume(self, run_id: RunId, *, suspended: bool = False) -> None:
        """Take the lease on a run that is due or was left behind, and drive it on."""
        if run_id in self._drivers or run_id in self._taken or self._draining:
            return
        # From here on: asked again meanwhile, this process could claim the run from itself and drive it twice.
        self._taken.add(run_id)
        try:
            # Room first: a run that is claimed and has to wait is one that no other process can drive.
            async with self._room:
                if not self._draining:
                    await self._take_up(run_id, suspended=suspended)
        finally:
            self._taken.discard(run_id)

    async def _take_up(self, run_id: RunId, *, suspended: bool) -> None:
        run: RunRecord | None = None
        try:
            run = await self.store.claim(run_id)
            if suspended:
                # Claimed, it is running; that it was not left behind by a crash is for whoever watches.
                run = replace(run, status="suspended")
            entries = await self.store.load(run_id)
            plan = await self.plans.get(run.workflow, run.version)
        except (Conflict, NotFound, LeaseLost):
            return  # finished or taken by another process meanwhile
        except TreadleError as error:
            log.error("Run %s cannot be driven on: %s", run_id, error)
            if error.code == "corrupt_payload":
                if run is not None:
                    await self._give_up(run, error)
            elif isinstance(error, StoreError) and not self._draining:
                # Once claimed, it is this process's: nobody else would look after it.
                self._spawn(self._resume_later(run_id))
            return
        await self._drive(plan, run, opened=True, entries=entries)

    async def _drive(
        self,
        plan: Plan,
        run: RunRecord,
        *,
        opened: bool,
        entries: Sequence[Entry] = (),
        handlers: Handlers | None = None,
    ) -> None:
        try:
            await self._drive_once(plan, run, opened=opened, entries=entries, handlers=handlers)
        except LeaseLost:
            log.info("Run %s was taken over by another process.", run.id)
        except StoreError as error:
            log.error("Run %s stands still, the store cannot be written: %s", run.id, error)
            if not self._draining:
                self._spawn(self._resume_later(run.id))
        except Exception:
            # The others go on; a restart tries this run again.
            log.exception("Run %s stands still: a defect in Treadle.", run.id)

    async def _give_up(self, run: RunRecord, error: TreadleError) -> None:
        """End a run whose journal cannot be read any more."""
        failure = Failure(error.code, error.message)
        update = RunUpdate("failed", finished_at=self.world.clock.now(), error=failure)
        with contextlib.suppress(StoreError, LeaseLost):  # the next process comes to the same end
            await self.store.append(Batch(run.id, run.epoch, update=update))

    async def _resume_later(self, run_id: RunId) -> None:
        await asyncio.sleep(_POLL)
        await self._resume(run_id)

    async def _drive_once(
        self,
        plan: Plan,
        run: RunRecord,
        *,
        opened: bool,
        entries: Sequence[Entry] = (),
        handlers: Handlers | None = None,
    ) -> Outcome:
        driver = Driver(
            plan,
            run,
            world=self.world,
            entries=entries,
            opened=opened,
            handlers=handlers,
            watch=self._emit if self._watchers else None,
        )
        self._drivers[run.id] = driver
        if run.cancel_requested:
            driver.cancel()
        if self._draining:
            driver.drain()
        try:
            outcome = await driver.run()
        except BaseException as error:
            self._fail_waiters(run.id, error)
            raise
        finally:
            del self._drivers[run.id]
        if isinstance(outcome, Suspended) and outcome.until is not None:
            self._expect(outcome.until)
        if isinstance(outcome, Done) and self._given is not None:
            self._given.discard(run.id)
        if isinstance(outcome, Done) or run.id in self._waiters:
            for future in self._waiters.pop(run.id, ()):
                if not future.done():
                    future.set_result(outcome)
        return outcome

    def _fail_waiters(self, run_id: RunId, error: BaseException) -> None:
        for future in self._waiters.pop(run_id, ()):
            if not future.done():
                future.set_exception(error)

    def _emit(self, event: RunEvent) -> None:
        for watcher in list(self._watchers):
            watcher(event)

    # Waking

    def _expect(self, at: datetime) -> None:
        if self._next_wake is None or at < self._next_wake:
            self._next_wake = at
            self._nudge.set()

    async def _look_after_store(self) -> None:
        last_recovery = asyncio.get_running_loop().time()
        next_purge = last_recovery
        while True:
            try:
                await self._wake_due()
                for run_id in await self.store.find_cancelled():
                    self.cancel(run_id)
                now = asyncio.get_running_loop().time()
                if now - last_recovery >= _RECOVER_EVERY:
                    last_recovery = now
                    await self.recover()
                if now >= next_purge and self._given is None:
                    next_purge = now + _PURGE_EVERY
                    await self.store.purge(self.world.clock.now())
                # Without room nothing can be woken; looking every second will do.
                self._next_wake = None if self._room.locked() else await self._find_next_wake()
            except StoreError as error:
                log.error("The store cannot be read: %s", error)
            await self._rest()

    async def _find_due(self) -> list[RunId]:
        now = self.world.clock.now()
        if self._given is None:
            return await self.store.find_due(now, 100)
        return [run_id for run_id, wake_at in await self._given_wakes() if wake_at <= now]

    async def _find_next_wake(self) -> datetime | None:
        if self._given is None:
            return await self.store.next_wake()
        return min((wake_at for _, wake_at in await self._given_wakes()), default=None)

    async def _given_wakes(self) -> list[tuple[RunId, datetime]]:
        """When each of the runs given here that is suspended is due."""
        wakes: list[tuple[RunId, datetime]] = []
        for run_id in sorted((self._given or set()) - self._drivers.keys()):
            try:
                run = await self.store.get_run(run_id)
            except NotFound:
                continue  # not begun yet, or not kept
            if run.status == "suspended" and run.wake_at is not None:
                wakes.append((run_id, run.wake_at))
        return wakes

    async def _wake_due(self) -> None:
        while due := [run_id for run_id in await self._find_due() if run_id not in self._taken]:
            for run_id in due:
                self._spawn(self._resume(run_id, suspended=True))
            # Wait for the claims, or the same runs would be found again.
            await asyncio.sleep(0.005)
            if len(due) < 100:
                return

    async def _rest(self) -> None:
        """Until something is due, somebody nudges, or it is time to look again."""
        seconds = _POLL
        if self._next_wake is not None:
            left = (self._next_wake - self.world.clock.now()) / timedelta(seconds=1)
            seconds = min(seconds, max(left, 0.001))
        try:
            async with asyncio.timeout(seconds):
                await self._nudge.wait()
        except TimeoutError:
            pass
        self._nudge.clear()
