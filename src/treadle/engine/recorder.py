"""What a run leaves behind as it goes: journal entries, node results, events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from treadle.engine.history import History, Place
from treadle.engine.journal import Entry, EntryKind, LogLine, Put, StateChange
from treadle.engine.scope import NO_PORTS, Ports
from treadle.engine.tokens import all_of
from treadle.model.event import NodeCancelled, NodeCompleted, NodeFailed, NodeSkipped, RunEvent
from treadle.model.ids import RunId, node_path
from treadle.model.run import Failure, NodeResult, NodeStatus
from treadle.node.stop import StopRun

Watch = Callable[[RunEvent], None]
COUNTER = "counter"
"""The owner of changes that count for the run itself, not for its state."""


class _Settled(NamedTuple):
    result: NodeResult
    at: datetime
    state: tuple[StateChange, ...]


class Recorder:
    """Collects what is to be journaled next, and the results so far by place.

    With `saves_all` false, entries of pure nodes are kept out of the journal (they can be computed again); `everything`
    gives them after the fact, for a run that failed and is to be kept.
    """

    def __init__(self, run_id: RunId, history: History, *, saves_all: bool, watch: Watch | None) -> None:
        self.run_id = run_id
        self.saves_all = saves_all
        self.watch = watch
        self.entries: list[Entry] = []
        self.log: list[LogLine] = []
        self.records: list[tuple[Place, Put]] = []
        """Records that are to be written with what is journaled next, and whose they are."""
        self.state: list[tuple[datetime, StateChange]] = []
        self.made: list[tuple[datetime, StateChange]] = []
        """Of these, what was changed here and not before by another driver."""
        self.collected: dict[Place, StateChange] = {}
        """What nodes have put to their columns; it is told with what becomes of the node."""
        self.seen_state: dict[str, Any] = {}
        """What `state` is in expressions: as it was when the run started, and what the run has changed since."""
        self._history = history
        self._is_new = not history
        self._results: dict[Place, NodeResult] = {}
        self._sequences: dict[Place, int] = {}
        self._journaled: set[Place] = set()
        self._unconfirmed: dict[Place, _Settled] = {}
        self._abandoned: list[str] = []

    def sequence(self, place: Place) -> int:
        """The next sequence number of a node that is journaled more than once."""
        number = self._sequences.get(place)
        if number is None:
            number = self._history.next_sequence(place)
        self._sequences[place] = number + 1
        return number

    def generation(self, place: Place) -> int:
        """How often the node has started over."""
        return self._history.generation(place)

    def note(self, place: Place, kind: EntryKind, at: datetime, body: Mapping[str, Any]) -> None:
        self.entries.append(Entry(place[0], place[1], self.sequence(place), kind, at, body))

    def inline(self, scope: str, node: str, ports: Ports, at: datetime, ms: float) -> None:
        """A pure node completed in the loop: the hot path."""
        self._results[scope, node] = NodeResult("completed", ports, 1, ms, None, at)
        change = self.collected.get((scope, node)) if self.collected else None
        if change is not None:
            self.state.append((at, change))
        if self.saves_all:
            body: dict[str, Any] = {"status": "completed", "outputs": ports, "ms": ms}
            if change is not None:
                body["state"] = [change.to_list()]
            # What starts over has been journaled before.
            number = 0 if self._is_new else self.sequence((scope, node))
            self.entries.append(Entry(scope, node, number, EntryKind.RESULT, at, body))
        if self.watch is not None:
            self.watch(NodeCompleted(self.run_id, at, node_path(scope, node), ports, ms, 1))

    def settled(
        self,
        place: Place,
        status: NodeStatus,
        at: datetime,
        *,
        ports: Ports = NO_PORTS,
        attempts: int = 0,
        ms: float = 0.0,
        error: Failure | None = None,
        durable: bool = False,
        stop: StopRun | None = None,
        state: tuple[StateChange, ...] = (),
        confirmed: bool = True,
        handled: bool = False,
        edited: bool = False,
    ) -> None:
        """A node settled for good.

        `durable` entries are journaled even where results are not kept; `stop`: it ended the run; `handled`: it failed
        and the run went on; `edited`: a person said what it came to. Without `confirmed`, nobody hears of it before
        `confirm` says that its entry is durable.
        """
        if place in self.collected:
            state = (*state, self.collected[place])
        settled = _Settled(NodeResult(status, ports, attempts, ms, error, at), at, state)
        body: dict[str, Any] = {"status": status, "outputs": ports, "attempts": attempts, "ms": ms}
        if error is not None:
            body["error"] = error.to_dict()
        if handled:
            body["handled"] = True
        if edited:
            body["edited"] = True
        if stop is not None:
            body["stop"] = {"status": stop.status, "message": stop.message, "output": stop.output}
        if state:
            body["state"] = [change.to_list() for change in state]
        if durable or self.saves_all:
            self._journaled.add(place)
            self.entries.append(Entry(place[0], place[1], self.sequence(place), EntryKind.RESULT, at, body))
        if confirmed:
            self._announce(place, settled)
        else:
            self._unconfirmed[place] = settled

    def confirm(self, place: Place) -> None:
        """What `settled` recorded of `place` is durable."""
        self._announce(place, self._unconfirmed.pop(place))

    def withdraw(self, place: Place) -> None:
        """What `settled` recorded of `place` cannot be kept."""
        self._unconfirmed.pop(place, None)
        self._journaled.discard(place)

    def has_completed(self, place: Place) -> bool:
        result = self._results.get(place)
        return result is not None and result.status == "completed"

    def keep(self, place: Place) -> None:
        """Journal the result of `place` even where results are not kept."""
        result = self._results[place]
        if self.saves_all or place in self._journaled or result.finished_at is None:
            return
        body: dict[str, Any] = {"status": result.status, "outputs": result.outputs, "ms": result.duration_ms}
        if place in self.collected:
            body["state"] = [self.collected[place].to_list()]
        self._journaled.add(place)
        self.entries.append(Entry(*place, self.sequence(place), EntryKind.RESULT, result.finished_at, body))

    def _announce(self, place: Place, settled: _Settled) -> None:
        result, at, state = settled
        self._results[place] = result
        self._change_state(at, state)
        self.made += [(at, change) for change in state]
        if self.watch is not None:
            self.watch(self._event(place, at, result))

    def remembered(self, place: Place, body: Mapping[str, Any], at: datetime) -> None:
        """A result that the journal already holds."""
        self._journaled.add(place)
        self._results[place] = _result_from(body, at)
        self.changed(body, at)

    def changed(self, body: Mapping[str, Any], at: datetime) -> None:
        """What a result that the journal holds has changed and counted."""
        self._change_state(at, [StateChange(*change) for change in body.get("state", ())])

    def _change_state(self, at: datetime, changes: Sequence[StateChange]) -> None:
        for change in changes:
            self.state.append((at, change))
            if change.owner == COUNTER or change.keep is not None:
                continue
            before = self.seen_state.get(change.key) or 0
            self.seen_state[change.key] = change.value if change.increment is None else before + change.increment

    def _event(self, place: Place, at: datetime, result: NodeResult) -> RunEvent:
        path, status = node_path(*place), result.status
        if status == "completed":
            return NodeCompleted(self.run_id, at, path, result.outputs, result.duration_ms, result.attempts)
        if status == "failed":
            return NodeFailed(self.run_id, at, path, result.error)
        return NodeSkipped(self.run_id, at, path) if status == "skipped" else NodeCancelled(self.run_id, at, path)

    def take(self) -> tuple[list[Entry], list[LogLine]]:
        """What is to be journaled now; it is not given twice."""
        taken = self.entries, self.log
        self.entries, self.log = [], []
        return taken

    def take_records(self) -> list[tuple[Place, Put]]:
        """The records that are to be written now; they are not given twice."""
        taken, self.records = self.records, []
        return taken

    def abandon(self, wait: str | None) -> None:
        """Nothing waits for `wait` any more (see `Batch.abandons`)."""
        if wait is not None:
            self._abandoned.append(wait)

    def abandon_all(self, place: Place) -> None:
        """Nothing waits any more for whatever the effect at `place` may have asked for, in any of its attempts. Told
        before the node starts over, which makes it other work."""
        self._abandoned.append(all_of(self.run_id, *place, self.generation(place)))

    def take_abandoned(self) -> Sequence[str]:
        taken, self._abandoned = self._abandoned, []
        return taken

    def everything(self) -> list[Entry]:
        """The entries that were kept out of the journal so far."""
        if self.saves_all:
            return []
        unsaved: list[Entry] = []
        for place, result in self._results.items():
            if place not in self._journaled:
                body = {"status": result.status, "outputs": result.outputs, "ms": result.duration_ms}
                if result.error is not None:
                    body["error"] = result.error.to_dict()
                if result.finished_at is not None:
                    entry = (
                        place[0],
                        place[1],
                        self.sequence(place),
                        EntryKind.RESULT,
                        result.finished_at,
                        body,
                    )
                    unsaved.append(Entry(*entry))
                    self._journaled.add(place)
        return unsaved

    def state_changes(self) -> list[StateChange]:
        """All changes of the run in the order in which they were made."""
        return [change for _, change in sorted(self.state, key=lambda item: item[0]) if change.owner != COUNTER]

    def counters(self) -> dict[str, float]:
        """What the run's nodes have counted, by name."""
        totals: dict[str, float] = {}
        for _, change in self.state:
            if change.owner == COUNTER and change.increment is not None:
                totals[change.key] = totals.get(change.key, 0.0) + change.increment
        return totals

    def results(self) -> dict[str, NodeResult]:
        """What became of each node, by path; of those inside a container recalled as a whole too."""
        for entry in self._history:
            place = entry.scope, entry.node
            if entry.kind is EntryKind.RESULT and place not in self._results:
                self._results[place] = _result_from(entry.body, entry.at)
        return {f"{scope}/{node}" if scope else node: result for (scope, node), result in self._results.items()}


def tell_lost(puts: Iterable[Put]) -> None:
    """Say of records that they may not have been written, to whoever wants to know."""
    for call in dict.fromkeys(put.lost for put in puts):
        if call is not None:
            call()


def _result_from(body: Mapping[str, Any], at: datetime) -> NodeResult:
    error = failure_from(body.get("error"))
    return NodeResult(body["status"], body["outputs"], body.get("attempts", 1), body.get("ms", 0.0), error, at)


def failure_from(body: Mapping[str, Any] | None) -> Failure | None:
    """A failure as it was journaled."""
    if body is None:
        return None
    return Failure(body["type"], body["message"], body.get("node"), body.get("attempt"), body.get("details") or {})
