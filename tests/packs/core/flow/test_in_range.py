from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy
import pytest

from treadle.node import NodeError
from treadle.packs.core.flow.in_range import in_range


@pytest.mark.parametrize(
    ("value", "config", "port"),
    [
        (12, {"min": 10, "max": 20}, "inside"),
        (9, {"min": 10, "max": 20}, "below"),
        (21, {"min": 10, "max": 20}, "above"),
        (10, {"min": 10, "max": 20}, "inside"),
        (20, {"min": 10, "max": 20}, "inside"),
        (10, {"min": 10, "max": 20, "inclusive": False}, "below"),
        (20, {"min": 10, "max": 20, "inclusive": False}, "above"),
        (-1e9, {"max": 20}, "inside"),
        (1e9, {"min": 10}, "inside"),
        (Decimal("0.1"), {"min": 0.1, "max": 0.2}, "inside"),
    ],
)
def test_the_value_goes_to_where_it_lies(value: Any, config: dict[str, Any], port: str) -> None:
    """Exactly one port is live, and carries the value on."""
    placed = in_range(value, **config)

    assert dict(in_range.ports_of(placed)) == {port: value}


def test_a_series_gives_a_mask_for_each_port() -> None:
    """NaN lies on no side."""
    placed = in_range(numpy.array([5.0, 15.0, 25.0, numpy.nan]), min=10, max=20)

    assert numpy.array_equal(placed.inside, [False, True, False, False])
    assert numpy.array_equal(placed.below, [True, False, False, False])
    assert numpy.array_equal(placed.above, [False, False, True, False])


def test_a_series_in_a_range_with_one_end_has_nothing_beyond_the_other() -> None:
    """Every mask is as long as the series."""
    placed = in_range(numpy.array([5.0, 15.0]), max=10)

    assert numpy.array_equal(placed.below, [False, False])
    assert numpy.array_equal(placed.above, [False, True])


def test_nan_fails_the_node() -> None:
    """It lies nowhere, and inside least of all."""
    with pytest.raises(NodeError) as caught:
        in_range(float("nan"), min=1)

    assert caught.value.code == "not_a_number"


def test_an_empty_range_fails_the_node() -> None:
    """Ends that come from expressions can only be judged when the node runs."""
    with pytest.raises(NodeError) as caught:
        in_range(1, min=5, max=2)

    assert caught.value.code == "empty_range"


@pytest.mark.parametrize(("config", "told"), [({}, "no end"), ({"min": 5, "max": 2}, "Swap them")])
def test_a_range_that_says_nothing_is_an_issue(config: dict[str, Any], told: str) -> None:
    """It is found before the node runs."""
    problems = in_range.config_problems(config, frozenset())

    assert told in problems[0][1]
