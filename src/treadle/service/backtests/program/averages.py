"""What averages, and what is made of them, give for every window of a column at once (see `windows`).

An exponential average e of a window differs from that of the whole column by what it began with, the mean of its first
n values at the bar b, and that shrinks by r with each value: e + r^(t−b) × (mean − e at b). A moving mean differs by
roundings alone. `errors` are bounds for all roundings, of TA-Lib's sums and of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from treadle.packs.trading.indicator.ma import NUMBERS
from treadle.packs.trading.technical import calculate

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Floats = NDArray[numpy.float64]

_UNIT = 1.2e-16
"""More than what one operation is off by, as a part of what it comes to."""
_AT_ONCE = 65_536


def sma_of_windows(values: Floats, period: int, bars: int) -> tuple[Floats, Floats]:
    """The mean of the last `period` values at each bar from number `bars` on, and by how much that of a window may be
    off: a sum that goes along `bars` values, adding and taking away."""
    means = _means(values, period)[bars:]
    return means, _off(values, bars, 4 * (bars + period))[bars:]


def ema_of_windows(values: Floats, period: int, bars: int) -> tuple[Floats, Floats]:
    means, whole = _means(values, period), calculate("MA", values, timeperiod=period, matype=NUMBERS["ema"])
    found = _begun_anew(whole, means, period - 1, bars, (period - 1) / (period + 1))
    return found, _off(values, bars, 16 * (bars + period))[bars:]


def atr_of_windows(high: Floats, low: Floats, close: Floats, period: int, bars: int) -> tuple[Floats, Floats]:
    """The true range of the first bar of a window is not known: it begins with the mean of those of the next ones."""
    import numpy

    ranges = numpy.empty(len(close))
    before = close[:-1]
    ranges[0] = 0.0
    ranges[1:] = numpy.maximum(high[1:] - low[1:], numpy.maximum(abs(high[1:] - before), abs(low[1:] - before)))
    whole = numpy.full(len(close), numpy.nan)
    whole[1:] = calculate("MA", ranges[1:], timeperiod=period, matype=NUMBERS["rma"])
    found = _begun_anew(whole, _means(ranges, period), period, bars, (period - 1) / period)
    return found, _off(high, bars, 16 * (bars + period))[bars:]


def macd_of_windows(values: Floats, fast: int, slow: int, signal: int, bars: int) -> tuple[Any, Floats]:
    """(macd, signal, histogram), and by how much each may be off. TA-Lib begins both averages where the slow one can
    begin, and the signal with the mean of the first lines."""
    import numpy

    quick, late = (_ema_from(values, period, slow - 1) for period in (fast, slow))
    line = quick - late
    begins, count = slow - 1, len(values)
    ends = numpy.arange(bars, count)
    at = ends - bars + 1 + begins
    """Where the averages of the window that ends there began."""
    rates = [(period - 1) / (period + 1) for period in (fast, slow, signal)]
    gaps = [(_means(values, period) - whole)[at] for period, whole in ((fast, quick), (slow, late))]
    steps = bars - 1 - begins
    lines = line[ends] + rates[0] ** steps * gaps[0] - rates[1] ** steps * gaps[1]
    # The signal goes along what the lines are off by, too: each a number that is the same for all windows.
    later = steps - (signal - 1)
    shares: list[float] = []
    for rate in rates[:2]:
        began = sum(rate**place for place in range(signal)) / signal
        went = sum(
            (1 - rates[2]) * rates[2] ** (later - place) * rate ** (signal - 1 + place) for place in range(1, later + 1)
        )
        shares.append(began * rates[2] ** later + went)
    mean = _means(numpy.where(numpy.isnan(line), 0.0, line), signal)[at + signal - 1]
    smooth = _ema_from(line, signal, begins + signal - 1)
    signals = smooth[ends] + rates[2] ** later * (mean - smooth[at + signal - 1])
    signals += shares[0] * gaps[0] - shares[1] * gaps[1]
    return (lines, signals, lines - signals), _off(values, bars, 64 * (bars + slow + signal))[bars:]


def bands_of_windows(values: Floats, period: int, deviations: float, bars: int) -> tuple[Any, Any]:
    """(upper, middle, lower), and by how much each may be off."""
    middle, sigma, off, near = _spread_of_windows(values, period, bars)
    reach, wide = deviations * sigma, deviations * near + 2 * off
    return (middle + reach, middle, middle - reach), (wide, off, wide)


def zscore_of_windows(values: Floats, period: int, bars: int) -> tuple[Any, Any]:
    """How many standard deviations the newest is from the mean, and by how much that may be off; NaN where the
    deviation may be none."""
    import numpy

    middle, sigma, off, near = _spread_of_windows(values, period, bars)
    away = values[bars:] - middle
    with numpy.errstate(divide="ignore", invalid="ignore"):
        score = away / sigma
        wrong = (off + 4 * _UNIT * numpy.abs(away) + numpy.abs(score) * near) / (sigma - near)
        wrong = 1.01 * wrong + 8 * _UNIT * numpy.abs(score)
    wrong[~(sigma > 4 * near)] = numpy.nan
    return score, wrong


def _spread_of_windows(values: Floats, period: int, bars: int) -> tuple[Any, Any, Any, Any]:
    """The mean and the deviation, and by how much each may be off: TA-Lib's variance is a difference of large sums."""
    import numpy

    means, spreads = numpy.full(len(values), numpy.nan), numpy.full(len(values), numpy.nan)
    for begin in range(period - 1, len(values), _AT_ONCE):
        end = min(len(values), begin + _AT_ONCE)
        seen = numpy.lib.stride_tricks.sliding_window_view(values[begin - period + 1 : end], period)
        means[begin:end] = seen.mean(axis=1)
        spreads[begin:end] = seen.var(axis=1)
    middle, spread = means[bars:], spreads[bars:]
    size = _largest(values, bars)[bars:]
    about = 16 * (bars + period) * _UNIT * size * size + 1e-13
    sigma = numpy.sqrt(spread)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        near = numpy.minimum(numpy.sqrt(about), about / sigma)
    near[numpy.isnan(near)] = numpy.inf
    off = _off(values, bars, 16 * (bars + period))[bars:]
    return middle, sigma, off, near


def _begun_anew(whole: Floats, means: Floats, offset: int, bars: int, rate: float) -> Floats:
    """From the smoothing of the whole to that of the windows that end from bar `bars` on; theirs begins `offset` bars
    after their first."""
    began = slice(1 + offset, len(whole) - bars + 1 + offset)
    return whole[bars:] + rate ** (bars - 1 - offset) * (means[began] - whole[began])


def _ema_from(values: Floats, period: int, begins: int) -> Floats:
    """An exponential average that begins at the bar `begins` with the mean of the `period` values up to it."""
    import numpy

    given = values[begins - period + 1 :]
    found = numpy.full(len(values), numpy.nan)
    found[begins - period + 1 :] = calculate("MA", given, timeperiod=period, matype=NUMBERS["ema"])
    return found


def _means(values: Floats, period: int) -> Floats:
    return calculate("MA", values, timeperiod=period, matype=NUMBERS["sma"])


def _largest(values: Floats, bars: int) -> Floats:
    """Of the last bars: what roundings are parts of."""
    import numpy

    return numpy.full(len(values), float(numpy.max(numpy.abs(values))))


def _off(values: Floats, bars: int, operations: int) -> Floats:
    """`operations` roundings, and those of a sum along the whole column."""
    return _largest(values, bars) * (_UNIT * (operations + 4 * len(values)))


def adx_of_windows(high: Floats, low: Floats, close: Floats, period: int, bars: int) -> tuple[Floats, float]:
    """The ADX of the whole column, and by how much that of a window may be off. Both smoothed movements p and n of a
    window differ from the whole's by s r^k at most after k bars, where s is what they can be apart at first; the
    directional index 100 |p − n| / (p + n) then by 200 s r^k / (p + n), and never by more than 100; and the ADX is the
    average of those, begun with a mean."""
    import numpy

    whole = calculate("ADX", high, low, close, timeperiod=period)[bars:]
    moved = calculate("PLUS_DM", high, low, timeperiod=period) + calculate("MINUS_DM", high, low, timeperiod=period)
    least, most = float(numpy.nanmin(moved[period:])), float(numpy.nanmax(moved[period:]))
    rate = (period - 1) / period
    apart = 2 * most / rate**period
    if least <= 1e-9 * most:
        return whole, float("nan")
    steps = bars - 1 - period
    off = 100.0
    for step in range(1, steps + 1):
        index = min(100.0, 200 * apart * rate**step / least)
        # The first indices are averaged as they are.
        off = max(off, index) if step < 2 * period else off * rate + index / period
    return whole, off + 1e-8
