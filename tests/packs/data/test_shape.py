"""set, transform, pick, template: making one value of another."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.packs.binding import output
from treadle.errors import ExpressionError
from treadle.node import NodeError
from treadle.packs.data.pick import pick_path
from treadle.packs.data.set import set_fields
from treadle.packs.data.template import render_template
from treadle.packs.data.transform import transform_value


class TestSet:
    def test_set_fields_replace_and_are_added(self) -> None:
        found = output(set_fields, {"fields": {"b": 3, "c": "{{ input.value.a + 1 }}"}}, value={"a": 1, "b": 2})

        assert found == {"a": 1, "b": 3, "c": 2}

    def test_without_a_value_the_object_is_new(self) -> None:
        assert output(set_fields, {"fields": {"a": [1]}}) == {"a": [1]}

    def test_what_an_expression_gives_is_set_as_it_is(self) -> None:
        """Money and times, as quotes have them, at whatever depth."""
        quote = {"bid": Decimal("0.10"), "at": datetime(2026, 1, 5, tzinfo=UTC)}
        fields = {"price": "{{ input.value.bid }}", "told": {"when": ["{{ input.value.at }}"]}}

        found = output(set_fields, {"fields": fields, "only": True}, value=quote)

        assert found == {"price": quote["bid"], "told": {"when": [quote["at"]]}}

    def test_only_leaves_out_what_came(self) -> None:
        assert output(set_fields, {"fields": {"a": 1}, "only": True}, value={"b": 2}) == {"a": 1}

    def test_a_text_has_no_fields_to_set(self) -> None:
        with pytest.raises(NodeError, match="must be an object; it is text"):
            output(set_fields, {"fields": {"a": 1}}, value="x")


class TestTransform:
    def test_one_expression_makes_the_value(self) -> None:
        found = output(transform_value, {"transform": "{ double: input.value * 2 }"}, value=4)

        assert found == {"double": 8}

    def test_rules_may_be_nested(self) -> None:
        rules = {"who": {"name": "input.value.n"}, "tags": ["input.value.t", "'fixed'"]}

        found = output(transform_value, {"transform": rules}, value={"n": "Ada", "t": "x"})

        assert found == {"who": {"name": "Ada"}, "tags": ["x", "fixed"]}

    def test_a_wrong_rule_names_its_field(self) -> None:
        with pytest.raises(NodeError, match=r"`transform.who.name` failed") as caught:
            output(transform_value, {"transform": {"who": {"name": "input.value.x"}}}, value={"y": 1})

        assert caught.value.attributes["field"] == "transform.who.name"

    def test_a_wrong_expression_is_its_own_error(self) -> None:
        with pytest.raises(ExpressionError):
            output(transform_value, {"transform": "input.value.x"}, value={"y": 1})


ORDER = {"lines": [{"price": 3}, {"price": 4}], "odd key": {"a.b": 1}, "0": "zero"}


class TestPick:
    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("lines[0].price", 3),
            ("lines[-1].price", 4),
            ("lines.1.price", 4),
            ("lines[*].price", [3, 4]),
            ("lines.*.price", [3, 4]),
            ('["odd key"]["a.b"]', 1),
            ("['odd key']", {"a.b": 1}),
            ("0", "zero"),
            ("", ORDER),
        ],
    )
    def test_a_path_leads_to_its_value(self, path: str, expected: Any) -> None:
        assert output(pick_path, {"path": path}, value=ORDER) == expected

    def test_a_missing_key_names_the_nearest(self) -> None:
        with pytest.raises(NodeError, match=r"lines\[0\] has no `prise`.*Did you mean `price`"):
            output(pick_path, {"path": "lines[0].prise"}, value=ORDER)

    def test_a_list_that_is_too_short_says_how_long_it_is(self) -> None:
        with pytest.raises(NodeError, match=r"lines is a list of 2 and has no `\[5\]`"):
            output(pick_path, {"path": "lines[5]"}, value=ORDER)

    @pytest.mark.parametrize("path", ["lines[9]", "x.y", "lines[0].price.z", "0[*]"])
    def test_what_is_not_there_is_the_default_when_not_required(self, path: str) -> None:
        found = output(pick_path, {"path": path, "required": False, "default": "-"}, value=ORDER)

        assert found == "-"

    def test_several_paths_make_an_object(self) -> None:
        found = output(pick_path, {"path": {"first": "lines[0].price", "zero": "0"}}, value=ORDER)

        assert found == {"first": 3, "zero": "zero"}

    @pytest.mark.parametrize("path", ["a..b", "a[", "a[x]", "a b", ".a.", "a]["])
    def test_text_that_is_no_path_is_a_config_problem(self, path: str) -> None:
        assert pick_path.config_problems({"path": path}, frozenset())


class TestTemplate:
    def test_values_are_put_in_as_text(self) -> None:
        config = {"template": "Dear {{ input.value.name }}, {{ input.value.list }}{{ input.value.none }}"}

        found = output(render_template, config, value={"name": "Ada", "list": [1], "none": None})

        assert found == "Dear Ada, [1]"

    def test_a_lone_expression_still_gives_text(self) -> None:
        assert output(render_template, {"template": "{{ input.value }}"}, value=3) == "3"

    def test_it_is_written_once_for_each_item(self) -> None:
        config = {"template": "- {{ item }}", "items": "{{ input.value }}", "separator": "; "}

        assert output(render_template, config, value=["a", "b"]) == "- a; - b"

    def test_what_is_put_in_is_not_a_template_again(self) -> None:
        found = output(render_template, {"template": "x{{ input.value }}"}, value="{{ 1 + 1 }}")

        assert found == "x{{ 1 + 1 }}"

    def test_plain_text_is_repeated_for_each_item(self) -> None:
        assert output(render_template, {"template": "=", "items": [1, 2], "separator": ""}) == "=="

    def test_an_error_names_the_item(self) -> None:
        config = {"template": "{{ item.name }}", "items": "{{ input.value }}"}

        with pytest.raises(NodeError, match="`template` failed at item 1"):
            output(render_template, config, value=[{"name": "a"}, {}])
