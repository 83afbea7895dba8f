"""A run, what became of its nodes, and the result that every surface returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from treadle.model.ids import RunId
from treadle.model.policy import Mode

RunStatus = Literal["running", "suspended", "completed", "failed", "cancelled"]
NodeStatus = Literal["running", "waiting", "completed", "failed", "skipped", "cancelled", "in_doubt"]

_NO_OUTPUTS: Mapping[str, Any] = MappingProxyType({})

FINISHED: frozenset[str] = frozenset({"completed", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Failure:
    """What an `error` port carries and a failed run shows. `type` is the error's code or class."""

    type: str
    message: str
    node: str | None = None
    attempt: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def to_dict(self) -> dict[str, Any]:
        return {
            "type": self.type,
            "message": self.message,
            "node": self.node,
            "attempt": self.attempt,
            "details": dict(self.details),
        }


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as the store keeps it. Times are aware UTC; `wake_at` is when a suspended run is due."""

    id: RunId
    workflow: str
    version: str
    status: RunStatus = "running"
    mode: Mode = "live"
    input: Mapping[str, Any] = field(default_factory=dict[str, Any])
    trigger: str | None = None
    fired: Any = None
    deployment: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    epoch: int = 0
    created_at: datetime | None = None
    finished_at: datetime | None = None
    wake_at: datetime | None = None
    output: Any = None
    error: Failure | None = None
    cancel_requested: bool = False
    save: str = "all"
    retention: float | None = None


class NodeResult(NamedTuple):
    """What became of one node in one scope. `outputs` holds the live ports only."""

    status: NodeStatus
    outputs: Mapping[str, Any] = _NO_OUTPUTS
    attempts: int = 0
    duration_ms: float = 0.0
    error: Failure | None = None
    started_at: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        result: dict[str, Any] = {
            "status": self.status,
            "outputs": dict(self.outputs),
            "attempts": self.attempts,
            "duration_ms": self.duration_ms,
        }
        if self.error is not None:
            result["error"] = self.error.to_dict()
        return result


@dataclass(frozen=True, slots=True)
class ExecutionResult:
    """What a run came to. `nodes` is keyed by path (`each[2]/send`)."""

    run_id: RunId
    workflow: str
    version: str
    status: RunStatus
    output: Any = None
    error: Failure | None = None
    nodes: Mapping[str, NodeResult] = field(default_factory=dict[str, Any])
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def duration_ms(self) -> float | None:
        if self.started_at is None or self.finished_at is None:
            return None
        return round((self.finished_at - self.started_at).total_seconds() * 1000, 3)

    def to_dict(self) -> dict[str, Any]:
        """The object `treadle run --json` prints."""
        return {
            "run_id": self.run_id,
            "workflow": self.workflow,
            "version": self.version,
            "status": self.status,
            "output": self.output,
            "error": self.error.to_dict() if self.error else None,
            "nodes": {path: result.to_dict() for path, result in self.nodes.items()},
            "started_at": self.started_at.isoformat() if self.started_at else None,
            "finished_at": self.finished_at.isoformat() if self.finished_at else None,
            "duration_ms": self.duration_ms,
        }
