"""What cannot be tested is refused before anything begins, everything at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.service.backtests.bars import (
    FROM_EXCHANGE,
    PROVIDER,
    backtest,
    buys_low_sells_high,
    flat,
    workflow,
    write_bars,
)
from tests.service.backtests.test_backtest import START
from treadle.errors import InvalidWorkflow

EVERY = {"id": "every", "type": "trigger.interval", "config": {"seconds": 3600}}


async def test_bars_that_cannot_be_right_are_named_by_file_row_and_column(tmp_path: Path) -> None:
    good, bad = write_bars(tmp_path, flat(100, 101)), tmp_path / "bad.csv"
    bad.write_text(good.read_text().replace("100,101,100,101", "100,99,100,101"))

    with pytest.raises(InvalidWorkflow) as refused:
        await backtest(buys_low_sells_high(), {"BTC/USDT": bad, "ETH/USDT": tmp_path / "none.csv"})

    assert refused.value.code == "invalid_bars"
    first, second = refused.value.issues
    assert first.message.startswith("bad.csv: ")
    assert "row 2, `high`" in first.message
    assert second.code == "no_file"


async def test_what_would_reach_the_outside_is_named(tmp_path: Path) -> None:
    flow = workflow(
        EVERY,
        PROVIDER,
        {"id": "call", "type": "http.request", "config": {"url": "https://example.com"}},
        {"id": "quote", "type": "market.quote", "config": {**FROM_EXCHANGE, "symbol": "ETH/USDT"}},
        connections=("every -> call.trigger",),
    )

    with pytest.raises(InvalidWorkflow) as refused:
        await backtest(flow, write_bars(tmp_path, flat(100, 101)))

    assert [issue.node for issue in refused.value.issues] == ["call", "quote"]
    assert "no bars of ETH/USDT" in refused.value.issues[1].message


async def test_a_workflow_that_nothing_starts_is_refused(tmp_path: Path) -> None:
    flow = workflow(PROVIDER)

    with pytest.raises(InvalidWorkflow, match="Nothing in it says when it runs"):
        await backtest(flow, write_bars(tmp_path, flat(100, 101)))


async def test_a_period_without_bars_is_refused(tmp_path: Path) -> None:
    bars = write_bars(tmp_path, flat(100, 101))

    with pytest.raises(InvalidWorkflow) as refused:
        await backtest(buys_low_sells_high(), bars, since=START + timedelta(days=9))

    assert refused.value.code == "invalid_period"


async def test_what_a_channel_cannot_tell_over_bars_is_refused(tmp_path: Path) -> None:
    flow = workflow(
        {"id": "book", "type": "trigger.stream", "config": {"provider": "exchange", "channel": "orderbook"}}, PROVIDER
    )

    with pytest.raises(InvalidWorkflow) as refused:
        await backtest(flow, write_bars(tmp_path, flat(100, 101)))

    assert refused.value.code == "cannot_simulate"
