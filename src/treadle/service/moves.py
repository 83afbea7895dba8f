"""Moves: a waiting run goes over to another version of its workflow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from treadle.authoring.inputs import validate_input
from treadle.engine.compile import compile_plan
from treadle.engine.history import History
from treadle.engine.moving import Move, plan_move
from treadle.engine.series import NOTHING_SEEN, see_series
from treadle.engine.state import read_state
from treadle.errors import Conflict, InvalidWorkflow, NotFound, TreadleError
from treadle.model.ids import RunId
from treadle.model.issue import Issue
from treadle.model.run import FINISHED, RunRecord
from treadle.model.workflow import Workflow
from treadle.service.access.operation import operation
from treadle.service.application import Application
from treadle.service.profiles import require_credentials
from treadle.service.vault.credentials import Credentials
from treadle.service.versions import Versions
from treadle.store.moves import require_movable

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run that is asked to move: what that would mean, or why it cannot."""

    run_id: RunId
    move: Move | None
    refusal: TreadleError | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one run."""

    run_id: RunId
    refusal: TreadleError | None = None


class Moves:
    """The operations on moves. Nothing happens to a run before all that it means has been found out."""

    def __init__(self, application: Application) -> None:
        self.application = application

    @operation("runs.read", on="run")
    async def plan(self, run_id: RunId, version: str | Workflow, *, given: Mapping[str, Any] | None = None) -> Move:
        """What moving the run to `version` (see `Versions.resolve`), or to a workflow that is not stored yet, would
        mean. `given` stands in for what the run was given, input by input.

        What stands in the way of a move that could be made otherwise is among its `problems`. Raises `NotFound`;
        `Conflict` when the run does not wait (`run_finished`, `still_running`, `run_ending`) or has that version
        already (`same_version`); `InvalidWorkflow` when the version cannot run here.
        """
        run = await self.application.store.get_run(run_id)
        require_movable(run)
        if isinstance(version, str):
            found = await Versions(self.application).resolve(run.workflow, version)
            version = await self.application.get_workflow(run.workflow, found.version)
        if version.name != run.workflow:
            raise Conflict(
                f"Run `{run_id}` is of `{run.workflow}`, and that is `{version.name}`.",
                code="cannot_move",
                remedy="A run goes over to another version of its own workflow.",
                run=run_id,
            )
        if version.version == run.version:
            raise Conflict(
                f"Run `{run_id}` is of version `{run.version}` of `{run.workflow}` already.",
                code="same_version",
                remedy="There is nothing to do.",
                run=run_id,
                version=run.version,
            )
        return await self._plan(run, version, given or {})

    @operation("runs.move", on="run")
    async def move(self, run_id: RunId, version: str, plan: Move | None = None) -> Move:
        """Move the run, as planned with `plan` or now; it goes on at once where its store is driven.

        Raises as `plan` does, and `Conflict`: `cannot_move`, or the one problem that the plan has; `run_changed` when
        the run has gone on since it was planned. Nothing has changed then.
        """
        move = plan or await self.plan(run_id, version)
        require_no_problems(move)
        await self.application.store.move_run(move.change, now=self.application.world.clock.now())
        self.application.dispatcher.look()
        return move

    @operation("runs.list")
    async def plan_all(
        self,
        version: str | Workflow,
        *,
        workflow: str | None = None,
        deployment: str | None = None,
        given: Mapping[str, Any] | None = None,
    ) -> Sequence[Candidate]:
        """As `plan`, for every waiting run of a workflow or of a deployment (its id) that is of another version."""
        candidates: list[Candidate] = []
        hidden = await self.application.access.find_hidden(self.application.actor)
        for run in await self._waiting(workflow, deployment):
            if run.workflow in hidden:
                continue
            try:
                candidates.append(Candidate(run.id, await self.plan(run.id, version, given=given)))
            except TreadleError as refusal:
                if refusal.code != "same_version":
                    candidates.append(Candidate(run.id, None, refusal))
        return candidates

    async def move_all(self, candidates: Iterable[Candidate]) -> Sequence[Moved]:
        """Move each run as planned; what keeps one from being moved stops no other."""
        done: list[Moved] = []
        for one in candidates:
            try:
                if one.move is not None:
                    await self.move(one.run_id, one.move.version, one.move)
                done.append(Moved(one.run_id, one.refusal))
            except TreadleError as refusal:
                done.append(Moved(one.run_id, refusal))
        return done

    async def _waiting(self, workflow: str | None, deployment: str | None) -> list[RunRecord]:
        found: list[RunRecord] = []
        for status in ("suspended", "queued"):
            before: RunId | None = None
            while True:
                page = await self.application.store.list_runs(
                    workflow=workflow, deployment=deployment, status=status, limit=_AT_ONCE, before=before
                )
                found += page
                if len(page) < _AT_ONCE:
                    break
                before = page[-1].id
        return sorted(found, key=lambda run: run.id)

    async def _plan(self, run: RunRecord, workflow: Workflow, given: Mapping[str, Any]) -> Move:
        application = self.application
        application.check(workflow)
        old = await application.plans.get(run.workflow, run.version)
        new = application.plans.find(workflow.name, workflow.version) or compile_plan(workflow, application.registry)
        values, problems = _fit(workflow, {**run.input, **given})
        profiles = run.origin.profiles if run.origin is not None else ()
        await Credentials(application).require_usable(profiles)
        try:
            require_credentials(application.world, run.workflow, new.secrets, profiles)
        except InvalidWorkflow as missing:
            problems.extend(missing.issues)
        entries = await application.store.load(run.id)
        state = await read_state(application.store, run) if "state" in new.roots else None
        series = NOTHING_SEEN
        if old.has_series or new.has_series:
            series = await see_series(application.store, application.world.series, run, History(entries))
        world = application.world
        move = plan_move(old, new, run, entries, world=world, state=state, input=values, series=series)
        lost = [said for path, wait in move.unread.items() if (said := await self._has_come(path, wait)) is not None]
        return replace(move, problems=(*problems, *move.problems), warnings=(*move.warnings, *lost))

    async def _has_come(self, path: str, wait: str) -> str | None:
        """What is to be said where that which the node is to give up has come already. A signal is given back."""
        kind, _, name = wait.partition(":")
        try:
            if kind == "task":
                task = await self.application.store.get_task(name)
                if task.status == "done" and task.answer is not None:
                    by = f" by {task.answer.by}" if task.answer.by else ""
                    return f"`{path}` has been answered{by} ({task.answer.outcome}), and the answer counts no more."
            elif kind == "run":
                child = await self.application.store.get_run(RunId(name))
                if child.status in FINISHED:
                    ended = f"The run {child.id}, which `{path}` waits for, is {child.status}"
                    return f"{ended}, and what it came to counts no more."
        except NotFound:
            pass
        return None


def require_no_problems(move: Move) -> None:
    """Raises `Conflict` when the move cannot be made."""
    if not move.problems:
        return
    problems = move.problems
    remedies = dict.fromkeys(problem.remedy for problem in problems if problem.remedy)
    raise Conflict(
        f"Run `{move.run.id}` cannot be moved to version `{move.version}`: "
        f"{' '.join(problem.message for problem in problems)}",
        code=problems[0].code if len(problems) == 1 else "cannot_move",
        remedy=" ".join(remedies) or None,
        run=move.run.id,
        problems=[problem.to_dict() for problem in problems],
    )


def _fit(workflow: Workflow, input_: Mapping[str, Any]) -> tuple[dict[str, Any], list[Issue]]:
    """A run's input as the workflow takes it, and what of it does not fit. An input that was left open may have a
    default now; one that the workflow no longer knows is kept, should the run move back."""
    given = {name: value for name, value in input_.items() if value is not None}
    if not workflow.inputs:
        return dict(input_), []
    known = {name: value for name, value in given.items() if name in workflow.inputs}
    values, issues = validate_input(workflow, known)
    return {**given, **values}, [_as_moved(issue) for issue in issues]


def _as_moved(issue: Issue) -> Issue:
    """What is missing can be given as the run is moved."""
    if issue.code != "missing_input":
        return issue
    return replace(issue, remedy=f"Give it: `treadle move … -i {issue.path[-1]}=VALUE`, or let the input be optional.")
