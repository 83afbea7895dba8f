"""A recording: what a run's entries say of the world it met, by place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from treadle.engine.history import History, Place, Tape
from treadle.engine.journal import Entry, EntryKind, StateChange
from treadle.engine.recorder import failure_from
from treadle.engine.scope import Ports
from treadle.engine.state import remembered_state
from treadle.model.run import Failure, RunRecord
from treadle.node.stop import StopRun


@dataclass(frozen=True, slots=True)
class Seen:
    """What a node was asked to do: its type, its arguments by port, its config as rendered."""

    type: str
    arguments: Mapping[str, Any]
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of one node in one scope. `at` is when it settled, `state` what it changed or counted."""

    status: str
    at: datetime
    ports: Ports
    attempts: int = 1
    ms: float = 0.0
    failure: Failure | None = None
    stop: StopRun | None = None
    state: tuple[StateChange, ...] = ()


class Recording:
    """The entries of a run, read as a record of what happened. Entries from before a move do not count."""

    def __init__(self, run: RunRecord, entries: Iterable[Entry]) -> None:
        self._known = History(entries)
        self.drawn = Drawn(self._known)
        self._cancelled = was_ended(run)
        self._ended: set[str] | None = None

    def __bool__(self) -> bool:
        return bool(self._known)

    def __contains__(self, place: Place) -> bool:
        return bool(self._known.at(place))

    @property
    def state(self) -> dict[str, Any] | None:
        """The state as expressions of the run saw it, if they looked."""
        return remembered_state(self._known)

    def places(self) -> Iterator[Place]:
        return self._known.places()

    def find(self, place: Place) -> Recorded | None:
        """What became of a node; None where it never settled."""
        last = self._known.last(place)
        return _read(last) if last is not None and last.kind is EntryKind.RESULT else None

    def edited(self, place: Place) -> Ports | None:
        """What a person said that a node of a fork gave, in place of its running."""
        body = self._known.result(place) or {}
        return body.get("outputs") or {} if body.get("edited") else None

    def is_suspended(self, place: Place) -> bool:
        """Whether the node waited for something when it was left, or when it was cancelled."""
        kinds = [entry.kind for entry in self._known.at(place) if entry.kind is not EntryKind.RESULT]
        return bool(kinds) and kinds[-1] is EntryKind.SUSPENSION

    def has_begun(self, place: Place) -> bool:
        """Whether the node, or anything inside it, has left a trace."""
        return self._known.has_begun(place)

    def has_ended(self, scope: str) -> bool:
        """Whether a scope ended before all of its nodes were decided, or may have: something in it failed, or ended it
        from inside or outside."""
        if self._ended is None:
            self._ended = set()
            for place in self._known.places():
                body = self._known.result(place) or {}
                if "stop" in body:
                    self._cancelled = True
                elif body.get("status") == "cancelled" or (body.get("status") == "failed" and not body.get("handled")):
                    self._ended.add(place[0])
        return self._cancelled or scope in self._ended

    def was_begun(self, place: Place) -> bool:
        """Whether an effect here has touched the world, or may have."""
        return self.edited(place) is None and any(
            entry.kind is EntryKind.INTENT
            or (entry.kind is EntryKind.RESULT and entry.body["status"] in ("completed", "failed"))
            for entry in self._known.at(place)
        )

    def statuses(self) -> dict[Place, str]:
        """What became of each node that settled."""
        found = ((place, self._known.result(place)) for place in self._known.places())
        return {place: body["status"] for place, body in found if body is not None}


def was_ended(run: RunRecord) -> bool:
    """Whether the run was ended from outside: cancelled, or over its own timeout."""
    error = run.error
    return run.status == "cancelled" or (
        run.status == "failed" and error is not None and error.node is None and error.type == "timeout"
    )


class Drawn(History):
    """What was drawn when a run was recorded (times, which connection was first, pauses), and nothing else: each node
    is decided anew."""

    def __init__(self, known: History) -> None:
        super().__init__()
        self._known = known

    def last(self, place: Place) -> Entry | None:
        return self._known.last(place) if place[1].startswith("@") else None

    def next_sequence(self, place: Place) -> int:
        return self._known.next_sequence(place)

    def generation(self, place: Place) -> int:
        return self._known.generation(place)

    def started_at(self, place: Place) -> datetime | None:
        return self._known.started_at(place)

    def first_live(self, place: Place) -> list[list[Any]] | None:
        return self._known.first_live(place)

    def checkpoint(self, place: Place) -> tuple[Any, list[Entry]]:
        """From the start, with everything that was drawn on the way."""
        return None, Tape(self._known._tape(place)[1])


def _read(entry: Entry) -> Recorded:
    body = entry.body
    stop = body.get("stop")
    return Recorded(
        status=body["status"],
        at=entry.at,
        ports=body.get("outputs") or {},
        attempts=body.get("attempts") or 1,
        ms=body.get("ms") or 0.0,
        failure=failure_from(body.get("error")),
        stop=StopRun(**stop) if stop is not None else None,
        state=tuple(StateChange(*change) for change in body.get("state") or ()),
    )
