"""Accounts, venues and what a workflow goes on with, as a backtest binds them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.service.backtests.bars import FREE, FROM_EXCHANGE, PROVIDER, backtest, flat, workflow, write_bars
from treadle.errors import InvalidWorkflow

EVERY = {"id": "every", "type": "trigger.interval", "config": {"seconds": 3600, "aligned": True}}


def provider(id: str, **config: Any) -> dict[str, Any]:
    return {"id": id, "type": "market.provider", "config": {"venue": "paper", "symbol": "BTC/USDT", **config}}


def buy(id: str, of: str, **more: Any) -> dict[str, Any]:
    config = {"provider": f"{{{{ nodes.{of}.provider }}}}", "side": "buy", "size": 1}
    return {"id": id, "type": "order.market", "config": config, **more}


async def test_each_of_two_venues_has_its_own_bars_and_its_own_account(tmp_path: Path) -> None:
    flow = workflow(
        EVERY, provider("here", venue="binance"), provider("there", venue="kraken"), buy("cheap", "here"),
        buy("dear", "there"), connections=("every -> cheap.trigger", "every -> dear.trigger"),
    )  # fmt: skip
    bars = {
        "binance:BTC/USDT": write_bars(tmp_path, flat(99, 100, 101, 102), name="a.csv"),
        "kraken:BTC/USDT": write_bars(tmp_path, flat(199, 200, 201, 202), name="b.csv"),
    }

    result = await backtest(flow, bars)

    assert {(fill["group"], fill["price"]) for fill in result.fills} == {
        ("paper/binance/bot", "100"), ("paper/binance/bot", "101"), ("paper/kraken/bot", "200"),
        ("paper/kraken/bot", "201"),
    }  # fmt: skip
    assert result.equity[0].equity == 20_000
    assert not [one for one in result.warnings if one.code == "same_bars"]


async def test_providers_of_one_account_are_worth_what_it_is_once(tmp_path: Path) -> None:
    flow = workflow(
        EVERY, provider("first"), provider("second", symbol="ETH/USDT"), buy("one", "first"), buy("other", "second"),
        connections=("every -> one.trigger", "every -> other.trigger"),
    )  # fmt: skip
    bars = {
        "BTC/USDT": write_bars(tmp_path, flat(100, 100, 100, 103), name="a.csv"),
        "ETH/USDT": write_bars(tmp_path, flat(10, 10, 10, 12), name="b.csv"),
    }

    result = await backtest(flow, bars)

    assert [point.equity for point in (result.equity[0], result.equity[-1])] == [Decimal(10_000), Decimal(10_010)]


async def test_bars_of_no_venue_are_those_of_every_venue_without_its_own(tmp_path: Path) -> None:
    flow = workflow(
        EVERY, provider("here", settings={"market": "alpha"}), provider("there", settings={"market": "beta"}),
        buy("cheap", "here"), buy("dear", "there"), connections=("every -> cheap.trigger", "every -> dear.trigger"),
    )  # fmt: skip
    bars = {
        "*": write_bars(tmp_path, flat(99, 100, 101), name="a.csv"),
        "beta:BTC/USDT": write_bars(tmp_path, flat(199, 200, 201), name="b.csv"),
    }

    result = await backtest(flow, bars)

    assert [fill["price"] for fill in result.fills] == ["100", "200"]


async def test_a_perpetual_is_no_symbol_of_a_venue(tmp_path: Path) -> None:
    flow = workflow(EVERY, provider("one", symbol="BTC/USDT:USDT"), buy("buy", "one"),
                    connections=("every -> buy.trigger",))  # fmt: skip

    result = await backtest(flow, {"BTC/USDT:USDT": write_bars(tmp_path, flat(99, 100, 101, 102))})

    assert [fill["symbol"] for fill in result.fills] == ["BTC/USDT:USDT"] * 2


@pytest.mark.parametrize(
    ("goes_on", "connection"),
    [
        ({**buy("second", "exchange"), "when": "nodes.first.filled > 0"}, "first.order -> second.trigger"),
        (buy("second", "exchange"), "first.done -> second.trigger"),
    ],
)
async def test_a_node_that_goes_on_with_what_is_not_filled_yet_is_named(
    tmp_path: Path, goes_on: dict[str, Any], connection: str
) -> None:
    flow = workflow(EVERY, PROVIDER, buy("first", "exchange"), goes_on,
                    connections=("every -> first.trigger", connection))  # fmt: skip
    file = write_bars(tmp_path, flat(99, 100, 101, 102))

    later = await backtest(flow, file)
    at_once = await backtest(flow, file, paper={**FREE, "fill": "close"})

    assert [one.message[:8] for one in later.warnings if one.code == "filled_later"] == ["`second`"]
    assert {fill["path"] for fill in later.fills} == {"first"}
    assert [one.severity for one in at_once.warnings if one.code == "fills_at_close"] == ["error"]
    assert {fill["path"] for fill in at_once.fills} == {"first", "second"}
    assert at_once.fills[0]["price"] == "100"


async def test_a_run_that_waits_for_its_order_goes_on_once_it_is_filled(tmp_path: Path) -> None:
    once = {"id": "once", "type": "trigger.schedule", "config": {"cron": "0 2 1 1 *", "timezone": "UTC"}}
    waits = {"id": "wait", "type": "order.await", "config": FROM_EXCHANGE}
    flow = workflow(
        once, PROVIDER, buy("first", "exchange"), waits, buy("second", "exchange"),
        connections=("once -> first.trigger", "first.order -> wait.order", "wait.filled -> second.trigger"),
    )  # fmt: skip

    result = await backtest(flow, write_bars(tmp_path, flat(100, 101, 102, 103, 104, 105)))

    assert [(fill["at"][11:13], fill["price"]) for fill in result.fills] == [("02", "101"), ("04", "103")]
    assert not [one for one in result.warnings if one.code == "filled_later"]


@pytest.mark.parametrize("period", [9, 10])
async def test_what_looks_back_on_more_bars_than_there_are_is_refused(tmp_path: Path, period: int) -> None:
    candles = {"id": "candles", "type": "market.candles", "config": {**FROM_EXCHANGE, "timeframe": "1h", "bars": 50}}
    flow = workflow(EVERY, PROVIDER, candles, {"id": "rsi", "type": "indicator.rsi", "config": {"period": period}},
                    connections=("every -> candles.trigger", "candles -> rsi.series"))  # fmt: skip
    file = write_bars(tmp_path, flat(*range(100, 110)))

    if period == 9:
        assert (await backtest(flow, file)).runs
        return
    with pytest.raises(InvalidWorkflow) as refused:
        await backtest(flow, file)

    assert [(issue.code, issue.node) for issue in refused.value.issues] == [("too_little_history", "rsi")]
    assert "`rsi` looks back on 11 bars of 1h; there are 10." in refused.value.message
