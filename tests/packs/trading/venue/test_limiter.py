"""A venue is asked no more often than it allows."""

from __future__ import annotations

import pytest

from treadle.errors import NodeError
from treadle.packs.trading.venue.backoff import Backoff
from treadle.packs.trading.venue.limiter import Limiter


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds


def limiter(clock: Clock, capacity: float = 10, patience: float = 100) -> Limiter:
    return Limiter(capacity, 60, patience=patience, clock=clock, sleep=clock.sleep)


async def test_what_fits_into_the_window_goes_at_once() -> None:
    clock = Clock()
    limit = limiter(clock)

    for _ in range(10):
        await limit.take()

    assert clock.time == 1000


async def test_no_window_has_more_than_the_capacity() -> None:
    clock = Clock()
    limit, taken = limiter(clock), list[tuple[float, float]]()
    for weight in (4, 4, 4, 1, 7, 2, 10, 3):
        await limit.take(weight)
        taken.append((clock.time, weight))
        clock.time += 3

    for start, _ in taken:
        assert sum(weight for at, weight in taken if start <= at < start + 60) <= 10


async def test_something_heavier_than_the_capacity_goes_alone() -> None:
    clock = Clock()
    limit = limiter(clock)
    await limit.take(2)

    await limit.take(50)

    assert clock.time == 1060


async def test_the_venues_own_count_is_believed() -> None:
    clock = Clock()
    limit = limiter(clock)
    await limit.take()
    limit.note_used(10)

    await limit.take()

    assert clock.time == 1060


async def test_a_pause_is_kept() -> None:
    clock = Clock()
    limit = limiter(clock)
    limit.pause(42)

    await limit.take()

    assert clock.time == 1042


async def test_a_pause_that_is_too_long_is_refused_with_how_long() -> None:
    limit = limiter(Clock(), patience=5)
    limit.pause(42)

    with pytest.raises(NodeError) as raised:
        await limit.take()

    assert (raised.value.code, raised.value.retry_after) == ("rate_limited", 42)


def test_pauses_grow_to_a_limit_and_differ() -> None:
    backoff = Backoff(first=1, most=8, chance=lambda: 1.0)

    assert [backoff.next() for _ in range(5)] == [1, 2, 4, 8, 8]
    backoff.reset()
    assert backoff.next() == 1
    assert Backoff(first=1, chance=lambda: 0.0).next() == 0.5
