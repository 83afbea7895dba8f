"""Workflows for tests, in a line."""

from __future__ import annotations

from treadle.model.workflow import Node, Workflow
from treadle.packs.core.flow.loop import loop
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, definitions_of, graph, node, workflow


def test_a_node_is_called_after_its_type() -> None:
    made = node(FakeEffect("send"), lazy=True)

    assert (made.id, made.type, made.lazy) == ("send", "fake.send", True)


def test_connections_are_written_as_they_are_read() -> None:
    first, second = connect("a.left -> b.trigger", "a -> b")

    assert (first.source, first.output, first.target, first.input) == ("a", "left", "b", "trigger")
    assert (second.output, second.input) == (None, None)


def test_a_chain_connects_each_part_to_the_next() -> None:
    made = chain(FakeEffect("a"), FakeEffect("b"), FakeEffect("c"))

    assert [(c.source, c.target) for c in made.connections] == [("a", "b"), ("b", "c")]


def test_a_workflow_carries_its_definitions_in_bodies_too() -> None:
    inner, outer = FakeEffect("inner"), FakeEffect("outer")

    made = workflow(outer, node(loop, body=graph(inner)))

    assert [definition.name for definition in definitions_of(made)] == ["fake.outer", "flow.loop", "fake.inner"]


def test_it_is_a_workflow_like_any_other() -> None:
    made = workflow(FakeEffect("a"), name="mine")

    again = Workflow.model_validate(made.model_dump(mode="json", by_alias=True))

    assert made.version == again.version
    assert type(again.nodes[0]) is Node
