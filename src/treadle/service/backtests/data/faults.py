"""What cannot be right of bars: everything at once, by row and column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from treadle.model.issue import Issue
from treadle.packs.trading.bars import PRICES, tell_missing

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHOWN = 20
"""Of a kind: the first so many are told one by one, and how many more there are."""
EARLIEST, LATEST = 100_000_000_000, 100_000_000_000_000
"""Milliseconds of March 1973 and of the year 5138: what is less is a time in seconds, what is more one in micro- or
nanoseconds."""
NO_TIME = -(2**63)
"""Stands where there is no time; that has been told."""
Gaps = Literal["warn", "refuse", "allow"]
_PIECE = 32_768

_REMEDIES = {
    "gap": "Fetch the bars that are missing, or test over the gaps: `--gaps allow`.",
    "duplicate": "Leave the second out, where the bars come from.",
    "out_of_order": "Sort them by time, the oldest first.",
    "overlap": "Say how long a bar is: `--timeframe 1h`; give times in UTC, where no day is shorter than another.",
    "uneven_bars": "Say how long a bar is: `--timeframe 1d`; give times in UTC, where no day is shorter than another.",
    "no_time_zone": "Give times with their zone, `2024-05-01T00:00:00Z`, or milliseconds since 1970.",
    "not_milliseconds": "Give times in milliseconds since 1970, or as text with a zone.",
    "mixed_zones": "They are read as the instants that they name; look whether that is what they mean.",
    "unknown_column": "Bars have time, open, high, low, close and volume; whatever else there is stays unused.",
    "missing_column": "Bars need time, open, high, low and close, and may have volume: name them so in the first row.",
    "ambiguous_column": "Leave one of them out.",
    "invalid_bars": "Give more bars, or say `--timeframe 1h`.",
    "no_header": "Put the names of the columns above them: `time,open,high,low,close,volume`.",
    "funding_rate": "Rates are shares: 0.0001 is 0.01 %.",
}
_REPAIR = "Repair the bars where they come from; nothing was calculated."


@dataclass(slots=True)
class Kind:
    """All of one kind: the first `SHOWN` in words, and how many there are."""

    code: str
    severity: Literal["error", "warning"]
    told: list[str] = field(default_factory=list[str])
    count: int = 0


@dataclass(slots=True)
class Faults:
    """Of one file, or of other bars called `name`. Rows are given as they count from 0, and told from 1; `tell` says
    what is wrong with one of them, in a `column` or, without one, with all of it."""

    name: str
    unread: set[int] = field(default_factory=set[int])
    """Rows whose fields belong to no columns that are known: of their numbers nothing is said."""
    _kinds: dict[tuple[str, str], Kind] = field(default_factory=dict[tuple[str, str], Kind])
    _whole: list[Issue] = field(default_factory=list[Issue])

    def refuse(self, code: str, rows: Sequence[int], column: str, tell: Callable[[int], str]) -> None:
        self._add(code, "error", rows, column, tell)

    def warn(self, code: str, rows: Sequence[int], column: str, tell: Callable[[int], str]) -> None:
        self._add(code, "warning", rows, column, tell)

    def note(self, issue: Issue) -> None:
        """What is not of a row, without a full stop."""
        self._whole.append(issue)

    def _add(
        self,
        code: str,
        severity: Literal["error", "warning"],
        rows: Sequence[int],
        column: str,
        tell: Callable[[int], str],
    ) -> None:
        if column and self.unread:
            rows = [row for row in rows if row not in self.unread]
        if rows:
            kind = self._kinds.setdefault((code, severity), Kind(code, severity))
            told = rows[: SHOWN - len(kind.told)]
            place = f", `{column}`" if column else ""
            kind.told.extend(f"row {row + 1}{place}: {tell(row)}" for row in told)
            kind.count += len(rows)

    @property
    def codes(self) -> frozenset[str]:
        """Of what is wrong."""
        kinds = (kind.code for kind in self._kinds.values() if kind.severity == "error")
        return frozenset((*kinds, *(issue.code for issue in self._whole if issue.severity == "error")))

    @property
    def is_wrong(self) -> bool:
        return bool(self.codes)

    def issues(self, symbol: str) -> Iterator[Issue]:
        for issue in self._whole:
            remedy = _REMEDIES.get(issue.code, _REPAIR)
            yield replace(issue, message=f"{self.name}: {issue.message}.", path=(symbol,), remedy=remedy)
        for kind in self._kinds.values():
            more = f"; and {kind.count - len(kind.told):,} more" if kind.count > len(kind.told) else ""
            yield Issue(
                code=kind.code,
                message=f"{self.name}: {'; '.join(kind.told)}{more}.",
                path=(symbol,),
                remedy=_REMEDIES.get(kind.code, _REPAIR),
                severity=kind.severity,
            )


def find_length(time: NDArray[Any], faults: Faults) -> int | None:
    """How long a bar is, by what lies between those whose times can be read, whichever order they are in; None where
    that cannot be told."""
    import numpy

    steps = numpy.diff(_in_order(time[_are_known(time)]))
    if not len(steps):
        return None
    length = int(steps.min())
    odd = numpy.unique(steps[steps % length != 0])
    if len(odd):
        seen = ", ".join(f"{int(step) / 60_000:,.10g}" for step in [length, *odd[:4].tolist()])
        told = f"bars are {seen} … minutes apart, so it cannot be told how long one is"
        faults.note(Issue("uneven_bars", told))
    return length


def _are_known(time: NDArray[Any]) -> Any:
    """Which are times in milliseconds; `NO_TIME` is none."""
    return (time >= EARLIEST) & (time <= LATEST)


def _in_order(time: NDArray[Any]) -> NDArray[Any]:
    """Each once."""
    import numpy

    return time if (numpy.diff(time) > 0).all() else numpy.unique(time)


def check_columns(
    columns: Mapping[str, NDArray[Any]], length: int | None, faults: Faults, *, gaps: Gaps = "warn"
) -> None:
    """Tell everything that is wrong. What is no number is NaN there, and what is no time `NO_TIME`: that is told."""
    import numpy

    def rows(where: Any) -> list[int]:
        return numpy.flatnonzero(where).tolist()

    time = columns["time"]
    _check_times(time, length, faults, gaps)
    for name in PRICES:
        column = columns[name]
        faults.refuse("zero_price", rows(column <= 0), name, lambda row, of=column: f"{of[row]:g} is no price")
    volume = columns["volume"]
    faults.refuse("negative_volume", rows(volume < 0), "volume", lambda row: f"{volume[row]:g} is less than nothing")
    opened, high, low, closed = (columns[name] for name in PRICES)
    with numpy.errstate(invalid="ignore"):
        # A comparison with what is no number is false: it has been named already.
        below = (high < opened) | (high < closed) | (high < low)
        above = (low > opened) | (low > closed)
    faults.refuse("high_below", rows(below), "high", lambda row: f"{high[row]:.15g} is below another price of the bar")
    faults.refuse("low_above", rows(above), "low", lambda row: f"{low[row]:.15g} is above another price of the bar")


def are_right(columns: Mapping[str, NDArray[Any]], length: int | None) -> bool:
    """Whether nothing is wrong with any, and all are numbers; told by piece, which is quick."""
    infinity = float("inf")
    time, volume = columns["time"], columns["volume"]
    opened, high, low, closed = (columns[name] for name in PRICES)
    count = len(time)
    if not count or length is None or not EARLIEST <= time[0] <= time[-1] <= LATEST:
        return False
    for first in range(0, count, _PIECE):
        piece = slice(first, first + _PIECE)
        times = time[first : first + _PIECE + 1]
        o, h, lo, c = opened[piece], high[piece], low[piece], closed[piece]
        if not (
            (times[1:] - times[:-1] == length).all()
            and lo.min() > 0
            and (h >= o).all()
            and (h >= c).all()
            and (lo <= o).all()
            and (lo <= c).all()
            and h.max() < infinity
            and 0 <= volume[piece].min() <= volume[piece].max() < infinity
        ):
            return False
    return True


def _check_times(time: NDArray[Any], length: int | None, faults: Faults, gaps: Gaps) -> None:
    """Of those that are known; the others are told of, and nothing is said to be missing where they stand."""
    import numpy

    is_known = _are_known(time)
    units = numpy.flatnonzero(~is_known & (time != NO_TIME)).tolist()
    faults.refuse("not_milliseconds", units, "time", lambda row: f"{int(time[row])} is no time in ms since 1970")
    known = numpy.flatnonzero(is_known)
    seen = time[known]
    steps = numpy.diff(seen)

    def after(where: Any) -> list[int]:
        return known[1:][where].tolist()

    faults.refuse("duplicate", after(steps == 0), "time", lambda row: f"{iso(time[row])} is there twice")
    faults.refuse("out_of_order", after(steps < 0), "time", lambda row: f"{iso(time[row])} comes after a later time")
    if length is None:
        return
    faults.refuse(
        "overlap",
        after((steps > 0) & (steps < length)),
        "time",
        lambda row: f"{iso(time[row])} is before the bar before it is over",
    )
    if gaps != "allow":
        missing = _find_missing(seen, known, numpy.cumsum(~is_known)[known], length)
        add = faults.refuse if gaps == "refuse" else faults.warn
        add("gap", list(missing), "time", lambda row: tell_missing(missing[row], length, iso(time[row])))


def _find_missing(seen: NDArray[Any], rows: NDArray[Any], unknown: NDArray[Any], length: int) -> dict[int, int]:
    """How many milliseconds of bars are missing before that of a row, in the order of time. Rows between whose time is
    unknown stand for a bar each; `unknown` is how many there are up to each row."""
    import numpy

    if (numpy.diff(seen) <= 0).any():
        seen, first = numpy.unique(seen, return_index=True)
        rows, unknown = rows[first], unknown[first]
    between = numpy.maximum(numpy.diff(unknown), 0)
    missing = numpy.diff(seen) - length * (1 + between)
    places = numpy.flatnonzero(missing > 0)
    return dict(zip(rows[1:][places].tolist(), missing[places].tolist(), strict=True))


def iso(time: Any) -> str:
    return datetime.fromtimestamp(int(time) / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
