"""What stood on the wires, run by run: kept for the decisions that came of it, and for whoever looks at a bar."""

from __future__ import annotations

import pickle
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from treadle.model.run import NodeResult

MOST_ITEMS = 20
"""Of a list that is kept whole; of a longer one, how long it is and its last item."""
_LONGEST = 500
_AT_ONCE = 4_096
"""Runs that are not packed yet, at most."""


class Values(Protocol):
    """`times` are those of the runs, in ms, ascending; a column has an item for each of them, None or NaN where the
    port was not live."""

    @property
    def times(self) -> Sequence[int]: ...

    @property
    def ports(self) -> Sequence[tuple[str, str]]: ...

    def column(self, node: str, port: str) -> Any: ...

    def only(self, times: Collection[int]) -> Values:
        """Of the runs at these times alone."""
        ...

    def whole(self) -> Iterable[tuple[str, str, Any, Any]]:
        """Where only some runs were looked at, what is known of all bars: node, port, when bars are over (ms), and the
        values there."""
        ...


class RunValues:
    """Of runs that were taken one by one. What they said is packed after so many: as objects it takes ten times the
    room, and of a long test that is all there is."""

    def __init__(self) -> None:
        self.times: array[int] = array("q")
        self._packed: dict[tuple[str, str], list[_Packed]] = {}
        self._open: dict[tuple[str, str], dict[int, Any]] = {}
        """By place, of the runs since it was last packed."""
        self._begun = 0

    @property
    def ports(self) -> Sequence[tuple[str, str]]:
        return list(self._packed)

    def take(self, at: int, nodes: Mapping[str, NodeResult]) -> None:
        """What came of a run at `at`. Of two at one time, what the later one says counts where both say something."""
        if not self.times or self.times[-1] != at:
            if len(self.times) - self._begun >= _AT_ONCE:
                self._pack()
            self.times.append(at)
        place = len(self.times) - 1
        for node, result in nodes.items():
            for port, value in result.outputs.items():
                self._put((node, port), place, shorten(value))

    def whole(self) -> Iterable[tuple[str, str, Any, Any]]:
        return ()

    def column(self, node: str, port: str) -> list[Any]:
        found: list[Any] = [None] * len(self.times)
        for place, value in self._items((node, port)):
            found[place] = value
        return found

    def only(self, times: Collection[int]) -> RunValues:
        wanted = set(times)
        places = {place: at for place, at in enumerate(self.times) if at in wanted}
        found, renumbered = RunValues(), {place: number for number, place in enumerate(places)}
        found.times.extend(places.values())
        for key in self._packed:
            for place, value in self._items(key):
                if place in renumbered:
                    found._put(key, renumbered[place], value)
        found._pack()
        return found

    def _put(self, key: tuple[str, str], place: int, value: Any) -> None:
        if key not in self._open:
            self._packed.setdefault(key, [])
            self._open[key] = {}
        self._open[key][place] = value

    def _pack(self) -> None:
        for key, column in self._open.items():
            self._packed[key].append(_Packed.of(column))
        self._open, self._begun = {}, len(self.times)

    def _items(self, key: tuple[str, str]) -> Iterator[tuple[int, Any]]:
        for packed in self._packed[key]:
            yield from packed.items()
        yield from self._open.get(key, {}).items()


@dataclass(frozen=True, slots=True)
class _Packed:
    """A part of a column: at which places, and what stood there; as bytes, or what cannot be bytes as it is."""

    places: array[int]
    values: bytes | list[Any]

    @classmethod
    def of(cls, column: Mapping[int, Any]) -> _Packed:
        values = list(column.values())
        try:
            return cls(array("q", column), zlib.compress(pickle.dumps(values, pickle.HIGHEST_PROTOCOL), 1))
        except (pickle.PicklingError, TypeError, AttributeError):
            return cls(array("q", column), values)

    def items(self) -> Iterator[tuple[int, Any]]:
        values = pickle.loads(zlib.decompress(self.values)) if isinstance(self.values, bytes) else self.values
        return zip(self.places, values, strict=True)


def values_at(columns: Mapping[tuple[str, str], Any], place: int) -> dict[str, dict[str, Any]]:
    """By node and port, of the run at a place; what was not live is left out."""
    found: dict[str, dict[str, Any]] = {}
    for (node, port), column in columns.items():
        value = column[place]
        value = value.item() if hasattr(value, "item") else value
        if value is not None and value == value:
            found.setdefault(node, {})[port] = value
    return found


def place_at(times: Sequence[int], at: int) -> int | None:
    """Of the last run at `at` or before."""
    place = bisect_right(times, at) - 1
    return place if place >= 0 else None


def shorten(value: Any) -> Any:
    """A value as it is shown: of a long list its length and its last item, of columns the last row."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
    if isinstance(value, Mapping):
        return _rows(cast("Mapping[Any, Any]", value))
    if getattr(value, "ndim", 0) == 1:
        return {"length": len(value), "last": value[-1].item() if len(value) else None}
    convert = getattr(value, "tolist", None)
    items = convert() if callable(convert) else value
    if isinstance(items, list | tuple):
        some = cast("Sequence[Any]", items)
        if len(some) <= MOST_ITEMS:
            return [shorten(item) for item in some]
        return {"length": len(some), "last": shorten(some[-1])}
    return items


def _rows(value: Mapping[Any, Any]) -> dict[str, Any]:
    """Columns of one length are shown by how many rows they have, and the last."""
    columns = {str(name): item for name, item in value.items() if getattr(item, "ndim", 0) == 1}
    if len(columns) > 1 and len({len(one) for one in columns.values()}) == 1:
        count = len(next(iter(columns.values())))
        last = {name: column[-1].item() for name, column in columns.items()} if count else None
        rest = {str(name): shorten(item) for name, item in value.items() if str(name) not in columns}
        return {"length": count, "last": last, **rest}
    return {str(name): shorten(item) for name, item in value.items()}
