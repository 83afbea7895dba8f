"""Two bots side by side, by their trades."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from statistics import fmean

from treadle.service.bots.book import Totals
from treadle.service.bots.holding import Trade
from treadle.service.intervals import newcombe, welch
from treadle.service.measure import Measure


def compare_trades(first: Sequence[Trade], second: Sequence[Trade], confidence: float) -> list[Measure]:
    """Profit, trades, win rate and drawdown, of trades in the currency that most were in; nothing where there are none.

    What is a sum has no interval; the win rate and the profit of a trade do."""
    counts = Counter(trade.currency for side in (first, second) for trade in side)
    if not counts:
        return []
    currency = counts.most_common(1)[0][0]
    unit = f", {currency}" if currency else ""
    one, other = ([trade for trade in side if trade.currency == currency] for side in (first, second))
    totals = (_count(one, currency), _count(other, currency))
    gains = ([float(trade.profit) for trade in one], [float(trade.profit) for trade in other])
    rates = means = None
    if one and other:
        rates = newcombe((totals[0].won, totals[1].won), (len(one), len(other)), confidence)
        means = welch(*gains, confidence)

    def both(name: str, value: Callable[[Totals], Decimal | float | None]) -> Measure:
        return Measure(name, _float(value(totals[0])), _float(value(totals[1])))

    return [
        both(f"profit{unit}", lambda one: one.profit),
        both("trades", lambda one: one.trades),
        Measure("win rate", totals[0].win_rate, totals[1].win_rate, rates),
        Measure(f"mean profit per trade{unit}", _mean(gains[0]), _mean(gains[1]), means),
        both(f"max drawdown{unit}", lambda one: one.drawdown),
        both("profit factor", lambda one: one.profit_factor),
    ]


def _float(value: Decimal | float | None) -> float | None:
    return None if value is None else float(value)


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def _count(trades: Sequence[Trade], currency: str) -> Totals:
    totals = Totals(currency)
    for trade in trades:
        totals.count(trade)
    return totals
