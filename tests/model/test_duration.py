"""Durations told to people."""

from __future__ import annotations

import pytest

from treadle.model.duration import tell_duration


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(455 * 3600, "19 days"), (86_400, "1 day"), (129_600, "1.5 days"), (3_600, "1 hour"), (90, "1.5 minutes"),
     (0, "0 seconds")],
)  # fmt: skip
def test_it_is_told_in_the_largest_unit_that_fits(seconds: float, told: str) -> None:
    assert tell_duration(seconds) == told
