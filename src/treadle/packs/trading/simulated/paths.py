"""Prices as numbers: of each minute where it begins and ends and how far it goes, and within it every quarter second.

A minute's high and low are drawn before what happens in it, which is then fitted between them. So a year of hours needs
no look into its minutes, and what is seen of a minute in the end is what it had promised.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy

from treadle.packs.trading.simulated.listing import BASES, Base, Listing
from treadle.packs.trading.simulated.noise import REGIME, Noise, exponentials, grow, key_of, normals

if TYPE_CHECKING:
    from treadle.packs.trading.simulated.noise import Floats, Whole

BLOCK = 1 << REGIME
"""Minutes that are calculated together."""
POINTS = 240
"""In a minute."""
POINT = 60_000 // POINTS
"""Milliseconds from one to the next; between them a price stands."""
_KEPT = 48
_ALONG = numpy.arange(POINTS) / POINTS
_BETWEEN = numpy.arange(POINTS) / (POINTS - 1)


class Block(NamedTuple):
    """The minutes of a block. `step` is about how far one of them goes, as a share of the price."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    step: float


class Path(Protocol):
    def block(self, number: int) -> Block: ...

    def points(self, first: int, last: int) -> Floats:
        """Of the minutes from `first` until before `last`: a row of quarter seconds each."""
        ...


class Own:
    """The price of a base."""

    def __init__(self, seed: int, base: Base) -> None:
        self._seed, self._base, self._blocks = seed, base, _Kept()

    def block(self, number: int) -> Block:
        return self._blocks.get(number) or self._blocks.keep(number, self._make(number))

    def points(self, first: int, last: int) -> Floats:
        def drawn(begin: int, end: int, bars: Block) -> Floats:
            places = numpy.arange(begin * POINTS, end * POINTS).reshape(-1, POINTS)
            walk = normals(key_of(self._seed, self._base.name, "points"), places).cumsum(axis=1)
            walk -= walk[:, :1]
            walk -= walk[:, -1:] * _BETWEEN
            walk *= (bars.open * bars.step / POINTS**0.5)[:, None]
            return walk + bars.open[:, None] + (bars.close - bars.open)[:, None] * _BETWEEN

        return numpy.concatenate([fit(drawn(*of), of[2]) for of in pieces(self, first, last)])

    def _make(self, number: int) -> Block:
        begin, end = number * BLOCK, (number + 1) * BLOCK
        share, square = numpy.zeros(BLOCK + 1), 0.0
        for path in self._base.paths:
            share = share + path.at(self._seed, begin, end)
            square += path.step_at(self._seed, number) ** 2
        return drawn_block(self._seed, self._base.name, number, self._base.price * grow(share), square**0.5)


class Shifted:
    """A price that strays a little from another: elsewhere, or of a perpetual."""

    def __init__(self, seed: int, path: Path, name: str, gaps: tuple[Noise, ...]) -> None:
        self._seed, self._path, self._name, self._gaps, self._blocks = seed, path, name, gaps, _Kept()

    def block(self, number: int) -> Block:
        return self._blocks.get(number) or self._blocks.keep(number, self._make(number))

    def points(self, first: int, last: int) -> Floats:
        gaps = 1 + _sum_of(self._gaps, self._seed, first, last)
        raw = self._path.points(first, last) * _slope(gaps)
        return numpy.concatenate([fit(raw[a - first : b - first], bars) for a, b, bars in pieces(self, first, last)])

    def _make(self, number: int) -> Block:
        bars = self._path.block(number)
        gaps = 1 + _sum_of(self._gaps, self._seed, number * BLOCK, (number + 1) * BLOCK)
        ends = _end(gaps)
        most, least = numpy.maximum(gaps[:-1], ends), numpy.minimum(gaps[:-1], ends)
        return Block(bars.open * gaps[:-1], bars.high * most, bars.low * least, bars.close * ends, bars.step)


class Ratio:
    """One price in another, with a gap that comes and goes."""

    def __init__(self, seed: int, path: Path, over: Path, name: str, gaps: tuple[Noise, ...]) -> None:
        self._seed, self._path, self._over, self._name, self._gaps = seed, path, over, name, gaps
        self._blocks = _Kept()

    def block(self, number: int) -> Block:
        return self._blocks.get(number) or self._blocks.keep(number, self._make(number))

    def points(self, first: int, last: int) -> Floats:
        gaps = 1 + _sum_of(self._gaps, self._seed, first, last)
        raw = self._path.points(first, last) / self._over.points(first, last) * _slope(gaps)
        return numpy.concatenate([fit(raw[a - first : b - first], bars) for a, b, bars in pieces(self, first, last)])

    def _make(self, number: int) -> Block:
        path, over = self._path.block(number), self._over.block(number)
        gaps = 1 + _sum_of(self._gaps, self._seed, number * BLOCK, (number + 1) * BLOCK)
        begins, ends = path.open / over.open * gaps[:-1], path.close / over.close * _end(gaps)
        step = (path.step**2 + over.step**2) ** 0.5
        high, low = _reach(self._seed, self._name, number, begins, ends, step)
        return Block(begins, high, low, ends, step)


class Bet:
    """The price of a share that pays 1 if a base stands higher at the end than it did at the beginning: about how
    likely that is, and a gap."""

    def __init__(self, seed: int, path: Path, listing: Listing, gaps: tuple[Noise, ...]) -> None:
        self._seed, self._path, self._gaps, self._blocks = seed, path, gaps, _Kept()
        self._opens, self._settles, self._no = listing.opens, listing.settles, listing.side == "NO"
        begin = self._opens // 60_000
        self._strike = float(path.block(begin // BLOCK).open[begin % BLOCK])
        paths = BASES[listing.base].paths
        self._step = sum(one.step**2 for one in paths) ** 0.5

    @property
    def won(self) -> bool:
        end = self._settles // 60_000
        return (float(self._path.block(end // BLOCK).open[end % BLOCK]) > self._strike) is not self._no

    def block(self, number: int) -> Block:
        return self._blocks.get(number) or self._blocks.keep(number, self._make(number))

    def points(self, first: int, last: int) -> Floats:
        gaps = _sum_of(self._gaps, self._seed, first, last)
        minutes = numpy.arange(first, last)
        raw = _inside(self._chance(self._path.points(first, last), minutes[:, None]) + _slope(gaps))
        return numpy.concatenate([fit(raw[a - first : b - first], bars) for a, b, bars in pieces(self, first, last)])

    def _make(self, number: int) -> Block:
        bars, minutes = self._path.block(number), numpy.arange(number * BLOCK, (number + 1) * BLOCK)
        gaps = _sum_of(self._gaps, self._seed, number * BLOCK, (number + 1) * BLOCK)
        ends = _end(gaps)
        high, low = (bars.low, bars.high) if self._no else (bars.high, bars.low)
        return Block(
            _inside(self._chance(bars.open, minutes) + gaps[:-1]),
            _inside(self._chance(high, minutes) + numpy.maximum(gaps[:-1], ends)),
            _inside(self._chance(low, minutes) + numpy.minimum(gaps[:-1], ends)),
            _inside(self._chance(bars.close, minutes) + ends),
            0.001,
        )

    def _chance(self, price: Floats, minutes: Whole) -> Floats:
        left = numpy.maximum(self._settles // 60_000 - minutes, 1)
        far = 2 * (price - self._strike) / (price + self._strike) / (self._step * numpy.sqrt(left))
        yes = 0.5 + 0.5 * far / numpy.sqrt(1.6 + far * far)
        return 1 - yes if self._no else yes


def drawn_block(seed: int, name: str, number: int, knots: Floats, step: float) -> Block:
    """A block of a path that stands at `knots` as its minutes begin."""
    minutes = numpy.arange(number * BLOCK, (number + 1) * BLOCK)
    begins = knots[:-1]
    ends = knots[1:] * (1 - step / POINTS**0.5 * normals(key_of(seed, name, "close"), minutes))
    high, low = _reach(seed, name, number, begins, ends, step)
    return Block(begins, high, low, ends, step)


def pieces(path: Path, first: int, last: int) -> list[tuple[int, int, Block]]:
    """The minutes from `first` until before `last`, cut where blocks meet, each piece with its bars."""
    found: list[tuple[int, int, Block]] = []
    while first < last:
        number = first // BLOCK
        begin, end = first, min(last, (number + 1) * BLOCK)
        cut = slice(begin - number * BLOCK, end - number * BLOCK)
        bars = path.block(number)
        found.append((begin, end, Block(bars.open[cut], bars.high[cut], bars.low[cut], bars.close[cut], bars.step)))
        first = end
    return found


def fit(raw: Floats, bars: Block) -> Floats:
    """The points of each minute moved so that they begin, end, rise and fall as its bar says."""
    top, bottom = numpy.maximum(bars.open, bars.close), numpy.minimum(bars.open, bars.close)
    rows = numpy.arange(len(raw))
    most, least = raw[:, 1:-1].argmax(axis=1) + 1, raw[:, 1:-1].argmin(axis=1) + 1
    least[least == most] = most[least == most] % (POINTS - 3) + 2
    over, under = raw[rows, most] - top, raw[rows, least] - bottom
    up = numpy.where(over > 0, (bars.high - top) / numpy.where(over > 0, over, 1), 0)
    down = numpy.where(under < 0, (bars.low - bottom) / numpy.where(under < 0, under, 1), 0)
    above = numpy.maximum(raw - top[:, None], 0)
    below = numpy.minimum(raw - bottom[:, None], 0)
    fitted = raw - above - below + above * up[:, None] + below * down[:, None]
    fitted = numpy.clip(fitted, bars.low[:, None], bars.high[:, None])
    fitted[rows, most], fitted[rows, least] = bars.high, bars.low
    fitted[:, 0], fitted[:, -1] = bars.open, bars.close
    return fitted


def _reach(seed: int, name: str, number: int, begins: Floats, ends: Floats, step: float) -> tuple[Floats, Floats]:
    """How far a Brownian bridge goes up and down."""
    minutes = numpy.arange(number * BLOCK, (number + 1) * BLOCK)
    change = ends / begins - 1
    up = (change + numpy.sqrt(change**2 + 2 * step**2 * exponentials(key_of(seed, name, "high"), minutes))) / 2
    down = (change - numpy.sqrt(change**2 + 2 * step**2 * exponentials(key_of(seed, name, "low"), minutes))) / 2
    top, bottom = numpy.maximum(begins, ends), numpy.minimum(begins, ends)
    return numpy.maximum(begins * (1 + up), top), numpy.minimum(begins * (1 + down), bottom)


def _sum_of(paths: tuple[Noise, ...], seed: int, first: int, last: int) -> Floats:
    total = numpy.zeros(last - first + 1)
    for path in paths:
        total = total + path.at(seed, first, last)
    return total


def _slope(knots: Floats) -> Floats:
    return knots[:-1, None] + (knots[1:] - knots[:-1])[:, None] * _ALONG


def _end(knots: Floats) -> Floats:
    """At the last point of each minute; as `_slope` has it, to the last digit."""
    return knots[:-1] + (knots[1:] - knots[:-1]) * _ALONG[-1]


def _inside(price: Floats) -> Floats:
    return numpy.clip(price, 0.01, 0.99)


class _Kept:
    """The blocks that were asked for last."""

    def __init__(self) -> None:
        self._blocks: OrderedDict[int, Block] = OrderedDict()

    def get(self, number: int) -> Block | None:
        found = self._blocks.get(number)
        if found is not None:
            self._blocks.move_to_end(number)
        return found

    def keep(self, number: int, block: Block) -> Block:
        self._blocks[number] = block
        if len(self._blocks) > _KEPT:
            self._blocks.popitem(last=False)
        return block


@lru_cache(maxsize=256)
def path_of(seed: int, listing: Listing, place: str) -> Path:
    """The path of a market at a place (empty: the main one)."""
    name = f"{listing.market.symbol}@{place}"
    path: Path = _own(seed, listing.base)
    gaps: list[Noise] = []
    if place and listing.side is None:
        gaps += [Noise(f"gap/{name}", 1, 0.0012, 0.0008), Noise(f"gap/slow/{name}", 9, 0.0004, 0.00002)]
    if listing.side is not None:
        gaps += [Noise(f"gap/{name}", 4, listing.gap, 0.001)]
        return Bet(seed, path, listing, tuple(gaps))
    if listing.over is not None:
        gaps += [Noise(f"ratio/{listing.market.symbol}", 4, listing.gap, 0.0002)]
        return Ratio(seed, path, _own(seed, listing.over), name, tuple(gaps))
    if listing.gap:
        gaps += [Noise(f"basis/{listing.market.symbol}", 8, listing.gap, 0.00002)]
    return Shifted(seed, path, name, tuple(gaps)) if gaps else path


@lru_cache(maxsize=64)
def _own(seed: int, base: str) -> Own:
    return Own(seed, BASES[base])
