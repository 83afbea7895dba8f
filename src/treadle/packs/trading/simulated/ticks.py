"""A simulated market in whole numbers: prices in ticks, quantities in lots."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy

from treadle.packs.trading.bars import milliseconds
from treadle.packs.trading.simulated.listing import BASES, Listing, find_listing
from treadle.packs.trading.simulated.noise import exponentials, hashes, key_of
from treadle.packs.trading.simulated.paths import POINT, POINTS, Block, path_of, pieces

if TYPE_CHECKING:
    from treadle.packs.trading.simulated.noise import Floats, Whole

MINUTE = 60_000
_MONDAY = 4 * 86_400_000
"""Weeks begin on Mondays; 1970 began on a Thursday."""
_LONG = 1 << 21
"""Numbers that are put together at once."""
_KEPT = 64


class Columns(NamedTuple):
    """Bars: when each begins (ms), prices in ticks, volumes in lots."""

    time: Whole
    open: Whole
    high: Whole
    low: Whole
    close: Whole
    volume: Whole


class Moment(NamedTuple):
    """The quarter seconds of a minute."""

    price: list[int]
    volume: list[int]


class Ticks:
    """A market at a place, with a seed."""

    def __init__(self, seed: int, listing: Listing, place: str) -> None:
        self.seed, self.listing, self.place = seed, listing, place
        self.market = listing.market
        self.ticks_in_one = 10**listing.places
        self.lots_in_one = listing.lots_in_one
        self.path = path_of(seed, listing, place)
        self._name = f"{self.market.symbol}@{place}"
        self._minutes: OrderedDict[int, Moment] = OrderedDict()
        self._days: dict[int, int] = {}
        shares = BASES[listing.base].volume * (1 if listing.side is None else 30)
        self.busy = max(shares * self.lots_in_one * (0.2 if listing.over is not None else 1), POINTS)

    def moment(self, minute: int) -> Moment:
        found = self._minutes.get(minute)
        if found is None:
            price, volume = self.points(minute, minute + 1)
            found = self._minutes[minute] = Moment(price[0].tolist(), volume[0].tolist())
            if len(self._minutes) > _KEPT:
                self._minutes.popitem(last=False)
        return found

    def price(self, at: int) -> int:
        """The last price at `at` (ms)."""
        minute, within = divmod(at, MINUTE)
        return self.moment(minute).price[within // POINT]

    def points(self, first: int, last: int) -> tuple[Whole, Whole]:
        """(prices, volumes) of the quarter seconds of these minutes, a row each."""
        price = self._whole(self.path.points(first, last))
        places = numpy.arange(first * POINTS, last * POINTS).reshape(-1, POINTS)
        weight = (hashes(key_of(self.seed, self._name, "flow"), places) >> numpy.uint64(48)).astype(numpy.int64) + 1
        sums = weight.cumsum(axis=1)
        traded = numpy.concatenate([self._volume(begin, end, bars) for begin, end, bars in self._pieces(first, last)])
        so_far = traded[:, None] * sums // sums[:, -1:]
        return price, numpy.diff(so_far, axis=1, prepend=0)

    def minutes(self, first: int, last: int) -> Columns:
        """The bars of these minutes."""
        found = [
            Columns(
                numpy.arange(begin, end) * MINUTE, self._whole(bars.open), self._whole(bars.high),
                self._whole(bars.low), self._whole(bars.close), self._volume(begin, end, bars),
            )
            for begin, end, bars in self._pieces(first, last)
        ]  # fmt: skip
        return (
            found[0]
            if len(found) == 1
            else Columns(*(numpy.concatenate(column) for column in zip(*found, strict=True)))
        )

    def bars(self, timeframe: str, first: int, last: int) -> Columns:
        """The bars of `timeframe` from number `first` until before number `last` (see `number_of`)."""
        length, shift = milliseconds(timeframe), shift_of(timeframe)
        size, unit = (length // MINUTE, MINUTE) if length % MINUTE == 0 else (length // POINT, POINT)
        at_once = max(1, _LONG // (size * (1 if unit == MINUTE else 2)))
        found: list[Columns] = []
        for begin in range(first, last, at_once):
            end = min(last, begin + at_once)
            begins, ends = begin * size + shift // unit, end * size + shift // unit
            small = self.minutes(begins, ends) if unit == MINUTE else self._quarters(begins, ends)
            found.append(_together(small, size))
        return (
            found[0]
            if len(found) == 1
            else Columns(*(numpy.concatenate(column) for column in zip(*found, strict=True)))
        )

    def short(self, step: int, first: int, last: int) -> Columns:
        """Bars of `step` ms, a part of a minute, from number `first` until before number `last`."""
        size = step // POINT
        return _together(self._quarters(first * size, last * size), size)

    def running(self, timeframe: str, at: int) -> Columns:
        """The bar that is not over at `at`, as far as it has come."""
        begins = number_of(timeframe, at) * milliseconds(timeframe) + shift_of(timeframe)
        now, minute = at // POINT + 1, at // MINUTE
        cut = min(max(minute * MINUTE, begins), now * POINT)
        parts = [self._quarters(cut // POINT, now)]
        if begins < minute * MINUTE and begins % MINUTE == 0:
            parts.insert(0, self.minutes(begins // MINUTE, minute))
        elif begins < cut:
            parts.insert(0, self._quarters(begins // POINT, cut // POINT))
        small = _chained(parts)
        return _together(small, len(small.time))

    def day_volume(self, at: int) -> int:
        """What was traded in the 24 hours before the hour that runs, in lots."""
        hour = at // 3_600_000
        found = self._days.get(hour)
        if found is None:
            if len(self._days) > _KEPT:
                self._days.clear()
            found = self._days[hour] = int(self.minutes((hour - 24) * 60, hour * 60).volume.sum())
        return found

    def _quarters(self, first: int, last: int) -> Columns:
        minute, end = first // POINTS, -(-last // POINTS)
        price, volume = (column.reshape(-1)[first - minute * POINTS : last - minute * POINTS]
                         for column in self.points(minute, end))  # fmt: skip
        return Columns(numpy.arange(first, last) * POINT, price, price, price, price, volume)

    def _pieces(self, first: int, last: int) -> list[tuple[int, int, Block]]:
        return pieces(self.path, first, last)

    def _volume(self, first: int, last: int, bars: Block) -> Whole:
        minutes = numpy.arange(first, last)
        drawn = 0.4 + 0.6 * exponentials(key_of(self.seed, self._name, "volume"), minutes)
        stir = 0.5 + numpy.minimum((bars.high - bars.low) / (bars.open * bars.step), 6) / 3
        return numpy.rint(self.busy * _BY_HOUR[(minutes // 60) % 24] * drawn * stir).astype(numpy.int64)

    def _whole(self, price: Floats) -> Whole:
        return numpy.maximum(numpy.rint(price * self.ticks_in_one), 1).astype(numpy.int64)

    def written(self, columns: Columns, *, timeframe: str, closed: bool = True) -> Mapping[str, Any]:
        """As nodes take them."""
        prices = {name: getattr(columns, name) / self.ticks_in_one for name in ("open", "high", "low", "close")}
        volume = columns.volume / self.lots_in_one
        return {"time": columns.time, **prices, "volume": volume, "timeframe": timeframe, "closed": closed}


_BY_HOUR = numpy.array([
    0.7, 0.6, 0.6, 0.6, 0.65, 0.7, 0.8, 1.0, 1.1, 1.1, 1.0, 1.0,
    1.15, 1.4, 1.6, 1.6, 1.5, 1.35, 1.2, 1.1, 1.0, 0.9, 0.8, 0.75,
])  # fmt: skip
"""How much is traded, by the hour of the day (UTC)."""


def shift_of(timeframe: str) -> int:
    return _MONDAY if timeframe.endswith("w") else 0


def number_of(timeframe: str, at: int) -> int:
    """Which bar runs at `at`, counted from 1970 on."""
    return (at - shift_of(timeframe)) // milliseconds(timeframe)


def _chained(parts: Sequence[Columns]) -> Columns:
    return parts[0] if len(parts) == 1 else Columns(*(numpy.concatenate(each) for each in zip(*parts, strict=True)))


def _together(small: Columns, size: int) -> Columns:
    if size == 1:
        return small
    rows = Columns(*(column.reshape(-1, size) for column in small))
    return Columns(
        rows.time[:, 0], rows.open[:, 0], rows.high.max(axis=1), rows.low.min(axis=1), rows.close[:, -1],
        rows.volume.sum(axis=1),
    )  # fmt: skip


@lru_cache(maxsize=256)
def ticks_of(seed: int, symbol: str, place: str = "") -> Ticks:
    """Raises `unknown_symbol`."""
    return Ticks(seed, find_listing(symbol), place)
