"""Children in tests: workflows that a run may start by name, and the runs that were started so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from treadle.authoring.inputs import validate_input
from treadle.engine.exchange import ChildRequest
from treadle.engine.journal import Batch, Journal
from treadle.errors import InvalidWorkflow, NotFound
from treadle.model.ids import RunId
from treadle.model.run import FINISHED, RunRecord
from treadle.model.workflow import Workflow
from treadle.service.children import find_called, origin_of_child
from treadle.testing.crash import Crash, SimulatedCrash, TestJournal

if TYPE_CHECKING:
    from treadle.testing.harness import Harness, TestRun


class KnownWorkflows:
    """What a harness keeps of children: `know` a workflow, and runs may start it. `crash_after_start` makes the
    process of a parent die once its child is durable, before it has come to wait for it."""

    def __init__(self, harness: Harness) -> None:
        self.harness = harness
        self.started: dict[RunId, TestRun] = {}
        self.crash_after_start = False
        self._workflows: dict[str, Workflow] = {}

    def know(self, *workflows: Workflow) -> None:
        """Make workflows known by their names."""
        for workflow in workflows:
            self._workflows[workflow.name] = workflow

    def get(self, name: str) -> Workflow:
        """Raises `NotFound`."""
        if name not in self._workflows:
            raise NotFound(f"There is no workflow `{name}`.", code="unknown_workflow", remedy="Publish it first.")
        return self._workflows[name]

    def within(self, crash: Crash | None) -> Starter:
        """What a driver is given that is going to meet `crash`."""
        return Starter(self, crash)

    async def finish(self, signals: Sequence[str]) -> bool:
        """Drive the children that a run waits for to their end; whether one has come to it."""
        awaited = [self.started.get(RunId(wait.removeprefix("run:"))) for wait in signals if wait.startswith("run:")]
        came_to_an_end = False
        for child in awaited:
            if child is not None:
                if child.outcome is None:
                    await self.harness.drive(child)
                await self.harness.finish(child)
                came_to_an_end = came_to_an_end or child.status in FINISHED
        return came_to_an_end


@dataclass
class Starter:
    """Implements `treadle.engine.exchange.ChildStarter` over the journal of a harness."""

    known: KnownWorkflows
    crash: Crash | None = None
    _journal: Journal = field(init=False)

    def __post_init__(self) -> None:
        harness = self.known.harness
        self._journal = cast(Journal, TestJournal(harness.journal, harness.clock, self.crash))

    async def start_child(self, request: ChildRequest) -> None:
        """Raises `NotFound`, `InvalidWorkflow`."""
        from treadle.testing.harness import TestRun

        if await self.find_run(request.run_id) is not None:
            return
        harness, workflow = self.known.harness, self.known.get(request.workflow)
        values, issues = validate_input(workflow, request.input)
        if issues:
            raise InvalidWorkflow(issues[0].message, code="invalid_input", issues=issues)
        called = find_called(workflow)
        prepared = harness.prepare(
            workflow,
            input=values,
            mode=request.parent.mode,
            parent=request.parent.id,
            origin=origin_of_child(request),
            trigger=called.id if called else None,
        )
        run = TestRun(prepared.plan, replace(prepared.record, id=request.run_id, created_at=request.at), drives=1)
        await self._journal.append(Batch(run.id, 0, opens=run.record))
        self.known.started[run.id] = run
        if self.known.crash_after_start:
            self.known.crash_after_start = False
            raise SimulatedCrash("The child is there, and its parent has not heard of it.")

    async def find_run(self, run_id: RunId) -> RunRecord | None:
        harness = self.known.harness
        try:
            return await harness.clock.during(harness.journal.get_run(run_id))  # type: ignore[attr-defined]
        except NotFound:
            return None
