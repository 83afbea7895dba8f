"""A backtest in a list: what it was, how far it is, and its figures."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from treadle.server.paging import Page
from treadle.server.remedies import for_api

Kind = Literal["backtest", "sweep", "walk_forward", "monte_carlo"]
State = Literal["queued", "running", "completed", "failed", "cancelled"]
Number = float | int | None
Figures = dict[str, Number]
Remedy = Annotated[str | None, AfterValidator(lambda said: None if said is None else for_api(said))]
"""What to do, for whoever asks over HTTP."""


class BacktestIssue(BaseModel):
    """One of the things that are wrong."""

    code: str
    message: str
    path: str | None = None
    node: str | None = None
    remedy: Remedy = None
    severity: str = "error"


class BacktestError(BaseModel):
    """Why there is no result."""

    code: str
    message: str
    remedy: Remedy = None
    issues: list[BacktestIssue] = []


class BacktestSummary(BaseModel):
    """A backtest, without its series."""

    id: str
    workflow: str
    version: str | None = Field(description="Null: what was tested is no version.")
    title: str
    kind: Kind
    state: State
    progress: float = Field(description="From 0 to 1.")
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    seconds: float | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    bars: int | None = None
    timeframe: str | None = None
    symbols: list[str] = []
    currency: str | None = None
    way: str | None = Field(default=None, description="`engine` or `compiled`: the same result, not as quickly.")
    variants: int = Field(default=1, description="How many were tried in it.")
    figures: Figures = Field(
        default={},
        description="Rates as shares: 0.1 is 10 %. `exposure` is the share of the account that was at stake on "
        "average, `time_in_market` the share of the time in which anything was.",
    )
    spark: list[float] = Field(default=[], description="The course of its equity, in a few points.")
    error: BacktestError | None = None
    started_by: str | None = Field(default=None, description="A user's name; null: this machine.")


class BacktestPage(Page[BacktestSummary]):
    """Backtests, the newest first."""
