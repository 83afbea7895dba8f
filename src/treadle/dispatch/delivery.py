"""Delivery: hands every published event to the deployments that listen, and every failure to who handles it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Protocol, Self, cast

from treadle.engine.clock import Clock
from treadle.errors import Conflict, ExpressionError, StoreError, TreadleError
from treadle.expressions import compile_expression
from treadle.model.published import RUN_FAILED, Published, matches_topic
from treadle.store.deployments import Deployment, DeploymentStatus
from treadle.store.fault import LASTING
from treadle.store.refusals import Refusal
from treadle.store.triggers import Trigger

log = logging.getLogger("treadle.dispatch")

_LOOK_EVERY = 1.0
_WATCH_EVERY = 0.05
"""Seconds between looks whether anybody has written anything: cheaper than looking for events."""
_PURGE_EVERY = 600.0
_AT_ONCE = 100
_FAILURE = "trigger.failure"
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=10)
_WAITS_FOR_HANDLER = timedelta(days=7)

NO_HANDLER = "unknown_handler"
"""The code of the error that a `handle` raises when it may well start somebody later: who is to is not there yet."""

Handle = Callable[[Published], Awaitable[object]]


class Fire(Protocol):
    """Start a run of a deployment for an event, at most one for each `seed`; `at` is when it was published."""

    async def __call__(
        self, deployment: Deployment, trigger: Trigger, *, payload: Any, seed: str, at: datetime
    ) -> object: ...


class EventQueue(Protocol):
    """What delivery needs of a store."""

    async def list_undelivered(self, limit: int = 100, *, without: Collection[str] = ()) -> list[Published]: ...
    async def mark_delivered(self, event_ids: Sequence[str], *, now: datetime) -> None: ...
    async def purge_events(self, now: datetime) -> int: ...
    def data_version(self) -> int: ...
    async def triggers_revision(self) -> int: ...
    async def list_triggers(
        self, *, deployment: str | None = None, topic: str | None = None, armed_only: bool = False
    ) -> list[Trigger]: ...
    async def list_deployments(self, *, status: DeploymentStatus | None = None) -> list[Deployment]: ...
    async def note_refusal(self, deployment_id: str, trigger_id: str, seed: str, refusal: Refusal) -> bool: ...


class Delivery:
    """Delivers each event to whoever listens: at least once, to a `fire` that takes it at most once.

    Several processes may deliver from one store. An event is marked when all who listen have had it, so that a crash in
    between has it delivered again. Who cannot be started for another reason than a store that fails for now is said,
    counted and passed over: no event keeps those behind it from being delivered. `handle` is called with every failure
    of a run; one whose handler is not there (`NO_HANDLER`) is put aside, and tried again for a week.
    """

    def __init__(self, store: EventQueue, *, clock: Clock, fire: Fire, handle: Handle) -> None:
        self._store = store
        self._clock = clock
        self._fire = fire
        self._handle = handle
        self._revision: int | None = None
        self._listeners: list[tuple[Deployment, Trigger]] = []
        self._nudge = asyncio.Event()
        self._version: int | None = None
        self._said = ""
        self._aside: dict[str, _Aside] = {}
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_looking())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def look(self) -> None:
        """Look at the events now: one has been published."""
        self._nudge.set()

    async def deliver(self) -> int:
        """Deliver every event there is, but those put aside; how many were delivered. Raises `StoreError`."""
        delivered, now = 0, self._clock.now()
        due = {event_id for event_id, aside in self._aside.items() if aside.until <= now}
        while events := await self._store.list_undelivered(_AT_ONCE, without=self._aside.keys() - due):
            await self._find_listeners()
            done = [event.id for event in events if await self._deliver(event)]
            # Only now: a crash before this has them delivered again, and started no second time.
            await self._store.mark_delivered(done, now=self._clock.now())
            delivered += len(done)
            due -= {event.id for event in events}
        for event_id in due:  # another process has delivered them
            del self._aside[event_id]
        return delivered

    async def _deliver(self, event: Published) -> bool:
        """Whether everybody has had it; False puts it aside."""
        about = f"{event.topic} {event.id}"
        error = await _problem_of(self._handle(event)) if event.topic == RUN_FAILED else None
        waits = error is not None and self._waits(event, error, about)
        if event.id not in self._aside:
            await self._offer_to_all(event, about)
        if waits:
            before = self._aside.get(event.id)
            wait = _FIRST_WAIT if before is None else min(2 * before.wait, _LONGEST_WAIT)
            self._aside[event.id] = _Aside(self._clock.now() + wait, wait)
        else:
            self._aside.pop(event.id, None)
        return not waits

    def _waits(self, event: Published, error: Exception, about: str) -> bool:
        """Whether a failure that could not be handled may be later. Says that it could not, at first and at last."""
        if not isinstance(error, TreadleError) or error.code != NO_HANDLER:
            _say(f"The failure {about} could not start its handler", error)
            return False
        end = event.at + _WAITS_FOR_HANDLER
        if self._clock.now() >= end:
            _say(f"The failure {about} is lost: nobody has handled it", error)
            return False
        if event.id not in self._aside:
            log.warning("The failure %s waits for its handler until %s: %s", about, f"{end:%Y-%m-%d %H:%M %Z}", error)
        return True

    async def _offer_to_all(self, event: Published, about: str) -> None:
        for deployment, trigger in self._listeners:
            error = await _problem_of(self._offer(event, deployment, trigger))
            if error is not None:
                _say(f"The event {about} could not start a run of deployment `{deployment.name}`", error)
                refusal = Refusal.of(error, about=about, at=self._clock.now())
                await self._store.note_refusal(deployment.id, trigger.id, event.id, refusal)

    async def _offer(self, event: Published, deployment: Deployment, trigger: Trigger) -> None:
        if _listens(trigger, event) and _passes(trigger, deployment, event):
            await self._fire(deployment, trigger, payload=event.to_dict(), seed=event.id, at=event.at)

    async def _find_listeners(self) -> None:
        revision = await self._store.triggers_revision()
        if revision == self._revision:
            return
        active = {one.id: one for one in await self._store.list_deployments(status="active")}
        self._listeners = [
            (active[trigger.deployment], trigger)
            for trigger in await self._store.list_triggers(armed_only=True)
            if trigger.topic is not None and trigger.deployment in active
        ]
        self._revision = revision

    async def _keep_looking(self) -> None:
        loop = asyncio.get_running_loop()
        next_purge = loop.time()
        while True:
            try:
                self._version = self._store.data_version()
                await self.deliver()
                if loop.time() >= next_purge:
                    next_purge = loop.time() + _PURGE_EVERY
                    await self._store.purge_events(self._clock.now())
                self._said = ""
            except StoreError as error:
                if str(error) != self._said:
                    log.error("Events cannot be delivered: %s", error)
                self._said = str(error)
            except Exception:
                log.exception("Delivering events failed; it goes on.")
            await self._rest(loop)

    async def _rest(self, loop: asyncio.AbstractEventLoop) -> None:
        """Until somebody, in whatever process, has written something, or it is time to look again."""
        end = loop.time() + _LOOK_EVERY
        while loop.time() < end and not self._nudge.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_WATCH_EVERY):
                    await self._nudge.wait()
            with contextlib.suppress(StoreError):  # said when the events are looked at
                if self._store.data_version() != self._version:
                    break
        self._nudge.clear()


@dataclass(frozen=True, slots=True)
class _Aside:
    """When an event is tried again, and how long that was to wait."""

    until: datetime
    wait: timedelta


async def _problem_of(starting: Awaitable[object]) -> Exception | None:
    """Why it started nothing, and never will. Raises `StoreError` where it is worth another try."""
    try:
        await starting
    except Conflict as conflict:
        # Else it has had this event, or has been stopped meanwhile.
        return conflict if conflict.code == "not_reconciled" else None
    except StoreError as error:
        if error.code not in LASTING:
            raise
        return error
    except Exception as error:
        return error
    return None


def _say(what: str, error: Exception) -> None:
    log.error("%s: %s", what, error, exc_info=None if isinstance(error, TreadleError) else error)


def _listens(trigger: Trigger, event: Published) -> bool:
    """Whether the trigger was armed when the event was published, and means it."""
    if trigger.armed_at is not None and event.at < trigger.armed_at:
        return False
    if trigger.type == _FAILURE:
        named = trigger.config.get("workflows") or ()
        return event.topic == RUN_FAILED and (not named or event.payload["workflow"] in named)
    topics: Any = trigger.config.get("topic") or trigger.topic
    return matches_topic(cast("str | list[str]", topics), event.topic)


def _passes(trigger: Trigger, deployment: Deployment, event: Published) -> bool:
    """Whether the event is one that the trigger's `filter` lets through. One that it cannot be asked about is not."""
    asked = trigger.config.get("filter")
    if asked is None or isinstance(asked, bool):
        return asked is not False
    try:
        found = compile_expression(str(asked)).evaluate({"event": event.to_dict(), "params": dict(deployment.params)})
    except ExpressionError as error:
        log.warning("The filter of %s cannot be asked about event %s: %s", deployment.name, event.id, error)
        return False
    if isinstance(found, bool):
        return found
    log.warning("The filter of %s is neither true nor false for event %s.", deployment.name, event.id)
    return False
