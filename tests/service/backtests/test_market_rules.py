"""Bars of a market bring its own rules: a backtest over them is charged, and refused, as paper is at that market."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.service.backtests.bars import FROM_EXCHANGE, flat, workflow, write_bars
from tests.service.backtests.live import each_way, feed_one_by_one, told
from tests.service.backtests.program.strategies import trailing_stop
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.backtests.backtest import run_backtest
from treadle.service.backtests.request import BacktestRequest, Way
from treadle.service.backtests.result import BacktestResult
from treadle.service.backtests.search.request import Parameter, Sweep, WalkForward
from treadle.service.backtests.search.sweep import run_sweep
from treadle.service.backtests.search.walk_forward import run_walk_forward
from treadle.service.settings import Settings

MARKET = {"BTC/USDT": "simulated:BTC/USDT@1h"}
SINCE = datetime(2024, 1, 1, 8, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=12)
_CHARGED = slice(1, None)
"""Of a fill, all but when it was: bars tell the hour, the market the second."""


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    return Settings(workspace=str(tmp_path), db=str(tmp_path / "treadle.db"))


def hourly(*nodes: Mapping[str, Any], connections: tuple[str, ...]) -> Workflow:
    """Started each hour, with the last bars and what is held. What rests on paper is matched hour by hour, too: bars
    know of no second."""
    provider = {"venue": "paper", "symbol": "BTC/USDT", "settings": {"step": "1h"}}
    return workflow(
        {"id": "when", "type": "trigger.interval", "config": {"seconds": "1h", "aligned": True}},
        {"id": "exchange", "type": "market.provider", "config": provider},
        {"id": "held", "type": "market.positions", "config": FROM_EXCHANGE},
        {"id": "candles", "type": "market.candles", "config": {**FROM_EXCHANGE, "timeframe": "1h", "bars": 2}},
        *nodes,
        connections=("when -> held.trigger", "when -> candles.trigger", *connections),
    )


def rests_on_both_sides(*, size: float = 0.013) -> Workflow:
    """Leaves an order to buy below the price where nothing is held, and one to sell above it where something is."""
    limit = {**FROM_EXCHANGE, "size": size, "expires_in": "1h"}
    return hourly(
        {"id": "empty", "type": "flow.if", "config": {"condition": "nodes.held.quantity == 0"}},
        {"id": "buy", "type": "order.limit",
         "config": {**limit, "side": "buy", "price": "{{ nodes.candles.candles.close[-1] * 0.997 }}"}},
        {"id": "sell", "type": "order.limit",
         "config": {**limit, "side": "sell", "price": "{{ nodes.candles.candles.close[-1] * 1.003 }}"}},
        connections=("candles.candles -> empty.a", "empty.true -> buy.trigger", "empty.false -> sell.trigger"),
    )  # fmt: skip


def buys_each_hour(size: float, *, size_in: str = "base") -> Workflow:
    order = {**FROM_EXCHANGE, "side": "buy", "size": size, "size_in": size_in}
    return hourly({"id": "buy", "type": "order.market", "config": order}, connections=("when -> buy.trigger",))


def asked(flow: Workflow, bars: Mapping[str, Any] = MARKET, **more: Any) -> BacktestRequest:
    return BacktestRequest(flow, bars, **{"since": SINCE, "until": UNTIL, **more})


async def backtest(request: BacktestRequest, here: Settings) -> BacktestResult:
    return await run_backtest(request, here, Registry.installed())


@pytest.mark.slow
async def test_what_rests_at_a_market_comes_to_the_same_over_its_bars_fees_included(
    tmp_path: Path, here: Settings
) -> None:
    flow = rests_on_both_sides()
    live = await feed_one_by_one(tmp_path, flow, SINCE, UNTIL)

    assert len(live.fills) > 20
    async for result in each_way(asked(flow), here):
        assert [fill[_CHARGED] for fill in told(result.fills)] == [fill[_CHARGED] for fill in live.fills]
        assert result.equity[-1].equity == live.equity[UNTIL]
        assert (
            result.fees
            == sum(Decimal(str(fill["price"])) * Decimal(str(fill["quantity"])) for fill in result.fills) / 1000
        )


@pytest.mark.slow
async def test_fees_that_are_left_alone_are_those_of_the_market_and_those_that_are_given_win(here: Settings) -> None:
    day = {"until": SINCE + timedelta(days=1)}
    for paper, rate in (
        ({}, "0.001"),
        ({"fees": 0.002}, "0.002"),
        ({"fees": 0}, "0"),
        ({"fees": {"maker": 0}}, "0.001"),
    ):
        async for result in each_way(asked(buys_each_hour(0.003), paper=paper, **day), here):
            worth = sum(Decimal(str(fill["price"])) * Decimal(str(fill["quantity"])) for fill in result.fills)
            assert len(result.fills) > 20
            assert result.fees == worth * Decimal(rate)
            assert ("no_fees" in [one.code for one in result.warnings]) == (rate == "0")


@pytest.mark.slow
async def test_what_a_market_refuses_is_refused_over_its_bars_each_way(here: Settings) -> None:
    # A lot is worth about 1.1: rounded down to whole ones it is more than the smallest order of 5 only now and then.
    found = [result async for result in each_way(asked(buys_each_hour(5.6, size_in="quote")), here)]

    assert [one.way for one in found] == ["compiled", "engine"]
    assert found[0].runs == found[1].runs
    assert min(found[0].runs["below_minimum"], found[0].runs["completed"]) > 10
    assert "takes at least 5." in found[0].messages["below_minimum"]
    assert told(found[0].fills) == told(found[1].fills)


@pytest.mark.slow
async def test_a_share_of_the_account_is_reckoned_with_the_fee_of_the_market_each_way(here: Settings) -> None:
    found = [result async for result in each_way(asked(trailing_stop()), here)]

    assert [one.way for one in found] == ["compiled", "engine"]
    assert len(found[0].fills) > 20
    assert told(found[0].fills) == told(found[1].fills)
    assert found[0].equity == found[1].equity


@pytest.mark.slow
@pytest.mark.parametrize("way", ["compiled", "engine"])
async def test_what_is_searched_over_bars_of_a_market_pays_its_fees(here: Settings, way: Way) -> None:
    sweep = Sweep((Parameter("buy.size", (0.002, 0.004)),), metric="total_return")
    request, registry = asked(buys_each_hour(0.002), way=way, until=SINCE + timedelta(days=2)), Registry.installed()

    walked = await run_walk_forward(request, WalkForward(sweep, 20 * 3600, 10 * 3600), here, registry)
    swept = await run_sweep(request, sweep, here, registry)

    assert walked.tested is not None
    worth = sum(Decimal(fill["price"]) * Decimal(fill["quantity"]) for fill in walked.tested.fills)
    assert walked.tested.fees == worth / 1000 > 0
    for row in swept.rows:
        alone = await backtest(replace(request, workflow=buys_each_hour(row.values["buy.size"])), here)
        assert row.figures["total_return"] == alone.figures()["total_return"]
        assert alone.fees > 0


@pytest.mark.parametrize(
    ("paper", "size", "step"), [({}, 0.0012345, "0.00001"), ({"lot": "0.001"}, 0.0092345, "0.001")]
)
async def test_quantities_are_whole_lots_of_the_market_or_of_the_settings(
    here: Settings, paper: Mapping[str, Any], size: float, step: str
) -> None:
    day = {"until": SINCE + timedelta(hours=4)}
    async for result in each_way(asked(buys_each_hour(size), paper=paper, **day), here):
        assert {Decimal(str(fill["quantity"])) for fill in result.fills} == {
            Decimal(str(size)) // Decimal(step) * Decimal(step)
        }


async def test_bars_of_a_perpetual_are_held_on_margin_at_its_own_fees(here: Settings) -> None:
    flow = buys_each_hour(0.01)
    symbol = "BTC/USDT:USDT"
    for node in (content := flow.model_dump(by_alias=True, exclude_unset=True))["nodes"]:
        if node["type"] == "market.provider":
            node["config"]["symbol"] = symbol
    request = asked(
        Workflow.model_validate(content), {symbol: f"simulated:{symbol}@1h"}, until=SINCE + timedelta(hours=4)
    )

    result = await backtest(request, here)

    (fill, *_) = result.fills
    assert Decimal(fill["fee"]) == Decimal(fill["price"]) * Decimal("0.01") * Decimal("0.0005")
    (said,) = [one.message for one in result.warnings if one.code == "no_funding"]
    assert f"`--funding {symbol}=FILE`" in said


async def test_a_file_says_nothing_of_its_market_so_nothing_is_charged_and_that_is_said(
    tmp_path: Path, here: Settings
) -> None:
    file = write_bars(tmp_path, flat(100, 101, 102, 103, 104))

    result = await backtest(asked(buys_each_hour(1), {"BTC/USDT": file}, since=None, until=None), here)

    assert result.fills
    assert not result.fees
    assert [one.severity for one in result.warnings if one.code == "no_fees"] == ["warning"]


async def test_a_market_that_charges_nothing_is_not_held_against_the_result(here: Settings) -> None:
    flow = buys_each_hour(100)
    for node in (content := flow.model_dump(by_alias=True, exclude_unset=True))["nodes"]:
        if node["type"] == "market.provider":
            node["config"]["symbol"] = "EUR/USD"
    day = {"until": SINCE + timedelta(hours=4), "paper": {"balance": {"USD": 10_000}}}

    result = await backtest(asked(Workflow.model_validate(content), {"EUR/USD": "simulated:EUR/USD@1h"}, **day), here)

    (said,) = [one for one in result.warnings if one.code == "no_fees"]
    assert (said.severity, said.message) == (
        "info", "No fees were charged for `EUR/USD`: the venue has none there."
    )  # fmt: skip
