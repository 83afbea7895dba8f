"""What a deployment that trades came to, as the API shows it. Amounts are text: exact decimals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from treadle.model.record import Record
from treadle.server.paging import Page
from treadle.service.bots import figures as service
from treadle.service.bots import holding
from treadle.service.bots.figures import show
from treadle.service.bots.series import Point
from treadle.service.bots.trade_text import describe_trade
from treadle.store import run_days


class CurrencyFigures(BaseModel):
    """What the trades in one currency came to, after fees."""

    currency: str
    profit: str
    fees: str
    trades: int
    won: int
    lost: int
    win_rate: float | None
    profit_factor: float | None = Field(description="Gained for each that was lost; null before anything was lost.")
    mean_profit: str | None
    mean_held_s: float | None = Field(description="How long what was closed had been held, on average.")
    max_drawdown: str = Field(description="The deepest fall of the profit from where it was best.")


class BotFigures(CurrencyFigures):
    """What a bot came to, in the currency that most of its trades were in."""

    others: list[CurrencyFigures] = Field(description="Of trades in other currencies.")
    fills: int
    open_positions: int
    open_orders: int
    other_fees: dict[str, str] = Field(description="Paid in other assets: they are in no profit.")
    equity: str | None = Field(description="What its account was worth when a run last read it.")
    equity_currency: str
    max_drawdown_share: float | None = Field(description="The account's deepest fall from where it was highest.")
    first_at: datetime | None
    last_at: datetime | None
    unreadable: int = Field(description="Records that are no fills, and count for nothing.")
    spark: list[float] = Field(description="The course of its profit, in a few points.")

    @classmethod
    def of(cls, found: service.BotFigures) -> BotFigures:
        return cls(**found.to_dict())


class Trade(BaseModel):
    """A round trip: what one order closed of what was held, and how that had been entered."""

    number: int
    account: str
    symbol: str
    side: str = Field(description="`long` or `short`.")
    quantity: str
    entry: str = Field(description="The average price of what was held.")
    exit: str
    profit: str = Field(description="After fees.")
    fees: str
    currency: str
    share: float | None = Field(description="The profit as a share of what was put in.")
    opened_at: datetime
    closed_at: datetime
    held_s: float
    order: str = Field(description="The client id of the order that closed it.")
    runs: list[str] = Field(description="Those that entered it, then the one that closed it.")

    @classmethod
    def of(cls, found: holding.Trade) -> Trade:
        return cls(**describe_trade(found))


class TradePage(Page[Trade]):
    """Trades, the last that closed first."""


class Position(BaseModel):
    """What is held, as the deployment's own fills say."""

    account: str
    symbol: str
    quantity: str = Field(description="Below zero where it is short.")
    average: str | None = Field(description="What a unit was entered at.")
    cost: str
    currency: str
    last_price: str | None = Field(description="Of the last fill of the symbol.")
    realised: str = Field(description="What trades of the symbol have brought so far, after fees.")
    opened_at: datetime | None
    runs: list[str]

    @classmethod
    def of(cls, found: holding.Held) -> Position:
        account = found.account
        return cls(
            account=found.group,
            symbol=found.symbol,
            quantity=show(account.quantity),
            average=None if account.average is None else show(account.average),
            cost=show(account.cost),
            currency=found.currency,
            last_price=None if found.last is None else show(found.last.fill.price),
            realised=show(account.profit),
            opened_at=found.opened_at,
            runs=found.runs,
        )


class PositionList(BaseModel):
    """What is held, the oldest first."""

    items: list[Position]


class Order(BaseModel):
    """An order, as it was last heard of."""

    client_id: str
    id: str | None = Field(description="The venue's.")
    venue: str
    account: str
    symbol: str
    side: str
    kind: str
    quantity: str
    price: str | None
    stop_price: str | None
    stop_loss: str | None = Field(description="Where what it opens is closed with a loss.")
    take_profit: str | None = Field(description="Where what it opens is closed with a profit.")
    guarded: str | None = Field(
        description="Who keeps its stop-loss and take-profit, `venue` or `us`, as long as there is something to guard."
    )
    status: str = Field(description="`sending` and `unknown`: whether the venue has it is being asked.")
    is_open: bool
    filled: str
    average: str | None
    fee: str | None
    fee_asset: str | None
    reduce_only: bool
    order_group: str | None
    reason: str | None
    run: str | None
    path: str | None
    created_at: datetime | None
    updated_at: datetime | None

    @classmethod
    def of(cls, found: Record) -> Order:
        value = found.value
        text = {name: _text(value.get(name)) for name in _TEXTS}
        created = value.get("created_at") or found.at
        return cls(
            **text,
            client_id=str(value.get("client_id") or found.key),
            venue=str(value.get("venue") or ""),
            account=found.group,
            symbol=str(value.get("symbol") or ""),
            side=str(value.get("side") or ""),
            kind=str(value.get("kind") or ""),
            quantity=str(value.get("quantity") or "0"),
            status=str(value.get("status") or "unknown"),
            is_open=found.is_open,
            filled=str(value.get("filled") or "0"),
            reduce_only=bool(value.get("reduce_only")),
            created_at=created,
            updated_at=value.get("updated_at") or created,
        )


_TEXTS = (
    "id", "price", "stop_price", "stop_loss", "take_profit", "guarded", "average", "fee", "fee_asset", "order_group",
    "reason", "run", "path",
)  # fmt: skip


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


class OrderPage(Page[Order]):
    """Orders, the newest first."""


class SeriesPoint(BaseModel):
    at: datetime
    value: str

    @classmethod
    def of(cls, found: Point) -> SeriesPoint:
        return cls(at=found.at, value=show(found.value))


class EquitySeries(BaseModel):
    """The course of what a bot has made, and of what its account was worth where runs have read it."""

    currency: str
    profit: list[SeriesPoint]
    account_currency: str
    account: list[SeriesPoint]


class RunDay(BaseModel):
    """How many runs ended on a day, in UTC."""

    day: date
    completed: int
    failed: int
    cancelled: int

    @classmethod
    def of(cls, found: run_days.RunDay) -> RunDay:
        counts = found.counts
        return cls(
            day=found.day,
            completed=counts.get("completed", 0),
            failed=counts.get("failed", 0),
            cancelled=counts.get("cancelled", 0),
        )


class RunDayList(BaseModel):
    """Day by day, today last."""

    items: list[RunDay]
