"""What a smoothing gives for every window of a column at once.

Wilder's smoothing u = u′ + (x − u′)/n of a window differs from that of the whole column only by what it began with,
and that difference shrinks by r = (n − 1)/n with each value, whatever the values are. So at the end of a window of W
bars, which begins with the mean m of its first n changes at the bar b, it is u + r^(W−1−n) × (m − u at b): no window
has to be gone through.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from treadle.packs.trading.indicator.ma import NUMBERS
from treadle.packs.trading.technical import calculate
from treadle.simulation.compiled.twin import jitted

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Floats = NDArray[numpy.float64]

_PIECE = 16_384
"""Bars that are gone through at once: few enough to stay near the processor."""
_ROUNDING = 1e-9
"""Of what is added up: more than all roundings of a million sums come to."""
_LEFT_BEHIND = 1e-12
"""Of the largest mean before: what its roundings may leave in a running sum when the market stands still."""


def rsi_of_windows(
    closes: Floats, period: int, bars: int, *, into: tuple[Floats, Floats] | None = None, is_jitted: bool = False
) -> tuple[Floats, Floats]:
    """The RSI of the last `bars` closes at each bar from number `bars` on, and by how much it may be off; NaN where
    that cannot be told (next to nothing has moved); written `into` these arrays where they are given. A window has more
    than `period` changes. The two forms differ by less than they may be off."""
    import numpy

    count = len(closes) - bars
    values, errors = into or (numpy.empty(count), numpy.empty(count))
    if is_jitted:
        share = ((period - 1) / period) ** (bars - 1 - period)
        _compiled()(closes, period, bars, share, _ROUNDING, _LEFT_BEHIND, values, errors)
        return values, errors
    changes = numpy.diff(closes)
    rises = _smoothings(changes.clip(min=0.0), period)
    numpy.negative(changes, out=changes)
    falls = _smoothings(changes.clip(min=0.0, out=changes), period)
    share = ((period - 1) / period) ** (bars - 1 - period)
    behind = _LEFT_BEHIND * period * max(float(numpy.nanmax(rises[1])), float(numpy.nanmax(falls[1])))
    for first in range(0, count, _PIECE):
        end = min(first + _PIECE, count)
        # The change that ends at bar t is number t − 1; the first window that is not all there is ends at bar `bars`.
        last, begun = slice(bars - 1 + first, bars - 1 + end), slice(period + first, period + end)
        up, most_up = _at_ends(*rises, last, begun, share)
        down, most_down = _at_ends(*falls, last, begun, share)
        moved = up + down
        with numpy.errstate(divide="ignore", invalid="ignore"):
            off = 100 * (_ROUNDING + (_ROUNDING * (most_up + most_down) + behind) / moved)
            values[first:end] = 100 * up / moved
        off[~(moved > 0) | ~(off < 1.0)] = numpy.nan
        errors[first:end] = off
    return values, errors


def _smoothings(changes: Floats, period: int) -> tuple[Floats, Floats]:
    """By Wilder, and the mean, over the whole column."""
    whole, means = (calculate("MA", changes, timeperiod=period, matype=NUMBERS[kind]) for kind in ("rma", "sma"))
    return whole, means


def _at_ends(whole: Floats, means: Floats, last: slice, begun: slice, share: float) -> tuple[Floats, Floats]:
    """The smoothing at the ends of windows, and how large what it was added up of is."""
    mean, other = means[begun], whole[begun]
    return whole[last] + share * (mean - other), whole[last] + share * (mean + other)


@cache
def _compiled() -> Callable[..., None]:
    return jitted(_go_through)


def _go_through(
    closes: Floats, period: int, bars: int, share: float, rounding: float, behind: float, values: Floats, errors: Floats
) -> None:
    """The same in one pass, for numba: the smoothing where windows end, and a window behind it where they began."""
    part = 1.0 / period
    kept = 1.0 - part
    sum_up = sum_down = 0.0
    for at in range(period):
        change = closes[at + 1] - closes[at]
        sum_up += max(change, 0.0)
        sum_down += max(-change, 0.0)
    up = begun_up = sum_up * part
    down = begun_down = sum_down * part
    largest = max(sum_up, sum_down)
    for at in range(period, bars):
        change = closes[at + 1] - closes[at]
        up = up * kept + max(change, 0.0) * part
        down = down * kept + max(-change, 0.0) * part
    for at in range(len(values)):
        # The window at this bar began here, and what it began with is the mean of these changes.
        change = closes[period + at + 1] - closes[period + at]
        begun_up = begun_up * kept + max(change, 0.0) * part
        begun_down = begun_down * kept + max(-change, 0.0) * part
        gone = closes[at + 1] - closes[at]
        sum_up += max(change, 0.0) - max(gone, 0.0)
        sum_down += max(-change, 0.0) - max(-gone, 0.0)
        mean_up, mean_down = sum_up * part, sum_down * part
        largest = max(largest, sum_up, sum_down)
        rises = up + share * (mean_up - begun_up)
        moved = rises + down + share * (mean_down - begun_down)
        if moved > 0:
            most = up + down + share * (mean_up + begun_up + mean_down + begun_down)
            one = 100.0 / moved
            off = 100.0 * rounding + (rounding * most + behind * largest) * one
            values[at] = rises * one
            errors[at] = off if off < 1.0 else float("nan")
        else:
            values[at] = errors[at] = float("nan")
        if at + 1 < len(values):
            change = closes[bars + at + 1] - closes[bars + at]
            up = up * kept + max(change, 0.0) * part
            down = down * kept + max(-change, 0.0) * part
