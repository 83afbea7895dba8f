"""A signal: something that one waiting node is told from outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from treadle.model.ids import RunId


@dataclass(frozen=True, slots=True)
class Signal:
    """`key` says whom it is about (an order, a lead); `run_id`, when given, is the only run it is meant for.

    `at` (aware UTC) is when it was sent. One waiting node takes it; until then it is kept.
    """

    id: str
    name: str
    key: str = ""
    payload: Any = None
    run_id: RunId | None = None
    at: datetime | None = None
