"""Bars of one market at several timeframes, and of several markets, at one time: only what was over is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from treadle.packs.trading.bars import milliseconds
from treadle.service.backtests.data.arrays import BarArrays

if TYPE_CHECKING:
    from numpy.typing import NDArray


def known_at(bars: BarArrays, times: Any) -> NDArray[Any]:
    """How many of the bars are over at each of `times` (ms): bars `[:known]` may be looked at then, and no others.

    A bar of `4h` that opened at 08:00 counts from 12:00 on; a bar that comes early ends the one before.
    """
    import numpy

    return numpy.searchsorted(closes_of(bars), numpy.asarray(times, dtype=numpy.int64), side="right")


def known_joined(bars: BarArrays, timeframe: str, times: Any) -> NDArray[Any]:
    """How many of `join(bars, timeframe)` are told at each of `times`, as the market tells of them: a longer bar is
    whole when its last short one is over, or when one after it is."""
    import numpy

    length = milliseconds(timeframe)
    known = known_at(bars, times)
    begins = bars.time - bars.time % length
    number = numpy.cumsum(numpy.concatenate(([0], (begins[1:] != begins[:-1]).astype(numpy.int64))))
    last = numpy.maximum(known - 1, 0)
    whole = bars.time[last] + bars.length >= begins[last] + length
    return numpy.where(known > 0, number[last] + whole, 0)


def closes_of(bars: BarArrays) -> NDArray[Any]:
    """When each bar is over, in ms."""
    import numpy

    closes = bars.time + bars.length
    if len(closes) > 1:
        numpy.minimum(closes[:-1], bars.time[1:], out=closes[:-1])
    return closes


def join(bars: BarArrays, timeframe: str) -> BarArrays:
    """Put together to longer ones, the last only if it is whole. Raises `ValueError` where `timeframe` is no multiple.

    Of prices this is exact; volumes are sums of floats.
    """
    import numpy

    length = milliseconds(timeframe)
    if length == bars.length:
        return bars
    if length % bars.length:
        raise ValueError(f"bars of {bars.timeframe} cannot be put together to {timeframe}")
    if not len(bars):
        return BarArrays(*bars.columns().values(), length=length)
    begins = bars.time - bars.time % length
    first = numpy.flatnonzero(numpy.concatenate(([True], begins[1:] != begins[:-1])))
    last = numpy.concatenate((first[1:], [len(bars)])) - 1
    joined = BarArrays(
        begins[first],
        bars.open[first],
        numpy.maximum.reduceat(bars.high, first),
        numpy.minimum.reduceat(bars.low, first),
        bars.close[last],
        numpy.add.reduceat(bars.volume, first),
        length,
    )
    whole = int(bars.time[-1]) + bars.length >= int(joined.time[-1]) + length
    return joined if whole else joined.cut(0, len(joined) - 1)
