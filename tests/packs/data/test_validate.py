"""validate: JSON Schema with patterns in linear time and references that stay inside."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest

from tests.packs.binding import ports
from treadle.node import NodeError
from treadle.packs.data.validate import validate_value


def check(schema: Any, value: Any, **config: Any) -> dict[str, Any]:
    return ports(validate_value, {"schema": schema, **config}, value=value)


def test_a_value_that_fits_goes_on_as_it_is() -> None:
    value = {"at": date(2024, 5, 1)}

    found = check({"properties": {"at": {"type": "string", "format": "date"}}}, value)

    assert found == {"valid": value}


def test_every_error_has_path_message_and_rule() -> None:
    schema = {"type": "object", "required": ["id"], "properties": {"tags": {"items": {"type": "string"}}}}

    found = check(schema, {"tags": ["a", 2]})

    assert found["invalid"]["errors"] == [
        {"path": "", "message": "'id' is a required property", "rule": "required"},
        {"path": "tags[1]", "message": "2 is not of type 'string'", "rule": "type"},
    ]


def test_no_more_errors_are_listed_than_asked() -> None:
    found = check({"items": {"type": "string"}}, list(range(50)), max_errors=3)

    assert len(found["invalid"]["errors"]) == 3


@pytest.mark.parametrize(("value", "port"), [("abc1", "valid"), ("abc", "invalid")])
def test_patterns_are_searched(value: str, port: str) -> None:
    assert list(check({"pattern": r"\d$"}, value)) == [port]


def test_pattern_properties_are_checked() -> None:
    found = check({"patternProperties": {"^n_": {"type": "number"}}}, {"n_a": "x", "other": "y"})

    assert [error["path"] for error in found["invalid"]["errors"]] == ["n_a"]


def test_a_pattern_that_would_backtrack_for_ever_takes_no_time() -> None:
    start = time.monotonic()

    check({"pattern": "^(a+)+$"}, "a" * 5_000 + "!")

    assert time.monotonic() - start < 2


@pytest.mark.parametrize("ref", ["http://127.0.0.1:9/schema.json", "file:///etc/hostname", "#/nowhere"])
def test_a_reference_never_leaves_the_schema(ref: str) -> None:
    with pytest.raises(NodeError, match="cannot be followed") as caught:
        check({"properties": {"a": {"$ref": ref}}}, {"a": 1})

    assert caught.value.code == "invalid_schema"


def test_a_reference_inside_the_schema_is_followed() -> None:
    schema = {"$defs": {"n": {"type": "number"}}, "items": {"$ref": "#/$defs/n"}}

    assert list(check(schema, [1, "x"])) == ["invalid"]


def test_a_schema_that_refers_to_itself_without_end_is_refused() -> None:
    with pytest.raises(NodeError, match="without end"):
        check({"$ref": "#"}, 1)


def test_a_wrong_schema_is_a_config_problem() -> None:
    problems = validate_value.config_problems({"schema": {"type": "nonsense"}}, frozenset())

    assert "is not a JSON Schema: `type`" in problems[0][1]


def test_a_pattern_that_is_not_re2_says_so() -> None:
    with pytest.raises(NodeError, match="is not RE2"):
        check({"pattern": "(?=a)a"}, "a")
