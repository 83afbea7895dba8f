"""The application service: every operation once, whatever surface asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from treadle.authoring.check import check
from treadle.authoring.inputs import validate_input
from treadle.dispatch.local import LocalDispatcher
from treadle.dispatch.plans import Plans, read_version, write_version
from treadle.engine.compile import compile_plan
from treadle.engine.plan import Plan
from treadle.engine.world import World
from treadle.errors import Conflict, InvalidWorkflow, NotFound
from treadle.model.event import RunEvent, RunFinished, RunSuspended
from treadle.model.ids import RunId, new_run_id
from treadle.model.run import FINISHED, ExecutionResult, RunRecord, RunStatus
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.execution import ExecutionRequest
from treadle.service.project import installed_registry
from treadle.service.secrets import EnvironmentSecrets
from treadle.service.settings import Settings
from treadle.store.sqlite_journal import SqliteStore


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that passed every check: its plan and the run's row."""

    plan: Plan
    run: RunRecord


class Application:
    """Opens the store and, with `drives`, a dispatcher; closes both in order.

        async with Application(settings) as application:
            result = await application.execute(ExecutionRequest(workflow, input={"topic": "agents"}))

    Without `drives` it only reads and asks: what it changes is noticed by whoever drives the store. Without
    `recovers` it drives the runs it is given and leaves all others alone.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        registry: Registry | None = None,
        drives: bool = True,
        recovers: bool = True,
    ) -> None:
        self.settings = settings
        self.registry = registry or installed_registry(settings)
        self._drives = drives
        location = settings.db.removeprefix("sqlite:///")
        if drives:
            Path(location).parent.mkdir(parents=True, exist_ok=True)
        self.store = SqliteStore(location, synchronous=settings.synchronous)
        self.world = World(self.store, permissions=settings.permissions(), secrets=EnvironmentSecrets())
        self.plans = Plans(self.store, self.registry)
        self.dispatcher = LocalDispatcher(
            self.store,
            world=self.world,
            plans=self.plans,
            most_at_once=settings.max_concurrency,
            only_given=not recovers,
        )
        self._published: set[tuple[str, str]] = set()

    async def __aenter__(self) -> Self:
        await self.store.open()
        if self._drives:
            await self.dispatcher.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if self._drives:
                await self.dispatcher.drain()
        finally:
            await self.store.close()

    # Workflows

    async def publish(self, workflow: Workflow, *, source: str | None = None) -> str:
        """Check a workflow and store its version, which never changes. Raises `InvalidWorkflow` with every issue."""
        key = (workflow.name, workflow.version)
        if key in self._published:
            return workflow.version
        checked = check(workflow, self.registry)
        if not checked.valid:
            raise InvalidWorkflow(
                f"`{workflow.name}` cannot run: {_count(len(checked.errors), 'problem')}.",
                issues=checked.issues,
            )
        document = write_version(workflow, source=source)
        await self.store.save_version(workflow.name, workflow.version, document, form=workflow.form)
        self._published.add(key)
        return workflow.version

    async def get_workflow(self, name: str, version: str | None = None) -> Workflow:
        """A stored version, by default the one published last. Raises `NotFound`."""
        return read_version((await self.store.get_version(name, version)).document)

    # Runs

    async def prepare(self, request: ExecutionRequest) -> Prepared:
        """Check everything about a request before anything is written. Raises `InvalidWorkflow`, `NotFound`."""
        workflow = request.workflow
        if isinstance(workflow, str):
            workflow = await self.get_workflow(workflow)
        values, issues = validate_input(workflow, request.input)
        if issues:
            raise InvalidWorkflow(
                f"The input of `{workflow.name}` is wrong: {_count(len(issues), 'problem')}.",
                code="invalid_input",
                issues=issues,
            )
        if request.trigger is not None and workflow.find_node(request.trigger) is None:
            raise NotFound(
                f"`{workflow.name}` has no trigger `{request.trigger}`.",
                code="unknown_trigger",
                remedy="Name one of its trigger nodes.",
            )
        await self.publish(workflow, source=request.source)
        plan = self.plans.find(workflow.name, workflow.version) or compile_plan(workflow, self.registry)
        run = RunRecord(
            id=request.run_id or new_run_id(),
            workflow=workflow.name,
            version=workflow.version,
            mode=request.mode,
            input=values,
            trigger=request.trigger,
            fired=request.fired,
            deployment=request.deployment,
            params=request.params,
            created_at=request.at or self.world.clock.now(),
            save=workflow.settings.save,
            retention=workflow.settings.retention,
        )
        return Prepared(plan, run)

    async def execute(self, request: ExecutionRequest) -> ExecutionResult:
        """Run until done or suspended."""
        prepared = await self.prepare(request)
        outcome = await self.dispatcher.run(prepared.plan, prepared.run, handlers=request.handlers)
        return outcome.result

    async def start(self, request: ExecutionRequest) -> RunId:
        """Accept a run; it is durable when this returns, and driven in the background."""
        prepared = await self.prepare(request)
        await self.dispatcher.submit(prepared.plan, prepared.run, handlers=request.handlers)
        return prepared.run.id

    async def stream(self, request: ExecutionRequest) -> AsyncIterator[RunEvent | ExecutionResult]:
        """The run's events as they happen, and its result last."""
        prepared = await self.prepare(request)
        events: asyncio.Queue[RunEvent] = asyncio.Queue()
        run_id = prepared.run.id

        def take(event: RunEvent) -> None:
            if event.run_id == run_id:
                events.put_nowait(event)

        stop = self.dispatcher.watch(take)
        driving = asyncio.create_task(self.dispatcher.run(prepared.plan, prepared.run, handlers=request.handlers))
        try:
            while True:
                waiting = asyncio.create_task(events.get())
                await asyncio.wait({waiting, driving}, return_when=asyncio.FIRST_COMPLETED)
                if waiting.done():
                    event = waiting.result()
                    yield event
                    if isinstance(event, RunFinished | RunSuspended):
                        break
                else:
                    waiting.cancel()
                    break
            yield (await driving).result
        finally:
            stop()
            if not driving.done():
                self.dispatcher.cancel(run_id)
                await asyncio.gather(driving, return_exceptions=True)

    async def wait(self, run_id: RunId) -> ExecutionResult:
        """Wait until a run, wherever it is driven, has finished."""
        while True:
            run = await self.store.get_run(run_id)
            if run.status in FINISHED:
                return await self.get_result(run_id)
            await asyncio.sleep(0.05)

    async def get_result(self, run_id: RunId) -> ExecutionResult:
        """What the store holds of a run, finished or not. Raises `NotFound`."""
        run = await self.store.get_run(run_id)
        return ExecutionResult(
            run_id=run.id,
            workflow=run.workflow,
            version=run.version,
            status=run.status,
            output=run.output,
            error=run.error,
            nodes=await self.store.find_results(run_id),
            started_at=run.created_at,
            finished_at=run.finished_at,
        )

    async def list_runs(
        self, *, workflow: str | None = None, status: RunStatus | None = None, limit: int = 50
    ) -> Sequence[RunRecord]:
        """Newest first."""
        return await self.store.list_runs(workflow=workflow, status=status, limit=limit)

    async def find_run_id(self, text: str) -> RunId:
        """The run whose id is, or alone begins with, `text`; `last` is the newest. Raises `NotFound`, `Conflict`."""
        recent = await self.store.list_runs(limit=500)
        if text == "last" and recent:
            return recent[0].id
        matches = [run.id for run in recent if run.id.startswith(text)]
        if len(matches) > 1:
            raise Conflict(f"{len(matches)} runs begin with `{text}`.", remedy="Write more of the id.")
        return matches[0] if matches else (await self.store.get_run(RunId(text))).id

    async def cancel(self, run_id: RunId) -> None:
        """Ask for a run to be cancelled. Raises `NotFound`, `Conflict` when it has finished."""
        await self.store.request_cancel(run_id)
        self.dispatcher.cancel(run_id)
        self.dispatcher.look()

    async def retry(self, run_id: RunId) -> ExecutionResult:
        """Go on with a failed run: what succeeded is kept, what failed is tried again.

        Raises `NotFound`, `Conflict` when the run has not failed.
        """
        await self.store.reopen(run_id)
        return await self.go_on(run_id)

    async def go_on(self, run_id: RunId) -> ExecutionResult:
        """Drive an unfinished run here until it is done or suspended, or wait while another process does.

        Raises `NotFound`.
        """
        await self.dispatcher.take(run_id)
        return await self.wait_here(run_id)

    async def wait_here(self, run_id: RunId) -> ExecutionResult:
        """Wait until a run that this process drives is done or suspended."""
        while True:
            run = await self.store.get_run(run_id)
            if run.status in FINISHED or run.status == "suspended":
                return await self.get_result(run_id)
            await asyncio.sleep(0.02)

    async def resolve(self, run_id: RunId, path: str, *, outcome: str, output: Any = None) -> None:
        """Say what became of an effect in doubt: `done` (with its output), `repeat`, or `failed`.

        Raises `NotFound`, and `Conflict` when the node is not in doubt.
        """
        scope, _, node = path.rpartition("/")
        run = await self.store.get_run(run_id)
        plan = await self.plans.get(run.workflow, run.version)
        outputs: dict[str, Any] = {}
        if outcome == "done":
            found = _find_node(plan, path)
            outputs = output if found.single_port is None else {found.single_port: output}
        await self.store.resolve(run_id, node=node, scope=scope, outcome=outcome, outputs=outputs)
        self.dispatcher.look()


def _find_node(plan: Plan, path: str) -> Any:
    graph = plan.graph
    parts = path.split("/")
    for part in parts[:-1]:
        name, _, body = part.partition(".")
        container = graph.by_id.get(name.split("[")[0])
        if container is None:
            break
        graph = container.bodies[body or "body"]
    node = graph.by_id.get(parts[-1])
    if node is None:
        raise NotFound(f"There is no node `{path}` in `{plan.workflow.name}`.", code="unknown_node")
    return node


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
