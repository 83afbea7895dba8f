"""How many runs ended each day."""

from __future__ import annotations

from datetime import timedelta

from treadle.service.access.operation import operation
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.internal import INTERNAL
from treadle.store.run_days import RunDay


class RunDays:
    """Days are those of UTC; the last one is today."""

    def __init__(self, application: Application) -> None:
        self.application = application

    @operation("runs.list")
    async def list(self, *, days: int = 30, workflow: str | None = None) -> list[RunDay]:
        """Of all runs one may see, or of those of a workflow."""
        hidden = {*await self.application.access.find_hidden(self.application.actor)} | (INTERNAL - {workflow})
        if workflow is not None and workflow in hidden:
            workflow = ""  # as of one that is not there
        last = self.application.world.clock.now().date()
        first = last - timedelta(days=days - 1)
        return await self.application.store.read_run_days(first, last, workflow=workflow, hidden=hidden)

    @operation("deployments.read", on="deployment")
    async def of_deployment(self, name: str, *, days: int = 30) -> list[RunDay]:
        """Raises `NotFound`."""
        deployment = await Deployments(self.application).get(name)
        last = self.application.world.clock.now().date()
        first = last - timedelta(days=days - 1)
        return await self.application.store.read_run_days(first, last, deployment=deployment.id)
