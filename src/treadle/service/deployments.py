"""Deployments: bind a workflow to what starts it, start and stop it, and start its runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from treadle.authoring.inputs import validate_input
from treadle.dispatch.scheduler import Scheduler
from treadle.engine.journal import StateChange
from treadle.errors import InvalidWorkflow, NotFound
from treadle.model.ids import RunId, run_id_for
from treadle.model.nearest import suggest
from treadle.model.policy import Mode
from treadle.model.workflow import Workflow
from treadle.service.application import Application
from treadle.service.execution import ExecutionRequest
from treadle.store.deployments import Deployment

_INTERVAL = "trigger.interval"
_LATE = timedelta(seconds=5)


class Deployments:
    """The operations on deployments. Runs of one deployment are serial: a fire time that finds the run before it
    unfinished is left out."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store
        self._scheduler: Scheduler | None = None

    def scheduler(self) -> Scheduler:
        """What starts the runs, as an async context manager; one for each process that drives."""
        application = self.application
        self._scheduler = Scheduler(
            self._store, registry=application.registry, clock=application.world.clock, fire=self.fire
        )
        return self._scheduler

    async def deploy(
        self,
        workflow: Workflow,
        *,
        name: str | None = None,
        every: float | None = None,
        mode: Mode = "live",
        input: Mapping[str, Any] | None = None,
        source: str | None = None,
    ) -> Deployment:
        """Publish a workflow and make it active; a deployment of the same name (default: the workflow's) is replaced.

        `every` seconds stands in for the workflow's own trigger; `input` is what each run is given. Raises
        `InvalidWorkflow` with every issue, also when nothing says when to run (`no_schedule`).
        """
        given = dict(input or {})
        _, issues = validate_input(workflow, given)
        if issues:
            raise InvalidWorkflow(f"The input for `{workflow.name}` is wrong.", code="invalid_input", issues=issues)
        version = await self.application.publish(workflow, source=source)
        now = self.application.world.clock.now()
        deployment = Deployment(
            id=name or workflow.name,
            name=name or workflow.name,
            workflow=workflow.name,
            version=version,
            mode=mode,
            trigger={**self._trigger(workflow, every), "input": given},
            created_at=now,
        )
        before = await self._find(deployment.id)
        if before is not None and before.status == "stopped":
            # It was meant to rest meanwhile: nothing is made up for.
            deployment = replace(deployment, last_fired_at=now)
        await self._store.save_deployment(deployment)
        self._look()
        return await self._store.get_deployment(deployment.id)

    def _trigger(self, workflow: Workflow, every: float | None) -> dict[str, Any]:
        registry = self.application.registry
        timed = [
            node
            for node in workflow.nodes
            if (found := registry.find(node.type)) is not None and found.next_fire is not None
        ]
        if every is not None:
            problems = registry.get(_INTERVAL).config_problems({"seconds": every}, frozenset())
            if problems:
                raise InvalidWorkflow(
                    f"The interval {every:g} s does not fit: {problems[0][1]}.",
                    code="invalid_interval",
                    remedy="Write 0.1 seconds or more, such as `5s` or `10m`.",
                )
            own = next((node.id for node in timed if node.type == _INTERVAL), None)
            return {"type": _INTERVAL, "config": {"seconds": every}, "node": own}
        if not timed:
            raise InvalidWorkflow(
                f"Nothing says when `{workflow.name}` is to run.",
                code="no_schedule",
                remedy="Give it a `trigger.interval` node, or say how often: `--every 5m`.",
            )
        return {"type": timed[0].type, "config": dict(timed[0].config), "node": timed[0].id}

    async def get(self, name: str) -> Deployment:
        """Raises `NotFound` with the nearest name."""
        found = await self._find(name)
        if found is None:
            known = [deployment.name for deployment in await self.list()]
            remedy = suggest(name, known, "`treadle deployments` lists those there are.")
            raise NotFound(f"There is no deployment `{name}`.", code="unknown_deployment", remedy=remedy)
        return found

    async def list(self) -> Sequence[Deployment]:
        """All of them, by name."""
        return await self._store.list_deployments()

    async def stop(self, name: str) -> Deployment:
        """Start no more runs of it; a run under way goes on. Raises `NotFound`."""
        return await self._save(replace(await self.get(name), status="stopped"))

    async def start(self, name: str) -> Deployment:
        """Make a stopped deployment active again, from now on. Raises `NotFound`."""
        deployment = await self.get(name)
        if deployment.status == "active":
            return deployment
        now = self.application.world.clock.now()
        return await self._save(replace(deployment, status="active", last_fired_at=now))

    async def fire(self, deployment: Deployment, due: datetime | None = None) -> RunId | None:
        """Start a run of it for the fire time `due`, or out of turn; None when the one before is not finished.

        Raises `Conflict` when `due` has its run already, `NotFound`, `InvalidWorkflow`, `StoreError`.
        """
        if await self.is_busy(deployment):
            return None
        application = self.application
        plan = application.plans.find(deployment.workflow, deployment.version or "")
        workflow = plan.workflow if plan else await application.get_workflow(deployment.workflow, deployment.version)
        now = application.world.clock.now()
        owner = f"trigger:{deployment.id}"
        trigger = deployment.trigger
        prepared = await application.prepare(
            ExecutionRequest(
                workflow,
                input=cast("Mapping[str, Any]", trigger.get("input") or {}),
                mode=deployment.mode,
                trigger=trigger.get("node"),
                fired=int(await self._store.read_state(owner, "ticks") or 0),
                deployment=deployment.id,
                params=deployment.params,
                run_id=run_id_for(due, deployment.id) if due else None,
                # A run made up for late counts its timeout from when it starts.
                at=due if due is not None and now - due < _LATE else now,
            )
        )
        ticked = StateChange(owner, "ticks", increment=1)
        await application.dispatcher.submit(prepared.plan, prepared.run, state=[ticked])
        return prepared.run.id

    async def is_busy(self, deployment: Deployment) -> bool:
        """Whether a run of it is unfinished."""
        for status in ("running", "suspended"):
            if await self._store.list_runs(deployment=deployment.id, status=status, limit=1):
                return True
        return False

    async def _find(self, deployment_id: str) -> Deployment | None:
        try:
            return await self._store.get_deployment(deployment_id)
        except NotFound:
            return None

    async def _save(self, deployment: Deployment) -> Deployment:
        await self._store.save_deployment(deployment)
        self._look()
        return deployment

    def _look(self) -> None:
        if self._scheduler is not None:
            self._scheduler.look()
