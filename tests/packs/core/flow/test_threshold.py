from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from treadle.node import DEAD, NodeError
from treadle.packs.core.flow.threshold import threshold


@pytest.mark.parametrize(
    ("value", "operator", "past"),
    [
        (31, ">", True),
        (30, ">", False),
        (30, ">=", True),
        (29, "<", True),
        (30, "<", False),
        (30, "<=", True),
    ],
)
def test_the_value_goes_to_its_side(value: int, operator: Any, past: bool) -> None:
    """The live port carries the value on."""
    side = threshold(value, threshold=30, operator=operator)

    assert side == ((value, DEAD) if past else (DEAD, value))


def test_hysteresis_keeps_a_trembling_value_on_one_side() -> None:
    """Fed with its own last side, the node switches on past the threshold and off only past the band."""
    sides, previous = [], False

    for value in (29, 31, 29, 28.5, 28, 29, 30, 31):
        previous = threshold(value, previous, threshold=30, hysteresis=2).true is not DEAD
        sides.append(previous)

    assert sides == [False, True, True, True, False, False, False, True]


def test_hysteresis_of_a_lower_threshold_lies_above_it() -> None:
    """An oversold indicator must climb back past the band."""
    still = threshold(31, True, operator="<", threshold=30, hysteresis=2)
    over = threshold(32, True, operator="<", threshold=30, hysteresis=2)

    assert (still.true, over.false) == (31, 32)


def test_decimals_are_compared_as_they_are_written_and_carried_on() -> None:
    """0.1 is 0.1, and money does not become a float on its way."""
    side = threshold(Decimal("0.1"), operator=">=", threshold=0.1)

    assert side.true == Decimal("0.1")
    assert isinstance(side.true, Decimal)


def test_hysteresis_works_for_decimals() -> None:
    """The band is a float in the config, the price a decimal."""
    side = threshold(Decimal("0.31"), True, threshold=0.4, hysteresis=0.1)

    assert side.true == Decimal("0.31")


def test_nan_is_on_no_side() -> None:
    """An indicator that has not seen enough bars must not count as false, which may be a signal to sell."""
    with pytest.raises(NodeError) as caught:
        threshold(float("nan"), threshold=30)

    assert caught.value.code == "not_a_number"
