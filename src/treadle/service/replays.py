"""Replaying what the store holds: a version over recorded runs, with nothing written and nothing touched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from treadle.authoring.inputs import validate_input
from treadle.dispatch.plans import Plans
from treadle.engine.journal import Entry
from treadle.engine.plan import Plan
from treadle.engine.recording import Recording
from treadle.engine.replay_report import ReplayReport, RunReplay, judge
from treadle.engine.replaying import NO_STUBS, effects_of, plain_path, replay
from treadle.errors import InvalidWorkflow, NotFound, StoreError, TreadleError
from treadle.model.ids import RunId
from treadle.model.run import FINISHED, RunRecord, RunStatus
from treadle.service.access.operation import operation
from treadle.service.answer import read_outputs
from treadle.service.application import Application
from treadle.service.runs import Runs
from treadle.service.version_names import find_version
from treadle.store.run_selection import SelectedRuns, corrupt_run

Progress = Callable[[int, int], None]
"""Told how many runs are done, and of how many."""
ENDED: tuple[RunStatus, ...] = ("completed", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which runs: those of a deployment, of a workflow, or one; the newest `limit` of them."""

    deployment: str | None = None
    workflow: str | None = None
    run: RunId | None = None
    since: datetime | None = None
    until: datetime | None = None
    statuses: Sequence[RunStatus] = ENDED
    limit: int | None = None


class Replays:
    """Replays recorded runs. It opens nothing but the store, and writes nothing to it."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store
        # Its own: those for looking at give a plan without nodes where a node type is gone.
        self._plans = Plans(application.store, application.registry)

    async def find_selection(self, of: str) -> Selection:
        """What `of` names: a deployment, else a workflow, else a run (its id, its beginning, or `last`).

        Raises `NotFound` (`nothing_recorded`), `Conflict`.
        """
        try:
            return Selection(deployment=(await self._store.get_deployment(of)).id)
        except NotFound:
            pass
        if (await self._store.select_runs(workflow=of, limit=1)).runs:
            return Selection(workflow=of)
        try:
            return Selection(run=await Runs(self.application).find_id(of))
        except NotFound:
            raise NotFound(
                f"There is no deployment, no run, and no workflow with runs called `{of}`.",
                code="nothing_recorded",
                remedy="`treadle list` shows the runs there are, `treadle deployments` the deployments.",
            ) from None

    async def select(self, selection: Selection) -> SelectedRuns:
        """The runs, oldest first. Raises `NotFound`, `StoreError`."""
        if selection.run is not None:
            return SelectedRuns([await self._store.get_run(selection.run)])
        return await self._store.select_runs(
            workflow=selection.workflow,
            deployment=selection.deployment,
            since=selection.since,
            until=selection.until,
            statuses=selection.statuses,
            limit=selection.limit,
        )

    async def get_plan(self, workflow: str, version: str) -> Plan:
        """The plan of a stored version. Raises `NotFound`, and `InvalidWorkflow` when a node type of it is gone."""
        return await self._plans.get(workflow, version)

    async def replay(
        self,
        selected: SelectedRuns,
        plan: Plan,
        *,
        stubs: Mapping[str, Any] = NO_STUBS,
        progress: Progress | None = None,
    ) -> ReplayReport:
        """Replay each run with `plan`. A run that cannot be replayed is in the report, with the reason."""
        _refuse_wrong_stubs(plan, stubs)
        total = len(selected.runs) + len(selected.corrupt)
        found = [RunReplay(run_id, "failed", reason=str(error)) for run_id, error in selected.corrupt.items()]
        for run in selected.runs:
            if progress is not None:
                progress(len(found), total)
            try:
                found.append(await self._replay_one(run, plan, stubs))
            except TreadleError as error:
                refused = RunReplay(run.id, "failed", reason=str(error), began_at=run.created_at)
                found.append(refused)
        if progress is not None:
            progress(total, total)
        found.sort(key=lambda one: one.run_id)
        return ReplayReport(plan.workflow.name, plan.version, tuple(found))

    @operation("runs.replay", on="workflow")
    async def replay_recorded(
        self, workflow: str, version: str, selection: Selection, *, stubs: Mapping[str, Any] = NO_STUBS
    ) -> ReplayReport:
        """Replay a `version` of a workflow over those of its own runs that are selected. Raises as the others do."""
        found = await find_version(self._store, workflow, version)
        plan = await self.get_plan(workflow, found.version)
        selected = await self.select(replace(selection, workflow=workflow))
        if selection.run is not None and any(run.workflow != workflow for run in selected.runs):
            raise NotFound(
                f"There is no run `{selection.run}` of `{workflow}`.",
                code="unknown_run",
                remedy="Name one of its runs.",
                run=selection.run,
            )
        return await self.replay(selected, plan, stubs=stubs)

    async def _load(self, run_id: RunId) -> Sequence[Entry]:
        try:
            return await self._store.load(run_id)
        except (ValueError, LookupError, TypeError) as error:
            raise corrupt_run(run_id, error) from None

    async def _replay_one(self, run: RunRecord, plan: Plan, stubs: Mapping[str, Any]) -> RunReplay:
        recorded_plan = await self._plans.get(run.workflow, run.version)
        recording = Recording(run, await self._load(run.id))
        if not recording and run.status in FINISHED and recorded_plan.graph.nodes:
            raise StoreError(
                "What its nodes came to is not kept.",
                code="not_kept",
                remedy="Set `save: all` in the workflow's settings for runs to come.",
            )
        environment = self.application.world.permissions.environment
        before = replay(recorded_plan, run, recording, environment=environment)
        same_version = (run.workflow, run.version) == (plan.workflow.name, plan.version)
        if same_version:
            return judge(run, recording, plan=plan, before=before.asked, after=before, same_version=True)
        after = replay(plan, _under(run, plan), recording, before=before.asked, stubs=stubs, environment=environment)
        return judge(run, recording, plan=recorded_plan, before=before.asked, after=after, same_version=False)


def _under(run: RunRecord, plan: Plan) -> RunRecord:
    """The run as `plan` would have been given it. Raises `InvalidWorkflow` when it could not have been."""
    workflow = plan.workflow
    given = {name: value for name, value in run.input.items() if not workflow.inputs or name in workflow.inputs}
    values, issues = validate_input(workflow, given)
    if issues:
        raise InvalidWorkflow(
            f"Its input does not fit the new version: {' '.join(issue.message for issue in issues)}",
            code="invalid_input",
            issues=issues,
        )
    if run.trigger is not None and workflow.find_node(run.trigger) is None:
        raise NotFound(
            f"It was started by the trigger `{run.trigger}`, which the new version has not.", code="unknown_trigger"
        )
    return replace(run, workflow=workflow.name, version=plan.version, input=values)


def _refuse_wrong_stubs(plan: Plan, stubs: Mapping[str, Any]) -> None:
    """Raises `InvalidWorkflow` for stubs that no effect of the version could use: `unknown_stub`, `invalid_stub`."""
    effects = effects_of(plan)
    for name, value in stubs.items():
        meant = [node for path, node in effects if plain_path(name) == path or name == node.definition.name]
        if not meant:
            listed = ", ".join(f"`{path}`" for path, _ in effects) or "none"
            raise InvalidWorkflow(
                f"`{plan.workflow.name}` has no effect `{name}` to stub.",
                code="unknown_stub",
                remedy=f"Name an effect by its path or its type; its effects are {listed}.",
            )
        for node in meant:
            try:
                read_outputs(node, value)
            except InvalidWorkflow as error:
                raise InvalidWorkflow(
                    f"The stub `{name}` does not fit: {error.message}", code="invalid_stub", remedy=error.remedy
                ) from None
