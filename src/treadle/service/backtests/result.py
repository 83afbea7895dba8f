"""What a backtest came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from treadle.service.backtests.values import Values
from treadle.service.bots.holding import Held, Trade
from treadle.service.bots.trade_text import describe_trade
from treadle.service.reporting.finding import Finding
from treadle.simulation.compiled.figures import figures_of

if TYPE_CHECKING:
    from treadle.service.backtests.history import History


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
    messages: dict[str, str] = field(default_factory=dict[str, str])
    """Of each code that runs failed with, what was said first."""
    fills: Sequence[Mapping[str, Any]] = ()
    """As they were recorded, in the order in which they happened."""
    orders: Sequence[Mapping[str, Any]] = ()
    """As they stood at the end, in order; none where the way it was tested keeps none."""
    fees: Decimal = Decimal(0)
    trades: Sequence[Trade] = ()
    open: Sequence[Held] = ()
    equity: list[EquityPoint] = field(default_factory=list[EquityPoint])
    warnings: list[Finding] = field(default_factory=list[Finding])
    seconds: float = 0.0
    way: str = "engine"
    """By which it was worked out: `engine` or `compiled`."""
    explain: Sequence[Mapping[str, Any]] = ()
    """How each node was (`node`, `part`, `why`, `bars`), where there is more to say than that it went by the engine."""
    values: Values | None = None
    """What stood on the wires, run by run."""
    nodes: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """The type and the title of each node."""
    history: History | None = None
    """The bars that it went over."""
    providers: Sequence[Mapping[str, Any]] = ()
    """What its accounts were, as they were bound to the bars."""

    def figures(self) -> dict[str, Any]:
        """Rates as shares (0.1 is 10 %); see `treadle.simulation.metrics` for how each is calculated."""
        import numpy

        values = numpy.array([float(point.equity) for point in self.equity])
        profits = numpy.array([float(trade.profit) for trade in self.trades])
        span = (self.equity[-1].at - self.equity[0].at).total_seconds() * 1000 if self.equity else 0.0
        return figures_of(values, profits, span=span, held=self._held())[0]

    def every_figure(self) -> dict[str, Any]:
        """With what is told of one whole test only: `exposure`, the share of the equity that was at stake on average,
        and `time_in_market`, the share of the time in which anything was; None where it cannot be told throughout."""
        import numpy

        from treadle.service.backtests.exposure import find_exposure
        from treadle.service.backtests.time_in_market import find_time_in_market

        if not self.equity:
            return self.figures()
        equity = numpy.array([float(point.equity) for point in self.equity])
        at = numpy.array([round(point.at.timestamp() * 1000) for point in self.equity], dtype=numpy.int64)
        mean = float(find_exposure(self, at, equity).mean())
        exposure = mean if mean == mean else None
        return {**self.figures(), "exposure": exposure, "time_in_market": find_time_in_market(self)}

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
            "figures": self.every_figure(),
            "trades": [_written(trade) for trade in self.trades],
            "open": [{"symbol": one.symbol, "quantity": f"{one.quantity:f}"} for one in self.open],
            "equity": [_shown(point) for point in self.equity],
            "warnings": [one.to_dict() for one in self.warnings],
            "seconds": round(self.seconds, 3),
        }


def _written(trade: Trade) -> dict[str, Any]:
    times = {"opened_at": trade.opened_at.isoformat(), "closed_at": trade.closed_at.isoformat()}
    return {**describe_trade(trade), **times}


def _shown(point: EquityPoint) -> dict[str, Any]:
    price = None if point.price is None else f"{point.price:f}"
    return {"at": point.at.isoformat(), "equity": f"{point.equity:f}", "price": price}
