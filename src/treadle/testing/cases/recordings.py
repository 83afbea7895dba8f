"""Tests made of the runs that a store holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from treadle.model.ids import RunId
from treadle.model.run import RunRecord
from treadle.service.access.operation import operation
from treadle.service.application import Application
from treadle.service.replays import Replays
from treadle.testing.cases.recording import record_case, write_case


class Recordings:
    """What `treadle test record` and the API make tests with."""

    def __init__(self, application: Application) -> None:
        self.application = application

    @operation("runs.record", on="run")
    async def record(
        self, run_id: RunId, *, workflow: str | Mapping[str, str] | None = None, name: str | None = None
    ) -> str:
        """The text of a test file that expects what the run came to of `workflow` (a file; default: the run's version
        in the store). Known secrets are left out.

        Raises `NotFound`, and `Conflict` (`not_recorded`) for a run that is not over, was cancelled, or was not kept.
        """
        application = self.application
        run = await application.store.get_run(run_id)
        document = await self._record(run, workflow or {"name": run.workflow, "version": run.version}, name)
        return write_case(document)

    async def _record(self, run: RunRecord, workflow: str | Mapping[str, str], name: str | None) -> dict[str, Any]:
        world = self.application.world
        plan = await Replays(self.application).get_plan(run.workflow, run.version)
        bound = world.secrets_for(run)
        return record_case(
            plan,
            run,
            await self.application.store.load(run.id),
            workflow=workflow,
            name=name or f"as run {run.id}",
            redactor=world.redactor_for(run.origin, (bound[secret] for secret in plan.secrets if secret in bound)),
            environment=world.permissions.environment,
        )


def file_name_of(run: RunRecord) -> str:
    """What the test of a run is called where nobody says."""
    return f"{run.workflow}-{run.id[-6:]}.test.yaml"
