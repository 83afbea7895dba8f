"""What is wrong with what a backtest is given is said by row and column, with what to do; nothing is guessed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.cli.conftest import Treadle
from tests.service.backtests.bars import BEGIN, HOUR

HEAD = "time,open,high,low,close,volume"
GOOD = [f"{BEGIN + at * HOUR},{100 + at},{101 + at},{99 + at},{100 + at},10" for at in range(24)]
BOT = """\
name: dips
inputs: {size: {type: number, default: 1, exclusiveMinimum: 0}}
nodes:
  - {id: hourly, type: trigger.interval, config: {seconds: 1h, aligned: true}}
  - {id: exchange, type: market.provider, config: {venue: paper, symbol: BTC/USDT}}
  - {id: candles, type: market.candles, config: {provider: "{{ nodes.exchange.provider }}", timeframe: 1h, bars: 50}}
  - {id: rsi, type: indicator.rsi, config: {period: 3}}
  - {id: low, type: flow.threshold, config: {operator: "<", threshold: 30}}
  - id: buy
    type: order.market
    config: {provider: "{{ nodes.exchange.provider }}", side: buy, size: "{{ workflow.input.size }}"}
connections:
  - {from: hourly, to: candles.trigger}
  - {from: candles, to: rsi.series}
  - {from: rsi.value, to: low.value}
  - {from: low.true, to: buy.trigger}
"""
ASKS = """\
name: asks
nodes:
  - {id: hourly, type: trigger.interval, config: {seconds: 1h, aligned: true}}
  - {id: exchange, type: market.provider, config: {venue: paper, symbol: BTC/USDT}}
  - {id: ask, type: http.request, config: {url: "https://example.com/say"}}
  - id: buy
    type: order.market
    config: {provider: "{{ nodes.exchange.provider }}", side: buy, size: 1}
    when: "nodes.ask.body.go"
connections:
  - {from: hourly, to: ask.trigger}
  - {from: ask.body, to: buy.trigger}
"""


@pytest.fixture
def bot(treadle: Treadle) -> Treadle:
    treadle.write("dips.yaml", BOT)
    return treadle


def give(treadle: Treadle, rows: Sequence[str]) -> None:
    treadle.write("bars.csv", "\n".join([HEAD, *rows]) + "\n")


def refused(treadle: Treadle, *options: str, file: str = "dips.yaml", data: str = "bars.csv") -> str:
    """What is said. Nothing is tested, and nobody sees a traceback."""
    ran = treadle("backtest", file, "--data", data, "--no-save", *options)
    assert ran.code not in (0, None), ran.out
    assert "Traceback" not in ran.out + ran.err
    return " ".join((ran.out + ran.err).split())


@pytest.mark.parametrize(
    ("rows", "told", "remedy"),
    [
        (
            [*GOOD[:3], GOOD[2], *GOOD[3:]],
            "row 4, `time`: 2024-01-01 02:00:00 is there twice",
            "Leave the second out",
        ),
        (
            [*GOOD[:2], GOOD[3], GOOD[2], *GOOD[4:]],
            "row 4, `time`: 2024-01-01 02:00:00 comes after a later time",
            "Sort them by time",
        ),
        ([*GOOD[:2], GOOD[2].replace(",103,", ",nan,"), *GOOD[3:]], "row 3, `high`: 'nan' is not a number", "Repair"),
        ([*GOOD[:2], GOOD[2].replace(",103,", ",,"), *GOOD[3:]], "row 3, `high`", "Repair"),
        (
            [*GOOD[:4], f"{BEGIN + 4 * HOUR},104,105,0,104,10", *GOOD[5:]],
            "row 5, `low`: 0 is no price",
            "Repair",
        ),
        (
            [*GOOD[:4], f"{BEGIN + 4 * HOUR},104,105,103,104,-1", *GOOD[5:]],
            "row 5, `volume`: -1 is less than nothing",
            "Repair",
        ),
        (
            ["2024-01-01T00:00:00Z,1,1,1,1,1", "2024-01-01T02:00:00+01:00,1,1,1,1,1", "2024-01-01T02:00:00,1,1,1,1,1"],
            "row 3, `time`: 2024-01-01T02:00:00 says no time zone",
            "Give times with their zone",
        ),
        ([], "there are no bars in it", "Repair"),
    ],
)
def test_bars_that_cannot_be_right_are_named_by_row_and_column(
    bot: Treadle, rows: Sequence[str], told: str, remedy: str
) -> None:
    give(bot, rows)

    said = refused(bot)

    assert f"bars.csv: {told}" in said
    assert remedy in said


def test_all_that_is_wrong_with_all_files_is_said_at_once(bot: Treadle) -> None:
    give(bot, [*GOOD[:2], GOOD[1], f"{BEGIN + 2 * HOUR},nan,101,99,0,10", *GOOD[5:3:-1]])

    said = refused(bot, "--data", "ETH/USDT=none.csv", data="BTC/USDT=bars.csv")

    for one in (
        "row 3, `time`: 2024-01-01 01:00:00 is there twice",
        "row 4, `open`: 'nan' is not a number",
        "row 4, `close`: 0 is no price",
        "row 6, `time`: 2024-01-01 04:00:00 comes after a later time",
        "`none.csv` is no file",
    ):
        assert one in said


def test_times_of_several_zones_are_one_order_of_times(bot: Treadle) -> None:
    zones = [
        f"2024-01-01T{at + (2 if at % 2 else 0):02}:00:00{'+02:00' if at % 2 else 'Z'},9,9,9,9,1" for at in range(8)
    ]
    give(bot, zones)

    ran = bot("backtest", "dips.yaml", "--data", "bars.csv", "--no-save", "--json")

    assert ran.json["bars"] == 8
    assert ran.json["begins"] == "2024-01-01T01:00:00+00:00"


def test_missing_bars_are_told_of_or_refused_as_one_says(bot: Treadle) -> None:
    give(bot, [*GOOD[:3], *GOOD[5:]])

    said = refused(bot, "--gaps", "refuse")
    ran = bot("backtest", "dips.yaml", "--data", "bars.csv", "--no-save")
    across = bot("backtest", "dips.yaml", "--data", "bars.csv", "--no-save", "--gaps", "allow", "--json")

    told = "bars.csv: row 4, `time`: 2 bars are missing before 2024-01-01 05:00:00"
    assert told in said
    assert "Fetch the bars that are missing" in said
    assert told in " ".join(ran.out.split())
    assert "gap" not in across.json["runs"]


def test_a_node_that_looks_back_on_more_than_there_is_is_named(bot: Treadle) -> None:
    give(bot, GOOD[:10])

    said = refused(bot, "--set", "rsi.period=14")

    assert "`rsi` looks back on 15 bars of 1h; there are 10." in said
    assert "let it look back on fewer" in said


def test_what_would_reach_the_outside_is_named_and_a_stub_is_offered(treadle: Treadle) -> None:
    treadle.write("asks.yaml", ASKS)
    give(treadle, GOOD)

    said = refused(treadle, file="asks.yaml")
    no_fit = refused(treadle, "--stub", "ask=7", file="asks.yaml")
    no_node = refused(treadle, "--stub", 'asks={"status": 200}', file="asks.yaml")
    stub = 'ask={"status": 200, "headers": {}, "body": {"go": true}}'
    ran = treadle("backtest", "asks.yaml", "--data", "bars.csv", "--no-save", "--json", "--stub", stub)

    assert "The node `ask` (http.request) would do something outside" in said
    assert "--stub ask=" in said
    assert "The stub `ask` does not fit" in no_fit
    assert "asks" in no_node
    assert ran.code == 0, ran.err
    assert ran.json["fills"] > 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--set", "rsi.period=0"), "`period` of `rsi` does not fit: it must be 2 or more"),
        (("--set", "rsi.periods=5"), "periods"),
        (("--sweep", "rsi.period=0:4:1"), "`rsi.period` cannot be 0"),
        (("--sweep", "input.size=0,1"), "`input.size`"),
        (("-i", "size=0"), "size"),
        (("--paper", "fees=7"), "fees"),
        (("--paper", "balanc=7"), "balanc"),
        (("--from", "2030-01-01"), "there is nothing to test"),
        (("--timeframe", "7 parsecs"), "parsecs"),
    ],
)
def test_a_setting_outside_its_range_is_named(bot: Treadle, options: tuple[str, ...], told: str) -> None:
    give(bot, GOOD)

    assert told in refused(bot, *options)
