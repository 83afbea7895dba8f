from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle.simulation.market.scale import from_wallet, scale_of, short, to_rate, to_wallet


@given(st.integers(0, 10**15), st.integers(0, 8), st.integers(0, 8), st.integers(0, 10**12))
def test_there_and_back_is_the_same(ticks: int, places: int, lot_places: int, lots: int) -> None:
    scale = scale_of(Decimal(1).scaleb(-places), Decimal(1).scaleb(-lot_places))

    assert scale.ticks(scale.price(ticks)) == ticks
    assert scale.lots(scale.quantity(lots)) == lots
    assert (
        scale.money(ticks * lots * scale.multiplier) == scale.price(ticks) * scale.quantity(lots)
        or ticks * lots > 10**27
    )


def test_money_is_as_fine_as_a_tick_of_a_lot_needs() -> None:
    assert scale_of(Decimal("0.01"), Decimal("0.001")).unit == Decimal("1E-8")
    assert scale_of(Decimal("0.0000001"), Decimal("0.001")).unit == Decimal("1E-10")
    assert scale_of(Decimal("0.25"), Decimal(1), Decimal(50)).multiplier == 1_250_000_000


def test_what_is_off_the_grid_is_not_rounded() -> None:
    scale = scale_of(Decimal("0.05"), Decimal("0.001"))

    with pytest.raises(ValueError, match="no multiple of the tick"):
        scale.ticks(Decimal("0.07"))
    with pytest.raises(ValueError, match="no multiple of the lot"):
        scale.lots(Decimal("0.0005"))


def test_a_market_finer_than_a_purse_is_refused() -> None:
    with pytest.raises(ValueError, match="finer"):
        scale_of(Decimal("1E-10"), Decimal("1E-10"))


def test_a_purse_counts_to_the_last_digit() -> None:
    amount = Decimal("123456789012345.123456789012345678")

    assert from_wallet(to_wallet(amount)) == amount
    assert str(short(Decimal("1E+3"))) == "1000"
    assert to_rate(Decimal("0.001")) == 100_000
