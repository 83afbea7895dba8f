"""Time, passed in."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from treadle.engine import clock as clock_module
from treadle.engine.clock import SystemClock


class Machine:
    """Stands in for the machine's clock, which somebody turns."""

    time = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    @classmethod
    def now(cls, zone: object) -> datetime:
        return cls.time


def test_time_never_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a jump into the past it goes on from where it was, until the machine has caught up."""
    monkeypatch.setattr(clock_module, "datetime", Machine)
    begun = Machine.time
    clock, seen = SystemClock(), list[int]()

    for minutes in (0, 10, -60, -30, 5, 11):
        monkeypatch.setattr(Machine, "time", begun + timedelta(minutes=minutes))
        seen.append((clock.now() - begun) // timedelta(minutes=1))

    assert seen == [0, 10, 10, 10, 10, 11]


async def test_a_wait_is_not_made_longer_by_a_clock_that_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_module, "datetime", Machine)
    clock = SystemClock()
    until = clock.now() + timedelta(milliseconds=30)
    monkeypatch.setattr(Machine, "time", Machine.time - timedelta(hours=1))

    async with asyncio.timeout(10):
        await clock.sleep_until(until)

    assert clock.now() >= until


async def test_sleeping_lasts_until_the_time_has_come() -> None:
    clock = SystemClock()
    until = clock.now() + timedelta(milliseconds=20)

    await clock.sleep_until(until)

    assert clock.now() >= until


async def test_a_time_that_has_passed_is_not_slept_for() -> None:
    clock = SystemClock()
    begun = clock.now()

    await clock.sleep_until(begun - timedelta(days=1))

    assert clock.now() - begun < timedelta(seconds=1)
