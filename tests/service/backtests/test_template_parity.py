"""7.4, for what is shipped: each trading template over bars all at once, and deployed on paper and fed bar by bar."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise, repeat
from pathlib import Path
from typing import Any

import pytest

from tests.service.backtests.bars import BEGIN, HOUR
from tests.service.backtests.live import assert_same, each_way, feed_one_by_one, over_bars
from treadle.authoring.check.file import check_file
from treadle.errors import InvalidWorkflow
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.backtests.backtest import run_backtest
from treadle.service.backtests.request import BacktestRequest
from treadle.service.settings import Settings
from treadle.service.templates.filling import fill
from treadle.service.templates.reading import read_template
from treadle.service.templates.shipped import shipped_texts

SHIPPED = {file.removesuffix(".yaml"): text for file, text in shipped_texts() if "category: trading" in text}
REGISTRY = Registry.installed()
ACCOUNT = {"fees": 0.001, "slippage": {"kind": "fixed", "bps": 5}, "tick": "0.01", "lot": "0.0001"}


@dataclass(frozen=True)
class Case:
    """`markets` are (symbol, first price, how much it shakes, seed): those of one seed go together. It begins with
    bar `since`, when what it looks back on is there; `fills` is how many there are at least. At `pays` there is
    funding."""

    parameters: Mapping[str, Any]
    markets: Sequence[tuple[str, float, float, int]]
    bars: int = 60
    since: int = 1
    length: int = HOUR
    timeframe: str = "1h"
    paper: Mapping[str, Any] = field(default_factory=dict[str, Any])
    fills: int = 2
    pays: str = ""


BTC = ("BTC/USDT", 48_000.0, 0.012, 1)
CASES: dict[str, Case] = {
    "rsi-mean-reversion": Case({"period": 4, "oversold": 40, "exit_above": 52, "stop_pct": 2}, [BTC], since=6),
    "bollinger-breakout": Case({"widest_pct": 30}, [("SOL/USDT", 150.0, 0.02, 4)], bars=90, since=22),
    "macd-trend-following": Case(
        {"timeframe": "1h", "least_adx": 0, "stop_atr": 1}, [("ETH/USDT", 3_000.0, 0.02, 3)], bars=110, since=50
    ),
    "dollar-cost-averaging": Case({"cron": "0 */6 * * *", "budget": 600}, [BTC], fills=4),
    "grid": Case({"lower": 44_000, "upper": 52_000, "levels": 41, "size": 0.002}, [BTC], fills=4),
    "market-making": Case({"spread_pct": 0.6, "every": "1h"}, [("ETH/USDT", 3_000.0, 0.006, 5)], fills=4),
    "pairs-trading": Case(
        {"period": 12, "entry": 1, "exit": 0.5, "stop": 9},
        [("LTC/USDT", 90.0, 0.01, 6), ("BCH/USDT", 400.0, 0.01, 7)],
        since=14,
    ),
    "triangular-arbitrage": Case(
        {"min_profit_pct": 0, "every": "1h"},
        [BTC, ("ETH/BTC", 0.0625, 0.004, 8), ("ETH/USDT", 3_000.0, 0.012, 1)],
        paper={"fees": 0.0002, "slippage": {"kind": "none"}, "tick": "0.000001", "lot": "0.000001"},
        fills=3,
    ),
    "cross-exchange-arbitrage": Case(
        {"every": "1h", "size": 0.01},
        [("alpha:BTC/USDT", 48_000.0, 0.01, 1), ("beta:BTC/USDT", 48_050.0, 0.011, 1)],
        fills=4,
    ),
    "prediction-market-mispricing": Case(
        {"every": "1h", "size": 10},
        [(f"{market}:BTC-UP-2024-01:{side}", 0.46, 0.02, seed)
         for seed, (market, side) in enumerate([("alpha", "YES"), ("alpha", "NO"), ("beta", "YES"), ("beta", "NO")])],
        paper={"kind": "prediction", "tick": "0.001", "lot": "1", "balance": {"USDC": 10_000}},
    ),
    "funding-rate-arbitrage": Case(
        {"size": 0.05},
        [BTC, ("BTC/USDT:USDT", 48_010.0, 0.012, 1)],
        pays="BTC/USDT:USDT",
        fills=4,
    ),
    "volatility-momentum-portfolio": Case(
        {"cron": "0 0 * * *", "symbols": ["BTC/USDT", "ETH/USDT", "SOL/USDT"], "lookback": 10},
        [BTC, ("ETH/USDT", 3_000.0, 0.02, 3), ("SOL/USDT", 150.0, 0.03, 4)],
        bars=50, since=32, length=24 * HOUR, timeframe="1d",
    ),
}  # fmt: skip

GOES_ON = {"triangular-arbitrage": 3, "prediction-market-mispricing": 4, "funding-rate-arbitrage": 4}
"""Those that go on, in the same run, with what an order has filled. Over bars that is nothing yet (and a warning says
so), hence they are tested with `fill: close` as well; all are tested without. How many fills there are then."""


def made(name: str, parameters: Mapping[str, Any]) -> Workflow:
    """The workflow that a template makes with these parameters."""
    template, result = read_template(check_file(SHIPPED[name], REGISTRY, source="template"), REGISTRY)
    assert template is not None, result.issues
    found = check_file(fill(template, parameters, name=name), REGISTRY, source="made")
    assert found.result.valid, found.result.issues
    return found.workflows[0]


def write_market(folder: Path, case: Case, market: tuple[str, float, float, int]) -> Path:
    """Bars that walk at random, swinging."""
    symbol, price, shakes, seed = market
    draw, file = random.Random(seed), folder / f"{symbol.replace('/', '-').replace(':', '_')}.csv"
    rows = ["time,open,high,low,close,volume"]
    for at in range(case.bars):
        opened = price
        price *= 1 + draw.gauss(0, shakes) + shakes * 0.8 * math.sin(at / 5)
        inside = [opened, price, opened * (1 + draw.gauss(0, shakes) / 2)]
        known = [round(one, 6) for one in (opened, max(inside), min(inside), price)]
        rows.append(",".join(map(str, [BEGIN + at * case.length, *known, draw.randint(50, 500)])))
    file.write_text("\n".join(rows) + "\n")
    return file


def write_rates(folder: Path, case: Case) -> Path:
    """What is paid every eight hours: much, then little, then much."""
    rows = [f"{BEGIN + at * HOUR},{(0.0006 if at % 32 < 16 else -0.0002)}" for at in range(0, case.bars + 1, 8)]
    (file := folder / "rates.csv").write_text("\n".join(["time,rate", *rows]) + "\n")
    return file


@pytest.mark.slow
@pytest.mark.parametrize(("name", "fill"), [*zip(CASES, repeat("next")), *zip(GOES_ON, repeat("close"))])
async def test_bars_one_by_one_and_all_at_once_come_to_the_same(name: str, fill: str, tmp_path: Path) -> None:
    case = CASES[name]
    files = {market[0]: write_market(tmp_path, case, market) for market in case.markets}
    flow, paper = made(name, case.parameters), {**ACCOUNT, **case.paper, "fill": fill}
    since = _at(BEGIN + case.since * case.length)
    until = _at(BEGIN + case.bars * case.length)

    rates = {case.pays: write_rates(tmp_path, case)} if case.pays else {}

    told_of = {"funding": {symbol: file.name for symbol, file in rates.items()}} if rates else {}
    feed = {symbol: file.name for symbol, file in files.items()}
    bot = over_bars(flow, feed, case.timeframe, {**paper, **told_of})
    live = await feed_one_by_one(tmp_path, bot, since, until)

    assert len(live.fills) >= (case.fills if fill == "next" else GOES_ON[name])
    async for result in each_way(BacktestRequest(flow, files, since=since, paper=paper, funding=rates)):
        assert_same(result, live, is_ordered=len({fill["group"] for fill in result.fills}) < 2)
        assert ("fills_at_close" in [one.code for one in result.warnings]) == (fill == "close")


async def test_a_template_that_goes_on_with_what_was_filled_says_so_over_bars(tmp_path: Path) -> None:
    case = CASES["triangular-arbitrage"]
    files = {market[0]: write_market(tmp_path, case, market) for market in case.markets}
    flow = made("triangular-arbitrage", case.parameters)

    result = await run_backtest(BacktestRequest(flow, files), Settings(), REGISTRY)

    told = [one.message for one in result.warnings if one.code == "filled_later"]
    assert "`buy-second` goes on with what `buy-first` has filled in the same run" in told[0]


async def test_venues_without_bars_of_their_own_are_named(tmp_path: Path) -> None:
    case = CASES["cross-exchange-arbitrage"]
    flow = made("cross-exchange-arbitrage", case.parameters)

    result = await run_backtest(
        BacktestRequest(flow, {"BTC/USDT": write_market(tmp_path, case, BTC)}), Settings(), REGISTRY
    )

    (told,) = [one.message for one in result.warnings if one.code == "same_bars"]
    assert told == (
        "`alpha`, `beta` trade over the same bars, so their prices never differ. Give each its own: "
        "`--data alpha:BTC/USDT=FILE`."
    )
    assert not result.fills


async def test_bars_of_a_venue_that_it_does_not_trade_at_are_refused(tmp_path: Path) -> None:
    case = CASES["cross-exchange-arbitrage"]
    flow, file = made("cross-exchange-arbitrage", case.parameters), write_market(tmp_path, case, BTC)

    with pytest.raises(InvalidWorkflow) as refused:
        await run_backtest(BacktestRequest(flow, {"gamma:BTC/USDT": file}), Settings(), REGISTRY)

    assert "`gamma:BTC/USDT` are of a venue that the workflow does not trade at" in refused.value.message


async def test_an_alert_that_reaches_the_outside_is_refused_by_name_until_it_has_a_stub(tmp_path: Path) -> None:
    flow, file = made("price-alert", {"price": 52_500}), write_market(tmp_path, CASES["grid"], BTC)
    request = BacktestRequest(flow, {"BTC/USDT": file})

    with pytest.raises(InvalidWorkflow) as refused:
        await run_backtest(request, Settings(), REGISTRY)
    result = await run_backtest(replace(request, stubs={"post": {"status": 200, "body": None}}), Settings(), REGISTRY)

    assert [issue.node for issue in refused.value.issues] == ["post"]
    assert result.runs["completed"] == crossings(file, 52_500)


def crossings(file: Path, level: float, *, rearm_pct: float = 0.5) -> int:
    """How often the closes come above a level, which they have been well below in between."""
    closes = [float(row.split(",")[4]) for row in file.read_text().splitlines()[1:]]
    told, is_armed = 0, closes[0] < level
    for before, close in pairwise(closes):
        if is_armed and before <= level < close:
            told, is_armed = told + 1, False
        is_armed = is_armed or close < level * (1 - rearm_pct / 100)
    return told


def test_every_trading_template_is_tested() -> None:
    assert {*CASES, "price-alert"} == {*SHIPPED}


def _at(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
