"""Candles at the feed: what cannot be right is named with row and column, and nothing is guessed."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import numpy
import pytest

from treadle.errors import NodeError
from treadle.packs.trading.bars import check_fresh, is_bar, milliseconds, read_bars
from treadle.packs.trading.types import CandleMark, PriceMark

HOUR = 3_600_000
START = 1_714_521_600_000
"""2024-05-01T00:00:00Z"""


def rows(count: int = 4) -> list[dict[str, Any]]:
    return [
        {"time": START + at * HOUR, "open": 10.0, "high": 12.0, "low": 9.0, "close": 11.0, "volume": 5.0}
        for at in range(count)
    ]


def refusal(value: Any) -> NodeError:
    with pytest.raises(NodeError) as caught:
        read_bars(value)
    return caught.value


CORPUS: list[tuple[str, int, str, Any]] = [
    ("not_a_number", 3, "close", math.nan),
    ("not_a_number", 1, "open", math.inf),
    ("not_a_number", 2, "volume", math.nan),
    ("not_a_number", 2, "high", None),
    ("not_a_number", 2, "low", "n/a"),
    ("not_a_number", 4, "close", True),
    ("zero_price", 2, "close", 0.0),
    ("zero_price", 2, "low", -1.0),
    ("negative_volume", 4, "volume", -5.0),
    ("duplicate", 3, "time", START + HOUR),
    ("out_of_order", 3, "time", START + HOUR // 2),
    ("not_a_time", 2, "time", None),
    ("not_a_time", 2, "time", "yesterday"),
    ("no_time_zone", 2, "time", "2024-05-01 01:00:00"),
    ("not_milliseconds", 2, "time", START // 1000),
    ("high_below", 2, "high", 10.5),
    ("low_above", 2, "low", 10.5),
]


@pytest.mark.parametrize(("code", "row", "column", "bad"), CORPUS)
def test_a_bar_that_cannot_be_right_is_named(code: str, row: int, column: str, bad: Any) -> None:
    given = rows()
    given[row - 1][column] = bad

    error = refusal(given)

    assert error.code == code
    assert f"row {row}, `{column}`" in error.message
    assert {"code": code, "row": row, "column": column} in error.attributes["faults"]
    assert error.remedy


def test_a_gap_is_named_where_the_timeframe_is_known() -> None:
    given = rows()
    del given[2]

    assert len(read_bars(given)["time"]) == 3
    error = refusal({"rows": given, "timeframe": "1h"})
    assert (error.code, error.attributes["faults"]) == ("gap", [{"code": "gap", "row": 3, "column": "time"}])
    assert "row 3, `time`: 1 bar is missing before 2024-05-01 03:00:00" in error.message


@pytest.mark.parametrize(("late", "told"), [(HOUR // 2, "opens 90 minutes"), (-HOUR // 2, "opens 30 minutes")])
def test_a_bar_between_two_of_the_timeframe_is_no_whole_number_of_bars_away(late: int, told: str) -> None:
    given = rows()
    given[3]["time"] += late

    error = refusal({"rows": given, "timeframe": "1h"})

    assert f"{told} after the bar before it, which is no whole number of bars" in error.message


def test_several_that_are_missing_are_counted() -> None:
    error = refusal({"rows": [rows()[0], rows()[3]], "timeframe": "1h"})

    assert "2 bars are missing before 2024-05-01 03:00:00" in error.message


def test_everything_wrong_is_told_at_once() -> None:
    given = rows()
    given[0]["close"] = given[2]["open"] = math.nan

    error = refusal(given)

    assert [fault["row"] for fault in error.attributes["faults"]] == [3, 1]


def test_a_missing_column_is_named() -> None:
    error = refusal([{"time": START, "close": 1.0, "open": 1.0}])

    assert (error.code, error.attributes["columns"]) == ("missing_column", ["high", "low"])


@pytest.mark.parametrize("value", [5, "candles", {"price": 1}, [1, 2], [[1, 2]], object()])
def test_what_is_no_candles_is_said_to_be_none(value: Any) -> None:
    assert refusal(value).code == "not_candles"


def test_the_forms_that_feeds_have_are_one_form() -> None:
    objects = read_bars(rows(2))
    text = read_bars(
        [{"Date": "2024-05-01T02:00:00+02:00", "Open": "10", "High": "12", "Low": "9", "Close": "11", "Volume": "5"},
         {"Date": "2024-05-01T01:00:00Z", "Open": "10", "High": "12", "Low": "9", "Close": "11", "Volume": "5"}]
    )  # fmt: skip
    lists = read_bars([[START, 10, 12, 9, 11, 5], [START + HOUR, 10, 12, 9, 11, 5]])
    columns = read_bars({name: numpy.array([row[name] for row in rows(2)]) for name in rows(1)[0]})

    for other in (text, lists, columns):
        assert all(numpy.array_equal(objects[name], other[name]) for name in rows(1)[0])
    assert objects["closed"] is True


def test_no_candles_are_columns_of_nothing() -> None:
    assert len(read_bars([])["close"]) == 0


def test_a_bar_is_one_item() -> None:
    bar = read_bars({**rows(1)[0], "closed": False})

    assert is_bar(bar)
    assert bar == {**rows(1)[0], "closed": False}
    assert not is_bar(read_bars(rows(1)))


def test_whether_a_bar_is_over_is_not_guessed() -> None:
    assert refusal({**rows(1)[0], "closed": "no"}).code == "not_candles"


def test_a_bar_that_comes_twice_or_late_does_not_follow() -> None:
    mark = CandleMark()
    first, second = (mark.row(read_bars(row)) for row in rows(2))

    mark.follow(first, second)

    for last, now, code in ((first, first, "duplicate"), (second, first, "out_of_order")):
        with pytest.raises(NodeError) as caught:
            mark.follow(last, now)
        assert caught.value.code == code


def test_a_price_is_a_number_a_column_or_the_close_of_candles() -> None:
    mark = PriceMark()

    assert mark.row(mark.read(5)) == (0.0, 5.0)
    assert mark.row(mark.read(rows(1)[0])) == (float(START), 11.0)
    assert mark.read(rows(3)).tolist() == [11.0, 11.0, 11.0]
    assert mark.read([1, 2.5]).tolist() == [1.0, 2.5]
    assert not mark.keeps(mark.read({**rows(1)[0], "closed": False}))


def test_a_timeframe_is_a_number_and_a_unit() -> None:
    assert [milliseconds(text) for text in ("30s", "1m", "4h", "1d", "1w")] == [
        30_000, 60_000, 4 * HOUR, 24 * HOUR, 168 * HOUR,
    ]  # fmt: skip
    for text in ("", "m", "0m", "1", "1y", "-1m"):
        with pytest.raises(NodeError):
            milliseconds(text)


def test_a_stale_bar_and_one_from_the_future_are_refused() -> None:
    now = datetime.fromtimestamp(START / 1000 + 100, UTC)

    check_fresh(START, now=now, max_age=100)

    with pytest.raises(NodeError) as stale:
        check_fresh(START, now=now, max_age=99)
    with pytest.raises(NodeError) as ahead:
        check_fresh(START + HOUR, now=now, max_age=99)
    assert (stale.value.code, ahead.value.code) == ("stale", "from_the_future")
