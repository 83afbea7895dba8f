"""How deployments stand: what starts them, when next, and what their runs came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from treadle.dispatch.timetable import next_due
from treadle.errors import TreadleError
from treadle.node.registry import Registry
from treadle.service.access.operation import operation
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.halting import Halt, list_halts
from treadle.service.version_names import number_versions
from treadle.store.deployments import Deployment
from treadle.store.metrics import Metrics
from treadle.store.reasons import Reason
from treadle.store.refusals import Refusal
from treadle.store.triggers import Trigger


@dataclass(frozen=True, slots=True)
class Standing:
    """A deployment and everything a list of them shows. `queued` runs wait their turn."""

    deployment: Deployment
    triggers: Sequence[Trigger]
    metrics: Metrics
    next_due: datetime | None
    last_fired_at: datetime | None
    queued: int = 0
    under_way: int = 0
    last_refusal: Refusal | None = None
    """Of the fire times and events that could start no run."""
    reason: Reason | None = None
    """Why it was stopped, or starts no runs for now."""
    halt: Halt | None = None
    """The kill switch, where it is on."""
    number: int | None = None
    """That of its version; None where each run is of the latest."""


async def list_standings(application: Application, deployments: Sequence[Deployment]) -> list[Standing]:
    """How each of `deployments` stands now, in their order."""
    store = application.store
    metrics = await store.list_metrics()
    unfinished = await store.count_by_deployment()
    refusals = await store.list_refusals()
    by_deployment: dict[str, list[Trigger]] = {}
    for trigger in await store.list_triggers():
        by_deployment.setdefault(trigger.deployment, []).append(trigger)
    now = application.world.clock.now()
    standings = [
        _stand(one, by_deployment.get(one.id, []), metrics, unfinished.get(one.id, {}), application.registry, now)
        for one in deployments
    ]
    reasons, halts = await store.list_reasons(), await list_halts(store)
    numbers = await number_versions(store)
    for one in deployments:
        if one.version is not None and (one.workflow, one.version) not in numbers:  # held at an older one
            number = await store.find_number(one.workflow, one.version)
            numbers.update({} if number is None else {(one.workflow, one.version): number})
    return [
        replace(
            one,
            last_refusal=refusals.get(one.deployment.id),
            reason=reasons.get(one.deployment.id),
            halt=halts.get(one.deployment.id),
            number=numbers.get((one.deployment.workflow, one.deployment.version or "")),
        )
        for one in standings
    ]


def _stand(
    deployment: Deployment,
    triggers: Sequence[Trigger],
    metrics: Mapping[str, Metrics],
    unfinished: Mapping[str, int],
    registry: Registry,
    now: datetime,
) -> Standing:
    dues = [_next_due(trigger, registry, now) for trigger in triggers] if deployment.status == "active" else []
    fired = [trigger.last_fired_at for trigger in triggers if trigger.last_fired_at is not None]
    return Standing(
        deployment,
        triggers,
        metrics.get(deployment.id) or Metrics(),
        next_due=min((due for due in dues if due is not None), default=None),
        last_fired_at=max(fired, default=None),
        queued=unfinished.get("queued", 0),
        under_way=unfinished.get("running", 0) + unfinished.get("suspended", 0),
    )


def _next_due(trigger: Trigger, registry: Registry, now: datetime) -> datetime | None:
    if trigger.status != "armed":
        return None
    try:
        return next_due(trigger, registry, now)
    except (TreadleError, ValueError):
        return None


class Standings:
    """How deployments stand, for those who may know of them."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._deployments = Deployments(application)

    @operation("deployments.list")
    async def list(self, *, workflow: str | None = None) -> Sequence[Standing]:
        """All of them, or those of one workflow, by name."""
        found = [one for one in await self._deployments.list() if workflow in (None, one.workflow)]
        return await list_standings(self.application, found)

    @operation("deployments.read", on="deployment")
    async def get(self, name: str) -> Standing:
        """Raises `NotFound` with the nearest name."""
        (standing,) = await list_standings(self.application, [await self._deployments.get(name)])
        return standing
