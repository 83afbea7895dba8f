"""Who carries out variants: what a search asks of it, and what it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from treadle.simulation.luck import Moments

Variant = Mapping[str, Any]
"""Values by `node.field` or `input.name`."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A variant, carried out. `figures` are named as `BacktestResult.figures()` has them; `moments` are those of the
    returns of its equity from point to point. One that failed has an `error` (`{code, message}`), and no more."""

    figures: Mapping[str, Any]
    moments: Moments | None = None
    way: str = ""
    error: Mapping[str, str] | None = None


class Evaluator(Protocol):
    """Carries out variants of one backtest, on whatever it has. One that fails is told as such, and keeps no other
    from being carried out."""

    @property
    def batch(self) -> int:
        """How many it wants to be given at once, that nobody of its has to wait."""
        ...

    async def evaluate_many(self, variants: Sequence[Variant]) -> list[Evaluation]:
        """In the order of the variants."""
        ...

    async def over(self, since: datetime, until: datetime) -> Evaluator:
        """The same over another period, with what this one has; closing this one closes both."""
        ...

    async def aclose(self) -> None: ...
