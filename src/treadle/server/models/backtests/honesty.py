"""What speaks against a backtest, and how it was worked out."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Finding(BaseModel):
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
    findings: list[Finding] = []


class Explained(BaseModel):
    """How a node was worked out, and why so."""

    node: str
    part: str = Field(description="`column`, `stepped` or `engine`.")
    why: str
    bars: int | None = Field(default=None, description="At how many bars.")


class Explanation(BaseModel):
    way: str
    nodes: list[Explained] = []
