"""`plain`: only JSON values come out of a sandbox, within a budget."""

from __future__ import annotations

import pytest

from treadle.packs.code.sandbox.inside.values import NotPlain, TooLarge, plain


def test_tuples_become_lists_and_nothing_else_changes() -> None:
    value = {"a": (1, 2.5, None, True, "é"), "b": []}

    assert plain(value, size=1000) == {"a": [1, 2.5, None, True, "é"], "b": []}


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"a": [0, float("nan")]}, "result.a[1] is nan"),
        ({"a": {1: 2}}, "result.a is an object with the key '1'"),
        ([b"x"], "result[0] is a bytes"),
        ("\ud800", "half of a surrogate pair"),
        (1 << 5000, "more than 4096 bits"),
    ],
)
def test_what_json_has_no_form_for_is_refused_with_its_place(value: object, says: str) -> None:
    with pytest.raises(NotPlain) as caught:
        plain(value, size=100_000)

    assert says in str(caught.value)


def test_a_cycle_ends_at_the_depth_limit() -> None:
    value: list[object] = []
    value.append(value)

    with pytest.raises(NotPlain, match="levels deep"):
        plain(value, size=100_000)


def test_shared_parts_are_counted_each_time() -> None:
    value: list[object] = ["y" * 100]
    for _ in range(20):
        value = [value] * 10

    with pytest.raises(TooLarge):
        plain(value, size=1_000_000)
