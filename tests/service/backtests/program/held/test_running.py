"""Several markets and accounts, margin and funding, in memory: to the last digit what goes through the engine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.service.backtests.bars import HOUR, backtest, workflow, write_bars
from tests.service.backtests.program.strategies import walk
from tests.service.backtests.program.test_parity import told
from treadle.model.workflow import Workflow
from treadle.service.backtests.result import BacktestResult

PHASES = (Phase.explicit, Phase.generate)
FIRST, SECOND = "BTC/USDT", "ETH/USDT"
ACCOUNT = {"fees": 0.001, "tick": "0.01", "lot": "0.0001", "balance": {"USDT": 10_000}}
ON_MARGIN = {**ACCOUNT, "kind": "perpetual", "leverage": 5, "maintenance": 0.01}
TIERS = {"maker": 0.0005, "taker": 0.001, "tiers": [{"turnover": 3000, "maker": 0.0001, "taker": 0.0004}]}


async def compare(flow: Workflow, bars: Mapping[str, Path], **more: Any) -> BacktestResult:
    """What came of it in memory, which is what came of it by the engine."""
    held = await backtest(flow, bars, **{"paper": ACCOUNT, **more, "way": "compiled"})
    engine = await backtest(flow, bars, **{"paper": ACCOUNT, **more, "way": "engine"})

    assert told(held) == told(engine)
    assert [_known(one) for one in held.fills] == [_known(one) for one in engine.fills]
    assert _in_order(held.orders) == _in_order(engine.orders)
    assert held.figures() == engine.figures()
    assert [(one.group, one.account) for one in held.open] == [(one.group, one.account) for one in engine.open]
    assert held.currency == engine.currency
    return held


def _in_order(orders: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Those that one run places at two accounts are on record in either order."""
    return sorted((_known(one) for one in orders), key=lambda one: (one["created_at"], one["group"]))


NAMES = ("run", "client_id", "id", "order_id", "parent", "siblings", "order_group", "provider")


def _known(fill: Mapping[str, Any]) -> dict[str, Any]:
    """All of it but the names that runs and orders have."""
    return {name: value for name, value in fill.items() if name not in NAMES}


def two_markets(
    folder: Path, count: int, seed: int, *, length: int = HOUR, volatility: float = 0.008
) -> dict[str, Path]:
    return {
        symbol: write_bars(folder, walk(count, seed + at, begin=begin, volatility=volatility), name=f"{at}.csv")
        for at, (symbol, begin) in enumerate([(FIRST, 100), (SECOND, 40)])
    }


def provider(id: str = "exchange", **config: Any) -> dict[str, Any]:
    return {"id": id, "type": "market.provider", "config": {"venue": "paper", **config}}


def asking(id: str, type: str, symbol: str, *, of: str = "exchange", **config: Any) -> dict[str, Any]:
    return {
        "id": id,
        "type": type,
        "config": {"provider": f"{{{{ nodes.{of}.provider }}}}", "symbol": symbol, **config},
    }


def in_turn(
    *,
    limits: Mapping[str, Any] | None = None,
    buy: Mapping[str, Any],
    sell: Mapping[str, Any],
    below: float,
    above: float,
) -> Workflow:
    """Holds whichever of two markets is cheap against its mean; one order a bar, for the first that wants one."""
    decide = (
        f"nodes.held-a.quantity == 0 && nodes.quote-a.last < nodes.ma-a.value * {below} ? 'buy-a' "
        f": nodes.held-a.quantity != 0 && nodes.quote-a.last > nodes.ma-a.value * {above} ? 'sell-a' "
        f": nodes.held-b.quantity == 0 && nodes.quote-b.last < nodes.ma-b.value * {below} ? 'buy-b' "
        f": nodes.held-b.quantity != 0 && nodes.quote-b.last > nodes.ma-b.value * {above} ? 'sell-b' : 'wait'"
    )
    nodes: list[dict[str, Any]] = []
    wires: list[str] = []
    for one, symbol in (("a", FIRST), ("b", SECOND)):
        nodes += [
            asking(f"held-{one}", "market.positions", symbol),
            asking(f"quote-{one}", "market.quote", symbol),
            asking(f"bars-{one}", "market.candles", symbol, timeframe="1h", bars=12),
            {"id": f"ma-{one}", "type": "indicator.ma", "config": {"period": 5}},
            asking(f"buy-{one}", **_for(buy, one)),
            asking(f"sell-{one}", **_for(sell, one)),
        ]
        wires += [f"bars-{one}.candles -> ma-{one}.series", f"act.buy-{one} -> buy-{one}.trigger",
                  f"act.sell-{one} -> sell-{one}.trigger"]  # fmt: skip
        nodes[-2]["config"]["symbol"] = nodes[-1]["config"]["symbol"] = symbol
    return workflow(
        {"id": "bar", "type": "trigger.interval", "config": {"seconds": HOUR // 1000, "aligned": True}},
        provider(symbol=FIRST, **({"limits": dict(limits)} if limits else {})),
        *nodes,
        {"id": "decide", "type": "data.transform", "config": {"transform": decide}},
        {"id": "act", "type": "flow.switch", "config": {"cases": ["buy-a", "sell-a", "buy-b", "sell-b"]}},
        connections=("ma-a.value -> decide.trigger", "decide.output -> act.value", *wires),
    )


def _for(order: Mapping[str, Any], one: str) -> dict[str, Any]:
    """An order of a market: `-*` in its texts is which."""
    config = {
        name: value.replace("-*", f"-{one}") if isinstance(value, str) else value for name, value in order.items()
    }
    return {"type": config.pop("type"), "symbol": "", **config}


BUYS = [
    {"type": "order.market", "side": "buy", "size": 1.5},
    {"type": "order.market", "side": "buy", "size": 30, "size_in": "percent"},
    {"type": "order.market", "side": "buy", "size": 700, "size_in": "quote", "max_slippage": 1},
    {"type": "order.market", "side": "buy", "size": 2, "stop_loss": "{{ nodes.quote-*.ask * 0.985 }}",
     "take_profit": "{{ nodes.quote-*.ask * 1.01 }}"},
    {"type": "order.limit", "side": "buy", "size": 2, "price": "{{ nodes.quote-*.bid * 0.997 }}"},
    {"type": "order.limit", "side": "buy", "size": 1, "price": "{{ nodes.quote-*.bid * 0.999 }}",
     "time_in_force": "gtd", "expires_in": "2h"},
    {"type": "order.stop", "side": "buy", "size": 1, "stop_price": "{{ nodes.quote-*.ask * 1.002 }}"},
    {"type": "order.ladder", "size": 1, "sides": "buy", "prices":
     "{{ [float(nodes.quote-*.bid) * 0.998, float(nodes.quote-*.bid) * 0.995] }}"},
]  # fmt: skip
SELLS = [
    {"type": "order.close"},
    {"type": "order.market", "side": "sell", "size": 0.7, "reduce_only": True},
    {"type": "order.oco", "side": "sell", "size": "{{ nodes.held-*.quantity }}",
     "price": "{{ nodes.quote-*.ask * 1.004 }}", "stop_price": "{{ nodes.quote-*.bid * 0.99 }}"},
]  # fmt: skip
ACCOUNTS = [
    ACCOUNT,
    {**ACCOUNT, "slippage": {"kind": "fixed", "bps": 5}, "path": "pessimistic"},
    {**ACCOUNT, "fees": TIERS, "volume_share": 0.15},
    {**ACCOUNT, "fill": "close", "latency": 0},
    {**ACCOUNT, "balance": {"USDT": 5_000, "BTC": 1, "EUR": 10}, "currency": "USDT"},
    ON_MARGIN,
    {**ON_MARGIN, "leverage": 50, "maintenance": 0.02, "slippage": {"kind": "impact", "impact": 0.01}},
]
LIMITS = [
    {}, {"max_exposure": 400, "max_open_orders": 3}, {"max_daily_loss": 20, "max_drawdown_pct": 2},
    {"max_orders_per_minute": 1, "max_position_notional": 250}, {"max_slippage_pct": 0.5},
]  # fmt: skip


@st.composite
def strategies(draw: st.DrawFn) -> Workflow:
    return in_turn(
        limits=draw(st.sampled_from(LIMITS)), buy=draw(st.sampled_from(BUYS)), sell=draw(st.sampled_from(SELLS)),
        below=draw(st.sampled_from([0.998, 1.001])), above=draw(st.sampled_from([0.999, 1.003])),
    )  # fmt: skip


@pytest.mark.slow
@settings(
    max_examples=12, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # fmt: skip
@given(strategies(), st.sampled_from(ACCOUNTS), st.integers(0, 10_000))
async def test_strategies_over_two_markets_come_to_the_same(
    tmp_path: Path, flow: Workflow, paper: Mapping[str, Any], seed: int
) -> None:
    await compare(flow, two_markets(tmp_path, 60, seed), paper=paper)


ENTRIES = [
    "nodes.rsi-*.value < 42 && nodes.held-*.quantity == 0",
    "nodes.quote-*.last < nodes.ma-*.value * 0.9985 && !(nodes.held-*.quantity > 0)",
    "nodes.gap.output.up > 0.4 && nodes.held-*.held < 1",
    "(nodes.rsi-*.oversold || nodes.score.value < -1.5) && nodes.held-*.entry == null",
    "nodes.last.output + 0.2 < nodes.quote-*.ask && nodes.held-*.quantity == 0",
]
EXITS = [
    "nodes.held-*.entry != null && nodes.quote-*.bid > nodes.held-*.entry * 1.004",
    "nodes.held-*.quantity > 0 && nodes.rsi-*.overbought",
    "(nodes.held-*.entry ?? 0) > 0 && min(nodes.quote-*.last, 1000) > nodes.ma-*.value",
    "nodes.held-*.quantity > 0 && abs(nodes.score.value) < (nodes.quote-*.spread > 0 ? 0.1 : 0.4)",
]
ORDERS = [
    {"side": "buy", "size": 1.5}, {"side": "buy", "size": 20, "size_in": "percent"},
    {"side": "buy", "size": 2, "stop_loss": "{{ nodes.quote-*.ask * 0.99 }}"},
]  # fmt: skip


def side_by_side(entry: str, leave: str, order: Mapping[str, Any], *, every: int, timeframe: str) -> Workflow:
    """Two accounts, each with a market of its own, which both may order in one run."""
    nodes: list[dict[str, Any]] = []
    wires = ["bars-a.candles -> ratio.a", "bars-b.candles -> ratio.b", "ratio.output -> score.series"]
    for one, symbol in (("a", FIRST), ("b", SECOND)):
        of = f"at-{one}"
        nodes += [
            provider(of, symbol=symbol, settings={"market": {"a": "alpha", "b": "beta"}[one]}),
            asking(f"held-{one}", "market.positions", symbol, of=of),
            asking(f"quote-{one}", "market.quote", symbol, of=of),
            asking(f"bars-{one}", "market.candles", symbol, of=of, timeframe="1h", bars=14),
            asking(f"long-{one}", "market.candles", symbol, of=of, timeframe=timeframe, bars=9),
            {"id": f"ma-{one}", "type": "indicator.ma", "config": {"period": 3}},
            {"id": f"rsi-{one}", "type": "indicator.rsi", "config": {"period": 3, "oversold": 35, "overbought": 60}},
            {"id": f"enter-{one}", "type": "flow.if", "config": {"condition": entry.replace("-*", f"-{one}")}},
            {"id": f"leave-{one}", "type": "flow.if", "config": {"condition": leave.replace("-*", f"-{one}")}},
            asking(f"buy-{one}", of=of, **{**_for({"type": "order.market", **order}, one), "symbol": symbol}),
            asking(f"sell-{one}", "order.close", symbol, of=of),
            {"id": f"note-{one}", "type": "data.variable", "after": ["last"],
             "config": {"name": f"last-{one}", "action": "set", "value": f"{{{{ float(nodes.quote-{one}.last) }}}}"}},
        ]  # fmt: skip
        wires += [
            f"long-{one}.candles -> ma-{one}.series", f"bars-{one}.candles -> rsi-{one}.series",
            f"rsi-{one}.value -> enter-{one}.a", f"rsi-{one}.value -> leave-{one}.a",
            f"enter-{one}.true -> buy-{one}.trigger", f"leave-{one}.true -> sell-{one}.trigger",
            f"enter-{one}.true -> note-{one}.trigger",
        ]  # fmt: skip
    flow = workflow(
        {"id": "tick", "type": "trigger.interval", "config": {"seconds": every, "aligned": True}},
        *nodes,
        {"id": "ratio", "type": "indicator.custom", "config": {"expression": "a / b"}},
        {"id": "score", "type": "indicator.zscore", "config": {"period": 6}},
        {"id": "gap", "type": "data.set",
         "config": {"fields": {"up": "{{ float(nodes.quote-a.last / nodes.quote-b.last - 2.5) * 10 }}"}}},
        {"id": "last", "type": "data.variable", "config": {"name": "last-a", "default": 98.5}},
        connections=["quote-a.mid -> gap.trigger", "score.value -> last.trigger", *wires],
    )  # fmt: skip
    content: dict[str, Any] = flow.model_dump(by_alias=True, exclude_unset=True)
    for node in content["nodes"]:
        if node["type"].startswith("order."):
            node["on_error"] = "continue"
    content["outputs"] = {"score": "{{ nodes.score.value ?? 'none' }}", "held": "{{ nodes['held-a'].quantity }}"}
    return Workflow.model_validate(content)


@pytest.mark.slow
@settings(
    max_examples=8, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # fmt: skip
@given(
    st.sampled_from(ENTRIES), st.sampled_from(EXITS), st.sampled_from(ORDERS), st.sampled_from([1800, 3600, 7200]),
    st.sampled_from(["1h", "2h"]), st.sampled_from([ACCOUNT, ON_MARGIN, {**ACCOUNT, "latency": 50_000}]),
    st.integers(0, 10_000),
)  # fmt: skip
async def test_accounts_side_by_side_come_to_the_same(
    tmp_path: Path, entry: str, leave: str, order: Mapping[str, Any], every: int, timeframe: str,
    paper: Mapping[str, Any], seed: int,
) -> None:  # fmt: skip
    flow = side_by_side(entry, leave, order, every=every, timeframe=timeframe)

    await compare(flow, two_markets(tmp_path, 90, seed), paper=paper)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule", "outputs"),
    [
        ({"x": ["nodes.quote-a.last", "1 / nodes.held-a.quantity"]}, {}),
        ("nodes.quote-a.last > 100 ? 'up' : nodes.held-a.entry > 3 ? 'in' : 'down'", {}),
        ("nodes.quote-a.last", {"share": "{{ 1 / nodes.held-a.quantity }}"}),
        ("nodes.quote-a.last", {"told": "{{ nodes.sell-a.status ?? nodes.buy-a.status ?? 'none' }}"}),
    ],
)
@pytest.mark.parametrize("on_error", ["fail", "continue"])
async def test_what_may_fail_fails_where_it_does_through_the_engine(
    tmp_path: Path, rule: Any, outputs: Mapping[str, str], on_error: str
) -> None:
    flow = in_turn(buy=BUYS[0], sell=SELLS[0], below=1.001, above=0.999)
    content: dict[str, Any] = json.loads(flow.model_dump_json(by_alias=True, exclude_unset=True))
    told = {"id": "told", "type": "data.transform", "config": {"transform": rule}, "on_error": on_error}
    content["nodes"].append(told)
    content["connections"].append({"source": "ma-b", "output": "value", "target": "told", "input": "trigger"})
    content |= {"outputs": outputs} if outputs else {}

    await compare(Workflow.model_validate(content), two_markets(tmp_path, 60, seed=3))
