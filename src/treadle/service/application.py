"""The application service: every operation once, whatever surface asks for it."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from treadle.authoring.check import check
from treadle.dispatch.local import LocalDispatcher
from treadle.dispatch.plans import Plans, read_version, write_version
from treadle.engine.breaker import Breakers
from treadle.engine.clock import Clock, SystemClock
from treadle.engine.handlers import Handlers
from treadle.engine.outcome import Outcome
from treadle.engine.world import World
from treadle.errors import InvalidWorkflow
from treadle.model.counted import counted
from treadle.model.event import RunEvent
from treadle.model.ids import RunId
from treadle.model.run import FINISHED, ExecutionResult, RunRecord, RunStatus
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.access.access import Access
from treadle.service.access.actor import LOCAL, Actor
from treadle.service.access.operation import operation
from treadle.service.access.quotas import Quotas
from treadle.service.arming import release
from treadle.service.backtests.jobs import INTERRUPTED, Jobs
from treadle.service.bots.books import Books
from treadle.service.calls import require_reach
from treadle.service.children import Children
from treadle.service.confirming import Confirming
from treadle.service.execution import ExecutionRequest
from treadle.service.internal import INTERNAL
from treadle.service.live.hub import Hub
from treadle.service.logs import blot_out_known_to
from treadle.service.preparation import Prepared, prepare
from treadle.service.profiles import KnownProfiles
from treadle.service.project import installed_registry, make_store_folder
from treadle.service.remembered import Remembered
from treadle.service.secrets import KnownSecrets
from treadle.service.settings import Settings
from treadle.service.startups import Startups
from treadle.service.vault.credentials import Credentials
from treadle.service.vault.vault import Vault
from treadle.service.version_names import find_version
from treadle.service.waiting import listen, wait_until
from treadle.store.sqlite_journal import SqliteStore
from treadle.store.versions import Following


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
        clock: Clock | None = None,
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
        clock = clock or SystemClock()
        self.vault = Vault(self.store, clock, declared=settings.profiles)
        blot_out_known_to(self.vault)
        self.world = World(
            self.store,
            clock,
            permissions=settings.permissions(),
            secrets=KnownSecrets(self.vault),
            profiles=KnownProfiles(self.vault, settings.profiles),
            provider_of=lambda name: self.vault.providers.get(name),
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
        self.books = Books(self.store)
        """What deployments have dealt, as far as it was asked for here."""
        self.backtests = Jobs(self.store, settings)
        """Those under way here, each in a process of its own."""
        self.startups = Startups(self)
        self.dispatcher.ready = self.startups.require_run
        self._recovers = recovers
        self.live = Hub(self.store, self.dispatcher)
        """Of what live streams are made; it listens while somebody follows one."""
        self.children = self.world.children = Children(self)
        self.on_deployments_changed: list[Callable[[], None]] = []
        """Called when what runs by itself has been changed here, whoever asked for it."""
        self._driving: set[asyncio.Task[ExecutionResult]] = set()
        """Runs that are watched, or that somebody waited for; they go on when nobody does."""
        self._checked = Remembered[tuple[str, str], None]()
        self.harmless = Remembered[tuple[str, str], None]()
        """Versions whose runs put nothing at stake."""
        self.kept = Remembered[str, str]()
        """The version of each workflow that this process stored last."""

    def acting_as(self, actor: Actor) -> Application:
        """The same application, asked by somebody else: the operations are authorised for and audited as `actor`."""
        view = copy.copy(self)
        view.actor = actor
        return view

    def tell_deployments_changed(self) -> None:
        """Have what starts the runs of this process look at once, whoever asked for the change."""
        for look in self.on_deployments_changed:
            look()

    async def __aenter__(self) -> Self:
        await self.store.open()
        await self.vault.open(watches=self.drives)
        if self.drives:
            if self._recovers:
                self.startups.begin()
                await self.store.end_abandoned_backtests(INTERRUPTED)
            await self.dispatcher.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            await self.startups.stop()
            await self.backtests.close()
            if self.drives:
                await self.dispatcher.drain()
        finally:
            await self.books.close()
            await self.live.close()
            await self.vault.close()
            await self.store.close()

    # Workflows

    @operation("workflows.publish", on="workflow")
    async def publish(
        self,
        workflow: Workflow,
        *,
        source: str | None = None,
        note: str | None = None,
        author: str | None = None,
        deploying: str | None = None,
    ) -> str:
        """Check a workflow and make it the latest version of its name; a version never changes. Raises
        `InvalidWorkflow` with every issue, and `Conflict` (`confirmation_required`) where a live deployment would place
        orders by it that nobody has confirmed; that which is just being deployed has been asked for."""
        self.check(workflow)
        await require_reach(self, workflow)
        await self.quotas.require_version(workflow)
        await Credentials(self).require_usable_by_followers(workflow.name)
        await Confirming(self).require_of_followers(workflow, besides=() if deploying is None else (deploying,))
        name, version, document = workflow.name, workflow.version, write_version(workflow, source=source)

        async def save(following: Following) -> None:
            about: dict[str, Any] = {"form": workflow.form, "note": note, "author": author}
            await self.store.save_version(name, version, document, following=following, **about)

        await release(self.store, self.registry, workflow, save, now=self.world.clock.now())
        self.kept.remember(name, version)
        return version

    def check(self, workflow: Workflow) -> None:
        """Raises `InvalidWorkflow` with every issue."""
        key = (workflow.name, workflow.version)
        if key in self._checked:
            return
        checked = check(workflow, self.registry)
        if not checked.valid:
            raise InvalidWorkflow(
                f"`{workflow.name}` cannot run: {counted(len(checked.errors), 'problem')}.",
                issues=checked.issues,
            )
        self._checked.remember(key, None)

    @operation("workflows.read", on="workflow", of="name")
    async def get_workflow(self, name: str, version: str | None = None) -> Workflow:
        """A stored version (see `find_version` for how it may be written), by default the latest. Raises `NotFound`,
        `Conflict`."""
        found = await (self.store.get_version(name) if version is None else find_version(self.store, name, version))
        return read_version(found.document)

    # Runs

    @operation("runs.start", on="workflow", of="request")
    async def execute(
        self, request: ExecutionRequest, *, told: Callable[[RunEvent], None] | None = None
    ) -> ExecutionResult:
        """Run until done or suspended. `told` hears of every event of the run as it happens."""
        return await self._carry_out(request, await prepare(self, request), told)

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
        prepared = await prepare(self, request)
        await self.dispatcher.submit(prepared.plan, prepared.run, handlers=request.handlers)
        return prepared.run.id

    @operation("runs.start", on="workflow", of="request")
    async def stream(
        self, request: ExecutionRequest, *, cancels: bool = True
    ) -> AsyncIterator[RunEvent | ExecutionResult]:
        """The run's events as they happen, and its result last: `execute`, told bit by bit. Who stops reading cancels
        the run, unless `cancels` is false: it goes on then."""
        prepared = await prepare(self, request)
        events: asyncio.Queue[RunEvent] = asyncio.Queue()
        driving = asyncio.create_task(self._carry_out(request, prepared, events.put_nowait))
        self._driving.add(driving)
        driving.add_done_callback(self._driving.discard)
        try:
            async for event in listen(events, driving):
                yield event
            yield await driving
        finally:
            if cancels and not driving.done():
                self.dispatcher.cancel(prepared.run.id)
                await asyncio.gather(driving, return_exceptions=True)

    @operation("runs.read", on="run")
    async def wait(self, run_id: RunId) -> ExecutionResult:
        """Wait until a run, wherever it is driven, has finished. Raises `NotFound`: also of a run that is not kept and
        was over before, or is driven elsewhere."""
        return await wait_until(self, run_id, FINISHED)

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
        return await self.store.list_runs(
            workflow=workflow, status=status, limit=limit, hidden=hidden, without=INTERNAL
        )

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
        return await wait_until(self, run_id, (*FINISHED, "suspended"), unless_draining=True)
