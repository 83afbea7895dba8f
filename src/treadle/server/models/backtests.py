"""Backtests, as the API takes and shows them. Times inside series are whole milliseconds since 1970, as in bars."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from treadle.server.models.bots import Trade
from treadle.server.models.runs import Name, Taken, Values
from treadle.server.paging import Page
from treadle.server.remedies import for_api

Kind = Literal["backtest", "sweep", "walk_forward", "monte_carlo"]
State = Literal["queued", "running", "completed", "failed", "cancelled"]
Number = float | int | None
Figures = dict[str, Number]
Whole = Annotated[int, Field(ge=1, le=1_000_000)]


class BarsGiven(Taken):
    """Where the bars of a market come from."""

    symbol: str = Field(default="*", min_length=1, max_length=100, description="`*`: whichever market is asked for.")
    source: str = Field(
        min_length=1, max_length=1000, description="A name of `GET /bars`, or a CSV or Parquet file of the workspace."
    )


class SweepParameter(Taken):
    """What is varied: `values`, or from `low` to `high` by `step`."""

    name: str = Field(min_length=3, max_length=200, description="`node.field`, or `input.name`.")
    values: list[Any] | None = Field(default=None, max_length=10_000)
    low: float | None = None
    high: float | None = None
    step: float | None = Field(default=None, gt=0)


class SweepGiven(Taken):
    """Variants of a workflow, and what is to be best of them."""

    parameters: list[SweepParameter] = Field(min_length=1, max_length=20)
    method: Literal["grid", "random", "bayesian"] = "grid"
    count: Whole | None = Field(default=None, description="How many variants; a grid has as many as it has.")
    metric: str = Field(default="sharpe", max_length=100, description="A figure; the highest is best.")
    seed: int = 0


class WalkForwardGiven(Taken):
    """Windows: each is tried out on its first part, and the best is tested on what follows."""

    train: str = Field(min_length=2, max_length=20, description="How long, such as `90d`.")
    test: str = Field(min_length=2, max_length=20)
    anchored: bool = Field(default=False, description="All first parts begin at the beginning.")
    sweep: SweepGiven | None = Field(default=None, description="Instead of the `sweep` of the whole request.")


class MonteCarloGiven(Taken):
    """How many courses are drawn, and of what."""

    count: Annotated[int, Field(ge=1, le=100_000)] = 1000
    method: Literal["trades", "paths"] = "trades"
    seed: int = 0


class StartBacktest(Taken):
    """What is tested, and over what. Without `sweep`, `walk_forward` and `monte_carlo` it is one test."""

    workflow: Name
    version: str | None = Field(
        default=None, max_length=100, description="A number, a digest, or `draft`; default: the latest."
    )
    graph: Values | None = Field(default=None, description="The workflow itself, which need not be stored.")
    data: list[BarsGiven] = Field(min_length=1, max_length=100)
    timeframe: str | None = Field(default=None, max_length=10, description="How long a bar is, where it does not tell.")
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    input: Values = Field(default={}, description="Of the workflow.")
    set: Values = Field(default={}, description="`node.field` to another setting.")
    paper: Values = Field(default={}, description="Of the account: `balance`, `fees`, `slippage` …")
    stubs: Values = Field(
        default={}, description="What an effect that is not done comes to: its output, or its outputs by port."
    )
    gaps: Literal["warn", "refuse", "allow"] = Field(default="warn", description="What becomes of missing bars.")
    way: Literal["auto", "engine", "compiled"] = "auto"
    sweep: SweepGiven | None = None
    walk_forward: WalkForwardGiven | None = None
    monte_carlo: MonteCarloGiven | None = None


class StartedBacktest(BaseModel):
    """It is under way, or waits its turn."""

    id: str


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
    figures: Figures = Field(default={}, description="Rates as shares: 0.1 is 10 %.")
    spark: list[float] = Field(default=[], description="The course of its equity, in a few points.")
    error: BacktestError | None = None
    started_by: str | None = Field(default=None, description="A user's name; null: this machine.")


class BacktestPage(Page[BacktestSummary]):
    """Backtests, the newest first."""


class Warned(BaseModel):
    """What to know before believing it."""

    code: str
    message: str
    severity: str = Field(description="`info`, `warning` or `error`.")


class LookAheadNode(BaseModel):
    """Whether a node's output over the first bars is what it is over all."""

    node: str
    looks_ahead: bool
    at: int | None = Field(default=None, description="The first bar (ms) at which it is not.")
    message: str | None = None


class LookAhead(BaseModel):
    """Every node whose output depends on bars alone, over several beginnings."""

    checked: bool
    found: list[str] = Field(description="Those that look ahead.")
    nodes: list[LookAheadNode] = []


class WarmUpNode(BaseModel):
    """How long a node had nothing to say, for want of bars."""

    node: str
    runs: int


class WarmUp(BaseModel):
    runs: int = Field(description="How many runs passed before every node had what it needs.")
    ends: int | None = Field(default=None, description="When that was (ms).")
    nodes: list[WarmUpNode] = []


class OpenTrade(BaseModel):
    symbol: str
    quantity: str


class Variants(BaseModel):
    """How many tries of this workflow over this market are kept, this one included."""

    here: int = Field(description="In this one.")
    before: int = Field(description="In those before it.")


class Honesty(BaseModel):
    """What speaks against a result, whatever it says."""

    look_ahead: LookAhead | None = None
    warm_up: WarmUp | None = None
    open_trades: list[OpenTrade] = []
    no_volume: int = Field(default=0, description="Bars in which nothing was traded.")
    variants: Variants | None = None
    findings: list[Warned] = []


class Explained(BaseModel):
    """How a node was worked out, and why so."""

    node: str
    part: str = Field(description="`column`, `stepped` or `engine`.")
    why: str
    bars: int | None = Field(default=None, description="At how many bars.")


class Explanation(BaseModel):
    way: str
    nodes: list[Explained] = []


class Costs(BaseModel):
    """What trading cost, in the currency of the account. `net` is `gross` less fees and slippage."""

    gross: float | None = Field(description="What would have been made at the prices of the bars, without fees.")
    fees: float
    slippage: float | None = Field(description="Null: it cannot be told.")
    net: float | None
    buy_and_hold: float | None = Field(description="As a share.")
    turnover: float | None = Field(default=None, description="All that was bought and sold.")
    currency: str | None = None


class BacktestDetail(BacktestSummary):
    """A backtest with everything but its series."""

    request: Values = Field(description="As it was asked for.")
    parts: list[str] = Field(description="Which of `equity`, `trades`, `candles`, `values`, `sweep` … there are.")
    warnings: list[Warned] = []
    honesty: Honesty | None = None
    explain: Explanation | None = None
    costs: Costs | None = None
    runs: dict[str, int] = Field(default={}, description="By what became of them.")
    fills: int | None = None
    open: list[OpenTrade] = []
    graph: Values | None = Field(default=None, description="The workflow as it was tested.")


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
    warnings: list[Warned] = []


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


class ComparedFigure(BaseModel):
    name: str
    a: Number
    b: Number


class BacktestComparison(BaseModel):
    """Two of them, side by side."""

    a: BacktestSummary
    b: BacktestSummary
    figures: list[ComparedFigure]
    same_fills_until: int | None = Field(description="The first fill that is not the same; null: all are.")
    trades_only_a: int
    trades_only_b: int
    trades_both: int
