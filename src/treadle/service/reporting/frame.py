"""The frame of a report: figures side by side, what to know before believing them, and sections. Plain data.

A backtest and a replay are told in the same frame; `treadle.service.reporting.page` makes one HTML file of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from treadle.service.reporting.finding import Finding
from treadle.service.reporting.shown import Kind

Role = Literal["own", "other", "fall", "quiet"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, or what it is in each column of the report. `group` is the heading it stands under."""

    name: str
    title: str
    values: tuple[Any, ...]
    kind: Kind = "number"
    unit: str = ""
    group: str = ""

    def to_dict(self, columns: Sequence[str]) -> dict[str, Any]:
        return {"name": self.name, **dict(zip(columns or ("value",), self.values, strict=True))}


@dataclass(frozen=True, slots=True)
class Line:
    """A curve; None where nothing is known."""

    name: str
    values: Sequence[float | None]
    role: Role = "own"


@dataclass(frozen=True, slots=True)
class Band:
    """What lies between two curves."""

    name: str
    low: Sequence[float | None]
    high: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Marks:
    """Points on a chart: (how far along its curves, as their values are counted, or the time; the value)."""

    name: str
    points: Sequence[tuple[float, float]]
    role: Literal["good", "bad", "own", "other"] = "own"


@dataclass(frozen=True, slots=True)
class Chart:
    """Curves over the same stretch, from `begins` to `ends` as they are written below it.

    With `times`, of each value and in any unit, everything lies where its time is, and `span` are those of both edges
    (None: of the first and of the last value); without, the values lie evenly."""

    title: str
    lines: tuple[Line, ...] = ()
    bands: tuple[Band, ...] = ()
    marks: tuple[Marks, ...] = ()
    caption: str = ""
    begins: str = ""
    ends: str = ""
    kind: Kind = "number"
    unit: str = ""
    height: int = 260
    times: Sequence[float] = ()
    span: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """A bar for each label: how often, or how much. With `whole` a few of them are drawn as parts of that, else as
    parts of the largest."""

    title: str
    bars: Sequence[tuple[str, float]]
    caption: str = ""
    kind: Kind = "number"
    height: int = 160
    whole: float | None = None


@dataclass(frozen=True, slots=True)
class Heat:
    """A value for each pair of settings. `best` is the (row, column) to be pointed out."""

    title: str
    across: tuple[str, Sequence[str]]
    down: tuple[str, Sequence[str]]
    rows: Sequence[Sequence[float | None]]
    kind: Kind = "number"
    best: tuple[int, int] | None = None
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    kind: Kind = "text"
    is_signed: bool = False
    """Whether gains and losses are told apart by colour."""


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Any]]
    empty: str = "Nothing."
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Fold:
    """Something with details that are shown on demand."""

    title: str
    mark: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Folds:
    title: str
    items: Sequence[Fold]
    empty: str = "None."
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    title: str
    paragraphs: Sequence[str]


Section = Chart | Columns | Heat | Table | Folds | Prose


@dataclass(frozen=True, slots=True)
class Report:
    """`columns` are what the figures stand side by side for, such as `before` and `after`; none: there is one each."""

    kind: str
    title: str
    about: str
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...] = ()
    sections: tuple[Section, ...] = ()
    columns: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The part of the frame that is the same in the JSON of every report."""
        return {
            "figures": [figure.to_dict(self.columns) for figure in self.figures],
            "warnings": [finding.to_dict() for finding in self.findings],
        }
