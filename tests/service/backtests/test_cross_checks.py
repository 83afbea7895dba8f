"""Whole backtests against what is written to be obviously right: a ledger in fractions, and a broker that moves the
price tick by tick."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.service.backtests.bars import BEGIN, FREE, HOUR, backtest, write_bars
from tests.service.backtests.live import GUARD
from tests.service.backtests.strategies import Strategy, strategies
from tests.simulation.market.slow_broker import SlowBroker, SlowOrder

TICK, LOT = Decimal("0.01"), Decimal("0.01")
MAKER, TAKER = Decimal("0.0003"), Decimal("0.00071")
ACCOUNT = {**FREE, "fees": {"maker": str(MAKER), "taker": str(TAKER)}, "tick": str(TICK), "lot": str(LOT)}
quiet = settings(
    max_examples=5, deadline=None, phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


@pytest.mark.slow
@quiet
@given(strategies)
async def test_what_it_is_worth_is_what_its_fills_come_to(tmp_path: Path, strategy: Strategy) -> None:
    bars = strategy.bars()

    result = await backtest(strategy.workflow(), write_bars(tmp_path, bars, volume=40), paper=strategy.paper)

    cash, held = Fraction(10_000), Fraction(0)
    for fill in result.fills:
        quantity = Fraction(fill["quantity"]) * (1 if fill["side"] == "buy" else -1)
        held += quantity
        cash -= quantity * Fraction(fill["price"]) + Fraction(fill["fee"])
    last = Fraction(str(bars[-1][3]))
    assert Fraction(result.equity[-1].equity) == cash + held * last
    assert held == sum(Fraction(one.quantity) for one in result.open)
    if not held:
        assert sum(trade.profit for trade in result.trades) == result.equity[-1].equity - 10_000


@pytest.mark.slow
@quiet
@given(strategies, st.sampled_from(["market", "guarded", "limit", "stop"]))
async def test_orders_are_filled_as_by_a_broker_that_goes_tick_by_tick(
    tmp_path: Path, strategy: Strategy, buy: str
) -> None:
    strategy = replace(strategy, buy=buy, sell="part", paper=ACCOUNT)
    bars = strategy.bars()

    result = await backtest(strategy.workflow(), write_bars(tmp_path, bars), paper=ACCOUNT)

    slowly = _slowly(bars, result.orders)
    assert [_filled(fill) for fill in result.fills] == [fill for _, fill in slowly]
    for (number, _), fill in zip(slowly, result.fills, strict=True):
        # At the opening of its bar, or inside: then it is told of at the close.
        assert _bars_since(fill["at"]) - number in (0, 1)
        charged = Decimal(fill["quantity"]) * Decimal(fill["price"]) * (MAKER if fill["is_maker"] else TAKER)
        assert 0 <= Decimal(fill["fee"]) - charged < Decimal("1e-8")


def _slowly(bars: list[Any], orders: Any) -> list[tuple[int, tuple[Any, ...]]]:
    """The fills, by bar, of a broker who is given the orders at the close they were decided on."""
    slow, found = SlowBroker(MAKER, TAKER), list[tuple[int, tuple[Any, ...]]]()
    placed = [
        (_bars_since(order["created_at"]), order)
        for order in orders
        if not GUARD.search(order["client_id"]) and order["status"] != "rejected"
    ]
    for number, bar in enumerate(bars):
        for before, order in placed:
            if before == number:
                slow.place(_order(order, number))
        many = len(slow.fills)
        slow.bar(number, *(round(price * 100) for price in bar))
        found += [(number, fill[:3]) for fill in slow.fills[many:]]
    return found


def _order(order: Mapping[str, Any], number: int) -> SlowOrder:
    def ticks(name: str) -> int | None:
        return None if order.get(name) is None else round(Decimal(order[name]) / TICK)

    return SlowOrder(
        order["side"], order["kind"], round(Decimal(order["quantity"]) / LOT), price=ticks("price"),
        stop=ticks("stop_price"), stop_loss=ticks("stop_loss"), take_profit=ticks("take_profit"),
        reduce_only=bool(order.get("reduce_only")), placed_in=number,
    )  # fmt: skip


def _bars_since(at: str) -> int:
    """How many bars after the beginning."""
    return round((datetime.fromisoformat(at).timestamp() * 1000 - BEGIN) / HOUR)


def _filled(fill: Mapping[str, Any]) -> tuple[Any, ...]:
    return (fill["side"], round(Decimal(fill["quantity"]) / LOT), round(Decimal(fill["price"]) / TICK))
