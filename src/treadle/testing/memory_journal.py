"""A journal in memory: for tests, and for runs of which nothing is to be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from treadle.engine.journal import Batch, Entry, LogLine, RunMove, StateChange
from treadle.errors import Conflict, LeaseLost, NotFound
from treadle.model.columns import Head, block_key, grow, past_of
from treadle.model.ids import RunId
from treadle.model.run import FINISHED, RunRecord
from treadle.store.closing import is_awaited
from treadle.store.codec import decode, encode
from treadle.store.moves import require_movable
from treadle.store.rows import encode_body
from treadle.testing.memory_exchange import MemoryExchange

_Key = tuple[str, str, int]


@dataclass(slots=True)
class _Run:
    record: RunRecord
    entries: dict[_Key, tuple[Entry, str]] = field(default_factory=dict[_Key, tuple[Entry, str]])
    log: list[LogLine] = field(default_factory=list[LogLine])
    nudged: int = 0
    nudged_at: datetime | None = None


class MemoryJournal:
    """Keeps what it is given as text, as a store does: what comes back is a copy, and what no store could
    keep is refused. One worker only, so a claim of an unfinished run always succeeds."""

    def __init__(self) -> None:
        self._runs: dict[RunId, _Run] = {}
        self._state: dict[tuple[str, str], str] = {}
        self._claims: dict[tuple[str, str], tuple[str, datetime]] = {}
        self._cache: dict[str, tuple[str, datetime]] = {}
        self.exchange = MemoryExchange(self)
        """What the runs kept here exchange with others."""

    async def append(self, batch: Batch) -> None:
        """Everything is checked before anything changes: a refused batch leaves no trace."""
        run = self._runs.get(batch.run_id)
        if batch.opens is not None:
            if run is not None:
                raise Conflict(f"Run `{batch.run_id}` exists already.", code="run_exists", run=batch.run_id)
            run = _Run(_copy(batch.opens))
        if run is None or run.record.epoch != batch.epoch:
            raise LeaseLost(f"Run `{batch.run_id}` is no longer driven from here.", run=batch.run_id)
        added: dict[_Key, tuple[Entry, str]] = {}
        for entry in batch.entries:
            key = entry.scope, entry.node, entry.sequence
            if key in run.entries or key in added:
                raise Conflict(f"Run `{batch.run_id}` has entry {key} already.", code="entry_exists")
            added[key] = entry._replace(body={}), encode_body(entry)
        state = self._change_state(batch.state)
        for put in batch.records:
            encode(dict(put.record.value))
            self.exchange.require_turn(put.record, put.turn)
        record = run.record
        if batch.update is not None:
            update = batch.update
            record = replace(
                record,
                status=update.status,
                # What came too late for the driver to hear of is why a run that suspends is due at once.
                wake_at=run.nudged_at if update.status == "suspended" and run.nudged > update.heard else update.wake_at,
                finished_at=update.finished_at,
                output=decode(encode(update.output)),
                error=update.error,
                counters=update.counters or record.counters,
            )
        self._state = state
        run.record = record
        self._runs[batch.run_id] = run
        for put in batch.records:
            self.exchange.keep_record(put.record, now=put.at, turn=put.turn)
        self._follow(batch)
        self.exchange.abandon(batch.run_id, batch.abandons)
        if batch.update is not None and batch.update.status in ("failed", "cancelled"):
            self.exchange.leave(batch.run_id)
        if batch.forget:
            run.entries.clear()
            run.log.clear()
            # A child stays until its parent has read what it came to, or knows at least that it has started it.
            closes = batch.closes
            asked = closes is not None and (is_awaited(closes) or self._is_unfinished(closes.parent))
            if record.finished_at is not None and not asked:
                self._runs.pop(batch.run_id, None)
                self.exchange.forget(batch.run_id)
                return
        else:
            run.entries.update(added)
            run.log.extend(batch.log)

    def _is_unfinished(self, run_id: RunId | None) -> bool:
        run = None if run_id is None else self._runs.get(run_id)
        return run is not None and run.record.finished_at is None

    def _follow(self, batch: Batch) -> None:
        """What the end of a run, or of its waiting, means for its parent and its children."""
        abandoned = {wait.removeprefix("run:") for wait in batch.abandons if wait.startswith("run:")}
        left = {wait.split(":", 2)[2] for wait in batch.abandons if wait.startswith("all:")}
        closes, update = batch.closes, batch.update
        for run_id, run in self._runs.items():
            record = run.record
            if record.status in FINISHED:
                continue
            finished_at = update.finished_at if update is not None else None
            if closes is not None and is_awaited(closes) and run_id == closes.parent and finished_at is not None:
                self.wake(run_id, at=finished_at)
                record = run.record
            ended = closes is not None and update is not None and update.status != "completed"
            orphaned = ended and record.parent == batch.run_id and is_awaited(record)
            given_up = run_id in abandoned or (
                is_awaited(record) and record.origin is not None and record.origin.parent_path in left
            )
            if orphaned or (given_up and record.parent == batch.run_id):
                run.record = replace(record, cancel_requested=True)

    async def create_run(self, record: RunRecord) -> None:
        """Insert a run that nobody drives yet. Raises `Conflict` when its id is taken."""
        await self.append(Batch(record.id, record.epoch, opens=record))

    async def claim(self, run_id: RunId) -> RunRecord:
        run = self._get(run_id)
        if run.record.status in FINISHED:
            raise Conflict(f"Run `{run_id}` is {run.record.status}.", code="run_finished", run=run_id)
        run.record = replace(run.record, epoch=run.record.epoch + 1, status="running", wake_at=None)
        run.nudged = 0
        return _copy(run.record)

    async def move_run(self, move: RunMove, *, now: datetime) -> None:
        """As `treadle.store.moves.RunMoves`."""
        run = self._get(move.run.id)
        require_movable(run.record, move, len(run.entries))
        for entry in move.entries:
            run.entries[entry.scope, entry.node, entry.sequence] = entry._replace(body={}), encode_body(entry)
        wake_at = now if run.record.status == "suspended" else run.record.wake_at
        moved = replace(move.run, epoch=run.record.epoch + 1, wake_at=wake_at)
        run.record = replace(_copy(moved), origin=moved.origin)
        self._follow(Batch(move.run.id, moved.epoch, abandons=move.abandons))
        self.exchange.abandon(move.run.id, move.abandons)

    def find_status(self, run_id: RunId) -> str | None:
        run = self._runs.get(run_id)
        return None if run is None else run.record.status

    def find_epoch(self, run_id: RunId) -> int | None:
        run = self._runs.get(run_id)
        return None if run is None else run.record.epoch

    def wake(self, run_id: RunId, *, at: datetime) -> int | None:
        """As `treadle.store.waking.wake_run`."""
        run = self._runs.get(run_id)
        if run is None or run.record.status not in ("running", "suspended"):
            return None
        if run.record.status == "suspended":
            run.record = replace(run.record, wake_at=at)
            return 0
        run.nudged += 1
        run.nudged_at = at
        return run.nudged

    async def get_run(self, run_id: RunId) -> RunRecord:
        """Raises `NotFound`."""
        return _copy(self._get(run_id).record)

    async def load(self, run_id: RunId) -> Sequence[Entry]:
        run = self._runs.get(run_id)
        if run is None:
            return []
        return [entry._replace(body=decode(body)) for _, (entry, body) in sorted(run.entries.items())]

    async def read_state(self, owner: str, key: str) -> Any:
        text = self._state.get((owner, key))
        return None if text is None else decode(text)

    async def list_state(self, owner: str) -> dict[str, Any]:
        return {key: decode(text) for key, text in (await self.list_state_text(owner)).items()}

    async def list_state_text(self, owner: str) -> dict[str, str]:
        return {key: text for (whose, key), text in self._state.items() if whose == owner}

    async def claim_key(self, owner: str, key: str, *, window: float | None, token: str, now: datetime) -> bool:
        held = self._claims.get((owner, key))
        if held is not None:
            if held[0] == token:
                return True
            if window is None or now - held[1] <= timedelta(seconds=window):
                return False
        self._claims[owner, key] = token, now
        return True

    async def find_cached(self, key: str, *, now: datetime) -> Any:
        found = self._cache.get(key)
        return None if found is None or found[1] <= now else decode(found[0])

    async def put_cached(self, key: str, outputs: Mapping[str, Any], *, expires_at: datetime) -> None:
        self._cache[key] = encode(outputs), expires_at

    def _get(self, run_id: RunId) -> _Run:
        run = self._runs.get(run_id)
        if run is None:
            raise NotFound(f"There is no run `{run_id}`.", code="unknown_run", run=run_id)
        return run

    def _change_state(self, changes: Sequence[StateChange]) -> dict[tuple[str, str], str]:
        if not changes:
            return self._state
        state = dict(self._state)
        for change in changes:
            key, value = (change.owner, change.key), change.value
            if change.increment is not None:
                before = decode(state.get(key, "0"))
                if isinstance(before, bool) or not isinstance(before, int | float):
                    raise Conflict(f"State `{change.key}` is not a number.", code="not_a_number")
                value = before + change.increment
            if change.keep is not None:
                self._grow_column(state, change.owner, change.key, value, change.keep)
            elif value is None:
                state.pop(key, None)
            else:
                state[key] = encode(value)
        return state

    def _grow_column(self, state: dict[tuple[str, str], str], owner: str, key: str, row: Any, keep: int) -> None:
        found = state.get((owner, key))
        grown = grow(Head.read(None if found is None else decode(found)), row, keep)
        state[owner, key] = encode(grown.head.write())
        if grown.moved is not None:
            state[past_of(owner), block_key(key, grown.moved[0])] = encode(grown.moved[1])
        for number in grown.dropped:
            state.pop((past_of(owner), block_key(key, number)), None)


def _copy(record: RunRecord) -> RunRecord:
    """What a store would give back: values that went through text."""
    return replace(
        record,
        input=decode(encode(record.input)),
        params=decode(encode(record.params)),
        fired=decode(encode(record.fired)),
        output=decode(encode(record.output)),
    )
