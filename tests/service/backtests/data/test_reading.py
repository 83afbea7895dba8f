"""Files of bars: what is right is read exactly, and everything that is not is named at once, by row and column."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from treadle.model.issue import Issue
from treadle.service.backtests.data import reading
from treadle.service.backtests.data.arrays import BarArrays
from treadle.service.backtests.data.faults import SHOWN
from treadle.service.backtests.data.reading import read_bars_file

BEGIN = 1_704_067_200_000
HOUR = 3_600_000
HEAD = "time,open,high,low,close,volume"


def write(folder: Path, *rows: str, head: str = HEAD, name: str = "bars.csv") -> Path:
    file = folder / name
    file.write_text("\n".join([head, *rows]) + "\n")
    return file


def row(at: int, price: object = 100) -> str:
    return f"{BEGIN + at * HOUR},{price},{price},{price},{price},1"


def codes(issues: Sequence[Issue], severity: str = "error") -> list[str]:
    return [issue.code for issue in issues if issue.severity == severity]


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        f"{BEGIN},100,101,99,100,1",
        f"{BEGIN + HOUR},100,99,99,100,1",
        f"{BEGIN + HOUR},100,101,100.5,100,1",
        f"{BEGIN},0,101,-1,NaN,-5",
        "2024-01-01T09:00:00,1,1,1,1,1",
        "yesterday,1,1,1,x,1",
        "1704067200,1,1,1,1,1",
    )

    bars, issues = read_bars_file(file)

    assert bars is None
    assert sorted(codes(issues)) == [
        "duplicate", "high_below", "low_above", "negative_volume", "no_time_zone", "not_a_number", "not_a_time",
        "not_milliseconds", "out_of_order", "zero_price",
    ]  # fmt: skip
    told = " ".join(issue.message for issue in issues)
    for place in ("row 2, `high`", "row 3, `low`", "row 4, `open`", "row 4, `low`", "row 4, `close`",
                  "row 4, `volume`", "row 5, `time`", "row 6, `time`", "row 6, `close`", "row 7, `time`"):  # fmt: skip
        assert place in told
    assert all(issue.message.startswith("bars.csv: ") and issue.remedy for issue in issues)


def test_bars_out_of_order_and_twice_are_named(tmp_path: Path) -> None:
    _, issues = read_bars_file(write(tmp_path, row(0), row(2), row(1), row(1), row(3)))

    assert [(issue.code, issue.message.split(": ")[1]) for issue in issues if issue.severity == "error"] == [
        ("duplicate", "row 4, `time`"), ("out_of_order", "row 3, `time`"),
    ]  # fmt: skip


@pytest.mark.parametrize("odd", ["yesterday", "2024-01-01T11:00:00", f"{(BEGIN + 11 * HOUR) // 1000}"])
def test_a_time_that_cannot_be_read_hides_nothing_of_the_other_rows(tmp_path: Path, odd: str) -> None:
    rows = [*(row(at) for at in (0, 1, 2, 3, 3, 2, 8, 9)), f"{odd},100,100,100,100,1"]

    _, issues = read_bars_file(write(tmp_path, *rows))

    assert {"duplicate", "out_of_order"} <= set(codes(issues))
    assert "uneven_bars" not in codes(issues)
    (gap,) = (one.message for one in issues if one.code == "gap")
    assert gap == "bars.csv: row 7, `time`: 4 bars are missing before 2024-01-01 08:00:00."


def test_where_a_time_cannot_be_read_no_bar_is_missing(tmp_path: Path) -> None:
    in_seconds = f"{(BEGIN + 2 * HOUR) // 1000},100,100,100,100,1"

    _, issues = read_bars_file(write(tmp_path, row(0), row(1), in_seconds, row(3), row(4)))

    assert [issue.code for issue in issues] == ["not_milliseconds"]


def test_a_row_with_other_fields_is_named_and_none_of_its_columns(tmp_path: Path) -> None:
    _, (issue,) = read_bars_file(write(tmp_path, row(0), row(1), f"{BEGIN + 2 * HOUR},1,1", f"{row(3)},9"))

    assert issue.message == (
        "bars.csv: row 3: it has 3 fields, and the first row names 6; "
        "row 4: it has 7 fields, and the first row names 6."
    )


def test_a_bar_that_opens_within_another_is_said_to(tmp_path: Path) -> None:
    late = f"{BEGIN + 4 * HOUR + HOUR // 2},100,100,100,100,1"

    _, (issue,) = read_bars_file(write(tmp_path, row(0), row(1), row(2), late), timeframe="1h")

    assert issue.message == (
        "bars.csv: row 4, `time`: 2024-01-01 04:30:00 opens 150 minutes after the bar before it, "
        "which is no whole number of bars."
    )


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, content: str) -> None:
    (tmp_path / "bars.csv").write_text(content)

    _, (issue,) = read_bars_file(tmp_path / "bars.csv")

    assert issue.message == "bars.csv: it is empty."


def test_a_folder_is_said_to_be_one() -> None:
    _, (issue,) = read_bars_file(Path())

    assert issue.message == ".: it is a folder."


def test_of_a_kind_the_first_are_told_and_how_many_more(tmp_path: Path) -> None:
    _, (issue,) = read_bars_file(write(tmp_path, *(row(at, 0) for at in range(30))))

    assert issue.message.count("row ") == SHOWN
    assert issue.message.endswith(f"and {30 * 4 - SHOWN} more.")


@pytest.mark.parametrize(("gaps", "severity"), [("warn", "warning"), ("refuse", "error"), ("allow", None)])
def test_gaps_are_told_refused_or_allowed_as_it_is_said(tmp_path: Path, gaps: str, severity: str | None) -> None:
    file = write(tmp_path, row(0), row(1), row(4), row(5), row(7))

    bars, issues = read_bars_file(file, gaps=gaps)  # type: ignore[arg-type]

    assert [issue.severity for issue in issues] == ([severity] if severity else [])
    assert (bars is None) == (severity == "error")
    if issues:
        assert "row 3, `time`: 2 bars are missing before 2024-01-01 04:00:00" in issues[0].message
        assert "row 5, `time`: 1 bar is missing" in issues[0].message


def test_bars_of_uneven_length_say_none(tmp_path: Path) -> None:
    """Days of a zone that puts its clocks forward are of 23, 24 and 25 hours."""
    starts = [datetime(2024, 3, 29, tzinfo=UTC) + timedelta(days=at, hours=-(at > 2)) for at in range(5)]
    file = write(tmp_path, *(f"{at.isoformat()},1,1,1,1,1" for at in starts))

    _, guessed = read_bars_file(file)
    bars, said = read_bars_file(file, timeframe="1d")

    assert codes(guessed) == ["uneven_bars"]
    assert bars is None
    assert codes(said) == ["overlap"]


def test_a_change_of_zone_is_told_and_changes_no_instant(tmp_path: Path) -> None:
    file = write(tmp_path, "2024-01-01T00:00:00+00:00,1,1,1,1,1", "2024-01-01T03:00:00+02:00,1,1,1,1,1")

    bars, (issue,) = read_bars_file(file)

    assert bars is not None
    assert bars.time.tolist() == [BEGIN, BEGIN + HOUR]
    assert (issue.code, issue.severity) == ("mixed_zones", "warning")
    assert "row 2, `time`" in issue.message


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("time,open,high,low,close", None),
        ("timestamp,o,h,l,c,vol", None),
        ("time,open,high,low,volume", "missing_column"),
        ("time,date,open,high,low,close", "ambiguous_column"),
        ("time,open,open,high,low,close", "ambiguous_column"),
        ("1704067200000,100,101,99,100,5", "no_header"),
        ("time;open;high;low;close;volume", "not_candles"),
        ("time,open,high,low,close,volum", None),
    ],
)
def test_columns_are_known_by_their_names(tmp_path: Path, head: str, code: str | None) -> None:
    wide = len(head.split(","))
    bars, issues = read_bars_file(
        write(tmp_path, *(",".join([str(BEGIN + at * HOUR), *["1"] * (wide - 1)]) for at in range(2)), head=head)
    )

    assert (bars is None) == (code is not None)
    assert (code in codes(issues)) == (code is not None)
    if head.endswith("volum"):
        (told,) = [issue for issue in issues if issue.severity == "warning"]
        assert "`volum` is no column of bars (`volume` is one)" in told.message


@pytest.mark.parametrize("content", [b"", b"time\n", b"\xff\xfe\x00", b"time,open\n1\n", b'"', b"PAR1"])
@pytest.mark.parametrize("name", ["bars.csv", "bars.parquet", "bars.txt"])
def test_what_is_no_file_of_bars_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)

    bars, issues = read_bars_file(file)

    assert bars is None
    assert codes(issues)


def test_parquet_is_read_with_zones_and_refused_without(tmp_path: Path) -> None:
    times = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=at) for at in range(3)]
    numbers = {name: [1.0, 2.0, 3.0] for name in ("open", "high", "low", "close", "volume")}
    polars.DataFrame({"time": times, **numbers}).write_parquet(tmp_path / "a.parquet")
    polars.DataFrame({"time": [at.replace(tzinfo=None) for at in times], **numbers}).write_parquet(
        tmp_path / "b.parquet"
    )

    read, none = read_bars_file(tmp_path / "a.parquet")
    _, naive = read_bars_file(tmp_path / "b.parquet")

    assert read is not None
    assert (read.time.tolist(), none) == ([BEGIN + at * HOUR for at in range(3)], [])
    assert codes(naive) == ["no_time_zone"]


@pytest.mark.parametrize("time", ["0", "-1", "1e300", "inf", "9223372036854775808", "0001-01-01T00:00:00+14:00", ""])
def test_no_time_is_taken_for_one(tmp_path: Path, time: str) -> None:
    file = write(tmp_path, f"{time},1,1,1,1,1", f"{time},1,1,1,1,1")

    bars, issues = read_bars_file(file, timeframe="1h")

    assert bars is None
    assert codes(issues)[0] in ("not_a_time", "not_milliseconds")


def test_a_file_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path) -> None:
    numbers = {name: [1.0] * 100 for name in ("time", "open", "high", "low", "close")}
    polars.DataFrame(numbers).write_parquet(tmp_path / "a.parquet")

    _, issues = read_bars_file(tmp_path / "a.parquet", most=99)

    assert codes(issues) == ["too_large"]


prices = st.floats(1e-8, 1e9, allow_nan=False, allow_infinity=False)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(prices, min_size=2, max_size=20), st.sampled_from(["ms", "iso", "Z", "space"]))
def test_the_quick_way_reads_what_the_other_reads(tmp_path: Path, closes: list[float], written: str) -> None:
    def time(at: int) -> str:
        moment = datetime.fromtimestamp((BEGIN + at * HOUR) / 1000, UTC)
        shown = {"ms": str(BEGIN + at * HOUR), "iso": moment.isoformat(), "Z": f"{moment:%Y-%m-%dT%H:%M:%S}Z",
                 "space": moment.isoformat(" ")}  # fmt: skip
        return shown[written]

    file = write(tmp_path, *(f"{time(at)},{price!r},{price!r},{price!r},{price!r},0.1" for at, price in
                             enumerate(closes)))  # fmt: skip
    slow, _ = read_bars_file(file)
    quick, _ = _quickly(file)

    assert slow is not None
    assert quick is not None
    for name in ("time", "open", "close", "volume"):
        assert getattr(slow, name).tolist() == getattr(quick, name).tolist()
    assert slow.close.tolist() == closes


def test_a_fault_is_named_alike_in_a_file_that_is_read_quickly(tmp_path: Path) -> None:
    rows = [row(at) for at in range(50)]
    rows[20] = rows[20].removesuffix("100,1") + ",1"
    rows[30] = "2024-01-02 06:00,1,1,1,1,1"

    bars, issues = _quickly(write(tmp_path, *rows))

    assert bars is None
    assert "row 21, `close`: there is nothing" in " ".join(issue.message for issue in issues)
    assert "row 31, `time`" in " ".join(issue.message for issue in issues)


def _quickly(file: Path) -> tuple[BarArrays | None, list[Issue]]:
    small = reading._SMALL  # pyright: ignore[reportPrivateUsage]
    reading._SMALL = 0  # pyright: ignore[reportPrivateUsage]
    try:
        return read_bars_file(file)
    finally:
        reading._SMALL = small  # pyright: ignore[reportPrivateUsage]
