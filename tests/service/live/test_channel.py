"""Channels: one buffer for all who follow the same, bounded, and found again by place."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from treadle.service.live.channel import MOST_BYTES, MOST_EVENTS, Channel
from treadle.service.live.event import LiveEvent, Place

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def event(serial: int, text: str = "") -> LiveEvent:
    return LiveEvent(Place(serial, 0), "log", NOW, data={"message": text})


def test_what_is_behind_a_place_is_found() -> None:
    channel = Channel(Place(0, 0))
    for serial in (1, 3, 5):
        channel.append(event(serial))

    assert [channel.find(Place(serial, 0)) for serial in (0, 1, 2, 3, 5, 9)] == [0, 1, 1, 2, 3, 3]


def test_the_oldest_are_dropped_and_numbers_stay() -> None:
    channel = Channel(Place(0, 0))
    for serial in range(1, MOST_EVENTS + 11):
        channel.append(event(serial))

    assert (len(channel), channel.first, channel.floor) == (MOST_EVENTS, 10, Place(10, 0))
    assert channel.read(channel.find(Place(11, 0)))[0].place == Place(12, 0)


def test_it_has_no_more_than_so_many_bytes() -> None:
    channel = Channel(Place(0, 0))
    for serial in range(1, 200):
        channel.append(event(serial, "x" * 60_000))

    assert channel.bytes <= MOST_BYTES
    channel.shrink(100_000)
    assert channel.bytes <= 100_000
    channel.shrink(0)
    assert (channel.bytes, len(channel), channel.first) == (0, 0, 199)


def test_no_more_is_read_than_goes_out_at_once() -> None:
    channel = Channel(Place(0, 0))
    for serial in range(1, 100):
        channel.append(event(serial, "x" * 10_000))

    assert len(channel.read(0)) == 7


@given(st.integers(0, 60), st.integers(0, 60))
def test_reading_from_any_number_gives_what_was_appended_from_there(count: int, start: int) -> None:
    channel = Channel(Place(0, 0))
    events = [event(serial) for serial in range(1, count + 1)]
    for one in events:
        channel.append(one)

    assert list(channel.read(min(start, count))) == events[start:]


async def test_who_waits_is_let_go_when_it_closes() -> None:
    channel = Channel(Place(0, 0))
    waiting = [asyncio.create_task(channel.wait()) for _ in range(3)]
    await asyncio.sleep(0)

    channel.close()

    await asyncio.gather(*waiting)
    assert channel.is_closed
