"""What a run leaves behind as it goes: journal entries, node results, events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from treadle.engine.history import History, Place
from treadle.engine.journal import Entry, EntryKind, LogLine, StateChange
from treadle.engine.scope import NO_PORTS, Ports
from treadle.model.event import NodeCancelled, NodeCompleted, NodeFailed, NodeSkipped, RunEvent
from treadle.model.ids import RunId, node_path
from treadle.model.run import Failure, NodeResult, NodeStatus

Watch = Callable[[RunEvent], None]


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
        self.state: list[tuple[datetime, StateChange]] = []
        self._history = history
        self._results: dict[Place, NodeResult] = {}
        self._sequences: dict[Place, int] = {}
        self._journaled: set[Place] = set()

    def sequence(self, place: Place) -> int:
        """The next sequence number of a node that is journaled more than once."""
        number = self._sequences.get(place)
        if number is None:
            last = self._history.last(place)
            number = last.sequence + 1 if last else 0
        self._sequences[place] = number + 1
        return number

    def note(self, place: Place, kind: EntryKind, at: datetime, body: Mapping[str, Any]) -> None:
        self.entries.append(Entry(place[0], place[1], self.sequence(place), kind, at, body))

    def inline(self, scope: str, node: str, ports: Ports, at: datetime, ms: float) -> None:
        """A pure node completed in the loop: the hot path."""
        self._results[scope, node] = NodeResult("completed", ports, 1, ms, None, at)
        if self.saves_all:
            body = {"status": "completed", "outputs": ports, "ms": ms}
            self.entries.append(Entry(scope, node, 0, EntryKind.RESULT, at, body))
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
        ends_run: bool = False,
        state: tuple[StateChange, ...] = (),
    ) -> None:
        """A node settled for good. `durable` entries are journaled even where results are not kept."""
        self._results[place] = NodeResult(status, ports, attempts, ms, error, at)
        body: dict[str, Any] = {"status": status, "outputs": ports, "attempts": attempts, "ms": ms}
        if error is not None:
            body["error"] = error.to_dict()
        if ends_run:
            body["ends_run"] = True
        if state:
            body["state"] = [[change.owner, change.key, change.value, change.increment] for change in state]
            self.state.extend((at, change) for change in state)
        if durable or self.saves_all:
            self._journaled.add(place)
            self.entries.append(Entry(place[0], place[1], self.sequence(place), EntryKind.RESULT, at, body))
        if self.watch is not None:
            self.watch(self._event(place, status, at, ports, attempts, ms, error))

    def remembered(self, place: Place, body: Mapping[str, Any], at: datetime) -> None:
        """A result that the journal already holds."""
        error = failure_from(body.get("error"))
        self._journaled.add(place)
        self._results[place] = NodeResult(
            body["status"],
            body["outputs"],
            body.get("attempts", 1),
            body.get("ms", 0.0),
            error,
            at,
        )
        self.state.extend((at, StateChange(*change)) for change in body.get("state", ()))

    def _event(
        self,
        place: Place,
        status: NodeStatus,
        at: datetime,
        ports: Ports,
        attempts: int,
        ms: float,
        error: Failure | None,
    ) -> RunEvent:
        path = node_path(*place)
        if status == "completed":
            return NodeCompleted(self.run_id, at, path, ports, ms, attempts)
        if status == "failed":
            return NodeFailed(self.run_id, at, path, error)
        return (
            NodeSkipped(self.run_id, at, path)
            if status == "skipped"
            else NodeCancelled(self.run_id, at, path)
        )

    def take(self) -> tuple[list[Entry], list[LogLine]]:
        """What is to be journaled now; it is not given twice."""
        taken = self.entries, self.log
        self.entries, self.log = [], []
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
                if result.started_at is not None:
                    entry = (
                        place[0],
                        place[1],
                        self.sequence(place),
                        EntryKind.RESULT,
                        result.started_at,
                        body,
                    )
                    unsaved.append(Entry(*entry))
        return unsaved

    def drop_unencodable(self, where: Mapping[str, Any]) -> None:
        """Leave out the entry whose value the store cannot write, so that the failure itself can be."""
        place = (where.get("scope"), where.get("node"))
        self.entries = [entry for entry in self.entries if (entry.scope, entry.node) != place]

    def state_changes(self) -> list[StateChange]:
        """All changes of the run in the order in which they were made."""
        return [change for _, change in sorted(self.state, key=lambda item: item[0])]

    def results(self) -> dict[str, NodeResult]:
        """What became of each node, by path."""
        return {
            f"{scope}/{node}" if scope else node: result for (scope, node), result in self._results.items()
        }


def failure_from(body: Mapping[str, Any] | None) -> Failure | None:
    """A failure as it was journaled."""
    if body is None:
        return None
    return Failure(
        body["type"], body["message"], body.get("node"), body.get("attempt"), body.get("details") or {}
    )
