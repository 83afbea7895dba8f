"""What is at stake when a workflow runs live: a person confirms it, in these words, before it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from treadle.model.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Stake:
    """`name` is the profile that is spent from (the venue, where there is none), `provider` the venue, `limits` what
    keeps it in bounds."""

    name: str
    provider: str
    limits: Mapping[str, str] = field(default_factory=dict[str, str])

    def __str__(self) -> str:
        """`binance-main max_order_notional=500`"""
        limits = " ".join(f"{name}={value}" for name, value in sorted(self.limits.items()))
        return f"{self.name} {limits or 'without limits'}"


@dataclass(frozen=True, slots=True)
class Bound:
    """What a workflow is deployed with. `provider_of` tells what a profile is for."""

    profiles: Sequence[str] = ()
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    input: Mapping[str, Any] = field(default_factory=dict[str, Any])
    provider_of: Callable[[str], str | None] = lambda name: None

    def profile_of(self, provider: str) -> str | None:
        """The first that is of this provider."""
        return next((name for name in self.profiles if self.provider_of(name) == provider), None)


Stakes = Callable[[Workflow, Bound], Sequence[Stake]]
"""What the nodes of a workflow put at stake; the same stake may be told more than once."""
