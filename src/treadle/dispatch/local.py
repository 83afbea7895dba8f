"""The in-process dispatcher: drives runs in this event loop, wakes them when due, recovers what a crash left."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Generator, Sequence
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any, NoReturn, Self, TypeVar

from treadle.dispatch.plans import Plans
from treadle.dispatch.run_store import RunStore
from treadle.dispatch.upkeep import Upkeep
from treadle.engine.drive import Driver
from treadle.engine.failure import Redactor, failure_of
from treadle.engine.handlers import Handlers
from treadle.engine.journal import Batch, Entry, RunUpdate, StateChange
from treadle.engine.outcome import Done, Outcome, Suspended
from treadle.engine.plan import Plan
from treadle.engine.world import World
from treadle.errors import Conflict, LeaseLost, NotFound, StoreError
from treadle.model.event import RunEvent, RunFinished
from treadle.model.ids import RunId
from treadle.model.run import FINISHED, RunRecord

log = logging.getLogger("treadle.dispatch")

_MOST_AT_ONCE = 256
_TRY_AGAIN_AFTER = 1.0
_FOR_GOOD = frozenset({"corrupt_payload", "unstorable_value", "unstorable_input"})
"""What the store will say of a run however often it is tried."""

T = TypeVar("T")


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
        """Runs being driven here, or about to be."""
        self._cancelled: set[RunId] = set()
        """Of these, those to be cancelled once they have a driver."""
        self._refused: dict[RunId, str] = {}
        """Runs that cannot be driven on here, and why: said once."""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._watchers: list[Callable[[RunEvent], None]] = []
        self._waiters: dict[RunId, list[asyncio.Future[Outcome | None]]] = {}
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

    def cancel(self, run_id: RunId) -> bool:
        """Cancel a run that is being driven here, or about to be; False when it is not."""
        driver = self._drivers.get(run_id)
        if driver is not None:
            driver.cancel()
        elif run_id in self._taken:
            self._cancelled.add(run_id)
        return self.is_taken(run_id)

    def look(self) -> None:
        """Look at the store now: something in it has changed."""
        self._upkeep.look()

    @property
    def has_room(self) -> bool:
        """Whether another run could be driven at once."""
        return not self._room.locked()

    def is_taken(self, run_id: RunId) -> bool:
        """Whether the run is being driven here, or about to be."""
        return run_id in self._taken

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
            suspended = (await self.store.get_run(run_id)).status == "suspended"
            if self._draining:
                _refuse_draining()
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

    # Driving

    def _spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._end_task)
        return task

    def _end_task(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # said where it arose; whoever waits for the task gets it too

    async def _wait_for(self, task: asyncio.Task[T]) -> T:
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                _refuse_draining()
            raise

    @contextlib.contextmanager
    def _taking(self, run_id: RunId) -> Generator[None]:
        """While the run is this process's. Asked again meanwhile, it could claim the run from itself."""
        self._taken.add(run_id)
        try:
            yield
        finally:
            self._taken.discard(run_id)
            self._cancelled.discard(run_id)
            self._tell_waiters(run_id, None)

    async def _open(self, plan: Plan, run: RunRecord, handlers: Handlers | None) -> Outcome:
        with self._taking(run.id):
            async with self._room:
                try:
                    return await self._drive_once(plan, run, opened=False, handlers=handlers)
                except LeaseLost:
                    raise
                except asyncio.CancelledError:
                    self._try_again(run.id)
                    raise
                except Exception as error:
                    # If it got as far as the store, it is looked after from there.
                    if getattr(error, "code", None) != "run_exists":
                        self._try_again(run.id)
                    raise

    async def _begin(self, plan: Plan, run: RunRecord, handlers: Handlers | None) -> None:
        with self._taking(run.id):
            has_to_wait = self._room.locked()
            async with self._room:
                if has_to_wait:
                    # Another process may have asked to cancel it meanwhile.
                    with contextlib.suppress(StoreError, NotFound):
                        run = replace(run, cancel_requested=(await self.store.get_run(run.id)).cancel_requested)
                await self._drive(plan, run, handlers=handlers)

    async def _resume(self, run_id: RunId, *, suspended: bool = False) -> Outcome | None:
        """Take the lease on a run that is due or was left behind, and drive it on. Raises what keeps it from being
        driven on at all."""
        if self.is_taken(run_id) or self._draining:
            return None
        with self._taking(run_id):
            # Room first: a run that is claimed and has to wait is one that no other process can drive.
            async with self._room:
                if self._draining:
                    return None
                return await self._take_up(run_id, suspended=suspended)

    async def _take_up(self, run_id: RunId, *, suspended: bool) -> Outcome | None:
        run: RunRecord | None = None
        try:
            run = await self.store.claim(run_id)
            entries = await self.store.load(run_id)
            plan = await self.plans.get(run.workflow, run.version)
        except StoreError as error:
            log.error("Run %s cannot be driven on: %s", run_id, error)
            if error.code not in _FOR_GOOD:
                # Once claimed, it is this process's: nobody else would look after it.
                self._try_again(run_id)
            elif run is not None:
                await self._fail(run, error)
            return None
        except Exception as error:
            if run is None and isinstance(error, Conflict | NotFound):
                return None  # finished or taken by another process meanwhile
            if run is not None:
                await self._give_back(run, error)
            else:
                log.exception("Run %s cannot be driven on.", run_id)
            raise
        self._refused.pop(run_id, None)
        if suspended:
            # Claimed, it is running; that it was not left behind by a crash is for whoever watches.
            run = replace(run, status="suspended")
        return await self._drive(plan, run, entries=entries)

    async def _give_back(self, run: RunRecord, error: Exception) -> None:
        """Another process may know the node types that are wanting here, or this one after an update."""
        if self._refused.get(run.id) != str(error):
            log.error("Run %s cannot be driven on: %s", run.id, error)
            self._refused[run.id] = str(error)
        with contextlib.suppress(StoreError, LeaseLost):
            await self.store.release(run.id, epoch=run.epoch)

    async def _drive(
        self, plan: Plan, run: RunRecord, *, entries: Sequence[Entry] = (), handlers: Handlers | None = None
    ) -> Outcome | None:
        """Drive a run that is in the store and leased from it. None when it came to no outcome: it is tried again, or
        has failed of what Treadle or a handler raised."""
        try:
            return await self._drive_once(plan, run, opened=True, entries=entries, handlers=handlers)
        except LeaseLost:
            log.info("Run %s was taken over by another process.", run.id)
        except StoreError as error:
            log.error("Run %s stands still, the store cannot be written: %s", run.id, error)
            if error.code in _FOR_GOOD:
                await self._fail(run, error, plan)
            else:
                self._try_again(run.id)
        except Exception as error:
            log.exception("Run %s fails: neither a node nor the store raised this.", run.id)
            await self._fail(run, error, plan)
        return None

    async def _fail(self, run: RunRecord, error: Exception, plan: Plan | None = None) -> None:
        """End a run that cannot come to its own end; `treadle retry` goes on with it."""
        names = plan.secrets if plan is not None else ()
        redactor = Redactor(self.world.secrets[name] for name in names if name in self.world.secrets)
        found = failure_of(error, node="", attempt=1, inputs={}, redactor=redactor)
        failure = replace(found, node=None, attempt=None)
        now = self.world.clock.now()
        try:
            if (await self.store.get_run(run.id)).status in FINISHED:
                return  # it had come to its end before
            update = RunUpdate("failed", finished_at=now, error=failure)
            await self.store.append(Batch(run.id, run.epoch, update=update, forget=run.save == "none"))
        except StoreError as refused:
            if refused.code in _FOR_GOOD:
                log.error("Run %s cannot even be ended: %s", run.id, refused)
            else:
                self._try_again(run.id)
        except (LeaseLost, NotFound):
            return  # another process's now, or not kept
        else:
            self._emit(RunFinished(run.id, now, "", "failed", None, failure))

    def _try_again(self, run_id: RunId) -> None:
        if not self._draining:
            self._spawn(self._resume_later(run_id))

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
        watch = self._emit if self._watchers else None
        driver = Driver(plan, run, world=self.world, entries=entries, opened=opened, handlers=handlers, watch=watch)
        self._drivers[run.id] = driver
        if run.cancel_requested or run.id in self._cancelled:
            driver.cancel()
        if self._draining:
            driver.drain()
        try:
            outcome = await driver.run()
        finally:
            del self._drivers[run.id]
        if isinstance(outcome, Suspended) and outcome.until is not None:
            self._upkeep.expect(outcome.until)
        if isinstance(outcome, Done) and self.given is not None:
            self.given.discard(run.id)
        self._tell_waiters(run.id, outcome)
        return outcome

    def _tell_waiters(self, run_id: RunId, outcome: Outcome | None) -> None:
        for future in self._waiters.pop(run_id, ()):
            if not future.done():
                future.set_result(outcome)

    def _forget_waiter(self, run_id: RunId, future: asyncio.Future[Outcome | None]) -> None:
        waiters = self._waiters.get(run_id, [])
        if future in waiters:
            waiters.remove(future)
            if not waiters:
                del self._waiters[run_id]

    def _tell_drivers(self) -> None:
        """Runs that nobody watches make no events."""
        for driver in self._drivers.values():
            driver.recorder.watch = self._emit if self._watchers else None

    def _emit(self, event: RunEvent) -> None:
        for watcher in list(self._watchers):
            try:
                watcher(event)
            except Exception:
                log.exception("A watcher failed at %s of run %s.", type(event).__name__, event.run_id)


def _refuse_draining() -> NoReturn:
    raise Conflict(
        "This process is about to stop and takes up no run.",
        code="draining",
        remedy="The next process goes on with it; or try again there.",
    )
