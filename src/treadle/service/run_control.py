"""What changes a run that there is: cancel it, retry it, say what became of an effect in doubt."""

from __future__ import annotations

from typing import Any

from treadle.model.ids import RunId
from treadle.model.run import ExecutionResult
from treadle.service.access.operation import operation
from treadle.service.answer import find_node, read_outputs
from treadle.service.application import Application
from treadle.service.waiting import require_driving


class RunControl:
    """The operations that change one run; for forks and moves see `Forks` and `Moves`."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store

    @operation("runs.cancel", on="run")
    async def cancel(self, run_id: RunId) -> None:
        """Ask for a run to be cancelled. Raises `NotFound`, `Conflict` when it has finished."""
        await self._store.request_cancel(run_id)
        self.application.dispatcher.cancel(run_id)
        self.application.dispatcher.look()

    @operation("runs.retry", on="run")
    async def retry(self, run_id: RunId) -> ExecutionResult:
        """Go on with a failed run: what succeeded is kept, what failed is tried again.

        Raises `NotFound`, `Conflict` when the run has not failed or this process is about to stop, and
        `InvalidWorkflow` when a node type of it is gone; the run is left as it was.
        """
        await self._reopen(run_id)
        return await self.application.go_on(run_id)

    @operation("runs.retry", on="run")
    async def start_retry(self, run_id: RunId) -> None:
        """As `retry`, and what comes of it is not waited for. Raises what that raises."""
        await self._reopen(run_id)
        self.application.children.drive_on(run_id)

    async def _reopen(self, run_id: RunId) -> None:
        run = await self._store.get_run(run_id)
        await self.application.plans.get(run.workflow, run.version)
        require_driving(self.application)
        for child in (await self._store.reopen(run_id))[1:]:
            self.application.children.drive_on(child)

    @operation("runs.resolve", on="run")
    async def resolve(self, run_id: RunId, path: str, *, outcome: str, output: Any = None) -> None:
        """Say what became of an effect in doubt: `done` (with its output), `repeat`, or `failed`.

        The output of a node with several output ports is an object of those that are live. Raises `InvalidWorkflow`
        for another answer or output, `NotFound`, and `Conflict` when the node is not in doubt or the run is not at
        rest.
        """
        scope, _, node = path.rpartition("/")
        run = await self._store.get_run(run_id)
        plan = await self.application.plans.get(run.workflow, run.version)
        told = self.application.world.redactor_for(run.origin).value(output)
        outputs = read_outputs(find_node(plan, path), told) if outcome == "done" else {}
        await self._store.resolve(run_id, node=node, scope=scope, outcome=outcome, outputs=outputs)
        self.application.dispatcher.look()
