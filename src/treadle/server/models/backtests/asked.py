"""What somebody wants tested."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from treadle.server.models.runs import Name, Taken, Values

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
    spread: bool = Field(
        default=False, description="Every process of the store that drives runs tries variants, too: the same result."
    )


class StartedBacktest(BaseModel):
    """It is under way, or waits its turn."""

    id: str
