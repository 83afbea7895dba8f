"""A `Context` for tests of effects: everything it is told is kept, its state is a dict, its clock is set by
hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from treadle.node import Permissions


class FakeState:
    """State in memory. Claims are remembered for good, or for their window by the context's clock."""

    def __init__(self, context: FakeContext) -> None:
        self.values: dict[tuple[str, str], Any] = {}
        self.claims: dict[tuple[str, str], datetime] = {}
        self._context = context

    async def get(self, key: str, *, scope: str = "deployment", default: Any = None) -> Any:
        return self.values.get((scope, key), default)

    async def set(self, key: str, value: Any, *, scope: str = "deployment") -> None:
        self.values[scope, key] = value

    async def increment(self, key: str, by: float = 1, *, scope: str = "deployment") -> float:
        self.values[scope, key] = self.values.get((scope, key), 0) + by
        return self.values[scope, key]

    async def claim(self, key: str, *, window: float | None, scope: str = "deployment") -> bool:
        now = self._context.clock
        claimed = self.claims.get((scope, key))
        if claimed is not None and (window is None or (now - claimed).total_seconds() < window):
            return False
        self.claims[scope, key] = now
        return True


class FakeRecords:
    """Records in memory."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], tuple[dict[str, Any], str, bool]] = {}

    async def put(
        self,
        kind: str,
        key: str,
        value: Any,
        *,
        group: str = "",
        is_open: bool = False,
        later: Any = None,
        turn: Any = None,
    ) -> None:
        self.values[kind, key] = dict(value), group, is_open

    async def write(self) -> None:
        pass

    async def get(self, kind: str, key: str) -> dict[str, Any] | None:
        found = self.values.get((kind, key))
        return None if found is None else dict(found[0])

    async def list(self, kind: str, *, group: str | None = None, open_only: bool = False, **_: Any) -> list[Any]:
        return [
            dict(value)
            for (other, _key), (value, whose, is_open) in self.values.items()
            if other == kind and group in (None, whose) and (is_open or not open_only)
        ]


@dataclass
class FakeContext:
    """Give resources as `resources={Kind: instance}`; others are made at first use."""

    permissions: Permissions = field(default_factory=Permissions)
    idempotency_key: str = "key-1"
    run_id: str = "r0000000000000000000a"
    workflow: str = "test"
    path: str = "node"
    attempt: int = 1
    mode: Literal["live", "paper", "test"] = "live"
    clock: datetime = datetime(2024, 5, 1, 12, tzinfo=UTC)
    resources: dict[type, Any] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    logged: list[tuple[str, str]] = field(default_factory=list)
    counted: dict[str, float] = field(default_factory=dict)
    trace: dict[str, str] = field(default_factory=dict)
    deployment: str | None = None
    profiles: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.records = FakeRecords()
        self.state = FakeState(self)
        self.started_at = self.clock

    @property
    def node_id(self) -> str:
        return self.path.rpartition("/")[2]

    def profile(self, name: str | None, *, provider: str | None = None) -> dict[str, str]:
        return self.profiles.get(name or provider or "", {})

    def now(self) -> datetime:
        return self.clock

    async def sleep_until(self, at: datetime) -> None:
        self.clock = max(self.clock, at)

    def resource(self, kind: type[Any]) -> Any:
        if kind not in self.resources:
            self.resources[kind] = kind(self.permissions)
        return self.resources[kind]

    def log(self, message: str, *, level: str = "info", **data: Any) -> None:
        self.logged.append((level, message))

    def count(self, name: str, by: float = 1) -> None:
        self.counted[name] = self.counted.get(name, 0) + by

    def progress(self, share: float | None = None, message: str = "") -> None:
        self.logged.append(("progress", message))

    def stream(self, text: str) -> None:
        self.logged.append(("stream", text))

    def trace_headers(self) -> dict[str, str]:
        return dict(self.trace)

    def redact(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, "[secret]")
        return text

    async def aclose(self) -> None:
        for resource in self.resources.values():
            await resource.aclose()
