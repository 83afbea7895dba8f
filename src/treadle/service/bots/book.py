"""The book of a bot: its fills, counted one after the other into trades, positions and totals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from treadle.packs.trading.accounting import Holding
from treadle.service.bots.fill import RecordedFill
from treadle.service.bots.holding import ZERO, Held, Trade


@dataclass(slots=True)
class Totals:
    """What the trades in one currency came to. `drawdown` is the deepest fall of the profit from where it was best."""

    currency: str
    profit: Decimal = ZERO
    fees: Decimal = ZERO
    trades: int = 0
    won: int = 0
    gained: Decimal = ZERO
    lost: Decimal = ZERO
    held: timedelta = timedelta()
    peak: Decimal = ZERO
    drawdown: Decimal = ZERO

    @property
    def win_rate(self) -> float | None:
        return self.won / self.trades if self.trades else None

    @property
    def profit_factor(self) -> float | None:
        """What was gained for each that was lost; None before anything was lost."""
        return float(self.gained / self.lost) if self.lost else None

    @property
    def mean_profit(self) -> Decimal | None:
        return self.profit / self.trades if self.trades else None

    @property
    def mean_held(self) -> timedelta | None:
        return self.held / self.trades if self.trades else None

    def count(self, trade: Trade) -> None:
        self._add(trade, 1)
        self.peak = max(self.peak, self.profit)
        self.drawdown = max(self.drawdown, self.peak - self.profit)

    def uncount(self, trade: Trade) -> None:
        """Of one that grows: it is counted again in full."""
        self._add(trade, -1)

    def _add(self, trade: Trade, sign: int) -> None:
        self.trades += sign
        self.profit += sign * trade.profit
        self.fees += sign * trade.fees
        self.held += sign * trade.held
        if trade.is_won:
            self.won += sign
            self.gained += sign * trade.profit
        else:
            self.lost -= sign * trade.profit


@dataclass(slots=True)
class Book:
    """Fills are taken in the order of their places; `is_late` says of one that it comes after its turn, and then all
    have to be counted anew."""

    trades: list[Trade] = field(default_factory=list[Trade])
    totals: dict[str, Totals] = field(default_factory=dict[str, Totals])
    holdings: dict[tuple[str, str], Held] = field(default_factory=dict[tuple[str, str], Held])
    other_fees: dict[str, Decimal] = field(default_factory=dict[str, Decimal])
    """Paid in an asset that is neither: they are in no profit."""
    fills: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None

    @property
    def main(self) -> Totals:
        """Of the currency that most trades were in."""
        return max(self.totals.values(), key=lambda one: one.trades, default=Totals(self._currency()))

    @property
    def open(self) -> list[Held]:
        return [one for one in self.holdings.values() if one.quantity]

    def is_late(self, fill: RecordedFill) -> bool:
        holding = self.holdings.get((fill.group, fill.symbol))
        return holding is not None and holding.last is not None and fill.place < holding.last.place

    def take(self, fill: RecordedFill) -> None:
        self.fills += 1
        self.first_at = fill.at if self.first_at is None else min(self.first_at, fill.at)
        self.last_at = fill.at if self.last_at is None else max(self.last_at, fill.at)
        if fill.other_fee:
            asset = fill.fill.fee_asset
            self.other_fees[asset] = self.other_fees.get(asset, ZERO) + fill.other_fee
        key = (fill.group, fill.symbol)
        holding = self.holdings.get(key)
        if holding is None:
            holding = self.holdings[key] = Held(*key, Holding(fill.symbol))
        before = holding.last
        closed = holding.take(fill)
        if closed is None:
            return
        totals = self.totals.setdefault(closed.currency, Totals(closed.currency))
        grown = self._grows(closed, before)
        if grown is None:
            closed.number = len(self.trades) + 1
            self.trades.append(closed)
            totals.count(closed)
        else:
            totals.uncount(grown)
            grown.merge(closed)
            totals.count(grown)

    def _grows(self, closed: Trade, before: RecordedFill | None) -> Trade | None:
        """The trade that this is one more part of: what the same order closed just before, fill by fill."""
        if before is None or before.fill.client_id != closed.order:
            return None
        for trade in reversed(self.trades[-20:]):
            if (trade.group, trade.symbol) == (closed.group, closed.symbol):
                return trade if (trade.order, trade.side) == (closed.order, closed.side) else None
        return None

    def _currency(self) -> str:
        return next((one.currency for one in self.holdings.values()), "")


def keep_book(fills: Iterable[RecordedFill]) -> Book:
    """All of them, in whatever order they come."""
    book = Book()
    for fill in sorted(fills, key=lambda one: one.place):
        book.take(fill)
    return book
