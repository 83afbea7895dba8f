"""What is held of one symbol in one account, lot by lot, and the trades that came of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from treadle.packs.trading.accounting import Holding, assets_of
from treadle.service.bots.fill import RecordedFill

ZERO = Decimal(0)
MOST_RUNS = 20
"""Runs that a trade names; of one that came of more, the first and the last."""


@dataclass(slots=True)
class Lot:
    """A part of what is held: how much, since when, and which run entered it."""

    quantity: Decimal
    at: datetime
    run: str | None


@dataclass(slots=True)
class Trade:
    """A round trip: what one order closed of what was held, and how that had been entered. `entry` is the average
    price of what was held then, `exit` that of the order. `profit` is after `fees`, both in `currency`."""

    number: int
    group: str
    symbol: str
    currency: str
    side: str
    order: str
    quantity: Decimal
    entry: Decimal
    exit: Decimal
    profit: Decimal
    fees: Decimal
    opened_at: datetime
    closed_at: datetime
    runs: list[str]

    @property
    def is_won(self) -> bool:
        return self.profit > 0

    @property
    def held(self) -> timedelta:
        return self.closed_at - self.opened_at

    @property
    def share(self) -> Decimal | None:
        """The profit as a share of what was put in."""
        cost = self.entry * self.quantity
        return self.profit / abs(cost) if cost else None

    def merge(self, other: Trade) -> None:
        """Take in another part of what the same order closed."""
        whole = self.quantity + other.quantity
        self.entry = (self.entry * self.quantity + other.entry * other.quantity) / whole
        self.exit = (self.exit * self.quantity + other.exit * other.quantity) / whole
        self.quantity = whole
        self.profit += other.profit
        self.fees += other.fees
        self.opened_at = min(self.opened_at, other.opened_at)
        self.closed_at = other.closed_at
        self.runs = join_runs(self.runs, other.runs)


@dataclass(slots=True)
class Held:
    """What is held of a symbol: its account is kept by `Holding`; here is when it was entered, and by which runs. Lots
    are closed in the order in which they were entered."""

    group: str
    symbol: str
    account: Holding
    lots: deque[Lot] = field(default_factory=deque[Lot])
    in_lots: Decimal = ZERO
    last: RecordedFill | None = None

    @property
    def currency(self) -> str:
        return assets_of(self.symbol)[1]

    @property
    def quantity(self) -> Decimal:
        """Below zero where it is short."""
        return self.account.quantity

    @property
    def opened_at(self) -> datetime | None:
        return self.lots[0].at if self.lots else None

    @property
    def runs(self) -> list[str]:
        """Those that entered it."""
        return join_runs([lot.run for lot in self.lots if lot.run is not None], [])

    def take(self, recorded: RecordedFill) -> Trade | None:
        """Count one more fill, the newest of the symbol; the trade, if it closed something (its number is 0)."""
        self.last = recorded
        before, average = self.account.quantity, self.account.average
        traded = self.account.take(recorded.fill)
        trade = None
        if traded.closed:
            opened_at, runs = self._leave(traded.closed, recorded.at)
            trade = Trade(
                number=0,
                group=self.group,
                symbol=self.symbol,
                currency=self.currency,
                side="long" if before > 0 else "short",
                order=recorded.fill.client_id,
                quantity=traded.closed,
                entry=average or ZERO,
                exit=recorded.fill.price,
                profit=traded.profit,
                fees=traded.gross - traded.profit,
                opened_at=opened_at,
                closed_at=recorded.at,
                runs=join_runs(runs, [] if recorded.run is None else [recorded.run]),
            )
        entered = abs(self.account.quantity) - self.in_lots
        if not self.account.quantity:
            self.lots.clear()
            self.in_lots = ZERO
        elif entered > 0:
            self.lots.append(Lot(entered, recorded.at, recorded.run))
            self.in_lots += entered
        return trade

    def _leave(self, closed: Decimal, at: datetime) -> tuple[datetime, list[str]]:
        """When what is closed was entered, and by whom."""
        opened_at, runs, left = self.opened_at or at, list[str](), closed
        while left > 0 and self.lots:
            lot = self.lots[0]
            part = min(left, lot.quantity)
            if lot.run is not None:
                runs.append(lot.run)
            left -= part
            lot.quantity -= part
            self.in_lots -= part
            if not lot.quantity:
                self.lots.popleft()
        return opened_at, runs


def join_runs(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """Each once, in their order; of too many the first and the last."""
    runs = list(dict.fromkeys([*one, *other]))
    return runs if len(runs) <= MOST_RUNS else [*runs[: MOST_RUNS // 2], *runs[-MOST_RUNS // 2 :]]
