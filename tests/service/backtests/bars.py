"""Bars in files, and workflows that trade over them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from treadle.authoring.check.file import check_file
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.backtests.backtest import run_backtest
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.result import BacktestResult
from treadle.service.settings import Settings

BEGIN = 1_704_067_200_000
"""2024-01-01 00:00 UTC."""
HOUR = 3_600_000
PROVIDER = {"id": "exchange", "type": "market.provider", "config": {"venue": "paper", "symbol": "BTC/USDT"}}
FROM_EXCHANGE = {"provider": "{{ nodes.exchange.provider }}"}
FREE = {"fees": 0, "balance": {"USDT": 10_000}, "tick": "0.01", "lot": "0.001"}

Bar = tuple[float, float, float, float]
"""Open, high, low, close."""


def write_bars(folder: Path, bars: Iterable[Bar], *, name: str = "bars.csv", volume: float = 10) -> Path:
    file = folder / name
    rows = [f"{BEGIN + at * HOUR},{o},{h},{lo},{c},{volume}" for at, (o, h, lo, c) in enumerate(bars)]
    file.write_text("\n".join(["time,open,high,low,close,volume", *rows]) + "\n")
    return file


def flat(*closes: float) -> list[Bar]:
    """Bars that open where the one before closed."""
    opens = [closes[0], *closes[:-1]]
    return [(o, max(o, c), min(o, c), c) for o, c in zip(opens, closes, strict=True)]


def buys_low_sells_high(*, low: float = 95, high: float = 105, size: float = 1) -> Workflow:
    """Buys at the market when a bar closes below `low`, and closes all when one does above `high`."""
    return workflow(
        {"id": "bar", "type": "trigger.stream",
         "config": {"provider": "exchange", "channel": "candles", "timeframe": "1h"}},
        PROVIDER,
        {"id": "low", "type": "flow.threshold", "config": {"operator": "<", "threshold": low}},
        {"id": "high", "type": "flow.threshold", "config": {"operator": ">", "threshold": high}},
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": size}},
        {"id": "close", "type": "order.close", "config": FROM_EXCHANGE, "on_error": "continue"},
        connections=("bar.price -> low.value", "bar.price -> high.value", "low.true -> buy.trigger",
                     "high.true -> close.trigger"),
    )  # fmt: skip


def workflow(*nodes: Mapping[str, Any], connections: Iterable[str] = ()) -> Workflow:
    wires = [dict(zip(("from", "to"), wire.split(" -> "), strict=True)) for wire in connections]
    text = json.dumps({"name": "bot", "nodes": list(nodes), "connections": wires})
    loaded = check_file(text, Registry.installed(), source="bot.json")
    assert loaded.result.valid, loaded.result.issues
    return loaded.workflows[0]


async def backtest(flow: Workflow, bars: Path | Mapping[str, Path], **more: Any) -> BacktestResult:
    files = {"BTC/USDT": bars} if isinstance(bars, Path) else dict(bars)
    more = {"paper": FREE, **more}
    return await run_backtest(BacktestRequest(flow, files, **more), Settings(), Registry.installed())
