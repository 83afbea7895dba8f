"""What runs exchange with people, each other and other processes, in memory: for tests."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Protocol

from treadle.engine.exchange import Exchange
from treadle.errors import LeaseLost, NotFound
from treadle.model.ids import RunId
from treadle.model.record import TURN, Record, RecordQuery, Turn
from treadle.model.run import RunRecord
from treadle.model.signal import Signal
from treadle.model.task import Task, TaskAnswer, TaskStatus
from treadle.store.codec import decode, encode
from treadle.store.giving import Woken, require_unfinished
from treadle.store.inbox import refuse_cancelled, require_open
from treadle.store.record_rows import overtaken
from treadle.store.signals import Wait
from treadle.store.tasks import Answered


class Runs(Protocol):
    """What it needs of the journal that holds the runs."""

    def find_status(self, run_id: RunId) -> str | None: ...
    def find_epoch(self, run_id: RunId) -> int | None: ...
    def wake(self, run_id: RunId, *, at: datetime) -> int | None:
        """As `treadle.store.waking.wake_run`."""
        ...


class RunExchange(Exchange, Protocol):
    """An `Exchange`, and what a store lets people do with it."""

    async def send_signal(self, signal: Signal, *, now: datetime | None = None) -> Woken: ...
    async def find_waits(self, run_id: RunId) -> list[Wait]: ...
    async def answer_task(self, task_id: str, answer: TaskAnswer, *, now: datetime | None = None) -> Answered: ...
    async def get_task(self, task_id: str) -> Task: ...
    async def list_tasks(
        self, *, status: TaskStatus | None = None, run_id: RunId | None = None, limit: int = 500
    ) -> list[Task]: ...


@dataclass(slots=True)
class _Kept:
    signal: Signal
    taken_by: str | None = None
    taker: RunId | None = None


@dataclass(slots=True)
class _Rate:
    free_at: datetime | None = None
    slots: dict[str, datetime] = field(default_factory=dict[str, datetime])
    used: dict[str, datetime] = field(default_factory=dict[str, datetime])
    """When those who have gone on did."""


class MemoryExchange:
    """A `RunExchange`; what a store promises of it, it does too."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._signals: dict[str, _Kept] = {}
        self._waits: list[Wait] = []
        self._tasks: dict[str, Task] = {}
        self._rates: dict[str, _Rate] = {}
        self._budgets: dict[str, dict[str, datetime]] = {}
        self.events: dict[str, tuple[str, Any, datetime]] = {}
        """What was published, by id: topic, payload, when."""
        self._serials = count(1)
        self.records: dict[tuple[str, str, str], Record] = {}
        """By kind, key and the test that they belong to, in the order in which they were first written."""

    # Signals

    async def take_signal(
        self, names: Sequence[str], *, key: str, run_id: RunId, token: str, now: datetime
    ) -> Signal | None:
        for kept in self._kept():
            if kept.taken_by == token and kept.signal.name in names:
                return _copy(kept.signal)
        waits = [Wait(token, name, key, run_id, now) for name in dict.fromkeys(names)]
        for kept in self._kept():
            if kept.taken_by is None and any(_fits(kept.signal, wait) for wait in waits):
                kept.taken_by, kept.taker = token, run_id
                self._drop_waits(token)
                return _copy(kept.signal)
        since = {wait.name: wait.since for wait in self._waits if wait.token == token}
        self._drop_waits(token)
        self._waits += [replace(wait, since=since.get(wait.name, wait.since)) for wait in waits]
        return None

    async def send_signal(self, signal: Signal, *, now: datetime | None = None) -> Woken:
        if signal.run_id is not None:
            require_unfinished(signal.run_id, self._runs.find_status(signal.run_id))
        if signal.id in self._signals:
            return Woken()
        kept = _Kept(_copy(replace(signal, at=signal.at or now)))
        self._signals[signal.id] = kept
        return self._offer(kept)

    async def find_waits(self, run_id: RunId) -> list[Wait]:
        found = [wait for wait in self._waits if wait.run_id == run_id]
        return sorted(found, key=lambda wait: (wait.since, wait.name))

    def _kept(self) -> list[_Kept]:
        """Oldest first; of one time, in the order in which they were sent."""
        return sorted(self._signals.values(), key=lambda kept: _sent(kept.signal))

    def _offer(self, kept: _Kept) -> Woken:
        for wait in sorted(self._waits, key=lambda wait: wait.since):
            if wait not in self._waits or not _fits(kept.signal, wait):
                continue
            self._drop_waits(wait.token)
            nudged = self._runs.wake(wait.run_id, at=_sent(kept.signal))
            if nudged is not None:
                kept.taken_by, kept.taker = wait.token, wait.run_id
                return Woken(wait.run_id, nudged)
        return Woken()

    def _drop_waits(self, token: str) -> None:
        self._waits = [wait for wait in self._waits if wait.token != token]

    def _give_back(self, token: str) -> None:
        self._drop_waits(token)
        for kept in self._kept():
            if kept.taken_by == token:
                kept.taken_by = kept.taker = None
                self._offer(kept)

    def _give_all_back(self, token: str) -> None:
        holders = {wait.token for wait in self._waits} | {kept.taken_by for kept in self._kept() if kept.taken_by}
        calls = sorted(one for one in holders if one == token or one.startswith(f"{token}/"))
        for one in calls:
            self._drop_waits(one)
        for one in calls:
            self._give_back(one)

    # Tasks

    async def open_task(self, task: Task) -> Task:
        known = self._tasks.get(task.id)
        if known is None or known.status == "cancelled":
            self._tasks[task.id] = replace(task, value=decode(encode(task.value)), form=decode(encode(task.form)))
        return self._tasks[task.id]

    def _cancel_task(self, task: Task) -> None:
        if task.status == "open":
            self._tasks[task.id] = replace(task, status="cancelled")

    async def expire_task(self, task_id: str, *, now: datetime) -> Task:
        task = await self.get_task(task_id)
        if task.status == "open":
            self._tasks[task_id] = replace(task, status="expired")
        return self._tasks[task_id]

    async def answer_task(self, task_id: str, answer: TaskAnswer, *, now: datetime | None = None) -> Answered:
        task = await self.get_task(task_id)
        at = answer.at or now or task.created_at
        if at is None:
            raise ValueError("An answer in memory needs a time: give `now`.")
        require_open(task, now=at)
        nudged = self._runs.wake(task.run_id, at=at)
        if nudged is None:
            raise refuse_cancelled(task)
        values: Mapping[str, Any] = decode(encode(answer.values))
        self._tasks[task_id] = replace(task, status="done", answer=replace(answer, values=values, at=at))
        return Answered(self._tasks[task_id], Woken(task.run_id, nudged))

    async def get_task(self, task_id: str) -> Task:
        if task_id not in self._tasks:
            raise NotFound(f"There is no task `{task_id}`.", code="unknown_task", task=task_id)
        return self._tasks[task_id]

    async def list_tasks(
        self, *, status: TaskStatus | None = None, run_id: RunId | None = None, limit: int = 500
    ) -> list[Task]:
        found = [
            task
            for task in self._tasks.values()
            if (status is None or task.status == status) and (run_id is None or task.run_id == run_id)
        ]
        return found[:limit]

    # Limits and events

    async def take_slot(
        self, key: str, *, number: float, period: float, burst: int, token: str, now: datetime
    ) -> datetime:
        rate = self._rates.setdefault(key, _Rate())
        slot = rate.slots.get(token)
        if slot is None:
            interval = timedelta(microseconds=-int(-period * 1_000_000 // number))
            slot = now if rate.free_at is None else max(now, rate.free_at - (burst - 1) * interval)
            rate.free_at = max(rate.free_at or now, slot) + interval
            rate.slots[token] = slot
        if slot > now:
            return slot
        length, most = timedelta(seconds=period), math.ceil(number) + burst - 1
        others = sorted(at for name, at in rate.used.items() if name != token and now - length < at <= now)
        full_until = others[-most] + length if len(others) >= most else None
        rate.slots[token] = full_until or now
        if full_until is None:
            rate.used[token] = now
        else:
            rate.used.pop(token, None)
        return full_until or slot

    async def try_slot(self, key: str, *, number: int, period: float, token: str, now: datetime) -> bool:
        taken = self._budgets.setdefault(key, {})
        if token in taken:
            return True
        since = now - timedelta(seconds=period)
        if sum(at > since for at in taken.values()) >= number:
            return False
        taken[token] = now
        return True

    async def publish_event(
        self, event_id: str, topic: str, payload: Any, *, now: datetime, by: RunRecord | None = None, hops: int = 0
    ) -> bool:
        if event_id in self.events:
            return False
        self.events[event_id] = (topic, decode(encode(payload)), now)
        return True

    # Records

    async def put_record(
        self, record: Record, *, now: datetime, by: tuple[RunId, int] | None = None, turn: Turn | None = None
    ) -> None:
        encode(dict(record.value))
        if by is not None and self._runs.find_epoch(by[0]) not in (None, by[1]):
            raise LeaseLost(f"Run `{by[0]}` is no longer driven from here.", run=by[0])
        self.require_turn(record, turn)
        self.keep_record(record, now=now, turn=turn)

    def require_turn(self, record: Record, turn: Turn | None) -> None:
        """Raises `Conflict` (`overtaken`)."""
        if turn is not None:
            found = self.records.get((TURN, turn.name, record.test))
            if turn.number != (0 if found is None else found.value["number"]):
                raise overtaken(turn)

    def keep_record(self, record: Record, *, now: datetime, turn: Turn | None = None) -> None:
        if turn is not None:
            number = {"number": turn.number + 1}
            self.keep_record(Record(TURN, turn.name, number, record.owner, test=record.test), now=now)
        value: Mapping[str, Any] = decode(encode(dict(record.value)))
        place = (record.kind, record.key, record.test)
        first = self.records.get(place) or replace(record, at=now, serial=next(self._serials))
        self.records[place] = replace(first, value=value, group=record.group, is_open=record.is_open)

    async def find_record(self, kind: str, key: str, *, test: str = "") -> Record | None:
        return self.records.get((kind, key, test))

    async def list_records(self, query: RecordQuery) -> list[Record]:
        last = None if query.after is None else self.records.get((query.kind, query.after, query.test))
        found = [
            record
            for record in self.records.values()
            if (record.kind, record.test) == (query.kind, query.test)
            and query.owner in (None, record.owner)
            and query.group in (None, record.group)
            and (record.is_open or not query.open_only)
            and (last is None or record.serial > last.serial)
            and (query.since is None or (record.at is not None and record.at >= query.since))
        ]
        return found if query.newest is None else found[max(0, len(found) - query.newest) :]

    # What the journal tells

    def abandon(self, run_id: RunId, waits: Sequence[str]) -> None:
        """See `Batch.abandons`."""
        for wait in waits:
            kind, _, name = wait.partition(":")
            if kind == "signal":
                self._give_back(name)
            elif kind == "task" and name in self._tasks:
                self._cancel_task(self._tasks[name])
            elif kind == "all":
                token, _, path = name.partition(":")
                self._give_all_back(token)
                for task in [task for task in self._tasks.values() if (task.run_id, task.path) == (run_id, path)]:
                    self._cancel_task(task)

    def leave(self, run_id: RunId) -> None:
        """The run has ended otherwise than completed: nothing in it waits any more."""
        tokens = {wait.token for wait in self._waits if wait.run_id == run_id}
        open_tasks = [task.id for task in self._tasks.values() if task.run_id == run_id and task.status == "open"]
        waits = [*(f"signal:{token}" for token in sorted(tokens)), *(f"task:{task}" for task in open_tasks)]
        self.abandon(run_id, waits)

    def forget(self, run_id: RunId) -> None:
        """The run is removed."""
        self._waits = [wait for wait in self._waits if wait.run_id != run_id]
        self._tasks = {name: task for name, task in self._tasks.items() if task.run_id != run_id}
        self._signals = {
            name: kept for name, kept in self._signals.items() if run_id not in (kept.signal.run_id, kept.taker)
        }
        self.records = {place: record for place, record in self.records.items() if record.test != run_id}


def _fits(signal: Signal, wait: Wait) -> bool:
    if signal.name != wait.name:
        return False
    if signal.run_id is None:
        return signal.key == wait.key
    return signal.run_id == wait.run_id and signal.key in ("", wait.key)


def _sent(signal: Signal) -> datetime:
    if signal.at is None:
        raise ValueError("A signal in memory needs a time: give `now`.")
    return signal.at


def _copy(signal: Signal) -> Signal:
    return replace(signal, payload=decode(encode(signal.payload)))
