"""A year of schedules, with the clock turned by hand: every fire time once, whatever happens in between."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.dispatch.firing import Firing, deploy, schedule, supervisor
from tests.packs.core.trigger.cron_oracle import CronParts, Part, fire_times
from treadle.store.deployments import Deployment
from treadle.store.sqlite_journal import SqliteStore
from treadle.store.triggers import Trigger
from treadle.testing.clock import VirtualClock

BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=15)
JITTER = timedelta(minutes=10)
LATE = timedelta(minutes=1)


def every(low: int, high: int) -> Part:
    return Part("*", frozenset(range(low, high + 1)))


def at(*values: int) -> Part:
    return Part(",".join(map(str, values)), frozenset(values))


def cron(minute: Part, hour: Part, weekday: Part | None = None) -> CronParts:
    return CronParts(minute, hour, every(1, 31), every(1, 12), weekday or every(0, 6))


Moment = tuple[datetime, datetime]
"""A fire time, and when it was fired."""

CRONS = {
    "berlin": (cron(at(30), at(2)), "Europe/Berlin"),
    "new-york": (cron(at(0, 15, 30, 45), at(1, 2, 3)), "America/New_York"),
    "santiago": (cron(at(0), at(0)), "America/Santiago"),
    "lord-howe": (cron(at(15, 45), at(1, 2)), "Australia/Lord_Howe"),
    "lord-howe-hourly": (cron(at(0), every(0, 23)), "Australia/Lord_Howe"),
    "kathmandu": (cron(at(0), at(9), at(1, 2, 3, 4, 5)), "Asia/Kathmandu"),
    "utc": (cron(at(0), at(0, 6, 12, 18)), "UTC"),
}


@dataclass
class Timed(Firing):
    """Also notes when each was fired."""

    store: SqliteStore
    clock: VirtualClock
    moments: dict[str, list[Moment]] = field(default_factory=dict[str, list[Moment]])

    def __post_init__(self) -> None:
        super().__init__(self.store)

    async def __call__(self, deployment: Deployment, trigger: Trigger, *, due: datetime) -> None:
        await super().__call__(deployment, trigger, due=due)
        self.moments.setdefault(deployment.name, []).append((due, self.clock.now()))

    def dues_of(self, name: str) -> list[datetime]:
        return [due for due, _ in self.moments.get(name, [])]


def outages() -> list[tuple[datetime, datetime]]:
    """Some twenty times in the year, also across changes of the clocks, nobody looks for a while."""
    draw = random.Random(3)
    found: list[tuple[datetime, datetime]] = []
    start = BEGIN
    while (start := start + timedelta(hours=draw.uniform(120, 700))) < END - timedelta(days=3):
        end = start + timedelta(hours=draw.choice([0.1, 1, 5, 20, 60]))
        found.append((start, end))
        start = end
    return [*found, (END - timedelta(days=1), END - timedelta(hours=2))]


async def live_through_a_year(store: SqliteStore, pauses: list[tuple[datetime, datetime]]) -> Timed:
    """Between the outages a supervisor looks whenever something is due; each of them is a new one."""
    clock = VirtualClock(BEGIN)
    firing = Timed(store, clock)
    for start, end in [*pauses, (END, END)]:
        one = supervisor(store, clock, firing)
        while (following := await one.fire_due()) is not None and following <= start:
            clock.set(following)
        clock.set(end)
    return firing


Kept = Callable[[list[datetime], datetime], list[datetime]]


def after_outages(times: list[datetime], pauses: list[tuple[datetime, datetime]], kept: Kept) -> list[datetime]:
    """`times`; of those that fall into an outage only what is `kept` when it ends."""
    found: list[datetime] = []
    begin = BEGIN
    for start, end in [*pauses, (END, END)]:
        found += [time for time in times if begin < time <= start]
        found += kept([time for time in times if start < time <= end], end)
        begin = end
    return found


@pytest.fixture(scope="module")
def wanted() -> dict[str, list[datetime]]:
    """All fire times of the year, by an oracle that looks at the clocks every quarter of an hour."""
    return {name: fire_times(one, ZoneInfo(zone), BEGIN, END, step=STEP) for name, (one, zone) in CRONS.items()}


@pytest.mark.slow
@pytest.mark.parametrize("catch_up", ["all", "last", "skip"])
async def test_every_fire_time_of_a_year_is_fired_once(
    catch_up: str, wanted: dict[str, list[datetime]], tmp_path: Path
) -> None:
    pauses = outages()
    async with SqliteStore(tmp_path / "s.db", synchronous="OFF") as store:
        for name, (one, zone) in CRONS.items():
            await deploy(store, schedule(one.text, zone, catch_up=catch_up), name=name, armed_at=BEGIN)

        firing = await live_through_a_year(store, pauses)

    def kept(missed: list[datetime], end: datetime) -> list[datetime]:
        just_now = [time for time in missed[-1:] if end - time <= LATE]
        return {"all": missed, "last": missed[-1:], "skip": just_now}[catch_up]

    for name, times in wanted.items():
        assert firing.dues_of(name) == after_outages(times, pauses, kept), name


@pytest.mark.slow
async def test_every_fire_time_of_a_year_is_fired_once_and_late_by_its_jitter(
    wanted: dict[str, list[datetime]], tmp_path: Path
) -> None:
    pauses = outages()
    async with SqliteStore(tmp_path / "s.db", synchronous="OFF") as store:
        for name, (one, zone) in CRONS.items():
            trigger = schedule(one.text, zone, catch_up="all", jitter=f"{JITTER.total_seconds():g}s")
            await deploy(store, trigger, name=name, armed_at=BEGIN)

        firing = await live_through_a_year(store, pauses)

    for name, times in wanted.items():
        # What is due in the last minutes of the year may start in the next.
        assert firing.dues_of(name) == [time for time in times if time <= firing.dues_of(name)[-1]], name
        assert times[-1] - firing.dues_of(name)[-1] <= timedelta(days=1)
        for due, moment in firing.moments[name]:
            waited = any(start <= due + JITTER and due < end for start, end in pauses)
            assert due <= moment < due + JITTER or (waited and moment >= due), (name, due, moment)
    delays = [moment - due for times in firing.moments.values() for due, moment in times if moment - due < JITTER]
    assert min(delays) < JITTER / 50
    assert max(delays) > JITTER * 49 / 50
