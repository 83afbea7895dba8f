"""Series: few points that look like many."""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import Decimal

from tests.service.bots.dealing import fill
from treadle.service.bots.book import keep_book
from treadle.service.bots.series import AccountSeries, Point, profit_series, read_point, thin
from treadle.testing.clock import START


def points(*values: float) -> list[Point]:
    return [Point(START + timedelta(minutes=at), Decimal(str(value))) for at, value in enumerate(values)]


def test_a_thinned_series_keeps_its_ends_its_highest_and_its_lowest() -> None:
    many = points(*(math.sin(at / 50) for at in range(2000)), 7, *(0 for _ in range(500)), -3, 0, 1)

    few = thin(many, 100)

    assert len(few) <= 100
    assert (few[0], few[-1]) == (many[0], many[-1])
    assert {max(one.value for one in few), min(one.value for one in few)} == {Decimal(7), Decimal(-3)}
    assert few == sorted(few, key=lambda one: one.at)


def test_a_short_series_stays_as_it_is() -> None:
    assert thin(points(1, 2, 3), 10) == points(1, 2, 3)


def test_the_profit_before_a_period_is_where_its_curve_begins() -> None:
    fills = [fill(at, "sell" if at % 2 else "buy", "1", str(100 + at), minute=at) for at in range(8)]

    found = profit_series(keep_book(fills).trades, "USDT", since=START + timedelta(minutes=4))

    assert [one.value for one in found] == [3, 4]


def test_an_account_tells_its_deepest_fall() -> None:
    account = AccountSeries("USDT")
    for point in points(100, 120, 90, 130, 125):
        account.take("paper/main", point)

    assert (account.fall, account.fall_share) == (30, 0.25)


def test_several_accounts_are_worth_what_they_are_together() -> None:
    series = AccountSeries("USDT")
    first, second, third = points(100, 110, 105)

    series.take("paper/alpha", first)
    series.take("paper/beta", Point(second.at, Decimal(40)))
    series.take("paper/alpha", third)

    assert [one.value for one in series.points] == [140, 140, 145]
    assert series.fall == 0


def test_what_an_account_is_told_late_of_is_left_out() -> None:
    series = AccountSeries("USDT")
    first, second = points(100, 120)

    series.take("paper/main", second)
    series.take("paper/main", first)

    assert series.points == [second]


def test_what_says_no_amount_is_no_point() -> None:
    assert read_point({"equity": "much"}, START) is None
    assert read_point({}, START) is None
    assert read_point({"equity": "1.5"}, START) == Point(START, Decimal("1.5"))
