"""Strategies and bars for whoever compares the two ways of a backtest."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import treadle
from tests.service.backtests.bars import FROM_EXCHANGE, Bar, workflow
from treadle.authoring.check.file import check_file
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry

TEMPLATES = Path(treadle.__file__).parent / "templates"
ACCOUNT = {"fees": 0.001, "balance": {"USDT": 10_000}, "tick": "0.01", "lot": "0.00001"}
FINEST = {"fees": 0.001, "slippage": {"kind": "fixed", "bps": 5}}
"""Tick and lot are as fine as they can be."""


def template(name: str, *, seconds: str = "1h") -> Workflow:
    loaded = check_file((TEMPLATES / f"{name}.yaml").read_text(), Registry.installed(), source=name)
    content: dict[str, Any] = loaded.workflows[0].model_dump(by_alias=True, exclude_unset=True)
    for node in content["nodes"]:
        if node["type"] == "trigger.interval":
            node["config"]["seconds"] = seconds
        if node["type"] == "market.candles":
            node["config"] |= {"timeframe": "1h", "bars": min(node["config"]["bars"], 80)}
        if node["type"] == "market.provider":
            node["config"]["symbol"] = "BTC/USDT"
    return Workflow.model_validate(content)


def walk(count: int, seed: int, *, begin: float = 100, volatility: float = 0.006) -> list[Bar]:
    """A price that wanders, in cents."""
    drawn, bars, price = random.Random(seed), list[Bar](), begin
    for _ in range(count):
        closed = max(1.0, round(price * (1 + drawn.gauss(0, volatility)), 2))
        high = round(max(price, closed) * (1 + abs(drawn.gauss(0, volatility / 3))), 2)
        low = round(min(price, closed) * (1 - abs(drawn.gauss(0, volatility / 3))), 2)
        bars.append((price, max(high, price, closed), min(low, price, closed), closed))
        price = closed
    return bars


def on_bars(*nodes: Mapping[str, Any], connections: tuple[str, ...], **provider: Any) -> Workflow:
    """Started by each bar, with what is held and the price now."""
    config = {"venue": "paper", "symbol": "BTC/USDT", **provider}
    return workflow(
        {"id": "bar", "type": "trigger.stream",
         "config": {"provider": "exchange", "channel": "candles", "timeframe": "1h"}},
        {"id": "exchange", "type": "market.provider", "config": config},
        {"id": "held", "type": "market.positions", "config": FROM_EXCHANGE},
        {"id": "quote", "type": "market.quote", "config": FROM_EXCHANGE},
        *nodes,
        connections=connections,
    )  # fmt: skip


def trailing_stop(*, below: str = "0.985") -> Workflow:
    """Buys when there is nothing, keeps the highest price since, and sells where it has fallen from that."""
    peak = "{{ nodes.held.quantity > 0 ? max(nodes.before.output, nodes.quote.last) : 0 }}"
    return on_bars(
        {"id": "before", "type": "data.variable", "config": {"name": "peak", "default": 0}},
        {"id": "peak", "type": "data.variable", "config": {"name": "peak", "action": "set", "value": peak}},
        {"id": "enter", "type": "flow.if", "config": {"condition": "nodes.held.quantity == 0"}},
        {"id": "leave", "type": "flow.if",
         "config": {"condition": f"nodes.held.quantity > 0 && nodes.quote.last < nodes.peak.output * {below}"}},
        {"id": "buy", "type": "order.market",
         "config": {**FROM_EXCHANGE, "side": "buy", "size": 40, "size_in": "percent"}},
        {"id": "sell", "type": "order.close", "config": FROM_EXCHANGE},
        connections=("bar.price -> enter.a", "bar.price -> leave.a", "enter.true -> buy.trigger",
                     "leave.true -> sell.trigger"),
    )  # fmt: skip


def limits_below(*, most: int = 3) -> Workflow:
    """Leaves an order a little below the price each time, up to so many, and sells all when it has risen."""
    return on_bars(
        {"id": "lay", "type": "order.limit", "on_error": "continue",
         "config": {**FROM_EXCHANGE, "side": "buy", "size": 1, "price": "{{ nodes.quote.last * 0.994 }}"}},
        {"id": "high", "type": "flow.if", "config": {
            "condition": "nodes.held.entry != null && nodes.quote.last > nodes.held.entry * 1.006"}},
        {"id": "low", "type": "flow.if", "config": {
            "condition": "!(nodes.held.entry != null && nodes.quote.last > nodes.held.entry * 1.006)"}},
        {"id": "sell", "type": "order.close", "config": FROM_EXCHANGE},
        connections=("bar.price -> high.a", "bar.price -> low.a", "low.true -> lay.trigger",
                     "high.true -> sell.trigger"),
        limits={"max_open_orders": most, "max_orders_per_minute": 2},
    )  # fmt: skip
