"""A workflow over bars that have been: what it orders, when that is filled, and what it came to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service.backtests.bars import (
    BEGIN,
    FREE,
    FROM_EXCHANGE,
    PROVIDER,
    Bar,
    backtest,
    buys_low_sells_high,
    flat,
    workflow,
    write_bars,
)
from treadle.service.backtests.result import BacktestResult

START = datetime.fromtimestamp(BEGIN / 1000, UTC)
cents = st.integers(8_500, 11_500).map(lambda cents: cents / 100)


@st.composite
def histories(draw: st.DrawFn) -> list[Bar]:
    bars: list[Bar] = []
    for _ in range(draw(st.integers(6, 14))):
        opened, closed = draw(cents), draw(cents)
        bars.append((opened, max(opened, closed), min(opened, closed), closed))
    return bars


def ledger(bars: list[Bar], *, low: int = 95, high: int = 105, fee: str = "0.001") -> tuple[list[Decimal], Decimal]:
    """An account kept by hand: the profit of each trade, and the equity at the end."""
    cash, held, cost, profits = Decimal(10_000), Decimal(0), Decimal(0), list[Decimal]()
    for (_, _, _, closed), (opened, *_) in pairwise(bars):
        price = Decimal(str(opened))
        if closed < low:
            cash -= price * (1 + Decimal(fee))
            cost += price * (1 + Decimal(fee))
            held += 1
        elif closed > high and held:
            paid = held * price * (1 - Decimal(fee))
            profits.append(paid - cost)
            cash, held, cost = cash + paid, Decimal(0), Decimal(0)
    return profits, cash + held * Decimal(str(bars[-1][3]))


async def test_an_order_is_filled_at_the_opening_of_the_next_bar(tmp_path: Path) -> None:
    bars = [(100, 100, 90, 94), (96, 99, 95, 99), (99, 110, 99, 108), (107, 107, 100, 100)]

    result = await backtest(buys_low_sells_high(), write_bars(tmp_path, bars))

    (trade,) = result.trades
    assert (trade.entry, trade.exit, trade.profit) == (Decimal(96), Decimal(107), Decimal(11))
    assert trade.opened_at == START + timedelta(hours=1)
    assert result.equity[-1].equity == Decimal(10_011)
    assert result.runs == {"completed": 4}


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories())
async def test_trades_and_equity_are_those_of_an_account_kept_by_hand(tmp_path: Path, bars: list[Bar]) -> None:
    profits, equity = ledger(bars)

    result = await backtest(buys_low_sells_high(), write_bars(tmp_path, bars), paper={**FREE, "fees": 0.001})

    assert [trade.profit for trade in result.trades] == profits
    assert result.equity[-1].equity == equity


async def test_what_comes_later_changes_nothing_of_what_was(tmp_path: Path) -> None:
    closes = [100, 93, 97, 106, 99, 92, 94, 108, 101, 90]
    whole = await backtest(buys_low_sells_high(), write_bars(tmp_path, flat(*closes)))

    for many in (4, 7):
        part = await backtest(buys_low_sells_high(), write_bars(tmp_path, flat(*closes[:many]), name="part.csv"))

        assert _trades(part) == [trade for trade in _trades(whole) if trade[0] < START + timedelta(hours=many)]


async def test_a_period_is_cut_out(tmp_path: Path) -> None:
    closes = [93, 106, 100, 93, 106, 100, 100]

    result = await backtest(
        buys_low_sells_high(), write_bars(tmp_path, flat(*closes)), since=START + timedelta(hours=3.5)
    )

    assert [trade.opened_at for trade in result.trades] == [START + timedelta(hours=4)]


async def test_schedules_fire_at_their_own_times(tmp_path: Path) -> None:
    flow = workflow(
        {"id": "every", "type": "trigger.interval", "config": {"seconds": 7200, "aligned": True}},
        PROVIDER,
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 1}},
        connections=("every -> buy.trigger",),
    )

    result = await backtest(flow, write_bars(tmp_path, flat(100, 101, 102, 103, 104, 105, 106)))

    assert result.runs == {"completed": 3}
    assert [one.quantity for one in result.open] == [Decimal(3)]


async def test_a_run_that_waits_goes_on_at_its_time(tmp_path: Path) -> None:
    flow = workflow(
        {"id": "once", "type": "trigger.schedule", "config": {"cron": "0 2 1 1 *", "timezone": "UTC"}},
        PROVIDER,
        {"id": "wait", "type": "flow.wait", "config": {"duration": "2h"}},
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 1}},
        connections=("once -> wait.trigger", "wait -> buy.trigger"),
    )

    result = await backtest(flow, write_bars(tmp_path, flat(100, 101, 102, 103, 104, 105, 106)))

    (held,) = result.open
    assert held.opened_at == START + timedelta(hours=4)


@pytest.mark.parametrize(
    ("trigger", "bought_at"),
    [
        ({"type": "trigger.price", "config": {"provider": "exchange", "operator": "<", "price": 95}}, 3),
        (
            {
                "type": "trigger.indicator",
                "config": {
                    "provider": "exchange", "timeframe": "1h", "indicator": "ma", "settings": {"period": 2},
                    "operator": "<", "threshold": 95,
                },
            },
            4,
        ),
    ],
)  # fmt: skip
async def test_triggers_that_watch_are_told_each_bar(
    tmp_path: Path, trigger: dict[str, object], bought_at: int
) -> None:
    flow = workflow(
        {"id": "watch", **trigger},
        PROVIDER,
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 1}},
        connections=("watch.symbol -> buy.trigger",),
    )

    result = await backtest(flow, write_bars(tmp_path, flat(100, 101, 94, 93, 92, 91, 90)))

    assert [one.opened_at for one in result.open] == [START + timedelta(hours=bought_at)]


async def test_a_year_of_figures_is_told_with_what_to_doubt(tmp_path: Path) -> None:
    result = await backtest(buys_low_sells_high(), write_bars(tmp_path, flat(100, 93, 106, 100, 93), volume=0))

    told = result.to_dict()

    assert told["figures"]["trades"] == 1
    assert told["figures"]["buy_and_hold"] == pytest.approx(-0.07)
    codes = {warning["code"] for warning in told["warnings"]}
    assert {"no_fees", "no_volume", "few_trades"} <= codes
    assert ("open_trades" in codes) == bool(result.open)


def _trades(result: BacktestResult) -> list[tuple[datetime, Decimal]]:
    return [(trade.closed_at, trade.profit) for trade in result.trades]


async def test_a_target_that_was_met_before_orders_are_cancelled_is_on_record(tmp_path: Path) -> None:
    """The run that cancels is the first to look at the order since it was placed."""
    guarded = {"side": "buy", "size": 1, "stop_loss": 90, "take_profit": 105}
    flow = workflow(
        {"id": "first", "type": "trigger.schedule", "config": {"cron": "0 2 1 1 *", "timezone": "UTC"}},
        {"id": "later", "type": "trigger.schedule", "config": {"cron": "0 4 1 1 *", "timezone": "UTC"}},
        PROVIDER,
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, **guarded}},
        {"id": "clear", "type": "order.cancel", "config": FROM_EXCHANGE},
        connections=("first -> buy.trigger", "later -> clear.trigger"),
    )

    result = await backtest(flow, write_bars(tmp_path, flat(100, 100, 100, 106, 106, 106)))

    assert [(fill["side"], fill["price"]) for fill in result.fills] == [("buy", "100"), ("sell", "105")]
    assert [trade.profit for trade in result.trades] == [Decimal(5)]
