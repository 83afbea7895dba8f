"""Figures that mean nothing are not told."""

from __future__ import annotations

import pytest

from treadle.service.backtests.meaning import is_idle, worth_telling

FIGURES = {"total_return": 0.02, "sharpe": 9.0, "cagr": 12.0, "calmar": 80.0, "trades": 4}


@pytest.mark.parametrize(("days", "trades"), [(4.0, 4), (29.9, 4), (365.0, 0)])
def test_no_year_is_told_of_a_few_days_nor_of_no_trades(days: float, trades: int) -> None:
    told = worth_telling({**FIGURES, "trades": trades}, days)

    assert told == {"total_return": 0.02, "trades": trades}


@pytest.mark.parametrize("days", [30.0, None])
def test_a_month_tells_of_a_year(days: float | None) -> None:
    assert worth_telling(FIGURES, days) == FIGURES


def test_who_holds_something_is_not_idle() -> None:
    assert is_idle({"trades": 0, "total_return": 0.0})
    assert not is_idle({"trades": 0, "total_return": 0.1})
    assert not is_idle({})
