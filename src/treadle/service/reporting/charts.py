"""Curves, bands and bars as the points of an SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from treadle.service.reporting.frame import Chart, Columns, Heat
from treadle.service.reporting.shown import show_value

WIDTH = 960
_MOST_POINTS = 1_200
"""More than there are pixels show nothing more."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart as its parts: `lines` and `points` are (role, name, path), `bands` (name, path), `marks` (share of the
    height from the top, text); `grid` is a line at each mark, and `gutter` how many letters the longest has."""

    width: int
    height: int
    lines: Sequence[tuple[str, str, str]]
    bands: Sequence[tuple[str, str]]
    points: Sequence[tuple[str, str, str]]
    marks: Sequence[tuple[float, str]]
    low: str
    high: str
    grid: str = ""
    gutter: int = 0


def draw(chart: Chart) -> Drawn:
    known = [
        value
        for values in (
            *(line.values for line in chart.lines),
            *(side for band in chart.bands for side in (band.low, band.high)),
            *([value for _, value in marks.points] for marks in chart.marks),
        )
        for value in values
        if value is not None and math.isfinite(value)
    ]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if low == high:
        low, high = low - (abs(low) * 0.01 or 1), high + (abs(high) * 0.01 or 1)
    scale = _Scale(low, high, chart.height, *_edges(chart), chart.times)
    marks = [((high - at) / (high - low), show_value(at, chart.kind)) for at in _round_values(low, high)]
    return Drawn(
        WIDTH,
        chart.height,
        [(line.role, line.name, scale.path(line.values)) for line in chart.lines],
        [(band.name, scale.area(band.low, band.high)) for band in chart.bands],
        [(marks.role, marks.name, scale.dots(marks.points)) for marks in chart.marks],
        marks,
        show_value(low, chart.kind, chart.unit),
        show_value(high, chart.kind, chart.unit),
        "".join(f"M0,{at * chart.height:.1f}H{WIDTH}" for at, _ in marks),
        max((len(text) for _, text in marks), default=0),
    )


def _edges(chart: Chart) -> tuple[float, float]:
    """What lies at the left and at the right."""
    if chart.span is not None:
        first, last = chart.span
    elif chart.times:
        first, last = chart.times[0], chart.times[-1]
    else:
        first, last = 0, max((len(line.values) for line in chart.lines), default=0) - 1
    return first, max(last, first + 1)


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    height: int
    first: float
    last: float
    times: Sequence[float] = ()

    def path(self, values: Sequence[float | None]) -> str:
        """Moves and lines; a gap where nothing is known."""
        parts: list[str] = []
        is_on = False
        for x, value in self._placed(values):
            if value is None or not math.isfinite(value):
                is_on = False
                continue
            parts.append(f"{'L' if is_on else 'M'}{x:.1f},{self._y(value):.1f}")
            is_on = True
        return "".join(parts)

    def area(self, low: Sequence[float | None], high: Sequence[float | None]) -> str:
        pairs = [
            (x, below, above)
            for (x, below), (_, above) in zip(self._placed(low), self._placed(high), strict=True)
            if below is not None and above is not None
        ]
        if not pairs:
            return ""
        over = [f"{x:.1f},{self._y(above):.1f}" for x, _, above in pairs]
        under = [f"{x:.1f},{self._y(below):.1f}" for x, below, _ in reversed(pairs)]
        return f"M{'L'.join([*over, *under])}Z"

    def dots(self, points: Sequence[tuple[float, float]]) -> str:
        """Lines of no length, whose round ends are seen."""
        return "".join(
            f"M{self._x(at):.1f},{self._y(value):.1f}h0" for at, value in points if self.first <= at <= self.last
        )

    def _x(self, at: float) -> float:
        return (at - self.first) * WIDTH / (self.last - self.first)

    def _y(self, value: float) -> float:
        return (self.high - value) / (self.high - self.low) * self.height

    def _placed(self, values: Sequence[float | None]) -> Iterator[tuple[float, float | None]]:
        last, step = max(1, len(values) - 1), max(1, math.ceil(len(values) / _MOST_POINTS))
        for at, value in enumerate(values):
            if at % step == 0 or at == len(values) - 1:
                yield self._x(self.times[at]) if self.times else at * WIDTH / last, value


def draw_columns(columns: Columns) -> list[dict[str, Any]]:
    """A rectangle for each: below the line of zero for what is negative."""
    values = [value for _, value in columns.bars]
    high, low = max(0.0, *values, 0.0), min(0.0, *values, 0.0)
    span, width = (high - low) or 1.0, WIDTH / max(1, len(values))
    most = columns.whole or max(high, -low) or 1.0
    return [
        {
            "x": round(at * width + width * 0.1, 2),
            "y": round((high - max(value, 0.0)) / span * columns.height, 2),
            "width": round(width * 0.8, 2),
            "height": round(max(abs(value) / span * columns.height, 0.5 if value else 0), 2),
            "is_below": value < 0,
            "title": f"{label}: {show_value(value, columns.kind)}",
            "label": label,
            "value": show_value(value, columns.kind),
            "share": round(abs(value) / most * 100, 2),
        }
        for at, (label, value) in enumerate(columns.bars)
    ]


def shade(heat: Heat) -> list[list[tuple[str, float, bool]]]:
    """Of each cell: what stands in it, how strong its colour is (−1 to 1), and whether it is the best."""
    known = [value for row in heat.rows for value in row if value is not None and math.isfinite(value)]
    most = max((abs(value) for value in known), default=0.0) or 1.0
    return [
        [
            (
                show_value(value, heat.kind),
                0.0 if value is None or not math.isfinite(value) else round(value / most, 3),
                heat.best == (down, across),
            )
            for across, value in enumerate(row)
        ]
        for down, row in enumerate(heat.rows)
    ]


def _round_values(low: float, high: float) -> list[float]:
    """Two to five round values between."""
    step = 10.0 ** math.floor(math.log10(high - low))
    for factor in (0.2, 0.5, 1.0, 2.0, 5.0):
        begin, end = math.ceil(low / (step * factor)), math.floor(high / (step * factor))
        if end - begin <= 4:
            return [at * step * factor for at in range(begin, end + 1)]
    return []
