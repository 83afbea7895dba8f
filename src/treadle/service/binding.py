"""Binding: what a deployment binds a workflow to, checked as a whole before any of it is written."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from treadle.engine.compile import compile_plan
from treadle.errors import Conflict, InvalidWorkflow
from treadle.model.policy import Mode
from treadle.model.run import Origin
from treadle.model.workflow import Workflow
from treadle.service.arming import find_input_issues, find_triggers, stand_in_of
from treadle.service.calls import require_named_workflows
from treadle.service.confirming import Confirming
from treadle.service.drafts import is_name
from treadle.service.hooks.address import require_free
from treadle.service.limiting import check_limits
from treadle.service.moves import Candidate, Moves
from treadle.service.profiles import require_credentials
from treadle.service.vault.credentials import Credentials
from treadle.service.version_names import LATEST
from treadle.service.versions import Versions
from treadle.store.deployments import Deployment, DeploymentLimits
from treadle.store.triggers import Trigger
from treadle.store.workflows import workflow_deleted

if TYPE_CHECKING:
    from treadle.service.application import Application

log = logging.getLogger("treadle.service")


class Given(TypedDict, total=False):
    """What a deployment is given beside its workflow; what is not here, or None, stays as it is. `confirm` is what a
    person has said of what it puts at stake: see `Confirming`."""

    mode: Mode | None
    input: Mapping[str, Any] | None
    params: Mapping[str, Any] | None
    profiles: Sequence[str] | None
    limits: DeploymentLimits | None
    confirm: str | None


def change(deployment: Deployment, given: Given) -> Deployment:
    """The deployment with what is given."""
    wanted = replace(deployment, mode=given.get("mode") or deployment.mode)
    if (input := given.get("input")) is not None:
        wanted = replace(wanted, input=dict(input))
    if (params := given.get("params")) is not None:
        wanted = replace(wanted, params=dict(params))
    if (profiles := given.get("profiles")) is not None:
        wanted = replace(wanted, profiles=tuple(profiles))
    return replace(wanted, limits=given.get("limits") or deployment.limits)


class Binding:
    """Checks and writes deployments for the operations on them."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store

    async def check(
        self,
        wanted: Deployment,
        workflow: Workflow,
        *,
        before: Deployment | None,
        every: float | Literal["own"] | None,
        confirm: str | None = None,
    ) -> Sequence[Trigger]:
        """Everything about a deployment before anything is written; its triggers. Raises `InvalidWorkflow`, `NotFound`,
        `Conflict` (`workflow_deleted`, `confirmation_required`)."""
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
        self.require_credentials(wanted, workflow)
        armed = await self._store.list_triggers(deployment=before.id) if before else []
        stand_in = stand_in_of(armed) if every is None else None if every == "own" else every
        found = find_triggers(
            workflow,
            self.application.registry,
            deployment=wanted.id,
            now=self.application.world.clock.now(),
            every=stand_in,
            before=armed,
            store=self._store.path,
        )
        await require_free(self._store, found, deployment=wanted)
        await Confirming(self.application).require(wanted, workflow, confirm=confirm)
        return found

    async def at_version(self, deployment: Deployment, version: str | None) -> tuple[Deployment, Workflow]:
        """`deployment` at the version that `version` means (None: its own), and the workflow its next run is of."""
        if version is not None:
            found = await Versions(self.application).resolve(deployment.workflow, version)
            deployment = replace(deployment, version=None if version == LATEST else found.version)
        return deployment, await self.application.get_workflow(deployment.workflow, deployment.version)

    def require_credentials(self, deployment: Deployment, workflow: Workflow) -> None:
        application = self.application
        plan = application.plans.find(workflow.name, workflow.version) or compile_plan(workflow, application.registry)
        require_credentials(application.world, workflow.name, plan.secrets, deployment.profiles)

    async def save(
        self,
        wanted: Deployment,
        *,
        before: Deployment | None,
        triggers: Sequence[Trigger],
        moves: Sequence[Candidate] = (),
    ) -> Deployment:
        # It was meant to rest meanwhile: nothing is made up for.
        rested = before is not None and before.status != "active" and wanted.status == "active"
        arm_at = self.application.world.clock.now() if rested else None
        wanted = replace(wanted, account=self.application.actor.user_id)
        redactor = self.application.world.redactor_for(Origin(account=wanted.account, profiles=wanted.profiles))
        wanted = replace(wanted, input=redactor.ports(wanted.input), params=redactor.ports(wanted.params))
        if not await self._store.save_deployment(wanted, triggers=triggers, arm_at=arm_at, instead_of=before):
            raise edited_meanwhile(wanted.name)
        if rested:
            await self._store.clear_reason(wanted.id)
        self.application.tell_deployments_changed()
        for moved in await Moves(self.application).move_all(moves):
            if moved.refusal is not None:  # it has gone on since it was planned, or has just finished
                log.warning("Run %s was not moved: %s", moved.run_id, moved.refusal)
        return await self._store.get_deployment(wanted.id)

    async def plan_moves(self, wanted: Deployment, workflow: Workflow) -> Sequence[Candidate]:
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


def deployment_exists(name: str) -> Conflict:
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
