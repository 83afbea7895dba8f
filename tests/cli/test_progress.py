"""How far long work is, where nobody draws a bar."""

from __future__ import annotations

from treadle.cli.progress import Lines


class Clock:
    """Stands where it is put."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def told(*steps: tuple[float, int]) -> list[str]:
    """What is said of steps (seconds, done of 100)."""
    clock, said = Clock(), list[str]()
    lines = Lines(said.append, "Testing", clock)
    for clock.now, done in steps:
        lines(done, 100)
    return said


def test_short_work_says_nothing() -> None:
    assert told((1, 20), (4.9, 99)) == []


def test_long_work_says_how_far_it_is_and_how_long_it_will_take() -> None:
    assert told((6, 20)) == ["Testing: 20% after 6 s, about 24 s to go"]


def test_then_it_says_so_from_time_to_time() -> None:
    steps = told((6, 2), (9, 3), (15.9, 4), (16, 5), (20, 9), (300, 10))

    assert steps == [
        "Testing: 2% after 6 s, about 5 min to go",
        "Testing: 5% after 16 s, about 5 min to go",
        "Testing: 10% after 5 min, about 45 min to go",
    ]


def test_what_has_hardly_begun_does_not_guess() -> None:
    assert told((6, 0)) == ["Testing: 0% after 6 s"]
