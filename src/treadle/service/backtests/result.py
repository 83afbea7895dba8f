"""What a backtest came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from treadle.service.bots.holding import Held, Trade
from treadle.service.bots.trade_text import describe_trade
from treadle.simulation import metrics

_MS = 86_400_000 * 365.25


@dataclass(frozen=True, slots=True)
class EquityPoint:
    """What all accounts were worth together, and what a unit of the first market cost."""

    at: datetime
    equity: Decimal
    price: Decimal | None


@dataclass(slots=True)
class BacktestResult:
    """`runs` are counted by what became of them: `completed`, or the code of what they failed with. `warnings` are what
    to know before believing any of it."""

    workflow: str
    version: str
    begins: datetime
    ends: datetime
    bars: int
    timeframe: str
    currency: str = ""
    runs: dict[str, int] = field(default_factory=dict[str, int])
    fills: Sequence[Mapping[str, Any]] = ()
    """As they were recorded, in order."""
    fees: Decimal = Decimal(0)
    trades: Sequence[Trade] = ()
    open: Sequence[Held] = ()
    equity: list[EquityPoint] = field(default_factory=list[EquityPoint])
    warnings: list[str] = field(default_factory=list[str])
    seconds: float = 0.0

    def figures(self) -> dict[str, Any]:
        """Rates as shares (0.1 is 10 %); see `treadle.simulation.metrics` for how each is calculated."""
        import numpy

        values = numpy.array([float(point.equity) for point in self.equity])
        trades = metrics.of_trades([float(trade.profit) for trade in self.trades])
        told: dict[str, Any] = {
            "began_with": float(values[0]) if len(values) else None,
            "ended_with": float(values[-1]) if len(values) else None,
            **{name: getattr(trades, name) for name in trades.__dataclass_fields__},
        }
        if len(values) < 2 or bool((values <= 0).any()):
            return told
        returns = metrics.returns_of(values)
        span = (self.equity[-1].at - self.equity[0].at).total_seconds() * 1000
        periods = _MS / (span / len(returns))
        fall = metrics.drawdown(values)
        told |= {
            "total_return": metrics.total_return(returns),
            "buy_and_hold": self._held(),
            "cagr": metrics.cagr(returns, periods=periods),
            "volatility": metrics.volatility(returns, periods=periods),
            "sharpe": metrics.sharpe(returns, periods=periods),
            "sortino": metrics.sortino(returns, periods=periods),
            "calmar": metrics.calmar(returns, periods=periods),
            "tail_ratio": metrics.tail_ratio(returns),
            "max_drawdown": None if fall is None else fall.share,
            "longest_drawdown_days": None if fall is None else fall.length * span / len(returns) / 86_400_000,
        }
        return told

    def _held(self) -> float | None:
        """What the first market would have brought, bought at the beginning, without costs."""
        prices = [point.price for point in self.equity if point.price]
        return float(prices[-1] / prices[0] - 1) if len(prices) > 1 else None

    def to_dict(self) -> dict[str, Any]:
        return {
            "workflow": self.workflow,
            "version": self.version,
            "begins": self.begins.isoformat(),
            "ends": self.ends.isoformat(),
            "bars": self.bars,
            "timeframe": self.timeframe,
            "currency": self.currency,
            "runs": dict(self.runs),
            "fills": len(self.fills),
            "fees": f"{self.fees:f}",
            "figures": self.figures(),
            "trades": [_written(trade) for trade in self.trades],
            "open": [{"symbol": one.symbol, "quantity": f"{one.quantity:f}"} for one in self.open],
            "equity": [_shown(point) for point in self.equity],
            "warnings": list(self.warnings),
            "seconds": round(self.seconds, 3),
        }


def _written(trade: Trade) -> dict[str, Any]:
    times = {"opened_at": trade.opened_at.isoformat(), "closed_at": trade.closed_at.isoformat()}
    return {**describe_trade(trade), **times}


def _shown(point: EquityPoint) -> dict[str, Any]:
    price = None if point.price is None else f"{point.price:f}"
    return {"at": point.at.isoformat(), "equity": f"{point.equity:f}", "price": price}
