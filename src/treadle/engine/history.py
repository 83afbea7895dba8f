"""What the journal already knows of a run, by place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from treadle.engine.journal import Entry, EntryKind

Place = tuple[str, str]
"""(scope path, node id)."""


class History:
    """The entries of a run as loaded, indexed by place. Empty for a run that starts."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._places: dict[Place, list[Entry]] = {}
        self._around: set[Place] | None = None
        for entry in entries:
            self._places.setdefault((entry.scope, entry.node), []).append(entry)

    def __bool__(self) -> bool:
        return bool(self._places)

    def __iter__(self) -> Iterator[Entry]:
        return (entry for entries in self._places.values() for entry in entries)

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

    def last(self, place: Place) -> Entry | None:
        entries = self._places.get(place)
        return entries[-1] if entries else None

    def started_at(self, place: Place) -> datetime | None:
        """When the node's first attempt began."""
        return next((e.body["now"] for e in self.at(place) if e.kind is EntryKind.INTENT), None)

    def first_live(self, place: Place) -> list[list[Any]] | None:
        """The connections that a node with `join: first` went by."""
        return next((e.body.get("live") for e in self.at(place) if e.kind is EntryKind.INTENT), None)

    def failures(self, place: Place) -> int:
        """How many attempts have failed."""
        return sum(1 for entry in self.at(place) if entry.kind is EntryKind.FAILURE)

    def checkpoint(self, place: Place) -> tuple[Any, list[Entry]]:
        """A container's last saved value, and what it journaled since."""
        value, since = None, list[Entry]()
        for entry in self.at(place):
            if entry.kind is EntryKind.CHECKPOINT and "value" in entry.body:
                value, since = entry.body["value"], []
            elif entry.kind in (EntryKind.CHECKPOINT, EntryKind.SUSPENSION):
                since.append(entry)
        return value, since


def _containers(scope: str) -> Iterator[Place]:
    """The containers around a scope: of `each[2]/inner[0]`, `each` and `each[2]/inner`."""
    while scope:
        outer, _, last = scope.rpartition("/")
        yield outer, last.partition("[")[0].partition(".")[0]
        scope = outer
