"""Deployments: bind a workflow to what starts it and what its runs are given; start, pause, stop and change it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from treadle.engine.compile import compile_plan
from treadle.engine.journal import StateChange
from treadle.errors import Conflict, InvalidWorkflow, NotFound
from treadle.model.ids import RunId
from treadle.model.nearest import suggest
from treadle.model.policy import Mode
from treadle.model.run import Origin
from treadle.model.workflow import Workflow
from treadle.service.access.operation import operation
from treadle.service.application import Application
from treadle.service.arming import find_input_issues, find_triggers, stand_in_of
from treadle.service.calls import require_named_workflows
from treadle.service.drafts import is_name
from treadle.service.firing import Firing
from treadle.service.hooks.address import require_free
from treadle.service.limiting import check_limits
from treadle.service.moves import Candidate, Moves
from treadle.service.profiles import require_credentials
from treadle.service.vault.credentials import Credentials
from treadle.service.versions import Versions
from treadle.store.deployments import Deployment, DeploymentLimits, DeploymentStatus, unknown_deployment
from treadle.store.metrics import Metrics
from treadle.store.triggers import Trigger
from treadle.store.workflows import workflow_deleted

if TYPE_CHECKING:
    from treadle.dispatch.supervisor import Supervisor

log = logging.getLogger("treadle.service")

LATEST = "latest"
Waiting = Literal["keep", "move"]


class Deployments:
    """The operations on deployments. Whatever is refused changes nothing."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.firing = Firing(application)
        self._store = application.store

    def scheduler(self) -> Supervisor:
        """What starts the runs that are due, as an async context manager; one for each process that drives."""
        from treadle.dispatch.supervisor import Supervisor

        application = self.application
        supervisor = Supervisor(
            self._store, registry=application.registry, clock=application.world.clock, fire=self.fire
        )
        application.on_deployments_changed.append(supervisor.look)
        return supervisor

    @operation("deployments.create", on="workflow")
    async def deploy(
        self,
        workflow: Workflow,
        *,
        name: str | None = None,
        every: float | Literal["own"] | None = None,
        mode: Mode | None = None,
        input: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        profiles: Sequence[str] | None = None,
        limits: DeploymentLimits | None = None,
        latest: bool | None = None,
        paused: bool | None = None,
        waiting: Waiting = "keep",
        source: str | None = None,
    ) -> Deployment:
        """Publish a workflow and make it run by itself; a deployment of the same name (default: the workflow's) is
        changed to it and keeps what is not given here: also whether it is paused, and whether it follows the latest.

        `every` seconds stand in for the workflow's own times (`own`: no more); with `latest` each run is of the newest
        version there is when it begins. With `waiting` move, the runs of it that wait go over to the version at once;
        otherwise they finish as they began. Raises `InvalidWorkflow` with every issue, also when nothing says when to
        run (`no_schedule`) or credentials are missing, and `Conflict` (`cannot_move`) when one of the runs cannot.
        """
        before = await self.find(name or workflow.name)
        wanted = Deployment(
            id=name or workflow.name,
            name=name or workflow.name,
            workflow=workflow.name,
            created_at=self._now(),
        )
        if before is not None:
            # One that ran another workflow has no latest to follow on.
            follows = before.version is None and before.workflow == workflow.name
            wanted = replace(before, workflow=workflow.name, version=None if follows else workflow.version)
        else:
            require_name(wanted.name)
            wanted = replace(wanted, version=workflow.version)
        if latest is not None:
            wanted = replace(wanted, version=None if latest else workflow.version)
        if paused is not None:
            wanted = replace(wanted, status="paused" if paused else "active")
        wanted = _with(wanted, mode=mode, input=input, params=params, profiles=profiles, limits=limits)
        self.application.check(workflow)
        triggers = await self._check(wanted, workflow, before=before, every=every)
        moves = await self._plan_moves(wanted, workflow) if waiting == "move" else ()
        await self.application.publish(workflow, source=source)
        return await self._save(wanted, before=before, triggers=triggers, moves=moves)

    @operation("deployments.update", on="deployment")
    async def update(
        self,
        name: str,
        *,
        expected: Deployment | None = None,
        version: str | None = None,
        every: float | Literal["own"] | None = None,
        mode: Mode | None = None,
        input: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        profiles: Sequence[str] | None = None,
        limits: DeploymentLimits | None = None,
        waiting: Waiting = "keep",
    ) -> Deployment:
        """Change a deployment while it runs: its next run is by what is given here, and runs under way finish as they
        began. `version` is one of its workflow's, as `Versions.resolve` reads it. Raises as `deploy` does,
        `NotFound`, and `Conflict` (`edited_meanwhile`) when it is not as `expected`, or changes meanwhile."""
        before = await self.get(name)
        if expected is not None and before != expected:
            raise edited_meanwhile(name)
        wanted = _with(before, mode=mode, input=input, params=params, profiles=profiles, limits=limits)
        wanted, workflow = await self._at_version(wanted, version)
        triggers = await self._check(wanted, workflow, before=before, every=every)
        moves = await self._plan_moves(wanted, workflow) if waiting == "move" else ()
        return await self._save(wanted, before=before, triggers=triggers, moves=moves)

    @operation("deployments.read", on="deployment")
    async def preview(self, name: str, *, version: str | None = None) -> Sequence[Candidate]:
        """What an update to `version` that moves would do to each run that waits. Raises `NotFound`."""
        _, workflow = await self._at_version(await self.get(name), version)
        return await Moves(self.application).plan_all(workflow, deployment=name)

    @operation("deployments.create", on="workflow")
    async def create(
        self,
        workflow: str,
        name: str | None = None,
        *,
        version: str | None = None,
        every: float | None = None,
        mode: Mode | None = None,
        input: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        profiles: Sequence[str] | None = None,
        limits: DeploymentLimits | None = None,
        paused: bool = False,
    ) -> Deployment:
        """Make a workflow of the store run by itself, at a `version` of it (default: follow the latest).

        Raises as `deploy` does, `NotFound`, and `Conflict` (`deployment_exists`).
        """
        name = name or workflow
        require_name(name)
        if await self.find(name) is not None:
            raise _refuse_taken(name)
        status: DeploymentStatus = "paused" if paused else "active"
        wanted = Deployment(id=name, name=name, workflow=workflow, status=status, created_at=self._now())
        wanted = _with(wanted, mode=mode, input=input, params=params, profiles=profiles, limits=limits)
        wanted, found = await self._at_version(wanted, version or LATEST)
        self.application.check(found)
        triggers = await self._check(wanted, found, before=None, every=every)
        return await self._save(wanted, before=None, triggers=triggers)

    @operation("deployments.update", on="deployment")
    async def delete(self, name: str) -> None:
        """Remove a stopped deployment, its state and its figures; its runs stay.

        Raises `NotFound`, and `Conflict`: `not_stopped`, or `runs_under_way` while some have not finished.
        """
        deployment = await self.get(name)
        if deployment.status != "stopped":
            raise Conflict(
                f"Deployment `{name}` is {deployment.status}.",
                code="not_stopped",
                remedy="Stop it first: what runs by itself is not removed under its own feet.",
                deployment=name,
                status=deployment.status,
            )
        if left := await self._store.find_unfinished_of(deployment.id):
            raise Conflict(
                f"{len(left)} of the runs of `{name}` have not finished.",
                code="runs_under_way",
                remedy="Wait for them, or cancel them: they may yet change its state.",
                deployment=name,
                runs=left[:100],
            )
        await self._store.delete_deployment(deployment.id)
        self.tell_changed()

    @operation("deployments.create", on="deployment")
    async def clone(
        self,
        name: str,
        new_name: str,
        *,
        version: str | None = None,
        mode: Mode | None = None,
        input: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        profiles: Sequence[str] | None = None,
        limits: DeploymentLimits | None = None,
        paused: bool = False,
    ) -> Deployment:
        """Make another deployment like `name`, with what is given here instead. Its state is its own, and empty.

        Raises as `update` does, and `Conflict` (`deployment_exists`).
        """
        original = await self.get(name)
        require_name(new_name)
        if await self.find(new_name) is not None:
            raise _refuse_taken(new_name)
        status: DeploymentStatus = "paused" if paused else "active"
        wanted = replace(original, id=new_name, name=new_name, status=status, created_at=self._now())
        wanted = _with(wanted, mode=mode, input=input, params=params, profiles=profiles, limits=limits)
        wanted, workflow = await self._at_version(wanted, version)
        every = stand_in_of(await self._store.list_triggers(deployment=original.id))
        triggers = await self._check(wanted, workflow, before=None, every=every)
        return await self._save(wanted, before=None, triggers=triggers)

    @operation("deployments.read", on="deployment")
    async def get(self, name: str) -> Deployment:
        """Raises `NotFound` with the nearest name."""
        found = await self.find(name)
        if found is None:
            known = [deployment.name for deployment in await self.list()]
            remedy = suggest(name, known, "`treadle deployments` lists those there are.")
            raise unknown_deployment(name, remedy)
        return found

    async def find(self, name: str) -> Deployment | None:
        try:
            return await self._store.get_deployment(name)
        except NotFound:
            return None

    @operation("deployments.list")
    async def list(self) -> Sequence[Deployment]:
        """All of them, by name."""
        hidden = await self.application.access.find_hidden(self.application.actor)
        return [one for one in await self._store.list_deployments() if one.workflow not in hidden]

    @operation("deployments.read", on="deployment")
    async def triggers(self, name: str) -> Sequence[Trigger]:
        """What starts its runs."""
        return await self._store.list_triggers(deployment=name)

    @operation("deployments.read", on="deployment")
    async def metrics(self, name: str) -> Metrics:
        """What its runs came to. Raises `NotFound`."""
        return await self._store.read_metrics((await self.get(name)).id)

    # Status

    @operation("deployments.control", on="deployment")
    async def start(self, name: str) -> Deployment:
        """Make a paused or stopped deployment active again, from now on: what it missed is not made up for.

        Raises `NotFound` (`unknown_profile` too, when it is bound to one that is not the actor's to use),
        `InvalidWorkflow` when its credentials are missing, and `Conflict` (`workflow_deleted`).
        """
        deployment = await self.get(name)
        if deployment.status == "active":
            return deployment
        await Credentials(self.application).require_usable(deployment.profiles)
        workflow = await self.application.get_workflow(deployment.workflow, deployment.version)
        self._require_credentials(deployment, workflow)
        await require_free(self._store, await self._store.list_triggers(deployment=name), deployment=deployment)
        wanted = replace(deployment, status="active")
        await self._store.save_deployment(wanted, arm_at=self._now())
        self.tell_changed()
        return wanted

    @operation("deployments.control", on="deployment")
    async def pause(self, name: str) -> Deployment:
        """Begin no run of it until it is started again: those under way go on, those that wait their turn wait on.

        Raises `NotFound`, and `Conflict` (`not_active`) when it has been stopped.
        """
        deployment = await self.get(name)
        if deployment.status == "stopped":
            raise Conflict(
                f"Deployment `{name}` has been stopped: there is nothing to pause.",
                code="not_active",
                remedy=f"Start it first: `treadle start {name}`.",
                deployment=name,
                status="stopped",
            )
        return await self._set_status(deployment, "paused")

    @operation("deployments.control", on="deployment")
    async def stop(self, name: str, *, cancel_runs: bool = False) -> Deployment:
        """Start no more runs of it, and cancel those that wait their turn; runs under way go on unless `cancel_runs`.

        Raises `NotFound`.
        """
        deployment = await self._set_status(await self.get(name), "stopped")
        for run_id in await self._store.find_unfinished_of(deployment.id, queued_only=not cancel_runs):
            with suppress(Conflict):  # it has finished meanwhile
                await self.application.cancel(run_id)
        return deployment

    # State

    @operation("deployments.read", on="deployment")
    async def list_state(self, name: str) -> dict[str, Any]:
        """What it remembers from run to run, by key. Raises `NotFound`."""
        return await self._store.list_state(_owner(await self.get(name)))

    @operation("deployments.state", on="deployment")
    async def set_state(self, name: str, key: str, value: Any) -> None:
        """Set one value; None removes it. Raises `NotFound`, `StoreError` for a value that cannot be kept."""
        await self._store.change_state([StateChange(_owner(await self.get(name)), key, value)])

    @operation("deployments.state", on="deployment")
    async def clear_state(self, name: str) -> int:
        """Remove all of it, what its nodes have collected too; how many values there were. Raises `NotFound`."""
        return await self._store.clear_state((await self.get(name)).id)

    # Runs

    async def fire(
        self,
        deployment: Deployment,
        trigger: Trigger | None = None,
        *,
        payload: Any = None,
        due: datetime | None = None,
        seed: str | None = None,
        at: datetime | None = None,
    ) -> RunId | None:
        """See `Firing.fire`."""
        return await self.firing.fire(deployment, trigger, payload=payload, due=due, seed=seed, at=at)

    def _now(self) -> datetime:
        return self.application.world.clock.now()

    async def _check(
        self, wanted: Deployment, workflow: Workflow, *, before: Deployment | None, every: float | Literal["own"] | None
    ) -> Sequence[Trigger]:
        """Everything about a deployment before anything is written; its triggers. Raises `InvalidWorkflow`, `NotFound`,
        `Conflict` (`workflow_deleted`)."""
        if wanted.status != "stopped" and await self._store.find_deleted(workflow.name):
            raise workflow_deleted(workflow.name)
        issues = find_input_issues(workflow, wanted.input, self.application.registry)
        if issues:
            raise InvalidWorkflow(
                f"The input for `{workflow.name}` is wrong.", code="invalid_input", issues=tuple(issues)
            )
        check_limits(wanted.limits, inputs=workflow.inputs)
        # All of them: whoever changes what runs with somebody's credentials has the use of them.
        await Credentials(self.application).require_usable(wanted.profiles)
        await self.application.vault.refresh()
        await require_named_workflows(self.application, workflow)
        self._require_credentials(wanted, workflow)
        armed = await self._store.list_triggers(deployment=before.id) if before else []
        stand_in = stand_in_of(armed) if every is None else None if every == "own" else every
        found = find_triggers(
            workflow,
            self.application.registry,
            deployment=wanted.id,
            now=self._now(),
            every=stand_in,
            before=armed,
            store=self._store.path,
        )
        await require_free(self._store, found, deployment=wanted)
        return found

    async def _at_version(self, deployment: Deployment, version: str | None) -> tuple[Deployment, Workflow]:
        """`deployment` at the version that `version` means (None: its own), and the workflow its next run is of."""
        if version is not None:
            found = await Versions(self.application).resolve(deployment.workflow, version)
            deployment = replace(deployment, version=None if version == LATEST else found.version)
        return deployment, await self.application.get_workflow(deployment.workflow, deployment.version)

    def _require_credentials(self, deployment: Deployment, workflow: Workflow) -> None:
        application = self.application
        plan = application.plans.find(workflow.name, workflow.version) or compile_plan(workflow, application.registry)
        require_credentials(application.world, workflow.name, plan.secrets, deployment.profiles)

    async def _save(
        self,
        wanted: Deployment,
        *,
        before: Deployment | None,
        triggers: Sequence[Trigger],
        moves: Sequence[Candidate] = (),
    ) -> Deployment:
        # It was meant to rest meanwhile: nothing is made up for.
        rested = before is not None and before.status != "active" and wanted.status == "active"
        arm_at = self._now() if rested else None
        wanted = replace(wanted, account=self.application.actor.user_id)
        redactor = self.application.world.redactor_for(Origin(account=wanted.account, profiles=wanted.profiles))
        wanted = replace(wanted, input=redactor.ports(wanted.input), params=redactor.ports(wanted.params))
        if not await self._store.save_deployment(wanted, triggers=triggers, arm_at=arm_at, instead_of=before):
            raise edited_meanwhile(wanted.name)
        self.tell_changed()
        for moved in await Moves(self.application).move_all(moves):
            if moved.refusal is not None:  # it has gone on since it was planned, or has just finished
                log.warning("Run %s was not moved: %s", moved.run_id, moved.refusal)
        return await self._store.get_deployment(wanted.id)

    async def _plan_moves(self, wanted: Deployment, workflow: Workflow) -> Sequence[Candidate]:
        """How each run that waits goes over to the version. Raises `Conflict` (`cannot_move`) when one cannot."""
        candidates = await Moves(self.application).plan_all(workflow, deployment=wanted.id)
        refused: list[str] = []
        for one in candidates:
            problems = one.move.problems if one.move is not None else ()
            if one.refusal is not None or problems:
                why = one.refusal.message if one.refusal is not None else " ".join(p.message for p in problems)
                refused.append(f"`{one.run_id}`: {why}")
        if refused:
            raise Conflict(
                f"{len(refused)} of the runs of `{wanted.name}` that wait cannot be moved: {'; '.join(refused[:3])}",
                code="cannot_move",
                remedy="Leave them as they began, without `--move-waiting`, or cancel them first.",
                deployment=wanted.id,
            )
        return candidates

    async def _set_status(self, deployment: Deployment, status: DeploymentStatus) -> Deployment:
        changed = replace(deployment, status=status)
        if changed != deployment:
            await self._store.save_deployment(changed)
            self.tell_changed()
        return changed

    def tell_changed(self) -> None:
        """Have what starts the runs of this process look at once, whoever asked for the change."""
        for look in self.application.on_deployments_changed:
            look()


def _with(
    deployment: Deployment,
    *,
    mode: Mode | None,
    input: Mapping[str, Any] | None,
    params: Mapping[str, Any] | None,
    profiles: Sequence[str] | None,
    limits: DeploymentLimits | None,
) -> Deployment:
    return replace(
        deployment,
        mode=mode or deployment.mode,
        input=deployment.input if input is None else dict(input),
        params=deployment.params if params is None else dict(params),
        profiles=deployment.profiles if profiles is None else tuple(profiles),
        limits=limits or deployment.limits,
    )


def _refuse_taken(name: str) -> Conflict:
    return Conflict(
        f"There is a deployment `{name}` already.",
        code="deployment_exists",
        remedy="Choose another name.",
        deployment=name,
    )


def edited_meanwhile(name: str) -> Conflict:
    return Conflict(
        f"Somebody has changed deployment `{name}` meanwhile. Nothing has been written.",
        code="edited_meanwhile",
        remedy="Read it again, and put your changes into that.",
        deployment=name,
    )


def require_name(name: str) -> None:
    """Raises `InvalidWorkflow` (`invalid_name`) for what cannot be a deployment's name."""
    if not is_name(name):
        raise InvalidWorkflow(
            f"{name!r} cannot be a deployment's name.",
            code="invalid_name",
            remedy="Write small letters, digits and single hyphens: `order-desk`.",
        )


def _owner(deployment: Deployment) -> str:
    return f"deployment:{deployment.id}"
