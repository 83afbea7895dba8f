"""Bars of a CSV or Parquet file, read whole and checked. What is in order is read by polars where it is there; whatever
is not, row by row, to be named."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from treadle.errors import NodeError
from treadle.model.issue import Issue
from treadle.model.nearest import find_nearest
from treadle.packs.trading.bars import COLUMNS, PRICES, milliseconds
from treadle.service.backtests.data.arrays import BarArrays
from treadle.service.backtests.data.faults import NO_TIME, Faults, Gaps, check_columns, find_length

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENDINGS = (".csv", ".parquet")
NAMES: Mapping[str, str] = {
    **{name: name for name in COLUMNS},
    "timestamp": "time", "datetime": "time", "date": "time", "open_time": "time", "at": "time",
    "o": "open", "h": "high", "l": "low", "c": "close", "v": "volume", "vol": "volume",
}  # fmt: skip
"""What columns may be called, in small letters."""
_SMALL = 200_000
"""Bytes of a file that is read quicker than polars is imported."""
_BEYOND = 9e18
"""What is more than that is no whole number of 64 bits."""
MOST = 100_000_000
"""Bars of a file: a small one may unpack to more than a machine has room for."""
Table = Mapping[str, Any]
"""Columns by the names that the file gives them."""


def read_bars_file(
    path: Path, *, timeframe: str | None = None, gaps: Gaps = "warn", symbol: str = "", most: int = MOST
) -> tuple[BarArrays | None, list[Issue]]:
    """The bars, or None where anything is wrong with them; the issues name all of it, and what to know besides."""
    name = path.name or str(path)
    faults = Faults(name)
    try:
        table = read_table(path, faults, most=most)
        found = None if table is None else bars_of(table, faults, timeframe=timeframe, gaps=gaps)
    except NodeError as error:
        return None, [Issue(error.code, f"{name}: {error.message}", path=(symbol,), remedy=error.remedy)]
    return (None if faults.is_wrong else found), list(faults.issues(symbol))


def read_table(path: Path, faults: Faults, *, names: Mapping[str, str] = NAMES, most: int = MOST) -> Table | None:
    """Its columns as they are written; those that are not among `names` may be empty. Raises `NodeError` where it is no
    such file."""
    ending = path.suffix.lower()
    if path.is_dir():
        raise _refusal("no_file", "it is a folder.", "Name a CSV or Parquet file of bars.")
    if not path.is_file():
        raise _refusal("no_file", f"`{path}` is no file.", "Name a CSV or Parquet file of bars.")
    if ending not in ENDINGS:
        raise _refusal("not_candles", f"`{path.name}` is no file of bars.", "Name one that ends in .csv or .parquet.")
    if ending == ".parquet":
        return _read_parquet(path, names, most)
    quick = _read_quickly(path) if path.stat().st_size > _SMALL else None
    return quick or _read_csv(path, faults)


def bars_of(table: Table, faults: Faults, *, timeframe: str | None = None, gaps: Gaps = "warn") -> BarArrays | None:
    """None where it has no columns of bars, or no bars. What is wrong is noted; nothing is left out for it."""
    named = name_columns(table, faults)
    missing = [name for name in ("time", *PRICES) if name not in named]
    if "no_header" in faults.codes:
        return None
    if missing:
        listed = ", ".join(f"`{name}`" for name in missing)
        faults.note(Issue("missing_column", f"there is no column {listed}; there are {', '.join(map(str, table))}"))
        return None
    columns = {name: _column(name, named[name], faults) for name in COLUMNS if name in named}
    if not len(columns["time"]):
        faults.note(Issue("not_candles", "there are no bars in it"))
        return None
    return build(columns, faults, timeframe=timeframe, gaps=gaps)


def build(
    columns: dict[str, NDArray[Any]], faults: Faults, *, timeframe: str | None = None, gaps: Gaps = "warn"
) -> BarArrays | None:
    """Bars of columns of numbers, checked."""
    import numpy

    columns.setdefault("volume", numpy.zeros(len(columns["time"])))
    length = milliseconds(timeframe) if timeframe else find_length(columns["time"], faults)
    check_columns(columns, length, faults, gaps=gaps)
    if length is None:
        if not faults.is_wrong:
            faults.note(Issue("invalid_bars", "a single bar does not say how long it is"))
        return None
    return BarArrays(*(columns[name] for name in COLUMNS), length=length)


def name_columns(table: Table, faults: Faults, names: Mapping[str, str] = NAMES) -> dict[str, Any]:
    named: dict[str, Any] = {}
    said: dict[str, str] = {}
    if table and all(_is_number(str(name)) for name in table):
        _tell_no_header(faults)
        return {}
    for given, column in table.items():
        known = names.get(str(given).strip().lower())
        if known is None:
            near = find_nearest(str(given).lower(), [*dict.fromkeys(names.values())])
            meant = f" (`{near}` is one)" if near else ""
            told = f"`{given}` is no column of bars{meant}: it is not used"
            faults.note(Issue("unknown_column", told, severity="warning"))
        elif known in said:
            faults.note(Issue("ambiguous_column", f"both `{said[known]}` and `{given}` say the {known}"))
        else:
            said[known], named[known] = str(given), column
    return named


def _column(name: str, values: Any, faults: Faults) -> NDArray[Any]:
    return read_times(values, faults) if name == "time" else read_numbers(values, name, faults)


def read_times(values: Any, faults: Faults) -> NDArray[Any]:
    """`NO_TIME` where there is none."""
    import numpy

    if hasattr(values, "dtype") and values.dtype.kind in "iu":
        return numpy.ascontiguousarray(values, dtype=numpy.int64)
    read = _Times()
    times = numpy.array([read.time(value, row) for row, value in enumerate(values)], dtype=numpy.int64)
    faults.refuse("not_a_time", list(read.wrong), "time", read.wrong.__getitem__)
    faults.refuse("no_time_zone", list(read.naive), "time", read.naive.__getitem__)
    if read.turns:
        faults.warn("mixed_zones", list(read.turns), "time", read.turns.__getitem__)
    return times


class _Times:
    def __init__(self) -> None:
        self.wrong: dict[int, str] = {}
        self.naive: dict[int, str] = {}
        self.turns: dict[int, str] = {}
        """Where a row is of another zone than the one before."""
        self._zone: Any = None

    def time(self, value: Any, row: int) -> int:
        if isinstance(value, str):
            value = value.strip()
            number = _number(value)
            if math.isnan(number):
                try:
                    value = datetime.fromisoformat(value)
                except ValueError:
                    return self._refuse(row, f'"{value[:40]}" is no time' if value else "there is no time")
            else:
                value = number
        if isinstance(value, datetime):
            return self._instant(value, row)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _BEYOND:
            return int(value)
        return self._refuse(row, "there is no time" if value is None else f"{str(value)[:40]} is no time")

    def _instant(self, value: datetime, row: int) -> int:
        if value.tzinfo is None:
            self.naive[row] = f"{value.isoformat()} says no time zone"
            return NO_TIME
        self._note_zone(value, row)
        try:
            return round(value.timestamp() * 1000)
        except (OverflowError, ValueError):
            return self._refuse(row, f"{value.isoformat()} is no time")

    def _refuse(self, row: int, why: str) -> int:
        self.wrong[row] = why
        return NO_TIME

    def _note_zone(self, value: datetime, row: int) -> None:
        offset = value.utcoffset()
        if self._zone is not None and offset != self._zone[0]:
            self.turns[row] = f"{value.isoformat()} is of another zone than {self._zone[1]} before it"
        self._zone = (offset, value.isoformat())


def read_numbers(values: Any, name: str, faults: Faults) -> NDArray[Any]:
    """NaN where there is none."""
    import numpy

    if hasattr(values, "dtype") and values.dtype.kind in "iuf":
        column = numpy.ascontiguousarray(values, dtype=numpy.float64)
    else:
        column = numpy.array([_number(value) for value in values], dtype=numpy.float64)
    wrong = numpy.flatnonzero(~numpy.isfinite(column)).tolist()
    faults.refuse("not_a_number", wrong, name, lambda row: _no_number(values[row]))
    if wrong:
        column = column.copy()
        column[wrong] = math.nan
    return column


def _no_number(value: Any) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        return "there is nothing"
    return f"{str(value)[:40]!r} is not a number"


def _number(value: Any) -> float:
    if isinstance(value, bool) or value is None:
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError, TypeError):
        return math.nan


def _is_number(text: str) -> bool:
    return math.isfinite(_number(text))


def _read_csv(path: Path, faults: Faults) -> Table | None:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            names = [name.strip() for name in next(rows, list[str]())]
            found = [row for row in rows if row]
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise _refusal("not_candles", f"it is no table: {error}.", "Save it as CSV, in UTF-8.") from None
    if not any(names):
        faults.note(Issue("not_candles", "it is empty" if not found else "its first row is empty"))
        return None
    if len(names) == 1 and names[0].count(";") >= 4:
        raise _refusal("not_candles", "its fields are parted by semicolons.", "Part them by commas.")
    if names and all(_is_number(name) for name in names):
        _tell_no_header(faults)
        return None
    if len(set(names)) < len(names):
        twice = ", ".join(f"`{name}`" for name in dict.fromkeys(names) if names.count(name) > 1)
        faults.note(Issue("ambiguous_column", f"the name {twice} is there twice"))
        return None
    odd = [at for at, row in enumerate(found) if len(row) != len(names)]
    faults.refuse("not_candles", odd, "", _widths(found, len(names)))
    if odd:
        faults.unread.update(odd)
        wide = len(names)
        found = [(*row, *[""] * (wide - len(row)))[:wide] for row in found]
    return dict(zip(names, ([row[at] for row in found] for at in range(len(names))), strict=True))


def _tell_no_header(faults: Faults) -> None:
    faults.note(Issue("no_header", "the first row has numbers where the names of the columns belong"))


def _widths(rows: Sequence[Sequence[str]], wanted: int) -> Callable[[int], str]:
    return lambda row: f"it has {len(rows[row])} fields, and the first row names {wanted}"


def _read_quickly(path: Path) -> Table | None:
    """None where it is not in order, or cannot be read so."""
    try:
        import polars
    except ImportError:
        return None
    try:
        frame = polars.read_csv(path, infer_schema=False, truncate_ragged_lines=False)
    except (polars.exceptions.PolarsError, OSError, UnicodeDecodeError):
        return None
    if any("_duplicated_" in name for name in frame.columns):
        return None  # as polars calls the second of one name
    found: dict[str, Any] = {}
    for name in frame.columns:
        known = NAMES.get(name.strip().lower())
        text = frame[name]
        if known is None:
            found[name] = text
            continue
        if known == "time":
            column = text.cast(polars.Int64, strict=False)
            if column.null_count():
                column = _instants(text)
        else:
            column = text.cast(polars.Float64, strict=False)
        if column is None or column.null_count():
            return None
        found[name] = column.to_numpy()
    return found


def _instants(text: Any) -> Any:
    """Texts in UTC, all written alike; None for others."""
    import polars

    plain = text.str.replace(r"(Z|\+00:00)$", "")
    if int((plain.str.len_bytes() == text.str.len_bytes()).sum()):
        return None  # some name another zone, or none
    for form in ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"):
        found = plain.str.to_datetime(form, time_unit="us", strict=False)
        if not found.null_count():
            return found.cast(polars.Int64) // 1000 if _is_whole(found) else None
    return None


def _is_whole(found: Any) -> bool:
    import polars

    return not int((found.cast(polars.Int64) % 1000 != 0).sum())


def _read_parquet(path: Path, names: Mapping[str, str], most: int) -> Table:
    try:
        import polars
    except ImportError:
        raise _refusal(
            "missing_package", "Parquet files need polars.", "Install it: pip install 'treadle[trading]'."
        ) from None
    try:
        frame = polars.scan_parquet(path)
        there = frame.collect_schema().names()
        many = int(frame.select(polars.len()).collect().item())
        if many > most:
            raise _refusal("too_large", f"it has {many:,} rows; {most:,} are read.", "Split it.")
        known = [name for name in there if name.strip().lower() in names]
        columns = frame.select(known).collect()
    except (polars.exceptions.PolarsError, OSError) as error:
        raise _refusal("not_candles", f"it is no Parquet file: {str(error)[:200]}.", "Write it anew.") from None
    return {name: _plain(columns[name]) if name in known else () for name in there}


def _plain(column: Any) -> Any:
    import polars

    kind = column.dtype
    if column.null_count():
        return column.to_list()
    if kind.is_numeric() and not kind.is_decimal():
        return column.to_numpy()
    if isinstance(kind, polars.Datetime) and kind.time_zone is not None:
        return column.dt.epoch("ms").to_numpy()
    return column.to_list()


def _refusal(code: str, message: str, remedy: str) -> NodeError:
    return NodeError(message, code=code, remedy=remedy, retryable=False)
