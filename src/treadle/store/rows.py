"""Batches and records as rows: the one place that knows the order of the columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from treadle.engine.journal import Batch, Entry, EntryKind, LogLine, RunUpdate, StateChange
from treadle.errors import StoreError
from treadle.model.breakpoints import Breakpoints
from treadle.model.ids import RunId, node_path
from treadle.model.record import TURN, Record, Turn
from treadle.model.run import FINISHED, Failure, Origin, RunRecord
from treadle.store.codec import decode, encode
from treadle.store.payload import LIMIT, Payload, pack

RUN_COLUMNS = (
    "id", "workflow", "version", "status", "mode", "input", "trigger", "fired", "deployment", "params",
    "save", "epoch", "worker", "created_at", "finished_at", "wake_at", "output", "error", "cancel_requested",
    "retention", "expires_at", "parent", "origin", "lane", "due_at", "counters", "nudged", "dismissed_at",
)  # fmt: skip
(
    STATUS, EPOCH, WORKER, CREATED, FINISHED_AT, WAKE_AT, OUTPUT, ERROR, RETENTION, EXPIRES, PARENT, LANE, COUNTERS,
    NUDGED, ORIGIN, CANCEL_REQUESTED, WORKFLOW, DEPLOYMENT,
) = map(
    RUN_COLUMNS.index,
    (
        "status", "epoch", "worker", "created_at", "finished_at", "wake_at", "output", "error", "retention",
        "expires_at", "parent", "lane", "counters", "nudged", "origin", "cancel_requested", "workflow", "deployment",
    ),
)  # fmt: skip
_RUN_TEXTS = tuple(map(RUN_COLUMNS.index, ("input", "fired", "params", "output", "error")))
UPDATE_COLUMNS = ("status", "wake_at", "finished_at", "output", "error", "counters")

_ORIGIN = datetime(1970, 1, 1, tzinfo=UTC)
_EMPTY = "{}"
_LONGEST = 1e11
"""Seconds a retention may last: 3,000 years, which a column can hold."""


def to_micros(at: datetime) -> int:
    """Whole microseconds since 1970 of an aware time."""
    since = at - _ORIGIN
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def from_micros(micros: int) -> datetime:
    """Aware UTC."""
    return _ORIGIN + timedelta(microseconds=micros)


def _maybe_micros(at: datetime | None) -> int | None:
    return None if at is None else to_micros(at)


def _maybe_encode(value: Any) -> str | None:
    return None if value is None else encode(value)


StateRow = tuple[str, str, str | None, float | None, int | None]
"""(owner, key, encoded value, increment, keep) of a change of state."""


RecordRow = tuple[str, str, str, str, str, bool, str, int]
"""(kind, key, encoded value, owner, group, whether it is open, test, microseconds) of a record that is put."""


class TurnRow(NamedTuple):
    """A turn that is taken with a record, and whose."""

    turn: Turn
    owner: str
    test: str
    at: int

    def record(self) -> RecordRow:
        """What counts it from then on."""
        value = encode({"number": self.turn.number + 1})
        return TURN, self.turn.name, value, self.owner, "", False, self.test, self.at


class BatchRows:
    """A batch, encoded: what the writer needs and nothing more. Made where the batch was given, so that a
    value that cannot be kept is refused to its caller and to nobody else."""

    __slots__ = (
        "abandons",
        "at",
        "closes",
        "entries",
        "epoch",
        "forget",
        "large",
        "logs",
        "made_at",
        "opens",
        "order",
        "payloads",
        "records",
        "run_id",
        "serial",
        "state",
        "turns",
        "update",
        "word",
    )

    def __init__(
        self, batch: Batch, *, worker: str | None, now: Callable[[], datetime], retention: float | None
    ) -> None:
        run_id = self.run_id = batch.run_id
        self.epoch = batch.epoch
        self.forget = batch.forget
        self.payloads: list[Payload] = []
        self.large = False
        self.serial = 0
        """Where it stands in the feed, once it is written; 0: nowhere. With it come what the feed says of it."""
        self.at = 0
        self.word: str | None = None
        self.order: Sequence[tuple[int, tuple[Any, ...]]] | None = None
        """Its lines (0) and entries (1) in the order of their places, where there are lines."""
        suspends = batch.update is not None and batch.update.status == "suspended"
        self.made_at = to_micros(now()) if suspends or batch.abandons else 0
        self.opens = None if batch.opens is None else _run_row(batch.opens, worker, now, retention)
        self.update = None if batch.update is None else _update_row(batch.update)
        self.closes = batch.closes if batch.update is not None else None
        self.abandons = batch.abandons
        self.entries: list[tuple[Any, ...]] = []
        last, micros = None, 0
        for entry in batch.entries:
            body = encode_body(entry)
            scope, node, sequence, kind, at, _ = entry
            if len(body) > LIMIT:
                self.large = True
            if at is not last:  # entries of one batch often carry the same time
                last, micros = at, to_micros(at)
            # A plain int: the driver looks for an adapter for every value of a subclass.
            self.entries.append((run_id, scope, node, sequence, int(kind), micros, body))
        self.logs = [_log_row(run_id, line) for line in batch.log] if batch.log else ()
        self.records: Sequence[RecordRow] = (
            [record_row(put.record, put.at) for put in batch.records] if batch.records else ()
        )
        self.turns: Sequence[TurnRow] = [
            row for put in batch.records for row in turn_rows(put.record, put.at, put.turn)
        ]
        self.state: Sequence[StateRow] = [state_row(change) for change in batch.state] if batch.state else ()
        if self.opens is not None and any(_is_large(self.opens[index]) for index in _RUN_TEXTS):
            self.large = True
        if self.update is not None and (_is_large(self.update[3]) or _is_large(self.update[4])):
            self.large = True

    def spill(self) -> None:
        """Move large texts to payloads. Compressing lets other threads run; hence the writer does it, not
        the caller.
        """
        self.large = False
        for index, row in enumerate(self.entries):
            if len(row[6]) > LIMIT:
                self.entries[index] = (*row[:6], self._move(row[6]))
        if self.opens is not None:
            for column in _RUN_TEXTS:
                if _is_large(self.opens[column]):
                    self.opens[column] = self._move(self.opens[column])
        if self.update is not None:
            output, error = (self._move(text) if text and _is_large(text) else text for text in self.update[3:5])
            self.update = (*self.update[:3], output, error, *self.update[5:])

    def _move(self, text: str) -> str:
        reference, payload = pack(self.run_id, text)
        self.payloads.append(payload)
        return reference


def encode_body(entry: Entry) -> str:
    """The body as text. Raises `StoreError` (`unstorable_value`) with the node in words and as attributes."""
    try:
        return encode(entry.body)
    except StoreError as refused:
        raise StoreError(
            f"In node `{node_path(entry.scope, entry.node)}`: {refused.message}",
            code=refused.code,
            remedy=refused.remedy,
            **{**refused.attributes, "scope": entry.scope, "node": entry.node},
        ) from None


def _is_large(text: str | None) -> bool:
    return text is not None and len(text) > LIMIT


def _run_row(record: RunRecord, worker: str | None, now: Callable[[], datetime], retention: float | None) -> list[Any]:
    finished = _maybe_micros(record.finished_at)
    kept = record.retention if record.retention is not None else retention
    kept_for = None if kept is None else round(min(kept, _LONGEST) * 1_000_000)
    return [
        record.id,
        record.workflow,
        record.version,
        record.status,
        record.mode,
        encode(record.input) if record.input else _EMPTY,
        record.trigger,
        _maybe_encode(record.fired),
        record.deployment,
        encode(record.params) if record.params else _EMPTY,
        record.save,
        record.epoch,
        worker,
        to_micros(record.created_at or now()),
        finished,
        _maybe_micros(record.wake_at),
        _maybe_encode(record.output),
        None if record.error is None else encode(record.error.to_dict()),
        record.cancel_requested,
        kept_for,
        None if finished is None or kept_for is None else finished + kept_for,
        record.parent,
        None if record.origin is None else write_origin(record.origin),
        record.lane,
        _maybe_micros(record.due_at),
        _maybe_encode(record.counters or None),
        0,
        _maybe_micros(record.dismissed_at),
    ]


def _update_row(update: RunUpdate) -> tuple[Any, ...]:
    """In the order of `UPDATE_COLUMNS`, then `release` and `heard`."""
    return (
        update.status,
        _maybe_micros(update.wake_at),
        _maybe_micros(update.finished_at),
        _maybe_encode(update.output),
        None if update.error is None else encode(update.error.to_dict()),
        _maybe_encode(update.counters or None),
        update.release,
        update.heard,
    )


def merge_update(row: list[Any], update: tuple[Any, ...]) -> None:
    """Apply an update to a run row that is not written yet."""
    row[STATUS], row[WAKE_AT], row[FINISHED_AT], row[OUTPUT], row[ERROR], row[COUNTERS], release, _heard = update
    if release:
        row[WORKER] = None
    finished, kept_for = row[FINISHED_AT], row[RETENTION]
    row[EXPIRES] = None if finished is None or kept_for is None else finished + kept_for


def _log_row(run_id: str, line: LogLine) -> tuple[Any, ...]:
    return (
        run_id,
        to_micros(line.at),
        line.path,
        line.level,
        line.message.encode(errors="replace").decode(),  # half a surrogate pair is no text
        encode(line.data) if line.data else _EMPTY,
    )


def state_row(change: StateChange) -> StateRow:
    return (change.owner, change.key, _maybe_encode(change.value), change.increment, change.keep)


def record_row(record: Record, at: datetime) -> RecordRow:
    """Raises `StoreError` (`unstorable_value`)."""
    value = encode(dict(record.value))
    return (
        record.kind, record.key, value, record.owner, record.group, record.is_open, record.test, to_micros(at)
    )  # fmt: skip


def turn_rows(record: Record, at: datetime, turn: Turn | None) -> list[TurnRow]:
    return [] if turn is None else [TurnRow(turn, record.owner, record.test, to_micros(at))]


Text = Callable[[str, str], str]
"""(text of a column, what it holds) to the text itself: follows references to payloads."""


def read_run(row: Sequence[Any], text: Text) -> RunRecord:
    """The record of a row with `RUN_COLUMNS`."""
    (run_id, workflow, version, status, mode, given, trigger, fired, deployment, params, save, epoch,
     _worker, created_at, finished_at, wake_at, output, error, cancel_requested,
     retention, _expires, parent, origin, lane, due_at, counters, _nudged, dismissed_at) = row  # fmt: skip
    return RunRecord(
        id=RunId(run_id),
        workflow=workflow,
        version=version,
        status=status,
        mode=mode,
        input={} if given == _EMPTY else decode(text(given, "the input")),
        trigger=trigger,
        fired=None if fired is None else decode(text(fired, "what its trigger gave")),
        deployment=deployment,
        params={} if params == _EMPTY else decode(text(params, "the parameters")),
        epoch=epoch,
        created_at=from_micros(created_at),
        finished_at=None if finished_at is None else from_micros(finished_at),
        wake_at=None if wake_at is None else from_micros(wake_at),
        output=None if output is None else decode(text(output, "the output")),
        error=None if error is None else read_failure(decode(text(error, "the error"))),
        cancel_requested=bool(cancel_requested),
        save=save,
        retention=None if retention is None else retention / 1_000_000,
        parent=parent,
        origin=None if origin is None else read_origin(decode(origin)),
        lane=lane,
        due_at=None if due_at is None else from_micros(due_at),
        counters={} if counters is None else decode(counters),
        dismissed_at=None if dismissed_at is None else from_micros(dismissed_at),
    )


def write_origin(origin: Origin) -> str:
    """As the column `origin` holds it."""
    return encode(asdict(origin))


def read_origin(found: dict[str, Any]) -> Origin:
    profiles: Sequence[str] = found.pop("profiles")
    stops: dict[str, Any] | None = found.pop("breakpoints", None)
    breakpoints = None if stops is None else Breakpoints(tuple(stops["nodes"]), stops["step"])
    return Origin(profiles=tuple(profiles), breakpoints=breakpoints, **found)


def read_failure(found: dict[str, Any]) -> Failure:
    return Failure(
        type=found["type"],
        message=found["message"],
        node=found.get("node"),
        attempt=found.get("attempt"),
        details=found.get("details") or {},
    )


_KINDS = {kind.value: kind for kind in EntryKind}


def read_entry(row: Sequence[Any], text: Text) -> Entry:
    """The entry of a row (scope, node, sequence, kind, at, body)."""
    scope, node, sequence, kind, at, body = row
    if body[0] == "@":
        body = text(body, f"node `{node_path(scope, node)}`")
    return Entry(scope, node, sequence, _KINDS[kind], from_micros(at), decode(body))


def is_finished(status: str) -> bool:
    return status in FINISHED


def read_value(text: str | None) -> Any:
    return None if text is None else decode(text)
