"""What stood on the wires, run by run: kept for the decisions that came of it, and for whoever looks at a bar."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, cast

from treadle.model.run import NodeResult

MOST_ITEMS = 20
"""Of a list that is kept whole; of a longer one, how long it is and its last item."""
_LONGEST = 500


class Values(Protocol):
    """`times` are those of the runs, in ms, ascending; a column has an item for each of them, None or NaN where the
    port was not live."""

    @property
    def times(self) -> Sequence[int]: ...

    @property
    def ports(self) -> Sequence[tuple[str, str]]: ...

    def column(self, node: str, port: str) -> Any: ...

    def whole(self) -> Iterable[tuple[str, str, Any, Any]]:
        """Where only some runs were looked at, what is known of all bars: node, port, when bars are over (ms), and the
        values there."""
        ...


class RunValues:
    """Of runs that went through the engine."""

    def __init__(self) -> None:
        self.times: list[int] = []
        self._columns: dict[tuple[str, str], dict[int, Any]] = {}

    @property
    def ports(self) -> Sequence[tuple[str, str]]:
        return list(self._columns)

    def take(self, at: int, nodes: Mapping[str, NodeResult]) -> None:
        """What came of a run at `at`. Of two at one time, what the later one says counts where both say something."""
        if not self.times or self.times[-1] != at:
            self.times.append(at)
        place = len(self.times) - 1
        for node, result in nodes.items():
            for port, value in result.outputs.items():
                self._columns.setdefault((node, port), {})[place] = shorten(value)

    def whole(self) -> Iterable[tuple[str, str, Any, Any]]:
        return ()

    def column(self, node: str, port: str) -> list[Any]:
        found = self._columns[node, port]
        return [found.get(place) for place in range(len(self.times))]


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
