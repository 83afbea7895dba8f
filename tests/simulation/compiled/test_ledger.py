"""The worth of the account and the profits of its trades, from fills alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulation.compiled.twins import JITS, Twin, desk_of, place
from treadle.packs.trading.paper.telling import tell_fill
from treadle.service.backtests.result import BacktestResult, EquityPoint
from treadle.service.bots.book import Book
from treadle.service.bots.fill import RecordedFill
from treadle.simulation.compiled import layout as y
from treadle.simulation.compiled.figures import figures_of
from treadle.simulation.compiled.ledger import INEXACT
from treadle.simulation.compiled.opening import join
from treadle.simulation.market import orders as o
from treadle.simulation.market.costs import Tier
from treadle.simulation.market.holding import Rules
from treadle.simulation.market.scale import Scale, scale_of

SCALE = scale_of(Decimal("0.01"), Decimal("0.01"))
FEES = (Tier(0, 20_000, 75_000),)


def traded(scale: Scale, wishes: list[tuple[int, int, int]], *, jit: bool, lot: int) -> tuple[Twin, list[int]]:
    """An account over which a wish (side, lots, price of the bar) a bar has gone, and its equity after each."""
    money = scale.wallet_per_money
    rules = Rules("X/USDT", "X", "USDT", scale.multiplier, money, lot, shorts=True, volume_share=50_000_000, tiers=FEES)
    broker, desk = desk_of(rules, quote=10**14, base=500 if lot else 0)
    twin = Twin(desk, 0, jit)
    twin.start = desk.purse.total("USDT") // money, 500 if lot else 0  # type: ignore[attr-defined]
    equity: list[int] = []
    for number, (side, lots, price) in enumerate(wishes):
        row, reason = place(broker, desk, side=side, kind=o.MARKET, quantity=lots)
        if reason == o.NONE:
            assert twin.place(row) == o.NONE
        bar = (number, number + 1, price, price, price, price, 30)
        desk.step(*bar)
        twin.acc[y.BAR] = number - 1
        assert twin.step(*bar) == 0
        owned = desk.purse.total("X") // lot * price * scale.multiplier if lot else 0
        equity.append(desk.equity() // money + owned)
    return twin, equity


def told(twin: Twin, scale: Scale) -> Book:
    book = Book()
    for one in twin.state()["fills"]:
        book.take(RecordedFill(tell_fill(one, f"t-{one.number}", "X/USDT", scale, "USDT"), "paper", None))
    return book


wishes = st.lists(
    st.tuples(st.sampled_from([o.BUY, o.SELL]), st.integers(1, 60), st.integers(9_000, 11_000)), min_size=1, max_size=14
)


@pytest.mark.parametrize("jit", JITS)
@settings(max_examples=80, deadline=None)
@given(wishes, st.sampled_from([0, SCALE.wallet_per_lot]))
def test_the_curve_is_what_the_account_was_worth(jit: bool, wishes: list[Any], lot: int) -> None:
    twin, equity = traded(SCALE, wishes, jit=jit, lot=lot)
    cash, lots = twin.start  # type: ignore[attr-defined]
    known, prices = [list(range(1, len(wishes) + 1)), [one[2] for one in wishes]]
    highs, lows = (twin.sequence([0] * len(wishes)) for _ in range(2))

    twin.functions["curve"](
        twin.fills, int(twin.acc[y.FILLS]), twin.rules, *twin.sequence([cash >> 62, cash & (2**62 - 1)]), lots,
        twin.sequence(known), twin.sequence(prices), highs, lows,
    )  # fmt: skip

    assert [join(*pair) for pair in zip(highs, lows, strict=True)] == equity


@pytest.mark.parametrize("jit", JITS)
@settings(max_examples=150, deadline=None)
@given(wishes, st.sampled_from([0, SCALE.wallet_per_lot]))
def test_profits_are_those_of_the_book_where_they_are_whole(jit: bool, wishes: list[Any], lot: int) -> None:
    twin, _ = traded(SCALE, wishes, jit=jit, lot=lot)
    highs, lows = (twin.sequence([0] * 100) for _ in range(2))

    found = twin.functions["profits"](twin.fills, int(twin.acc[y.FILLS]), twin.rules, highs, lows)

    if found != INEXACT:
        expected = [trade.profit for trade in told(twin, SCALE).trades]
        assert [SCALE.money(join(*pair)) for pair in zip(highs[:found], lows[:found], strict=True)] == expected


def test_trades_that_close_all_of_it_are_whole() -> None:
    rounds = [(o.BUY, 7, 10_003), (o.SELL, 7, 10_101), (o.BUY, 9, 9_999), (o.SELL, 9, 9_001)]
    twin, _ = traded(SCALE, rounds, jit=False, lot=SCALE.wallet_per_lot)

    found = twin.functions["profits"](twin.fills, int(twin.acc[y.FILLS]), twin.rules, [0] * 9, [0] * 9)

    assert found == len(told(twin, SCALE).trades) == 2


@given(st.lists(st.floats(50, 200), max_size=30), st.lists(st.floats(-50, 50), max_size=20))
def test_figures_are_those_of_a_result(values: list[float], profits: list[float]) -> None:
    begin = datetime(2025, 1, 1, tzinfo=UTC)
    result = BacktestResult("w", "1", begin, begin, 1, "1d")
    result.equity = [
        EquityPoint(begin + timedelta(days=day), Decimal(repr(value)), Decimal(100 + day))
        for day, value in enumerate(values)
    ]
    result.trades = [_Profit(profit) for profit in profits]  # type: ignore[list-item]
    span = (len(values) - 1) * 86_400_000.0
    held = float(Decimal(100 + len(values) - 1) / 100 - 1) if len(values) > 1 else None

    found, returns = figures_of(numpy.array(values), numpy.array(profits), span=span, held=held)

    assert found == {name: result.figures()[name] for name in found}
    assert (returns is None) == (len(values) < 2)


class _Profit:
    def __init__(self, profit: float) -> None:
        self.profit = profit
