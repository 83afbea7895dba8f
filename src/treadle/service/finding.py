"""What a look at an installation found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """`ok`, a `warning` (something optional is missing), or an `error` (runs will not work)."""

    subject: str
    text: str
    status: Literal["ok", "warning", "error"] = "ok"
    remedy: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {"subject": self.subject, "status": self.status, "text": self.text, "remedy": self.remedy}
