"""What driving a run comes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from treadle.model.run import ExecutionResult


@dataclass(frozen=True, slots=True)
class Done:
    """The run finished; its result is durable."""

    result: ExecutionResult


@dataclass(frozen=True, slots=True)
class Suspended:
    """Nothing can proceed before `until` (aware UTC; None: not by time), one of `signals`, or a person's answer."""

    result: ExecutionResult
    until: datetime | None
    signals: tuple[str, ...] = ()


Outcome = Done | Suspended
