"""The virtual clock."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from treadle.testing.clock import START, VirtualClock


async def test_time_stands_still_until_it_is_turned() -> None:
    clock = VirtualClock(skips=False)

    clock.advance(90)

    assert clock.now() - START == timedelta(seconds=90)


async def test_sleepers_wake_when_their_time_has_come() -> None:
    clock, woken = VirtualClock(skips=False), list[int]()

    async def sleep(seconds: int) -> None:
        await clock.sleep_until(START + timedelta(seconds=seconds))
        woken.append(seconds)

    tasks = [asyncio.create_task(sleep(seconds)) for seconds in (30, 10, 20)]
    await asyncio.sleep(0)
    clock.advance(20)
    await asyncio.sleep(0)
    early = list(woken)
    clock.advance(10)
    await asyncio.gather(*tasks)

    assert (early, woken) == ([10, 20], [10, 20, 30])


async def test_days_pass_at_once_when_everybody_sleeps() -> None:
    clock = VirtualClock()

    await clock.sleep_until(START + timedelta(days=30))

    assert clock.now() == START + timedelta(days=30)


async def test_a_time_that_has_passed_is_not_slept_for() -> None:
    clock = VirtualClock(skips=False)

    await clock.sleep_until(START)

    assert clock.now() == START


async def test_it_does_not_skip_while_work_is_under_way() -> None:
    clock, gate = VirtualClock(), asyncio.Event()
    working = asyncio.create_task(clock.during(gate.wait()))
    sleeping = asyncio.create_task(clock.sleep_until(START + timedelta(hours=1)))
    await asyncio.sleep(0.05)

    meanwhile = clock.now()
    gate.set()
    await asyncio.gather(working, sleeping)

    assert (meanwhile, clock.now()) == (START, START + timedelta(hours=1))


async def test_a_cancelled_sleeper_does_not_move_the_clock() -> None:
    clock = VirtualClock()
    long = asyncio.create_task(clock.sleep_until(START + timedelta(days=9)))
    await asyncio.sleep(0)
    long.cancel()

    await clock.sleep_until(START + timedelta(hours=1))

    assert clock.now() == START + timedelta(hours=1)


async def test_it_can_be_set_back() -> None:
    clock = VirtualClock(skips=False)

    clock.set(START - timedelta(hours=1))

    assert clock.now() == START - timedelta(hours=1)
