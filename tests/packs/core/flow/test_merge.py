from __future__ import annotations

from typing import Any

import pytest

from treadle.node import DEAD, NodeError
from treadle.packs.core.flow.merge import merge


def test_first_gives_the_first_value_there_is() -> None:
    """The engine passes live connections only, in file order."""
    assert merge("b", "c", mode="first").merged == "b"


def test_first_of_nothing_is_dead() -> None:
    """When no branch was taken, what follows the merge is skipped."""
    assert merge(mode="first").merged is DEAD


def test_list_keeps_every_value_even_null() -> None:
    """Null is a value."""
    assert merge(1, None, "x", mode="list").merged == [1, None, "x"]


def test_object_merges_deep_and_the_later_value_wins() -> None:
    """Only objects are merged; a list replaces a list."""
    first = {"name": "Ada", "address": {"city": "London", "zip": 1}, "tags": [1]}
    second = {"address": {"zip": 2}, "tags": [2]}

    merged = merge(first, second, mode="object").merged

    assert merged == {"name": "Ada", "address": {"city": "London", "zip": 2}, "tags": [2]}
    assert first["address"] == {"city": "London", "zip": 1}


def test_by_key_joins_objects_in_the_order_in_which_keys_are_met() -> None:
    """A key of one list only keeps its fields; 1 and true are different keys."""
    prices = [{"id": 2, "price": 5}, {"id": 1, "price": 3}]
    stocks = [{"id": 1, "stock": 7}, {"id": True, "stock": 0}]

    merged = merge(prices, stocks, mode="by_key", key="id").merged

    assert merged == [{"id": 2, "price": 5}, {"id": 1, "price": 3, "stock": 7}, {"id": True, "stock": 0}]


def test_zip_puts_items_of_one_place_together() -> None:
    """The first with the first, the second with the second."""
    assert merge([1, 2], ["a", "b"], mode="zip").merged == [[1, "a"], [2, "b"]]


@pytest.mark.parametrize(
    ("mode", "inputs", "told"),
    [
        ("object", ({}, [1]), "input 2 is not an object"),
        ("zip", ([1, 2], [1]), "differ in length (2, 1)"),
        ("zip", ([1], "a"), "input 2 is not a list"),
        ("by_key", ([{"id": 1}], [{"name": "x"}]), "item 1 of input 2 has no field `id`"),
        ("by_key", ([{"id": [1]}],), "is a list or an object"),
        ("by_key", ([5],), "item 1 of input 1 is not an object"),
    ],
)
def test_what_does_not_fit_the_mode_fails_the_node(mode: Any, inputs: tuple[Any, ...], told: str) -> None:
    """Nothing is dropped in silence; the message says which value it was."""
    with pytest.raises(NodeError) as caught:
        merge(*inputs, mode=mode, key="id")

    assert told in caught.value.message


@pytest.mark.parametrize(
    ("config", "told"),
    [({"mode": "by_key"}, "needs `key`"), ({"mode": "list", "key": "id"}, "only with `mode: by_key`")],
)
def test_key_and_by_key_belong_together(config: dict[str, str], told: str) -> None:
    """Either without the other is an issue."""
    problems = merge.config_problems(config, frozenset())

    assert told in problems[0][1]
