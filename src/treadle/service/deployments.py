"""Deployments: bind a workflow to what starts it and what its runs are given, change that, and take it away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, Unpack

from treadle.errors import Conflict
from treadle.model.policy import Mode
from treadle.model.workflow import Workflow
from treadle.service.access.operation import operation
from treadle.service.arming import stand_in_of
from treadle.service.binding import Given, change, deployment_exists, edited_meanwhile, require_name
from treadle.service.confirming import Confirming
from treadle.service.deployment_control import DeploymentControl
from treadle.service.moves import Candidate, Moves
from treadle.service.version_names import LATEST
from treadle.store.deployments import Deployment, DeploymentStatus

Waiting = Literal["keep", "move"]


class Deployments(DeploymentControl):
    """The operations on deployments. Whatever is refused changes nothing."""

    @operation("deployments.create", on="workflow")
    async def deploy(
        self,
        workflow: Workflow,
        *,
        name: str | None = None,
        every: float | Literal["own"] | None = None,
        latest: bool | None = None,
        paused: bool | None = None,
        waiting: Waiting = "keep",
        source: str | None = None,
        is_stored: bool = False,
        **given: Unpack[Given],
    ) -> Deployment:
        """Publish a workflow and make it run by itself; a deployment of the same name (default: the workflow's) is
        changed to it and keeps what is not given here: also whether it is paused, and whether it follows the latest.

        `every` seconds stand in for the workflow's own times (`own`: no more); with `latest` each run is of the newest
        version there is when it begins. With `waiting` move, the runs of it that wait go over to the version at once;
        otherwise they finish as they began. A version that `is_stored` stays where it is among the others. A new one
        without a `mode` is on paper where it could place orders (`Confirming.mode_of`), otherwise live. Raises
        `InvalidWorkflow` with every issue, also when nothing says when to run (`no_schedule`) or credentials are
        missing, and `Conflict` (`cannot_move`) when one of the runs cannot.
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
            mode = given.get("mode") or await Confirming(self.application).mode_of(
                workflow, confirm=given.get("confirm")
            )
            wanted = replace(wanted, version=workflow.version, mode=mode)
        if latest is not None:
            wanted = replace(wanted, version=None if latest else workflow.version)
        if paused is not None:
            wanted = replace(wanted, status="paused" if paused else "active")
        wanted = change(wanted, given)
        self.application.check(workflow)
        triggers = await self._binding.check(wanted, workflow, before=before, every=every, confirm=given.get("confirm"))
        moves = await self._binding.plan_moves(wanted, workflow) if waiting == "move" else ()
        if not is_stored:
            await self.application.publish(workflow, source=source, deploying=wanted.id)
        return await self._binding.save(wanted, before=before, triggers=triggers, moves=moves)

    @operation("deployments.update", on="deployment")
    async def update(
        self,
        name: str,
        *,
        expected: Deployment | None = None,
        version: str | None = None,
        every: float | Literal["own"] | None = None,
        waiting: Waiting = "keep",
        **given: Unpack[Given],
    ) -> Deployment:
        """Change a deployment while it runs: its next run is by what is given here, and runs under way finish as they
        began. `version` is one of its workflow's, as `Versions.resolve` reads it. Raises as `deploy` does,
        `NotFound`, and `Conflict` (`edited_meanwhile`) when it is not as `expected`, or changes meanwhile."""
        before = await self.get(name)
        if expected is not None and before != expected:
            raise edited_meanwhile(name)
        wanted = change(before, given)
        wanted, workflow = await self._binding.at_version(wanted, version)
        triggers = await self._binding.check(wanted, workflow, before=before, every=every, confirm=given.get("confirm"))
        moves = await self._binding.plan_moves(wanted, workflow) if waiting == "move" else ()
        return await self._binding.save(wanted, before=before, triggers=triggers, moves=moves)

    @operation("deployments.read", on="deployment")
    async def preview(self, name: str, *, version: str | None = None) -> Sequence[Candidate]:
        """What an update to `version` that moves would do to each run that waits. Raises `NotFound`."""
        _, workflow = await self._binding.at_version(await self.get(name), version)
        return await Moves(self.application).plan_all(workflow, deployment=name)

    @operation("deployments.create", on="workflow")
    async def create(
        self,
        workflow: str,
        name: str | None = None,
        *,
        version: str | None = None,
        every: float | None = None,
        paused: bool = False,
        **given: Unpack[Given],
    ) -> Deployment:
        """Make a workflow of the store run by itself, at a `version` of it (default: follow the latest); without a
        `mode` as `deploy` does. Raises as `deploy` does, `NotFound`, and `Conflict` (`deployment_exists`).
        """
        name = name or workflow
        require_name(name)
        if await self.find(name) is not None:
            raise deployment_exists(name)
        status: DeploymentStatus = "paused" if paused else "active"
        wanted = Deployment(id=name, name=name, workflow=workflow, status=status, created_at=self._now())
        wanted = change(wanted, given)
        wanted, found = await self._binding.at_version(wanted, version or LATEST)
        wanted = replace(wanted, mode=await self._mode_of(found, given))
        self.application.check(found)
        triggers = await self._binding.check(wanted, found, before=None, every=every, confirm=given.get("confirm"))
        return await self._binding.save(wanted, before=None, triggers=triggers)

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
        self.application.tell_deployments_changed()

    @operation("deployments.create", on="deployment")
    async def clone(
        self,
        name: str,
        new_name: str,
        *,
        version: str | None = None,
        paused: bool = False,
        **given: Unpack[Given],
    ) -> Deployment:
        """Make another deployment like `name`, with what is given here instead. Its state is its own, and empty.

        Raises as `update` does, and `Conflict` (`deployment_exists`).
        """
        original = await self.get(name)
        require_name(new_name)
        if await self.find(new_name) is not None:
            raise deployment_exists(new_name)
        status: DeploymentStatus = "paused" if paused else "active"
        wanted = replace(original, id=new_name, name=new_name, status=status, created_at=self._now())
        wanted = change(wanted, given)
        wanted, workflow = await self._binding.at_version(wanted, version)
        every = stand_in_of(await self._store.list_triggers(deployment=original.id))
        triggers = await self._binding.check(wanted, workflow, before=None, every=every, confirm=given.get("confirm"))
        return await self._binding.save(wanted, before=None, triggers=triggers)

    async def _mode_of(self, workflow: Workflow, given: Given) -> Mode:
        return given.get("mode") or await Confirming(self.application).mode_of(workflow, confirm=given.get("confirm"))
