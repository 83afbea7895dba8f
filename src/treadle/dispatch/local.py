"""The in-process dispatcher: drives runs in this event loop, wakes them when due, recovers what a crash left."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from treadle.dispatch.plans import Plans
from treadle.dispatch.run_store import RunStore
from treadle.dispatch.upkeep import Upkeep
from treadle.engine.drive import Driver
from treadle.engine.handlers import Handlers
from treadle.engine.journal import Batch, Entry, RunUpdate, StateChange
from treadle.engine.outcome import Done, Outcome, Suspended
from treadle.engine.plan import Plan
from treadle.engine.world import World
from treadle.errors import Conflict, LeaseLost, NotFound, StoreError, TreadleError
from treadle.model.event import RunEvent
from treadle.model.ids import RunId
from treadle.model.run import Failure, RunRecord

log = logging.getLogger("treadle.dispatch")

_MOST_AT_ONCE = 256
_TRY_AGAIN_AFTER = 1.0


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
        self.given: set[RunId] | None = set() if only_given else None
        """The runs looked after; None: all of the store's."""
        self._drivers: dict[RunId, Driver] = {}
        self._taken: set[RunId] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._called: set[asyncio.Future[None]] = set()
        self._watchers: list[Callable[[RunEvent], None]] = []
        self._waiters: dict[RunId, list[asyncio.Future[Outcome]]] = {}
        self._room = asyncio.Semaphore(most_at_once)
        self._upkeep = Upkeep(self)
        self._draining = False

    async def __aenter__(self) -> Self:
        await self.recover()
        self._upkeep.start()
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
        self._upkeep.look()

    @property
    def has_room(self) -> bool:
        """Whether another run could be driven at once."""
        return not self._room.locked()

    def is_taken(self, run_id: RunId) -> bool:
        """Whether the run is being driven here, or about to be."""
        return run_id in self._drivers or run_id in self._taken

    def wake(self, run_id: RunId) -> None:
        """Drive on a suspended run that is due, in the background."""
        self._spawn(self._resume(run_id, suspended=True))

    async def recover(self) -> int:
        """Drive on every unfinished run that nobody drives; how many there were. None with `only_given`."""
        if self.given is not None:
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
        if self.given is not None:
            self.given.add(run_id)

    async def drain(self, *, seconds: float = 30.0) -> None:
        """Take nothing new, let what runs finish its nodes, and leave the rest to be driven on by the next process."""
        self._draining = True
        await self._upkeep.stop()
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
        if self.is_taken(run_id) or self._draining:
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
        await asyncio.sleep(_TRY_AGAIN_AFTER)
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
            self._upkeep.expect(outcome.until)
        if isinstance(outcome, Done) and self.given is not None:
            self.given.discard(run.id)
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
