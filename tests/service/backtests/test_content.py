"""What is kept of a result: costs, exposure, trades with why they were made, and panes beside the bars."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from tests.service.backtests.bars import BEGIN, FREE, HOUR, backtest, buys_low_sells_high, flat, write_bars
from tests.service.backtests.test_look_ahead import CLOSES, registry, workflow
from treadle.model.workflow import Workflow
from treadle.service.backtests.backtest import run_backtest
from treadle.service.backtests.content import (
    MOST_EXACT,
    content_of,
    join_columns,
    read_wire,
    write_wire,
)
from treadle.service.backtests.costs import count_costs
from treadle.service.backtests.packing import unpack, unpack_columns
from treadle.service.backtests.request import BacktestRequest
from treadle.service.settings import Settings

BARS = [(100, 100, 90, 94), (96, 99, 95, 99), (99, 110, 99, 108), (107, 107, 100, 100), (100, 103, 99, 102)]
WAVES = flat(*(100 + 9 * math.sin(at / 3) for at in range(60)))
COSTLY: dict[str, Any] = {**FREE, "fees": 0.001, "slippage": {"kind": "fixed", "bps": 10}, "tick": "0.000001"}


async def test_costs_are_what_lies_between_a_test_without_them_and_one_with_them(tmp_path: Path) -> None:
    file = write_bars(tmp_path, WAVES)
    free = await backtest(buys_low_sells_high(), file, paper={**FREE, "tick": "0.000001"})

    costs = count_costs(await backtest(buys_low_sells_high(), file, paper=COSTLY))

    assert costs.gross == pytest.approx(count_costs(free).net, abs=1e-3)
    assert costs.slippage == pytest.approx(costs.turnover * 0.001, rel=0.01)
    assert costs.net == pytest.approx((costs.gross or 0) - costs.fees - (costs.slippage or 0))
    assert count_costs(free).slippage == 0


async def test_exposure_is_what_was_held_as_a_share_of_the_equity(tmp_path: Path) -> None:
    result = await backtest(buys_low_sells_high(size=10), write_bars(tmp_path, BARS))

    content = content_of(result)

    equity = unpack_columns(content.parts["equity"])
    held = {BEGIN + 2 * HOUR: 10 * 99, BEGIN + 3 * HOUR: 10 * 108}  # bought at the opening of the second bar
    expected = [held.get(at, 0) / value for at, value in zip(equity["at"], equity["equity"], strict=True)]
    assert equity["exposure"].tolist() == pytest.approx(expected)
    assert content.summary["figures"]["exposure"] == pytest.approx(sum(expected) / len(expected))
    assert result.to_dict()["figures"] == content.summary["figures"]


async def test_a_trade_tells_how_it_went_and_what_decided_it(tmp_path: Path) -> None:
    content = content_of(await backtest(buys_low_sells_high(), write_bars(tmp_path, BARS)))

    (trade,) = unpack(content.parts["trades"])

    # Bought at 96, left at 107: the lowest was 95, the highest 110.
    assert (trade["mae"], trade["mfe"]) == ("-1", "14")
    assert (trade["bar_in"], trade["bar_out"]) == (BEGIN + HOUR, BEGIN + 3 * HOUR)
    assert (trade["decided_at"], trade["left_at"]) == (BEGIN + HOUR, BEGIN + 3 * HOUR)
    assert trade["decided"]["low"] == {"true": "94.0"}


async def test_indicators_are_panes_over_the_price_where_they_are_of_its_unit(tmp_path: Path) -> None:
    flow = workflow(
        {"id": "ma", "type": "indicator.ma", "config": {"period": 5}, "title": "Mean"},
        {"id": "rsi", "type": "indicator.rsi", "config": {"period": 5}},
    )
    request = BacktestRequest(flow, {"*": write_bars(tmp_path, flat(*CLOSES))}, paper=FREE)

    content = content_of(await run_backtest(request, Settings(), registry()))

    panes = {(one["node"], one["port"]): one for one in unpack(content.parts["panes"])["panes"]}
    candles = unpack_columns(content.parts["candles/*"])
    assert panes["ma", "value"] == {"node": "ma", "port": "value", "title": "Mean", "overlay": True}
    assert panes["rsi", "value"]["overlay"] is False
    mean = candles[f"pane:{list(panes).index(('ma', 'value'))}"]
    assert mean[20] == pytest.approx(sum(CLOSES[16:21]) / 5, abs=0.01)  # prices are in whole ticks
    assert math.isnan(mean[2])


def test_joined_bars_have_the_extremes_of_those_they_are_made_of() -> None:
    import numpy

    columns = {
        "time": numpy.arange(5),
        "open": numpy.array([1.0, 2, 3, 4, 5]),
        "high": numpy.array([2.0, 9, 4, 5, 6]),
        "low": numpy.array([0.5, 1, 2, 0.1, 4]),
        "close": numpy.array([2.0, 3, 4, 5, 6]),
        "volume": numpy.ones(5),
        "pane:0": numpy.array([1.0, 2, 3, 4, 5]),
    }

    joined = {name: column.tolist() for name, column in join_columns(columns, 2).items()}

    assert joined == {
        "time": [0, 2, 4], "open": [1, 3, 5], "high": [9, 5, 6], "low": [0.5, 0.1, 4], "close": [3, 5, 6],
        "volume": [2, 2, 1], "pane:0": [2, 4, 5],
    }  # fmt: skip


@pytest.mark.parametrize(
    "column", [[1.5, None, 2.5, 2.5], ["a", "a", None, {"b": [1]}], [True, True, False, None], [1, 1, 2, None]]
)
def test_what_stood_on_a_wire_comes_back_as_it_was(column: list[Any]) -> None:
    from treadle.service.backtests.packing import pack_columns

    kept = unpack_columns(pack_columns(write_wire("0", column, len(column))))

    assert [read_wire(kept, "0", place) for place in range(len(column))] == column


def test_of_very_many_runs_decimals_are_kept_as_floats() -> None:
    from decimal import Decimal

    kept = write_wire("0", [Decimal("1.5"), None], MOST_EXACT + 1)

    assert kept["0"].dtype.kind == "f"


@pytest.mark.slow
async def test_a_trade_was_decided_in_the_run_that_ordered_also_where_its_order_arrives_later(tmp_path: Path) -> None:
    minutes = [(price, price + 0.5, price - 0.5, price) for price in (100, 94, 96, 97, 108, 104, 104, 104)]
    rows = [f"{BEGIN + at * 60_000},{o},{h},{lo},{c},10" for at, (o, h, lo, c) in enumerate(minutes)]
    file = tmp_path / "minutes.csv"
    file.write_text("\n".join(["time,open,high,low,close,volume", *rows]) + "\n")
    content = buys_low_sells_high().model_dump(by_alias=True, exclude_unset=True)
    content["nodes"][0]["config"]["timeframe"] = "1m"
    flow = Workflow.model_validate(content)

    told = [
        unpack(content_of(await backtest(flow, file, paper={**FREE, "latency": 60_000}, way=way)).parts["trades"])
        for way in ("compiled", "engine")
    ]

    for (trade,) in told:
        assert trade["decided_at"] == BEGIN + 2 * 60_000
        assert trade["decided"]["low"] == {"true": "94.0"}
        assert trade["opened_at"].startswith("2024-01-01T00:03")
