"""filter, sort, group, split, join: what they give, and how they refuse."""

from __future__ import annotations

import contextlib
import copy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.packs.binding import output
from treadle.node import NodeDefinition, NodeError
from treadle.packs.data.filter import filter_items
from treadle.packs.data.group import group_items
from treadle.packs.data.join import join_lists
from treadle.packs.data.sort import sort_items
from treadle.packs.data.split import split_value

ROWS = [
    {"id": 1, "team": "b", "score": 2},
    {"id": 2, "team": "a", "score": None},
    {"id": 3, "team": "b", "score": 9},
]


def ids(rows: list[dict[str, Any]]) -> list[Any]:
    return [row["id"] for row in rows]


class TestFilter:
    def test_the_condition_sees_the_item_and_its_index(self) -> None:
        assert output(filter_items, {"condition": "index > 0 && item == 'b'"}, value=["b", "a", "b"]) == ["b"]

    def test_an_error_names_the_item_and_what_it_was(self) -> None:
        with pytest.raises(NodeError, match=r"item 1, which is an object .*'x': 1") as caught:
            output(filter_items, {"condition": "item.price > 1"}, value=[{"price": 3}, {"x": 1}])

        assert (caught.value.attributes["row"], caught.value.attributes["field"]) == (1, "condition")

    def test_something_that_is_no_list_is_refused_with_what_came(self) -> None:
        with pytest.raises(NodeError, match="takes a list; text") as caught:
            filter_items("abc", condition=None)

        assert caught.value.code == "not_a_list"


class TestSort:
    def test_null_and_missing_come_last_both_ways(self) -> None:
        up = sort_items(ROWS, path="score")
        down = sort_items(ROWS, path="score", descending=True)

        assert (ids(up), ids(down)) == ([1, 3, 2], [3, 1, 2])

    def test_items_with_equal_keys_keep_their_order_also_when_descending(self) -> None:
        assert ids(output(sort_items, {"by": "item.team", "descending": True}, value=ROWS)) == [1, 3, 2]

    def test_each_of_several_keys_has_its_own_direction(self) -> None:
        keys = ["item.team", {"key": "item.id", "descending": True}]

        assert ids(output(sort_items, {"by": keys}, value=ROWS)) == [2, 3, 1]

    def test_several_paths_sort_by_the_first_and_then_the_next(self) -> None:
        assert ids(output(sort_items, {"path": ["team", "id"]}, value=ROWS)) == [2, 1, 3]

    def test_numbers_of_every_kind_are_ordered_together(self) -> None:
        assert sort_items([Decimal("2.5"), 1, 3.5]) == [1, Decimal("2.5"), 3.5]

    @pytest.mark.parametrize("keys", [[1, "2"], [True, 1], [float("nan"), 1.0], [{"a": 1}, {"a": 2}]])
    def test_keys_of_different_kinds_are_an_error_that_shows_both(self, keys: list[Any]) -> None:
        with pytest.raises(NodeError, match="Cannot order item") as caught:
            sort_items(keys)

        assert caught.value.code == "not_comparable"

    def test_by_and_path_together_are_a_config_problem(self) -> None:
        problems = sort_items.config_problems({"by": "item", "path": "a"}, frozenset())

        assert [message for _, message in problems] == ["give either `by` (an expression) or `path`, not both"]


class TestGroup:
    def test_without_aggregates_each_group_carries_its_items(self) -> None:
        found = output(group_items, {"by": "item.team"}, value=ROWS)

        assert [(g["key"], g["count"], ids(g["items"])) for g in found] == [("b", 2, [1, 3]), ("a", 1, [2])]

    def test_every_aggregate_leaves_null_out_but_first_last_and_list(self) -> None:
        aggregates = {
            name: {name: "item.score"} for name in ("count", "sum", "avg", "min", "max", "first", "last", "list")
        }

        [found] = output(group_items, {"aggregates": aggregates}, value=ROWS)

        assert found == {
            "count": 2, "sum": 11, "avg": 5.5, "min": 2, "max": 9, "first": 2, "last": 9,
            "list": [2, None, 9],
        }  # fmt: skip

    def test_an_aggregate_may_be_an_expression_on_the_items(self) -> None:
        config = {"by": "item.team", "aggregates": {"span": "items[0].id + len(items)"}}

        assert output(group_items, config, value=ROWS) == [{"key": "b", "span": 3}, {"key": "a", "span": 3}]

    def test_without_a_key_an_empty_list_is_one_empty_group(self) -> None:
        found = output(group_items, {"aggregates": {"n": {"count": True}, "most": {"max": "item"}}}, value=[])

        assert found == [{"n": 0, "most": None}]

    def test_one_and_true_are_different_keys_and_one_and_one_point_zero_are_not(self) -> None:
        found = output(group_items, {"by": "item"}, value=[1, True, 1.0, "1", Decimal(1)])

        assert [(group["key"], group["count"]) for group in found] == [(1, 3), (True, 1), ("1", 1)]

    def test_money_is_summed_exactly(self) -> None:
        config = {"aggregates": {"total": {"sum": "item"}}}

        assert output(group_items, config, value=[Decimal("0.10"), 0.2, 1]) == [{"total": Decimal("1.30")}]

    def test_a_text_in_a_sum_names_the_row(self) -> None:
        with pytest.raises(NodeError, match=r"needs numbers; item 1 gives text \('x'\)"):
            output(group_items, {"aggregates": {"t": {"sum": "item"}}}, value=[1, "x"])

    def test_a_name_that_is_key_and_aggregate_is_a_config_problem(self) -> None:
        config = {"by": {"a": "item"}, "aggregates": {"a": {"count": "item"}}}

        assert group_items.config_problems(config, frozenset())


class TestSplit:
    @pytest.mark.parametrize(
        ("config", "value", "expected"),
        [
            ({"size": 2}, [1, 2, 3], [[1, 2], [3]]),
            ({"size": 3, "overlap": 1}, "abcde", ["abc", "cde"]),
            ({"size": 3, "overlap": 1}, "ab", ["ab"]),
            ({"parts": 3}, [1, 2, 3, 4], [[1, 2], [3], [4]]),
            ({"parts": 3}, [1], [[1]]),
            ({"separator": ","}, "a,b,", ["a", "b", ""]),
            ({"separator": ",", "trim": True}, " a , b ,", ["a", "b"]),
            ({"separator": "\n"}, "a\r\nb\n", ["a", "b"]),
            ({"size": 2}, [], []),
            ({"size": 2}, "", []),
        ],
    )
    def test_lists_and_texts_are_split(self, config: dict[str, Any], value: Any, expected: list[Any]) -> None:
        assert output(split_value, config, value=value) == expected

    @given(st.lists(st.integers()), st.integers(1, 5), st.integers(0, 4))
    def test_nothing_is_lost_and_parts_overlap_as_asked(self, items: list[int], size: int, overlap: int) -> None:
        overlap = min(overlap, size - 1)

        found = split_value(items, size=size, overlap=overlap)

        assert [x for n, part in enumerate(found) for x in part[overlap if n else 0 :]] == items

    @pytest.mark.parametrize(
        "config", [{}, {"size": 1, "parts": 2}, {"size": 2, "overlap": 2}, {"parts": 2, "overlap": 1}]
    )
    def test_a_config_without_one_clear_way_is_a_problem(self, config: dict[str, Any]) -> None:
        assert split_value.config_problems(config, frozenset())

    def test_a_list_has_no_separator(self) -> None:
        with pytest.raises(NodeError, match="takes a text; a list"):
            split_value([1], separator=",")


LEFT = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}, {"id": None, "name": "c"}]
RIGHT = [{"id": 2, "name": "B"}, {"id": 2, "name": "BB"}, {"id": 3, "name": "C"}, {"name": "D"}]


class TestJoin:
    def test_inner_gives_every_pair_and_renames_what_both_have(self) -> None:
        assert output(join_lists, {"on": "id"}, left=LEFT, right=RIGHT) == [
            {"id": 2, "name": "b", "right_name": "B"},
            {"id": 2, "name": "b", "right_name": "BB"},
        ]

    @pytest.mark.parametrize(("how", "rows"), [("inner", 2), ("left", 4), ("right", 4), ("outer", 6)])
    def test_rows_without_a_partner_are_kept_as_asked(self, how: str, rows: int) -> None:
        found = output(join_lists, {"on": "id", "how": how}, left=LEFT, right=RIGHT)

        assert len(found) == rows
        assert {tuple(row) for row in found} == {("id", "name", "right_name")}

    def test_the_key_of_a_right_row_alone_is_its_own(self) -> None:
        found = output(join_lists, {"on": "id", "how": "right"}, left=LEFT, right=RIGHT)

        assert found[2:] == [
            {"id": 3, "name": None, "right_name": "C"},
            {"id": None, "name": None, "right_name": "D"},
        ]

    def test_keys_may_have_several_parts_and_different_paths(self) -> None:
        left = [{"a": {"x": 1}, "b": 1}, {"a": {"x": 1}, "b": 2}]
        right = [{"x": 1, "b": 2, "hit": True}]

        found = output(join_lists, {"on": {"a.x": "x", "b": "b"}}, left=left, right=right)

        assert found == [{"a": {"x": 1}, "b": 2, "x": 1, "hit": True}]

    def test_an_item_that_is_no_object_is_named(self) -> None:
        with pytest.raises(NodeError, match=r"Item 1 of `right` must be an object; it is a number \(7\)"):
            output(join_lists, {"on": "id"}, left=[], right=[{}, 7])

    def test_a_join_that_explodes_is_stopped(self) -> None:
        rows = [{"k": 1}] * 1_100

        with pytest.raises(NodeError, match="more than 1,000,000 rows"):
            output(join_lists, {"on": "k"}, left=rows, right=rows)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "a"]), inner, max_size=2),
    max_leaves=6,
)
rows_of_objects = st.lists(st.dictionaries(st.sampled_from(["id", "a", "b"]), json_values, max_size=3), max_size=6)


@settings(max_examples=60)
@given(rows_of_objects, rows_of_objects)
@pytest.mark.parametrize(
    ("definition", "config"),
    [
        (filter_items, {"condition": "item.id ?? false"}),
        (sort_items, {"path": "id"}),
        (group_items, {"by": "item.id ?? null"}),
        (split_value, {"size": 2}),
        (join_lists, {"on": "id", "how": "outer"}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_whatever_comes_is_left_as_it_was(
    definition: NodeDefinition, config: dict[str, Any], one: list[Any], two: list[Any]
) -> None:
    names = definition.input_names
    inputs = dict(zip(names, [one, two], strict=False))
    before = copy.deepcopy(inputs)

    with contextlib.suppress(NodeError):
        output(definition, config, **inputs)

    assert inputs == before
