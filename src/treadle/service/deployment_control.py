"""Deployments that there are: read them, start, pause and stop them, change what they remember, fire their runs."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from treadle.engine.journal import StateChange
from treadle.errors import Conflict, NotFound
from treadle.model.nearest import suggest
from treadle.service.access.operation import operation
from treadle.service.application import Application
from treadle.service.binding import Binding
from treadle.service.confirming import Confirming
from treadle.service.firing import Firing
from treadle.service.hooks.address import require_free
from treadle.service.run_control import RunControl
from treadle.service.vault.credentials import Credentials
from treadle.store.deployments import Deployment, DeploymentStatus, unknown_deployment
from treadle.store.metrics import Metrics
from treadle.store.triggers import Trigger

if TYPE_CHECKING:
    from treadle.dispatch.listening import Listening
    from treadle.dispatch.supervisor import Supervisor


class DeploymentControl:
    """The operations that leave a deployment bound as it is."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.firing = Firing(application)
        self.fire = self.firing.fire
        self._binding = Binding(application)
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

    def listening(self) -> Listening:
        """What hears the triggers that are told things as they happen, and starts their runs; as `scheduler` is."""
        from treadle.dispatch.listening import Listening

        application = self.application
        listening = Listening(
            self._store,
            registry=application.registry,
            world=application.world,
            fire=self.fire,
            outcome=application.dispatcher.next_outcome,
        )
        application.on_deployments_changed.append(listening.look)
        return listening

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
    async def start(self, name: str, *, confirm: str | None = None) -> Deployment:
        """Make a paused or stopped deployment active again, from now on: what it missed is not made up for. Live, what
        it puts at stake is to be confirmed again.

        Raises `NotFound` (`unknown_profile` too, when it is bound to one that is not the actor's to use),
        `InvalidWorkflow` when its credentials are missing, and `Conflict` (`workflow_deleted`,
        `confirmation_required`).
        """
        deployment = await self.get(name)
        if deployment.status == "active":
            return deployment
        await Credentials(self.application).require_usable(deployment.profiles)
        workflow = await self.application.get_workflow(deployment.workflow, deployment.version)
        self._binding.require_credentials(deployment, workflow)
        await require_free(self._store, await self._store.list_triggers(deployment=name), deployment=deployment)
        await Confirming(self.application).require(deployment, workflow, confirm=confirm, again=True)
        wanted = replace(deployment, status="active")
        await self._store.save_deployment(wanted, arm_at=self._now())
        await self._store.clear_reason(deployment.id)
        self.application.tell_deployments_changed()
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
                await RunControl(self.application).cancel(run_id)
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

    def _now(self) -> datetime:
        return self.application.world.clock.now()

    async def _set_status(self, deployment: Deployment, status: DeploymentStatus) -> Deployment:
        changed = replace(deployment, status=status)
        if changed != deployment:
            await self._store.save_deployment(changed)
            self.application.tell_deployments_changed()
        return changed


def _owner(deployment: Deployment) -> str:
    return f"deployment:{deployment.id}"
