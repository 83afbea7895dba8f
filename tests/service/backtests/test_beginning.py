"""When a test begins, what it has to look back on then, and when its accounts are looked at: what is asked for decides,
and not the minute in which it is asked, what lies in the cache, or the way it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy
import pytest

from tests.service.backtests.bars import (
    BEGIN,
    FREE,
    FROM_EXCHANGE,
    HOUR,
    PROVIDER,
    backtest,
    buys_low_sells_high,
    flat,
    workflow,
    write_bars,
)
from tests.service.backtests.program.test_parity import told
from treadle.errors import InvalidWorkflow
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.backtests.backtest import run_backtest
from treadle.service.backtests.data.bringing import bring_bars
from treadle.service.backtests.data.cache import BarCache
from treadle.service.backtests.data.source import MarketSource
from treadle.service.backtests.history import read_history
from treadle.service.backtests.looking_back import find_look_back
from treadle.service.backtests.request import BacktestRequest, Way
from treadle.service.backtests.result import BacktestResult
from treadle.service.backtests.search.request import Parameter, Search, Sweep
from treadle.service.backtests.search.searching import search
from treadle.service.settings import Settings

START = datetime.fromtimestamp(BEGIN / 1000, UTC)
WAYS: tuple[Way, ...] = ("compiled", "engine")
OTHER = {"provider": {"venue": "paper", "symbol": "ETH/USDT"}}
DAY = timedelta(days=1)


def every(seconds: float) -> dict[str, Any]:
    return {"id": "every", "type": "trigger.interval", "config": {"seconds": seconds}}


def hourly() -> Workflow:
    """Buys each hour at a price that may be a minute old."""
    return workflow(
        every(3600),
        PROVIDER,
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 1}},
        connections=("every -> buy.trigger",),
    )


def both_markets() -> Workflow:
    """Buys of the one as much as of the other."""
    return workflow(
        every(7200),
        PROVIDER,
        {"id": "second", "type": "market.provider", "config": {"venue": "paper", "symbol": "ETH/USDT"}},
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 1}},
        {"id": "more", "type": "order.market",
         "config": {"provider": "{{ nodes.second.provider }}", "side": "buy", "size": 1}},
        connections=("every -> buy.trigger", "buy.order -> more.trigger"),
    )  # fmt: skip


# Beginning


@pytest.mark.parametrize("way", WAYS)
async def test_begun_within_a_bar_it_begins_when_that_is_over(tmp_path: Path, way: Way) -> None:
    file = write_bars(tmp_path, flat(*range(100, 124)))
    asked = [START + timedelta(hours=4, minutes=minutes, microseconds=1) for minutes in (1, 30, 59)]

    aligned = await backtest(hourly(), file, way=way, since=START + timedelta(hours=5))
    found = [await backtest(hourly(), file, way=way, since=since) for since in asked]

    assert aligned.begins == START + timedelta(hours=5)
    assert aligned.runs == {"completed": 19}
    assert [told(one) for one in found] == [told(aligned)] * 3
    assert {one.begins for one in found} == {aligned.begins}


async def test_of_bars_of_several_lengths_the_shortest_say_when_it_may_begin(tmp_path: Path) -> None:
    short = [(100.0, 100.0, 100.0, 100.0)] * 48
    rows = [f"{BEGIN + at * HOUR // 2},100,100,100,100,10" for at in range(len(short))]
    (tmp_path / "short.csv").write_text("\n".join(["time,open,high,low,close,volume", *rows]) + "\n")
    files = {"BTC/USDT": write_bars(tmp_path, short[:24]), "ETH/USDT": tmp_path / "short.csv"}

    found = await backtest(both_markets(), files, since=START + timedelta(hours=4, minutes=10))

    assert found.begins == START + timedelta(hours=4.5)


async def test_bars_that_open_at_odd_times_are_over_at_odd_times(tmp_path: Path) -> None:
    file = write_bars(tmp_path, flat(*range(100, 110)))
    file.write_text(file.read_text().replace("00000,", "00777,"))

    found = await backtest(hourly(), file, since=START + timedelta(hours=4))

    assert found.begins == START + timedelta(hours=4, milliseconds=777)


async def test_a_period_within_one_bar_is_refused(tmp_path: Path) -> None:
    period = {"since": START + timedelta(hours=4, minutes=5), "until": START + timedelta(hours=4, minutes=55)}

    with pytest.raises(InvalidWorkflow) as refused:
        await backtest(hourly(), write_bars(tmp_path, flat(*range(100, 110))), **period)

    assert refused.value.code == "invalid_period"


# Looking at the account


@pytest.mark.parametrize("way", WAYS)
async def test_an_account_is_looked_at_whenever_a_bar_is_over_also_where_nothing_is_due(
    tmp_path: Path, way: Way
) -> None:
    once = workflow(
        {"id": "once", "type": "trigger.schedule", "config": {"cron": "0 3 1 1 *", "timezone": "UTC"}},
        PROVIDER,
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 1}},
        connections=("once -> buy.trigger",),
    )
    closes = [100, 100, 100, 100, 80, 120, 90, 110]

    found = await backtest(once, write_bars(tmp_path, flat(*closes)), way=way)

    assert found.runs == {"completed": 1}
    assert [point.price for point in found.equity] == [*closes, closes[-1]]  # before the last run, and at the end
    assert [int(point.equity) for point in found.equity][3:-1] == [10_000, 9_980, 10_020, 9_990, 10_010]
    assert found.figures()["max_drawdown"] == pytest.approx(30 / 10_020)


@pytest.mark.parametrize("flow", [hourly(), both_markets()], ids=["lanes", "held"])
async def test_it_is_looked_at_alike_in_all_ways(tmp_path: Path, flow: Workflow) -> None:
    prices = [100 + at % 7 for at in range(60)]
    files = {name: write_bars(tmp_path, flat(*prices), name=f"{name[:3]}.csv") for name in ("BTC/USDT", "ETH/USDT")}
    bars = files if len(flow.nodes) > 3 else files["BTC/USDT"]

    compiled, engine = [await backtest(flow, bars, way=way) for way in WAYS]

    assert told(compiled) == told(engine)
    assert (compiled.way, len(compiled.equity)) == ("compiled", 61)


# Looking back


def pair() -> Workflow:
    """Buys where one market is dear beside the other, over so many bars of both."""
    return workflow(
        every(3600),
        PROVIDER,
        {"id": "a", "type": "market.candles", "config": {**FROM_EXCHANGE, "timeframe": "1h", "bars": 30}},
        {"id": "b", "type": "market.candles",
         "config": {**FROM_EXCHANGE, "symbol": "ETH/USDT", "timeframe": "1h", "bars": 30}},
        {"id": "ratio", "type": "indicator.custom", "config": {"expression": "last(a) / first(a) - last(b) / first(b)",
                                                               "window": 20}},
        {"id": "dear", "type": "flow.threshold", "config": {"operator": ">", "threshold": 0.005}},
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 0.001}},
        connections=("every -> a.trigger", "every -> b.trigger", "a.candles -> ratio.a", "b.candles -> ratio.b",
                     "ratio.output -> dear.value", "dear.true -> buy.trigger"),
    )  # fmt: skip


def over_simulated(flow: Workflow, *symbols: str, **more: Any) -> BacktestRequest:
    bars = {symbol: f"simulated:{symbol}@1h" for symbol in symbols}
    since = START + 10 * DAY
    return BacktestRequest(flow, bars, since=since, until=since + 4 * DAY, paper={"fees": 0}, **more)


async def run(request: BacktestRequest, settings: Settings) -> BacktestResult:
    return await run_backtest(request, settings, Registry.installed())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(Settings(), workspace=str(tmp_path))


@pytest.mark.parametrize("way", WAYS)
async def test_older_bars_of_one_market_in_the_cache_change_nothing(settings: Settings, way: Way) -> None:
    request = over_simulated(pair(), "BTC/USDT", "ETH/USDT", way=way)

    first = await run(request, settings)
    await bring_bars(replace(request, since=START, bars={"ETH/USDT": "simulated:ETH/USDT@1h"}), settings)
    again = await run(request, settings)

    assert told(again) == told(first)
    assert (first.bars, again.bars) == (192, 192)
    assert first.runs == {"completed": 96}  # none lacks anything, from the first on
    assert first.fills


async def test_what_a_market_brings_is_what_is_looked_back_on(settings: Settings) -> None:
    request = over_simulated(pair(), "BTC/USDT", "ETH/USDT")
    await bring_bars(request, settings)

    read = read_history(request, settings)
    await bring_bars(replace(request, since=START), settings)
    with_more = read_history(request, settings)

    for bars in (*read.bars.values(), *with_more.bars.values()):
        assert int(bars.time[0]) == BEGIN + (10 * 24 - 31) * HOUR
    assert BarCache(settings).of(MarketSource("simulated", "BTC/USDT", "1h")).about().first == BEGIN - 31 * HOUR


@pytest.mark.parametrize("way", WAYS)
async def test_all_variants_look_back_as_far_as_the_one_that_does_so_furthest(settings: Settings, way: Way) -> None:
    request = over_simulated(looks_back(5), "BTC/USDT", way=way)
    wanted = Search(sweep=Sweep((Parameter("candles.bars", values=(5, 40)),), metric="ended_with"))

    found = await search(request, wanted, settings, Registry.installed())
    alone = [await run(replace(request, workflow=looks_back(bars)), settings) for bars in (5, 40)]

    assert found.sweep is not None
    assert [row.figures["ended_with"] for row in found.sweep.rows] == [one.figures()["ended_with"] for one in alone]
    assert alone[0].figures()["ended_with"] != alone[1].figures()["ended_with"]


def looks_back(bars: int) -> Workflow:
    """Buys below the mean of its candles."""
    return workflow(
        every(3600),
        PROVIDER,
        {"id": "candles", "type": "market.candles", "config": {**FROM_EXCHANGE, "timeframe": "1h", "bars": bars}},
        {"id": "low", "type": "flow.if",
         "config": {"condition": "last(nodes.candles.candles.close) < avg(nodes.candles.candles.close)"}},
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 0.0005}},
        connections=("every -> candles.trigger", "candles.candles -> low.a", "low.true -> buy.trigger"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("config", "hours"),
    [
        ({"timeframe": "1h", "bars": 30}, 31),
        ({"timeframe": "1d", "bars": 9}, 240),
        ({}, 201),
        ({"timeframe": "1h", "bars": "{{ workflow.input.bars }}"}, 1001),
        ({"timeframe": "nonsense"}, 201),
    ],
)
def test_how_far_candles_look_back(config: dict[str, Any], hours: int) -> None:
    assert find_look_back(asking({"type": "market.candles", "config": config})) == hours * HOUR


def test_a_trigger_looks_back_as_far_as_its_indicator_is_given() -> None:
    config = {"timeframe": "1h", "indicator": "rsi", "settings": {"period": 14}}

    assert find_look_back(asking({"type": "trigger.indicator", "config": config})) == (15 * 40 + 1) * HOUR
    assert find_look_back(asking({"type": "trigger.indicator", "config": {}})) == 1001 * HOUR


def test_of_nodes_inside_others_the_furthest_counts_and_of_disabled_ones_none() -> None:
    far = {"id": "far", "type": "market.candles", "config": {"bars": 499}}
    inside = {"type": "flow.loop", "body": {"nodes": [far]}}

    assert find_look_back(asking(inside)) == 500 * HOUR
    assert find_look_back(asking({**far, "disabled": True})) == 0


def test_of_what_is_tried_together_the_furthest_counts() -> None:
    tried = [Parameter("one.bars", low=10, high=50), Parameter("one.timeframe", values=("1m", "4h"))]

    assert find_look_back(asking({"type": "market.candles", "config": {"bars": 20}}), tried) == 51 * 4 * HOUR


def asking(node: dict[str, Any]) -> Workflow:
    return Workflow.model_validate({"name": "bot", "nodes": [{"id": "one", **node}]})


async def test_who_cannot_fetch_what_is_looked_back_on_is_told_from_when_on_it_is_here(settings: Settings) -> None:
    kept = BarCache(settings).of(MarketSource("mt5", "BTC/USDT", "1h"))
    bars = columns(flat(*[100] * 480))
    kept.append(bars, since=BEGIN, until=BEGIN + 480 * HOUR)
    request = BacktestRequest(looks_back(40), {"BTC/USDT": "mt5:BTC/USDT@1h"}, since=START, paper=FREE)

    with pytest.raises(InvalidWorkflow) as refused:
        await run(request, settings)
    (issue,) = refused.value.issues
    begun = await run(replace(request, since=START + timedelta(hours=41)), settings)

    assert "`--from 2024-01-02T17:00:00Z`" in (issue.remedy or "")
    assert begun.begins == START + timedelta(hours=41)


def columns(bars: Sequence[Any]) -> dict[str, Any]:
    prices = numpy.array(bars, dtype=float).T
    times = BEGIN + numpy.arange(len(bars), dtype=numpy.int64) * HOUR
    return {"time": times, **dict(zip(("open", "high", "low", "close"), prices, strict=True)),
            "volume": numpy.full(len(bars), 10.0)}  # fmt: skip


async def test_what_watches_begins_at_the_same_bar_as_what_runs_on_time(tmp_path: Path) -> None:
    file = write_bars(tmp_path, flat(*([100, 93, 106, 100] * 6)))
    since = START + timedelta(hours=5, minutes=20)

    found = [await backtest(buys_low_sells_high(), file, since=since, way=way) for way in WAYS]

    assert told(found[0]) == told(found[1])
    assert {one.begins for one in found} == {START + timedelta(hours=6)}
