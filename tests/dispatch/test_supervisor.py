"""The supervisor: when it fires, with the clock turned by hand."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.dispatch.firing import START, Firing, deploy, interval, schedule, supervisor
from treadle.engine.clock import SystemClock
from treadle.errors import Conflict, InvalidWorkflow, StoreError
from treadle.node import Fire, trigger
from treadle.node.registry import Registry
from treadle.store.deployments import Deployment
from treadle.store.sqlite_journal import SqliteStore
from treadle.store.triggers import Trigger
from treadle.testing.clock import VirtualClock


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with SqliteStore(tmp_path / "s.db") as store:
        yield store


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """What the dispatchers log."""
    said: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())
    logging.getLogger("treadle.dispatch").addHandler(handler)
    yield said
    logging.getLogger("treadle.dispatch").removeHandler(handler)


async def test_it_fires_one_interval_after_the_trigger_was_armed(store: SqliteStore) -> None:
    await deploy(store, interval("1m"))
    clock, firing = VirtualClock(), Firing(store)
    one = supervisor(store, clock, firing)

    early = await one.fire_due()
    clock.advance(60)
    following = await one.fire_due()

    assert (early, following) == (START + timedelta(minutes=1), START + timedelta(minutes=2))
    assert firing.minutes() == [1]


async def test_a_fire_time_is_not_fired_twice_by_one_that_starts_later(store: SqliteStore) -> None:
    await deploy(store, interval("1m"))
    clock, firing = VirtualClock(START + timedelta(minutes=1)), Firing(store)

    await supervisor(store, clock, firing).fire_due()
    await supervisor(store, clock, firing).fire_due()

    assert firing.minutes() == [1]


async def test_of_the_fire_times_missed_the_last_is_made_up_for(store: SqliteStore) -> None:
    await deploy(store, interval("1m"))
    clock, firing = VirtualClock(START + timedelta(minutes=30, seconds=20)), Firing(store)
    one = supervisor(store, clock, firing)

    following = await one.fire_due()
    await one.fire_due()

    assert firing.minutes() == [30]
    assert following == START + timedelta(minutes=31)


async def test_all_that_were_missed_are_made_up_for_in_order(store: SqliteStore) -> None:
    await deploy(store, interval("1m", catch_up="all"))
    clock, firing = VirtualClock(START + timedelta(minutes=5, seconds=20)), Firing(store)

    following = await supervisor(store, clock, firing).fire_due()

    assert firing.minutes() == [1, 2, 3, 4, 5]
    assert following == START + timedelta(minutes=6)


async def test_what_was_missed_is_left_out_when_it_is_to_be_skipped(store: SqliteStore) -> None:
    await deploy(store, interval("5m", catch_up="skip"))
    clock, firing = VirtualClock(START + timedelta(minutes=12)), Firing(store)

    following = await supervisor(store, clock, firing).fire_due()

    assert firing.minutes() == []
    assert following == START + timedelta(minutes=15)


async def test_a_minute_late_is_not_missed(store: SqliteStore) -> None:
    """A restart at the wrong moment must not cost the day's run."""
    await deploy(store, interval("5m", catch_up="skip"))
    clock, firing = VirtualClock(START + timedelta(minutes=10, seconds=50)), Firing(store)

    await supervisor(store, clock, firing).fire_due()

    assert firing.minutes() == [10]


async def test_years_of_missed_seconds_are_passed_over_at_once(store: SqliteStore) -> None:
    await deploy(store, schedule("* * * * * *", "Europe/Berlin"))
    clock, firing = VirtualClock(START + timedelta(days=2000, seconds=0.5)), Firing(store)

    await supervisor(store, clock, firing).fire_due()

    assert firing.dues() == [START + timedelta(days=2000)]


async def test_a_fire_time_that_another_process_took_is_passed_over(store: SqliteStore) -> None:
    await deploy(store, interval("1m"))
    clock, firing = VirtualClock(START + timedelta(minutes=1)), Firing(store)
    firing.error = Conflict("There is such a run.")

    following = await supervisor(store, clock, firing).fire_due()

    assert following == START + timedelta(minutes=2)


async def test_a_trigger_that_cannot_be_armed_does_not_stop_the_others(store: SqliteStore) -> None:
    await deploy(store, interval("1m"), name="works")
    await deploy(store, Trigger("", "t", None, "gone.node"), name="gone")
    await deploy(store, schedule("0 0 31 2 *", "Europe/Berlin"), name="impossible")
    clock, firing = VirtualClock(START + timedelta(minutes=1)), Firing(store)

    await supervisor(store, clock, firing).fire_due()

    assert firing.minutes() == [1]


async def test_a_trigger_that_cannot_be_armed_is_named_once(store: SqliteStore, logged: list[str]) -> None:
    """Not each time that something else is deployed."""
    await deploy(store, schedule("0 0 31 2 *", "Europe/Berln"), name="impossible")
    one = supervisor(store, VirtualClock(), Firing(store))
    await one.fire_due()
    await deploy(store, interval("1m"), name="other")

    await one.fire_due()

    (said,) = logged
    assert "`impossible`" in said
    assert "never comes" in said
    assert "Europe/Berlin" in said


async def test_a_run_that_cannot_be_started_is_named_once(store: SqliteStore, logged: list[str]) -> None:
    await deploy(store, interval("1m"))
    clock, firing = VirtualClock(), Firing(store)
    one = supervisor(store, clock, firing)
    firing.error = InvalidWorkflow("It cannot run.")

    for _ in range(3):
        clock.advance(60)
        await one.fire_due()

    assert logged == ["Deployment `d` could not start a run: It cannot run."]


async def test_a_fire_time_is_tried_again_when_the_store_is_busy(store: SqliteStore) -> None:
    await deploy(store, interval("1m"))
    clock, firing = VirtualClock(START + timedelta(minutes=1)), Firing(store)
    one = supervisor(store, clock, firing)
    firing.error = StoreError("It is locked.", code="database_locked")
    again = await one.fire_due()
    firing.error = None
    clock.advance(1)

    await one.fire_due()

    assert again == START + timedelta(minutes=1, seconds=1)
    assert firing.minutes() == [1]


async def test_a_run_that_the_store_will_never_take_is_passed_over(store: SqliteStore) -> None:
    await deploy(store, interval("1m"))
    clock, firing = VirtualClock(START + timedelta(minutes=1)), Firing(store)
    firing.error = StoreError("It cannot be kept.", code="unstorable_value")

    following = await supervisor(store, clock, firing).fire_due()

    assert following == START + timedelta(minutes=2)


async def test_a_fire_time_that_starts_no_run_is_counted(store: SqliteStore) -> None:
    await deploy(store, interval("1m"))
    clock, firing = VirtualClock(START + timedelta(minutes=1)), Firing(store)
    firing.error = InvalidWorkflow("It has no input.", code="missing_input")

    await supervisor(store, clock, firing).fire_due()

    refusal = (await store.list_refusals())["d"]
    assert (await store.read_metrics("d")).refused == 1
    assert (refusal.code, refusal.message) == ("missing_input", "It has no input.")


async def test_a_stopped_deployment_does_not_fire(store: SqliteStore) -> None:
    await deploy(store, interval("1m"), status="stopped")
    clock, firing = VirtualClock(START + timedelta(minutes=5)), Firing(store)

    assert await supervisor(store, clock, firing).fire_due() is None
    assert firing.dues() == []


async def test_a_deployment_is_disarmed_when_it_is_paused_and_armed_when_it_is_made(store: SqliteStore) -> None:
    deployment = await deploy(store, interval("1m"), name="first")
    clock, firing = VirtualClock(), Firing(store)
    one = supervisor(store, clock, firing)
    await one.fire_due()

    await store.save_deployment(replace(deployment, status="paused"))
    await deploy(store, interval("2m"), name="second")
    clock.advance(120)
    await one.fire_due()

    assert firing.fired == [("second", START + timedelta(minutes=2))]
    assert one.armed == 1


async def test_a_paused_trigger_does_not_make_up_for_what_it_missed(store: SqliteStore) -> None:
    await deploy(store, interval("10m", catch_up="all"))
    clock, firing = VirtualClock(), Firing(store)
    one = supervisor(store, clock, firing)
    await store.pause_trigger("d", "t")
    clock.advance(35 * 60)
    await one.fire_due()

    await store.resume_trigger("d", "t", now=clock.now())
    following = await one.fire_due()

    assert firing.dues() == []
    assert following == START + timedelta(minutes=45)


async def test_a_clock_put_back_does_not_stop_it_for_as_long(store: SqliteStore) -> None:
    await deploy(store, interval("1m"))
    clock, firing = VirtualClock(START + timedelta(minutes=61)), Firing(store)
    one = supervisor(store, clock, firing)
    await one.fire_due()
    clock.set(START + timedelta(seconds=30))
    await one.fire_due()

    clock.advance(60)
    await one.fire_due()

    assert firing.minutes() == [61, 1.5]


async def test_a_clock_put_back_a_little_fires_no_time_twice(store: SqliteStore) -> None:
    """However the runs were kept: here nothing but the trigger says what has fired."""
    await deploy(store, interval("1s", catch_up="all"))
    clock, firing = VirtualClock(START + timedelta(seconds=10)), Firing(store)
    one = supervisor(store, clock, firing)
    await one.fire_due()

    clock.set(START + timedelta(seconds=5))
    for _ in range(7):
        await one.fire_due()
        clock.advance(1)
    await one.fire_due()

    assert firing.dues() == [START + timedelta(seconds=number) for number in range(1, 13)]


async def test_a_start_is_late_by_its_jitter_and_due_as_before(store: SqliteStore) -> None:
    await deploy(store, interval("10m", jitter="5m"))
    clock, firing = VirtualClock(), Firing(store)
    one = supervisor(store, clock, firing)
    starts_at = await one.fire_due()
    assert starts_at is not None
    clock.set(starts_at - timedelta(milliseconds=1))
    await one.fire_due()
    before = firing.minutes()

    clock.set(starts_at)
    await one.fire_due()

    assert START + timedelta(minutes=10) < starts_at < START + timedelta(minutes=15)
    assert (before, firing.minutes()) == ([], [10])


async def test_every_process_works_out_the_same_jitter(store: SqliteStore) -> None:
    await deploy(store, interval("10m", jitter="5m"))
    clock = VirtualClock()

    first = await supervisor(store, clock, Firing(store)).fire_due()
    second = await supervisor(store, clock, Firing(store)).fire_due()

    assert first == second


async def test_deployments_of_one_schedule_are_spread_by_jitter(store: SqliteStore) -> None:
    for number in range(20):
        await deploy(store, schedule("0 0 * * *", "UTC", jitter="1h"), name=f"d{number}")
    clock, firing = VirtualClock(), Firing(store)
    one = supervisor(store, clock, firing)
    quarters: list[int] = []
    for minutes in (15, 30, 45, 60):
        clock.set(datetime(2026, 1, 6, tzinfo=UTC) + timedelta(minutes=minutes))
        await one.fire_due()
        quarters.append(len(firing.fired))

    assert quarters[-1] == 20
    assert 0 < quarters[0] < quarters[1] < quarters[2] < 20


async def test_two_processes_on_one_store_fire_each_time_once(tmp_path: Path) -> None:
    """Each has a store object of its own on the one file."""
    async with SqliteStore(tmp_path / "s.db") as first, SqliteStore(tmp_path / "s.db") as second:
        for number in range(20):
            await deploy(first, interval("1m", catch_up="all"), name=f"d{number}")
        clock = VirtualClock()
        firings = [Firing(first), Firing(second)]
        both = [supervisor(one.store, clock, one) for one in firings]
        for _ in range(10):
            clock.advance(60)
            await asyncio.gather(*(one.fire_due() for one in both))

        fired = sorted(firings[0].fired + firings[1].fired)

    wanted = [(f"d{number}", START + timedelta(minutes=m)) for number in range(20) for m in range(1, 11)]
    assert fired == sorted(wanted)


async def test_no_more_than_so_many_fires_are_under_way(store: SqliteStore) -> None:
    for number in range(30):
        await deploy(store, interval("1m"), name=f"d{number}")
    firing = Firing(store, takes=0.002)

    await supervisor(store, VirtualClock(START + timedelta(minutes=1)), firing, at_once=4).fire_due()

    assert len(firing.fired) == 30
    assert firing.most_at_once == 4


async def test_it_goes_on_by_itself_and_notices_what_is_deployed(store: SqliteStore) -> None:
    clock, firing = SystemClock(), Firing(store)
    one = supervisor(store, clock, firing)
    async with one:
        await deploy(store, interval(0.1), name="quick", armed_at=clock.now())
        one.look()
        async with asyncio.timeout(10):
            while len(firing.fired) < 5:
                await asyncio.sleep(0.01)

    gaps = [later - earlier for earlier, later in zip(firing.dues(), firing.dues()[1:], strict=False)]
    assert min(gaps) >= timedelta(seconds=0.1)


async def test_what_is_being_started_is_finished_before_it_stops(store: SqliteStore) -> None:
    clock, firing = SystemClock(), Firing(store, takes=0.3)
    await deploy(store, interval(0.1), armed_at=clock.now())
    async with supervisor(store, clock, firing):
        async with asyncio.timeout(10):
            while firing.under_way == 0:
                await asyncio.sleep(0.005)

    assert (firing.under_way, len(firing.fired)) == (0, 1)


async def test_a_time_trigger_of_a_stranger_is_caught_up_with_too(store: SqliteStore) -> None:
    """It declares `next_fire` alone, so its fire times are walked."""

    def next_fire(after: datetime, *, every: int) -> datetime:
        return START + ((after - START) // timedelta(minutes=every) + 1) * timedelta(minutes=every)

    @trigger("mine.tick", next_fire=next_fire)
    def tick(fire: Fire, *, every: int) -> datetime:
        return fire.at

    await deploy(store, Trigger("", "t", None, "mine.tick", {"every": 7}))
    clock, firing = VirtualClock(START + timedelta(minutes=100)), Firing(store)
    registry = Registry.installed().with_definitions(tick)

    await supervisor(store, clock, firing, registry=registry).fire_due()

    assert firing.minutes() == [98]


async def test_a_next_fire_that_stands_still_is_refused_rather_than_fired_for_ever(store: SqliteStore) -> None:
    @trigger("mine.stuck", next_fire=lambda after: after)
    def stuck(fire: Fire) -> Any:
        return fire.at

    await deploy(store, Trigger("", "t", None, "mine.stuck"))
    firing = Firing(store)
    registry = Registry.installed().with_definitions(stuck)

    assert await supervisor(store, VirtualClock(), firing, registry=registry).fire_due() is None
    assert firing.fired == []


async def test_a_deployment_that_is_made_again_keeps_when_it_fired_last(store: SqliteStore) -> None:
    deployment = await deploy(store, interval("1m"))
    clock, firing = VirtualClock(START + timedelta(minutes=1)), Firing(store)
    one = supervisor(store, clock, firing)
    await one.fire_due()

    await store.save_triggers("d", [replace(interval("1m"), deployment="d", armed_at=START)])
    await store.save_deployment(Deployment(deployment.id, "renamed", "w"))
    await one.fire_due()

    assert firing.minutes() == [1]
