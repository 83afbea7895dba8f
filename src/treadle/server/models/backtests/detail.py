"""One backtest with everything but its series, and two beside each other."""

from __future__ import annotations

from pydantic import BaseModel, Field

from treadle.server.models.backtests.honesty import Explanation, Finding, Honesty, OpenTrade
from treadle.server.models.backtests.summary import BacktestSummary, Number
from treadle.server.models.runs import Values


class Costs(BaseModel):
    """What trading cost, in the currency of the account. `net` is `gross` less fees and slippage."""

    gross: float | None = Field(description="What would have been made at the prices of the bars, without fees.")
    fees: float
    slippage: float | None = Field(description="Null: it cannot be told.")
    net: float | None
    buy_and_hold: float | None = Field(description="As a share.")
    turnover: float | None = Field(default=None, description="All that was bought and sold.")
    currency: str | None = None


class SpreadOver(BaseModel):
    """Variants that were tried as runs of the store, some in each."""

    runs: int
    here: int = Field(description="Of these, how many the process that searched took up itself.")


class BacktestDetail(BacktestSummary):
    """A backtest with everything but its series."""

    request: Values = Field(description="As it was asked for.")
    parts: list[str] = Field(description="Which of `equity`, `trades`, `candles`, `values`, `sweep` … there are.")
    warnings: list[Finding] = Field(default=[])
    honesty: Honesty | None = None
    explain: Explanation | None = None
    costs: Costs | None = None
    runs: dict[str, int] = Field(default={}, description="By what became of them.")
    fills: int | None = None
    open: list[OpenTrade] = Field(default=[])
    graph: Values | None = Field(default=None, description="The workflow as it was tested.")
    spread: SpreadOver | None = Field(default=None, description="Null: one process tried all.")


class ComparedFigure(BaseModel):
    name: str
    a: Number
    b: Number


class BacktestComparison(BaseModel):
    """Two of them, side by side."""

    a: BacktestSummary
    b: BacktestSummary
    differ: list[str] = Field(
        default=[],
        description="In what they are not of the same (period, bars, data, account, costs), in words: none of it says "
        "anything of the workflows.",
    )
    figures: list[ComparedFigure]
    same_fills_until: int | None = Field(description="The first fill that is not the same; null: all are.")
    trades_only_a: int
    trades_only_b: int
    trades_both: int
