"""What a search came to: variants, windows, courses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from treadle.server.models.backtests.honesty import Finding
from treadle.server.models.backtests.summary import Figures
from treadle.server.models.runs import Values


class SweptParameter(BaseModel):
    name: str
    values: list[Any]


class VariantError(BaseModel):
    code: str
    message: str


class SweepRow(BaseModel):
    values: Values
    figures: Figures
    error: VariantError | None = None


class Neighbours(BaseModel):
    """What lies one step away from the best."""

    mean: float | None
    count: int
    plateau: int | None = Field(description="The row that is best together with those around it.")


class Sweep(BaseModel):
    """Every variant, in the order in which they were tried."""

    parameters: list[SweptParameter]
    metric: str
    method: str
    seed: int = 0
    rows: list[SweepRow]
    best: int | None = Field(description="Its place among the rows; null: none has the metric.")
    trials: int
    skipped: int = Field(default=0, description="Combinations that do not go together, and were not tried.")
    failed: int = 0
    deflated_sharpe: float | None = Field(
        description="How likely it is that the best is more than the best of so many would be by luck."
    )
    probabilistic_sharpe: float | None = None
    expected_best_sharpe: float | None = Field(default=None, description="By luck alone, a year.")
    neighbours: Neighbours | None = None
    cancelled: bool = False
    warnings: list[Finding] = []


class Span(BaseModel):
    begins: datetime
    ends: datetime


class Window(BaseModel):
    """What was best over one stretch, and what it did over the next."""

    train: Span
    test: Span
    chosen: Values | None = Field(description="Null: nothing could be chosen, and nothing was traded.")
    train_figures: Figures
    test_figures: Figures
    trials: int = 0
    deflated_sharpe: float | None = None
    error: VariantError | None = None


class Stitched(BaseModel):
    at: list[int]
    equity: list[float]


class WalkForward(BaseModel):
    """What was chosen in each window, and what it did in the time after."""

    windows: list[Window]
    metric: str | None = None
    parameters: list[SweptParameter] = []
    anchored: bool = False
    stitched: Stitched
    figures: Figures
    efficiency: float | None = Field(description="What was made out of sample, as a share of what was in it.")


class Fan(BaseModel):
    at: list[int]
    p5: list[float]
    p25: list[float]
    p50: list[float]
    p75: list[float]
    p95: list[float]


class Quantiles(BaseModel):
    p5: float | None
    p25: float | None = None
    p50: float | None
    p75: float | None = None
    p95: float | None
    mean: float | None = None


class MonteCarlo(BaseModel):
    """What might as well have come of the same trades, or the same returns."""

    count: int
    method: str
    fan: Fan
    figures: dict[str, Quantiles]
    actual: Figures = Field(default={}, description="What did come of it.")
    ruin: float | None = Field(description="The share of courses that fell to `ruin_at` of what they began with.")
    ruin_at: float | None = None
    loss: float | None = Field(default=None, description="The share of courses that lost something.")
    seed: int = 0
