"""What a startup check of a pack is given of the deployment that is about to go on."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from pydantic import JsonValue

from treadle.engine.exchanging import RunRecords
from treadle.engine.profiles import fields_of
from treadle.engine.world import World
from treadle.model.ids import RunId
from treadle.model.policy import Mode
from treadle.model.run import Origin, RunRecord
from treadle.model.workflow import Workflow
from treadle.node.context import Level, Resource
from treadle.node.permissions import Permissions
from treadle.store.deployments import Deployment

R = TypeVar("R", bound=Resource)

log = logging.getLogger("treadle.startup")


class StartingDeployment:
    """Implements `treadle.node.startup.Starting`."""

    def __init__(self, world: World, deployment: Deployment, definition: Workflow, called: Sequence[Workflow]) -> None:
        self._world, self._deployment = world, deployment
        self.definition, self.called = definition, called
        origin = Origin(profiles=deployment.profiles, account=deployment.account)
        # As a run of it would see them, but that there is none.
        self._run = RunRecord(
            RunId(""),
            definition.name,
            definition.version,
            mode=deployment.mode,
            deployment=deployment.id,
            origin=origin,
        )
        self._redactor = world.redactor_for(origin)
        self.records = RunRecords(self._run, world, self._redactor)

    @property
    def deployment(self) -> str:
        return self._deployment.id

    @property
    def name(self) -> str:
        return self._deployment.name

    @property
    def workflow(self) -> str:
        return self.definition.name

    @property
    def mode(self) -> Mode:
        return self._deployment.mode

    @property
    def run_id(self) -> str:
        return ""

    @property
    def input(self) -> Mapping[str, Any]:
        return self._deployment.input

    @property
    def params(self) -> Mapping[str, Any]:
        return self._deployment.params

    @property
    def profiles(self) -> Sequence[str]:
        return self._deployment.profiles

    @property
    def permissions(self) -> Permissions:
        return self._world.permissions

    def profile(self, name: str | None, *, provider: str | None = None) -> Mapping[str, str]:
        return fields_of(self._world, self._run, name, provider=provider)

    def now(self) -> datetime:
        return self._world.clock.now()

    def resource(self, kind: type[R]) -> R:
        return self._world.resources.get(kind)

    def log(self, message: str, *, level: Level = "info", **data: JsonValue) -> None:
        text = self._redactor.text(message)
        log.log(logging.getLevelNamesMapping()[level.upper()], "Deployment %s: %s", self.name, text)

    def redact(self, text: str) -> str:
        return self._redactor.text(text)
