"""What a bot came to, in a few figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from treadle.service.bots.book import Book, Totals
from treadle.service.bots.books import Ledger
from treadle.service.bots.holding import ZERO
from treadle.service.bots.series import Point, profit_series, thin

SPARK = 48
"""Points of the small curve."""


@dataclass(frozen=True, slots=True)
class CurrencyFigures:
    """What the trades in one currency came to, after fees. `fees` are all that were paid, those for what is still open
    too; `max_drawdown` is the deepest fall of the profit."""

    currency: str
    profit: Decimal
    fees: Decimal
    trades: int
    won: int
    win_rate: float | None
    profit_factor: float | None
    mean_profit: Decimal | None
    mean_held: timedelta | None
    max_drawdown: Decimal

    def to_dict(self) -> dict[str, Any]:
        return {
            "currency": self.currency,
            "profit": show(self.profit),
            "fees": show(self.fees),
            "trades": self.trades,
            "won": self.won,
            "lost": self.trades - self.won,
            "win_rate": None if self.win_rate is None else round(self.win_rate, 6),
            "profit_factor": None if self.profit_factor is None else round(self.profit_factor, 4),
            "mean_profit": None if self.mean_profit is None else show(self.mean_profit),
            "mean_held_s": None if self.mean_held is None else round(self.mean_held.total_seconds(), 3),
            "max_drawdown": show(self.max_drawdown),
        }


@dataclass(frozen=True, slots=True)
class BotFigures:
    """`main` is of the currency that most trades were in, `others` of the rest. `equity` is what its accounts were
    worth together when they were last read, `max_drawdown_share` the deepest fall of that from where it was highest;
    None where no run reads it.
    """

    main: CurrencyFigures
    others: Sequence[CurrencyFigures]
    fills: int
    open_positions: int
    open_orders: int
    other_fees: dict[str, Decimal]
    equity: Decimal | None
    equity_currency: str
    max_drawdown_share: float | None
    first_at: datetime | None
    last_at: datetime | None
    unreadable: int
    spark: Sequence[Point]
    has_dealt: bool
    """Whether it has ever asked for anything."""

    def to_dict(self) -> dict[str, Any]:
        return {
            **self.main.to_dict(),
            "others": [one.to_dict() for one in self.others],
            "fills": self.fills,
            "open_positions": self.open_positions,
            "open_orders": self.open_orders,
            "other_fees": {asset: show(amount) for asset, amount in sorted(self.other_fees.items())},
            "equity": None if self.equity is None else show(self.equity),
            "equity_currency": self.equity_currency,
            "max_drawdown_share": None if self.max_drawdown_share is None else round(self.max_drawdown_share, 6),
            "first_at": self.first_at,
            "last_at": self.last_at,
            "unreadable": self.unreadable,
            "spark": [float(point.value) for point in self.spark],
        }


def figures_of(ledger: Ledger) -> BotFigures:
    book, account = ledger.book, ledger.account
    main = book.main
    return BotFigures(
        main=_of(book, main),
        others=[_of(book, one) for one in book.totals.values() if one is not main],
        fills=book.fills,
        open_positions=len(book.open),
        open_orders=0,
        other_fees=dict(book.other_fees),
        equity=account.points[-1].value if account and account.points else None,
        equity_currency=account.currency if account else "",
        max_drawdown_share=account.fall_share if account and account.points else None,
        first_at=book.first_at,
        last_at=book.last_at,
        unreadable=ledger.unreadable,
        spark=_spark(book, main.currency),
        has_dealt=book.fills > 0,
    )


def _of(book: Book, totals: Totals) -> CurrencyFigures:
    entered = (one.account.entry_fees for one in book.open if one.currency == totals.currency)
    return CurrencyFigures(
        currency=totals.currency,
        profit=totals.profit,
        fees=sum(entered, totals.fees),
        trades=totals.trades,
        won=totals.won,
        win_rate=totals.win_rate,
        profit_factor=totals.profit_factor,
        mean_profit=totals.mean_profit,
        mean_held=totals.mean_held,
        max_drawdown=totals.drawdown,
    )


def _spark(book: Book, currency: str) -> list[Point]:
    """Of the last thousand trades, so that it is drawn as quickly for a bot of many."""
    points = profit_series(book.trades[-1000:], currency)
    if not points:
        return []
    before = book.totals[currency].profit - points[-1].value
    start = Point(points[0].at, ZERO)
    return thin([Point(at, value + before) for at, value in [start, *points]], SPARK)


def show(value: Decimal) -> str:
    """Exact, without zeros at its end and without an exponent; what was divided, to 12 places."""
    exponent = value.as_tuple().exponent
    shown = round(value, 12) if isinstance(exponent, int) and exponent < -12 else value
    text = f"{shown:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
