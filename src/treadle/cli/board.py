"""The board: where each node of one run stands, kept up to date by events or read off a result."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from treadle.engine.plan import GraphPlan, Plan
from treadle.model.event import (
    NodeCancelled,
    NodeCompleted,
    NodeFailed,
    NodePaused,
    NodeRetried,
    NodeSkipped,
    NodeStarted,
    NodeWaited,
    Progressed,
    RunEvent,
    RunFinished,
    RunResumed,
    RunStarted,
    RunSuspended,
)
from treadle.model.run import ExecutionResult, Failure
from treadle.model.workflow import Graph
from treadle.service.node_order import in_order

G = TypeVar("G")

_ITERATION = re.compile(r"\[(\d+)\]")
_ENDED = ("completed", "failed", "skipped", "cancelled")


@dataclass(slots=True)
class Row:
    """One node of the file. Inside a container it stands for all its iterations: `counts` by status."""

    path: str
    name: str
    type: str
    depth: int
    contains: bool = False
    status: str = "pending"
    attempts: int = 0
    milliseconds: float | None = None
    started_at: datetime | None = None
    until: datetime | None = None
    error: Failure | None = None
    message: str = ""
    iterations: int = 0
    counts: dict[str, int] = field(default_factory=dict[str, int])
    running: set[str] = field(default_factory=set[str])

    @property
    def repeated(self) -> bool:
        return sum(self.counts.values()) + len(self.running) > 1


class Board:
    """Rows in the order in which nodes come to their turn; those of a container's body under it, indented."""

    def __init__(self, plan: Plan, *, rows: Iterable[Row] | None = None) -> None:
        self.workflow = plan.workflow.name
        self.title = plan.workflow.title
        self.run_id = ""
        self.status = "pending"
        self.started_at: datetime | None = None
        self.finished_at: datetime | None = None
        self.until: datetime | None = None
        self.error: Failure | None = None
        self.recovered = False
        self.rows: dict[str, Row] = {row.path: row for row in (rows or _rows(plan.graph, "", 0))}

    @property
    def settled(self) -> int:
        """Nodes of the workflow itself that have settled."""
        return sum(1 for row in self.rows.values() if row.depth == 0 and row.status in _ENDED)

    @property
    def total(self) -> int:
        return sum(1 for row in self.rows.values() if row.depth == 0)

    def apply(self, event: RunEvent) -> None:
        """Take in what happened."""
        if event.path:
            self._apply_to_node(event)
            return
        match event:
            case RunStarted():
                self.run_id, self.status, self.started_at = event.run_id, "running", event.at
            case RunResumed():
                self.run_id, self.status, self.until = event.run_id, "running", None
                self.recovered = self.recovered or event.recovered
            case RunSuspended():
                self.status, self.until = "suspended", event.until
            case RunFinished():
                self.status, self.error, self.finished_at = event.status, event.error, event.at
                self._end()
            case _:
                pass

    def show(self, result: ExecutionResult) -> None:
        """Take over what the store knows."""
        self.run_id, self.status, self.error = result.run_id, result.status, result.error
        self.started_at, self.finished_at = result.started_at, result.finished_at
        for path, node in result.nodes.items():
            row = self._row(path)
            if row is None:
                continue
            row.attempts = max(row.attempts, node.attempts)
            row.error = node.error or row.error
            if node.status in _ENDED:
                self._settle(row, path, node.status, node.duration_ms, None)
            else:
                self._begin(row, path, "retrying" if node.status == "waiting" and node.error else node.status)
                row.started_at = node.started_at
        if result.status in _ENDED:
            self._end()

    def _apply_to_node(self, event: RunEvent) -> None:
        row = self._row(event.path)
        if row is None:
            return
        match event:
            case NodeStarted():
                row.attempts = max(row.attempts, event.attempt)
                self._begin(row, event.path, "running")
                row.started_at = row.started_at or event.at
            case NodeRetried():
                row.status, row.until, row.error = "retrying", event.retry_at, event.error
                row.attempts = max(row.attempts, event.error.attempt or 1 if event.error else 1)
            case NodeWaited():
                row.status = "in_doubt" if event.in_doubt else "retrying" if row.status == "retrying" else "waiting"
                row.until = event.until
            case NodePaused():
                row.status = "paused"
            case NodeCompleted():
                row.attempts = max(row.attempts, event.attempt)
                self._settle(row, event.path, "completed", event.duration_ms, event.at)
            case NodeFailed():
                row.error = event.error
                row.attempts = max(row.attempts, (event.error.attempt or 0) if event.error else 0)
                self._settle(row, event.path, "failed", None, event.at)
            case NodeSkipped():
                self._settle(row, event.path, "skipped", None, event.at)
            case NodeCancelled():
                self._settle(row, event.path, "cancelled", None, event.at)
            case Progressed():
                share = f"{event.share:.0%} " if event.share is not None else ""
                row.message = (share + event.message).strip()
            case _:
                pass

    def _row(self, path: str) -> Row | None:
        """The row of a node's path, its containers noted as under way."""
        pattern = _ITERATION.sub("", path)
        parts = path.split("/")
        for depth in range(1, len(parts)):
            outer = self.rows.get(_outer(_ITERATION.sub("", "/".join(parts[:depth]))))
            if outer is None:
                continue
            found = _ITERATION.search(parts[depth - 1])
            if found:
                outer.iterations = max(outer.iterations, int(found[1]) + 1)
            if outer.status in ("pending", "waiting"):
                outer.status = "running"
        return self.rows.get(pattern)

    def _begin(self, row: Row, path: str, status: str) -> None:
        row.running.add(path)
        row.status, row.until = status, None

    def _settle(self, row: Row, path: str, status: str, milliseconds: float | None, at: datetime | None) -> None:
        row.running.discard(path)
        row.counts[status] = row.counts.get(status, 0) + 1
        row.until, row.message = None, ""
        if milliseconds is None and at is not None and row.started_at is not None and status == "failed":
            milliseconds = (at - row.started_at).total_seconds() * 1000
        if milliseconds is not None and status != "skipped":
            row.milliseconds = (row.milliseconds or 0.0) + milliseconds
        if not row.running:
            row.status = next(s for s in ("failed", "cancelled", "completed", "skipped") if row.counts.get(s))

    def _end(self) -> None:
        """The run is over: what never came to its turn never will."""
        for row in self.rows.values():
            if row.status not in _ENDED:
                row.status = "skipped" if row.status == "pending" else "cancelled"
                row.until = None


def _outer(path: str) -> str:
    """The container's own path: a body that is not the main one is named after a dot (`safe.catch`)."""
    head, slash, last = path.rpartition("/")
    return f"{head}{slash}{last.split('.')[0]}"


def rows_of(graph: Graph, prefix: str = "", depth: int = 0) -> Iterator[Row]:
    """The rows of a graph in the order of its file: all that is known where its node types are not installed."""
    for node in graph.nodes:
        yield from _with_bodies(node.id, node.type, dict(node.bodies), rows_of, prefix, depth)


def _rows(graph: GraphPlan, prefix: str = "", depth: int = 0) -> Iterator[Row]:
    for node in in_order(graph):
        yield from _with_bodies(node.id, node.definition.name, node.bodies, _rows, prefix, depth)


def _with_bodies(
    name: str,
    type: str,
    bodies: Mapping[str, G],
    rows: Callable[[G, str, int], Iterator[Row]],
    prefix: str,
    depth: int,
) -> Iterator[Row]:
    path = f"{prefix}{name}"
    yield Row(path, name, type, depth, bool(bodies))
    for body_name, body in bodies.items():
        if body_name == "body":
            yield from rows(body, f"{path}/", depth + 1)
        else:
            for row in rows(body, f"{path}.{body_name}/", depth + 1):
                row.name = f"{body_name}: {row.name}" if row.depth == depth + 1 else row.name
                yield row
