"""The scheduler: starts the runs of active deployments when their triggers are due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Protocol, Self, cast

from treadle.engine.clock import Clock
from treadle.errors import Conflict, NotFound, StoreError, TreadleError
from treadle.node.definition import NodeDefinition
from treadle.node.registry import Registry
from treadle.store.deployments import Deployment, DeploymentStatus

log = logging.getLogger("treadle.dispatch")

_POLL = 1.0
"""Seconds between looks at the store for deployments that another process made or stopped."""
_TICKS_WALKED = 10_000
_CLOCK_SLACK = timedelta(seconds=1)

Fire = Callable[[Deployment, datetime], Awaitable[object]]


class DeploymentStore(Protocol):
    async def list_deployments(self, *, status: DeploymentStatus | None = None) -> list[Deployment]: ...
    async def touch_deployment(self, deployment_id: str, *, fired_at: datetime) -> None: ...


class Scheduler:
    """Calls `fire(deployment, due)` at each fire time of each active deployment whose trigger runs on time.

    What it knows of the past is in the store, so that it goes on after a restart. Of the fire times missed while
    nobody looked, one is made up for. `fire` raises `Conflict` when another process was quicker.
    """

    def __init__(self, store: DeploymentStore, *, registry: Registry, clock: Clock, fire: Fire) -> None:
        self._store = store
        self._registry = registry
        self._clock = clock
        self._fire = fire
        self._nudge = asyncio.Event()
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
        """Look at the deployments now: one has changed."""
        self._nudge.set()

    async def _keep_looking(self) -> None:
        while True:
            seconds = _POLL
            try:
                next_due = await self.fire_due()
                if next_due is not None:
                    seconds = min(seconds, max((next_due - self._clock.now()) / timedelta(seconds=1), 0.001))
            except StoreError as error:
                log.error("The deployments cannot be read: %s", error)
            except Exception:
                log.exception("Looking after the deployments failed; it goes on.")
            try:
                async with asyncio.timeout(seconds):
                    await self._nudge.wait()
            except TimeoutError:
                pass
            self._nudge.clear()

    async def fire_due(self) -> datetime | None:
        """Fire whatever is due now, once; when the next is due. Raises `StoreError`."""
        dues: list[datetime] = []
        for deployment in await self._store.list_deployments(status="active"):
            try:
                due = await self._fire_one(deployment)
            except StoreError:
                raise
            except Exception as error:
                # One deployment that cannot be armed must not keep the others from running.
                log.error("Deployment %s cannot be scheduled: %s", deployment.name, error)
                continue
            if due is not None:
                dues.append(due)
        return min(dues, default=None)

    async def _fire_one(self, deployment: Deployment) -> datetime | None:
        now = self._clock.now()
        after = deployment.last_fired_at or deployment.created_at or now
        if after > now + _CLOCK_SLACK:
            # The clock was put back: waiting for it to come round again would leave a gap.
            after = now
            await self._store.touch_deployment(deployment.id, fired_at=now)
        due = next_due(deployment, self._registry, after)
        if due is None or due > now:
            return due
        try:
            await self._fire(deployment, due)
        except Conflict:
            pass  # this fire time has its run already
        except StoreError:
            raise
        except TreadleError as error:
            log.error("Deployment %s could not start a run: %s", deployment.name, error)
        fired_at, following = _catch_up(deployment, self._registry, due, now)
        try:
            await self._store.touch_deployment(deployment.id, fired_at=fired_at)
        except NotFound:
            return None
        return following


def next_due(deployment: Deployment, registry: Registry, after: datetime) -> datetime | None:
    """The first fire time later than `after`; None when the deployment's trigger does not run on time.

    Raises `NotFound` when there is no such trigger, `pydantic.ValidationError` when its config does not fit.
    """
    name = str(deployment.trigger.get("type", ""))
    if not name:
        return None
    definition = registry.get(name)
    if definition.next_fire is None:
        return None
    return definition.next_fire(after, **_config(definition, deployment))


def _config(definition: NodeDefinition, deployment: Deployment) -> dict[str, Any]:
    given = cast("dict[str, Any]", deployment.trigger.get("config") or {})
    return {name: definition.config_value(name, value) for name, value in given.items()}


def _catch_up(
    deployment: Deployment, registry: Registry, due: datetime, now: datetime
) -> tuple[datetime, datetime | None]:
    """The last fire time that is over, and the one that follows it: those missed in between are left out."""
    for _ in range(_TICKS_WALKED):
        following = next_due(deployment, registry, due)
        if following is None or following > now:
            return due, following
        due = following
    return now, next_due(deployment, registry, now)
