"""Policies of a node: retry, what a failure does, how connections join."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from treadle.model.duration import Duration
from treadle.model.rate import RateText

OnError = Literal["fail", "continue", "branch"]
Join = Literal["any", "all", "first"]
Save = Literal["all", "failures", "none"]
Mode = Literal["live", "paper", "test"]
InDoubt = Literal["ask", "repeat", "reconcile"]
Backoff = Literal["constant", "linear", "exponential"]


class Frozen(BaseModel):
    """Data that never changes and refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Retry(Frozen):
    """When and how a failed attempt is tried again (semantics 3.1)."""

    max_attempts: int = Field(default=3, ge=1, le=1000, description="Attempts in all, the first included.")
    delay: Duration = Field(default=1.0, description="Before the second attempt.")
    backoff: Backoff = Field(default="exponential", description="How the delay grows: constant, linear or exponential.")
    max_delay: Duration = Field(default=60.0, description="No delay is longer, unless the server's Retry-After asks.")
    jitter: bool = Field(default=True, description="Full jitter: each delay is drawn between zero and its length.")
    retry_on: tuple[str | int, ...] = Field(
        default=(),
        description="Which failures: HTTP statuses (429, 5xx), `timeout`, `connection`, or error types. "
        "Empty: all that may pass.",
    )

    def delay_before(self, attempt: int) -> float:
        """Seconds before `attempt` (2 is the first retry), without jitter."""
        step = attempt - 2
        factor = {"constant": 1.0, "linear": float(step + 1), "exponential": 2.0 ** min(step, 60)}[self.backoff]
        return min(self.delay * factor, self.max_delay)


class Settings(Frozen):
    """Settings of a whole workflow."""

    timeout: Duration | None = Field(default=None, description="The run fails when it takes longer, waiting included.")
    max_concurrency: int | None = Field(default=None, ge=1, description="Effects of one run under way at once.")
    on_failure: str | None = Field(default=None, description="The workflow started when a run fails.")
    retention: Duration | None = Field(default=None, description="How long finished runs are kept.")
    retry_budget: RateText | None = Field(
        default=None,
        description="Retries that all runs of the workflow may make together, such as `20 per 1m`. Once they are "
        "spent, a failure is final.",
    )
    save: Save = Field(default="all", description="Which runs are kept with all node results: all, failures or none.")
    fail_fast: bool = Field(default=False, description="A failure cancels siblings already running.")
