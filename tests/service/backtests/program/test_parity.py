"""7.4: what is compiled comes to the same orders, fills, equity and runs as what goes through the engine, to the last
digit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service.backtests.bars import FROM_EXCHANGE, backtest, write_bars
from tests.service.backtests.program.strategies import (
    ACCOUNT,
    FINEST,
    limits_below,
    on_bars,
    template,
    trailing_stop,
    walk,
)
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.backtests.backtest import find_period
from treadle.service.backtests.history import read_history
from treadle.service.backtests.program.driving import Drive
from treadle.service.backtests.program.outcome import tell_result
from treadle.service.backtests.program.planning import plan_program
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.result import BacktestResult
from treadle.service.settings import Settings
from treadle.simulation.compiled.twin import can_compile

_FILL = ("at", "side", "quantity", "price", "fee", "fee_asset", "profit", "sequence", "is_maker", "path")


def told(result: BacktestResult) -> dict[str, Any]:
    """All that both ways have to agree on."""
    return {
        "runs": result.runs,
        "messages": result.messages,
        "fills": [tuple(one.get(name) for name in _FILL) for one in result.fills],
        "fees": result.fees,
        "trades": [
            (one.opened_at, one.closed_at, one.quantity, one.entry, one.exit, one.profit, one.fees)
            for one in result.trades
        ],
        "equity": [(one.at, one.equity, one.price) for one in result.equity],
        "warnings": [one.message for one in result.warnings],
    }


async def compare(flow: Workflow, file: Path, paper: Mapping[str, Any]) -> BacktestResult:
    compiled = await backtest(flow, file, paper=dict(paper), way="compiled")
    engine = await backtest(flow, file, paper=dict(paper), way="engine")

    assert told(compiled) == told(engine)
    assert compiled.figures() == engine.figures()
    return compiled


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "paper"),
    [
        ("rsi-mean-reversion", ACCOUNT),
        ("rsi-mean-reversion", FINEST),
        ("macd-trend-following", FINEST),
        ("bollinger-breakout", ACCOUNT),
        ("dollar-cost-averaging", FINEST),
    ],
)
async def test_templates_come_to_the_same(tmp_path: Path, name: str, paper: Mapping[str, Any]) -> None:
    # What is bought at set times needs more of it: one purchase a day.
    count = 500 if name == "dollar-cost-averaging" else 240

    result = await compare(template(name), write_bars(tmp_path, walk(count, seed=5)), paper)

    assert len(result.fills) > 2


@pytest.mark.slow
@pytest.mark.parametrize("paper", [ACCOUNT, FINEST])
async def test_a_trailing_stop_comes_to_the_same(tmp_path: Path, paper: Mapping[str, Any]) -> None:
    result = await compare(trailing_stop(), write_bars(tmp_path, walk(140, seed=3)), paper)

    assert len(result.trades) > 3


@pytest.mark.slow
async def test_resting_orders_come_to_the_same_and_those_that_are_refused(tmp_path: Path) -> None:
    result = await compare(limits_below(), write_bars(tmp_path, walk(120, seed=8)), ACCOUNT)

    assert len(result.trades) > 1


@pytest.mark.slow
async def test_runs_that_fail_are_counted_by_the_same_codes(tmp_path: Path) -> None:
    flow = on_bars(
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 2}},
        connections=("bar.price -> buy.trigger",),
        limits={"max_daily_loss": 40, "max_drawdown_pct": 3, "max_order_notional": 202},
    )

    result = await compare(flow, write_bars(tmp_path, walk(110, seed=4)), {**ACCOUNT, "balance": {"USDT": 6_000}})

    assert result.runs["risk_limit"] > 3


signals = st.sampled_from(
    [
        "nodes.rsi.value < {level} && nodes.held.quantity == 0",
        "nodes.rsi.oversold && nodes.held.held < 1",
        "nodes.quote.last < nodes.ma.value * 0.998 && !(nodes.held.quantity > 0)",
        "(nodes.rsi.value > {level} || nodes.ma.value > nodes.quote.last) && nodes.held.quantity == 0",
    ]
)
exits = st.sampled_from(
    [
        "nodes.rsi.value > 52 && nodes.held.quantity > 0",
        "nodes.held.quantity > 0 && nodes.quote.bid > nodes.held.entry * 1.004",
        "nodes.held.entry != null && nodes.rsi.overbought",
    ]
)
sizes = st.sampled_from([("base", 1.5), ("quote", 500), ("percent", 30), ("quote", 333.33)])


@st.composite
def strategies(draw: st.DrawFn) -> Workflow:
    size_in, size = draw(sizes)
    buy: dict[str, Any] = {**FROM_EXCHANGE, "side": "buy", "size": size, "size_in": size_in}
    if draw(st.booleans()):
        buy["stop_loss"] = f"{{{{ nodes.quote.ask * (1 - {draw(st.sampled_from([1, 1.5, 7]))} / 100) }}}}"
    if draw(st.booleans()):
        buy["take_profit"] = "{{ nodes.quote.ask * 1.013 }}"
    entry, way_out = draw(signals).format(level=draw(st.integers(35, 48))), draw(exits)
    return on_bars(
        {"id": "candles", "type": "market.candles", "config": {**FROM_EXCHANGE, "timeframe": "1h", "bars": 30}},
        {"id": "rsi", "type": "indicator.rsi", "config": {"period": 5, "oversold": 38}},
        {"id": "ma", "type": "indicator.ma", "config": {"period": 8, "kind": draw(st.sampled_from(["sma", "ema"]))}},
        {"id": "enter", "type": "flow.if", "config": {"condition": entry}},
        {"id": "leave", "type": "flow.if", "config": {"condition": way_out}},
        {"id": "buy", "type": "order.market", "config": buy},
        {"id": "sell", "type": "order.close", "config": FROM_EXCHANGE},
        connections=("candles.candles -> rsi.series", "candles.candles -> ma.series", "rsi.value -> enter.a",
                     "ma.value -> enter.b", "rsi.value -> leave.a", "enter.true -> buy.trigger",
                     "leave.true -> sell.trigger"),
        limits=draw(st.sampled_from([{}, {"max_order_notional": 400}, {"max_daily_loss": 30, "max_price_age": 60}])),
    )  # fmt: skip


@pytest.mark.slow
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strategies(), st.integers(0, 1000), st.sampled_from([ACCOUNT, FINEST]))
async def test_strategies_of_all_kinds_come_to_the_same(
    tmp_path: Path, flow: Workflow, seed: int, paper: Mapping[str, Any]
) -> None:
    await compare(flow, write_bars(tmp_path, walk(90, seed, volatility=0.008)), paper)


def _drive(flow: Workflow, file: Path, paper: Mapping[str, Any], **more: Any) -> Drive:
    request = BacktestRequest(flow, {"BTC/USDT": file}, paper=dict(paper))
    history = read_history(request, Settings())
    return Drive(
        plan_program(request, history, Registry.installed(), *find_period(request, history)), keeps_over=True, **more
    )


async def _result(drive: Drive) -> dict[str, Any]:
    await drive.run()
    return told(tell_result(drive.program, drive.trading, drive.counts, drive.messages, []))


@pytest.mark.slow
@pytest.mark.skipif(not can_compile(), reason="numba is an extra")
@pytest.mark.parametrize("paper", [ACCOUNT, FINEST])
async def test_with_numba_it_is_the_same_as_without(tmp_path: Path, paper: Mapping[str, Any]) -> None:
    file = write_bars(tmp_path, walk(900, seed=6))
    plain, jitted = (
        _drive(template("rsi-mean-reversion"), file, paper, is_jitted=is_jitted) for is_jitted in (False, True)
    )

    assert await _result(jitted) == await _result(plain)
    assert plain.trading.acc[0] == jitted.trading.acc[0]


@pytest.mark.slow
async def test_the_generated_step_is_the_same_as_exact_steps_alone(tmp_path: Path) -> None:
    file = write_bars(tmp_path, walk(500, seed=9))
    exact, generated = (_drive(template("rsi-mean-reversion"), file, FINEST, steps=steps) for steps in (False, True))

    assert await _result(generated) == await _result(exact)
    assert generated.stepped < 10 < exact.stepped


@pytest.mark.slow
async def test_what_fails_at_the_end_of_a_run_fails_it(tmp_path: Path) -> None:
    content = trailing_stop().model_dump(by_alias=True, exclude_unset=True)
    content["outputs"] = {"far": "{{ 1 / nodes.held.quantity }}"}
    flow = Workflow.model_validate(content)

    result = await compare(flow, write_bars(tmp_path, walk(50, seed=2)), ACCOUNT)

    assert set(result.runs) > {"completed"}


@pytest.mark.slow
async def test_indicators_of_ones_own_are_asked_at_every_bar(tmp_path: Path) -> None:
    flow = on_bars(
        {"id": "candles", "type": "market.candles", "config": {**FROM_EXCHANGE, "timeframe": "1h", "bars": 20}},
        {"id": "own", "type": "indicator.custom", "config": {"expression": "1 / (a[-1] - a[-2])", "window": 2}},
        {"id": "up", "type": "flow.if", "config": {"condition": "nodes.held.quantity == 0 && nodes.own.output > 5"}},
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 1}},
        connections=("candles.candles -> own.a", "bar.price -> up.a", "up.true -> buy.trigger"),
    )
    bars = walk(40, seed=2)
    still = (bars[20][3],) * 4

    result = await compare(flow, write_bars(tmp_path, [*bars[:21], still, *bars[21:]]), ACCOUNT)

    assert set(result.runs) > {"completed"}


@pytest.mark.parametrize("scope", ["deployment", "workflow", "run"])
async def test_variables_outlive_a_run_as_far_as_their_scope_says(tmp_path: Path, scope: str) -> None:
    config = {"name": "runs", "action": "increment", "scope": scope}
    flow = on_bars(
        {"id": "count", "type": "data.variable", "config": config},
        {"id": "fifth", "type": "flow.if", "config": {"condition": "nodes.count.output == 5"}},
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 1}},
        connections=("bar.price -> count.trigger", "count.output -> fifth.a", "fifth.true -> buy.trigger"),
    )

    result = await compare(flow, write_bars(tmp_path, walk(12, seed=1)), ACCOUNT)

    assert len(result.fills) == (0 if scope == "run" else 1)
