from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from treadle.node import Fire, NodeError
from treadle.packs.core.trigger.manual import manual

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
FORM = {
    "type": "object",
    "properties": {"topic": {"type": "string"}, "depth": {"type": "integer", "default": 2}},
    "required": ["topic"],
}


def test_the_input_user_and_time_are_passed_on() -> None:
    """Without a form any input is taken as it comes."""
    fire = Fire(at=AT, input={"anything": [1]}, user="ada")

    started = manual(fire)

    assert (started.input, started.user, started.at) == ({"anything": [1]}, "ada", AT)


def test_a_field_left_out_takes_the_default_of_the_form() -> None:
    """What the editor would have filled in is filled in for the API too."""
    fire = Fire(at=AT, input={"topic": "tides"})

    started = manual(fire, form=FORM)

    assert started.input == {"topic": "tides", "depth": 2}


def test_input_that_does_not_fit_the_form_is_refused_with_every_problem() -> None:
    """One round of correction is enough."""
    fire = Fire(at=AT, input={"depth": "deep"})

    with pytest.raises(NodeError) as caught:
        manual(fire, form=FORM)

    assert caught.value.code == "invalid_input"
    assert "'topic' is a required property" in caught.value.message
    assert "depth: 'deep' is not of type 'integer'" in caught.value.message
    assert caught.value.retryable is False


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"type": "list"}, "`form.type` is not JSON Schema"),
        ({"type": "string"}, "a run's input is an object"),
        (
            {"properties": {"x": {"$ref": "https://example.com/x.json"}}},
            "'https://example.com/x.json', which is outside",
        ),
    ],
)
def test_a_form_that_cannot_describe_an_input_is_an_issue(form: dict[str, Any], told: str) -> None:
    """It is found by validation, not by the first run."""
    problems = manual.config_problems({"form": form}, frozenset())

    assert len(problems) == 1
    assert told in problems[0][1]


def test_a_reference_to_another_document_is_not_fetched() -> None:
    """A form that comes from an expression was never checked, and must not open a connection either."""
    form = {"properties": {"x": {"anyOf": [{"$ref": "https://example.com/x.json"}]}}}

    with pytest.raises(NodeError) as caught:
        manual(Fire(at=AT, input={"x": 1}), form=form)

    assert caught.value.code == "invalid_schema"
