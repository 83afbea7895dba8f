"""Confidence intervals for the difference of two samples. Formulas with their sources; no library behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, inf, lgamma, log, sqrt
from statistics import NormalDist, fmean, variance
from typing import NamedTuple


class Interval(NamedTuple):
    """The difference (second less first) and the ends of its interval; `method` is how it was found."""

    difference: float
    low: float
    high: float
    method: str


def paired_mean(pairs: Sequence[tuple[float, float]], confidence: float = 0.95) -> Interval | None:
    """Of the mean difference within pairs: d̄ ± t(n-1) · s/√n (Student 1908). None for less than two pairs."""
    if len(pairs) < 2:
        return None
    differences = [second - first for first, second in pairs]
    half = _t_quantile(len(pairs) - 1, confidence) * sqrt(variance(differences) / len(pairs))
    mean = fmean(differences)
    return Interval(mean, mean - half, mean + half, "Student t, paired")


def welch(first: Sequence[float], second: Sequence[float], confidence: float = 0.95) -> Interval | None:
    """Of the difference of the means of two samples whose variances may differ: ± t(ν) · √(s₁²/n₁ + s₂²/n₂), with
    ν = (s₁²/n₁ + s₂²/n₂)² / ((s₁²/n₁)²/(n₁-1) + (s₂²/n₂)²/(n₂-1)) (Welch 1947, Satterthwaite 1946). None where a sample
    has less than two values."""
    if min(len(first), len(second)) < 2:
        return None
    one, other = variance(first) / len(first), variance(second) / len(second)
    mean = fmean(second) - fmean(first)
    if one + other == 0:
        return Interval(mean, mean, mean, "Welch t")
    freedom = (one + other) ** 2 / (one**2 / (len(first) - 1) + other**2 / (len(second) - 1))
    half = _t_quantile(freedom, confidence) * sqrt(one + other)
    return Interval(mean, mean - half, mean + half, "Welch t")


def newcombe(successes: tuple[int, int], numbers: tuple[int, int], confidence: float = 0.95) -> Interval | None:
    """Of the difference of two independent proportions: the hybrid score interval (Newcombe 1998, Statistics in
    Medicine 17:873-890, method 10). None where there is no trial."""
    if min(numbers) == 0:
        return None
    (p1, l1, u1), (p2, l2, u2) = (wilson(s, n, confidence) for s, n in zip(successes, numbers, strict=True))
    low = p2 - p1 - sqrt((p2 - l2) ** 2 + (u1 - p1) ** 2)
    high = p2 - p1 + sqrt((u2 - p2) ** 2 + (p1 - l1) ** 2)
    return Interval(p2 - p1, low, high, "Newcombe score")


def paired_newcombe(pairs: Sequence[tuple[bool, bool]], confidence: float = 0.95) -> Interval | None:
    """Of the difference of two proportions within pairs (Newcombe 1998, Statistics in Medicine 17:2635-2650, method
    10): as `newcombe`, less what the two have in common, φ with a correction for continuity."""
    number = len(pairs)
    if number == 0:
        return None
    both, first, second = (pairs.count(kind) for kind in ((True, True), (True, False), (False, True)))
    neither = number - both - first - second
    p1, l1, u1 = wilson(both + first, number, confidence)
    p2, l2, u2 = wilson(both + second, number, confidence)
    product = (both + first) * (second + neither) * (both + second) * (first + neither)
    cross = both * neither - first * second
    phi = 0.0
    if product > 0:
        phi = (cross if cross < 0 else max(cross - number / 2, 0.0)) / sqrt(product)
    below, above = (p2 - l2, u1 - p1), (u2 - p2, p1 - l1)
    low, high = (sqrt(a * a - 2 * phi * a * b + b * b) for a, b in (below, above))
    return Interval(p2 - p1, p2 - p1 - low, p2 - p1 + high, "Newcombe score, paired")


def wilson(successes: int, number: int, confidence: float = 0.95) -> tuple[float, float, float]:
    """(share, low, high) of a proportion: the score interval without correction (Wilson 1927)."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / number
    centre = share + z * z / (2 * number)
    half = z * sqrt(share * (1 - share) / number + z * z / (4 * number * number))
    scale = 1 + z * z / number
    return share, max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value below which `share` of them lie: linear between neighbours (Hyndman & Fan 1996, type 7)."""
    if not values:
        return None
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (at - below) * (ordered[above] - ordered[below])


def _t_quantile(freedom: float, confidence: float) -> float:
    """The t for which `confidence` of Student's distribution lies within ±t."""
    return _solve(lambda t: 1 - _beta_share(freedom / (freedom + t * t), freedom / 2, 0.5) - confidence)


def _solve(rises: Callable[[float], float]) -> float:
    """The zero of a function that rises from a negative value at 0."""
    low, high = 0.0, 1.0
    while rises(high) < 0:
        low, high = high, 2 * high
        if high == inf:
            return high
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if rises(middle) < 0 else (low, middle)
    return (low + high) / 2


def _beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by its continued fraction (Abramowitz & Stegun 26.5.8)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_share(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x)) / a
    # Evaluated from the front by Lentz's method; a zero on the way is put a little aside.
    d = 1 / _aside(1 - (a + b) * x / (a + 1))
    c, value = 1.0, d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _aside(1 + term * d)
            c = _aside(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return front * value


def _aside(value: float) -> float:
    return value if abs(value) > 1e-300 else 1e-300
