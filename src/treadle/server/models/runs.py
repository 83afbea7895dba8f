"""Runs as the API shows them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from treadle.model import run as model
from treadle.model.policy import Mode
from treadle.model.run import NodeStatus, RunStatus
from treadle.server.models.waits import Breakpoints, RunWait
from treadle.server.paging import Page
from treadle.server.values import MOST_OF_A_NODE, MOST_OF_A_RUN, Budget, CutValue, plain
from treadle.service.moves import Candidate
from treadle.service.query import RunView
from treadle.service.timeline import TimelineLine
from treadle.store import run_listing
from treadle.store.run_queries import StoredLine

NODES_SHOWN = 500
"""Nodes that are shown with a run; more are read by their paths."""

Name = Annotated[str, Field(min_length=1, max_length=200)]
Values = dict[str, Any]
NO_CUTS: dict[str, CutValue] = {}


class Taken(BaseModel):
    """What a request brings: nothing that is not known."""

    model_config = ConfigDict(extra="forbid")


class Failure(BaseModel):
    """What a run or a node failed of."""

    type: str = Field(description="The code of the error, or its class.")
    message: str
    node: str | None = None
    attempt: int | None = None
    details: Values = {}

    @classmethod
    def of(cls, found: model.Failure | None) -> Failure | None:
        return None if found is None else cls.model_validate(plain(found.to_dict()))


class RunSummary(BaseModel):
    """A run, without its values."""

    id: str
    workflow: str
    version: str = Field(description="The digest of its version.")
    version_number: int | None = Field(default=None, description="Null: it is of no version that is kept.")
    status: RunStatus
    mode: Mode
    created_at: datetime
    finished_at: datetime | None = None
    duration_ms: float | None = None
    trigger: str | None = Field(default=None, description="The trigger node that fired.")
    deployment: str | None = None
    due_at: datetime | None = Field(default=None, description="The fire time it was started for.")
    wake_at: datetime | None = Field(default=None, description="When a waiting run goes on by itself.")
    error: Failure | None = None
    parent: str | None = Field(default=None, description="The run that started it.")
    forked_from: str | None = None
    counters: dict[str, float] = {}
    cancel_requested: bool = False
    dismissed_at: datetime | None = Field(default=None, description="When a failed run was put aside.")

    @classmethod
    def of(cls, run: run_listing.RunSummary) -> RunSummary:
        return cls(**_summary(run), version_number=run.number, forked_from=run.forked_from)


class RunPage(Page[RunSummary]):
    """Runs, newest first."""


class NodeResult(BaseModel):
    """What became of a node. `outputs` are its live ports; one that is too large is null and told in `cut`."""

    status: NodeStatus
    outputs: Values = {}
    attempts: int = 0
    duration_ms: float = Field(default=0.0, description="From its first attempt on, what it waited included.")
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error: Failure | None = None
    cut: dict[str, CutValue] = {}

    @classmethod
    def of(cls, found: model.NodeResult, budget: Budget, most: int = MOST_OF_A_NODE) -> NodeResult:
        cut: dict[str, CutValue] = {}
        return cls(
            status=found.status,
            outputs={port: budget.cut(port, value, cut, most) for port, value in found.outputs.items()},
            attempts=found.attempts,
            duration_ms=found.duration_ms,
            started_at=found.started_at or _began(found),
            finished_at=found.finished_at,
            error=Failure.of(found.error),
            cut=cut,
        )


class ExecutionResult(BaseModel):
    """What a run came to. `output` is whole; of `nodes` (by path: `each[2]/send`) at most 500 are shown."""

    run_id: str
    workflow: str
    version: str
    status: RunStatus
    output: Any = None
    error: Failure | None = None
    nodes: dict[str, NodeResult] = {}
    nodes_left_out: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    duration_ms: float | None = None

    @classmethod
    def of(cls, found: model.ExecutionResult) -> ExecutionResult:
        return cls(
            run_id=found.run_id,
            workflow=found.workflow,
            version=found.version,
            status=found.status,
            output=plain(found.output),
            error=Failure.of(found.error),
            **show_nodes(found),
            started_at=found.started_at,
            finished_at=found.finished_at,
            duration_ms=found.duration_ms,
        )


class Run(RunSummary):
    """A run with its values, what became of its nodes and what it waits for. What is too large is null and told in
    `cut`: read a node's at `/runs/{id}/nodes/{path}`, the output at `/runs/{id}/result`, what it was given at
    `/runs/{id}/input`."""

    input: Values = {}
    params: Values = {}
    fired: Any = Field(default=None, description="What its trigger brought.")
    output: Any = None
    profiles: list[str] = []
    forked_at: str | None = None
    moved_from: str | None = Field(default=None, description="The version it was moved away from last.")
    nodes: dict[str, NodeResult] = {}
    nodes_left_out: int = 0
    waits: list[RunWait] = []
    debug: Breakpoints | None = Field(default=None, description="Null: it cannot be debugged.")
    cut: dict[str, CutValue] = {}

    @classmethod
    def of_view(cls, view: RunView, budget: Budget | None = None) -> Run:
        budget, cut, run = budget or Budget(), dict[str, CutValue](), view.run
        origin = run.origin or model.Origin()
        return cls(
            **_summary(run),
            version_number=view.number,
            forked_from=origin.forked_from,
            input={name: budget.cut(f"input.{name}", value, cut, MOST_OF_A_RUN) for name, value in run.input.items()},
            params={
                name: budget.cut(f"params.{name}", value, cut, MOST_OF_A_RUN) for name, value in run.params.items()
            },
            fired=budget.cut("fired", run.fired, cut, MOST_OF_A_RUN),
            output=budget.cut("output", run.output, cut, MOST_OF_A_RUN),
            profiles=list(origin.profiles),
            forked_at=origin.forked_at,
            moved_from=origin.moved_from,
            **show_nodes(view.result, budget),
            waits=[RunWait.of(wait, budget) for wait in view.waits],
            debug=None if view.breakpoints is None else Breakpoints.of(view.breakpoints),
            cut=cut,
        )


class RunInput(BaseModel):
    """What a run was given, whole."""

    input: Values = {}
    params: Values = {}
    fired: Any = Field(default=None, description="What its trigger brought.")

    @classmethod
    def of(cls, run: model.RunRecord) -> RunInput:
        return cls(input=plain(dict(run.input)), params=plain(dict(run.params)), fired=plain(run.fired))


class RunState(BaseModel):
    """How an unfinished run stands: `state` is its deployment's as the run sees it."""

    id: str
    status: RunStatus
    waits: list[RunWait]
    nodes: dict[str, NodeStatus]
    state: Values = {}


class Accepted(BaseModel):
    """A run that was accepted and goes on by itself. `Location` says where it is."""

    run_id: str
    status: RunStatus | None = Field(default=None, description="As far as it has come; null: that was not waited for.")


class LogLine(BaseModel):
    id: int
    at: datetime
    node: str
    level: str
    message: str
    data: Values = {}

    @classmethod
    def of(cls, line: StoredLine) -> LogLine:
        return cls(
            id=line.id, at=line.at, node=line.path, level=line.level, message=line.message, data=plain(line.data)
        )


class LogPage(Page[LogLine]):
    """Lines of a run's log, oldest first."""


class TimelineItem(BaseModel):
    """Something that a node did or logged. `key` tells it from all others of the run."""

    key: str
    at: datetime
    node: str
    level: str
    message: str
    data: Values = {}

    @classmethod
    def of(cls, line: TimelineLine) -> TimelineItem:
        return cls(
            key=line.key, at=line.at, node=line.path, level=line.level, message=line.message, data=plain(line.data)
        )


class TimelinePage(Page[TimelineItem]):
    """The timeline of a run, oldest first."""


class ResolveBody(Taken):
    """What became of an effect in doubt."""

    node: str = Field(min_length=1, max_length=500, description="Its path.")
    outcome: Literal["done", "repeat", "failed"]
    output: Any = Field(default=None, description="What it came to, when it is done.")


class ForkBody(Taken):
    """Where to fork a run, and what to change of what was."""

    at: str = Field(min_length=1, max_length=500, description="The path of the node that runs anew.")
    outputs: Values = Field(default={}, description="`fetch` (its output) or `fetch.status` (one port) to the value.")
    version: str | None = Field(default=None, max_length=100)
    upstream_only: bool = False
    dry_run: bool = False


class ForkPlan(BaseModel):
    """What a fork copies and what it runs anew."""

    kept: list[str] = Field(description="Nodes whose results are copied.")
    edited: list[str]
    anew: list[str] = Field(description="Nodes that run (again), as far as it is known where.")
    effects: list[str] = Field(description="Those of them that touch the world.")


class MoveBody(Taken):
    """The version to go over to. With `dry_run` the answer is what that would mean, and its `ETag` may be sent as
    `If-Match` with the move itself."""

    version: str = Field(default="latest", min_length=1, max_length=100)
    input: Values = Field(default={}, description="Stands in for what the run was given, input by input.")
    dry_run: bool = False


class MovesBody(MoveBody):
    """Every waiting run of a workflow that is of another version."""

    workflow: str = Field(min_length=1, max_length=200)
    deployment: str | None = Field(default=None, max_length=100, description="Only its runs.")


class MovingRun(BaseModel):
    """What a move means for one run that waits, or what became of it."""

    run_id: str
    can_move: bool
    moved: bool = False
    again: list[str] = Field(default=[], description="Nodes that start over.")
    code: str | None = Field(default=None, description="Why it cannot be moved, or was not.")
    message: str | None = None

    @classmethod
    def of(cls, found: Candidate) -> MovingRun:
        refusal, move = found.refusal, found.move
        if move is None:
            return cls(
                run_id=found.run_id,
                can_move=False,
                code=None if refusal is None else refusal.code,
                message=None if refusal is None else refusal.message,
            )
        return cls(
            run_id=found.run_id,
            can_move=not move.problems,
            again=[node.path for node in move.again],
            code=move.problems[0].code if move.problems else None,
            message=" ".join(problem.message for problem in move.problems) or None,
        )


class MovingRuns(BaseModel):
    """What a move means for each run that waits, or what became of each."""

    runs: list[MovingRun]


class MovedNode(BaseModel):
    path: str
    kind: str
    reasons: list[str] = []
    waits: bool = False


class MoveProblem(BaseModel):
    """Why a run cannot be moved."""

    model_config = ConfigDict(extra="ignore")

    code: str
    message: str
    remedy: str | None = None


class MovePlan(BaseModel):
    """What moving a run means for each of its nodes."""

    model_config = ConfigDict(populate_by_name=True)

    run_id: str
    workflow: str
    from_version: str
    to_version: str
    kept: list[MovedNode]
    again: list[MovedNode]
    new: list[MovedNode]
    later: list[MovedNode]
    removed: list[MovedNode]
    abandoned: list[str]
    warnings: list[str]
    problems: list[MoveProblem]
    done: bool = Field(description="Whether the run has been moved; else this is what would happen.")


class SignalBody(Taken):
    """A signal for one run."""

    name: str = Field(min_length=1, max_length=200)
    payload: Any = None
    key: str = Field(default="", max_length=500)
    id: str | None = Field(default=None, min_length=1, max_length=200, description="Sent again, nothing happens.")


def show_nodes(result: model.ExecutionResult, budget: Budget | None = None) -> dict[str, Any]:
    """`nodes` and `nodes_left_out` of a result."""
    budget = budget or Budget()
    shown = list(result.nodes.items())[:NODES_SHOWN]
    return {
        "nodes": {path: NodeResult.of(node, budget) for path, node in shown},
        "nodes_left_out": max(0, len(result.nodes) - NODES_SHOWN),
    }


def _began(found: model.NodeResult) -> datetime | None:
    """Of a node whose beginning is not known for itself: as long before its end as it took."""
    if found.finished_at is None:
        return None
    return found.finished_at - timedelta(milliseconds=found.duration_ms)


def _summary(run: run_listing.RunSummary | model.RunRecord) -> dict[str, Any]:
    """What a list shows of a run."""
    took = None
    if run.finished_at is not None and run.created_at is not None:
        took = round((run.finished_at - run.created_at).total_seconds() * 1000, 3)
    return {
        "id": run.id,
        "workflow": run.workflow,
        "version": run.version,
        "status": run.status,
        "mode": run.mode,
        "created_at": run.created_at,
        "finished_at": run.finished_at,
        "duration_ms": took,
        "trigger": run.trigger,
        "deployment": run.deployment,
        "due_at": run.due_at,
        "wake_at": run.wake_at,
        "error": Failure.of(run.error),
        "parent": run.parent,
        "counters": dict(run.counters),
        "cancel_requested": run.cancel_requested,
        "dismissed_at": run.dismissed_at,
    }
