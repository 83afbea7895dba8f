"""Candles of a longer timeframe than the bars: columns, and the same as through the engine to the last digit."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy
import pytest

from tests.service.backtests.bars import BEGIN, FROM_EXCHANGE, backtest
from tests.service.backtests.program.strategies import ACCOUNT, FINEST, on_bars, template
from tests.service.backtests.program.test_parity import compare, told
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.packs.trading.paper.bar_feed import BarFeed
from treadle.packs.trading.paper.settings import PaperSettings
from treadle.service.backtests.backtest import run_backtest
from treadle.service.backtests.program import prepared
from treadle.service.backtests.program.joined import join_prices
from treadle.service.backtests.program.prepared import Prepared
from treadle.service.backtests.program.prices import Prices
from treadle.service.backtests.program.venue import ColumnFeed
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.search.applying import with_values
from treadle.service.settings import Settings
from treadle.simulation.compiled.twin import can_compile

_MINUTE = 60_000


def write(folder: Path, count: int, seed: int, *, step: int = 15, late: int = 0, missing: Sequence[range] = ()) -> Path:
    """Bars of `step` minutes, beginning `late` minutes after the hour."""
    drawn, price, rows = random.Random(seed), 100.0, ["time,open,high,low,close,volume"]
    for at in range(count):
        closed = max(1.0, round(price * (1 + drawn.gauss(0, 0.004)), 2))
        high, low = round(max(price, closed) * 1.001, 2), round(min(price, closed) * 0.999, 2)
        volume = round(drawn.uniform(1, 9), 3)
        if not any(at in one for one in missing):
            rows.append(f"{BEGIN + (at * step + late) * _MINUTE},{price},{high},{low},{closed},{volume}")
        price = closed
    file = folder / "bars.csv"
    file.write_text("\n".join(rows) + "\n")
    return file


def parts(result: Any) -> dict[str, str]:
    return {str(row["node"]): str(row["part"]) for row in result.explain}


@pytest.mark.slow
@pytest.mark.parametrize("paper", [ACCOUNT, FINEST])
@pytest.mark.parametrize(("seconds", "late"), [("1h", 0), ("15m", 30)])
async def test_a_template_over_shorter_bars_comes_to_the_same(
    tmp_path: Path, paper: Mapping[str, Any], seconds: str, late: int
) -> None:
    file = write(tmp_path, 600, seed=5, late=late)

    result = await compare(template("rsi-mean-reversion", seconds=seconds), file, paper)

    assert parts(result)["rsi"] == "column"
    assert result.trades


@pytest.mark.slow
@pytest.mark.parametrize("gaps", ["warn", "allow"])
async def test_bars_that_are_missing_come_to_the_same(tmp_path: Path, gaps: str) -> None:
    file = write(tmp_path, 600, seed=7, missing=(range(101, 103), range(200, 213), range(395, 420)))
    flow = template("rsi-mean-reversion", seconds="15m")

    compiled, engine = [await backtest(flow, file, paper=ACCOUNT, gaps=gaps, way=way) for way in ("compiled", "engine")]

    assert told(compiled) == told(engine)


@pytest.mark.slow
async def test_several_timeframes_and_the_bar_that_runs_come_to_the_same(tmp_path: Path) -> None:
    result = await compare(_several(), write(tmp_path, 500, seed=3), ACCOUNT)

    assert (parts(result)["slow"], parts(result)["quick"]) == ("column", "column")
    assert parts(result)["running"] == "stepped"
    assert len(result.trades) > 1


def _several() -> Workflow:
    def candles(name: str, timeframe: str, bars: int, **more: Any) -> dict[str, Any]:
        config = {**FROM_EXCHANGE, "timeframe": timeframe, "bars": bars, **more}
        return {"id": name, "type": "market.candles", "config": config}

    content = on_bars(
        candles("long", "1h", 12), candles("short", "30m", 9), candles("running", "1h", 4, running=True),
        {"id": "slow", "type": "indicator.ma", "config": {"period": 5, "kind": "ema"}},
        {"id": "quick", "type": "indicator.rsi", "config": {"period": 3, "oversold": 40}},
        {"id": "now", "type": "indicator.ma", "config": {"period": 2}},
        {"id": "enter", "type": "flow.if", "config": {
            "condition": "nodes.held.quantity == 0 && nodes.quick.oversold && nodes.quote.last < nodes.slow.value"}},
        {"id": "leave", "type": "flow.if", "config": {
            "condition": "nodes.held.quantity > 0 && nodes.quote.last > nodes.now.value"}},
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 2}},
        {"id": "sell", "type": "order.close", "config": FROM_EXCHANGE},
        connections=("long.candles -> slow.series", "short.candles -> quick.series",
                     "running.candles -> now.series", "slow.value -> enter.a", "quick.value -> enter.b",
                     "now.value -> leave.a", "enter.true -> buy.trigger", "leave.true -> sell.trigger"),
    ).model_dump(by_alias=True, exclude_unset=True)  # fmt: skip
    next(node for node in content["nodes"] if node["id"] == "bar")["config"]["timeframe"] = "15m"
    return Workflow.model_validate(content)


@pytest.mark.slow
@pytest.mark.parametrize(
    "is_jitted", [False, pytest.param(True, marks=pytest.mark.skipif(not can_compile(), reason="numba is an extra"))]
)
def test_variants_over_shorter_bars_are_what_each_is_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_jitted: bool
) -> None:
    monkeypatch.setattr(prepared, "_WORTH", 1 if is_jitted else 10**9)
    file, flow = write(tmp_path, 900, seed=5), template("rsi-mean-reversion", seconds="15m")
    asked = BacktestRequest(flow, {"BTC/USDT": file}, paper=dict(ACCOUNT))
    variants: list[dict[str, Any]] = [{}, {"rsi.period": 5}, {"rsi.period": 9, "rsi.oversold": 40}, {"rsi.period": 79}]

    found = Prepared.of(asked, Settings(), Registry.installed()).evaluate_many(variants, threads=1)

    for changes, one in zip(variants, found, strict=True):
        alone = asyncio.run(run_backtest(with_values(asked, changes), Settings(), Registry.installed()))
        assert alone.way == "compiled"
        expected = alone.figures()
        assert {name: expected[name] for name in one.figures} == one.figures


@pytest.mark.parametrize("closed_only", [True, False])
@pytest.mark.parametrize("late", [0, 3])
async def test_every_window_is_the_one_that_the_feed_puts_together(closed_only: bool, late: int) -> None:
    drawn = numpy.random.default_rng(4)
    times = BEGIN + (numpy.flatnonzero(drawn.random(400) > 0.2) + late) * _MINUTE
    columns = {name: numpy.round(100 + drawn.random(len(times)), 4) for name in ("open", "high", "low", "close")}
    bars = {"time": times, **columns, "volume": drawn.random(len(times))}
    settings = PaperSettings()
    feed = ColumnFeed("BTC/USDT", settings, Prices.of(bars, settings, _MINUTE))

    for at in range(int(times[0]), int(times[-1]) + 3 * _MINUTE, 7 * _MINUTE):
        asked: dict[str, Any] = {"bars": 5, "until": None, "closed_only": closed_only}
        mine = await feed.candles("BTC/USDT", "5m", at, **asked)
        theirs = await BarFeed.candles(feed, "BTC/USDT", "5m", at, **asked)
        assert all(numpy.array_equal(mine[name], theirs[name]) for name in bars)
        await asyncio.sleep(0)


def test_bars_that_come_early_are_not_put_together_beforehand() -> None:
    times = numpy.array([0, 60_000, 90_000, 150_000])
    bars = {"time": times, **{name: numpy.full(4, 5.0) for name in ("open", "high", "low", "close", "volume")}}

    prices = Prices.of(bars, PaperSettings(), _MINUTE)

    assert join_prices(prices, 5 * _MINUTE) is None
    assert join_prices(prices, 90_000) is None
