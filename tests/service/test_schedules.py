"""Schedules: what there is, when next, and putting one to rest."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from treadle.authoring.check.file import check_file
from treadle.errors import InvalidWorkflow, NotFound
from treadle.node.registry import Registry
from treadle.service.application import Application
from treadle.service.backtests.clock import HistoryClock
from treadle.service.deployments import Deployments
from treadle.service.schedules import Schedules, preview
from treadle.service.settings import Settings
from treadle.service.standing import Standings

REGISTRY = Registry.installed()
REPORT = """\
name: report
nodes: [{id: morning, type: trigger.schedule, config: {cron: "30 2 * * *", timezone: Europe/Berlin, jitter: 5m}}]
"""
TWICE = """\
name: twice
nodes:
  - {id: morning, type: trigger.schedule, config: {cron: "0 9 * * MON-FRI", timezone: Asia/Tokyo}}
  - {id: often, type: trigger.interval, config: {seconds: 300, aligned: true}}
"""
HEARING = """\
name: hearing
nodes: [{id: hear, type: trigger.event, config: {topic: paid}}]
"""
HOURLY = """\
name: hourly
nodes: [{id: often, type: trigger.interval, config: {seconds: 3600}}]
"""
SPRING = datetime(2026, 3, 28, 12, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 24, 22, tzinfo=UTC)


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    async with Application(Settings(db=str(tmp_path / "s.db"), workspace=str(tmp_path))) as application:
        yield application


async def deploy(application: Application, text: str) -> None:
    (workflow,) = check_file(text, REGISTRY).workflows
    await Deployments(application).deploy(workflow)


async def test_a_schedule_is_listed_in_words_with_its_zone_and_when_it_fires_next(application: Application) -> None:
    await deploy(application, REPORT)

    (found,) = await Schedules(application).list()

    assert (found.name, found.when, found.timezone) == ("report", "at 02:30 every day", "Europe/Berlin")
    assert (found.status, found.catch_up, found.jitter) == ("active", "last", 300)
    now = application.world.clock.now()
    assert found.next_at is not None
    assert now < found.next_at < now + timedelta(days=1, hours=1)


async def test_of_a_deployment_with_several_each_has_a_name_of_its_own(application: Application) -> None:
    await deploy(application, TWICE)

    found = await Schedules(application).list()

    assert [(one.name, one.when) for one in found] == [
        ("twice/morning", "at 09:00 on Monday through Friday"),
        ("twice/often", "every 5m, on the clock"),
    ]


async def test_what_does_not_run_on_time_is_no_schedule(application: Application) -> None:
    await deploy(application, HEARING)
    schedules = Schedules(application)

    assert await schedules.list() == []
    with pytest.raises(NotFound, match="nothing of it runs on time") as caught:
        await schedules.next("hearing")
    assert caught.value.code == "no_schedule"


async def test_the_next_fire_times_are_shown_by_the_clocks_of_the_zone(application: Application) -> None:
    await deploy(application, REPORT)

    times = await Schedules(application).next("report", count=3)

    assert [(one.at.hour, one.at.minute, str(one.at.tzinfo)) for one in times] == [(2, 30, "Europe/Berlin")] * 3
    assert all(timedelta() < one.starts_at - one.at < timedelta(minutes=5) for one in times)


async def test_the_next_fire_times_of_all_are_in_order(application: Application) -> None:
    await deploy(application, REPORT)
    await deploy(application, TWICE)

    times = await Schedules(application).next(count=1000)

    assert [one.at for one in times] == sorted(one.at for one in times)
    assert {one.name for one in times} == {"report", "twice/morning", "twice/often"}


async def test_a_paused_schedule_rests_and_the_others_of_its_deployment_go_on(application: Application) -> None:
    await deploy(application, TWICE)
    schedules = Schedules(application)

    (paused,) = await schedules.pause("twice/morning")

    statuses = {one.name: (one.status, one.next_at is None) for one in await schedules.list()}
    assert (paused.status, paused.next_at) == ("paused", None)
    assert statuses == {"twice/morning": ("paused", True), "twice/often": ("active", False)}
    assert {one.name for one in await schedules.next(count=5)} == {"twice/often"}


async def test_a_deployments_name_pauses_and_resumes_all_of_its_schedules(application: Application) -> None:
    await deploy(application, TWICE)
    schedules = Schedules(application)

    paused = await schedules.pause("twice")
    resumed = await schedules.resume("twice")

    assert [one.status for one in paused] == ["paused", "paused"]
    assert [one.status for one in resumed] == ["active", "active"]


async def test_the_schedules_of_a_paused_deployment_rest(application: Application) -> None:
    await deploy(application, REPORT)

    await Deployments(application).pause("report")

    (found,) = await Schedules(application).list()
    assert (found.status, found.next_at) == ("paused", None)


@pytest.mark.parametrize("name", ["reprot", "report/mornin"])
async def test_an_unknown_schedule_is_refused_with_the_nearest(application: Application, name: str) -> None:
    await deploy(application, REPORT)

    with pytest.raises(NotFound) as caught:
        await Schedules(application).pause(name)

    assert caught.value.code == "unknown_schedule"
    assert "`report" in str(caught.value.remedy)
    assert [one.status for one in await Schedules(application).list()] == ["active"]


def test_a_time_that_is_moved_out_of_a_gap_is_marked() -> None:
    times = preview("30 2 * * *", timezone="Europe/Berlin", count=2, after=SPRING)

    assert [(f"{one.at:%d %H:%M}", one.change) for one in times] == [("29 03:00", "moved"), ("30 02:30", None)]


def test_times_that_look_alike_are_told_apart() -> None:
    times = preview("0 * * * *", timezone="Europe/Berlin", count=5, after=AUTUMN)

    marked = [(f"{one.at:%H:%M %Z}", one.change) for one in times]
    assert marked == [
        ("01:00 CEST", None),
        ("02:00 CEST", "first"),
        ("02:00 CET", "second"),
        ("03:00 CET", None),
        ("04:00 CET", None),
    ]


def test_everything_wrong_with_a_cron_that_is_tried_out_is_said_at_once() -> None:
    with pytest.raises(InvalidWorkflow) as caught:
        preview("0 0 31 2 *", timezone="Europe/Berln", after=SPRING)

    assert caught.value.code == "invalid_schedule"
    assert "never comes" in caught.value.message
    assert "'Europe/Berlin'" in caught.value.message


@pytest.mark.parametrize("count", [0, 1001])
def test_not_any_number_of_fire_times_is_listed(count: int) -> None:
    with pytest.raises(InvalidWorkflow, match="1 to 1000"):
        preview("@daily", count=count, after=SPRING)


async def test_an_interval_is_next_due_from_its_last_time_and_not_from_now(tmp_path: Path) -> None:
    clock = HistoryClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
    settings = Settings(db=str(tmp_path / "s.db"), workspace=str(tmp_path))
    async with Application(settings, clock=clock) as application:
        await deploy(application, HOURLY)
        begun = clock.now()
        found: list[datetime | None] = []
        for minutes in (0, 25, 35, 61):
            clock.put(begun + timedelta(minutes=minutes))
            (schedule,) = await Schedules(application).list()
            standing = await Standings(application).get("hourly")
            (first, *_) = await Schedules(application).next("hourly", count=1)
            assert standing.next_due == first.at == schedule.next_at
            found.append(schedule.next_at)

    assert found == [begun + timedelta(hours=hours) for hours in (1, 1, 1, 2)]
