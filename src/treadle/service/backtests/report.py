"""A backtest as one page: figures, curves, and every trade. Nothing in it is fetched from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from importlib.resources import files
from typing import Any

from treadle.service.backtests.result import BacktestResult
from treadle.service.bots.figures import show

_WIDTH, _HEIGHT, _FALL = 960, 260, 90
_FIGURES = (
    ("total_return", "Return", "share"),
    ("buy_and_hold", "Buy and hold", "share"),
    ("cagr", "A year", "share"),
    ("max_drawdown", "Deepest drawdown", "part"),
    ("longest_drawdown_days", "Longest time below a peak", "days"),
    ("volatility", "Volatility", "part"),
    ("sharpe", "Sharpe", ""),
    ("sortino", "Sortino", ""),
    ("calmar", "Calmar", ""),
    ("tail_ratio", "Tail ratio", ""),
    ("trades", "Trades", ""),
    ("win_rate", "Won", "part"),
    ("profit_factor", "Profit factor", ""),
    ("expectancy", "Profit of a trade", "money"),
)


def write_report(result: BacktestResult) -> str:
    """HTML, in light and dark, for screens and for printing."""
    import jinja2

    page = (files(__package__ or "") / "report.html").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    figures = result.figures()
    equity = [float(point.equity) for point in result.equity]
    prices = [None if point.price is None else float(point.price) for point in result.equity]
    first = next((price for price in prices if price), None)
    held = [equity[0] * price / first if price and first else None for price in prices] if equity else []
    known = [value for value in (*equity, *held) if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    return environment.from_string(page).render(
        result=result,
        figures=[
            (word, _shown(figures[name], kind, result.currency)) for name, word, kind in _FIGURES if name in figures
        ],
        equity=_line(equity, low, high, _HEIGHT),
        held=_line(held, low, high, _HEIGHT),
        fall=_line(_falls(equity), -max(0.01, -min(_falls(equity), default=0.0)), 0.0, _FALL),
        deepest=f"{-min(_falls(equity), default=0.0):.1%}",
        low=f"{low:,.0f}",
        high=f"{high:,.0f}",
        begins=_day(result.begins),
        ends=_day(result.ends),
        trades=[_row(trade) for trade in result.trades],
        width=_WIDTH,
        height=_HEIGHT,
        depth=_FALL,
    )


def _row(trade: Any) -> dict[str, Any]:
    return {
        "number": trade.number,
        "symbol": trade.symbol,
        "side": trade.side,
        "opened": f"{trade.opened_at:%Y-%m-%d %H:%M}",
        "closed": f"{trade.closed_at:%Y-%m-%d %H:%M}",
        "quantity": show(trade.quantity),
        "entry": show(_short(trade.entry)),
        "exit": show(_short(trade.exit)),
        "profit": show(_short(trade.profit)),
        "is_won": trade.is_won,
        "share": "" if trade.share is None else f"{float(trade.share):+.2%}",
    }


def _short(amount: Decimal) -> Decimal:
    """To be read: two places, more of what is small."""
    return round(amount, 2 if abs(amount) >= 10 else 8)


def _shown(value: Any, kind: str, currency: str) -> str:
    if value is None:
        return "–"
    if kind == "share":
        return f"{value:+.2%}"
    if kind == "part":
        return f"{value:.2%}"
    if isinstance(value, int):
        return str(value)
    return f"{value:,.2f}" + {"days": " days", "money": f" {currency}"}.get(kind, "")


def _falls(equity: Sequence[float]) -> list[float]:
    peak, falls = 0.0, list[float]()
    for value in equity:
        peak = max(peak, value)
        falls.append(value / peak - 1 if peak > 0 else 0.0)
    return falls


def _line(values: Sequence[float | None], low: float, high: float, height: int) -> str:
    """Points of a polyline, the highest at the top."""
    span, last = (high - low) or 1.0, max(1, len(values) - 1)
    points = [
        f"{at * _WIDTH / last:.1f},{(high - value) / span * height:.1f}"
        for at, value in enumerate(values)
        if value is not None
    ]
    return " ".join(points)


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
