"""Driving runs: taking them up, telling whoever waits how they went, and trying again what could not be written."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal, NoReturn, TypeVar

from treadle.dispatch.plans import Plans
from treadle.dispatch.run_store import RunStore
from treadle.engine.drive import Driver
from treadle.engine.failure import failure_of
from treadle.engine.handlers import Handlers
from treadle.engine.journal import Batch, Entry, RunUpdate
from treadle.engine.outcome import Done, Outcome, Suspended
from treadle.engine.plan import Plan
from treadle.engine.settling import CANCELLED
from treadle.engine.world import World
from treadle.engine.writing import has_followers
from treadle.errors import Conflict, LeaseLost, NotFound, StoreError
from treadle.model.event import RunEvent, RunFinished
from treadle.model.ids import RunId
from treadle.model.run import FINISHED, Failure, RunRecord
from treadle.store.fault import LASTING

log = logging.getLogger("treadle.dispatch")

MOST_AT_ONCE = 256
_TRY_AGAIN_AFTER = 1.0
_REFUSED_FOR = timedelta(seconds=10)
"""How long a run rests that cannot be driven on here."""

T = TypeVar("T")


class Driving(ABC):
    """The half of a dispatcher that holds runs while they are driven."""

    def __init__(
        self,
        store: RunStore,
        *,
        world: World,
        plans: Plans,
        most_at_once: int = MOST_AT_ONCE,
        only_given: bool = False,
    ) -> None:
        self.store = store
        self.world = world
        self.plans = plans
        self.given: set[RunId] | None = set() if only_given else None
        """The runs looked after; None: all of the store's."""
        self.ready: Callable[[RunRecord], Awaitable[None]] | None = None
        """Asked before a run is driven here; raises `Conflict` while it must not be."""
        self._drivers: dict[RunId, Driver] = {}
        self._taken: set[RunId] = set()
        """Runs being driven here, or about to be."""
        self._cancelled: set[RunId] = set()
        """Of these, those to be cancelled once they have a driver."""
        self._nudged: set[RunId] = set()
        """Of these, those that something has come for: if they are suspended by then, they are due."""
        self._refused: dict[RunId, str] = {}
        """Runs that cannot be driven on here, and why: said once."""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._watchers: list[Callable[[RunEvent], None]] = []
        self._waiters: dict[RunId, list[asyncio.Future[Outcome | None]]] = {}
        self._room = asyncio.Semaphore(most_at_once)
        self._draining = False

    @abstractmethod
    def look(self) -> None: ...
    @abstractmethod
    def expect(self, at: datetime) -> None: ...
    @abstractmethod
    def nudge(self, run_id: RunId, number: int = 0) -> None: ...

    def is_taken(self, run_id: RunId) -> bool:
        """Whether the run is being driven here, or about to be."""
        return run_id in self._taken

    def find_driven(self, run_id: RunId) -> RunRecord | None:
        """The run, as it was when this process began to drive it; None: it is not being driven here."""
        driver = self._drivers.get(run_id)
        return None if driver is None else driver.record

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
                refuse_draining()
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
            if run_id in self._nudged:
                self._nudged.discard(run_id)
                self.look()
            self._tell_waiters(run_id, None)

    async def _open(self, plan: Plan, run: RunRecord, handlers: Handlers | None) -> Outcome:
        with self._taking(run.id):
            await self._require_ready(run)
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
            try:
                await self._require_ready(run)
            except Exception as error:
                await self._give_back(run, error, rested=False)
                return
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
            if not run.cancel_requested:
                await self._require_ready(run)
            entries = await self.store.load(run_id)
            plan = await self.plans.get(run.workflow, run.version)
        except StoreError as error:
            log.error("Run %s cannot be driven on: %s", run_id, error, extra={"run_id": run_id})
            if error.code not in LASTING:
                # Once claimed, it is this process's: nobody else would look after it.
                self._try_again(run_id)
            elif run is not None:
                await self._fail(run, error)
            return None
        except Exception as error:
            if run is None and isinstance(error, Conflict | NotFound):
                return None  # finished or taken by another process meanwhile
            if run is not None and run.cancel_requested:
                await self._end_unknown(run, error)
                return None
            if run is not None:
                await self._give_back(run, error, rested=suspended)
            else:
                log.exception("Run %s cannot be driven on.", run_id, extra={"run_id": run_id})
            raise
        self._refused.pop(run_id, None)
        if suspended:
            # Claimed, it is running; that it was not left behind by a crash is for whoever watches.
            run = replace(run, status="suspended")
        return await self._drive(plan, run, entries=entries)

    async def _require_ready(self, run: RunRecord) -> None:
        if self.ready is not None:
            await self.ready(run)

    async def _end_unknown(self, run: RunRecord, error: Exception) -> None:
        """End a run that is to be cancelled and that nobody here could drive: it is waited for, and others may wait for
        its place."""
        text = "Run %s is cancelled as it stands, its `finally` bodies do not run: %s"
        log.warning(text, run.id, error, extra=_about(run))
        self._refused.pop(run.id, None)
        await self._end(run, "cancelled", CANCELLED)

    async def _give_back(self, run: RunRecord, error: Exception, *, rested: bool) -> None:
        """Another process may know the node types that are wanting here, or this one after an update. One that had
        rested can be moved to a version that can be driven."""
        if self._refused.get(run.id) != str(error):
            log.error("Run %s cannot be driven on: %s", run.id, error, extra=_about(run))
            self._refused[run.id] = str(error)
        with contextlib.suppress(StoreError, LeaseLost):
            again_at = self.world.clock.now() + _REFUSED_FOR if rested else None
            await self.store.release(run.id, epoch=run.epoch, rests_until=again_at)

    async def _drive(
        self, plan: Plan, run: RunRecord, *, entries: Sequence[Entry] = (), handlers: Handlers | None = None
    ) -> Outcome | None:
        """Drive a run that is in the store and leased from it. None when it came to no outcome: it is tried again, or
        has failed of what Treadle or a handler raised."""
        try:
            return await self._drive_once(plan, run, opened=True, entries=entries, handlers=handlers)
        except LeaseLost:
            log.info("Run %s was taken over by another process.", run.id, extra=_about(run))
        except StoreError as error:
            log.error("Run %s stands still, the store cannot be written: %s", run.id, error, extra=_about(run))
            if error.code in LASTING:
                await self._fail(run, error, plan)
            else:
                self._try_again(run.id)
        except Exception as error:
            log.exception("Run %s fails: neither a node nor the store raised this.", run.id, extra=_about(run))
            await self._fail(run, error, plan)
        return None

    async def _fail(self, run: RunRecord, error: Exception, plan: Plan | None = None) -> None:
        """End a run that cannot come to its own end; `treadle retry` goes on with it."""
        names = plan.secrets if plan is not None else ()
        secrets = self.world.secrets_for(run)
        redactor = self.world.redactor_for(run.origin, (secrets[name] for name in names if name in secrets))
        found = failure_of(error, node="", attempt=1, inputs={}, redactor=redactor)
        await self._end(run, "failed", replace(found, node=None, attempt=None))

    async def _end(self, run: RunRecord, status: Literal["failed", "cancelled"], failure: Failure) -> None:
        now = self.world.clock.now()
        try:
            if (await self.store.get_run(run.id)).status in FINISHED:
                return  # it had come to its end before
            update = RunUpdate(status, finished_at=now, error=failure)
            closes = run if has_followers(run, update) else None
            await self.store.append(Batch(run.id, run.epoch, update=update, closes=closes, forget=run.save == "none"))
        except StoreError as refused:
            if refused.code in LASTING:
                log.error("Run %s cannot even be ended: %s", run.id, refused, extra=_about(run))
            else:
                self._try_again(run.id)
        except (LeaseLost, NotFound):
            return  # another process's now, or not kept
        else:
            self._emit(RunFinished(run.id, now, "", status, None, failure))
            if run.lane is not None:
                self.look()  # the next in its lane may begin

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
        if isinstance(outcome, Done) and run.parent is not None and not (run.origin and run.origin.detached):
            self.nudge(run.parent)
        if isinstance(outcome, Suspended) and outcome.until is not None:
            self.expect(outcome.until)
        if isinstance(outcome, Done):
            if self.given is not None:
                self.given.discard(run.id)
            if run.lane is not None:
                self.look()  # the next in its lane may begin
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


def _about(run: RunRecord) -> dict[str, str]:
    return {"run_id": run.id, "workflow": run.workflow}


def refuse_draining() -> NoReturn:
    raise Conflict(
        "This process is about to stop and takes up no run.",
        code="draining",
        remedy="The next process goes on with it; or try again there.",
    )
