"""What to know before believing a result."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is for programs, `message` for people. An `error` says that the result is worth nothing."""

    code: str
    message: str
    severity: Severity = "warning"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)
