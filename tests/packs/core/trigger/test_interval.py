from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from treadle.node import Fire
from treadle.packs.core.trigger.interval import interval, last_fire, next_fire

AT = datetime(2026, 1, 5, 9, 2, 30, tzinfo=UTC)


def test_the_next_fire_is_one_interval_later() -> None:
    """Unaligned intervals count from what was last due."""
    assert next_fire(AT, seconds=90) == AT + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("after", "seconds", "due"),
    [
        (AT, 300, datetime(2026, 1, 5, 9, 5, tzinfo=UTC)),
        (datetime(2026, 1, 5, 9, 5, tzinfo=UTC), 300, datetime(2026, 1, 5, 9, 10, tzinfo=UTC)),
        (AT, 86400, datetime(2026, 1, 6, tzinfo=UTC)),
        (AT, 0.1, AT + timedelta(milliseconds=100)),
    ],
)
def test_an_aligned_interval_fires_on_whole_multiples(after: datetime, seconds: float, due: datetime) -> None:
    """Strictly later: a time that is itself a multiple gives the next one."""
    assert next_fire(after, seconds=seconds, aligned=True) == due


def test_ten_thousand_aligned_steps_do_not_drift() -> None:
    """A tenth of a second has no exact float, and yet a thousand seconds later not a microsecond is lost."""
    at = datetime(2026, 1, 5, tzinfo=UTC)

    for _ in range(10_000):
        at = next_fire(at, seconds=0.1, aligned=True)

    assert at == datetime(2026, 1, 5, tzinfo=UTC) + timedelta(seconds=1000)


def test_alignment_is_in_utc_whatever_zone_the_time_comes_in() -> None:
    """Otherwise a deployment would move by half an hour with its server."""
    kolkata = timezone(timedelta(hours=5, minutes=30))

    due = next_fire(AT.astimezone(kolkata), seconds=3600, aligned=True)

    assert due == datetime(2026, 1, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize(("payload", "tick"), [(7, 7), (None, 0)])
def test_the_tick_is_what_the_scheduler_counted(payload: int | None, tick: int) -> None:
    """A run started by hand has no count and is tick 0."""
    ticked = interval(Fire(at=AT, payload=payload), seconds=60)

    assert (ticked.tick, ticked.at) == (tick, AT)


@pytest.mark.parametrize(("seconds", "fits"), [(0.1, True), ("5m", True), (0.05, False), ("400d", False), (0, False)])
def test_an_interval_is_a_tenth_of_a_second_or_longer(seconds: object, fits: bool) -> None:
    """Shorter ones would only measure the scheduler."""
    problems = interval.config_problems({"seconds": seconds}, frozenset())

    assert (not problems) is fits


def test_the_next_fire_is_declared_with_the_trigger() -> None:
    """The scheduler finds it on the definition."""
    assert interval.next_fire is next_fire


@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize("length", [0.05, 0.1, 59.9, 90, 3601])
def test_the_last_fire_is_the_one_that_walking_comes_to(length: float, aligned: bool) -> None:
    until = AT + timedelta(seconds=length)
    walked, due = None, next_fire(AT, seconds=0.7, aligned=aligned)
    while due <= until:
        walked, due = due, next_fire(due, seconds=0.7, aligned=aligned)

    assert last_fire(AT, until, seconds=0.7, aligned=aligned) == walked


@pytest.mark.parametrize("name", ["seconds", "aligned", "catch_up", "jitter"])
def test_its_times_are_no_templates(name: str) -> None:
    """Who fires it has no run to render them with."""
    field = interval.type.field_named(name)

    assert field is not None
    assert field.kind == "literal"
    assert interval.config_problems({"seconds": 5, name: "{{ params.x }}"}, frozenset())


@pytest.mark.parametrize(("jitter", "fits"), [("59s", True), (60, False)])
def test_jitter_is_shorter_than_the_interval(jitter: object, fits: bool) -> None:
    problems = interval.config_problems({"seconds": 60, "jitter": jitter}, frozenset())

    assert (not problems) is fits
