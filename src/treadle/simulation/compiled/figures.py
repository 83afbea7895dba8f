"""The figures of a backtest from arrays: what `BacktestResult.figures` has, number for number, without objects."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from treadle.simulation import metrics
from treadle.simulation.metrics import YEAR_MS, TradeFigures

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

_DAY_MS = 86_400_000


def figures_of(
    values: NDArray[numpy.float64], profits: NDArray[numpy.float64], *, span: float, held: float | None
) -> tuple[dict[str, Any], NDArray[numpy.float64] | None]:
    """The figures and the returns of an equity curve of points over `span` milliseconds, and of the `profits` of
    trades. `held` is what holding would have brought. Where equity fell to 0 there are no returns."""
    trades = of_profits(profits)
    told: dict[str, Any] = {
        "began_with": float(values[0]) if len(values) else None,
        "ended_with": float(values[-1]) if len(values) else None,
        **{name: getattr(trades, name) for name in trades.__dataclass_fields__},
    }
    if len(values) < 2 or bool((values <= 0).any()):
        return told, None
    returns = metrics.returns_of(values)
    periods = YEAR_MS / (span / len(returns))
    fall = metrics.drawdown(values)
    return told | {
        "total_return": metrics.total_return(returns),
        "buy_and_hold": held,
        "cagr": metrics.cagr(returns, periods=periods),
        "volatility": metrics.volatility(returns, periods=periods),
        "sharpe": metrics.sharpe(returns, periods=periods),
        "sortino": metrics.sortino(returns, periods=periods),
        "calmar": metrics.calmar(returns, periods=periods),
        "tail_ratio": metrics.tail_ratio(returns),
        "max_drawdown": None if fall is None else fall.share,
        "longest_drawdown_days": None if fall is None else fall.length * span / len(returns) / _DAY_MS,
    }, returns


def of_profits(profits: NDArray[numpy.float64]) -> TradeFigures:
    """`metrics.of_trades` of an array."""
    count = len(profits)
    wins, losses = profits[profits > 0], profits[profits < 0]
    won, lost = math.fsum(wins.tolist()), math.fsum(losses.tolist())
    return TradeFigures(
        trades=count,
        win_rate=len(wins) / count if count else None,
        profit_factor=won / -lost if lost else None,
        expectancy=math.fsum(profits.tolist()) / count if count else None,
        mean_win=won / len(wins) if len(wins) else None,
        mean_loss=lost / len(losses) if len(losses) else None,
        largest_win=float(wins.max()) if len(wins) else None,
        largest_loss=float(losses.min()) if len(losses) else None,
    )
