"""What averages give for every window at once is what TA-Lib gives for each window, but for what is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy
import pytest

from treadle.packs.trading.technical import calculate
from treadle.service.backtests.program.averages import (
    adx_of_windows,
    atr_of_windows,
    bands_of_windows,
    ema_of_windows,
    macd_of_windows,
    sma_of_windows,
    zscore_of_windows,
)

COUNT = 3_000


def prices(seed: int) -> tuple[Any, Any, Any]:
    drawn = numpy.random.default_rng(seed)
    close = numpy.round(60_000 * numpy.exp(numpy.cumsum(drawn.normal(0, 0.001, COUNT))), 2)
    return close * (1 + abs(drawn.normal(0, 0.001, COUNT))), close * (1 - abs(drawn.normal(0, 0.001, COUNT))), close


def over_windows(bars: int, calculated: Callable[[slice], Any]) -> Any:
    return numpy.array([calculated(slice(end - bars + 1, end + 1))[-1] for end in range(bars, COUNT, 37)])


@pytest.mark.parametrize("bars", [60, 200])
def test_windows_are_what_they_are_one_by_one(bars: int) -> None:
    high, low, close = prices(bars)
    lines, off = macd_of_windows(close, 5, 12, 4, bars)
    bands, wide = bands_of_windows(close, 20, 2.0, bars)
    found = {
        "sma": (*sma_of_windows(close, 20, bars), lambda at: calculate("MA", close[at], timeperiod=20, matype=0)),
        "ema": (*ema_of_windows(close, 20, bars), lambda at: calculate("MA", close[at], timeperiod=20, matype=1)),
        "atr": (
            *atr_of_windows(high, low, close, 14, bars),
            lambda at: calculate("ATR", high[at], low[at], close[at], timeperiod=14),
        ),
        **{
            f"macd {place}": (
                lines[place],
                off,
                lambda at, place=place: calculate("MACD", close[at], fastperiod=5, slowperiod=12, signalperiod=4)[
                    place
                ],
            )
            for place in range(3)
        },
        **{
            f"bands {place}": (
                bands[place],
                wide[place],
                lambda at, place=place: calculate(
                    "BBANDS", close[at], timeperiod=20, nbdevup=2.0, nbdevdn=2.0, matype=0
                )[place],
            )
            for place in range(3)
        },
    }

    for name, (values, errors, exact) in found.items():
        apart = abs(values[::37] - over_windows(bars, exact))
        assert (apart <= errors[::37]).all(), name
        assert errors.max() < 1e-3, name


@pytest.mark.parametrize(("bars", "period", "least"), [(300, 14, 1e-3), (60, 7, 20.0)])
def test_a_direction_is_off_by_no_more_than_is_said(bars: int, period: int, least: float) -> None:
    high, low, close = prices(1)
    values, off = adx_of_windows(high, low, close, period, bars)

    exact = over_windows(bars, lambda at: calculate("ADX", high[at], low[at], close[at], timeperiod=period))

    assert float(abs(values[::37] - exact).max()) <= off < least


@pytest.mark.parametrize("bars", [60, 200])
def test_scores_of_windows_are_told_as_well_as_they_are_known(bars: int) -> None:
    _, _, close = prices(bars)
    ratio = close / numpy.roll(close, 7)[0]

    values, off = zscore_of_windows(ratio, 20, bars)

    def score(at: slice) -> Any:
        mean = calculate("SMA", ratio[at], timeperiod=20)
        return (ratio[at] - mean) / calculate("STDDEV", ratio[at], timeperiod=20, nbdev=1.0)

    exact, known = over_windows(bars, score), slice(0, None, 37)
    assert bool((numpy.abs(values[known] - exact) <= off[known]).all())
    assert float(numpy.nanmax(off)) < 1e-5
    still, unknown = zscore_of_windows(numpy.full(300, 0.25), 20, 60)
    assert numpy.isnan(unknown).all() or not numpy.isfinite(still).any()
