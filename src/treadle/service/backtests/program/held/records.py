"""The records of a test, in memory: what the store keeps of deployments, told in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from pydantic import JsonValue

from treadle.model.record import Turn

_SLACK = timedelta(minutes=10)
"""The store looks no further back than this behind a time that it is asked for."""
_UNREAD = frozenset({"equity"})
"""Kinds that a test writes and nobody reads in it."""


class _Kept(NamedTuple):
    key: str
    value: Mapping[str, Any]
    group: str
    at: datetime


class _Kind:
    """All of one kind, in the order in which they were first written."""

    def __init__(self) -> None:
        self.rows: list[_Kept] = []
        self.places: dict[str, int] = {}
        self.open: set[int] = set()


class HeldRecords:
    """Implements `treadle.node.exchange.Records`. All of them are one deployment's. `now` is when they are written."""

    def __init__(self) -> None:
        self.now = datetime.fromtimestamp(0, UTC)
        self._kinds: dict[str, _Kind] = {}

    def all(self, kind: str) -> list[tuple[str, Mapping[str, Any]]]:
        return [(row.key, row.value) for row in self._of(kind).rows]

    def count(self, kind: str) -> int:
        return len(self._of(kind).rows)

    async def put(
        self,
        kind: str,
        key: str,
        value: Mapping[str, JsonValue],
        *,
        group: str = "",
        is_open: bool = False,
        later: Callable[[], object] | None = None,
        turn: Turn | None = None,
    ) -> None:
        if kind in _UNREAD:
            return
        held = self._of(kind)
        place = held.places.setdefault(key, len(held.rows))
        if place == len(held.rows):
            held.rows.append(_Kept(key, dict(value), group, self.now))
        else:
            held.rows[place] = held.rows[place]._replace(value=dict(value), group=group)
        (held.open.add if is_open else held.open.discard)(place)

    async def write(self) -> None:
        """Nothing waits here."""

    async def get(self, kind: str, key: str) -> dict[str, Any] | None:
        held = self._of(kind)
        place = held.places.get(key)
        return None if place is None else dict(held.rows[place].value)

    async def list(
        self,
        kind: str,
        *,
        group: str | None = None,
        mine: bool = True,
        open_only: bool = False,
        after: str | None = None,
        since: datetime | None = None,
        newest: int | None = None,
    ) -> list[dict[str, Any]]:
        held = self._of(kind)
        first = 0 if after is None else held.places.get(after, -1) + 1
        places = sorted(place for place in held.open if place >= first) if open_only else range(first, len(held.rows))
        chosen = (held.rows[place] for place in places)
        if since is not None or newest is not None:
            chosen = reversed(list(_newest((held.rows[place] for place in reversed(places)), group, since, newest)))
        return [dict(row.value) for row in chosen if group in (None, row.group)]

    def _of(self, kind: str) -> _Kind:
        return self._kinds.setdefault(kind, _Kind())


def _newest(rows: Iterable[_Kept], group: str | None, since: datetime | None, newest: int | None) -> Iterator[_Kept]:
    """Of rows from the newest on, the first of a group."""
    left = newest
    for row in rows:
        if (left is not None and left <= 0) or (since is not None and row.at < since - _SLACK):
            return
        if group in (None, row.group) and (since is None or row.at >= since):
            left = None if left is None else left - 1
            yield row
