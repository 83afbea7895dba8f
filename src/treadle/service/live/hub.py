"""The hub: turns what the store commits and the dispatcher sees into events, once, and hands them to the channels."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from treadle.errors import Conflict, LimitExceeded, StoreError
from treadle.model.event import RunEvent
from treadle.model.ids import RunId
from treadle.service.live.channel import Channel
from treadle.service.live.event import LiveEvent, Place
from treadle.service.live.pairing import Pairing
from treadle.service.live.wording import ALWAYS, KEPT_LATER, tell, tell_unkept
from treadle.store.commit import About, Commit, commit_of
from treadle.store.feed import LAST, STEP
from treadle.store.rows import BatchRows

if TYPE_CHECKING:
    from treadle.dispatch.local import LocalDispatcher
    from treadle.store.sqlite_journal import SqliteStore

log = logging.getLogger("treadle.live")

MOST_FOLLOWERS = 2000
MOST_BYTES = 64 * 1024 * 1024
"""In all channels together, as near as `_LOOK_AFTER` bytes."""
_LOOK_AFTER = 8 * 1024 * 1024
_LOOK_EVERY = 0.1
"""Seconds between looks whether another process has written."""
TICK = 5.0
"""Seconds after which whoever waits is woken to look at the clock."""
_KEPT_FOR = 30.0
"""Seconds for which a channel goes on that nobody follows, so that who comes back has missed nothing."""
_AT_ONCE = 10
"""Followers woken, or events made, before others have a turn: a run's next node is not to wait for all of them."""
_MOST_WAITING = 5000
"""Commits that wait to be told; beyond that they are read from the store, a page at a time."""
_MOST_HEARD = 50_000
_REMEMBERED = 10_000
_TRY_AGAIN_AFTER = 1.0


class Wanted(NamedTuple):
    """What a stream is about: a run, a deployment, or everything but the runs of the `hidden` workflows."""

    run_id: str | None = None
    deployment: str | None = None
    hidden: frozenset[str] = frozenset()

    @property
    def is_broad(self) -> bool:
        return self.run_id is None and self.deployment is None


@dataclass(frozen=True, slots=True)
class _Written:
    newest: int
    batches: Sequence[BatchRows]


class _Heard(NamedTuple):
    event: RunEvent
    about: About


class Hub:
    """One for an application. It listens while somebody follows something, and a while longer; then it costs
    nothing."""

    def __init__(self, store: SqliteStore, dispatcher: LocalDispatcher) -> None:
        self._store = store
        self._dispatcher = dispatcher
        self._channels: dict[Wanted, Channel] = {}
        self._broad: dict[Wanted, Channel] = {}
        """Of the channels, those that are not about one run or deployment."""
        self._serial = 0
        """Everything up to here has been told."""
        self.number = 0
        """Of the last event that is not kept."""
        self.followers = 0
        """Streams that are open."""
        self._inbox: deque[_Written | _Heard | asyncio.Future[None]] = deque()
        self._commits_waiting = 0
        self._news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._stops: list[Callable[[], None]] = []
        self._starting = asyncio.Lock()
        self._about: OrderedDict[str, About] = OrderedDict()
        self._pairing = Pairing()
        self._dirty: dict[int, Channel] = {}
        self._handed = 0
        """Bytes since somebody looked how much there is."""
        self._made = 0
        self._is_closed = False

    async def join(self, wanted: Wanted) -> Channel:
        """The channel of what is wanted; from now on nothing of it is missed. `leave` it. Raises `LimitExceeded`,
        `Conflict` (`draining`)."""
        if self.followers >= MOST_FOLLOWERS:
            raise LimitExceeded(
                f"{MOST_FOLLOWERS} streams are open on this server.",
                code="too_many_streams",
                remedy="Close some, or follow a deployment instead of each of its runs.",
                retry_after=30,
            )
        async with self._starting:
            if not self._tasks and not self._is_closed:
                await self._start()
        if self._is_closed:
            raise Conflict(
                "This process is about to stop.", code="draining", remedy="Follow it again once the next one is there."
            )
        channel = self._channels.get(wanted)
        if channel is None:
            channel = self._channels[wanted] = Channel(self.place)
            if wanted.is_broad:
                self._broad[wanted] = channel
        channel.followers += 1
        self.followers += 1
        return channel

    def leave(self, channel: Channel) -> None:
        self.followers -= 1
        channel.followers -= 1
        channel.left_at = asyncio.get_running_loop().time()

    @property
    def place(self) -> Place:
        """Behind everything that has been told."""
        return Place(self._serial, STEP, self.number)

    async def close(self) -> None:
        """End every stream, for good. It may be called while runs go on: who comes back to the next process goes on
        where the stream broke off."""
        self._is_closed = True
        tasks = self._rest()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for channel in self._channels.values():
            channel.close()
        self._channels.clear()
        self._broad.clear()

    async def catch_up(self) -> None:
        """Return once everything is told that has been heard so far."""
        if self._tasks:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._inbox.append(future)
            self._news.set()
            await future

    # Hearing

    async def _start(self) -> None:
        self._stops = [self._store.listen(self._hear), self._dispatcher.watch(self._see)]
        try:
            _, newest = await self._store.find_ends_of_feed()
        except BaseException:
            self._rest()
            raise
        self._serial = max(newest, self._serial)
        works = (self._tell_all(), self._look(), self._tick())
        self._tasks = [asyncio.create_task(work, name="treadle-live") for work in works]

    def _rest(self) -> Sequence[asyncio.Task[None]]:
        """Listen no more; the tasks that are to end."""
        for stop in self._stops:
            stop()
        self._stops = []
        tasks, self._tasks = self._tasks, []
        for heard in self._inbox:
            _resolve(heard)
        self._inbox.clear()
        self._commits_waiting = 0
        self._dirty.clear()
        return tasks

    def _hear(self, newest: int, batches: Sequence[BatchRows]) -> None:
        """What this process has committed; without `batches`, what is in the store."""
        if self._commits_waiting > _MOST_WAITING:
            batches = ()
        if not batches:
            if newest <= self._serial:
                return
            last = self._inbox[-1] if len(self._inbox) > 1 else None  # the first may be under way
            if isinstance(last, _Written) and not last.batches:
                self._inbox.pop()
        self._commits_waiting += len(batches)
        self._inbox.append(_Written(newest, batches))
        self._news.set()

    def _see(self, event: RunEvent) -> None:
        """What the dispatcher says, kept or not."""
        about = self._about.get(event.run_id)
        if about is None:
            run = self._dispatcher.find_driven(event.run_id)
            if run is None:
                return
            about = About(run.workflow, run.deployment, run.save)
            self._remember(event.run_id, about)
        if about.saved == "all" and not isinstance(event, ALWAYS):
            return  # it is told once it is kept
        if len(self._inbox) < _MOST_HEARD and any(True for _ in self._channels_of(event.run_id, about)):
            self._inbox.append(_Heard(event, about))
            self._news.set()

    async def _look(self) -> None:
        """Notice what other processes have committed."""
        version = -1
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            found = self._store.data_version()
            if found in (version, 0):
                continue
            try:
                _, newest = await self._store.find_ends_of_feed()
            except StoreError:
                continue  # what can be told waits, and is looked for again
            version = found
            self._hear(newest, ())

    # Telling

    async def _tell_all(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._inbox:
                heard = self._inbox[0]
                try:
                    if isinstance(heard, _Written):
                        await self._tell_written(heard)
                    elif isinstance(heard, _Heard):
                        await self._tell_heard(heard)
                except StoreError as error:
                    log.warning("Live streams stand still, the store cannot be read: %s", error)
                    await asyncio.sleep(_TRY_AGAIN_AFTER)
                    continue
                except Exception:
                    log.exception("An event could not be told; streams go on.")
                    if isinstance(heard, _Written):
                        self._serial = max(self._serial, heard.newest)
                self._inbox.popleft()
                if isinstance(heard, _Written):
                    self._commits_waiting -= len(heard.batches)
                _resolve(heard)
                await self._wake_dirty()

    async def _tell_written(self, written: _Written) -> None:
        for batch in written.batches:
            if batch.serial <= self._serial:
                continue
            if batch.serial > self._serial + 1 or batch.payloads:
                # Something came in between that we were not given, or it is so large that a thread had better read it.
                await self._read_until(batch.serial)
                continue
            about = await self._about_of(batch)
            self._serial = batch.serial
            if about is not None and any(True for _ in self._channels_of(batch.run_id, about)):
                await self._tell_commit(commit_of(batch), about)
        if written.newest > self._serial:
            await self._read_until(written.newest)

    async def _read_until(self, serial: int) -> None:
        while self._serial < serial:
            page = await self._store.read_feed((self._serial, LAST), until=serial)
            for commit in page.commits:
                if commit.about is not None:
                    self._serial = max(commit.serial, self._serial)
                    self._remember(commit.run_id, commit.about)
                    await self._tell_commit(commit, commit.about)
            self._serial = max(page.through, self._serial)
            await self._wake_dirty()
            if page.is_last:
                break

    async def _tell_commit(self, commit: Commit, about: About) -> None:
        # Chosen before anything is told: who joins meanwhile has it from the store.
        channels = list(self._channels_of(commit.run_id, about))
        if not channels:
            return
        for event in tell(commit, about):
            if about.saved != "all" or event.type in KEPT_LATER:
                event.told_as = self._pairing.keep((commit.run_id, event.path, event.type))
            await self._hand(event, channels)

    async def _tell_heard(self, heard: _Heard) -> None:
        event, about = heard
        told = tell_unkept(event)
        if told is None:
            return
        kind, data = told
        if not self._pairing.hear((event.run_id, event.path, kind), self.number + 1):
            return
        channels = list(self._channels_of(event.run_id, about))
        self.number += 1
        place = Place(self._serial, STEP, self.number)
        common = {"run_id": event.run_id, "workflow": about.workflow, "deployment": about.deployment}
        await self._hand(LiveEvent(place, kind, event.at, path=event.path, data=data, **common), channels)

    async def _hand(self, event: LiveEvent, channels: Collection[Channel]) -> None:
        for channel in channels:
            channel.append(event)
            self._dirty[id(channel)] = channel
        self._handed += event.size * len(channels)
        if self._handed > _LOOK_AFTER:
            self._handed = 0
            self._shrink()
        self._made += 1
        if self._made % _AT_ONCE == 0:
            await asyncio.sleep(0)

    def _shrink(self) -> None:
        """Where there is too much in all channels together, leave each its share."""
        if sum(channel.bytes for channel in self._channels.values()) > MOST_BYTES:
            for channel in self._channels.values():
                channel.shrink(MOST_BYTES // len(self._channels))

    def _channels_of(self, run_id: str, about: About) -> Iterator[Channel]:
        channel = self._channels.get(Wanted(run_id=run_id))
        if channel is not None:
            yield channel
        channel = None if about.deployment is None else self._channels.get(Wanted(deployment=about.deployment))
        if channel is not None:
            yield channel
        for wanted, broad in self._broad.items():
            if about.workflow not in wanted.hidden:
                yield broad

    async def _wake_dirty(self) -> None:
        dirty, self._dirty = self._dirty, {}
        for channel in dirty.values():
            await _wake(channel)

    # Knowing

    def _remember(self, run_id: str, about: About) -> None:
        self._about[run_id] = about
        self._about.move_to_end(run_id)
        if len(self._about) > _REMEMBERED:
            self._about.popitem(last=False)

    async def _about_of(self, batch: BatchRows) -> About | None:
        """What is known of a run; asked of the store once. None: it is not there any more."""
        about = self._about.get(batch.run_id)
        if about is None:
            about = commit_of(batch).about
            if about is None:
                about = (await self._store.find_about([batch.run_id])).get(RunId(batch.run_id))
            if about is not None:
                self._remember(batch.run_id, about)
        return about

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(TICK)
            for wanted, channel in list(self._channels.items()):
                if not channel.followers and loop.time() - channel.left_at > _KEPT_FOR:
                    del self._channels[wanted]
                    self._broad.pop(wanted, None)
                    continue
                await _wake(channel)
            if not self._channels:
                for task in self._rest():
                    if task is not asyncio.current_task():
                        task.cancel()
                return


def _resolve(heard: _Written | _Heard | asyncio.Future[None]) -> None:
    if isinstance(heard, asyncio.Future) and not heard.done():
        heard.set_result(None)


async def _wake(channel: Channel) -> None:
    """Wake who waits, a few at a time."""
    waiting = channel.take_waiting()
    for start in range(0, len(waiting), _AT_ONCE):
        for future in waiting[start : start + _AT_ONCE]:
            if not future.done():
                future.set_result(None)
        await asyncio.sleep(0)
