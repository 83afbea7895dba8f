"""Children: runs that other runs start, here and now, under ids that their parents worked out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from treadle.engine.exchange import ChildRequest
from treadle.engine.outcome import Done, Outcome, Suspended
from treadle.errors import Conflict, NotFound, TreadleError
from treadle.model.ids import RunId
from treadle.model.published import handles_failure, hops_of
from treadle.model.run import FINISHED, Origin, RunRecord, deployment_of
from treadle.model.workflow import Node, Workflow
from treadle.packs.core.trigger.workflow import fit_input
from treadle.service.execution import ExecutionRequest
from treadle.service.handing import hand_on, naming_withheld
from treadle.service.preparation import prepare
from treadle.store.closing import is_awaited

if TYPE_CHECKING:
    from treadle.service.application import Application

CALLABLE = "trigger.workflow"
"""The trigger that says what a workflow wants of whoever calls it."""
_LOOK_EVERY = 0.05
"""Seconds between looks at children under way, should their parent not be heard of."""


class Children:
    """Implements `treadle.engine.exchange.ChildStarter`: a child is a run of its own, kept before its parent waits for
    it, and driven by this process first."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._driving: set[asyncio.Task[object]] = set()
        self._taken_up: set[RunId] = set()
        """Children that were taken up here once because nobody else did."""

    async def start_child(self, request: ChildRequest) -> None:
        """Check everything, then keep the run; nothing when there is one of its id.

        The child has its parent's mode, and of its profiles those that its owner may use. Raises `NotFound`,
        `InvalidWorkflow` (`missing_secret` where it lacks what it reads), `NodeError` when the input does not fit what
        its `trigger.workflow` wants.
        """
        if await self.find_run(request.run_id) is not None:
            return
        application, parent = self.application, request.parent
        await application.access.require_to_call(parent.workflow, request.workflow)
        workflow = await application.get_workflow(request.workflow, request.version)
        called = find_called(workflow)
        given = request.input
        if called is not None and isinstance(schema := called.config.get("schema"), dict):
            given = fit_input(given, schema)
        above = parent.origin or Origin()
        profiles, withheld = await hand_on(application, above.profiles, caller=parent.workflow, called=workflow.name)
        with naming_withheld(workflow.name, withheld):
            prepared = await prepare(
                application,
                ExecutionRequest(
                    workflow.name,
                    version=workflow.version,
                    input=given,
                    mode=parent.mode,
                    trigger=called.id if called else None,
                    run_id=request.run_id,
                    at=request.at,
                    profiles=profiles,
                    account=above.account,
                    is_confirmed=True,
                ),
            )
        own = prepared.run.origin or Origin()
        origin = replace(
            origin_of_child(request),
            trace=own.trace,
            most_seconds=own.most_seconds,
            profiles=own.profiles,
            account=own.account,
        )
        run = replace(prepared.run, parent=parent.id, origin=origin)
        with contextlib.suppress(Conflict):  # whoever drove the parent before has just started it
            await application.dispatcher.submit(prepared.plan, run)

    async def find_run(self, run_id: RunId) -> RunRecord | None:
        try:
            return await self.application.store.get_run(run_id)
        except NotFound:
            return None

    def drive_on(self, run_id: RunId) -> None:
        """Drive on a child that was opened again with its parent, in the background."""
        task: asyncio.Task[object] = asyncio.create_task(self._take(run_id))
        self._driving.add(task)
        task.add_done_callback(self._driving.discard)

    async def _take(self, run_id: RunId) -> None:
        # What keeps it from being driven on is logged there, and it is left to a process that can.
        with contextlib.suppress(TreadleError):
            await self.application.dispatcher.take(run_id)

    async def end_cancelled(self, run_id: RunId) -> None:
        """Drive the children that were cancelled with a run to their end, and theirs."""
        for child in await self.application.store.list_children(run_id):
            if child.status not in FINISHED and child.cancel_requested:
                await self._take(child.id)
                await self.end_cancelled(child.id)

    async def come_to_rest(self, outcome: Outcome) -> Outcome:
        """The outcome of a run once its children have come to rest too: while one of those that it waits for is under
        way, it is about to go on."""
        dispatcher = self.application.dispatcher
        while isinstance(outcome, Suspended) and (awaited := _children(outcome)):
            heard = dispatcher.next_outcome(outcome.result.run_id)
            try:
                while not heard.done() and not dispatcher.is_draining and await self._is_any_moving(awaited):
                    await asyncio.wait({heard}, timeout=_LOOK_EVERY)
                following = heard.result() if heard.done() else None
            finally:
                heard.cancel()
            if following is None:
                return await self._as_stored(outcome)
            outcome = following
        return outcome

    async def _as_stored(self, outcome: Suspended) -> Outcome:
        """Driven elsewhere meanwhile, the run may be further than it was."""
        with contextlib.suppress(NotFound):
            result = await self.application.get_result(outcome.result.run_id)
            if result.status in FINISHED:
                return Done(result)
        return outcome

    async def _is_any_moving(self, run_ids: Sequence[RunId]) -> bool:
        for run_id in run_ids:
            if self.application.dispatcher.is_taken(run_id) or await self._is_moving(run_id):
                return True
        return False

    async def _is_moving(self, run_id: RunId) -> bool:
        """Whether the run is under way or is about to be, so that whoever waits for it need not wait for anything
        else."""
        store, run = self.application.store, await self.find_run(run_id)
        if run is None:
            return False
        if run.status in FINISHED:
            # Its parent is about to hear of it, unless it has, and has finished where we could not see it.
            parent = await self.find_run(run.parent) if run.parent is not None else None
            return parent is not None and parent.status not in FINISHED
        if run.status == "suspended" and (run.wake_at is None or run.wake_at > self.application.world.clock.now()):
            below = [child.id for child in await store.list_children(run_id) if is_awaited(child)]
            return await self._is_any_moving([child for child in below if child not in self._taken_up])
        if run.status == "running" and run_id not in await store.find_unfinished():
            return True
        # Left behind by a crash, or due where nobody looks: its parent being here, it is this process's affair.
        if run_id in self._taken_up:
            return False
        self._taken_up.add(run_id)
        self.drive_on(run_id)
        return True


def _children(outcome: Suspended) -> list[RunId]:
    return [RunId(wait.removeprefix("run:")) for wait in outcome.signals if wait.startswith("run:")]


def origin_of_child(request: ChildRequest) -> Origin:
    """Where the child comes from: what its parent is bound to, and what has led to that, holds for it too."""
    parent = request.parent
    above = parent.origin or Origin()
    return Origin(
        parent_path=request.path,
        depth=above.depth + 1,
        profiles=above.profiles,
        detached=request.detached,
        hops=hops_of(parent),
        handles=handles_failure(parent),
        deployment=deployment_of(parent),
    )


def find_called(workflow: Workflow) -> Node | None:
    """The trigger node that fires when another workflow calls this one; None: it says nothing of being called."""
    return next((node for node in workflow.nodes if node.type == CALLABLE and not node.disabled), None)
