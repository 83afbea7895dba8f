"""Rates as people write them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from treadle.model.policy import Settings
from treadle.model.rate import Rate, parse_rate
from treadle.model.workflow import Workflow


@pytest.mark.parametrize(
    ("text", "number", "period"),
    [("20 per 1m", 20, 60.0), ("5/10s", 5, 10.0), ("3 per h", 3, 3600.0), (" 1 per 1d ", 1, 86400.0)],
)
def test_a_rate_is_a_number_and_a_time(text: str, number: int, period: float) -> None:
    assert parse_rate(text) == Rate(number, period)


@pytest.mark.parametrize(
    "text", ["", "20", "per 1m", "-1 per 1m", "1.5 per 1m", "20 per", "20 per 2d", "20 per 0s", "1000001 per s"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Settings(retry_budget=text)


def test_a_workflow_without_a_budget_has_the_version_it_had_before_there_were_any() -> None:
    """What runs wait on in stores of older installations is found by this."""
    assert Workflow(name="a").version == "9f1d57c7e0b2"
