"""Windows of a smoothing, all at once: what TA-Lib gives for each of them by itself."""

from __future__ import annotations

import numpy
import pytest
import talib
from hypothesis import given, settings
from hypothesis import strategies as st

from treadle.service.backtests.program.windows import rsi_of_windows


def by_windows(closes: numpy.ndarray, period: int, bars: int) -> numpy.ndarray:
    found = [talib.RSI(closes[at - bars + 1 : at + 1], period)[-1] for at in range(bars, len(closes))]
    return numpy.array(found)


FORMS = pytest.mark.parametrize("is_jitted", [False, pytest.param(True, marks=pytest.mark.slow)])


@FORMS
@pytest.mark.parametrize(("period", "bars"), [(2, 4), (5, 200), (14, 16), (34, 40), (34, 200), (100, 200)])
def test_each_value_is_that_of_its_window_within_its_error(period: int, bars: int, is_jitted: bool) -> None:
    draw = numpy.random.default_rng(3)
    closes = numpy.round(30_000 * numpy.exp(numpy.cumsum(draw.normal(0, 0.002, 600))), 2)

    values, errors = rsi_of_windows(closes, period, bars, is_jitted=is_jitted)

    assert numpy.nanmax(errors) < 1e-4
    assert not numpy.isnan(errors).any()
    assert (abs(values - by_windows(closes, period, bars)) <= errors).all()


@FORMS
@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 2_000_000), min_size=40, max_size=80),
    st.integers(2, 12),
    st.integers(0, 20),
    st.lists(st.tuples(st.integers(0, 79), st.integers(1, 40)), max_size=3),
)
def test_whatever_the_prices_it_is_never_off_by_more_than_it_says(
    is_jitted: bool, ticks: list[int], period: int, more: int, rests: list[tuple[int, int]]
) -> None:
    """Markets that stand still for a while among them."""
    closes = numpy.array(ticks) / 100.0
    for begin, length in rests:
        closes[begin : begin + length] = closes[min(begin, len(closes) - 1)]
    bars = period + 2 + more

    values, errors = rsi_of_windows(closes, period, bars, is_jitted=is_jitted)

    known = ~numpy.isnan(errors)
    assert (abs(values - by_windows(closes, period, bars))[known] <= errors[known]).all()


@FORMS
def test_where_nothing_has_moved_nothing_is_told(is_jitted: bool) -> None:
    _, errors = rsi_of_windows(numpy.full(60, 100.0), 5, 20, is_jitted=is_jitted)

    assert numpy.isnan(errors).all()


@FORMS
def test_of_a_market_that_stands_still_after_large_moves_nothing_is_told(is_jitted: bool) -> None:
    draw = numpy.random.default_rng(5)
    closes = numpy.concatenate([numpy.round(50_000 + draw.normal(0, 3_000, 400), 2), numpy.full(5_000, 50_000.37)])

    _, errors = rsi_of_windows(closes, 14, 16, is_jitted=is_jitted)

    assert numpy.isnan(errors[-4_000:]).all()
