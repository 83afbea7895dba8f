"""How much of a Sharpe ratio is luck. Floats; None where nothing can be said.

All ratios here are of one period (of the returns), not of a year: multiply by √periods for those of a year. Φ is the
distribution of the standard normal, Z its inverse, γ Euler's constant.

[1] Bailey and López de Prado, The Sharpe Ratio Efficient Frontier, Journal of Risk 15 (2), 2012.
[2] Bailey and López de Prado, The Deflated Sharpe Ratio: Correcting for Selection Bias, Backtest Overfitting and
    Non-Normality, Journal of Portfolio Management 40 (5), 2014.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from treadle.simulation.metrics import Array

_EULER = 0.5772156649015329
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Moments:
    """Of `count` returns: `sharpe` is mean / deviation (n − 1), `skewness` and `kurtosis` (3: normal) are those of the
    population, m₃ / m₂^1.5 and m₄ / m₂²."""

    count: int
    sharpe: float
    skewness: float
    kurtosis: float


def moments_of(returns: Array) -> Moments | None:
    """None with fewer than three returns, or where nothing varies."""
    count = len(returns)
    if count < 3:
        return None
    mean = float(returns.mean())
    away = returns - mean
    square = away * away
    second = float(square.mean())
    # What adding up leaves of the last digit is no variation.
    if not math.sqrt(second) > 1e-12 * max(1e-300, float(abs(returns).max())):
        return None
    third, fourth = float(square @ away) / count, float(square @ square) / count
    sharpe = mean / math.sqrt(second * count / (count - 1))
    return Moments(count, sharpe, third / second**1.5, fourth / second**2)


def probabilistic_sharpe(found: Moments, *, above: float = 0.0) -> float | None:
    """The probability that the true ratio is above `above` [1]:

    PSR(SR*) = Φ( (SR − SR*) × √(T − 1) / √(1 − γ₃ × SR + (γ₄ − 1) / 4 × SR²) ), T returns of skewness γ₃, kurtosis γ₄.
    """
    spread = 1.0 - found.skewness * found.sharpe + (found.kurtosis - 1.0) / 4.0 * found.sharpe**2
    if found.count < 2 or not spread > 0:
        return None
    return _NORMAL.cdf((found.sharpe - above) * math.sqrt(found.count - 1) / math.sqrt(spread))


def expected_best_sharpe(*, trials: int, variance: float) -> float:
    """The ratio that the best of `trials` independent ones without any skill is expected to show, where the ratios of
    the trials have this `variance` [2]:

    SR₀ = √V × ( (1 − γ) × Z(1 − 1 / N) + γ × Z(1 − 1 / (N × e)) ). With one trial there was no choice: 0.
    """
    if trials < 2 or variance <= 0:
        return 0.0
    first, second = _NORMAL.inv_cdf(1.0 - 1.0 / trials), _NORMAL.inv_cdf(1.0 - 1.0 / (trials * math.e))
    return math.sqrt(variance) * ((1.0 - _EULER) * first + _EULER * second)


def deflated_sharpe(found: Moments, *, trials: int, variance: float) -> float | None:
    """The probability that the true ratio of the best of `trials` is above what luck alone would have shown [2]:
    PSR(SR₀) with SR₀ from `expected_best_sharpe`. 0.95 is what is commonly asked for.

    Variants of one strategy are not independent: taken as if they were, N is too large, and this errs to the safe side.
    """
    return probabilistic_sharpe(found, above=expected_best_sharpe(trials=trials, variance=variance))


def variance_of(sharpes: Sequence[float]) -> float:
    """Of a sample (n − 1); 0 of fewer than two."""
    if len(sharpes) < 2:
        return 0.0
    mean = math.fsum(sharpes) / len(sharpes)
    return math.fsum((one - mean) ** 2 for one in sharpes) / (len(sharpes) - 1)
