"""Runs in test mode of what is not published: a draft, or a definition at hand; all of it, or from a node on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from treadle.errors import InvalidWorkflow
from treadle.model.ids import RunId
from treadle.model.workflow import Workflow
from treadle.service.access.operation import operation
from treadle.service.definition import check_text
from treadle.service.drafts import Drafts
from treadle.service.execution import ExecutionRequest, pin
from treadle.service.forks import Forks, PreparedFork
from treadle.service.preparation import keep
from treadle.service.runs import Execution, let_go_on
from treadle.store.run_queries import unknown_run

if TYPE_CHECKING:
    from treadle.service.application import Application


class Unpublished:
    """Whoever may edit a workflow may try it out. What is run is kept as it is, whatever becomes of the draft."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store

    @operation("runs.test", on="workflow")
    async def read_draft(self, workflow: str, **given: Any) -> ExecutionRequest:
        """The request to run a draft as it stands, with what is `given` beside. Raises `NotFound` (`unknown_draft`),
        `InvalidWorkflow` with every issue, or (`wrong_name`) where it holds another workflow."""
        draft = await Drafts(self.application).get(workflow)
        loaded = await check_text(draft.document, self.application.registry, source=f"draft of {workflow}")
        if not loaded.result.valid:
            number = len(loaded.result.errors)
            raise InvalidWorkflow(
                f"The draft of `{workflow}` cannot run: {number} problem{'' if number == 1 else 's'}.",
                issues=loaded.result.issues,
            )
        found = loaded.workflows
        if len(found) != 1 or found[0].name != workflow:
            raise InvalidWorkflow(
                f"The draft of `{workflow}` holds {', '.join(f'`{one.name}`' for one in found)}.",
                code="wrong_name",
                remedy=f"Name the one workflow in it `{workflow}`, or save the draft under its name.",
            )
        return ExecutionRequest(found[0], source=draft.document, **given)

    @operation("runs.test", on="workflow", of="request")
    async def execute_from(
        self, request: ExecutionRequest, run_id: RunId, *, node: str, timeout: float | None = None
    ) -> Execution:
        """Run the workflow of `request` as a test that begins at a node, with what the past run `run_id` of it came to
        before that. What is pinned edits what was, and stands in for nodes that run. Raises as `Forks.fork` does."""
        if request.mode != "test":
            raise InvalidWorkflow(
                "What is not published begins at a node of a past run only as a test.",
                code="invalid_argument",
                remedy="Say `mode: test`, or publish it and fork the run.",
            )
        application = self.application
        workflow, source = request.workflow, await self._store.get_run(run_id)
        if source.workflow != (workflow if isinstance(workflow, str) else workflow.name):
            raise unknown_run(run_id)  # in the words for one that is not there at all
        if isinstance(workflow, str) and request.version is not None:
            workflow = await application.get_workflow(workflow, request.version)
        elif isinstance(workflow, str):
            workflow = (await application.plans.get(source.workflow, source.version)).workflow
        await application.access.require_to_test(application.actor, workflow.name)
        if request.breakpoints is not None:
            await application.access.require(application.actor, "runs.debug", "workflow", workflow.name)
        prepared = await self._prepare(workflow, request, run_id, node, {})
        kept = {*prepared.plan.kept}
        edits = {path: value for path, value in request.pinned.items() if _node_of(path) in kept}
        pins = {path: value for path, value in request.pinned.items() if path not in edits}
        if edits or pins:
            workflow = pin(workflow, pins, mode=request.mode) if pins else workflow
            prepared = await self._prepare(workflow, request, run_id, node, edits)
        fork = await Forks(application).create(prepared)
        if timeout == 0:
            return Execution(fork)
        driving = asyncio.create_task(application.go_on(fork))
        let_go_on(driving)
        done, _ = await asyncio.wait({driving}, timeout=timeout)
        return Execution(fork, driving.result() if done else None)

    async def _prepare(
        self, workflow: Workflow, request: ExecutionRequest, run_id: RunId, node: str, edits: Mapping[str, Any]
    ) -> PreparedFork:
        await keep(self.application, workflow, source=request.source, tries=True)
        return await Forks(self.application).prepare(
            run_id,
            at=node,
            outputs=edits,
            version=workflow.version,
            tests=True,
            breakpoints=request.breakpoints,
        )


def _node_of(written: str) -> str:
    scope, slash, last = written.rpartition("/")
    return f"{scope}{slash}{last.partition('.')[0]}"
