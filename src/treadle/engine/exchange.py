"""What the engine needs of a store beside the journal: what runs exchange with people, each other and other processes.

Every operation names a `token`, the idempotency key of the node that asks (`<key>/<n>` from its second call of a kind
on): asked again with the same token, after a crash or a suspension, it gives the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from treadle.model.ids import RunId
from treadle.model.record import Record, RecordQuery, Turn
from treadle.model.run import RunRecord
from treadle.model.signal import Signal
from treadle.model.task import Task


class SignalStore(Protocol):
    async def take_signal(
        self, names: Sequence[str], *, key: str, run_id: RunId, token: str, now: datetime
    ) -> Signal | None:
        """The signal that `token` has taken, or takes now: the oldest untaken one of these names that has this key, or
        that is meant for this run. When there is none, `token` is noted as waiting, and who sends one makes the run
        due (`abandons`: `signal:<token>`)."""
        ...


class TaskStore(Protocol):
    async def open_task(self, task: Task) -> Task:
        """Insert the task, or give it as it is now when there is one of its id."""
        ...

    async def expire_task(self, task_id: str, *, now: datetime) -> Task:
        """Expire the task if it is still open; the task as it is then. Raises `NotFound`."""
        ...


class LimitStore(Protocol):
    async def take_slot(
        self, key: str, *, number: float, period: float, burst: int, token: str, now: datetime
    ) -> datetime:
        """When the holder of `token` may go on (aware UTC; not later than `now`: at once). GCRA, exact over all
        processes: no more than `burst` + `number` slots lie in any `period` seconds."""
        ...


class BudgetStore(Protocol):
    async def try_slot(self, key: str, *, number: int, period: float, token: str, now: datetime) -> bool:
        """Whether the holder of `token` may have one of the `number` slots that `key` has in any `period` seconds,
        over all processes. Nobody waits for one: it is there or it is not."""
        ...


class EventStore(Protocol):
    async def publish_event(
        self, event_id: str, topic: str, payload: Any, *, now: datetime, by: RunRecord | None = None, hops: int = 0
    ) -> bool:
        """Keep an event for delivery; False when there is one of this id. A run publishes it, unless it comes from
        outside, and `hops` events have led to it."""
        ...


class RecordStore(Protocol):
    async def put_record(
        self, record: Record, *, now: datetime, by: tuple[RunId, int] | None = None, turn: Turn | None = None
    ) -> None:
        """Write it: the first of its kind and key, or what that is now; `owner`, `at` and `serial` stay the first's.
        Durable when it returns. A run writes it `by` its id and epoch: raises `LeaseLost` where another driver has
        taken over. With `turn`, raises `Conflict` (`overtaken`) where it has been taken, see `Batch.records`."""
        ...

    async def find_record(self, kind: str, key: str, *, test: str = "") -> Record | None: ...

    async def list_records(self, query: RecordQuery) -> list[Record]:
        """In the order in which they were first written."""
        ...


class Exchange(SignalStore, TaskStore, LimitStore, BudgetStore, EventStore, RecordStore, Protocol):
    """All of it: a store, or its fake in memory."""


@dataclass(frozen=True, slots=True)
class ChildRequest:
    """A run to be started as the child of another, under an id that its parent worked out."""

    run_id: RunId
    parent: RunRecord
    path: str
    workflow: str
    input: Mapping[str, Any]
    version: str | None
    at: datetime
    detached: bool


class ChildStarter(Protocol):
    """Who can start and look up other runs: the service behind a dispatcher, or a test's harness."""

    async def start_child(self, request: ChildRequest) -> None:
        """Durable when it returns; nothing happens when there is a run of its id. Raises `NotFound`,
        `InvalidWorkflow`."""
        ...

    async def find_run(self, run_id: RunId) -> RunRecord | None:
        """The run as it is; of one that has finished, what it came to."""
        ...
