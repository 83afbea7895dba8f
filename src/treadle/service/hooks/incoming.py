"""A request as hooks see it, and what it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_KEPT_BACK = frozenset(
    {
        "authorization",
        "cookie",
        "proxy-authorization",
        "webhook-signature",
        "x-hub-signature",
        "x-hub-signature-256",
        "x-token",
        "x-api-key",
        "x-treadle-csrf",
    }
)
"""Headers that show who somebody is: no run is given them, so nothing can store or repeat them."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """`headers` by name in small letters; `body` as it was read, `raw` as it came."""

    method: str
    path: Mapping[str, str]
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    raw: bytes = b""
    body: Any = None
    address: str | None = None
    hash: str | None = None

    def payload(self) -> dict[str, Any]:
        """What the trigger brings to its run."""
        return {
            "body": self.body,
            "query": dict(self.query),
            "headers": {name: value for name, value in self.headers.items() if name not in _KEPT_BACK},
            "method": self.method,
            "path": dict(self.path),
            "hash": self.hash,
        }


@dataclass(frozen=True, slots=True)
class Reply:
    """`run_id` is the run that it is about. With `plain`, a body that is text is sent as it is; all else is JSON."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    run_id: str | None = None
    plain: bool = False
