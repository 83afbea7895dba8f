"""Indicators beside the bars: which of what stood on the wires is drawn, and whether over the price or under it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from treadle.service.backtests.result import BacktestResult

OVERLAYS = {
    "indicator.ma": frozenset({"value"}),
    "indicator.bollinger": frozenset({"upper", "middle", "lower"}),
    "indicator.donchian": frozenset({"upper", "middle", "lower"}),
    "indicator.vwap": frozenset({"value"}),
}
"""By type, the ports that are of the unit of the price."""
MOST_PANES = 24


@dataclass(frozen=True, slots=True)
class Pane:
    """`times` are those of the runs (ms), `values` what stood there then."""

    node: str
    port: str
    title: str
    overlay: bool
    times: Any
    values: Any

    def at(self, ends: Any, length: int) -> Any:
        """Of each bar that is over at one of `ends`, what the last run within its `length` after the bar before said;
        NaN where there was none."""
        import numpy

        place: NDArray[Any] = self.times.searchsorted(ends, side="right") - 1
        found: Any = numpy.where(place >= 0, self.values[numpy.maximum(place, 0)], numpy.nan)
        return numpy.where((place >= 0) & (self.times[numpy.maximum(place, 0)] > ends - length), found, numpy.nan)


def find_panes(result: BacktestResult) -> list[Pane]:
    """Of the indicators of the workflow, every port that is a number."""
    import numpy

    if result.values is None or not len(result.values.times):
        return []
    times = numpy.asarray(result.values.times, dtype=numpy.int64)
    whole = {(node, port): (at, values) for node, port, at, values in result.values.whole()}
    panes: list[Pane] = []
    for node, port in dict.fromkeys([*whole, *result.values.ports]):
        kind, title = result.nodes.get(node, ("", node))
        if not kind.startswith("indicator."):
            continue
        at, values = whole.get((node, port)) or (times, _numbers(result.values.column(node, port)))
        if values is None:
            continue
        ports = OVERLAYS.get(kind, frozenset[str]())
        shown = title if port in ("value", "output") else f"{title} · {port}"
        panes.append(Pane(node, port, shown, port in ports, at, values))
    return panes[:MOST_PANES]


def _numbers(column: Any) -> Any:
    """As floats, of a list its last; None where it is no column of numbers."""
    import numpy

    if hasattr(column, "dtype"):
        return column.astype(numpy.float64) if column.dtype.kind in "fiu" else None
    items = [_last(one) for one in column]
    if not any(one is not None for one in items):
        return None
    try:
        return numpy.array([numpy.nan if one is None else float(one) for one in items])
    except (TypeError, ValueError):
        return None


def _last(value: Any) -> Any:
    if isinstance(value, dict):
        one = cast("dict[str, Any]", value)
        value = one["last"] if set(one) == {"length", "last"} else "none"
        value = "none" if isinstance(value, dict) else value
    if isinstance(value, bool):
        return "none"
    if isinstance(value, list):
        return value[-1] if value else None  # pyright: ignore[reportUnknownVariableType]
    return value  # pyright: ignore[reportUnknownVariableType]
