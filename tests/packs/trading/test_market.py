"""Market nodes that need no venue."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.packs.binding import ports
from treadle.errors import NodeError
from treadle.packs.trading.market.hours import hours
from treadle.packs.trading.market.price_feed import price_feed
from treadle.packs.trading.market.spread import spread

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


def d(text: str) -> Decimal:
    return Decimal(text)


def test_a_feed_of_numbers_has_only_a_current_price() -> None:
    assert ports(price_feed, price=5) == {"current": 5.0}


def test_without_a_last_price_the_middle_is_current() -> None:
    assert ports(price_feed, price={"bid": 99, "ask": 101}) == {
        "current": 100.0,
        "bid": 99.0,
        "ask": 101.0,
        "spread": 2.0,
    }


@pytest.mark.parametrize(
    ("price", "code"),
    [
        (math.nan, "not_a_number"), (math.inf, "not_a_number"), (None, "not_a_number"), ("5", "not_a_number"),
        (True, "not_a_number"), (0, "zero_price"), (-1, "zero_price"), ({"last": 0}, "zero_price"),
        ({}, "not_a_number"), ({"bid": 101, "ask": 99}, "crossed_quote"),
        ({"last": 5, "bid": math.nan}, "not_a_number"),
    ],
)  # fmt: skip
def test_what_is_no_price_is_refused(price: Any, code: str) -> None:
    with pytest.raises(NodeError) as caught:
        ports(price_feed, price=price)

    assert caught.value.code == code


@pytest.mark.parametrize("at", [NOW, "2024-05-01T12:00:00Z", int(NOW.timestamp() * 1000)])
def test_a_quote_may_be_as_old_as_was_said(at: Any) -> None:
    assert ports(price_feed, {"max_age": "10s"}, price={"last": 5, "at": at}, now=NOW) == {"current": 5.0}


@pytest.mark.parametrize(
    ("quote", "now", "code"),
    [
        ({"last": 5, "at": "2024-05-01T11:59:49Z"}, NOW, "stale"),
        ({"last": 5}, NOW, "no_time"),
        ({"last": 5, "at": NOW}, None, "no_time"),
        ({"last": 5, "at": "2024-05-01T12:00:00"}, NOW, "no_time_zone"),
    ],
)
def test_a_quote_that_is_old_or_of_no_time_is_refused(quote: Any, now: Any, code: str) -> None:
    with pytest.raises(NodeError) as caught:
        ports(price_feed, {"max_age": "10s"}, price=quote, now=now)

    assert caught.value.code == code


def test_the_spread_is_exact_and_counts_each_venues_fee() -> None:
    """10 × (100.3 − 100.1) = 2; fees 10 × (100.1 × 0.1 + 100.3 × 0.05) % = 1.5025."""
    found = ports(spread, {"fee_a_pct": 0.05, "fee_b_pct": 0.1, "size": 10}, price_a=d("100.3"), price_b=d("100.1"))

    assert found["cheaper"] == "b"
    assert found["expected_profit"] == d("0.4975")
    assert found["profitable"] is True
    assert found["spread_pct"] == d("0.2") / d("100.1") * 100


def test_a_spread_that_fees_eat_is_not_profitable() -> None:
    config = {"fee_a_pct": 0.2, "fee_b_pct": 0.2}

    assert ports(spread, config, price_a=d("100"), price_b=d("100.3"))["profitable"] is False
    assert ports(spread, {**config, "include_fees": False}, price_a=d("100"), price_b=d("100.3"))["profitable"] is True


def test_a_spread_has_to_reach_the_minimum() -> None:
    at, below = ({"min_spread_pct": least} for least in ("1", "1.0000001"))

    assert ports(spread, at, price_a=d("100"), price_b=d("101"))["profitable"] is True
    assert ports(spread, below, price_a=d("100"), price_b=d("101"))["profitable"] is False


def test_equal_prices_have_no_cheaper_side() -> None:
    assert ports(spread, price_a=d("5"), price_b=d("5.00")) == {
        "spread_pct": d("0"), "profitable": False, "expected_profit": d("0"), "cheaper": "none",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2024-05-03T20:59:59Z", True), ("2024-05-03T21:00:00Z", False), ("2024-05-04T12:00:00Z", False),
        ("2024-05-05T20:59:59Z", False), ("2024-05-05T21:00:00Z", True), ("2024-01-05T21:30:00Z", True),
        ("2024-01-05T22:00:00Z", False),
    ],
)  # fmt: skip
def test_currencies_trade_from_sunday_to_friday_by_new_yorks_clock(at: str, is_open: bool) -> None:
    found = ports(hours, {"calendar": "forex"}, at=datetime.fromisoformat(at))

    assert list(found) == ["open" if is_open else "closed"]


STOCKS = {
    "calendar": "sessions", "timezone": "America/New_York", "opens": "09:30", "closes": "16:00",
    "holidays": ["2024-07-04"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2024-07-03T13:30:00Z", True), ("2024-07-03T13:29:59Z", False), ("2024-07-03T20:00:00Z", False),
        ("2024-07-04T15:00:00Z", False), ("2024-07-06T15:00:00Z", False), ("2024-01-03T14:30:00Z", True),
        ("2024-01-03T13:45:00Z", False),
    ],
)  # fmt: skip
def test_a_session_is_by_the_clock_of_its_zone_and_pauses_on_holidays(at: str, is_open: bool) -> None:
    assert list(ports(hours, STOCKS, at=datetime.fromisoformat(at))) == ["open" if is_open else "closed"]


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2024-05-03T21:00:00Z", False), ("2024-05-03T22:00:00Z", True), ("2024-05-04T03:59:00Z", True),
        ("2024-05-04T04:00:00Z", False), ("2024-05-04T23:00:00Z", False), ("2024-05-06T02:00:00Z", False),
    ],
)  # fmt: skip
def test_a_session_over_midnight_belongs_to_the_day_it_began(at: str, is_open: bool) -> None:
    config = {"calendar": "sessions", "timezone": "UTC", "opens": "22:00", "closes": "04:00"}

    assert list(ports(hours, config, at=datetime.fromisoformat(at))) == ["open" if is_open else "closed"]


def test_hours_that_mean_nothing_are_said_to() -> None:
    assert hours.config_problems({"opens": "09:00"}, frozenset())[0][1].startswith("`opens` mean something with")
    assert "`timezone` is needed" in hours.config_problems({"calendar": "sessions"}, frozenset())[0][1]
    assert "no time zone" in hours.config_problems({**STOCKS, "timezone": "Mars/Base"}, frozenset())[0][1]
    assert "no time of day" in hours.config_problems({**STOCKS, "opens": "9"}, frozenset())[0][1]
