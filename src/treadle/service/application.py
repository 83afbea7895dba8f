"""The application service: every operation once, whatever surface asks for it."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from treadle.authoring.check import check
from treadle.authoring.inputs import validate_input
from treadle.dispatch.local import LocalDispatcher
from treadle.dispatch.plans import Plans, read_version, write_version
from treadle.engine.breaker import Breakers
from treadle.engine.clock import SystemClock
from treadle.engine.compile import compile_plan
from treadle.engine.handlers import Handlers
from treadle.engine.outcome import Outcome
from treadle.engine.plan import Plan
from treadle.engine.world import World
from treadle.errors import Conflict, InvalidWorkflow, NotFound
from treadle.model.event import RunEvent, RunFinished
from treadle.model.ids import RunId, new_run_id
from treadle.model.nearest import listed, suggest
from treadle.model.run import FINISHED, ExecutionResult, Origin, RunRecord, RunStatus
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.access.access import Access
from treadle.service.access.actor import LOCAL, Actor
from treadle.service.access.operation import operation
from treadle.service.access.quotas import Quotas
from treadle.service.access.sharing import Sharing
from treadle.service.answer import find_node, read_outputs
from treadle.service.arming import release
from treadle.service.calls import require_reach
from treadle.service.children import Children
from treadle.service.execution import ExecutionRequest, pin
from treadle.service.live.hub import Hub
from treadle.service.profiles import KnownProfiles, require_credentials
from treadle.service.project import installed_registry, make_store_folder
from treadle.service.secrets import KnownSecrets
from treadle.service.settings import Settings
from treadle.service.vault.credentials import Credentials
from treadle.service.vault.vault import Vault
from treadle.service.version_names import find_version
from treadle.store.run_ranges import RunFilter
from treadle.store.sqlite_journal import SqliteStore
from treadle.store.versions import Following
from treadle.store.workflows import workflow_deleted

Key = TypeVar("Key")
Value = TypeVar("Value")
_LOOK_OFTEN, _LOOK_SELDOM = 0.05, 0.25
"""Seconds between looks at a run that is driven elsewhere: at first, and after a while."""
_REMEMBERED = 1024
"""Versions known to be checked or stored; beyond that the oldest are looked at again."""


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
        self.actor: Actor = LOCAL
        """Who asks for what is done through this object."""
        self.registry = registry or installed_registry(settings)
        self.drives = drives
        location = settings.db.removeprefix("sqlite:///")
        if drives:
            make_store_folder(Path(location).parent)
        self.store = SqliteStore(location, synchronous=settings.synchronous)
        clock = SystemClock()
        self.vault = Vault(self.store, clock, declared=settings.profiles)
        self.world = World(
            self.store,
            clock,
            permissions=settings.permissions(),
            secrets=KnownSecrets(self.vault),
            profiles=KnownProfiles(self.vault, settings.profiles),
            known_secrets=self.vault.known,
            known_to=self.vault.known_to,
            exchange=self.store,
            breakers=Breakers(threshold=settings.breaker_failures, rest=settings.breaker_rest),
        )
        self.access = Access(self.store, self.world.clock, redactor=self.world.redactor)
        self.quotas = Quotas(self.store, self.world.clock, settings)
        self.plans = Plans(self.store, self.registry)
        self.dispatcher = LocalDispatcher(
            self.store,
            world=self.world,
            plans=self.plans,
            most_at_once=settings.max_concurrency,
            only_given=not recovers,
        )
        self.live = Hub(self.store, self.dispatcher)
        """Of what live streams are made; it listens while somebody follows one."""
        self.children = self.world.children = Children(self)
        self.on_deployments_changed: list[Callable[[], None]] = []
        """Called when what runs by itself has been changed here, whoever asked for it."""
        self._driving: set[asyncio.Task[ExecutionResult]] = set()
        """Runs that are watched, or that somebody waited for; they go on when nobody does."""
        self._checked: dict[tuple[str, str], None] = {}
        self._kept: dict[str, str] = {}
        """The version of each workflow that this process stored last."""

    def acting_as(self, actor: Actor) -> Application:
        """The same application, asked by somebody else: the operations are authorised for and audited as `actor`."""
        view = copy.copy(self)
        view.actor = actor
        return view

    async def __aenter__(self) -> Self:
        await self.store.open()
        await self.vault.open(watches=self.drives)
        if self.drives:
            await self.dispatcher.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if self.drives:
                await self.dispatcher.drain()
        finally:
            await self.live.close()
            await self.vault.close()
            await self.store.close()

    # Workflows

    @operation("workflows.publish", on="workflow")
    async def publish(
        self, workflow: Workflow, *, source: str | None = None, note: str | None = None, author: str | None = None
    ) -> str:
        """Check a workflow and make it the latest version of its name; a version never changes. Raises
        `InvalidWorkflow` with every issue."""
        self.check(workflow)
        await require_reach(self, workflow)
        await self.quotas.require_version(workflow)
        await Credentials(self).require_usable_by_followers(workflow.name)
        name, version, document = workflow.name, workflow.version, write_version(workflow, source=source)

        async def save(following: Following) -> None:
            about: dict[str, Any] = {"form": workflow.form, "note": note, "author": author}
            await self.store.save_version(name, version, document, following=following, **about)

        await release(self.store, self.registry, workflow, save, now=self.world.clock.now())
        _remember(self._kept, name, version)
        return version

    def _name_a_trigger(self, workflow: Workflow, meant: str) -> str:
        found = [(node.id, self.registry.find(node.type)) for node in workflow.nodes]
        names = [name for name, definition in found if definition is not None and definition.type.kind == "trigger"]
        if not names:
            return "It has no trigger nodes: run it without naming one."
        return suggest(meant, names, f"Its trigger nodes are {listed(names)}.")

    async def _keep(self, workflow: Workflow, *, source: str | None = None) -> None:
        """Check a workflow and store its version, to be run: what follows the latest does not take it up. Raises
        `InvalidWorkflow` with every issue."""
        self.check(workflow)
        await require_reach(self, workflow)
        await Sharing(self).own(workflow.name)
        document = write_version(workflow, source=source)
        await self.store.keep_version(workflow.name, workflow.version, document, form=workflow.form)
        _remember(self._kept, workflow.name, workflow.version)

    def check(self, workflow: Workflow) -> None:
        """Raises `InvalidWorkflow` with every issue."""
        key = (workflow.name, workflow.version)
        if key in self._checked:
            return
        checked = check(workflow, self.registry)
        if not checked.valid:
            raise InvalidWorkflow(
                f"`{workflow.name}` cannot run: {_count(len(checked.errors), 'problem')}.",
                issues=checked.issues,
            )
        _remember(self._checked, key, None)

    @operation("workflows.read", on="workflow", of="name")
    async def get_workflow(self, name: str, version: str | None = None) -> Workflow:
        """A stored version (see `find_version` for how it may be written), by default the latest. Raises `NotFound`,
        `Conflict`."""
        found = await (self.store.get_version(name) if version is None else find_version(self.store, name, version))
        return read_version(found.document)

    # Runs

    async def prepare(self, request: ExecutionRequest) -> Prepared:
        """Check everything about a request before anything is written. Raises `InvalidWorkflow`, `NotFound`,
        `LimitExceeded`."""
        workflow = request.workflow
        if isinstance(workflow, str):
            if request.deployment is None and await self.store.find_deleted(workflow):
                raise workflow_deleted(workflow)
            workflow = await self.get_workflow(workflow, request.version)
        elif request.deployment is None:
            await self.access.require_to_test(self.actor, workflow.name)
        if request.pinned:
            workflow = pin(workflow, request.pinned, mode=request.mode)
        values, issues = validate_input(workflow, request.input)
        if issues:
            raise InvalidWorkflow(
                f"The input of `{workflow.name}` is wrong: {' '.join(issue.message for issue in issues)}",
                code="invalid_input",
                issues=issues,
            )
        if request.trigger is not None and workflow.find_node(request.trigger) is None:
            raise NotFound(
                f"`{workflow.name}` has no trigger `{request.trigger}`.",
                code="unknown_trigger",
                remedy=self._name_a_trigger(workflow, request.trigger),
            )
        if not request.pinned and (isinstance(request.workflow, str) or request.deployment is not None):
            self.check(workflow)  # it is in the store; to run an older version is not to publish it
        elif self._kept.get(workflow.name) != workflow.version:
            await self._keep(workflow, source=request.source)
        for other, text in request.beside:
            await self.access.require_to_test(self.actor, other.name)
            await self._keep(other, source=text)
        plan = self.plans.find(workflow.name, workflow.version) or compile_plan(workflow, self.registry)
        if plan.secrets or request.profiles:
            await self.vault.refresh()
            if request.deployment is None:
                await Credentials(self).require_usable(request.profiles)
        require_credentials(self.world, workflow.name, plan.secrets, request.profiles)
        trace = None if self.world.tracer is None else self.world.tracer.parent()
        run_id = request.run_id or new_run_id()
        account = await self.find_account(workflow.name, request.account)
        most_seconds = await self.quotas.require_run(workflow, account, run_id)
        origin = Origin(profiles=request.profiles, trace=trace, most_seconds=most_seconds, account=account)
        redactor = self.world.redactor_for(origin)  # what is kept of a run holds no secret, whoever put it in
        run = RunRecord(
            id=run_id,
            workflow=workflow.name,
            version=workflow.version,
            mode=request.mode,
            input=redactor.ports(values),
            trigger=request.trigger,
            fired=redactor.value(request.fired),
            deployment=request.deployment,
            params=redactor.ports(request.params),
            origin=None if origin == Origin() else origin,
            created_at=request.at or self.world.clock.now(),
            save=workflow.settings.save,
            retention=workflow.settings.retention,
        )
        return Prepared(plan, run)

    async def find_account(self, workflow: str, starter: str | None = None) -> str | None:
        """On whose account a run of it is: its owner's or, where it has none, the starter's (None: who asks)."""
        if not (self.vault.owners or await self.quotas.is_anybody_bound()):
            return None  # nobody has anything to count or to keep
        return (await self.store.find_holding(workflow)).owner or starter or self.actor.user_id

    @operation("runs.start", on="workflow", of="request")
    async def execute(
        self, request: ExecutionRequest, *, told: Callable[[RunEvent], None] | None = None
    ) -> ExecutionResult:
        """Run until done or suspended. `told` hears of every event of the run as it happens."""
        return await self._carry_out(request, await self.prepare(request), told)

    async def _carry_out(
        self, request: ExecutionRequest, prepared: Prepared, told: Callable[[RunEvent], None] | None
    ) -> ExecutionResult:
        """The one path of a run, whether somebody listens or not."""
        if told is None:
            return (await self.run(prepared, handlers=request.handlers)).result
        run_id = prepared.run.id
        stop = self.dispatcher.watch(lambda event: told(event) if event.run_id == run_id else None)
        try:
            return (await self.run(prepared, handlers=request.handlers)).result
        finally:
            stop()

    async def run(self, prepared: Prepared, *, handlers: Handlers | None = None) -> Outcome:
        """Drive a new run until it is done or suspended; while children that it waits for are under way here, it is
        neither."""
        outcome = await self.dispatcher.run(prepared.plan, prepared.run, handlers=handlers)
        return await self.children.come_to_rest(outcome)

    @operation("runs.start", on="workflow", of="request")
    async def start(self, request: ExecutionRequest) -> RunId:
        """Accept a run; it is durable when this returns, and driven in the background."""
        prepared = await self.prepare(request)
        await self.dispatcher.submit(prepared.plan, prepared.run, handlers=request.handlers)
        return prepared.run.id

    @operation("runs.start", on="workflow", of="request")
    async def stream(
        self, request: ExecutionRequest, *, cancels: bool = True
    ) -> AsyncIterator[RunEvent | ExecutionResult]:
        """The run's events as they happen, and its result last: `execute`, told bit by bit. Who stops reading cancels
        the run, unless `cancels` is false: it goes on then."""
        prepared = await self.prepare(request)
        events: asyncio.Queue[RunEvent] = asyncio.Queue()
        driving = asyncio.create_task(self._carry_out(request, prepared, events.put_nowait))
        self._driving.add(driving)
        driving.add_done_callback(self._driving.discard)
        try:
            while True:
                waiting = asyncio.create_task(events.get())
                await asyncio.wait({waiting, driving}, return_when=asyncio.FIRST_COMPLETED)
                if waiting.done():
                    event = waiting.result()
                    yield event
                    if isinstance(event, RunFinished):
                        break
                else:
                    waiting.cancel()
                    break
            while not events.empty():
                yield events.get_nowait()
            yield await driving
        finally:
            if cancels and not driving.done():
                self.dispatcher.cancel(prepared.run.id)
                await asyncio.gather(driving, return_exceptions=True)

    @operation("runs.read", on="run")
    async def wait(self, run_id: RunId) -> ExecutionResult:
        """Wait until a run, wherever it is driven, has finished. Raises `NotFound`: also of a run that is not kept and
        was over before, or is driven elsewhere."""
        return await self._wait_for(run_id, FINISHED)

    @operation("runs.read", on="run")
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

    @operation("runs.list")
    async def list_runs(
        self, *, workflow: str | None = None, status: RunStatus | None = None, limit: int = 50
    ) -> Sequence[RunRecord]:
        """Newest first."""
        hidden = await self.access.find_hidden(self.actor)
        return await self.store.list_runs(workflow=workflow, status=status, limit=limit, hidden=hidden)

    @operation("runs.list")
    async def find_run_id(self, text: str) -> RunId:
        """The run whose id is, or alone begins with, `text`; `last` is the newest that no other run has started.

        Raises `NotFound`, `Conflict`.
        """
        hidden = await self.access.find_hidden(self.actor)
        if text == "last":
            recent = await self.store.list_summaries(RunFilter(hidden=hidden), limit=500)
            if recent:
                return next((run.id for run in recent if run.parent is None), recent[0].id)
        matches = await self.store.find_run_ids(RunFilter(starts=text, hidden=hidden), limit=100) if text else []
        if text in matches:
            return RunId(text)
        if len(matches) > 1:
            raise Conflict(f"{len(matches)} runs begin with `{text}`.", remedy="Write more of the id.")
        return matches[0] if matches else (await self.store.get_run(RunId(text))).id

    @operation("runs.cancel", on="run")
    async def cancel(self, run_id: RunId) -> None:
        """Ask for a run to be cancelled. Raises `NotFound`, `Conflict` when it has finished."""
        await self.store.request_cancel(run_id)
        self.dispatcher.cancel(run_id)
        self.dispatcher.look()

    @operation("runs.retry", on="run")
    async def retry(self, run_id: RunId) -> ExecutionResult:
        """Go on with a failed run: what succeeded is kept, what failed is tried again.

        Raises `NotFound`, `Conflict` when the run has not failed or this process is about to stop, and
        `InvalidWorkflow` when a node type of it is gone; the run is left as it was.
        """
        await self._reopen(run_id)
        return await self.go_on(run_id)

    @operation("runs.retry", on="run")
    async def start_retry(self, run_id: RunId) -> None:
        """As `retry`, and what comes of it is not waited for. Raises what that raises."""
        await self._reopen(run_id)
        self.children.drive_on(run_id)

    async def _reopen(self, run_id: RunId) -> None:
        run = await self.store.get_run(run_id)
        await self.plans.get(run.workflow, run.version)
        self._require_driving()
        for child in (await self.store.reopen(run_id))[1:]:
            self.children.drive_on(child)

    async def go_on(self, run_id: RunId) -> ExecutionResult:
        """Drive an unfinished run here until it is done or suspended, or wait while another process does.

        Raises `NotFound`, `Conflict` when this process is about to stop, and what keeps the run from being driven on
        at all, such as `InvalidWorkflow` when a node type of it is gone.
        """
        outcome = await self.dispatcher.take(run_id)
        if outcome is not None:
            return (await self.children.come_to_rest(outcome)).result
        return await self.wait_here(run_id)

    @operation("runs.read", on="run")
    async def wait_here(self, run_id: RunId) -> ExecutionResult:
        """Wait until a run that this process drives is done or suspended. Raises `NotFound`, and `Conflict` when this
        process is about to stop."""
        return await self._wait_for(run_id, (*FINISHED, "suspended"), unless_draining=True)

    async def _wait_for(
        self, run_id: RunId, statuses: Collection[str], *, unless_draining: bool = False
    ) -> ExecutionResult:
        # Of a run that is not kept, only who drives it knows what it came to.
        heard, pause = self.dispatcher.next_outcome(run_id), _LOOK_OFTEN
        try:
            while True:
                if heard.done():
                    outcome = heard.result()
                    if outcome is not None and outcome.result.status in statuses:
                        return outcome.result
                    heard = self.dispatcher.next_outcome(run_id)
                try:
                    run = await self.store.get_run(run_id)
                    if run.status in statuses:
                        return await self.get_result(run_id)
                except NotFound:
                    if not heard.done() and not self.dispatcher.is_taken(run_id):
                        raise
                if unless_draining and not self.dispatcher.is_taken(run_id):
                    self._require_driving()
                await asyncio.wait({heard}, timeout=pause)
                pause = min(pause * 1.2, _LOOK_SELDOM)
        finally:
            heard.cancel()

    def _require_driving(self) -> None:
        if self.dispatcher.is_draining:
            raise Conflict(
                "This process is about to stop and takes up no run.",
                code="draining",
                remedy="Try again with the next one.",
            )

    @operation("runs.resolve", on="run")
    async def resolve(self, run_id: RunId, path: str, *, outcome: str, output: Any = None) -> None:
        """Say what became of an effect in doubt: `done` (with its output), `repeat`, or `failed`.

        The output of a node with several output ports is an object of those that are live. Raises `InvalidWorkflow`
        for another answer or output, `NotFound`, and `Conflict` when the node is not in doubt or the run is not at
        rest.
        """
        scope, _, node = path.rpartition("/")
        run = await self.store.get_run(run_id)
        plan = await self.plans.get(run.workflow, run.version)
        told = self.world.redactor_for(run.origin).value(output)
        outputs = read_outputs(find_node(plan, path), told) if outcome == "done" else {}
        await self.store.resolve(run_id, node=node, scope=scope, outcome=outcome, outputs=outputs)
        self.dispatcher.look()


def _remember(known: dict[Key, Value], key: Key, value: Value) -> None:
    known[key] = value
    if len(known) > _REMEMBERED:
        del known[next(iter(known))]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
