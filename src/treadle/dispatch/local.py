"""The in-process dispatcher: drives runs in this event loop, wakes them when due, recovers what a crash left."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Self

from treadle.dispatch.driving import MOST_AT_ONCE, Driving, refuse_draining
from treadle.dispatch.plans import Plans
from treadle.dispatch.run_store import RunStore
from treadle.dispatch.upkeep import Upkeep
from treadle.engine.handlers import Handlers
from treadle.engine.journal import Batch, StateChange
from treadle.engine.outcome import Outcome
from treadle.engine.plan import Plan
from treadle.engine.world import World
from treadle.errors import Conflict
from treadle.model.event import RunEvent
from treadle.model.ids import RunId
from treadle.model.run import RunRecord


class LocalDispatcher(Driving):
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
        most_at_once: int = MOST_AT_ONCE,
        only_given: bool = False,
    ) -> None:
        super().__init__(store, world=world, plans=plans, most_at_once=most_at_once, only_given=only_given)
        self._upkeep = Upkeep(self)

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

    @property
    def is_draining(self) -> bool:
        """Whether this dispatcher takes up nothing more."""
        return self._draining

    def watch(self, watcher: Callable[[RunEvent], None]) -> Callable[[], None]:
        """Call `watcher` with every event from now on, of runs under way too; returns what stops it.

        What it raises is logged and disturbs nobody.
        """
        self._watchers.append(watcher)
        self._tell_drivers()

        def stop() -> None:
            with contextlib.suppress(ValueError):
                self._watchers.remove(watcher)
            self._tell_drivers()

        return stop

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
        self.begin(plan, run, handlers=handlers)

    def begin(self, plan: Plan, run: RunRecord, *, handlers: Handlers | None = None) -> None:
        """Drive a new run in the background that is in the store and leased to this process."""
        self.plans.keep(plan)
        self._note_given(run.id)
        self._taken.add(run.id)  # from here on it can be cancelled, driver or none
        self._spawn(self._begin(plan, run, handlers))

    async def run(self, plan: Plan, run: RunRecord, *, handlers: Handlers | None = None) -> Outcome:
        """Drive a new run until it is done or suspended; from then on it is looked after. Being cancelled ends the
        waiting, not the driving.

        Raises `Conflict` when there is a run of its id or the dispatcher was drained, `StoreError` (the run is tried
        again), and whatever its handlers for the whole workflow raise.
        """
        if self.is_taken(run.id):
            raise Conflict(f"Run `{run.id}` is being driven already.", code="run_exists", run=run.id)
        self.plans.keep(plan)
        self._note_given(run.id)
        self._taken.add(run.id)
        work = self._open(plan, run, handlers)
        # Effects under way are not broken off because nobody waits any more; what is pure can be computed again.
        return await self._wait_for(self._spawn(work)) if plan.has_effects else await work

    def next_outcome(self, run_id: RunId) -> asyncio.Future[Outcome | None]:
        """Resolves to the next outcome of a run, should it be driven here; to None when that comes to no outcome (the
        lease was lost, the store failed). Cancel it when it is not wanted any more."""
        future: asyncio.Future[Outcome | None] = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(run_id, []).append(future)
        future.add_done_callback(partial(self._forget_waiter, run_id))
        return future

    async def wait_until_left(self, run_id: RunId) -> None:
        """Until a run is not driven here, should it be now."""
        if self.is_taken(run_id):
            await self.next_outcome(run_id)

    def cancel(self, run_id: RunId) -> bool:
        """Cancel a run that is being driven here, or about to be; False when it is not."""
        driver = self._drivers.get(run_id)
        if driver is not None:
            driver.cancel()
        elif run_id in self._taken:
            self._cancelled.add(run_id)
        return self.is_taken(run_id)

    def nudge(self, run_id: RunId, number: int = 0) -> None:
        """Something that a node of the run may wait for has come, and is in the store: a run that is driven here looks,
        one that is suspended is woken. `number` is how often the store says that its driver has been told so.

        Nothing is lost by not calling this, or calling it too often: upkeep finds what the store knows.
        """
        driver = self._drivers.get(run_id)
        if driver is not None:
            driver.nudge(number)
        if self.is_taken(run_id):
            self._nudged.add(run_id)  # it may be past looking: then it is due once it has been let go
        elif self.given is None or run_id in self.given:
            self.wake(run_id)

    def look(self) -> None:
        """Look at the store now: something in it has changed."""
        self._upkeep.look()

    def expect(self, at: datetime) -> None:
        """A run has been suspended until `at`."""
        self._upkeep.expect(at)

    @property
    def has_room(self) -> bool:
        """Whether another run could be driven at once."""
        return not self._room.locked()

    def wake(self, run_id: RunId) -> None:
        """Drive on a suspended run that is due, in the background."""
        self._spawn(self._resume(run_id, suspended=True))

    async def recover(self) -> int:
        """Drive on every unfinished run that nobody drives; how many there were. None with `only_given`."""
        if self.given is not None:
            return 0
        found = [run_id for run_id in await self.store.find_unfinished() if not self.is_taken(run_id)]
        for run_id in found:
            self._spawn(self._resume(run_id))
        return len(found)

    async def take(self, run_id: RunId) -> Outcome | None:
        """Drive on one unfinished run here, until it is done or suspended. None when it is finished, another process
        has it, or the store fails it for now. Being cancelled ends the waiting, not the driving.

        Raises `NotFound`, `Conflict` (`draining`), and what keeps the run from being driven on at all, such as
        `InvalidWorkflow` when a node type of it is gone; nobody has its lease then.
        """
        self._note_given(run_id)
        while True:
            suspended = (await self.store.get_run(run_id)).status in ("suspended", "queued")
            if self._draining:
                refuse_draining()
            if self.is_taken(run_id):
                outcome = await self.next_outcome(run_id)
                if outcome is None:
                    continue  # who had it was let down: by what, we see for ourselves
                return outcome
            outcome = await self._wait_for(self._spawn(self._resume(run_id, suspended=suspended)))
            if outcome is not None or not self.is_taken(run_id):
                return outcome

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
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._drivers:  # pure runs, driven by whoever waits for them
                    await asyncio.sleep(0.005)
        await self.world.resources.aclose()
