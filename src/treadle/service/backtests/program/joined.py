"""Prices put together to longer bars: once for all runs, with how many of them are told when.

A market that is asked for n longer bars puts together the last (n + 1) × ratio short ones, whichever are over, and
tells the last n that are whole. A longer bar is of no more than so many short ones, as none of them is shorter than it
should be: so none of the n was cut off, and they are what the whole column has there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from treadle.service.backtests.program.column import Column
from treadle.service.backtests.program.prices import NAMES, Prices

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy
    from numpy.typing import NDArray

_MOST = 2**62


@dataclass(frozen=True, eq=False)
class Joined:
    """`known[k]` is how many of them are told when `k` short bars are over."""

    short: Prices
    prices: Prices
    known: NDArray[numpy.int64]

    def spread(self, column: Column) -> Column:
        """Of the longer bars, at every short one: of the newest that is told then."""
        import numpy

        known = self.known[1:]
        place, is_told = numpy.maximum(known - 1, 0), known > 0
        values = numpy.where(is_told, column.values[place], numpy.nan)
        return Column(values, numpy.where(is_told, column.errors[place], 0.0), column.is_flag)

    def place(self, bar: int) -> int:
        """The longer bar that is the newest when a short one is over; -1: there is none yet."""
        return int(self.known[bar + 1]) - 1

    def bars(self, place: int) -> slice:
        """The short bars when a longer one is the newest."""
        first, end = self.known[1:].searchsorted([place + 1, place + 2]).tolist()
        return slice(first, end)

    def told(self, known: int, bars: int, *, closed_only: bool) -> Mapping[str, Any]:
        """The last `bars` when so many short ones are over, as the market tells of them."""
        import numpy

        end = int(self.known[known])
        times, length = self.short.times, self.prices.length
        begin = int(times[known - 1]) // length * length if known else 0
        is_over = not known or (end > 0 and int(self.prices.times[end - 1]) == begin)
        if closed_only or is_over:
            return {name: column[max(0, end - bars) : end] for name, column in self.prices.told.items()}
        part = slice(int(times.searchsorted(begin)), known)
        running = _together(self.short, numpy.array([begin]), numpy.array([0]), part, length).told
        first = max(0, end + 1 - bars)
        return {
            name: numpy.concatenate((column[first:end], running[name])) for name, column in self.prices.told.items()
        }


def join_prices(prices: Prices, length: int) -> Joined | None:
    """To bars of `length` ms; None where that is no multiple of their own, or some of them come early."""
    if length <= prices.length or length % prices.length or not len(prices):
        return None
    key = ("joined", length)
    if key not in prices.kept:
        prices.kept[key] = _join(prices, length)
    return prices.kept[key]


def _join(prices: Prices, length: int) -> Joined | None:
    import numpy

    times = prices.times
    if len(times) > 1 and int(numpy.diff(times).min()) < prices.length:
        return None
    if int(prices.volume.max()) > _MOST // (length // prices.length):
        return None
    begins = times - times % length
    first = numpy.flatnonzero(numpy.concatenate(([True], begins[1:] != begins[:-1])))
    number = numpy.zeros(len(times), dtype=numpy.int64)
    number[first[1:]] = 1
    known = numpy.cumsum(number) + (times + prices.length >= begins + length)
    count = int(known[-1])  # the last may not be whole
    end = int(first[count]) if count < len(first) else len(times)
    first = first[:count]
    longer = _together(prices, begins[first], first, slice(0, end), length)
    return Joined(prices, longer, numpy.concatenate(([0], known)))


def _together(prices: Prices, begins: Any, first: Any, part: slice, length: int) -> Prices:
    """The bars of a part, from each of `first` on put together."""
    import numpy

    opened, high, low, close, volume = (getattr(prices, name)[part] for name in NAMES)
    if not len(first):
        columns = [one[:0] for one in (opened, high, low, close, volume)]
    else:
        last = numpy.concatenate((first[1:], [len(close)])) - 1
        columns = [opened[first], numpy.maximum.reduceat(high, first), numpy.minimum.reduceat(low, first), close[last],
                   numpy.add.reduceat(volume, first)]  # fmt: skip
    return Prices(begins, begins, begins + length, *columns, tick=prices.tick, lot=prices.lot, length=length)
