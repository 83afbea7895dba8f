"""Schedules: what runs on time, and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query

from treadle.server.caller import Called
from treadle.server.models.schedules import FireTime, FireTimes, Schedule, ScheduleList, SchedulePage
from treadle.server.paging import DEFAULT_LIMIT, Cursor, Limit
from treadle.server.slices import cut
from treadle.service import schedules as service
from treadle.service.schedules import Schedules

router = APIRouter(prefix="/schedules", tags=["schedules"])
times_router = APIRouter(prefix="/fire-times", tags=["schedules"])
"""Apart: a deployment, and so its schedule, may be called anything."""

Count = Annotated[int, Query(ge=1, le=1000)]
ScheduleName = Annotated[str, Path(max_length=300, description="`deployment`, or `deployment:trigger`.")]


@router.get("", operation_id="listSchedules", summary="List schedules")
async def list_schedules(caller: Called, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> SchedulePage:
    """By name, with when each fires next."""
    found = await Schedules(caller.application).list()
    page, next = cut(found, limit, cursor, order=lambda schedule: (schedule.name,))
    return SchedulePage(items=[Schedule.of(one) for one in page], next=next)


@times_router.get("", operation_id="listFireTimes", summary="When anything fires next")
async def list_fire_times(caller: Called, count: Count = 10) -> FireTimes:
    """The next fire times of all schedules that are active."""
    return FireTimes(items=[FireTime.of(one) for one in await Schedules(caller.application).next(count=count)])


@times_router.get("/preview", operation_id="previewSchedule", summary="When a cron would fire")
async def preview_schedule(
    caller: Called,
    cron: Annotated[str, Query(max_length=200, description="Five fields, or six, seconds first: `30 9 * * MON-FRI`.")],
    timezone: Annotated[str, Query(max_length=100)] = "UTC",
    count: Count = 10,
) -> FireTimes:
    """Right over changes of the clocks; nothing is deployed."""
    found = await Schedules(caller.application).preview(cron, timezone=timezone, count=count)
    return FireTimes(items=[FireTime.of(one) for one in found])


@router.get("/{name}", operation_id="getSchedule", summary="Read a schedule")
async def get_schedule(caller: Called, name: ScheduleName) -> ScheduleList:
    """One, or all that a deployment has."""
    return _shown(await Schedules(caller.application).get(_named(name)))


@router.get("/{name}/next", operation_id="listFireTimesOf", summary="When a schedule fires next")
async def list_fire_times_of(caller: Called, name: ScheduleName, count: Count = 10) -> FireTimes:
    """Also of one that rests: when it would."""
    found = await Schedules(caller.application).next(_named(name), count=count)
    return FireTimes(items=[FireTime.of(one) for one in found])


@router.post("/{name}/pause", operation_id="pauseSchedule", summary="Pause a schedule")
async def pause_schedule(caller: Called, name: ScheduleName) -> ScheduleList:
    """It fires no more until it is resumed; the deployment's other triggers go on."""
    return _shown(await Schedules(caller.application).pause(_named(name)))


@router.post("/{name}/resume", operation_id="resumeSchedule", summary="Resume a schedule")
async def resume_schedule(caller: Called, name: ScheduleName) -> ScheduleList:
    """From now on: what it missed is not made up for."""
    return _shown(await Schedules(caller.application).resume(_named(name)))


def _named(name: str) -> str:
    """An address has no room for a slash within a name."""
    return name.replace(":", "/", 1)


def _shown(found: Sequence[service.Schedule]) -> ScheduleList:
    return ScheduleList(items=[Schedule.of(one) for one in found])
