"""What lies around the best: a plateau is worth more than a peak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from treadle.errors import InvalidWorkflow
from treadle.model.nearest import suggest
from treadle.service.backtests.search.metric import LESS_IS_BETTER, score
from treadle.service.backtests.search.result import Neighbourhood, SweepResult

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Floats = NDArray[numpy.float64]

Rest = Literal["best", "mean"]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The metric for every pair of values: `cells[down][across]`, None where no such variant was tried. Of several
    that differ elsewhere it is the best, or their mean."""

    across: str
    down: str
    columns: Sequence[Any]
    rows: Sequence[Any]
    cells: Sequence[Sequence[float | None]]
    metric: str
    rest: Rest

    def to_dict(self) -> dict[str, Any]:
        return {
            "across": self.across,
            "down": self.down,
            "columns": list(self.columns),
            "rows": list(self.rows),
            "cells": [list(row) for row in self.cells],
            "metric": self.metric,
            "rest": self.rest,
        }


def heat_map(result: SweepResult, across: str, down: str, *, rest: Rest = "best") -> HeatMap:
    """Raises `InvalidWorkflow` (`unknown_parameter`) for a name that was not among the parameters."""
    places = {one.name: {repr(value): place for place, value in enumerate(one.values)} for one in result.parameters}
    for name in (across, down):
        if name not in places:
            raise InvalidWorkflow(
                f"`{name}` was not tried.",
                code="unknown_parameter",
                remedy=suggest(name, places, f"It was one of {', '.join(places)}."),
            )
    tried = {one.name: one.values for one in result.parameters}
    found: dict[tuple[int, int], list[float]] = {}
    for row in result.rows:
        value = score(row.figures, result.metric)
        if value is not None:
            key = places[down][repr(row.values[down])], places[across][repr(row.values[across])]
            found.setdefault(key, []).append(value)
    sign = -1.0 if result.metric in LESS_IS_BETTER else 1.0
    cells = [
        [_joined(found.get((down_at, across_at)), rest, sign) for across_at in range(len(tried[across]))]
        for down_at in range(len(tried[down]))
    ]
    return HeatMap(across, down, tried[across], tried[down], cells, result.metric, rest)


def _joined(values: Sequence[float] | None, rest: Rest, sign: float) -> float | None:
    if not values:
        return None
    return sign * (max(values) if rest == "best" else sum(values) / len(values))


def neighbourhood(result: SweepResult) -> Neighbourhood | None:
    """Neighbours are at most one step away in every parameter whose values are numbers, and the same in all others.
    None without a best one, and where nothing is in order (drawn variants have no neighbours)."""
    import numpy

    if result.best is None or result.method != "grid":
        return None
    places = [{repr(value): place for place, value in enumerate(one.values)} for one in result.parameters]
    shape = tuple(len(one) for one in places)
    at = [_place(row.values, result, places) for row in result.rows]
    grid: Floats = numpy.full(shape, numpy.nan)
    for place, row in zip(at, result.rows, strict=True):
        value = score(row.figures, result.metric)
        if value is not None:
            grid[place] = value
    ordered = [axis for axis, one in enumerate(result.parameters) if all(map(_is_number, one.values))]
    known = ~numpy.isnan(grid)
    total, count = _around(numpy.where(known, grid, 0.0), ordered), _around(known.astype(float), ordered)
    best = at[result.best]
    others = int(count[best]) - 1
    means: Floats = numpy.where(known, total / numpy.maximum(count, 1), -numpy.inf)
    # Of several plateaus alike, the one whose own value is highest.
    plateau = max(range(len(at)), key=lambda number: (means[at[number]], grid[at[number]], -number))
    sign = -1.0 if result.metric in LESS_IS_BETTER else 1.0
    mean = sign * float(total[best] - grid[best]) / others if others else None
    return Neighbourhood(mean, others, plateau)


def _around(values: Floats, axes: Sequence[int]) -> Floats:
    """The sum of each cell and those around it."""
    import numpy

    for axis in axes:
        padded = numpy.moveaxis(values, axis, 0)
        summed = padded.copy()
        summed[1:] += padded[:-1]
        summed[:-1] += padded[1:]
        values = numpy.moveaxis(summed, 0, axis)
    return values


def _place(values: Mapping[str, Any], result: SweepResult, places: Sequence[Mapping[str, int]]) -> tuple[int, ...]:
    return tuple(known[repr(values[one.name])] for one, known in zip(result.parameters, places, strict=True))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
