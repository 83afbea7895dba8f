"""Runs: start one and wait for it or not, list them, and read everything that is known of one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from treadle.errors import Conflict, InvalidWorkflow, NotFound
from treadle.model.ids import RunId
from treadle.model.run import ExecutionResult, NodeResult, RunRecord
from treadle.service.access.operation import operation
from treadle.service.definition import check_text
from treadle.service.execution import ExecutionRequest
from treadle.service.forks import Forks
from treadle.service.internal import INTERNAL
from treadle.service.preparation import prepare
from treadle.service.query import RunView, query_run
from treadle.service.timeline import TimelineLine, read_timeline
from treadle.store.run_listing import RunSummary
from treadle.store.run_queries import StoredLine, unknown_run
from treadle.store.run_ranges import RunFilter

if TYPE_CHECKING:
    from treadle.service.application import Application

_driving: set[asyncio.Task[Any]] = set()
"""Runs that somebody stopped waiting for; they go on."""


@dataclass(frozen=True, slots=True)
class Execution:
    """A run that was accepted, and what it came to where that was waited for and has come."""

    run_id: RunId
    result: ExecutionResult | None = None


class Runs:
    """The operations on runs that are not changes of one; for those see `RunControl`, `Forks` and `Moves`."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store

    # Starting

    @operation("runs.start", on="workflow", of="request")
    async def execute(self, request: ExecutionRequest, *, timeout: float | None = None) -> Execution:
        """Start a run and wait until it is done or suspended, at most `timeout` seconds (0: not at all); after that it
        goes on without being waited for. Raises as `Application.execute` does."""
        application = self.application
        if timeout == 0:
            return Execution(await application.start(request))
        prepared = await prepare(application, request)
        driving = asyncio.create_task(application.run(prepared, handlers=request.handlers))
        let_go_on(driving)
        done, _ = await asyncio.wait({driving}, timeout=timeout)
        return Execution(prepared.run.id, driving.result().result if done else None)

    @operation("workflows.validate")
    async def read(self, text: str, **given: Any) -> ExecutionRequest:
        """The request to run the one workflow that a text holds, with what is `given` beside. Raises `InvalidWorkflow`
        with every issue."""
        loaded = await check_text(text, self.application.registry, source="definition")
        found = [document for document in loaded.documents if document.workflow is not None]
        if not loaded.result.valid or len(found) != 1:
            number = len(loaded.result.errors)
            raise InvalidWorkflow(
                f"The definition cannot run: {number} problem{'s' if number != 1 else ''}."
                if number
                else f"The definition holds {len(found)} workflows; one is run.",
                issues=loaded.result.issues,
            )
        assert found[0].workflow is not None
        return ExecutionRequest(found[0].workflow, source=text, **given)

    @operation("runs.test", on="workflow", of="request")
    async def test(self, request: ExecutionRequest, *, timeout: float | None = None) -> Execution:
        """As `execute`, for a workflow that need not be published (see `read`)."""
        return await self.execute(request, timeout=timeout)

    @operation("runs.fork", on="run", of="run_id")
    async def execute_from(
        self,
        run_id: RunId,
        *,
        workflow: str,
        node: str,
        outputs: Mapping[str, Any] | None = None,
        version: str | None = None,
        timeout: float | None = None,
    ) -> Execution:
        """Start a run of `workflow` at a node, with what its run `run_id` came to before that: a fork. Raises as
        `Forks.fork` does."""
        if (await self._store.get_run(run_id)).workflow != workflow:
            raise unknown_run(run_id)  # in the words for one that is not there at all
        fork = await Forks(self.application).fork(run_id, at=node, outputs=outputs, version=version)
        if timeout == 0:
            return Execution(fork)
        driving = asyncio.create_task(self.application.go_on(fork))
        let_go_on(driving)
        done, _ = await asyncio.wait({driving}, timeout=timeout)
        return Execution(fork, driving.result() if done else None)

    # Reading

    @operation("runs.list")
    async def list(self, wanted: RunFilter, *, limit: int = 50) -> Sequence[RunSummary]:
        """The newest that are wanted and may be seen."""
        hidden = await self.application.access.find_hidden(self.application.actor)
        return await self._store.list_summaries(replace(wanted, hidden=hidden, without=INTERNAL), limit=limit)

    @operation("runs.list")
    async def find_id(self, text: str) -> RunId:
        """The run whose id is, or alone begins with, `text`; `last` is the newest that no other run has started.

        Raises `NotFound`, `Conflict`.
        """
        hidden = await self.application.access.find_hidden(self.application.actor)
        if text == "last":
            recent = await self._store.list_summaries(RunFilter(hidden=hidden, without=INTERNAL), limit=500)
            if recent:
                return next((run.id for run in recent if run.parent is None), recent[0].id)
        matches = await self._store.find_run_ids(RunFilter(starts=text, hidden=hidden), limit=100) if text else []
        if text in matches:
            return RunId(text)
        if len(matches) > 1:
            raise Conflict(f"{len(matches)} runs begin with `{text}`.", remedy="Write more of the id.")
        return matches[0] if matches else (await self._store.get_run(RunId(text))).id

    @operation("runs.read", on="run")
    async def get(self, run_id: RunId) -> RunRecord:
        """Raises `NotFound`."""
        return await self._store.get_run(run_id)

    @operation("runs.read", on="run")
    async def query(self, run_id: RunId) -> RunView:
        """How it stands: what became of its nodes, what it waits for, and how it sees the state. Raises `NotFound`."""
        return await query_run(self.application, run_id)

    @operation("runs.read", on="run")
    async def get_node(self, run_id: RunId, path: str) -> NodeResult:
        """What became of one node, by its path. Raises `NotFound` (`unknown_run`, `unknown_node`)."""
        found = (await self._store.find_results(run_id)).get(path)
        if found is None:
            raise NotFound(
                f"Run `{run_id}` has nothing of a node `{path}`.",
                code="unknown_node",
                remedy="Write its path as the run shows it: `each[2]/send`.",
                run=run_id,
                node=path,
            )
        return found

    @operation("runs.read", on="run")
    async def read_result(self, run_id: RunId, *, timeout: float = 0) -> ExecutionResult:
        """How it stands, once it has finished, or after `timeout` seconds. Raises `NotFound`."""
        if timeout > 0:
            try:
                async with asyncio.timeout(timeout):
                    return await self.application.wait(run_id)
            except TimeoutError:
                pass
        return await self.application.get_result(run_id)

    @operation("runs.read", on="run")
    async def read_log(self, run_id: RunId, *, after: int = 0, limit: int = 1000) -> Sequence[StoredLine]:
        """Lines written after line `after`, oldest first. Raises `NotFound`."""
        return await self._store.read_log(run_id, after=after, limit=limit)

    @operation("runs.read", on="run")
    async def read_timeline(self, run_id: RunId) -> Sequence[TimelineLine]:
        """What its nodes did and logged, oldest first. Raises `NotFound`."""
        return await read_timeline(self.application, run_id)

    @operation("runs.read", on="run")
    async def list_children(
        self, run_id: RunId, *, limit: int = 50, before: RunId | None = None
    ) -> Sequence[RunSummary]:
        """The runs that it started, newest first. Raises `NotFound`."""
        await self._store.get_run(run_id)
        return await self.list(RunFilter(parent=run_id, before=before), limit=limit)


def let_go_on(driving: asyncio.Task[Any]) -> None:
    """Whoever waits may go; what goes wrong then is in the run."""
    _driving.add(driving)

    def forget(task: asyncio.Task[Any]) -> None:
        _driving.discard(task)
        if not task.cancelled():
            task.exception()

    driving.add_done_callback(forget)
