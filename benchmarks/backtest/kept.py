"""Results that are kept whole: what they take of the memory, and how long it takes to describe many trades.

Each in a process of its own, without numba, which is the worse of the two.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.row import Row

BARS, TRADED, EXACT = 1_000_000, 300_000, 10_000
_PROGRAM = """
import sys
sys.modules["numba"] = sys.modules["pandas"] = None
from benchmarks.backtest.kept import {flow}, keep
from benchmarks.backtest.market import minutes
print(keep({flow}, minutes({bars})))
"""
"""TA-Lib loads pandas where it happens to be installed, as it is with the tests; nothing of Treadle brings it."""
TRADES_OFTEN = """\
name: trades-often
nodes:
  - {id: when, type: trigger.interval, config: {seconds: 60, aligned: true}}
  - {id: exchange, type: market.provider, config: {venue: paper, symbol: BTC/USDT}}
  - {id: candles, type: market.candles, config: {timeframe: 1m, bars: 60}}
  - {id: held, type: market.positions}
  - {id: rsi, type: indicator.rsi, config: {period: 3}}
  - {id: weak, type: flow.if, config: {condition: "nodes.rsi.value < 35 && nodes.held.quantity == 0"}}
  - {id: strong, type: flow.if, config: {condition: "nodes.rsi.value > 65 && nodes.held.quantity > 0"}}
  - {id: buy, type: order.market, config: {side: buy, size: 1000, size_in: quote}}
  - {id: sell, type: order.close}
connections:
  - {from: when.at, to: exchange.trigger}
  - {from: exchange.provider, to: candles.provider}
  - {from: exchange.provider, to: held.provider}
  - {from: exchange.provider, to: buy.provider}
  - {from: exchange.provider, to: sell.provider}
  - {from: candles.candles, to: rsi.series}
  - {from: rsi.value, to: weak.a}
  - {from: rsi.value, to: strong.a}
  - {from: weak.true, to: buy.trigger}
  - {from: strong.true, to: sell.trigger}
"""
"""In and out every quarter of an hour."""
TRADES_EXACTLY = TRADES_OFTEN.replace("id: weak, type: flow.if,", "id: weak, type: flow.if, lazy: true,")
"""The same, and every run of it is taken exactly: what is asked for when it is needed is not generated."""
TEMPLATE = ""
"""Stands for the template of the RSI."""


def measure(scale: float) -> Iterator[Row]:
    whole = _alone("TEMPLATE", int(BARS * scale))
    yield Row("backtest_kept_peak_memory_without_numba", whole["memory"], "MB", "lower", must=400)
    often = _alone("TRADES_OFTEN", int(TRADED * scale))
    if scale >= 1 and often["trades"] < 10_000:
        raise RuntimeError(f"That are not many trades: {often['trades']}.")
    yield Row("backtest_many_trades_tested", often["tested"], "s", "lower")
    yield Row("backtest_many_trades_described", often["described"], "s", "lower", must=15)
    exact = _alone("TRADES_EXACTLY", int(EXACT * scale))
    yield Row("backtest_exact_runs_tested", exact["tested"], "s", "lower")
    yield Row("backtest_exact_runs_described", exact["described"], "s", "lower", must=exact["tested"] / 4)


def keep(flow: str, bars: Any) -> str:
    """Test it, and describe what came of it as it is kept: seconds of processor time, and MB at most."""
    import asyncio
    import time

    from benchmarks.backtest.market import PAPER, SYMBOL, installed, peak_memory, template, workflow
    from treadle.service.backtests.making import describe
    from treadle.service.backtests.request import BacktestRequest
    from treadle.service.backtests.search.request import Search
    from treadle.service.backtests.search.searching import search
    from treadle.service.settings import Settings

    tested = workflow(flow) if flow else template("rsi-mean-reversion", timeframe="1m")
    request = BacktestRequest(tested, {SYMBOL: bars}, paper=PAPER, way="compiled")
    begin = time.process_time()
    found = asyncio.run(search(request, Search(), Settings(), installed()))
    middle = time.process_time()
    describe(found, installed())
    end = time.process_time()
    trades = 0 if found.tested is None else len(found.tested.trades)
    told = {"tested": middle - begin, "described": end - middle, "memory": peak_memory() / 2**20, "trades": trades}
    return json.dumps(told)


def _alone(flow: str, bars: int) -> dict[str, Any]:
    program = _PROGRAM.format(flow=flow, bars=max(6_000, bars))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return json.loads(done.stdout)
