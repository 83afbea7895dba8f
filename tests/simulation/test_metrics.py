"""Figures of returns and trades: by their formulas, and against empyrical over any returns."""

from __future__ import annotations

import math

import empyrical
import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle.simulation import metrics

A_YEAR = 252
series = st.lists(st.integers(-2_000, 2_000).map(lambda points: points / 10_000), min_size=5, max_size=80).map(
    numpy.array
)


def agree(ours: float | None, theirs: float) -> None:
    if ours is None:
        assert not math.isfinite(theirs) or theirs == 0 or abs(theirs) > 1e9
    else:
        assert ours == pytest.approx(float(theirs), rel=1e-9, abs=1e-12)


@pytest.mark.filterwarnings("ignore::RuntimeWarning:empyrical")  # it divides by 0 where we say None
@given(series)
def test_figures_of_any_returns_are_those_of_empyrical(returns: numpy.ndarray) -> None:
    agree(metrics.total_return(returns), empyrical.cum_returns_final(returns))
    agree(metrics.cagr(returns, periods=A_YEAR), empyrical.cagr(returns, annualization=A_YEAR))
    agree(metrics.volatility(returns, periods=A_YEAR), empyrical.annual_volatility(returns, annualization=A_YEAR))
    agree(metrics.sortino(returns, periods=A_YEAR), empyrical.sortino_ratio(returns, annualization=A_YEAR))
    agree(metrics.tail_ratio(returns), empyrical.tail_ratio(returns))


@given(series)
def test_the_deepest_fall_is_that_of_empyrical(returns: numpy.ndarray) -> None:
    found = metrics.drawdown(numpy.concatenate(([1.0], numpy.cumprod(1 + returns))))

    assert found is not None
    assert -found.share == pytest.approx(empyrical.max_drawdown(returns), abs=1e-12)


@given(series.filter(lambda returns: returns.std() > 1e-6))
def test_sharpe_and_calmar_are_those_of_empyrical_where_something_varies(returns: numpy.ndarray) -> None:
    agree(metrics.sharpe(returns, periods=A_YEAR), empyrical.sharpe_ratio(returns, annualization=A_YEAR))
    agree(metrics.calmar(returns, periods=A_YEAR), empyrical.calmar_ratio(returns, annualization=A_YEAR))


@pytest.mark.parametrize("returns", [[], [0.01], [0.01, 0.01, 0.01]])
def test_what_does_not_vary_has_no_sharpe(returns: list[float]) -> None:
    assert metrics.sharpe(numpy.array(returns), periods=A_YEAR) is None


def test_a_fall_says_where_it_was_and_when_it_was_over() -> None:
    found = metrics.drawdown(numpy.array([100.0, 120.0, 90.0, 110.0, 121.0, 119.0]))

    assert found == metrics.Drawdown(share=0.25, peak=1, trough=2, recovered=4, length=2)


def test_a_fall_that_is_not_over_says_so() -> None:
    found = metrics.drawdown(numpy.array([100.0, 80.0, 90.0]))

    assert found is not None
    assert (found.recovered, found.length) == (None, 2)


def test_equity_that_only_rises_has_no_fall() -> None:
    assert metrics.drawdown(numpy.array([1.0, 2.0, 3.0])) == metrics.Drawdown(0.0, 0, 0, 0, 0)


def test_returns_of_lost_equity_are_refused() -> None:
    with pytest.raises(ValueError, match="0 or less"):
        metrics.returns_of(numpy.array([1.0, 0.0]))


def test_trades_are_summed_up() -> None:
    found = metrics.of_trades([10.0, -5.0, 0.0, 15.0])

    assert (found.trades, found.win_rate, found.profit_factor, found.expectancy) == (4, 0.5, 5.0, 5.0)
    assert (found.mean_win, found.mean_loss, found.largest_win, found.largest_loss) == (12.5, -5.0, 15.0, -5.0)


def test_no_trades_have_no_rates() -> None:
    found = metrics.of_trades([])

    assert (found.trades, found.win_rate, found.profit_factor, found.expectancy) == (0, None, None, None)
