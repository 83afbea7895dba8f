"""Deployments as the API shows them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from treadle.model.policy import Mode
from treadle.server.etag import etag_of
from treadle.server.models.bots import BotFigures
from treadle.server.models.runs import Name, Taken, Values
from treadle.server.paging import Page
from treadle.server.values import plain
from treadle.service import comparison as service
from treadle.service import halting as service_halting
from treadle.service.bots import figures as service_bots
from treadle.service.standing import Standing
from treadle.store import deployments as store
from treadle.store import metrics as store_metrics
from treadle.store.deployments import DeploymentStatus, LimitScope, Overlap
from treadle.store.triggers import Trigger as StoredTrigger
from treadle.store.triggers import TriggerStatus

MOST = 1_000_000_000


class Rate(Taken):
    """No more than `number` runs begin in any `period` seconds, but for a `burst` at once."""

    number: float = Field(gt=0, le=MOST, allow_inf_nan=False)
    period: float = Field(gt=0, le=MOST, allow_inf_nan=False)
    burst: int = Field(default=1, ge=1, le=MOST)
    key: str | None = Field(default=None, max_length=2000, description="An expression: each value has its own rate.")


class Limits(Taken):
    """How many runs may be under way."""

    concurrency: int = Field(default=1, ge=1, le=MOST)
    concurrency_key: str | None = Field(default=None, max_length=2000, description="Each value has a lane of its own.")
    scope: LimitScope = "deployment"
    overlap: Overlap | None = Field(default=None, description="What becomes of a run that finds its lane full.")
    rate: Rate | None = None

    def to_store(self) -> store.DeploymentLimits:
        given = self.model_dump()
        rate = given.pop("rate")
        return store.DeploymentLimits(**given, rate=store.Rate(**rate) if rate else None)


class Trigger(BaseModel):
    """What starts the runs of a deployment."""

    id: str
    node: str | None = Field(description="Null: it stands in for one (`every`).")
    type: str
    config: Values
    topic: str | None
    status: TriggerStatus
    armed_at: datetime | None
    last_fired_at: datetime | None

    @classmethod
    def of(cls, found: StoredTrigger) -> Trigger:
        return cls(
            id=found.id,
            node=found.node,
            type=found.type,
            config=plain(dict(found.config)),
            topic=found.topic,
            status=found.status,
            armed_at=found.armed_at,
            last_fired_at=found.last_fired_at,
        )


class TriggerList(BaseModel):
    """What starts the runs of a deployment."""

    items: list[Trigger]


class Metrics(BaseModel):
    """What the runs of a deployment came to; durations are of those that completed or failed."""

    runs: int
    completed: int
    failed: int
    cancelled: int
    skipped: int = Field(description="Fire times that found no room.")
    refused: int = Field(description="Fire times and events that could start no run.")
    success_rate: float | None
    mean_ms: float | None
    p95_ms: float | None
    last_status: str | None
    last_finished_at: datetime | None
    counters: dict[str, float]

    @classmethod
    def of(cls, found: store_metrics.Metrics) -> Metrics:
        return cls(**found.to_dict())


class Refusal(BaseModel):
    """Why a run could not be started."""

    at: datetime
    about: str
    code: str
    message: str


class Reason(BaseModel):
    """Why a deployment was stopped, or starts no runs for now."""

    at: datetime
    code: Literal["differs", "not_reconciled"]
    message: str
    differences: list[str] = Field(description="What is otherwise than it was left, each in a sentence.")


class Halt(BaseModel):
    """The kill switch of a deployment: on, it sends no new orders until a person resets it."""

    on: bool
    reason: str
    by: str | None = Field(description="Who turned it on; null: a run of the deployment, or nobody ever.")
    at: datetime | None
    run: str | None = Field(description="The run that turned it on.")
    reset_by: str | None
    reset_at: datetime | None
    flattening: str | None = Field(
        description="The run that cancels its orders, closes its positions and looks whether that is so; null: there "
        "was nothing to, or it was left open."
    )

    @classmethod
    def of(cls, found: service_halting.Halt) -> Halt:
        return cls(**asdict(found))


class EngageHalt(Taken):
    """Why the kill switch is turned on, and what becomes of what is open."""

    reason: str = Field(min_length=1, max_length=500)
    close: bool = Field(default=True, description="Cancel its open orders and close its positions; else they stay.")


class Deployment(BaseModel):
    """A workflow made to run by itself, and how it stands."""

    name: str
    workflow: str
    version: str | None = Field(description="Null: each run is of the latest there is.")
    mode: Mode
    status: DeploymentStatus
    input: Values
    params: Values
    profiles: list[str]
    limits: Limits
    created_at: datetime | None
    next_at: datetime | None = Field(description="When it fires next by time.")
    last_fired_at: datetime | None
    queued: int = Field(description="Runs that wait their turn.")
    under_way: int
    metrics: Metrics
    last_refusal: Refusal | None
    reason: Reason | None = Field(description="Why it was stopped, or starts no runs for now.")
    halt: Halt | None = Field(description="The kill switch, where it is on.")
    bot: BotFigures | None = Field(description="What it came to as a bot; null where it has never dealt.")

    @classmethod
    def of(cls, standing: Standing, bot: service_bots.BotFigures | None) -> Deployment:
        found, refusal = standing.deployment, standing.last_refusal
        return cls(
            name=found.name,
            workflow=found.workflow,
            version=found.version,
            mode=found.mode,
            status=found.status,
            input=plain(dict(found.input)),
            params=plain(dict(found.params)),
            profiles=list(found.profiles),
            limits=Limits.model_construct(**asdict(found.limits)),
            created_at=found.created_at,
            next_at=standing.next_due,
            last_fired_at=standing.last_fired_at,
            queued=standing.queued,
            under_way=standing.under_way,
            metrics=Metrics.of(standing.metrics),
            last_refusal=None
            if refusal is None
            else Refusal(at=refusal.at, about=refusal.about, code=refusal.code, message=refusal.message),
            reason=None if standing.reason is None else Reason.model_validate(asdict(standing.reason)),
            halt=None if standing.halt is None else Halt.of(standing.halt),
            bot=None if bot is None or not bot.has_dealt else BotFigures.of(bot),
        )


class DeploymentPage(Page[Deployment]):
    """Deployments, by name."""


_CONFIRM = Field(
    default=None,
    max_length=2000,
    description="What it puts at stake, in the words of the refusal (`confirmation_required`): `main max_notional=5`.",
)


class Bound(Taken):
    """What the runs of a deployment are given."""

    mode: Mode | None = None
    input: Values | None = None
    params: Values | None = None
    profiles: list[Name] | None = Field(default=None, max_length=50)
    limits: Limits | None = None
    confirm: str | None = _CONFIRM

    def to_service(self) -> dict[str, Any]:
        return {
            "mode": self.mode,
            "input": self.input,
            "params": self.params,
            "profiles": self.profiles,
            "limits": None if self.limits is None else self.limits.to_store(),
            "confirm": self.confirm,
        }


class CreateDeployment(Bound):
    """A deployment to be. What is left out is the workflow's own, or empty."""

    workflow: str = Field(min_length=1, max_length=200)
    name: str | None = Field(default=None, min_length=1, max_length=100, description="Default: the workflow's.")
    version: str = Field(default="latest", min_length=1, max_length=100, description="`latest`: follow it.")
    mode: Mode | None = Field(
        default=None,
        description="Default: `paper` where it could place orders, otherwise `live`; with `confirm`, `live`.",
    )
    every: float | None = Field(
        default=None, gt=0, le=MOST, description="Seconds; stands in for the workflow's own times."
    )
    paused: bool = False


class UpdateDeployment(Bound):
    """Changes to a deployment; what is left out stays."""

    version: str | None = Field(default=None, min_length=1, max_length=100)
    every: float | Literal["own"] | None = Field(default=None, description="Seconds; `own`: the workflow's own times.")
    waiting: Literal["keep", "move"] = Field(
        default="keep", description="Whether runs that wait finish as they began, or go over to the version."
    )


class CloneDeployment(Bound):
    """Another deployment like it, with what is given here instead."""

    name: str = Field(min_length=1, max_length=100)
    version: str | None = Field(default=None, min_length=1, max_length=100)
    paused: bool = False


class StartDeployment(Taken):
    """How to start."""

    confirm: str | None = _CONFIRM


class StopDeployment(Taken):
    """How to stop."""

    cancel_runs: bool = Field(default=False, description="Also those under way.")


class DeploymentState(BaseModel):
    """What a deployment remembers from run to run."""

    values: Values


class StateValue(Taken):
    value: Any


class Cleared(BaseModel):
    """How many values were removed."""

    removed: int


class Interval(BaseModel):
    """Where the difference lies, with the confidence that was asked for."""

    low: float
    high: float


class Measure(BaseModel):
    """A figure of both, and the difference: second less first."""

    name: str
    first: float | None
    second: float | None
    difference: float | None
    interval: Interval | None
    differs: bool = Field(description="Whether the interval leaves zero out.")


class Comparison(BaseModel):
    """Two deployments side by side, in pairs where both ran on the same trigger."""

    model_config = ConfigDict(from_attributes=True)

    deployments: list[str]
    runs: list[int]
    pairs: int
    basis: service.Basis
    confidence: float
    measures: list[Measure]
    remarks: list[str]

    @classmethod
    def of(cls, found: service.Comparison) -> Comparison:
        return cls.model_validate(plain(found.to_dict()))


class ReplaySelection(Taken):
    """Which recorded runs to replay, and with which version."""

    workflow: str = Field(min_length=1, max_length=200)
    version: str = Field(default="latest", min_length=1, max_length=100)
    deployment: str | None = Field(default=None, max_length=100)
    run: str | None = Field(default=None, max_length=100)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    statuses: list[Literal["completed", "failed", "cancelled"]] = Field(
        default=["completed", "failed", "cancelled"], min_length=1, max_length=3
    )
    limit: int = Field(default=20, ge=1, le=200, description="The newest so many.")
    stubs: Values = Field(default={}, description="What effects that were never made come to, by path or type.")


class ReplayedRun(BaseModel):
    """One run, before and after."""

    run_id: str
    verdict: Literal["same", "different", "undetermined", "failed"]
    before: Values | None
    after: Values | None
    differences: list[Values]
    nodes: list[Values]
    effects: list[Values]
    unknown: list[str]
    depends: list[str]
    reason: str | None


class BeforeAfter(BaseModel):
    before: dict[str, float]
    after: dict[str, float]


class ReplayFigure(BaseModel):
    """What a figure is of the runs as they were recorded, and as they would be. Null: nobody can say."""

    name: str
    before: float | None
    after: float | None


class ReplayWarning(BaseModel):
    code: str
    message: str
    severity: Literal["info", "warning", "error"]


class ReplayReport(BaseModel):
    """A version over recorded runs, with nothing done and nothing written. `figures` are of the runs that could be
    replayed to their end; `warnings` are what to know before believing them. `begins` and `ends` are when the first of
    the runs and the last began."""

    workflow: str
    version: str
    runs: int
    begins: datetime | None
    ends: datetime | None
    figures: list[ReplayFigure]
    warnings: list[ReplayWarning]
    verdicts: dict[str, int]
    statuses: BeforeAfter
    counters: BeforeAfter
    effects: dict[str, dict[str, int]]
    replays: list[ReplayedRun]


def etag_of_deployment(found: store.Deployment) -> str:
    """Over what an update may change, not over how it stands."""
    return etag_of(plain(asdict(found)))
