"""The dashboard of `treadle up`: deployments and runs, kept up to date by events."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from treadle.engine.clock import SystemClock
from treadle.model.event import (
    NodeCancelled,
    NodeCompleted,
    NodeFailed,
    NodeRetried,
    NodeSkipped,
    NodeStarted,
    NodeWaited,
    RunEvent,
    RunFinished,
    RunResumed,
    RunStarted,
    RunSuspended,
)
from treadle.model.ids import RunId

if TYPE_CHECKING:
    from treadle.service.application import Application
    from treadle.service.deployments import Deployments
    from treadle.service.standing import Standing

_KEPT = 200
_ENDED = ("completed", "failed", "skipped", "cancelled")


@dataclass(slots=True)
class Line:
    """One run. `settled` of `total` counts the workflow's own nodes; `now` says what it is at."""

    run_id: str
    workflow: str
    started_at: datetime
    status: str = "running"
    settled: int = 0
    total: int = 0
    finished_at: datetime | None = None
    until: datetime | None = None
    now: str = ""
    retries: int = 0
    recovered: bool = False
    error: str = ""
    deployment: str | None = None

    @property
    def name(self) -> str:
        """What it is a run of: its deployment, or the workflow of one that runs for itself."""
        return self.deployment or self.workflow


class Dashboard:
    """Give it every event. Counts are of this process's time; what was before is in the store."""

    def __init__(self, application: Application, deployments: Deployments, *, demo: bool = False) -> None:
        self.application = application
        self.service = deployments
        self.address: str | None = None
        """Where the server is reached; None: there is none."""
        self.demo = demo
        self.started_at = SystemClock().now()
        self.lines: OrderedDict[str, Line] = OrderedDict()
        self.standings: list[Standing] = []
        """The deployments as they stood a moment ago."""
        self.finished: dict[str, int] = {}
        self.failed: dict[str, int] = {}
        self.recovered = 0

    async def refresh(self) -> None:
        """Look up the deployments again."""
        from treadle.service.standing import list_standings

        self.standings = await list_standings(self.application, await self.service.list())

    def last(self, deployment: str) -> Line | None:
        """The run of a deployment that began last."""
        return next((line for line in reversed(self.lines.values()) if line.deployment == deployment), None)

    def recent(self, number: int) -> Iterable[Line]:
        """The runs under way and those that began last, newest first."""
        lines = list(reversed(self.lines.values()))
        active = [line for line in lines if line.finished_at is None]
        over = [line for line in lines if line.finished_at is not None]
        chosen = {line.run_id for line in [*active, *over][:number]}
        return sorted((line for line in lines if line.run_id in chosen), key=lambda line: line.started_at, reverse=True)

    def take(self, event: RunEvent) -> None:
        line = self.lines.get(event.run_id)
        if line is None:
            line = self._begin(event)
        match event:
            case RunStarted():
                line.workflow, line.total = event.workflow, self._total(event.workflow, event.version)
                line.deployment = event.deployment
            case RunResumed():
                line.status, line.until, line.recovered = "running", None, line.recovered or event.recovered
                self.recovered += event.recovered
            case RunFinished():
                line.status, line.finished_at, line.now, line.until = event.status, event.at, "", None
                self.finished[line.deployment or ""] = self.finished.get(line.deployment or "", 0) + 1
                if event.status == "failed":
                    self.failed[line.deployment or ""] = self.failed.get(line.deployment or "", 0) + 1
                    line.error = f"{event.error.node or ''} {event.error.message}".strip() if event.error else ""
                else:
                    line.settled = line.total
            case RunSuspended():
                line.status, line.until = "suspended", event.until
            case NodeStarted():
                line.now = event.path
            case NodeRetried():
                line.retries += 1
                line.now, line.until = f"{event.path} retries", event.retry_at
            case NodeWaited():
                line.now = f"{event.path} {'is in doubt' if event.in_doubt else 'waits'}"
            case NodeCompleted() | NodeFailed() | NodeSkipped() | NodeCancelled():
                if "/" not in event.path:
                    line.settled = min(line.settled + 1, line.total or line.settled + 1)
            case _:
                pass

    def _begin(self, event: RunEvent) -> Line:
        line = Line(event.run_id, "", event.at)
        self.lines[event.run_id] = line
        while len(self.lines) > _KEPT:
            over = next((key for key, old in self.lines.items() if old.finished_at is not None), None)
            self.lines.pop(over or next(iter(self.lines)))
        return line

    async def name_runs(self) -> None:
        """Look up what resumed runs are of: their events do not say. Raises `StoreError`, `NotFound`."""
        for line in [line for line in self.lines.values() if not line.workflow]:
            run = await self.application.store.get_run(RunId(line.run_id))
            line.workflow, line.total = run.workflow, self._total(run.workflow, run.version)
            line.started_at, line.deployment = run.created_at or line.started_at, run.deployment
            results = await self.application.store.find_results(run.id)
            # Events tell of what settles from now on; the rest is in the journal.
            known = sum(1 for path, result in results.items() if "/" not in path and result.status in _ENDED)
            line.settled = max(line.settled, known)

    def _total(self, workflow: str, version: str) -> int:
        plan = self.application.plans.find(workflow, version)
        return len(plan.graph.nodes) if plan else 0
