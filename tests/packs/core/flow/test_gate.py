from __future__ import annotations

from itertools import product
from typing import Any

import numpy
import pytest

from treadle.node import NodeError
from treadle.packs.core.flow.gate import gate

CASES: list[tuple[str, int | None, Any]] = [
    ("and", None, all),
    ("or", None, any),
    ("not", None, lambda flags: not any(flags)),
    ("xor", None, lambda flags: sum(flags) == 1),
    ("at_least", 2, lambda flags: sum(flags) >= 2),
]


@pytest.mark.parametrize(("operator", "n", "expected"), CASES, ids=[case[0] for case in CASES])
def test_flags_are_combined(operator: Any, n: int | None, expected: Any) -> None:
    """For every combination of one to three flags."""
    for size in (1, 2, 3):
        for flags in product((False, True), repeat=size):
            assert gate(*flags, operator=operator, n=n).result is bool(expected(flags)), flags


def test_series_are_combined_element_by_element() -> None:
    """A flag that is no series counts for each element."""
    rising, cheap = numpy.array([True, True, False]), numpy.array([True, False, False])

    both = gate(rising, cheap, True, operator="and").result
    none = gate(rising, cheap, operator="not").result
    two = gate(rising, cheap, True, operator="at_least", n=2).result

    assert numpy.array_equal(both, [True, False, False])
    assert numpy.array_equal(none, [False, False, True])
    assert numpy.array_equal(two, [True, True, False])


def test_no_flag_at_all_fails_the_node() -> None:
    """All of nothing would be true: a gate must not open because a branch was not taken."""
    with pytest.raises(NodeError) as caught:
        gate(operator="and")

    assert caught.value.code == "too_few_values"


@pytest.mark.parametrize(
    ("config", "told"),
    [({"operator": "at_least"}, "needs `n`"), ({"operator": "or", "n": 2}, "only with `operator: at_least`")],
)
def test_n_and_at_least_belong_together(config: dict[str, Any], told: str) -> None:
    """Either without the other is an issue."""
    problems = gate.config_problems(config, frozenset())

    assert told in problems[0][1]
