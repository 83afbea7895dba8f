"""The fluent builder makes the same graph as a file."""

from __future__ import annotations

from decimal import Decimal

import pytest

import treadle as td
from treadle.authoring.document import load_workflow
from treadle.authoring.inputs import validate_input
from treadle.errors import InvalidWorkflow


@td.node("sums.add")
def add(value: float, *, by: float = 1) -> float:
    """Add."""
    return value + by


def test_steps_build_the_graph_that_the_same_file_loads_to() -> None:
    """One graph, whatever surface it was written in."""
    text = """
name: research
inputs: {topic: string}
steps:
  - {id: fetch, type: transform, transform: "workflow.input.topic"}
  - {id: loud, type: transform, transform: "upper(input)"}
output: "{{ steps.loud.output }}"
"""

    built = (
        td.workflow("research", inputs={"topic": str})
        .step("fetch", "transform", transform="workflow.input.topic")
        .step("loud", "transform", transform="upper(input)")
        .output("{{ steps.loud.output }}")
        .build()
    )

    assert built == load_workflow(text).workflows[0]


def test_nodes_and_connections_build_the_graph_that_the_same_file_loads_to() -> None:
    text = """
name: gate
nodes:
  - {id: price, type: data.set, config: {fields: {price: 7}}}
  - {id: over, type: flow.threshold, config: {operator: ">", threshold: 5}, when: "{{ true }}"}
connections:
  - {from: price, to: over.value}
"""

    built = (
        td.workflow("gate")
        .node("price", "data.set", fields={"price": 7})
        .node("over", "flow.threshold", operator=">", threshold=5, when="{{ true }}")
        .connect("price", "over.value")
        .build()
    )

    assert built == load_workflow(text).workflows[0]


def test_branches_become_the_body_of_a_parallel_node() -> None:
    built = (
        td.workflow("reviews")
        .parallel(
            "reviews",
            summary=td.step("transform", transform="1"),
            keywords=td.step("transform", transform="2"),
            max_concurrency=2,
        )
        .build()
    )

    reviews = built.nodes[0]
    assert reviews.type == "flow.parallel"
    assert reviews.config["max_concurrency"] == 2
    assert reviews.body is not None
    assert [node.id for node in reviews.body.nodes] == ["summary", "keywords"]


def test_branches_may_race() -> None:
    built = td.workflow("reviews").parallel("reviews", until="first", a=td.step("transform", transform="1")).build()

    assert built.nodes[0].config["until"] == "first"


def test_a_function_stands_for_its_node_type() -> None:
    builder = td.workflow("sums").step("one", add, value=1, by=2)

    built = builder.build()

    assert built.nodes[0].type == "sums.add"
    assert builder.registry().get("sums.add") is add


def test_a_keyword_of_python_takes_a_trailing_underscore() -> None:
    built = td.workflow("waits").step("pause", "flow.wait", while_="state.busy", poll_interval="1s").build()

    assert built.nodes[0].config["while"] == "state.busy"


def test_a_decimal_is_given_as_a_number() -> None:
    built = td.workflow("priced", inputs={"price": Decimal}).step("a", "transform", transform="1").build()

    _, issues = validate_input(built, {"price": Decimal("1.50")})

    assert built.inputs["price"] == {"type": "number"}
    assert issues == ()


def test_steps_and_nodes_do_not_mix() -> None:
    builder = td.workflow("both").step("a", "transform", transform="1").node("b", "data.set", fields={})

    with pytest.raises(InvalidWorkflow, match="both steps and nodes"):
        builder.build()


def test_what_is_wrong_is_said_all_at_once() -> None:
    builder = td.workflow("Bad Name!").step("a", "transform", transform="1", retry={"max_attempts": "many"})

    with pytest.raises(InvalidWorkflow) as refusal:
        builder.build()

    assert {issue.code for issue in refusal.value.issues} >= {"invalid_name", "invalid_value"}


def test_a_handler_for_one_step_needs_a_function() -> None:
    with pytest.raises(TypeError, match="needs a handler"):
        td.workflow("w").on_step_error("fetch")
