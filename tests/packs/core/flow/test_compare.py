from __future__ import annotations

from typing import Any

import numpy
import pytest

from treadle.errors import ExpressionError
from treadle.node import NodeError
from treadle.packs.core.flow.compare import compare


@pytest.mark.parametrize(
    ("operator", "values", "result"),
    [
        ("all_equal", (2, 2.0, 2), True),
        ("all_equal", (2, 2, 3), False),
        ("increasing", (1, 2, 5), True),
        ("increasing", (1, 2, 2), False),
        ("decreasing", (3, 2, 1), True),
        ("decreasing", (3, 1, 2), False),
        ("max", (3, 9, 4), 9),
        ("min", (3, 9, 4), 3),
        ("max", ("a", "c", "b"), "c"),
        (">", (2, 1), True),
        (">=", (3, 3, 1), True),
        (">=", (3, 3, 4), False),
        ("contains", ("high tide", "tide"), True),
        ("is_empty", ("", [], None), True),
        ("is_empty", ("", 0), False),
    ],
)
def test_values_are_compared_in_their_order(operator: Any, values: tuple[Any, ...], result: object) -> None:
    """Pair operators are asked of each value and the next."""
    assert compare(*values, operator=operator).result == result


def test_a_single_list_is_compared_item_by_item() -> None:
    """A list that comes out of one node needs no taking apart."""
    assert compare([1, 2, 5], operator="increasing").result is True


def test_series_are_compared_element_by_element() -> None:
    """In a backtest the node is asked once for whole columns (semantics 7.2)."""
    fast, slow = numpy.array([1.0, 3.0, 2.0]), numpy.array([2.0, 2.0, 2.0])

    crossed = compare(fast, slow, operator=">").result
    greatest = compare(fast, slow, 2.5, operator="max").result
    rising = compare(1.5, slow, fast, operator="increasing").result

    assert numpy.array_equal(crossed, [False, True, False])
    assert numpy.array_equal(greatest, [2.5, 3.0, 2.5])
    assert numpy.array_equal(rising, [False, True, False])


@pytest.mark.parametrize(("operator", "values"), [("increasing", (1,)), (">", ()), ("max", ()), ("is_empty", ())])
def test_too_few_values_fail_the_node(operator: Any, values: tuple[Any, ...]) -> None:
    """With nothing to compare, neither answer would be true."""
    with pytest.raises(NodeError) as caught:
        compare(*values, operator=operator)

    assert caught.value.code == "too_few_values"


def test_values_that_cannot_be_compared_fail_the_node() -> None:
    """The message shows both."""
    with pytest.raises(ExpressionError, match="null"):
        compare(1, None, operator="max")
