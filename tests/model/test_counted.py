"""So many of something, in words."""

from __future__ import annotations

import pytest

from treadle.model.counted import counted


@pytest.mark.parametrize(("number", "told"), [(0, "0 bars"), (1, "1 bar"), (2, "2 bars"), (1_200, "1,200 bars")])
def test_one_is_one_and_all_others_are_several(number: int, told: str) -> None:
    assert counted(number, "bar") == told


def test_words_that_are_several_otherwise_are_given() -> None:
    assert counted(2, "bar has", many="bars have") == "2 bars have"
