"""The supervisor: arms the triggers of active deployments that run on time, and fires them when they are due."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import logging
from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from types import TracebackType
from typing import Protocol, Self

from treadle.dispatch.timetable import Timetable
from treadle.engine.clock import Clock
from treadle.errors import Conflict, StoreError, TreadleError
from treadle.node.registry import Registry
from treadle.store.deployments import Deployment, DeploymentStatus
from treadle.store.fault import LASTING
from treadle.store.refusals import Refusal
from treadle.store.triggers import Trigger

log = logging.getLogger("treadle.dispatch")

_POLL = 1.0
"""Seconds between looks at the store for what another process changed."""
_LATE = timedelta(minutes=1)
"""A start that is later than this was missed; less is what a restart or a busy moment takes."""
_CLOCK_SLACK = timedelta(seconds=1)
_AGAIN = timedelta(seconds=1)
"""How long to wait when the store could not take a run."""
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_AT_ONCE = 64
_ARMED_AT_ONCE = 200
"""How many triggers are armed before others may go on."""

Key = tuple[str, str]


class TriggerStore(Protocol):
    async def triggers_revision(self) -> int: ...
    async def list_triggers(self, *, armed_only: bool = False) -> list[Trigger]: ...
    async def get_trigger(self, deployment_id: str, trigger_id: str) -> Trigger: ...
    async def put_back_trigger(self, deployment_id: str, trigger_id: str, *, to: datetime) -> Trigger: ...
    async def list_deployments(self, *, status: DeploymentStatus | None = None) -> list[Deployment]: ...
    async def note_refusal(self, deployment_id: str, trigger_id: str, seed: str, refusal: Refusal) -> bool: ...


class Fire(Protocol):
    async def __call__(self, deployment: Deployment, trigger: Trigger, *, due: datetime) -> object: ...


@dataclass(slots=True, eq=False)
class _Armed:
    """A trigger that runs on time. Of its fire times, those up to `after` are over; `due` is the next."""

    trigger: Trigger
    deployment: Deployment
    timetable: Timetable
    after: datetime
    due: datetime
    starts_at: datetime
    is_disarmed: bool = False


class Supervisor:
    """Calls `fire(deployment, trigger, due=…)` for each fire time of each armed trigger of an active deployment.

    What it knows of the past is in the store, so that it goes on after a restart; what was missed meanwhile is dealt
    with as the trigger's `catch_up` says. `fire` raises `Conflict` when the fire time has its run already, which
    another process started; of any other failure the fire time is passed over and counted, but for a `StoreError` that
    may not last: then it is tried again. At most `at_once` fires are under way.
    """

    def __init__(
        self, store: TriggerStore, *, registry: Registry, clock: Clock, fire: Fire, at_once: int = _AT_ONCE
    ) -> None:
        self._store = store
        self._registry = registry
        self._clock = clock
        self._fire = fire
        self._at_once = at_once
        self._revision: int | None = None
        self._armed: dict[Key, _Armed] = {}
        self._heap: list[tuple[datetime, int, _Armed]] = []
        self._count = count()
        self._ready: deque[_Armed] = deque()
        self._firing: set[asyncio.Task[None]] = set()
        self._said: dict[object, str] = {}
        self._latest: datetime | None = None
        self._nudge = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._looks_at: datetime | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_looking())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Start nothing more, and let what is being started be finished."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._ready.clear()
        await asyncio.gather(*self._firing)

    def look(self) -> None:
        """Look at the triggers now: something has changed."""
        self._nudge.set()

    @property
    def armed(self) -> int:
        """How many triggers it waits for."""
        return len(self._armed)

    async def fire_due(self) -> datetime | None:
        """Fire whatever is due now, and wait for it; when the next is due. Raises `StoreError`."""
        while True:
            await self._arm_changed()
            self._start_due()
            if not self._firing:
                return self._heap[0][0] if self._heap else None
            await asyncio.gather(*self._firing)

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self._arm_changed()
            except StoreError as error:
                self._say("store", f"The triggers cannot be read: {error}")
            except Exception:
                log.exception("Looking after the triggers failed; it goes on.")
            else:
                self._said.pop("store", None)
            self._start_due()
            now = self._clock.now()
            self._looks_at = now + timedelta(seconds=_POLL)
            if self._heap:
                self._looks_at = min(self._looks_at, self._heap[0][0])
            try:
                async with asyncio.timeout(max((self._looks_at - now) / timedelta(seconds=1), 0.001)):
                    await self._nudge.wait()
            except TimeoutError:
                pass
            self._nudge.clear()

    # Arming

    async def _arm_changed(self) -> None:
        """Arm and disarm as the store says, if anything has changed there. Raises `StoreError`."""
        now = self._clock.now()
        if self._latest is not None and now < self._latest - _CLOCK_SLACK:
            # The clock was put back: waiting for it to come round again would leave a gap.
            self._disarm(list(self._armed))
            self._revision = None
        self._latest = now
        revision = await self._store.triggers_revision()
        if revision == self._revision:
            return
        deployments = {one.id: one for one in await self._store.list_deployments(status="active")}
        found: set[Key] = set()
        for number, trigger in enumerate(await self._store.list_triggers(armed_only=True)):
            deployment = deployments.get(trigger.deployment)
            if deployment is None:
                continue  # it was started between the two looks; the revision says so next time
            found.add((trigger.deployment, trigger.id))
            await self._arm(trigger, deployment, now)
            if number % _ARMED_AT_ONCE == 0:
                await asyncio.sleep(0)
        self._disarm([key for key in self._armed if key not in found])
        self._said = {about: text for about, text in self._said.items() if about == "store" or about in found}
        self._revision = revision

    async def _arm(self, trigger: Trigger, deployment: Deployment, now: datetime) -> None:
        key = (trigger.deployment, trigger.id)
        before = self._armed.get(key)
        if before is not None and replace(trigger, last_fired_at=before.trigger.last_fired_at) == before.trigger:
            before.deployment = deployment
            return
        try:
            timetable = Timetable.of(trigger, self._registry)
            if timetable is None:
                return
            if _over_until(trigger) > now + _CLOCK_SLACK:
                trigger = await self._store.put_back_trigger(trigger.deployment, trigger.id, to=now)
            over = _over_until(trigger)
            armed = _Armed(trigger, deployment, timetable, after=over, due=over, starts_at=over)
        except StoreError:
            raise
        except Exception as error:
            # One trigger that cannot be armed must not keep the others from firing.
            self._disarm([key])
            self._say(key, f"Deployment `{deployment.name}` cannot be scheduled: {error}")
            return
        self._disarm([key])
        self._armed[key] = armed
        self._said.pop(key, None)
        self._await_next(armed)

    def _disarm(self, keys: list[Key]) -> None:
        for key in keys:
            armed = self._armed.pop(key, None)
            if armed is not None:
                armed.is_disarmed = True
        if len(self._heap) > 2 * len(self._armed) + 64:
            self._heap = [item for item in self._heap if not item[2].is_disarmed]
            heapq.heapify(self._heap)

    def _await_next(self, armed: _Armed) -> None:
        try:
            due = armed.timetable.next_due(armed.after)
            if due is None:
                return
            armed.due, armed.starts_at = due, armed.timetable.starts_at(due)
        except Exception as error:
            self._say(_key(armed), f"Deployment `{armed.deployment.name}` cannot be scheduled: {error}")
            return
        self._wait_until(armed.starts_at, armed)

    def _wait_until(self, at: datetime, armed: _Armed) -> None:
        heapq.heappush(self._heap, (at, next(self._count), armed))
        if self._looks_at is not None and at < self._looks_at:
            self._nudge.set()

    # Firing

    def _start_due(self) -> None:
        now = self._clock.now()
        while self._heap and (self._heap[0][0] <= now or self._heap[0][2].is_disarmed):
            armed = heapq.heappop(self._heap)[2]
            if not armed.is_disarmed:
                self._ready.append(armed)
        for _ in range(min(len(self._ready), self._at_once - len(self._firing))):
            task = asyncio.create_task(self._keep_firing())
            self._firing.add(task)
            task.add_done_callback(self._firing.discard)

    async def _keep_firing(self) -> None:
        while self._ready:
            armed = self._ready.popleft()
            if armed.is_disarmed:
                continue
            try:
                if self._choose(armed) and not await self._fire_one(armed):
                    self._wait_until(self._clock.now() + _AGAIN, armed)
                    continue
            except Exception:
                log.exception("Deployment %s: what is due could not be worked out.", armed.deployment.name)
            armed.after = max(armed.after, armed.due)
            if not armed.is_disarmed:
                self._await_next(armed)

    def _choose(self, armed: _Armed) -> bool:
        """Move on to the fire time to fire among those that are due; whether there is one."""
        timetable, now = armed.timetable, self._clock.now()
        if timetable.catch_up == "all":
            return True
        following = timetable.next_due(armed.due)
        if following is not None and timetable.starts_at(following) <= now:
            armed.due = timetable.newest_started(armed.due, now) or armed.due
        return timetable.catch_up == "last" or now - timetable.starts_at(armed.due) <= _LATE

    async def _fire_one(self, armed: _Armed) -> bool:
        """Whether the fire time is over: it has its run, or cannot have one."""
        name = armed.deployment.name
        try:
            await self._fire(armed.deployment, armed.trigger, due=armed.due)
        except Conflict as error:
            if error.code in ("draining", "not_reconciled", "lane_full"):
                return False
            armed.after = max(armed.after, await self._last_fired(armed))
        except StoreError as error:
            if error.code in LASTING:
                await self._refuse(armed, error)
                return True
            self._say(_key(armed), f"Deployment `{name}` could not start a run, which is tried again: {error}")
            return False
        except Exception as error:
            await self._refuse(armed, error)
        else:
            self._said.pop(_key(armed), None)
        return True

    async def _refuse(self, armed: _Armed, error: Exception) -> None:
        """Say that a fire time is passed over, and count it."""
        due = armed.due.isoformat()
        refusal = Refusal.of(error, about=due, at=self._clock.now())
        if self._say(_key(armed), f"Deployment `{armed.deployment.name}` could not start a run: {refusal.message}"):
            log.debug("Where it failed:", exc_info=error)
        with contextlib.suppress(StoreError):  # it has been said
            await self._store.note_refusal(*_key(armed), due, refusal)

    async def _last_fired(self, armed: _Armed) -> datetime:
        """Another process was quicker: how far it has come."""
        try:
            found = await self._store.get_trigger(armed.trigger.deployment, armed.trigger.id)
        except TreadleError:
            return armed.due
        return min(found.last_fired_at or armed.due, self._clock.now())

    def _say(self, about: object, text: str) -> bool:
        """Log it, unless it was said already; whether it was not."""
        if self._said.get(about) == text:
            return False
        self._said[about] = text
        log.error("%s", text)
        return True


def _over_until(trigger: Trigger) -> datetime:
    """Fire times up to here are over."""
    armed_at = trigger.armed_at or _NEVER
    return max(armed_at, trigger.last_fired_at or armed_at)


def _key(armed: _Armed) -> Key:
    return armed.trigger.deployment, armed.trigger.id
