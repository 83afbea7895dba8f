"""`treadle bars`."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Treadle
from tests.cli.test_backtest import BOT
from tests.service.backtests.bars import flat, write_bars

DOWNLOAD = ("bars", "download", "simulated", "BTC/USDT", "1h", "--from", "2024-01-01T00:00:00+00:00")
END = ("--to", "2024-01-03T00:00:00+00:00")
NAME = "simulated:BTC/USDT@1h"


def test_bars_are_downloaded_listed_shown_and_deleted(treadle: Treadle) -> None:
    got = treadle(*DOWNLOAD, *END)
    listed, shown = treadle("bars", "list", "--json"), treadle("bars", "show", NAME)
    deleted = treadle("bars", "delete", NAME)

    assert got.code == 0, got.err
    assert f"{NAME}  48 bars, 2024-01-01 00:00 to 2024-01-03 00:00 UTC" in got.out
    assert [(one["name"], one["bars"], one["gaps"]) for one in listed.json] == [(NAME, 48, 0)]
    assert "2024-01-02 23:00" in shown.out
    assert "spot, fees 0.1 % (maker) and 0.1 % (taker), tick 0.01" in shown.out
    assert ", lot 0.00001, orders of 5 USDT and more" in shown.out
    assert deleted.code == 0
    assert treadle("bars", "--json").json == []


def test_without_a_beginning_it_goes_on_where_the_bars_end(treadle: Treadle) -> None:
    treadle(*DOWNLOAD, *END)

    more = treadle(*DOWNLOAD[:5], "--to", "2024-01-04T00:00:00+00:00", "--json")
    nothing = treadle("bars", "download", "simulated", "ETH/USDT", "1h")

    assert more.json["bars"] == 72
    assert nothing.code == 2
    assert "--from" in nothing.err


def test_what_is_to_come_is_not_downloaded(treadle: Treadle) -> None:
    treadle(*DOWNLOAD, *END)

    refused = treadle(*DOWNLOAD[:6], "2999-01-01T00:00:00+00:00")

    assert refused.code == 2
    assert "2999-01-01 00:00:00 UTC, is to come" in refused.err
    assert treadle("bars", "list", "--json").json[0]["bars"] == 48


def test_bars_of_several_timeframes_are_asked_for_by_name(treadle: Treadle) -> None:
    treadle(*DOWNLOAD, *END)
    treadle(*DOWNLOAD[:4], "1d", *DOWNLOAD[5:], *END)

    shown = treadle("bars", "show", "simulated:BTC/USDT")

    assert shown.code == 2
    assert "`simulated:BTC/USDT@1d`, `simulated:BTC/USDT@1h`" in shown.err.replace("\n", " ")


def test_a_file_is_checked_without_a_test(treadle: Treadle) -> None:
    write_bars(treadle.folder, flat(100, 101, 102))
    treadle.write("bad.csv", "time,open,high,low,close\n1704067200000,1,1,1,0\n1704067200000,1,1,1,1\n")

    good, bad = treadle("bars", "check", "bars.csv"), treadle("bars", "check", "bad.csv", "--json")

    assert (good.code, good.out.strip()) == (0, "bars.csv: 3 bars of 1h, 2024-01-01 00:00 to 2024-01-01 03:00 UTC")
    assert bad.code == 2
    assert not bad.json["valid"]
    assert {one["code"] for one in bad.json["issues"]} == {"zero_price", "duplicate", "low_above"}


@pytest.mark.slow
def test_a_backtest_fetches_the_market_that_it_names(treadle: Treadle) -> None:
    treadle.write("dips.yaml", BOT)

    tested = treadle("backtest", "dips.yaml", "--data", NAME, *DOWNLOAD[5:], *END)
    again = treadle("backtest", "dips.yaml", "--data", NAME)

    assert tested.code == 0, tested.err
    assert "dips over 48 bars of 1h" in tested.out
    assert again.code == 0, again.err


def test_what_is_not_there_is_said_with_what_to_do(treadle: Treadle) -> None:
    unknown, venue = treadle("bars", "show", NAME), treadle("bars", "download", "binanc", "BTC/USDT", "1h")

    assert (unknown.code, venue.code) == (2, 2)
    assert "There are no bars called" in unknown.err
    assert "Did you mean `binance`?" in venue.err
