"""What a series of returns, an equity curve and a list of trades come to. Floats; None where a figure is not defined.

Returns are simple (0.01 is +1 %), one a period; `periods` is how many periods a year has (365.25 days of 24 hours for
markets that never close, 252 for trading days). Nothing is annualised twice: `periods` enters where it is named.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Array = NDArray[numpy.float64]

YEAR_MS = 365.25 * 86_400_000


@dataclass(frozen=True, slots=True)
class Drawdown:
    """The deepest fall of an equity curve from where it was highest. `share` is positive (0.2: a fifth was lost).

    Places count from 0. `recovered` is where the old height was reached again, None: it was not. `length` is the
    longest time below a height, in periods, which need not be that of the deepest fall.
    """

    share: float
    peak: int
    trough: int
    recovered: int | None
    length: int


def returns_of(equity: Array) -> Array:
    """equityₜ / equityₜ₋₁ − 1, one fewer than there are points. Raises `ValueError` where equity is 0 or less."""
    if bool((equity <= 0).any()):
        raise ValueError("equity of 0 or less has no return")
    return equity[1:] / equity[:-1] - 1.0


def total_return(returns: Array) -> float:
    import numpy

    return float(numpy.prod(1.0 + returns) - 1.0)


def cagr(returns: Array, *, periods: float) -> float | None:
    """Compound annual growth rate: (1 + total return) ^ (periods / n) − 1."""
    if len(returns) == 0:
        return None
    grown = 1.0 + total_return(returns)
    return grown ** (periods / len(returns)) - 1.0 if grown > 0 else -1.0


def volatility(returns: Array, *, periods: float) -> float | None:
    """Standard deviation of a sample (n − 1), times √periods."""
    if len(returns) < 2:
        return None
    return float(returns.std(ddof=1)) * math.sqrt(periods)


def sharpe(returns: Array, *, periods: float, risk_free: float = 0.0) -> float | None:
    """mean(r − risk_free) / std(r − risk_free) × √periods, with n − 1 (Sharpe 1994). `risk_free` is of a period. None
    where nothing varies."""
    if len(returns) < 2:
        return None
    excess = returns - risk_free
    spread = float(excess.std(ddof=1))
    return float(excess.mean()) / spread * math.sqrt(periods) if _varies(spread, excess) else None


def sortino(returns: Array, *, periods: float, required: float = 0.0) -> float | None:
    """mean(r − required) × periods / (√mean(min(r − required, 0)²) × √periods) (Sortino and Price 1994).

    Every period counts, those without a loss as 0. None without a loss.
    """
    if len(returns) < 2:
        return None
    excess = returns - required
    below = math.sqrt(float((excess.clip(max=0.0) ** 2).mean()))
    return float(excess.mean()) / below * math.sqrt(periods) if below > 0 else None


def drawdown(equity: Array) -> Drawdown | None:
    """The deepest of (peak − equity) / peak; the first of several alike. None without points."""
    import numpy

    if len(equity) == 0:
        return None
    peaks = numpy.maximum.accumulate(equity)
    fallen = (peaks - equity) / peaks
    trough = int(fallen.argmax())
    peak = int(equity[: trough + 1].argmax())
    later = numpy.flatnonzero(equity[trough:] >= equity[peak])
    recovered = trough + int(later[0]) if fallen[trough] > 0 and len(later) else None
    if fallen[trough] == 0:
        peak = trough = recovered = 0
    return Drawdown(float(fallen[trough]), peak, trough, recovered, _longest(fallen > 0))


def calmar(returns: Array, *, periods: float) -> float | None:
    """CAGR / deepest drawdown, over all there is (Young 1991 takes the last 36 months). None without a fall."""
    import numpy

    equity = numpy.concatenate(([1.0], numpy.cumprod(1.0 + returns)))
    fall, growth = drawdown(equity), cagr(returns, periods=periods)
    return None if fall is None or growth is None or fall.share == 0 else growth / fall.share


def tail_ratio(returns: Array) -> float | None:
    """|95th percentile| / |5th percentile|, linear between values: above 1, the good days are larger than the bad."""
    import numpy

    if len(returns) == 0:
        return None
    high, low = numpy.percentile(returns, [95, 5])
    return abs(float(high)) / abs(float(low)) if low != 0 else None


@dataclass(frozen=True, slots=True)
class TradeFigures:
    """Of trades that are over, each by its profit after fees. `expectancy` is the mean profit, `profit_factor` the sum
    of the profits over that of the losses (None without a loss)."""

    trades: int
    win_rate: float | None
    profit_factor: float | None
    expectancy: float | None
    mean_win: float | None
    mean_loss: float | None
    largest_win: float | None
    largest_loss: float | None


def of_trades(profits: Sequence[float]) -> TradeFigures:
    """A profit of 0 is no win."""
    wins, losses = [one for one in profits if one > 0], [one for one in profits if one < 0]
    lost = -math.fsum(losses)
    return TradeFigures(
        trades=len(profits),
        win_rate=len(wins) / len(profits) if profits else None,
        profit_factor=math.fsum(wins) / lost if lost else None,
        expectancy=math.fsum(profits) / len(profits) if profits else None,
        mean_win=math.fsum(wins) / len(wins) if wins else None,
        mean_loss=math.fsum(losses) / len(losses) if losses else None,
        largest_win=max(wins, default=None),
        largest_loss=min(losses, default=None),
    )


def _varies(spread: float, values: Array) -> bool:
    """Whether a deviation is more than what adding up leaves of the last digit."""
    return spread > 1e-12 * max(1e-300, float(abs(values).max()))


def _longest(below: NDArray[numpy.bool_]) -> int:
    import numpy

    edges = numpy.flatnonzero(numpy.diff(numpy.concatenate(([0], below.astype("int8"), [0]))))
    return int((edges[1::2] - edges[::2]).max()) if len(edges) else 0
