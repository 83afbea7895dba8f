"""Listening: looks after the triggers of active deployments that are told things as they happen."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Protocol, Self

from treadle.dispatch.listener import Fire, Listener, Outcome, WatchStore
from treadle.engine.world import World
from treadle.errors import StoreError, TreadleError
from treadle.node.definition import NodeDefinition
from treadle.node.registry import Registry
from treadle.store.deployments import Deployment, DeploymentStatus
from treadle.store.triggers import Trigger
from treadle.store.watches import Key, Told, Turn

log = logging.getLogger("treadle.dispatch")

_POLL = 1.0
"""Seconds between looks at the store for what another process changed, or left."""
_TELL_EVERY = 5.0
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class ListeningStore(WatchStore, Protocol):
    async def triggers_revision(self) -> int: ...
    async def list_triggers(self, *, armed_only: bool = False) -> list[Trigger]: ...
    async def list_deployments(self, *, status: DeploymentStatus | None = None) -> list[Deployment]: ...
    async def find_free_watches(self, keys: Collection[Key]) -> list[Key]: ...
    async def take_watch(self, key: Key, *, about: str, armed_at: datetime) -> tuple[Turn, bool] | None: ...
    async def leave_watch(self, key: Key, *, epoch: int) -> None: ...
    async def note_watches(self, told: Mapping[Key, Told]) -> None: ...


@dataclass(frozen=True, slots=True)
class _Armed:
    deployment: Deployment
    trigger: Trigger
    definition: NodeDefinition

    def is_as(self, other: _Armed) -> bool:
        """Whether who listens for one listens for the other: when it fired last says nothing of that."""
        at = other.trigger.last_fired_at
        return self.deployment == other.deployment and replace(self.trigger, last_fired_at=at) == other.trigger


class Listening:
    """For each armed trigger that watches, one `Listener` in one process of those that share the store.

    It follows what changes in the store as the supervisor does. A process that dies leaves its triggers to others,
    which find them within a second.
    """

    def __init__(
        self,
        store: ListeningStore,
        *,
        registry: Registry,
        world: World,
        fire: Fire,
        outcome: Outcome,
        first_pause: float = 1.0,
    ) -> None:
        self._store = store
        self._registry = registry
        self._world = world
        self._fire = fire
        self._outcome = outcome
        self._first_pause = first_pause
        self._revision: int | None = None
        self._armed: dict[Key, _Armed] = {}
        self._listeners: dict[Key, tuple[_Armed, Listener, asyncio.Task[None]]] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._nudge = asyncio.Event()
        self._is_told = False
        self._told_at = 0.0
        self._said: dict[object, str] = {}
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_looking())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close every stream: nothing more is started."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._stop(list(self._listeners))
        await asyncio.gather(*self._leaving, return_exceptions=True)

    def look(self) -> None:
        """Look at the triggers now: something has changed."""
        self._nudge.set()

    @property
    def listening(self) -> Collection[Key]:
        """The triggers that this process listens for."""
        return self._listeners.keys()

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self._follow_changes()
                await self._take_free()
                await self._tell()
            except StoreError as error:
                self._say("store", f"The triggers cannot be read: {error}")
            except Exception:
                log.exception("Looking after what is listened to failed; it goes on.")
            else:
                self._said.pop("store", None)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_POLL):
                    await self._nudge.wait()
            self._nudge.clear()

    async def _follow_changes(self) -> None:
        revision = await self._store.triggers_revision()
        if revision == self._revision:
            return
        active = {one.id: one for one in await self._store.list_deployments(status="active")}
        armed: dict[Key, _Armed] = {}
        for trigger in await self._store.list_triggers(armed_only=True):
            deployment, definition = active.get(trigger.deployment), self._find(trigger)
            if deployment is not None and definition is not None:
                armed[trigger.deployment, trigger.id] = _Armed(deployment, trigger, definition)
        self._stop(
            [key for key, (one, _, _) in self._listeners.items() if key not in armed or not armed[key].is_as(one)]
        )
        self._armed, self._revision = armed, revision
        self._said = {about: text for about, text in self._said.items() if about == "store" or about in armed}

    def _find(self, trigger: Trigger) -> NodeDefinition | None:
        """The definition of a trigger that watches."""
        try:
            definition = self._registry.find(trigger.type)
        except Exception as error:  # a pack that cannot be imported must not keep the others from being heard
            self._say((trigger.deployment, trigger.id), f"`{trigger.type}` cannot be loaded: {error}")
            return None
        return definition if definition is not None and definition.watching is not None else None

    async def _take_free(self) -> None:
        """Listen for those for which nobody does."""
        if self._leaving:  # it may be one of ours that is just being closed
            await asyncio.wait(set(self._leaving), timeout=_POLL)
        wanted = [key for key in self._armed if key not in self._listeners]
        for key in await self._store.find_free_watches(wanted):
            armed = self._armed[key]
            about = _digest(armed)
            taken = await self._store.take_watch(key, about=about, armed_at=armed.trigger.armed_at or _NEVER)
            if taken is None:
                continue
            turn, is_resumed = taken
            listener = Listener(
                armed.deployment,
                armed.trigger,
                armed.definition,
                turn,
                self._store,
                self._world,
                self._fire,
                self._outcome,
                self._tell_soon,
                is_resumed=is_resumed,
                first_pause=self._first_pause,
            )
            task = asyncio.create_task(self._listen(key, listener))
            self._listeners[key] = (armed, listener, task)

    async def _listen(self, key: Key, listener: Listener) -> None:
        try:
            await listener.listen()
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("Listening for trigger `%s` of `%s` failed.", key[1], key[0])
        # Another process has taken over, or it failed: whoever looks next may take it up.
        found = self._listeners.get(key)
        if found is not None and found[1] is listener:
            del self._listeners[key]

    def _stop(self, keys: list[Key]) -> None:
        for key in keys:
            _, listener, task = self._listeners.pop(key)
            task.cancel()
            leaving = asyncio.create_task(self._leave(key, listener, task))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    async def _leave(self, key: Key, listener: Listener, task: asyncio.Task[None]) -> None:
        await asyncio.gather(task, return_exceptions=True)
        with contextlib.suppress(TreadleError):  # who takes over sees that this process does not listen any more
            if (told := listener.tell()) is not None:
                await self._store.note_watches({key: told})
            await self._store.leave_watch(key, epoch=listener.turn.epoch)

    # Telling

    def _tell_soon(self) -> None:
        self._is_told = False
        self._nudge.set()

    async def _tell(self) -> None:
        """Write down how they listen: at once where one has begun or failed, else now and then."""
        now = asyncio.get_running_loop().time()
        if self._is_told and now - self._told_at < _TELL_EVERY:
            return
        is_new, self._is_told, self._told_at = not self._is_told, True, now
        told: dict[Key, Told] = {}
        for key, (_, listener, _) in self._listeners.items():
            found = listener.tell()
            if found is not None or is_new:
                told[key] = found or Told(listener.shown)
        if told:
            await self._store.note_watches(told)

    def _say(self, about: object, text: str) -> None:
        if self._said.get(about) != text:
            self._said[about] = text
            log.error("%s", text)


def _digest(armed: _Armed) -> str:
    """Of what it listens to: what was remembered of something else says nothing."""
    written = json.dumps([armed.trigger.config, armed.deployment.mode], sort_keys=True, default=str)
    if "params" in written:
        written += json.dumps(armed.deployment.params, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:16]
