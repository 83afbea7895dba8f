"""A run, what became of its nodes, and the result that every surface returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from treadle.model.breakpoints import Breakpoints
from treadle.model.ids import RunId
from treadle.model.policy import Mode

RunStatus = Literal["queued", "running", "suspended", "completed", "failed", "cancelled"]
NodeStatus = Literal["running", "waiting", "paused", "completed", "failed", "skipped", "cancelled", "in_doubt"]

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
class Origin:
    """Where a run came from, when it is not simply started.

    `parent_path` is the node of the parent run that started it, `depth` how many parents it has above it. A fork was
    made `forked_from` another run at the node `forked_at`. `moved_from` is the version it was moved away from last.
    `lane_limit` is how many runs of its lane may be under way. `profiles` are the names of the credentials it is bound
    to. Its timeout counts from `deadline_from` (ISO time) where it was taken up again after it had failed.
    A `detached` child is one that its parent does not wait for. `trace` is the trace (`traceparent`) that it began in.
    `hops` and `handles`: see `treadle.model.published`. It may take `most_seconds`, whatever its workflow says. It is
    on the `account` of a user: whoever owned its workflow when it began, or else started or deployed it; None: nobody.
    A test that may be debugged has the `breakpoints` that it began with. A child is done for the `deployment` of the
    run at the top.
    """

    parent_path: str | None = None
    depth: int = 0
    forked_from: str | None = None
    forked_at: str | None = None
    moved_from: str | None = None
    lane_limit: int | None = None
    profiles: tuple[str, ...] = ()
    deadline_from: str | None = None
    detached: bool = False
    trace: str | None = None
    most_seconds: float | None = None
    hops: int = 0
    handles: bool = False
    account: str | None = None
    breakpoints: Breakpoints | None = None
    deployment: str | None = None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as the store keeps it. Times are aware UTC; `wake_at` is when a suspended or queued run is due.

    A `queued` run is accepted and waits until its `lane` has room. `due_at` is the fire time it was started for.
    `counters` are what its nodes counted. `dismissed_at` is when a person put a failed run aside.
    """

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
    parent: RunId | None = None
    origin: Origin | None = None
    lane: str | None = None
    due_at: datetime | None = None
    counters: Mapping[str, float] = field(default_factory=dict[str, float])
    dismissed_at: datetime | None = None


def deployment_of(run: RunRecord) -> str | None:
    """The deployment that a run is done for: its own, or that of the run which called it."""
    return run.deployment or (None if run.origin is None else run.origin.deployment)


class NodeResult(NamedTuple):
    """What became of one node in one scope. `outputs` holds the live ports only. `duration_ms` is how long it took from
    its first attempt on, what it waited in between included."""

    status: NodeStatus
    outputs: Mapping[str, Any] = _NO_OUTPUTS
    attempts: int = 0
    duration_ms: float = 0.0
    error: Failure | None = None
    finished_at: datetime | None = None
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
