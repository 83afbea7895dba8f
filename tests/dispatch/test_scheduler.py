"""The scheduler: when it fires, with the clock turned by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from treadle.dispatch.scheduler import Scheduler
from treadle.errors import Conflict, InvalidWorkflow
from treadle.node.registry import Registry
from treadle.store.deployments import Deployment
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.clock import START, VirtualClock

MINUTELY = Deployment("d", "d", "w", "1", trigger={"type": "trigger.interval", "config": {"seconds": "1m"}})


class Fired:
    """Remembers what it was called with; raises `error` when there is one."""

    def __init__(self) -> None:
        self.times: list[datetime] = []
        self.error: Exception | None = None

    async def __call__(self, deployment: Deployment, due: datetime) -> None:
        self.times.append(due)
        if self.error is not None:
            raise self.error

    @property
    def minutes(self) -> list[float]:
        return [(at - START) / timedelta(minutes=1) for at in self.times]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with SqliteStore(tmp_path / "s.db") as store:
        await store.save_deployment(replace(MINUTELY, created_at=START))
        yield store


def scheduler(store: SqliteStore, clock: VirtualClock, fired: Fired) -> Scheduler:
    return Scheduler(store, registry=Registry.installed(), clock=clock, fire=fired)


async def test_it_fires_one_interval_after_the_deployment_was_made(store: SqliteStore) -> None:
    clock, fired = VirtualClock(), Fired()
    one = scheduler(store, clock, fired)

    early = await one.fire_due()
    clock.advance(60)
    following = await one.fire_due()

    assert (early, following) == (START + timedelta(minutes=1), START + timedelta(minutes=2))
    assert fired.minutes == [1]


async def test_a_fire_time_is_not_fired_twice_by_a_scheduler_that_starts_later(store: SqliteStore) -> None:
    clock, fired = VirtualClock(START + timedelta(minutes=1)), Fired()

    await scheduler(store, clock, fired).fire_due()
    await scheduler(store, clock, fired).fire_due()

    assert fired.minutes == [1]


async def test_of_the_fire_times_missed_one_is_made_up_for(store: SqliteStore) -> None:
    clock, fired = VirtualClock(START + timedelta(minutes=30, seconds=20)), Fired()
    one = scheduler(store, clock, fired)

    following = await one.fire_due()
    await one.fire_due()

    assert fired.minutes == [1]
    assert following == START + timedelta(minutes=31)


async def test_a_fire_time_that_another_process_took_is_passed_over(store: SqliteStore) -> None:
    clock, fired = VirtualClock(START + timedelta(minutes=1)), Fired()
    fired.error = Conflict("There is such a run.")

    following = await scheduler(store, clock, fired).fire_due()

    assert following == START + timedelta(minutes=2)


async def test_a_deployment_that_cannot_run_does_not_stop_the_others(store: SqliteStore) -> None:
    clock, fired = VirtualClock(START + timedelta(minutes=1)), Fired()
    gone = replace(MINUTELY, id="a", name="a", trigger={"type": "gone.node", "config": {}}, created_at=START)
    await store.save_deployment(gone)
    fired.error = InvalidWorkflow("It cannot run.")

    following = await scheduler(store, clock, fired).fire_due()

    assert fired.minutes == [1]
    assert following == START + timedelta(minutes=2)


async def test_a_stopped_deployment_does_not_fire(store: SqliteStore) -> None:
    clock, fired = VirtualClock(START + timedelta(minutes=5)), Fired()
    await store.save_deployment(replace(MINUTELY, status="stopped"))

    assert await scheduler(store, clock, fired).fire_due() is None
    assert fired.times == []


async def test_a_clock_put_back_does_not_stop_it_for_as_long(store: SqliteStore) -> None:
    clock, fired = VirtualClock(START + timedelta(minutes=61)), Fired()
    one = scheduler(store, clock, fired)
    await one.fire_due()
    clock.set(START)
    await one.fire_due()

    clock.advance(60)
    await one.fire_due()

    assert fired.minutes == [1, 1]
