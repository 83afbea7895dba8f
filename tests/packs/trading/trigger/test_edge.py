"""Edges: when a condition begins to hold."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle.packs.trading.trigger.edge import OPERATORS, Edge, Operator

VALUES = st.lists(st.integers(90, 110), max_size=60)


@pytest.mark.parametrize(
    ("operator", "values", "fired"),
    [
        (">", [99, 100, 101, 102, 100, 101], [2, 5]),
        (">", [101, 102], [0]),
        (">=", [99, 100, 101, 99, 100], [1, 4]),
        ("<", [101, 99, 98, 100, 99], [1, 4]),
        ("<=", [100, 99, 101, 100], [0, 3]),
        ("crosses_above", [101, 102, 99, 100, 101, 100, 101], [4, 6]),
        ("crosses_above", [99, 101], [1]),
        ("crosses_below", [99, 98, 101, 99, 100, 99], [3, 5]),
    ],
)
def test_it_fires_when_the_condition_begins_to_hold(operator: Operator, values: list[int], fired: list[int]) -> None:
    edge = Edge(operator, Decimal(100))

    assert [at for at, value in enumerate(values) if edge.takes(Decimal(value))] == fired


def test_it_is_not_armed_again_before_the_price_is_far_enough_back() -> None:
    edge = Edge("crosses_above", Decimal(100), Decimal("0.01"))

    fired = [at for at, value in enumerate(["99", "101", "99.5", "101", "98.9", "100.1"]) if edge.takes(Decimal(value))]

    assert fired == [1, 5]


@pytest.mark.parametrize("operator", OPERATORS)
@given(values=VALUES, cut=st.integers(0, 60))
def test_stopping_in_between_makes_no_difference_when_the_side_is_remembered(
    operator: Operator, values: list[int], cut: int
) -> None:
    whole = Edge(operator, 100)
    first = Edge(operator, 100)
    through = [whole.takes(value) for value in values]

    before = [first.takes(value) for value in values[:cut]]
    second = Edge(operator, 100, holds=first.holds)
    after = [second.takes(value) for value in values[cut:]]

    assert before + after == through


@pytest.mark.parametrize("operator", OPERATORS)
@given(values=VALUES)
def test_it_never_fires_twice_without_ceasing_to_hold_in_between(operator: Operator, values: list[int]) -> None:
    edge, armed = Edge(operator, 100), True
    for value in values:
        fired = edge.takes(value)
        assert not (fired and not armed)
        armed = not edge.holds
