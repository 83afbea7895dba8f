"""Inputs of a workflow: short forms, schemas, and what a run is given."""

import socket
from typing import Any

import pytest

from tests.authoring.node_types import REGISTRY
from treadle.authoring.document import load_workflow
from treadle.authoring.inputs import validate_input
from treadle.model.workflow import Workflow


def workflow(inputs: str) -> Workflow:
    loaded = load_workflow(f"name: w\nnodes: []\ninputs: {inputs}", catalogue=REGISTRY)
    assert loaded.result.issues == ()
    return loaded.workflows[0]


def found(inputs: str, given: dict[str, Any]) -> list[tuple[str, str]]:
    return [(issue.code, issue.where) for issue in validate_input(workflow(inputs), given)[1]]


def test_the_short_form_is_written_out() -> None:
    assert dict(workflow("{topic: string, any: any, free: }").inputs) == {
        "topic": {"type": "string"},
        "any": {},
        "free": {},
    }


def test_defaults_are_filled_in_and_optional_inputs_become_null() -> None:
    inputs = "{a: {type: number, default: 10, exclusiveMinimum: 0}, b: {type: string, required: false}, c: string}"

    values, issues = validate_input(workflow(inputs), {"c": "x"})

    assert (values, issues) == ({"a": 10, "b": None, "c": "x"}, ())


def test_everything_wrong_with_an_input_is_told_at_once() -> None:
    inputs = "{topic: string, size: {type: number, exclusiveMinimum: 0}, kind: {enum: [a, b]}, n: integer}"

    problems = found(inputs, {"topik": "x", "size": -1, "kind": "c", "n": 1.5})

    assert problems == [
        ("unknown_input", "input.topik"),
        ("missing_input", "input.topic"),
        ("invalid_input", "input.size"),
        ("invalid_input", "input.kind"),
        ("invalid_input", "input.n"),
    ]


def test_an_unknown_input_names_the_nearest() -> None:
    _, issues = validate_input(workflow("{topic: {type: string, default: x}}"), {"topik": 1})

    assert [issue.remedy for issue in issues] == ["Did you mean `topic`?"]


def test_parts_of_an_input_are_located() -> None:
    inputs = "{list: {type: array, items: {type: number}}}"

    assert found(inputs, {"list": [1, "x"]}) == [("invalid_input", "input.list[1]")]


def test_true_is_no_number() -> None:
    assert found("{n: number}", {"n": True}) == [("invalid_input", "input.n")]


def test_a_workflow_that_declares_no_inputs_takes_any() -> None:
    assert validate_input(workflow("{}"), {"x": 1}) == ({"x": 1}, ())


def test_schemas_that_are_wrong_are_issues_with_their_lines() -> None:
    text = (
        "name: w\nnodes: []\ninputs:\n  a: {type: strng}\n  b: {type: number, minimum: low}\n"
        "  c: {type: number, default: x}\n  d: {enum: [1], default: 2}\n  e: 5\n"
    )

    issues = load_workflow(text, catalogue=REGISTRY).result.issues

    assert [(issue.line, issue.code, issue.where) for issue in issues] == [
        (4, "invalid_input_schema", "inputs.a.type"),
        (5, "invalid_input_schema", "inputs.b.minimum"),
        (6, "invalid_input_schema", "inputs.c.default"),
        (7, "invalid_input_schema", "inputs.d.default"),
        (8, "invalid_value", "inputs.e"),
    ]


@pytest.mark.parametrize("place", ['{$ref: "URL"}', '{type: object, properties: {a: {$ref: "URL"}}, default: {a: 1}}'])
def test_a_schema_that_refers_to_an_address_is_refused_and_nothing_is_fetched(place: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/schema"
        loaded = load_workflow(f"name: w\nnodes: []\ninputs: {{a: {place.replace('URL', url)}}}", catalogue=REGISTRY)

        with pytest.raises(TimeoutError):
            server.accept()

    assert [issue.code for issue in loaded.result.issues] == ["invalid_input_schema"]
    assert "is not fetched" in loaded.result.issues[0].message


def test_a_reference_inside_the_schema_is_followed() -> None:
    inputs = "{a: {$ref: '#/$defs/size', $defs: {size: {type: integer, minimum: 1}}}}"

    assert found(inputs, {"a": 0}) == [("invalid_input", "input.a")]


def test_a_pattern_that_could_take_for_ever_is_no_pattern() -> None:
    text = "name: w\nnodes: []\ninputs: {a: {type: string, pattern: '(?=a)b'}}"

    assert "is not RE2" in load_workflow(text, catalogue=REGISTRY).result.issues[0].message
