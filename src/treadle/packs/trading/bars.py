"""Candles: what a bar and a column of bars are, read from what feeds give, and checked row by row.

Nothing is guessed: a row that cannot be right is named, with its column, and nothing is calculated with any of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from treadle.errors import NodeError
from treadle.model.counted import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

PRICES = ("open", "high", "low", "close")
COLUMNS = ("time", *PRICES, "volume")
_NAMES = {
    **{name: name for name in COLUMNS},
    "timestamp": "time", "datetime": "time", "date": "time", "open_time": "time", "at": "time",
    "o": "open", "h": "high", "l": "low", "c": "close", "v": "volume", "vol": "volume",
}  # fmt: skip
_UNITS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_EARLIEST = 100_000_000_000
"""Milliseconds of March 1973: what is less is a time in seconds."""
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one bar. Rows count from 1."""

    code: str
    row: int
    column: str
    text: str

    def __str__(self) -> str:
        return f"row {self.row}, `{self.column}`: {self.text}"


def read_bars(value: Any) -> dict[str, Any]:
    """A bar, or a column of bars, in the one form that nodes know: `time` (UTC, ms since 1970, of the opening), `open`,
    `high`, `low`, `close`, `volume`, and `closed`; a column has arrays of them, and perhaps a `timeframe`.

    Takes objects and lists of rows, by the usual names, and rows of six numbers as exchanges give them. Raises
    `NodeError` that names every row and column that cannot be right.
    """
    if isinstance(value, Mapping):
        given = cast("Mapping[str, Any]", value)
        if isinstance(given.get("rows"), list | tuple):
            return _column(_by_column(given["rows"]), given)
        named = {known: item for name, item in given.items() if (known := _NAMES.get(str(name).lower())) is not None}
        if "close" not in named:
            raise _no_bars(value)
        if isinstance(named["close"], list | tuple) or hasattr(named["close"], "dtype"):
            return _column(named, given)
        return _bar(named, given)
    if isinstance(value, list | tuple):
        return _column(_by_column(cast("Sequence[Any]", value)), {})
    raise _no_bars(value)


def is_bar(bars: Mapping[str, Any]) -> bool:
    """Whether what was read is a single bar."""
    return isinstance(bars["time"], int)


def milliseconds(timeframe: str) -> int:
    """How long a bar of `1m`, `4h`, `1d`… is. Raises `NodeError`."""
    number, unit = timeframe[:-1], timeframe[-1:]
    if not number.isdigit() or int(number) == 0 or unit not in _UNITS:
        raise NodeError(
            f"`{timeframe}` is not a timeframe.",
            code="unknown_timeframe",
            remedy="Write a number and a unit of s, m, h, d, w: `1m`, `4h`, `1d`.",
            retryable=False,
        )
    return int(number) * _UNITS[unit]


def read_times(values: Any) -> list[int]:
    """Times (texts with a zone, or ms since 1970) in ms. Raises `NodeError` that names every row."""
    faults: list[Fault] = []
    times = _times(values, faults)
    if faults:
        raise _refusal(faults)
    return times.tolist()


def check_fresh(time: int, *, now: datetime, max_age: float, what: str = "The newest bar") -> None:
    """Raises `NodeError` (`stale`) where `time` (ms) is more than `max_age` seconds ago, or in the future."""
    age = now.timestamp() - time / 1000
    if age > max_age:
        raise NodeError(
            f"{what} is {age:,.0f} s old; {max_age:g} s are allowed.",
            code="stale",
            remedy="Look whether the feed stands still. Nothing should be decided on a price that old.",
            age=age,
        )
    if age < -60:
        raise NodeError(
            f"{what} is of {-age:,.0f} s in the future.",
            code="from_the_future",
            remedy="Compare the clocks of this machine and of the feed.",
            retryable=False,
            age=age,
        )


def _by_column(rows: Sequence[Any]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    if not rows:
        return {name: [] for name in COLUMNS}
    first = rows[0]
    if isinstance(first, Mapping):
        names = {name: known for name in cast("Mapping[Any, Any]", first) if (known := _NAMES.get(str(name).lower()))}
        columns = {known: [] for known in names.values()}
        for row in rows:
            of: Mapping[Any, Any] = cast("Mapping[Any, Any]", row) if isinstance(row, Mapping) else {}
            for name, known in names.items():
                columns[known].append(of.get(name))
        return columns
    if isinstance(first, list | tuple) and len(cast("list[Any]", first)) >= 5:
        width = min(6, len(cast("list[Any]", first)))
        for at, name in enumerate(COLUMNS[:width]):
            columns[name] = [row[at] if isinstance(row, list | tuple) and at < len(row) else None for row in rows]  # pyright: ignore
        return columns
    raise _no_bars(rows)


def _bar(named: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    column = _column({name: [item] for name, item in named.items()}, {})
    bar: dict[str, Any] = {name: column[name][0].item() for name in COLUMNS}
    bar["closed"] = _closed(given)
    return bar


def _closed(given: Mapping[str, Any]) -> bool:
    closed = given.get("closed", True)
    if not isinstance(closed, bool):
        raise NodeError(
            f"`closed` says whether a bar is over; it is {closed!r}.",
            code="not_candles",
            remedy="Give it as true or false, or leave it out.",
            retryable=False,
        )
    return closed


def _column(named: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    missing = [name for name in ("time", *PRICES) if name not in named]
    if missing:
        raise NodeError(
            f"The candles have no `{'`, `'.join(missing)}`.",
            code="missing_column",
            remedy=f"They need {', '.join(COLUMNS[:-1])}, and may have volume.",
            retryable=False,
            columns=missing,
        )
    import numpy

    faults: list[Fault] = []
    length = len(named["close"])
    if any(len(item) != length for item in named.values()):
        raise NodeError(
            "The columns of the candles are not of one length.",
            code="not_candles",
            remedy="Give each bar all of its numbers.",
            retryable=False,
        )
    columns: dict[str, Any] = {"time": _times(named["time"], faults)}
    for name in (*PRICES, "volume"):
        columns[name] = _numbers(named[name], name, faults) if name in named else numpy.zeros(length)
    timeframe = given.get("timeframe")
    if not faults:
        faults = list(_find_faults(columns, milliseconds(timeframe) if isinstance(timeframe, str) else None))
    if faults:
        raise _refusal(faults)
    columns["closed"] = _closed(given)
    if isinstance(timeframe, str):
        columns["timeframe"] = timeframe
    return columns


def _times(values: Any, faults: list[Fault]) -> NDArray[Any]:
    import numpy

    if hasattr(values, "dtype") and values.dtype.kind in "iu":
        times = numpy.ascontiguousarray(values, dtype=numpy.int64)
    else:
        read = [_time(value, row, faults) for row, value in enumerate(values, 1)]
        times = numpy.array(read, dtype=numpy.int64)
    if not faults:
        for at in numpy.flatnonzero(times < _EARLIEST)[:_SHOWN].tolist():
            faults.append(
                Fault("not_milliseconds", at + 1, "time", f"{int(times[at])} is no time in milliseconds since 1970")
            )
    return times


def _time(value: Any, row: int, faults: list[Fault]) -> int:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return int(value)
    if isinstance(value, str):
        text = value.strip()
        if text.isdigit():
            return int(text)
        try:
            value = datetime.fromisoformat(text)
        except ValueError:
            faults.append(Fault("not_a_time", row, "time", f'"{text[:40]}" is no time'))
            return _EARLIEST
    if isinstance(value, datetime):
        if value.tzinfo is None:
            faults.append(Fault("no_time_zone", row, "time", f"{value.isoformat()} says no time zone"))
            return _EARLIEST
        return round(value.astimezone(UTC).timestamp() * 1000)
    faults.append(Fault("not_a_time", row, "time", "there is no time"))
    return _EARLIEST


def _numbers(values: Any, name: str, faults: list[Fault]) -> NDArray[Any]:
    import numpy

    if hasattr(values, "dtype") and values.dtype.kind in "iuf":
        column = numpy.ascontiguousarray(values, dtype=float)
    else:
        column = numpy.array([_number(value) for value in values], dtype=float)
    for at in numpy.flatnonzero(~numpy.isfinite(column)).tolist():
        faults.append(Fault("not_a_number", at + 1, name, f"{values[at]!r} is not a number"))
    return column


def _number(value: Any) -> float:
    if isinstance(value, bool) or value is None:
        return math.nan
    try:
        return float(value) if isinstance(value, int | float | Decimal | str) else math.nan
    except (ValueError, OverflowError):
        return math.nan


def _find_faults(columns: Mapping[str, Any], step: int | None) -> Iterator[Fault]:
    import numpy

    def each(where: Any) -> Iterable[int]:
        return numpy.flatnonzero(where).tolist()

    time = columns["time"]
    steps = numpy.diff(time)
    for at in each(steps <= 0):
        if steps[at] == 0:
            yield Fault("duplicate", at + 2, "time", f"{_iso(time[at + 1])} is there twice")
        else:
            yield Fault("out_of_order", at + 2, "time", f"{_iso(time[at + 1])} comes after {_iso(time[at])}")
    if step is not None:
        for at in each((steps > 0) & (steps != step)):
            yield Fault("gap", at + 2, "time", tell_missing(int(steps[at]) - step, step, _iso(time[at + 1])))
    for name in PRICES:
        for at in each(columns[name] <= 0):
            yield Fault("zero_price", at + 1, name, f"{columns[name][at]:g} is no price")
    for at in each(columns["volume"] < 0):
        yield Fault("negative_volume", at + 1, "volume", f"{columns['volume'][at]:g} is less than nothing")
    highest = numpy.maximum(columns["open"], columns["close"])
    lowest = numpy.minimum(columns["open"], columns["close"])
    for at in each(columns["high"] < numpy.maximum(highest, columns["low"])):
        yield Fault("high_below", at + 1, "high", f"{columns['high'][at]:g} is below another price of the bar")
    for at in each(columns["low"] > lowest):
        yield Fault("low_above", at + 1, "low", f"{columns['low'][at]:g} is above another price of the bar")


def tell_missing(missing: int, length: int, at: str) -> str:
    """What is missing (ms) before the bar that opens `at`, where one is `length` long."""
    bars, rest = divmod(missing, length)
    if rest:
        minutes = f"{(missing + length) / 60_000:,.10g} minutes"
        return f"{at} opens {minutes} after the bar before it, which is no whole number of bars"
    return f"{counted(bars, 'bar is', many='bars are')} missing before {at}"


def _iso(time: Any) -> str:
    return datetime.fromtimestamp(int(time) / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


_REMEDIES = {
    "gap": "Fetch the bars that are missing, or give the candles no `timeframe` where the market pauses.",
    "duplicate": "Leave the second out: `data.dedupe`, or where the bars come from.",
    "out_of_order": "Sort them by time: `data.sort`.",
    "no_time_zone": "Give times with their zone, `2024-05-01T00:00:00Z`, or milliseconds since 1970.",
    "not_milliseconds": "Give times in milliseconds since 1970 (seconds × 1000), or as text with a zone.",
}


def _refusal(faults: Sequence[Fault]) -> NodeError:
    more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
    return NodeError(
        f"The candles cannot be right: {'; '.join(str(fault) for fault in faults[:_SHOWN])}{more}.",
        code=faults[0].code,
        remedy=_REMEDIES.get(faults[0].code, "Repair the bars where they come from; nothing was calculated."),
        retryable=False,
        faults=[{"code": one.code, "row": one.row, "column": one.column} for one in faults[:100]],
    )


def _no_bars(value: Any) -> NodeError:
    return NodeError(
        f"These are no candles: a value of type {type(value).__name__} without `close`.",
        code="not_candles",
        remedy=f"Give a list of bars, each with {', '.join(COLUMNS[:-1])} and perhaps volume.",
        retryable=False,
    )
