"""`Fire`: what started a run, as a trigger node sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Fire:
    """`at` is when the trigger was due, `fired_at` when its run was started (both aware UTC; None: at `at`), `payload`
    what it brought, `input` the run's input."""

    at: datetime
    payload: Any = None
    input: Mapping[str, Any] = field(default_factory=dict[str, Any])
    user: str | None = None
    fired_at: datetime | None = None
