"""What might have come of the same returns in another order, with some twice and some not at all.

[1] Efron, Bootstrap Methods: Another Look at the Jackknife, Annals of Statistics 7, 1979.
[2] Politis and Romano, The Stationary Bootstrap, Journal of the American Statistical Association 89, 1994.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from treadle.simulation.metrics import Array

    Places = NDArray[numpy.int64]

_AT_ONCE = 1_000_000
"""Returns that are drawn in one piece."""


@dataclass(frozen=True, slots=True)
class Paths:
    """One row a path, each from 1: what 1 became by the places asked for (`growth`), at the end, at the lowest, and its
    deepest drawdown (positive)."""

    growth: Array
    final: Array
    lowest: Array
    drawdown: Array


def resample(returns: Array, *, count: int, seed: int, places: Sequence[int], block: float = 1.0) -> Paths:
    """`count` paths as long as `returns`, which are drawn with replacement: each by itself [1] or, with a `block` above
    1, in stretches of that mean length, geometrically distributed, round the end to the beginning [2].

    A place is how many returns lie before it. Whoever loses everything has nothing from then on.
    """
    import numpy

    chance, kept = numpy.random.default_rng(seed), numpy.asarray(places, dtype=numpy.int64)
    factors = (1.0 + returns).clip(min=0.0)
    pieces = [_follow(factors[drawn], kept) for drawn in _draw(chance, len(returns), count, block)]
    growth, final, lowest, drawdown = (numpy.concatenate(column) for column in zip(*pieces, strict=True))
    return Paths(growth, final, lowest, drawdown)


def block_length(count: int) -> float:
    """A mean length of blocks that suits so many returns: their cube root, the rate at which the best one grows (Hall,
    Horowitz and Jing, On Blocking Rules for the Bootstrap with Dependent Data, Biometrika 82, 1995)."""
    return max(1.0, round(count ** (1 / 3)))


def _draw(chance: numpy.random.Generator, length: int, count: int, block: float) -> Iterator[Places]:
    """Places of returns, a row a path, some rows at a time."""
    import numpy

    rows = max(1, _AT_ONCE // max(1, length))
    steps = numpy.arange(length, dtype=numpy.int64)
    for begin in range(0, count, rows):
        shape = min(rows, count - begin), length
        drawn = chance.integers(0, length, size=shape)
        if block <= 1.0:
            yield drawn
            continue
        begins = chance.random(shape) < 1.0 / block
        begins[:, 0] = True
        since = numpy.maximum.accumulate(numpy.where(begins, steps, 0), axis=1)
        yield (numpy.take_along_axis(drawn, since, axis=1) + steps - since) % length


def _follow(factors: Array, places: Places) -> tuple[Array, Array, Array, Array]:
    import numpy

    grown: Array = numpy.ones((len(factors), factors.shape[1] + 1))
    numpy.cumprod(factors, axis=1, out=grown[:, 1:])
    peaks = numpy.maximum.accumulate(grown, axis=1)
    return grown[:, places], grown[:, -1], grown.min(axis=1), (1.0 - grown / peaks).max(axis=1)
