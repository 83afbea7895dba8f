"""Whoever guesses waits, and longer each time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from treadle.errors import LimitExceeded
from treadle.service.access.throttle import LONGEST, Throttle, network_of


class Time:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def wait_of(throttle: Throttle, name: str, address: str) -> float:
    """Seconds that whoever tries now is told to wait; 0: they may try."""
    try:
        throttle.begin(name, address)
    except LimitExceeded as error:
        return error.retry_after or 0.0
    return 0.0


def test_the_wait_grows_to_its_longest_and_stays_there() -> None:
    time = Time()
    throttle = Throttle(time)
    waits: list[float] = []
    for _ in range(200):
        waits.append(wait_of(throttle, "bob", "10.0.0.1"))
        time.now += timedelta(seconds=waits[-1])
        if waits[-1]:
            assert wait_of(throttle, "bob", "10.0.0.1") == 0

    told = [wait for wait in waits if wait]
    assert told == sorted(told)
    assert told[-1] == LONGEST


def test_an_attempt_that_comes_too_early_does_not_make_it_longer() -> None:
    throttle = Throttle(Time())
    for _ in range(5):
        throttle.begin("bob", "10.0.0.1")

    assert len({wait_of(throttle, "bob", "10.0.0.1") for _ in range(100)}) == 1


def test_who_knows_the_password_is_not_locked_out_from_elsewhere() -> None:
    time = Time()
    throttle = Throttle(time)
    for number in range(1000):
        wait_of(throttle, "bob", f"10.0.{number // 250}.{number % 250}")

    assert wait_of(throttle, "bob", "192.0.2.1") <= 30


def test_many_names_from_one_address_are_slowed_down() -> None:
    throttle = Throttle(Time())

    waits = [wait_of(throttle, f"user-{number}", "10.0.0.1") for number in range(25)]

    assert waits[0] == 0
    assert waits[-1] > 0


def test_one_network_is_one_address() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:2")
    assert network_of("::ffff:10.0.0.1") == network_of("10.0.0.1")
    assert network_of("not an address") == "not an address"


def test_being_right_forgives_what_was_wrong() -> None:
    throttle = Throttle(Time())
    for _ in range(4):
        throttle.begin("bob", "10.0.0.1")
    throttle.begin("bob", "10.0.0.1")
    throttle.succeed("bob", "10.0.0.1")

    assert [wait_of(throttle, "bob", "10.0.0.1") for _ in range(5)] == [0] * 5
