"""What a backtest is given beside the workflow and the bars is checked before anything is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.service.backtests.bars import buys_low_sells_high, flat, write_bars
from treadle.errors import InvalidWorkflow
from treadle.service.backtests.data.bringing import bring_bars
from treadle.service.backtests.given import check_given
from treadle.service.backtests.history import read_history
from treadle.service.backtests.request import BacktestRequest
from treadle.service.settings import Settings

PLAIN = BacktestRequest(buys_low_sells_high(), {})


def with_inputs(**inputs: Any) -> BacktestRequest:
    return replace(PLAIN, workflow=buys_low_sells_high().model_copy(update={"inputs": inputs}))


@pytest.mark.parametrize(
    ("request_", "code", "told", "remedy"),
    [
        (replace(PLAIN, input={"foo": 1}), "unknown_input", "no input `foo`", "It has none"),
        (
            replace(with_inputs(size={"type": "number"}), input={"siz": 1}),
            "unknown_input",
            "no input `siz`",
            "Did you mean `size`?",
        ),
        (replace(PLAIN, paper={"feess": 1}), "unknown_setting", "`--paper feess`", "Did you mean `fees`?"),
        (replace(PLAIN, paper={"fees": "abc"}), "invalid_setting", "it must be a number", "`--paper fees=0.001`"),
        (replace(PLAIN, paper={"leverage": 0}), "invalid_setting", "it must be 1 or more", "Correct it"),
        (replace(PLAIN, paper={"slippage": {"kin": 1}}), "invalid_setting", "has no `kin`", "Did you mean `kind`?"),
        (
            replace(PLAIN, since=datetime(2024, 3, 1, tzinfo=UTC), until=datetime(2024, 1, 1, tzinfo=UTC)),
            "invalid_period",
            "to begin at 2024-03-01 00:00 and to end at 2024-01-01 00:00",
            "Exchange the two",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_words(request_: BacktestRequest, code: str, told: str, remedy: str) -> None:
    with pytest.raises(InvalidWorkflow) as error:
        check_given(request_)

    assert error.value.code == code
    assert told in error.value.message
    assert remedy in (error.value.remedy or "")


def test_what_is_read_may_be_given_though_it_is_not_declared() -> None:
    workflow = buys_low_sells_high()
    nodes = [
        one.model_copy(update={"config": {**one.config, "size": "{{ workflow.input.size }}"}})
        if one.id == "buy"
        else one
        for one in workflow.nodes
    ]

    check_given(replace(PLAIN, workflow=workflow.model_copy(update={"nodes": tuple(nodes)}), input={"size": 2}))


def test_bars_that_nobody_looks_at_are_told_of_and_left_out(tmp_path: Path) -> None:
    bars = {
        "BTC/USDT": write_bars(tmp_path, flat(1, 2, 3)),
        "ETH/USDT": write_bars(tmp_path, flat(5, 6), name="eth.csv"),
    }

    history = read_history(BacktestRequest(buys_low_sells_high(), bars), Settings())

    assert (list(history.bars), history.count) == (["BTC/USDT"], 3)
    assert [one.code for one in history.warnings] == ["unused_market"]
    assert "`ETH/USDT`" in history.warnings[0].message


async def test_what_is_wrong_with_bars_that_nobody_looks_at_keeps_nothing_from_being_tested(tmp_path: Path) -> None:
    broken = tmp_path / "eth.csv"
    broken.write_text("time,open\nyesterday,none\n")
    bars = {
        "BTC/USDT": write_bars(tmp_path, flat(1, 2, 3)),
        "ETH/USDT": broken,
        "SOL/USDT": tmp_path / "none.csv",
        "ADA/USDT": "binance:ADA/USDT@1h",  # not here, and not asked for
    }
    request = BacktestRequest(buys_low_sells_high(), bars)

    await bring_bars(request, Settings())
    history = read_history(request, Settings())

    assert list(history.bars) == ["BTC/USDT"]
    assert [one.severity for one in history.warnings] == ["warning"] * 4
    assert {one.path[-1] for one in history.warnings[1:]} == {"ETH/USDT", "SOL/USDT", "ADA/USDT"}
    assert all(f"`{one}`" in history.warnings[0].message for one in ("ETH/USDT", "SOL/USDT", "ADA/USDT"))
