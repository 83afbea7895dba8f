"""Events: what happened, frozen, in the past tense. Watchers get them; nothing waits for a watcher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from treadle.model.ids import RunId
from treadle.model.run import Failure, RunStatus


@dataclass(frozen=True, slots=True)
class RunEvent:
    """`path` is the node's path (`each[2]/send`), or '' for the run itself. `at` is aware UTC."""

    run_id: RunId
    at: datetime
    path: str = ""


@dataclass(frozen=True, slots=True)
class RunStarted(RunEvent):
    workflow: str = ""
    version: str = ""
    deployment: str | None = None
    save: str = "all"


@dataclass(frozen=True, slots=True)
class RunFinished(RunEvent):
    status: RunStatus = "completed"
    output: Any = None
    error: Failure | None = None


@dataclass(frozen=True, slots=True)
class RunSuspended(RunEvent):
    until: datetime | None = None
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunResumed(RunEvent):
    """The run is driven again, after a suspension or after a crash (`recovered`)."""

    recovered: bool = False


@dataclass(frozen=True, slots=True)
class NodeStarted(RunEvent):
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class NodeCompleted(RunEvent):
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    duration_ms: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class NodeSkipped(RunEvent):
    pass


@dataclass(frozen=True, slots=True)
class NodeFailed(RunEvent):
    """The node failed for good; `error` says at which attempt."""

    error: Failure | None = None


@dataclass(frozen=True, slots=True)
class NodeRetried(RunEvent):
    """An attempt failed and another follows at `retry_at`."""

    error: Failure | None = None
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NodeWaited(RunEvent):
    """The node waits: `until` a time, for a `signal`, or (`in_doubt`) for a person."""

    until: datetime | None = None
    signal: str | None = None
    in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class NodePaused(RunEvent):
    """The run stopped before the node, at a breakpoint: what the node would get, and what the expressions in its config
    come to."""

    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    config: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class NodeContinued(RunEvent):
    """A person let the paused node go on, with `inputs` instead of those it had, or with `outputs` instead of it."""

    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    outputs: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class BreakpointsChanged(RunEvent):
    """The run stops before these `nodes` from now on; with `step`, before every node."""

    nodes: tuple[str, ...] = ()
    step: bool = False


@dataclass(frozen=True, slots=True)
class NodeCancelled(RunEvent):
    pass


@dataclass(frozen=True, slots=True)
class Logged(RunEvent):
    level: str = "info"
    message: str = ""
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Progressed(RunEvent):
    """`share` between 0 and 1, or None where the end is not known."""

    share: float | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Streamed(RunEvent):
    """A piece of text as it is made (tokens of a model, lines of a shell)."""

    text: str = ""
