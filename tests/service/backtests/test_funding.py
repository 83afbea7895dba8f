"""What a perpetual pays its holders, in a backtest: by the rates of a file, as it is reckoned by hand."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service.backtests.bars import BEGIN, FREE, FROM_EXCHANGE, HOUR, PROVIDER, backtest, workflow
from tests.service.backtests.test_history import arrays
from treadle.errors import InvalidWorkflow
from treadle.model.workflow import Workflow
from treadle.service.backtests.result import BacktestResult

PERPETUAL = "BTC/USDT:USDT"
D = Decimal


def trades(side: str) -> Workflow:
    """One order, at the end of the second bar."""
    provider = {**PROVIDER, "config": {"venue": "paper", "symbol": PERPETUAL}}
    return workflow(
        {"id": "once", "type": "trigger.schedule", "config": {"cron": "0 2 1 1 *", "timezone": "UTC"}},
        provider,
        {"id": "trade", "type": "order.market", "config": {**FROM_EXCHANGE, "side": side, "size": 2}},
        connections=("once -> trade.trigger",),
    )


def rates(folder: Path, *rows: tuple[object, object], head: str = "time,rate") -> Path:
    file = folder / "rates.csv"
    file.write_text("\n".join([head, *(f"{at},{rate}" for at, rate in rows)]) + "\n")
    return file


async def run(folder: Path, side: str, closes: Sequence[float], paid: Sequence[tuple[int, str]]) -> BacktestResult:
    file = rates(folder, *((BEGIN + hour * HOUR, rate) for hour, rate in paid))
    bars: Any = {PERPETUAL: arrays(*closes)}
    return await backtest(trades(side), bars, funding={PERPETUAL: file}, paper=FREE)


def by_hand(side: str, closes: Sequence[float], paid: Sequence[tuple[int, str]]) -> Decimal:
    """What 10,000 became: opened at the opening of the third bar, which is the close of the second."""
    held, entry = D(2 if side == "buy" else -2), D(str(closes[1]))
    worth = 10_000 + held * (D(str(closes[-1])) - entry)
    for hour, rate in paid:
        if 3 <= hour <= len(closes):  # at the close of the bar that is over then
            worth -= held * D(str(closes[hour - 1])) * D(rate)
    return worth


async def test_who_is_long_pays_and_who_is_short_is_paid(tmp_path: Path) -> None:
    closes, paid = [99, 100, 104, 102, 110], [(1, "0.01"), (2, "0.01"), (3, "0.001"), (5, "-0.0005")]

    long = await run(tmp_path, "buy", closes, paid)
    short = await run(tmp_path, "sell", closes, paid)

    assert long.equity[-1].equity == D("10020") - D(2) * 104 * D("0.001") + D(2) * 110 * D("0.0005")
    assert short.equity[-1].equity == D("9980") + D(2) * 104 * D("0.001") - D(2) * 110 * D("0.0005")


@pytest.mark.slow
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["buy", "sell"]),
    st.lists(st.integers(90, 110), min_size=3, max_size=8),
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["0.0001", "-0.0003", "0", "0.0025"])), max_size=4,
             unique_by=lambda one: one[0]).map(sorted),
)  # fmt: skip
async def test_equity_is_that_of_an_account_kept_by_hand(
    tmp_path: Path, side: str, closes: list[int], paid: list[tuple[int, str]]
) -> None:
    result = await run(tmp_path, side, closes, paid or [(0, "0")])

    assert result.equity[-1].equity == by_hand(side, closes, paid)


async def test_without_rates_nothing_is_paid(tmp_path: Path) -> None:
    bars: Any = {PERPETUAL: arrays(99, 100, 104, 110)}

    result = await backtest(trades("buy"), bars)

    assert result.equity[-1].equity == D(10_020)


async def test_a_workflow_sees_what_was_paid_last_and_nothing_to_come(tmp_path: Path) -> None:
    flow = workflow(
        {"id": "every", "type": "trigger.interval", "config": {"seconds": 3600, "aligned": True}},
        {**PROVIDER, "config": {"venue": "paper", "symbol": PERPETUAL}},
        {"id": "funding", "type": "market.funding", "config": FROM_EXCHANGE},
        {"id": "trade", "type": "order.market",
         "config": {**FROM_EXCHANGE, "side": "buy", "size": "{{ nodes.funding.rate * 10 }}"}},
        connections=("every -> funding.trigger", "funding -> trade.trigger"),
    )  # fmt: skip
    file = rates(tmp_path, (BEGIN + HOUR, "0.001"), (BEGIN + 3 * HOUR, "0.002"))
    bars: Any = {PERPETUAL: arrays(100, 100, 100, 100, 100)}

    result = await backtest(flow, bars, funding={"*": file}, paper=FREE)

    assert [one["quantity"] for one in result.fills] == ["1", "2", "2"]  # at 02:00, 03:00 and 04:00


async def test_rates_that_cannot_be_right_are_named_all_at_once(tmp_path: Path) -> None:
    file = rates(
        tmp_path, ("2024-01-01T08:00:00Z", "0.0001"), ("2024-01-01T00:00:00Z", "x"), ("2024-01-01T16:00:00", "1.5")
    )
    bars: Any = {PERPETUAL: arrays(100, 101)}

    with pytest.raises(InvalidWorkflow) as refused:
        await backtest(trades("buy"), bars, funding={PERPETUAL: file})

    told = " ".join(issue.message for issue in refused.value.issues)
    assert refused.value.code == "invalid_bars"
    for place in ("row 2, `time`", "row 2, `rate`", "row 3, `time`", "row 3, `rate`"):
        assert f"rates.csv: {place}" in told or place in told


async def test_rates_without_their_columns_are_refused(tmp_path: Path) -> None:
    file = rates(tmp_path, (BEGIN, "0.1"), head="time,what")

    with pytest.raises(InvalidWorkflow) as refused:
        await backtest(trades("buy"), {PERPETUAL: arrays(100, 101)}, funding={PERPETUAL: file})  # type: ignore[dict-item]

    assert [issue.code for issue in refused.value.issues] == ["missing_column"]
