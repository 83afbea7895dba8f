"""Luck: the examples of the papers, and what holds of any returns."""

from __future__ import annotations

import math
import random
import statistics

import numpy
import pytest

from treadle.simulation.luck import (
    Moments,
    deflated_sharpe,
    expected_best_sharpe,
    moments_of,
    probabilistic_sharpe,
    variance_of,
)


def test_the_fund_of_the_paper_of_2012_is_less_sure_than_a_normal_one() -> None:
    """Two years of months, a ratio of 0.458 a month: 0.982 were they normal, 0.913 with their skewness and kurtosis."""
    normal, fund = Moments(24, 0.458, 0.0, 3.0), Moments(24, 0.458, -2.448, 10.164)

    assert probabilistic_sharpe(normal) == pytest.approx(0.982, abs=5e-4)
    assert probabilistic_sharpe(fund) == pytest.approx(0.913, abs=5e-4)


def test_the_example_of_the_paper_of_2014() -> None:
    """100 trials whose ratios have a variance of ½ a year; the best 2.5 a year over 1,250 days: 0.1132 and 0.9004."""
    best = Moments(1250, 2.5 / math.sqrt(250), -3.0, 10.0)

    assert expected_best_sharpe(trials=100, variance=0.5 / 250) == pytest.approx(0.1132, abs=5e-5)
    assert deflated_sharpe(best, trials=100, variance=0.5 / 250) == pytest.approx(0.9004, abs=5e-5)
    assert deflated_sharpe(best, trials=46, variance=0.5 / 250) == pytest.approx(0.9505, abs=5e-5)


def test_the_best_of_trials_without_skill_is_about_as_good_as_expected() -> None:
    chance = numpy.random.default_rng(7)

    best = chance.normal(0, 0.1, size=(4000, 50)).max(axis=1).mean()

    assert expected_best_sharpe(trials=50, variance=0.01) == pytest.approx(best, rel=0.02)


def test_the_more_was_tried_the_less_is_sure() -> None:
    found = Moments(500, 0.1, 0.0, 3.0)

    sure = [deflated_sharpe(found, trials=trials, variance=0.002) for trials in (1, 2, 10, 100, 10_000)]

    assert sure[0] == probabilistic_sharpe(found)
    assert sure == sorted(sure, reverse=True)


def test_moments_are_those_of_the_population() -> None:
    chance = random.Random(3)
    values = [chance.gauss(0.01, 0.02) + (0.3 if chance.random() < 0.05 else 0) for _ in range(200)]
    mean, deviation = statistics.fmean(values), statistics.pstdev(values)

    found = moments_of(numpy.array(values))

    assert found is not None
    assert found.count == 200
    assert found.sharpe == pytest.approx(mean / statistics.stdev(values))
    assert found.skewness == pytest.approx(statistics.fmean(((one - mean) / deviation) ** 3 for one in values))
    assert found.kurtosis == pytest.approx(statistics.fmean(((one - mean) / deviation) ** 4 for one in values))


@pytest.mark.parametrize("returns", [[], [0.1, 0.2], [0.01] * 50, [0.0] * 10])
def test_of_what_does_not_vary_nothing_is_said(returns: list[float]) -> None:
    assert moments_of(numpy.array(returns)) is None


def test_the_variance_of_one_trial_is_nothing() -> None:
    assert variance_of([0.3]) == 0.0
    assert variance_of([0.1, 0.3, 0.2]) == pytest.approx(statistics.variance([0.1, 0.3, 0.2]))
    assert expected_best_sharpe(trials=1, variance=0.0) == 0.0
