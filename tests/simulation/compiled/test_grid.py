"""Floats come onto the grid as the decimals of what they are written as."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle.packs.trading.paper.bar_feed import FileFeed
from treadle.packs.trading.paper.settings import PaperSettings
from treadle.simulation.compiled.columns import to_floats, to_whole
from treadle.simulation.compiled.grid import CANNOT_TELL, ceil_ticks, floor_ticks
from treadle.simulation.compiled.opening import join, split

steps = st.tuples(st.sampled_from([1, 5, 25, 3, 125]), st.integers(0, 8))


@st.composite
def near_a_step(draw: st.DrawFn, m: int, places: int) -> float:
    """On a step of the grid, or a few floats beside it."""
    value = draw(st.integers(0, 10**14 // m)) * m / 10**places
    for _ in range(draw(st.integers(0, 2))):
        value = float(numpy.nextafter(value, draw(st.sampled_from([-1.0, numpy.inf]))))
    return max(value, 0.0)


@given(st.data(), steps)
def test_as_decimals_are_rounded(data: st.DataObject, step: tuple[int, int]) -> None:
    m, places = step
    free = st.floats(0, 10**14 / 10**places, allow_subnormal=False)
    x = data.draw(st.one_of(free, near_a_step(m, places)))
    exact = Decimal(repr(x)) / (Decimal(m) / 10**places)

    assert floor_ticks(x, float(m), 10.0**places) == exact.to_integral_value(ROUND_FLOOR)
    assert ceil_ticks(x, float(m), 10.0**places) == exact.to_integral_value(ROUND_CEILING)


@pytest.mark.parametrize("x", [-1.0, float("nan"), float("inf"), 1e12])
def test_what_a_float_cannot_tell_is_not_told(x: float) -> None:
    assert floor_ticks(x, 1.0, 1e8) == CANNOT_TELL
    assert ceil_ticks(x, 1.0, 1e8) == CANNOT_TELL


@given(
    st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=9),
    st.sampled_from([None, Decimal("0.01"), Decimal("0.05"), Decimal("0.3")]),
)
def test_columns_become_ticks_as_the_feed_of_bars_makes_them(prices: list[float], tick: Decimal | None) -> None:
    settings = PaperSettings(tick=tick, lot=tick, timeframe="1m")
    columns = {name: numpy.array(prices) for name in ("open", "high", "low", "close", "volume")}
    bars = {"time": numpy.arange(len(prices)) * 60_000, **columns, "timeframe": "1m"}
    feed = FileFeed(settings, {"*": bars}, lambda: 0)

    found = to_whole(columns["open"], float(1 / (tick or Decimal("0.00000001"))))

    assert found is not None
    assert found.tolist() == feed.series("X").prices[0]


def test_columns_that_are_too_large_or_not_finite_are_not_converted() -> None:
    assert to_whole(numpy.array([1.0, 1e9]), 1e8) is None
    assert to_whole(numpy.array([1.0, numpy.nan]), 1e8) is None


@given(st.lists(st.integers(-(1 << 95), 1 << 95), min_size=1, max_size=9), st.integers(0, 18))
def test_amounts_become_the_nearest_floats(amounts: list[int], places: int) -> None:
    pairs = numpy.array([split(amount, True) for amount in amounts], dtype=numpy.int64)

    found = to_floats(pairs[:, 0], pairs[:, 1], places)

    assert found.tolist() == [join(*map(int, pair)) / 10**places for pair in pairs]


@given(st.integers(1 << 52, (1 << 53) - 1), st.sampled_from([-1, 0, 1]), st.integers(0, 18), st.integers(1, 40))
def test_also_those_in_the_middle_between_two_floats(whole: int, beside: int, places: int, up: int) -> None:
    amount = ((2 * whole + 1) << up) * 5**places + beside
    amount %= 1 << 94
    high, low = (numpy.array([part]) for part in split(amount, True))

    assert to_floats(high, low, places)[0] == amount / 10**places
