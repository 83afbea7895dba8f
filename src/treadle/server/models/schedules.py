"""Schedules as the API shows them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from pydantic import BaseModel, Field

from treadle.server.paging import Page
from treadle.service import schedules as service
from treadle.service.schedules import Change, ScheduleStatus


class Listening(BaseModel):
    """How a trigger listens that is told things as they happen."""

    since: datetime | None = Field(description="Without a break since then; null: nobody listens.")
    item_at: datetime | None = Field(description="Of when the last thing was that it was told.")
    error: str | None = Field(description="What kept it from listening last.")
    error_at: datetime | None


class Schedule(BaseModel):
    """What of a deployment starts by itself: on time, or for what it is told. It is called by its deployment, or
    `deployment/trigger` where there are several."""

    name: str
    deployment: str
    trigger: str
    type: str
    when: str = Field(description="In words.")
    timezone: str
    catch_up: str
    jitter: float
    status: ScheduleStatus
    next_at: datetime | None
    last_fired_at: datetime | None
    problem: str | None = Field(default=None, description="What keeps it from firing.")
    listening: Listening | None = Field(default=None, description="Null: it runs on time.")

    @classmethod
    def of(cls, found: service.Schedule) -> Schedule:
        return cls(**asdict(found))


class SchedulePage(Page[Schedule]):
    """Schedules, by name."""


class ScheduleList(BaseModel):
    """All that is called by a name: one, or all of a deployment."""

    items: list[Schedule]


class FireTime(BaseModel):
    """A fire time, as the clocks of the schedule's zone show it."""

    name: str
    at: datetime
    starts_at: datetime = Field(description="Later than `at` where there is jitter.")
    change: Change | None = Field(
        default=None, description="It was moved out of a gap in the clocks, or is one of two that look alike."
    )

    @classmethod
    def of(cls, found: service.FireTime) -> FireTime:
        return cls(**asdict(found))


class FireTimes(BaseModel):
    """Fire times, in order."""

    items: list[FireTime]
