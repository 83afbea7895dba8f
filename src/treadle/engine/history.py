"""What the journal already knows of a run, by place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from treadle.engine.journal import MOVE_PLACE, Entry, EntryKind

Place = tuple[str, str]
"""(scope path, node id)."""


class Tape(list[Entry]):
    """What a container drew and paused for, in the order in which it asked. Cleared, as at a checkpoint, it goes on
    with what was drawn after the next one, where that is known."""

    def __init__(self, parts: Sequence[Iterable[Entry]]) -> None:
        super().__init__(parts[0])
        self._later = [list(part) for part in parts[1:]]

    def clear(self) -> None:
        self[:] = self._later.pop(0) if self._later else []


class History:
    """The entries of a run as loaded, indexed by place. Empty for a run that starts.

    What stands before the last RESET of a place counts no more. `open` holds the places of a moved run whose work is
    still to be compared with what the new version asks for, each with the print of what was done; `gone` those that
    the new version does not have.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._places: dict[Place, list[Entry]] = {}
        self._around: set[Place] | None = None
        self._resets: dict[Place, Entry] = {}
        self._generations: dict[Place, int] = {}
        self._tapes: dict[Place, list[list[Entry]]] = {}
        self._changes: list[Entry] | None = None
        self.open: dict[Place, str] = {}
        self.gone: dict[Place, str] = {}
        self.moved = False
        self._moved_at: datetime | None = None
        self._judged: dict[Place, list[tuple[datetime, datetime]]] = {}
        for entry in entries:
            if entry.kind is EntryKind.RESET:
                self.reset(entry)
            else:
                self._places.setdefault((entry.scope, entry.node), []).append(entry)
        for entry in self.at(MOVE_PLACE):
            self._read_move(entry)

    def __bool__(self) -> bool:
        return bool(self._places)

    def __iter__(self) -> Iterator[Entry]:
        return (entry for place, entries in self._places.items() if place not in self.gone for entry in entries)

    def places(self) -> Iterator[Place]:
        """Where something has been journaled that counts."""
        return iter(self._places)

    def at(self, place: Place) -> list[Entry]:
        """The entries of one node in one scope, in sequence."""
        return self._places.get(place, [])

    def has_begun(self, place: Place) -> bool:
        """Whether the node, or anything inside it, has left a trace."""
        if place in self._places:
            return True
        if self._around is None:
            self._around = {outer for scope, _ in self._places for outer in _containers(scope)}
        return place in self._around

    def result(self, place: Place) -> Mapping[str, Any] | None:
        entries = self._places.get(place)
        return entries[-1].body if entries and entries[-1].kind is EntryKind.RESULT else None

    def changes_inside(self, container: Place) -> list[Entry]:
        """The results inside a container that changed or counted something, and count themselves."""
        return [
            entry
            for entry in self._all_changes()
            if is_inside(place := (entry.scope, entry.node), container)
            and place not in self.open
            and place not in self.gone
        ]

    def changes_seen(self, place: Place) -> list[Entry]:
        """The results whose changes belong to what was asked of a node that has begun: those from before it began, and
        those of a later version that were there when it was compared with that. Of what is still to be compared, all
        those since the run was moved."""
        began = self.started_at(place)
        if began is None:
            around = (entries[0].at for at, entries in self._places.items() if at == place or is_inside(at, place))
            began = min(around, default=None)
        spans: list[tuple[datetime, datetime | None]] = [*self._judged.get(place, ())]
        if place in self.open and self._moved_at is not None:
            spans.append((self._moved_at, None))
        return [
            entry
            for entry in self._all_changes()
            if (entry.scope, entry.node) not in self.gone
            and (began is None or entry.at <= began or any(self._came_within(entry, span) for span in spans))
        ]

    def _all_changes(self) -> list[Entry]:
        if self._changes is None:
            settled = (entries[-1] for entries in self._places.values() if entries[-1].kind is EntryKind.RESULT)
            self._changes = [entry for entry in settled if entry.body.get("state")]
        return self._changes

    def _came_within(self, entry: Entry, span: tuple[datetime, datetime | None]) -> bool:
        since, until = span
        reset = self._resets.get((entry.scope, entry.node))
        is_since = entry.at > since or (reset is not None and reset.at >= since)
        return is_since and (until is None or entry.at <= until)

    def last(self, place: Place) -> Entry | None:
        entries = self._places.get(place)
        return entries[-1] if entries else None

    def next_sequence(self, place: Place) -> int:
        """The number of the next entry of a place; it goes on over a RESET."""
        last = self.last(place) or self._resets.get(place)
        return last.sequence + 1 if last is not None else 0

    def generation(self, place: Place) -> int:
        """How often the node has started over; each time it is other work than before."""
        return self._generations.get(place, 0)

    def started_at(self, place: Place) -> datetime | None:
        """When the node's first attempt began."""
        return next((e.body["now"] for e in self.at(place) if e.kind is EntryKind.INTENT), None)

    def first_live(self, place: Place) -> list[list[Any]] | None:
        """The connections that a node with `join: first` went by: [node id, port] (earlier journals: its index)."""
        return next((e.body.get("live") for e in self.at(place) if e.kind is EntryKind.INTENT), None)

    def failures(self, place: Place) -> int:
        """How many attempts have failed."""
        return sum(1 for entry in self.at(place) if entry.kind is EntryKind.FAILURE)

    def checkpoint(self, place: Place) -> tuple[Any, list[Entry]]:
        """A container's last saved value, and what it journaled since."""
        value, parts, at = self._tape(place)
        return value, Tape(parts[at:])

    def _tape(self, place: Place) -> tuple[Any, list[list[Entry]], int]:
        """The value saved last, what was drawn between any two checkpoints, and how many there have been."""
        value, at = None, 0
        parts = [list(part) for part in self._tapes.get(place, [[]])]
        for entry in self.at(place):
            if entry.kind is EntryKind.CHECKPOINT and "value" in entry.body:
                value, at = entry.body["value"], at + 1
                if at == len(parts):
                    parts.append([])
            elif entry.kind in (EntryKind.CHECKPOINT, EntryKind.SUSPENSION):
                parts[at].append(entry)
        return value, parts, at

    def reset(self, entry: Entry) -> None:
        """Forget what stands before a RESET. A container that enters its bodies again keeps what it drew, and the
        pauses that are over (`reenters`: bodies) or would be (`reenters`: all, where its own work changed)."""
        place = entry.scope, entry.node
        reenters = entry.body.get("reenters")
        if reenters is not None:
            _, parts, _ = self._tape(place)
            over = reenters == "bodies"
            self._tapes[place] = [[one for one in part if over or not _lies_ahead(one, entry.at)] for part in parts]
        else:
            self._tapes.pop(place, None)
        self._places.pop(place, None)
        self._around = self._changes = None
        self._resets[place] = entry
        self._generations[place] = self.generation(place) + 1

    def add(self, entry: Entry) -> None:
        """Remember one more entry of a place."""
        self._places.setdefault((entry.scope, entry.node), []).append(entry)
        self._changes = None

    def set_aside(self) -> dict[Place, Entry]:
        """The places that were to start over and have not begun since, each with its RESET."""
        return {place: entry for place, entry in self._resets.items() if place not in self._places}

    # A run that was moved

    def judge(self, place: Place, *, whole: bool = False, at: datetime | None = None) -> None:
        """The work at `place` has been compared; with `whole`, all that was done inside it goes with it."""
        judged = [place]
        if whole:
            judged += [other for other in self.open if is_inside(other, place)]
        for one in judged:
            self.open.pop(one, None)
            if at is not None and self._moved_at is not None:
                self._judged.setdefault(one, []).append((self._moved_at, at))

    def _read_move(self, entry: Entry) -> None:
        self.moved = True
        body = entry.body
        if "open" in body:
            self.open = {(scope, node): told for scope, node, told in body["open"]}
            self.gone = {(scope, node): told for scope, node, told in body["gone"]}
            self._moved_at = entry.at
        for scope, node, whole in body.get("judged", ()):
            self.judge((scope, node), whole=whole, at=entry.at)


def is_inside(place: Place, container: Place) -> bool:
    """Whether `place` lies in a body of `container`, or in one further inside."""
    base = f"{container[0]}/{container[1]}" if container[0] else container[1]
    return place[0] == base or (place[0].startswith(base) and place[0][len(base)] in "[./")


def _lies_ahead(entry: Entry, at: datetime) -> bool:
    return entry.kind is EntryKind.SUSPENSION and entry.body["until"] > at


def _containers(scope: str) -> Iterator[Place]:
    """The containers around a scope: of `each[2]/inner[0]`, `each` and `each[2]/inner`."""
    while scope:
        outer, _, last = scope.rpartition("/")
        yield outer, last.partition("[")[0].partition(".")[0]
        scope = outer
