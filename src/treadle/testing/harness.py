"""`Harness`: run workflows in a test, crash them, recover them, and let days pass."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, cast

from treadle.engine.breaker import Breakers
from treadle.engine.compile import compile_plan
from treadle.engine.drive import Driver
from treadle.engine.exchange import Exchange
from treadle.engine.handlers import Handlers
from treadle.engine.history import History
from treadle.engine.journal import Batch, Entry, EntryKind, Journal, RunMove
from treadle.engine.moving import Move, plan_move
from treadle.engine.outcome import Outcome, Suspended
from treadle.engine.plan import Plan
from treadle.engine.series import SeriesMemory, see_series
from treadle.engine.state import read_state
from treadle.engine.world import Resources, World
from treadle.errors import NotFound
from treadle.model.event import RunEvent
from treadle.model.ids import RunId, new_run_id, node_path
from treadle.model.run import ExecutionResult, Failure, Origin, RunRecord
from treadle.model.signal import Signal
from treadle.model.task import TaskAnswer
from treadle.model.workflow import Workflow
from treadle.node import NodeDefinition, Permissions, Registry
from treadle.store.giving import Woken
from treadle.testing.children import KnownWorkflows
from treadle.testing.clock import VirtualClock
from treadle.testing.crash import Crash, FaultNeverFired, SimulatedCrash, TestJournal
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import definitions_of
from treadle.testing.memory_exchange import RunExchange
from treadle.testing.memory_journal import MemoryJournal


class Movable(Protocol):
    """What moving a run asks of its store."""

    async def get_run(self, run_id: RunId) -> RunRecord: ...
    async def move_run(self, move: RunMove, *, now: datetime) -> None: ...


@dataclass(eq=False)
class TestRun:
    """A run under test: its plan, its row as last claimed, and what became of it.

    `driver` is there only while the run is being driven. `events` are those of all drives.
    """

    __test__ = False

    plan: Plan
    record: RunRecord
    outcome: Outcome | None = None
    crashed: bool = False
    drives: int = 0
    events: list[RunEvent] = field(default_factory=list[RunEvent])
    driver: Driver | None = None
    task: asyncio.Task[None] | None = None
    _told: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def id(self) -> RunId:
        return self.record.id

    @property
    def result(self) -> ExecutionResult:
        """Raises `LookupError` when the last drive has crashed or still goes on."""
        if self.outcome is None:
            raise LookupError("The run has crashed or is still being driven; recover or finish it first.")
        return self.outcome.result

    @property
    def status(self) -> str:
        return self.result.status

    @property
    def output(self) -> Any:
        return self.result.output

    @property
    def error(self) -> Failure | None:
        return self.result.error

    def tell(self, event: RunEvent) -> None:
        """What the driver calls with each event."""
        self.events.append(event)
        self._told.set()

    async def wait_until_told(self, kind: type[RunEvent], path: str = "") -> None:
        """Return once there has been an event of `kind` about `path`."""
        while not any(isinstance(event, kind) and event.path == path for event in self.events):
            self._told.clear()
            await self._told.wait()

    def statuses(self) -> dict[str, str]:
        """Status by node path."""
        return {path: result.status for path, result in self.result.nodes.items()}

    def outputs(self) -> dict[str, Mapping[str, Any]]:
        """The live ports by node path."""
        return {path: result.outputs for path, result in self.result.nodes.items()}


class Harness:
    """Drives runs over a journal with a clock that skips ahead.

        run = await harness.run(chain(charge, receipt), input={"amount": 3})
        run = await harness.start(chain(charge, receipt), crash_before=receipt)
        await harness.recover(run)

    Fakes and definitions that a workflow was made of (`chain`, `workflow`, `graph`, `node`) are known by themselves;
    those a workflow file names are made known with `know`.
    """

    def __init__(
        self,
        *,
        journal: Journal | None = None,
        clock: VirtualClock | None = None,
        nodes: Iterable[NodeDefinition | FakeEffect] = (),
        secrets: Mapping[str, str] | None = None,
        permissions: Permissions | None = None,
        chance: float = 0.5,
        exchange: RunExchange | None = None,
        profiles: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self.journal: Journal = journal or MemoryJournal()
        self.clock = clock or VirtualClock()
        self.registry = Registry.installed().with_definitions(*(_definition(node) for node in nodes))
        self.secrets: dict[str, str] = dict(secrets or {})
        self.profiles: dict[str, Mapping[str, str]] = dict(profiles or {})
        """Every run is bound to all of them, unless its `origin` says otherwise."""
        self.permissions = permissions or Permissions()
        self.exchange = exchange or cast(RunExchange, getattr(self.journal, "exchange", self.journal))
        """What runs exchange with others: by default what belongs to the journal, or the store itself."""
        self.chance = chance
        """What jitter draws, in [0, 1)."""
        self.children = KnownWorkflows(self)
        """The workflows that runs may start as children, and the runs that were started so."""
        self.breakers = Breakers()
        self.series = SeriesMemory()
        """What this process has read of the columns of deployments."""
        self._resources: Resources | None = None

    @property
    def resources(self) -> Resources:
        """What the process keeps open: the same over all drives, until one of them crashes."""
        if self._resources is None:
            self._resources = Resources(self.permissions)
        return self._resources

    async def aclose(self) -> None:
        """Close what is kept open."""
        resources, self._resources = self._resources, None
        if resources is not None:
            await resources.aclose()

    def know(self, *nodes: NodeDefinition | FakeEffect) -> None:
        """Add node types."""
        self.registry = self.registry.with_definitions(*(_definition(node) for node in nodes))

    def plan(self, workflow: Workflow) -> Plan:
        """Raises `InvalidWorkflow`."""
        self.know(*definitions_of(workflow))
        return compile_plan(workflow, self.registry)

    def world(self, crash: Crash | None = None) -> World:
        """What a driver is given; with `crash`, one that it is going to meet."""
        world = World(
            cast(Journal, TestJournal(self.journal, self.clock, crash)),
            clock=self.clock,
            permissions=self.permissions,
            secrets=self.secrets,
            profiles=self.profiles,
            chance=lambda: self.chance,
            crash=crash,
            exchange=cast(Exchange, TestJournal(cast(Journal, self.exchange), self.clock, crash)),
            children=self.children.within(crash),
            breakers=self.breakers,
            series=self.series,
        )
        world.resources = self.resources
        return world

    def prepare(self, workflow: Workflow, *, input: Mapping[str, Any] | None = None, **record: Any) -> TestRun:
        """A run that nobody has driven yet. `record` are fields of its row: `mode`, `deployment`, `params` …"""
        plan = self.plan(workflow)
        if self.profiles:
            record.setdefault("origin", Origin(profiles=tuple(self.profiles)))
        run = RunRecord(
            id=new_run_id(),
            workflow=workflow.name,
            version=plan.version,
            input=input or {},
            created_at=self.clock.now(),
            save=workflow.settings.save,
            **record,
        )
        return TestRun(plan, run)

    async def start(
        self,
        workflow: Workflow,
        *,
        input: Mapping[str, Any] | None = None,
        crash_before: FakeEffect | str | None = None,
        crash: Crash | None = None,
        handlers: Handlers | None = None,
        **record: Any,
    ) -> TestRun:
        """Drive a new run once: until it is done or suspended.

        Where a crash is asked for, waits pass until it has come; raises `FaultNeverFired` when it never does.
        """
        run = self.prepare(workflow, input=input, **record)
        if crash_before is not None:
            path = crash_before if isinstance(crash_before, str) else crash_before.name
            crash = Crash("before_intent", path)
        await self.drive(run, crash=crash, handlers=handlers)
        if crash is not None:
            await self.finish(run, crash=crash, handlers=handlers)
            if not crash.fired:
                raise FaultNeverFired(f"The run ended ({run.status}) without passing {crash}.")
        return run

    async def run(self, workflow: Workflow, *, handlers: Handlers | None = None, **more: Any) -> TestRun:
        """Drive a new run to its end, however often it is suspended; waits pass at once."""
        run = await self.start(workflow, handlers=handlers, **more)
        return await self.finish(run, handlers=handlers)

    def begin(self, workflow: Workflow, *, handlers: Handlers | None = None, **more: Any) -> TestRun:
        """Drive a new run in the background, to be cancelled, drained or killed on its way; `settle` waits for it."""
        run = self.prepare(workflow, **more)
        run.task = asyncio.create_task(self.drive(run, handlers=handlers))
        return run

    async def settle(self, run: TestRun) -> TestRun:
        """Wait for the drive that `begin` began."""
        if run.task is not None:
            task, run.task = run.task, None
            await task
        return run

    async def kill(self, run: TestRun) -> TestRun:
        """End the drive that `begin` began as a killed process would: nothing more is written."""
        if run.task is not None:
            task, run.task = run.task, None
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            run.crashed = True
        return run

    async def cancel(self, run: TestRun) -> TestRun:
        """Cancel the run as a dispatcher does: through its driver, or by driving a run that nobody drives."""
        run.record = replace(run.record, cancel_requested=True)
        if run.driver is not None:
            run.driver.cancel()
            return await self.settle(run)
        await self.drive(run)
        return run

    async def drain(self, run: TestRun) -> TestRun:
        """Drain the drive that `begin` began: what runs finishes, nothing more starts."""
        if run.driver is not None:
            run.driver.drain()
        return await self.settle(run)

    async def drive(self, run: TestRun, *, crash: Crash | None = None, handlers: Handlers | None = None) -> None:
        """Drive a run once, from what the journal holds of it."""
        opened = run.drives > 0 and await self._is_opened(run)
        entries: Iterable[Entry] = await self.journal.load(run.id) if opened else ()
        run.drives += 1
        run.outcome, run.crashed = None, False
        run.driver = Driver(
            run.plan,
            run.record,
            world=self.world(crash),
            entries=entries,
            opened=opened,
            handlers=handlers,
            watch=run.tell,
        )
        if run.record.cancel_requested:
            run.driver.cancel()
        try:
            run.outcome = await run.driver.run()
        except SimulatedCrash:
            run.crashed = True
            await self.aclose()  # the next process opens its own
        finally:
            run.driver = None

    async def recover(self, run: TestRun, *, crash: Crash | None = None, handlers: Handlers | None = None) -> TestRun:
        """What the next process does: claim the run and drive it to its end."""
        await self.drive(run, crash=crash, handlers=handlers)
        return await self.finish(run, crash=crash, handlers=handlers)

    async def finish(self, run: TestRun, *, crash: Crash | None = None, handlers: Handlers | None = None) -> TestRun:
        """Wake a suspended run at its time, again and again, until it is done, crashed or waits for no time; the
        children it waits for are driven to their end first."""
        while isinstance(run.outcome, Suspended):
            if await self.children.finish(run.outcome.signals):
                await self.drive(run, crash=crash, handlers=handlers)
                continue
            if run.outcome.until is None:
                break
            if run.outcome.until > self.clock.now():
                self.clock.set(run.outcome.until)
            await self.drive(run, crash=crash, handlers=handlers)
        return run

    async def resolve(self, run: TestRun, path: str, outcome: str, outputs: Mapping[str, Any] | None = None) -> TestRun:
        """Answer for an effect in doubt (`done` with its outputs, `repeat` or `failed`), and go on."""
        scope, _, node = path.rpartition("/")
        entries = await self.journal.load(run.id)
        last = max(entry.sequence for entry in entries if (entry.scope, entry.node) == (scope, node))
        body = {"outcome": outcome, "outputs": dict(outputs or {})}
        entry = Entry(scope, node, last + 1, EntryKind.RESOLUTION, self.clock.now(), body)
        await self.journal.append(Batch(run.id, run.record.epoch, entries=[entry]))
        return await self.recover(run)

    async def signal(self, run: TestRun, name: str, payload: Any = None, *, key: str = "") -> TestRun:
        """Send a signal that is meant for the run, and let it go on: through its driver, or by driving it on until it
        is done or suspended again."""
        sent = Signal(new_run_id(), name, key, payload, run.id, self.clock.now())
        return await self._go_on(run, await self.exchange.send_signal(sent, now=self.clock.now()))

    async def answer(self, run: TestRun, outcome: str = "approved", *, path: str | None = None, **more: Any) -> TestRun:
        """Answer the run's open task, or the one of the node at `path`, and let the run go on. `more` is `values`,
        `by`, `note`. Raises `NotFound` when it has none."""
        tasks = await self.exchange.list_tasks(status="open", run_id=run.id)
        task = next((task for task in tasks if path in (None, task.path)), None)
        if task is None:
            raise NotFound(f"Run `{run.id}` has no open task.", code="unknown_task")
        answered = await self.exchange.answer_task(task.id, TaskAnswer(outcome, **more), now=self.clock.now())
        return await self._go_on(run, answered.woken)

    async def _go_on(self, run: TestRun, woken: Woken) -> TestRun:
        if run.driver is not None:
            run.driver.nudge(woken.nudged)
        elif woken.run_id is not None:
            await self.drive(run)
        return run

    async def plan_move(self, run: TestRun, workflow: Workflow) -> Move:
        """What it would mean to move a waiting run to another version."""
        record = await cast(Movable, self.journal).get_run(run.id)
        entries = await self.journal.load(run.id)
        state = await read_state(self.journal, record)
        series = await see_series(self.journal, self.series, record, History(entries))
        return plan_move(run.plan, self.plan(workflow), record, entries, world=self.world(), state=state, series=series)

    async def move(self, run: TestRun, workflow: Workflow) -> Move:
        """Move a waiting run to another version, to be driven on; with problems nothing happens."""
        move = await self.plan_move(run, workflow)
        if not move.problems:
            await cast(Movable, self.journal).move_run(move.change, now=self.clock.now())
            moved = move.change.run
            run.plan, run.record = self.plan(workflow), replace(moved, epoch=moved.epoch + 1)
            if isinstance(run.outcome, Suspended):
                run.outcome = replace(run.outcome, until=self.clock.now())
        return move

    async def entries(self, run: TestRun) -> list[Entry]:
        """What the journal holds of the run, in key order."""
        return list(await self.journal.load(run.id))

    async def wait_until_journaled(self, run: TestRun, kind: EntryKind, path: str) -> None:
        """Return once an entry of `kind` about `path` is durable."""
        while not any(e.kind is kind and node_path(e.scope, e.node) == path for e in await self.entries(run)):
            await asyncio.sleep(0.001)  # the journal is asked; it does not tell

    async def _is_opened(self, run: TestRun) -> bool:
        try:
            record = await self.journal.claim(run.id)
        except NotFound:
            return False
        run.record = replace(
            run.record,
            epoch=record.epoch,
            status="running",
            origin=record.origin,
            cancel_requested=run.record.cancel_requested or record.cancel_requested,
        )
        return True


def _definition(node: NodeDefinition | FakeEffect) -> NodeDefinition:
    return node.definition if isinstance(node, FakeEffect) else node
