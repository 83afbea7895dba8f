"""Strategies at random: what they look at, when they buy and sell, how, and on what account."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.service.backtests.bars import PROVIDER, Bar, workflow
from treadle.model.workflow import Workflow

_FROM = {"provider": "{{ nodes.exchange.provider }}"}
_SIGNALS: Mapping[str, tuple[Mapping[str, Any], str, str]] = {
    "rsi": ({"type": "indicator.rsi", "config": {"period": 3}}, "nodes.signal.value < 45", "nodes.signal.value > 55"),
    "ema": (
        {"type": "indicator.ma", "config": {"kind": "ema", "period": 4}},
        "nodes.signal.value < nodes.quote.mid",
        "nodes.signal.value > nodes.quote.mid",
    ),
    "trend": (
        {"type": "indicator.ma", "config": {"kind": "sma", "period": 3}}, "nodes.signal.trend > 0",
        "nodes.signal.trend < 0",
    ),
    "bands": (
        {"type": "indicator.bollinger", "config": {"period": 5}},
        "nodes.quote.mid < nodes.signal.middle",
        "nodes.quote.mid > nodes.signal.middle",
    ),
}  # fmt: skip
_BUYS: Mapping[str, Mapping[str, Any]] = {
    "market": {"type": "order.market", "config": {"side": "buy"}},
    "guarded": {
        "type": "order.market",
        "config": {
            "side": "buy",
            "stop_loss": "{{ nodes.quote.ask * 0.985 }}",
            "take_profit": "{{ nodes.quote.ask * 1.02 }}",
        },
    },
    "limit": {"type": "order.limit", "config": {"side": "buy", "price": "{{ nodes.quote.bid * 0.996 }}"}},
    "short-lived": {
        "type": "order.limit",
        "config": {
            "side": "buy", "price": "{{ nodes.quote.bid * 0.999 }}", "time_in_force": "gtd", "expires_in": "2h",
        },
    },
    "stop": {"type": "order.stop", "config": {"side": "buy", "stop_price": "{{ nodes.quote.ask * 1.004 }}"}},
}  # fmt: skip
_SELLS: Mapping[str, Mapping[str, Any]] = {
    "close": {"type": "order.close", "config": {}},
    "part": {"type": "order.market", "config": {"side": "sell", "size": 0.37, "reduce_only": True}},
    "limit": {
        "type": "order.limit",
        "config": {
            "side": "sell", "size": "{{ float(nodes.held.quantity) / 2 }}", "price": "{{ nodes.quote.ask * 1.003 }}",
        },
    },
    "clear": {"type": "order.cancel", "config": {}},
}  # fmt: skip
_SIZES = ({"size": 1}, {"size": 250, "size_in": "quote"}, {"size": 30, "size_in": "percent"}, {"size": 0.7})


@dataclass(frozen=True)
class Strategy:
    """It buys while it holds at most `most`."""

    signal: str
    buy: str
    sell: str
    size: Mapping[str, Any]
    most: float
    is_turned: bool
    """Whether it buys what rises rather than what falls."""
    paper: Mapping[str, Any]
    seed: int

    def workflow(self) -> Workflow:
        node, low, high = _SIGNALS[self.signal]
        enter, leave = (high, low) if self.is_turned else (low, high)
        buy, sell = _BUYS[self.buy], _SELLS[self.sell]
        enter, leave = f"{enter} && nodes.held.quantity <= {self.most}", f"{leave} && nodes.held.quantity > 0"
        return workflow(
            {"id": "when", "type": "trigger.interval", "config": {"seconds": "1h", "aligned": True}},
            PROVIDER,
            {"id": "candles", "type": "market.candles", "config": {**_FROM, "timeframe": "1h", "bars": 20}},
            {"id": "quote", "type": "market.quote", "config": _FROM},
            {"id": "held", "type": "market.positions", "config": _FROM},
            {"id": "signal", **node},
            {"id": "enter", "type": "flow.if", "config": {"condition": enter}},
            {"id": "leave", "type": "flow.if", "config": {"condition": leave}},
            {"id": "buy", **buy, "config": {**_FROM, **buy["config"], **self.size}},
            {"id": "sell", **sell, "config": {**_FROM, **sell["config"]}},
            connections=(
                "when.at -> candles.trigger", "when.at -> quote.trigger", "when.at -> held.trigger",
                "candles.candles -> signal.series", "quote.mid -> enter.a", "quote.mid -> leave.a",
                "enter.true -> buy.trigger", "leave.true -> sell.trigger",
            ),
        )  # fmt: skip

    def bars(self, many: int = 40) -> list[Bar]:
        draw, price, bars = random.Random(self.seed), 100.0, list[Bar]()
        for _ in range(many):
            opened = round(price * (1 + draw.gauss(0, 0.002)), 2)
            price = round(opened * (1 + draw.gauss(0, 0.01)), 2)
            high = round(max(opened, price) * (1 + abs(draw.gauss(0, 0.004))), 2)
            bars.append((opened, high, round(min(opened, price) * (1 - abs(draw.gauss(0, 0.004))), 2), price))
        return bars


accounts = st.fixed_dictionaries(
    {
        "fees": st.sampled_from([0, 0.001, {"maker": 0.0002, "taker": 0.0007}, {
            "tiers": [{"turnover": 500, "maker": "0.0001", "taker": "0.0003"}], "taker": 0.002, "maker": 0.001}]),
        "slippage": st.sampled_from([
            {"kind": "none"}, {"kind": "fixed", "bps": 7}, {"kind": "spread"}, {"kind": "impact", "impact": 0.02}]),
        "spread": st.sampled_from([0, 0.001]),
        "volume_share": st.sampled_from([0, 0.05]),
        "path": st.sampled_from(["nearest", "pessimistic"]),
        "tick": st.sampled_from(["0.01", "0.0001"]),
        "lot": st.sampled_from(["0.001", "0.01"]),
    }
)  # fmt: skip
strategies = st.builds(
    Strategy,
    signal=st.sampled_from(sorted(_SIGNALS)),
    buy=st.sampled_from(sorted(_BUYS)),
    sell=st.sampled_from(sorted(_SELLS)),
    size=st.sampled_from(_SIZES),
    most=st.sampled_from([0, 1.5]),
    is_turned=st.booleans(),
    paper=accounts,
    seed=st.integers(0, 10_000),
)
