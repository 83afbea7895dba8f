"""A listener: one trigger that watches, from what it hears to the runs that it starts."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from treadle.engine.lookout import EngineLookout, config_of
from treadle.engine.redaction import Redactor
from treadle.engine.world import World
from treadle.errors import Conflict, NodeError, StoreError
from treadle.model.ids import RunId
from treadle.model.run import Origin, RunRecord
from treadle.node.definition import NodeDefinition
from treadle.node.watching import Item, Watching
from treadle.store.deployments import Deployment
from treadle.store.fault import LASTING
from treadle.store.refusals import Refusal
from treadle.store.triggers import Trigger
from treadle.store.watches import Key, Shown, Told, Turn, WatchedItem

log = logging.getLogger("treadle.dispatch")

MOST_QUEUED = 1000
"""Runs of a deployment that wait their turn, and items that wait for one of those to begin: each as many at most."""
_MOST_KNOWN = 512
_MOST_AWAITED = 64
_LOOKS_FOR_ROOM = 0.25
_AGAIN = 1.0
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_HOPELESS_PAUSE, _LONGEST_HOPELESS = 30.0, 600.0
"""For what trying again does not help: until somebody corrects it."""


class Fire(Protocol):
    """Start a run for an item, at most one for each; where it would have to wait and `most_queued` wait already, raises
    `Conflict` (`lane_full`) and uses nothing up."""

    async def __call__(
        self, deployment: Deployment, trigger: Trigger, *, payload: Any, item: WatchedItem, most_queued: int
    ) -> RunId | None: ...


class WatchStore(Protocol):
    async def remember_watch(self, key: Key, value: Any, *, epoch: int) -> None: ...
    async def note_refusal(self, deployment_id: str, trigger_id: str, seed: str, refusal: Refusal) -> bool: ...


Outcome = Callable[[RunId], "asyncio.Future[Any]"]
"""What resolves when a run that is driven here has come to rest."""


@dataclass(eq=False)
class Listener:
    """Hears what a trigger watches for, and starts its runs, in the order of the items and one at a time.

    What waits is bounded: where only the newest counts, it is one item, else `MOST_QUEUED`, of which the oldest give
    way. A watch that fails is opened again after a pause, longer each time; each failure is counted as a refusal.
    Returns when another process listens instead.
    """

    deployment: Deployment
    trigger: Trigger
    definition: NodeDefinition
    turn: Turn
    store: WatchStore
    world: World
    fire: Fire
    outcome: Outcome
    told: Callable[[], None]
    is_resumed: bool = False
    first_pause: float = _FIRST_PAUSE
    shown: Shown = field(default_factory=Shown)
    dropped: int = 0
    _waiting: deque[Item] = field(default_factory=deque[Item])
    _starting: bool = False
    _memory: Any = None
    """What the watch remembers by now; it is written in the order in which items and memories came."""
    _late: list[Any] = field(default_factory=list[Any])
    """What it has come to remember while the last item was being started."""
    _known: dict[str, None] = field(default_factory=dict[str, None])
    _under_way: dict[asyncio.Future[Any], None] = field(default_factory=dict["asyncio.Future[Any]", None])
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _most: int = MOST_QUEUED
    _said: str | None = None
    _item_at: datetime | None = None

    @property
    def key(self) -> Key:
        return self.trigger.deployment, self.trigger.id

    async def listen(self) -> None:
        """Until cancelled, or until another process does."""
        self._memory = self.turn.remembered
        starting = asyncio.create_task(self._keep_starting())
        hearing = asyncio.create_task(self._keep_hearing())
        try:
            done, _ = await asyncio.wait((starting, hearing), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (starting, hearing):
                task.cancel()
            await asyncio.gather(starting, hearing, return_exceptions=True)
            for future in list(self._under_way):
                future.cancel()

    def tell(self) -> Told | None:
        """What is new to be written down of it."""
        shown = replace(self.shown, item_at=self._item_at)
        if shown == self.shown and not self.dropped:
            return None
        self.shown, dropped, self.dropped = shown, self.dropped, 0
        return Told(shown, dropped)

    # Hearing

    async def _keep_hearing(self) -> None:
        pause = self.first_pause
        while True:
            heard = self._item_at
            try:
                await self._hear()
                error: Exception = NodeError("What it listens to has ended.", code="ended")
            except Conflict as conflict:
                if conflict.code == "not_listening":
                    return
                error = conflict
            except Exception as raised:
                error = raised
            if self._item_at != heard:
                pause = self.first_pause
            longest = _LONGEST_PAUSE
            if isinstance(error, NodeError):
                if error.retryable is False:
                    pause, longest = max(pause, _HOPELESS_PAUSE), _LONGEST_HOPELESS
                pause = max(pause, error.retry_after or 0.0)
            await self._tell_failure(error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, longest)

    async def _hear(self) -> None:
        watching = self._watching
        config = config_of(self.definition, self.trigger.config, self.deployment.params, trigger=self.trigger.id)
        newest = self._overlap(watching, config) == "newest"
        self._most = 0 if newest else MOST_QUEUED
        lookout = EngineLookout(
            self.world,
            like_run_of(self.deployment),
            remembered=self._memory,
            is_resumed=self.is_resumed,
            keep=self._remember,
            saw=self._see,
        )
        self._show(since=self.world.clock.now())
        async with contextlib.aclosing(watching.watch(lookout, **config)) as items:
            async for item in items:
                self._see(item.at)
                self._take(item, newest=newest)

    @property
    def _watching(self) -> Watching:
        watching = self.definition.watching
        if watching is None:
            raise TypeError(f"{self.definition.name} watches nothing")
        return watching

    def _overlap(self, watching: Watching, config: Mapping[str, Any]) -> str:
        return self.deployment.limits.overlap or watching.when_busy(config)

    def _take(self, item: Item, *, newest: bool) -> None:
        if item.id in self._known or self.turn.has_had(item.id, item.at):
            return
        self._known[item.id] = None
        if len(self._known) > _MOST_KNOWN:
            del self._known[next(iter(self._known))]
        if self._waiting and (newest or len(self._waiting) >= MOST_QUEUED):
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append(item)
        if item.remembers is not None:
            self._memory, self.is_resumed = item.remembers, False
        self._came.set()

    def _see(self, at: datetime) -> None:
        self._item_at = at if self._item_at is None else max(at, self._item_at)
        if self.shown.error is not None:
            self._said = None
            self._show(error=None)

    async def _remember(self, value: Any) -> None:
        self._memory, self.is_resumed = value, False
        if self._waiting:
            self._waiting[-1] = replace(self._waiting[-1], remembers=value)
        elif self._starting:
            self._late = [value]
        else:
            await self.store.remember_watch(self.key, value, epoch=self.turn.epoch)

    # Starting

    async def _keep_starting(self) -> None:
        while True:
            while not self._waiting:
                self._came.clear()
                await self._came.wait()
            item, self._starting = self._waiting.popleft(), True
            while (is_over := await self._start(item)) is False:
                if self._waiting and self._most == 0:
                    self.dropped += 1
                    item = self._waiting.popleft()
            if is_over is None:
                return
            while self._late:
                await self._write_late(self._late.pop())
            self._starting = False

    async def _write_late(self, value: Any) -> None:
        """Raises `Conflict` (`not_listening`)."""
        try:
            await self.store.remember_watch(self.key, value, epoch=self.turn.epoch)
        except StoreError as error:
            self._say(f"could not keep what it remembers: {error}")

    async def _start(self, item: Item) -> bool | None:
        """Whether the item is over: it has its run, or cannot have one. None: another process listens."""
        asks = WatchedItem(item.id, item.at, self.turn.epoch, item.remembers)
        try:
            run_id = await self.fire(
                self.deployment, self.trigger, payload=item.payload, item=asks, most_queued=self._most
            )
        except Conflict as conflict:
            if conflict.code == "lane_full":
                await self._wait_for_room()
                return False
            if conflict.code in ("draining", "not_reconciled"):
                await asyncio.sleep(_AGAIN)
                return False
            return None if conflict.code == "not_listening" else True
        except StoreError as error:
            if error.code in LASTING:
                await self._refuse(error, about=item.id)
                return True
            self._say(f"could not start a run, which is tried again: {error}")
            await asyncio.sleep(_AGAIN)
            return False
        except Exception as error:
            await self._refuse(error, about=item.id)
            return True
        if run_id is not None:
            self._await(run_id)
        return True

    def _await(self, run_id: RunId) -> None:
        """Hear of it when the run is over, should it be driven here; those that another process took are let go of."""
        future = self.outcome(run_id)
        self._under_way[future] = None
        future.add_done_callback(lambda over: self._under_way.pop(over, None))
        while len(self._under_way) > _MOST_AWAITED:
            next(iter(self._under_way)).cancel()
            del self._under_way[next(iter(self._under_way))]

    async def _wait_for_room(self) -> None:
        """Until a run that it has started is over; that of others', or of one that rested, it sees when it looks."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=_LOOKS_FOR_ROOM, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(_LOOKS_FOR_ROOM)

    # Telling

    async def _tell_failure(self, error: Exception) -> None:
        now = self.world.clock.now()
        await self._refuse(error, about=f"stream {now.isoformat()}")
        self._show(since=None, error=self._said, error_at=now)

    async def _refuse(self, error: Exception, *, about: str) -> None:
        redactor: Redactor = self.world.redactor_for(origin_of(self.deployment))
        refusal = Refusal.of(error, about=about, at=self.world.clock.now())
        refusal = replace(refusal, message=redactor.text(refusal.message))
        if self._say(refusal.message):
            log.debug("Where it failed:", exc_info=error)
        with contextlib.suppress(StoreError):  # it has been said
            await self.store.note_refusal(*self.key, about, refusal)

    def _say(self, text: str) -> bool:
        if self._said == text:
            return False
        self._said = text
        log.error("Deployment `%s`, trigger `%s`: %s", self.deployment.name, self.trigger.id, text)
        return True

    def _show(self, **changes: Any) -> None:
        self.shown = replace(self.shown, **changes)
        self.told()


def origin_of(deployment: Deployment) -> Origin:
    return Origin(profiles=deployment.profiles, account=deployment.account)


def like_run_of(deployment: Deployment) -> RunRecord:
    """What a run of it would be like: bound to its profiles, in its mode."""
    return RunRecord(
        id=RunId(f"watch-{deployment.id}"),
        workflow=deployment.workflow,
        version=deployment.version or "",
        mode=deployment.mode,
        input=deployment.input,
        params=deployment.params,
        deployment=deployment.id,
        origin=origin_of(deployment),
    )
