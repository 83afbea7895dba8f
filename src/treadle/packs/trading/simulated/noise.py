"""Randomness that can be looked up: hashed numbers, and paths of Brownian motion made of them from the coarse to the
fine (Lévy's construction), so that any stretch of time can be had without what lies before it.

Only operations whose results IEEE 754 lays down are used (+ − × ÷ √), so every machine comes to the same digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[numpy.float64]
    Whole = NDArray[numpy.int64]
    Hashes = NDArray[numpy.uint64]

_MASK = (1 << 64) - 1
_GOLDEN, _ONE, _TWO = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_MEAN, _SPREAD = 2 * 65_535.0, 37_837.22727
"""Of the sum of four numbers of 16 bits: it is close to normal."""
REGIME = 12
"""A regime holds for 2**12 minutes, close to three days."""
CALM, NORMAL, RANGING, TRENDING, STORM = range(5)
_REGIMES = (CALM, CALM, NORMAL, NORMAL, NORMAL, RANGING, RANGING, RANGING, TRENDING, TRENDING, TRENDING, STORM)
_LOUD = numpy.array([0.6, 1.0, 1.1, 1.0, 2.0])
_ROUGH = numpy.array([0.5, 0.5, 0.38, 0.60, 0.5])
"""Hurst's exponent: below one half what went up comes back, above it goes on."""
_TREND = 2**0.06
"""How much more than chance a path keeps its direction beyond a regime, for each doubling of the time."""


@lru_cache(maxsize=16_384)
def key_of(*parts: str | int) -> int:
    """A stream of hashed numbers of its own."""
    return int.from_bytes(blake2b("/".join(map(str, parts)).encode(), digest_size=8).digest(), "little")


def hash_one(key: int, at: int) -> int:
    """As `hashes`, of one place."""
    mixed = (key + at * _GOLDEN) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * _ONE) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * _TWO) & _MASK
    return mixed ^ (mixed >> 31)


def hashes(key: int, at: Whole) -> Hashes:
    """The numbers of a stream (64 bits each) at these places (SplitMix64)."""
    mixed = at.astype(numpy.uint64)
    mixed *= numpy.uint64(_GOLDEN)
    mixed += numpy.uint64(key)
    mixed ^= mixed >> numpy.uint64(30)
    mixed *= numpy.uint64(_ONE)
    mixed ^= mixed >> numpy.uint64(27)
    mixed *= numpy.uint64(_TWO)
    mixed ^= mixed >> numpy.uint64(31)
    return mixed


def normals(key: int, at: Whole) -> Floats:
    """Close to standard normal, never beyond 3.5."""
    fields = hashes(key, at).view(numpy.uint16).reshape(*at.shape, 4)
    return (fields.sum(axis=-1, dtype=numpy.int64) - _MEAN) / _SPREAD


def exponentials(key: int, at: Whole) -> Floats:
    """At least 0, on average 1."""
    found = hashes(key, at)
    low = (found & numpy.uint64(0xFFFF)).astype(numpy.float64) + (found >> numpy.uint64(48)).astype(numpy.float64)
    middle = (found >> numpy.uint64(16)) & numpy.uint64(0xFFFF_FFFF)
    high = (middle & numpy.uint64(0xFFFF)).astype(numpy.float64) + (middle >> numpy.uint64(16)).astype(numpy.float64)
    low, high = (low - 65_535) / 26_755.0, (high - 65_535) / 26_755.0
    return (low * low + high * high) / 2


def grow(share: Floats) -> Floats:
    """Close to e to this power, and always more than 0 for what markets do."""
    grown = 1 + share / 1024
    for _ in range(10):
        grown = grown * grown
    return grown


@dataclass(frozen=True, slots=True)
class Noise:
    """A path over minutes. Every 2**`period` of them it stands at a level drawn anew (`root` is its deviation), and
    moves between them by about `step` a minute. With `regimes` there are calm, ranging, trending and stormy days."""

    name: str
    period: int
    root: float
    step: float
    regimes: bool = False

    def at(self, seed: int, first: int, last: int) -> Floats:
        """The values at the minutes from `first` to `last`, both included."""
        low, high = first >> self.period, -(-last >> self.period)
        values = self.root * normals(key_of(seed, self.name, "root"), numpy.arange(low, high + 1))
        for level in range(self.period, 0, -1):
            if high > low:
                spans = numpy.arange(low, high)
                middle = (values[:-1] + values[1:]) / 2
                middle += self._size(seed, level, spans) * normals(key_of(seed, self.name, level), spans)
                finer = numpy.empty(2 * len(values) - 1)
                finer[::2], finer[1::2] = values, middle
                values = finer
            begins = 2 * low
            low, high = first >> (level - 1), -(-last >> (level - 1))
            values = values[low - begins : high - begins + 1]
        return values

    def step_at(self, seed: int, regime: int) -> float:
        """How much it moves in a minute, in this regime's days."""
        if not self.regimes:
            return self.step
        kind = regime_at(seed, self.name, numpy.array([regime]))
        return float(self.step * (_LOUD[kind] * _tilt(kind, 0))[0])

    def _size(self, seed: int, level: int, spans: Whole) -> Floats | float:
        plain = self.step * (2.0**level) ** 0.5 / 2
        if not self.regimes:
            return plain
        if level > REGIME:
            return plain * _TREND ** (level - REGIME)
        kind = regime_at(seed, self.name, spans >> (REGIME - level))
        return plain * _LOUD[kind] * _tilt(kind, level)


def regime_at(seed: int, name: str, at: Whole) -> Whole:
    found = hashes(key_of(seed, name, "regime"), at) % numpy.uint64(len(_REGIMES))
    return numpy.array(_REGIMES)[found.astype(numpy.int64)]


_TILTS = numpy.array([[2.0 ** ((0.5 - rough) * (6 - level)) for level in range(REGIME + 1)] for rough in _ROUGH])


def _tilt(kind: Whole, level: int) -> Floats:
    """An hour moves by the same however rough the days are; what is shorter and longer does not."""
    return _TILTS[kind, level]
