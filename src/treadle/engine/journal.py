"""The journal: what a run remembers, keyed by where in the graph it happened, never by when.

`Journal` is the protocol the engine needs of a store; `treadle.testing.JournalContract` is what it promises.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, NamedTuple, Protocol

from treadle.model.ids import RunId
from treadle.model.record import Record, Turn
from treadle.model.run import Failure, RunRecord, RunStatus

MOVE_PLACE = ("", "@move")
"""Where a run that was moved to another version remembers what is still to be compared. `@` begins no node's id."""
DEBUG_PLACE = ("", "@debug")
"""Where a run that is debugged remembers its breakpoints and what it has been told."""
BEFORE = "@before:"
"""With a node's id: where a run that is debugged remembers that it stopped before that node, and went on."""


class EntryKind(IntEnum):
    """What an entry says of its node."""

    INTENT = 1
    """An attempt is about to touch the world. `body`: {attempt, now}."""
    RESULT = 2
    """The node settled for good. `body`: {status, outputs, attempts, started_at, ms, error, state}."""
    FAILURE = 3
    """An attempt failed and another follows. `body`: {attempt, error, retry_at}."""
    SUSPENSION = 4
    """The node waits. `body`: {until, signal, in_doubt, started_at, attempt}."""
    CHECKPOINT = 5
    """A container remembers how far it got. `body`: {value} or {draw}."""
    RESOLUTION = 6
    """A person said what became of an effect in doubt. `body`: {outcome, outputs}."""
    RESET = 7
    """The run was moved and the node starts over: what stands before it counts no more. `body`: {version}."""


class Entry(NamedTuple):
    """One journal entry. (scope, node, sequence) is its key within the run; `sequence` counts from 0."""

    scope: str
    node: str
    sequence: int
    kind: EntryKind
    at: datetime
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RunUpdate:
    """Changes to the run's own row. Each replaces what was there; `release` gives the lease back.

    `counters` are what its nodes counted, by name. `heard` is of how many nudges the driver knows (see `nudged` of the
    table `runs`): when there are more, a run that suspends is due at once.
    """

    status: RunStatus
    wake_at: datetime | None = None
    finished_at: datetime | None = None
    output: Any = None
    error: Failure | None = None
    release: bool = True
    counters: Mapping[str, float] = field(default_factory=dict[str, float])
    heard: int = 0


@dataclass(frozen=True, slots=True)
class StateChange:
    """A change of state that outlives the run. `owner` is `workflow:<name>` or `deployment:<id>`.

    With `keep`, `value` is put at the end of a column of which at least so many values are kept (see `columns.py`);
    `owner` is then `series:deployment:<id>`.
    """

    owner: str
    key: str
    value: Any = None
    increment: float | None = None
    keep: int | None = None

    def to_list(self) -> list[Any]:
        """As a result's entry tells it."""
        told = [self.owner, self.key, self.value, self.increment]
        return told if self.keep is None else [*told, self.keep]


class Put(NamedTuple):
    """A record that is to be written, and when it was put; `lost` is called where it may not have been written."""

    record: Record
    at: datetime
    lost: Callable[[], object] | None = None
    turn: Turn | None = None


@dataclass(frozen=True, slots=True)
class LogLine:
    at: datetime
    path: str
    level: str
    message: str
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything one run wants written together; it becomes durable as a whole or not at all.

    `opens` inserts the run's row (a run's first batch). `update` ends or suspends it. `state` is applied with it.
    `closes` is the run's record as it was opened, when `update` finishes it and others are to hear of it: its parent,
    its lane, the metrics of its deployment, who handles its failure. `abandons` names what is no longer waited for:
    `run:<id>` (a child, which is cancelled), `task:<id>`, `signal:<token>`, and `all:<token>:<path>`: all that the
    node at `path`, whose idempotency key is `token`, may have asked for. A no-op where there is nothing.
    `forget` drops the run's entries, log and, when it finished, its row (runs that are not kept). `records` are written
    as by `RecordStore.put_record`, one after another, and stay whatever becomes of the run. With one that is put in a
    turn, the record `TURN` of that name counts one more (`{"number": …}`); where it does not count what the turn says,
    nothing of the batch is written.
    """

    run_id: RunId
    epoch: int
    opens: RunRecord | None = None
    entries: Sequence[Entry] = ()
    update: RunUpdate | None = None
    state: Sequence[StateChange] = ()
    log: Sequence[LogLine] = ()
    closes: RunRecord | None = None
    abandons: Sequence[str] = ()
    forget: bool = False
    records: Sequence[Put] = ()


@dataclass(frozen=True, slots=True)
class RunMove:
    """A waiting run goes over to another version. `run` is its record as it is to be, but that its epoch and the number
    of its entries (`known`) are what the move was planned with: when they have changed meanwhile, nothing is done."""

    run: RunRecord
    known: int
    entries: Sequence[Entry] = ()
    abandons: Sequence[str] = ()


class Journal(Protocol):
    """What the engine asks of a store. Every method is safe to call from one event loop; none blocks it."""

    async def append(self, batch: Batch) -> None:
        """Make `batch` durable; returns when it is. Batches of all runs are written in the order they were given,
        many to a transaction.

        Raises `LeaseLost` when the run's epoch is no longer `batch.epoch`, `Conflict` when the run to open exists, or
        (`overtaken`) when a turn was taken by somebody else,
        `StoreError` when nothing could be written.
        """
        ...

    async def claim(self, run_id: RunId) -> RunRecord:
        """Take the lease on a run: its epoch goes up by one and whoever drove it before cannot append any more.

        Raises `NotFound`, and `Conflict` when the run has finished or another live worker drives it.
        """
        ...

    async def load(self, run_id: RunId) -> Sequence[Entry]:
        """The run's entries in key order (scope, node, sequence). Raises `StoreError` (`corrupt_payload`)."""
        ...

    async def read_state(self, owner: str, key: str) -> Any:
        """The committed value, or None."""
        ...

    async def list_state(self, owner: str) -> Mapping[str, Any]:
        """All committed values of an owner, by key."""
        ...

    async def list_state_text(self, owner: str) -> Mapping[str, str]:
        """The same as they are kept: as JSON, where they are made of numbers, text, lists and objects."""
        ...

    async def claim_key(self, owner: str, key: str, *, window: float | None, token: str, now: datetime) -> bool:
        """True when `key` was free (never claimed, or longer than `window` seconds ago) or claimed by this `token`."""
        ...

    async def find_cached(self, key: str, *, now: datetime) -> Any:
        """The cached outputs by port, or None."""
        ...

    async def put_cached(self, key: str, outputs: Mapping[str, Any], *, expires_at: datetime) -> None: ...
