"""When two values are the same, and where they differ."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from treadle.engine.sameness import MISSING, differences, same
from treadle.expressions import compile_expression
from treadle.node import Expression

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((1, [2]), [1, (2,)]),
        (float("nan"), float("nan")),
        ({1: "a"}, {"1": "a"}),
        (np.array([1, 2]), np.array([1, 2])),
        (1, 1.0),
        (Decimal("1.50"), Decimal("1.5")),
        ({"at": NOON, "x": None}, {"x": None, "at": NOON}),
    ],
)
def test_what_was_kept_otherwise_is_the_same(one: Any, other: Any) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), ("1", 1), ([1], [1, 2]), ({"a": 1}, {"a": 1, "b": None}), (None, 0), (np.array([1]), np.array([2]))],
)
def test_what_is_not_the_same_is_not(one: Any, other: Any) -> None:
    assert not same(one, other)


def test_an_expression_is_what_it_comes_to() -> None:
    """The same words about other values are another question."""
    compiled, other = compile_expression("limit > 3"), compile_expression("limit > 4")

    assert same(Expression(compiled, {"limit": 5}), Expression(compiled, {"limit": 5}))
    assert not same(Expression(compiled, {"limit": 5}), Expression(compiled, {"limit": 2}))
    assert not same(Expression(compiled, {"limit": 5}), Expression(other, {"limit": 5}))


def test_differences_lead_as_far_inside_as_they_can() -> None:
    before = {"a": [1, {"b": 2}], "gone": 1, "odd key": 1}
    after = {"a": [1, {"b": 3}, 4], "odd key": 2}

    found = list(differences(before, after))

    assert found == [
        ("output.a[1].b", 2, 3),
        ("output.a[2]", MISSING, 4),
        ("output.gone", 1, MISSING),
        ("output['odd key']", 1, 2),
    ]
