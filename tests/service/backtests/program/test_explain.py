"""What is told of how a backtest was worked out, and of what keeps it from being compiled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.service.backtests.bars import FROM_EXCHANGE, PROVIDER, backtest, flat, workflow, write_bars
from tests.service.backtests.program.strategies import ACCOUNT, on_bars, template, walk
from treadle.errors import InvalidWorkflow
from treadle.model.workflow import Workflow
from treadle.service.backtests.result import BacktestResult

BUY: dict[str, Any] = {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 1}}


def parts(result: BacktestResult) -> dict[str, str]:
    return {str(row["node"]): str(row["part"]) for row in result.explain}


async def test_columns_and_what_is_stepped_are_told_apart(tmp_path: Path) -> None:
    result = await backtest(template("rsi-mean-reversion"), write_bars(tmp_path, walk(120, seed=1)), paper=ACCOUNT)

    assert result.way == "compiled"
    assert parts(result) == {
        "when": "column", "exchange": "column", "candles": "column", "rsi": "column", "quote": "column",
        "held": "stepped", "cheap": "stepped", "recovered": "stepped", "buy": "stepped", "sell": "stepped",
    }  # fmt: skip
    stepped = {row["node"]: row["bars"] for row in result.explain}
    assert 0 < stepped["buy"] < 119


async def test_why_a_node_is_stepped_is_told_by_what_it_depends_on(tmp_path: Path) -> None:
    flow = on_bars(
        {"id": "candles", "type": "market.candles", "config": {**FROM_EXCHANGE, "timeframe": "1h", "bars": 20}},
        {"id": "rsi", "type": "indicator.rsi", "config": {"period": 3}},
        {"id": "weak", "type": "flow.threshold", "config": {"operator": "<", "threshold": 25}},
        {"id": "free", "type": "flow.if", "config": {"condition": "nodes.held.quantity == 0"}},
        BUY,
        connections=("candles.candles -> rsi.series", "rsi.value -> weak.value", "weak.true -> free.a",
                     "free.true -> buy.trigger"),
    )  # fmt: skip

    result = await backtest(flow, write_bars(tmp_path, walk(30, seed=1)), way="compiled")

    why = {row["node"]: row["why"] for row in result.explain}
    assert why["weak"].startswith("it decides in each run")
    assert why["free"].startswith("it depends on `held`, `weak`, which are stepped")


async def test_what_cannot_be_compiled_goes_through_the_engine_and_says_why(tmp_path: Path) -> None:
    flow = on_bars({"id": "wait", "type": "flow.wait", "config": {"duration": "2h"}}, BUY,
                   connections=("bar.price -> wait.trigger", "wait -> buy.trigger"))  # fmt: skip

    result = await backtest(flow, write_bars(tmp_path, flat(100, 101, 102, 103)))

    assert (result.way, parts(result)["wait"]) == ("engine", "engine")
    assert any("`wait` (flow.wait)" in str(row["why"]) for row in result.explain)


async def test_asking_for_the_compiled_way_names_all_that_is_in_its_way(tmp_path: Path) -> None:
    flow = on_bars(
        {"id": "wait", "type": "flow.wait", "config": {"duration": "2h"}},
        {"id": "again", "type": "flow.wait", "config": {"duration": "1h"}},
        BUY,
        connections=("bar.price -> wait.trigger", "wait -> buy.trigger", "bar.price -> again.trigger"),
    )

    with pytest.raises(InvalidWorkflow) as refused:
        await backtest(flow, write_bars(tmp_path, flat(100, 101, 102, 103)), way="compiled")

    assert refused.value.code == "cannot_compile"
    assert {issue.node for issue in refused.value.issues} == {"wait", "again"}


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"paper": {**ACCOUNT, "fill": "close"}}, "filled at the close"),
        ({"paper": {**ACCOUNT, "kind": "perpetual"}}, "held on margin"),
        ({"paper": {**ACCOUNT, "balance": {"USDT": 1000, "EUR": 5}}}, "EUR"),
    ],
)
async def test_accounts_for_which_nothing_is_generated_are_stepped_and_it_is_told_why(
    tmp_path: Path, more: dict[str, Any], why: str
) -> None:
    when = {"id": "hourly", "type": "trigger.interval", "config": {"seconds": 3600, "aligned": True}}
    flow = workflow(when, PROVIDER, BUY, connections=("hourly.at -> buy.trigger",))

    result = await backtest(flow, write_bars(tmp_path, flat(100, 101, 102)), way="compiled", **more)

    assert why in result.explain[0]["why"]
    assert parts(result) == {"": "stepped", "hourly": "column", "exchange": "stepped", "buy": "stepped"}


async def test_orders_side_by_side_go_through_the_engine(tmp_path: Path) -> None:
    other = {**BUY, "id": "again"}
    flow = on_bars(BUY, other, connections=("bar.price -> buy.trigger", "bar.price -> again.trigger"))

    result = await backtest(flow, write_bars(tmp_path, flat(100, 101, 102)))

    assert result.way == "engine"
    assert any("side by side" in str(row["why"]) for row in result.explain)


async def test_both_ways_can_be_asked_for(tmp_path: Path) -> None:
    flow: Workflow = on_bars(BUY, connections=("bar.price -> buy.trigger",))
    file = write_bars(tmp_path, flat(100, 101, 102))

    assert (await backtest(flow, file, way="engine")).way == "engine"
    assert (await backtest(flow, file, way="compiled")).way == "compiled"
