"""What a backtest is made of: its equity, its trades, its bars, and what stood on the wires."""

from __future__ import annotations

from pydantic import BaseModel, Field

from treadle.server.models.bots import Trade
from treadle.server.models.runs import Values
from treadle.server.paging import Page


class EquityCurve(BaseModel):
    """Point by point, as columns."""

    at: list[int]
    equity: list[float]
    drawdown: list[float] = Field(description="As a share below the highest so far: 0.1 is 10 % below.")
    price: list[float | None] = Field(description="Of the first market.")
    exposure: list[float | None] = Field(description="What was held, as a share of the equity.")


class BacktestTrade(Trade):
    """A trade, with how it went between and why it was made."""

    mae: str | None = Field(description="How far it was down at worst, in its currency: 0 or less.")
    mfe: str | None = Field(description="How far it was up at best: 0 or more.")
    mae_share: float | None = Field(description="Of what was put in.")
    mfe_share: float | None = None
    bar_in: int | None = Field(description="The bar (its time) in which it was entered.")
    bar_out: int | None = None
    decided_at: int | None = Field(description="When the run was that entered it: for `values`.")
    left_at: int | None = Field(description="When the run was that closed it; null: the venue did.")
    decided: dict[str, Values] = Field(description="What stood on the wires then, by node and port.")


class BacktestTradePage(Page[BacktestTrade]):
    """Trades, in the order that was asked for."""


class Pane(BaseModel):
    """An indicator, bar by bar. `overlay`: it is of the unit of the price."""

    node: str
    port: str
    title: str
    values: list[float | None]
    overlay: bool


class Candles(BaseModel):
    """Bars as columns, and what indicators made of them."""

    symbol: str
    timeframe: str
    every: int = Field(description="So many bars are joined to one.")
    time: list[int]
    open: list[float]
    high: list[float]
    low: list[float]
    close: list[float]
    volume: list[float]
    panes: list[Pane]


class WireValues(BaseModel):
    """What stood on the wires in the last run at or before a time."""

    at: int
    before: int | None = Field(description="When the run before it was.")
    after: int | None
    nodes: dict[str, Values] = Field(description="By node and port; what was not live is not there.")
