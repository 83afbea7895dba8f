"""Workflows for tests, in a line. What they are made of travels with them: a harness need not be told."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pydantic import PrivateAttr

from treadle.model.policy import Settings
from treadle.model.workflow import Connection, Graph, Node, Workflow
from treadle.node import NodeDefinition
from treadle.testing.fake_effect import FakeEffect

Part = FakeEffect | NodeDefinition | Node


class PartNode(Node):
    """A node that remembers the definition it was made of."""

    _definition: NodeDefinition | None = PrivateAttr(default=None)

    @property
    def definition(self) -> NodeDefinition | None:
        return self._definition


def node(part: Part, *, id: str | None = None, **fields: Any) -> Node:
    """A node of the given fake or definition; its id is the last part of its type. A `Node` is given back as it is."""
    if isinstance(part, Node):
        return part
    definition = part.definition if isinstance(part, FakeEffect) else part
    made = PartNode(id=id or definition.name.split(".")[-1], type=definition.name, **fields)
    made._definition = definition
    return made


def definitions_of(graph: Graph) -> Iterator[NodeDefinition]:
    """The definitions of all parts in `graph`, bodies included."""
    for part in graph.walk():
        if isinstance(part, PartNode) and part.definition is not None:
            yield part.definition


def connect(*pairs: str) -> tuple[Connection, ...]:
    """Connections written `a.port -> b.port`, or `a -> b`."""
    connections: list[Connection] = []
    for pair in pairs:
        source, target = (end.strip().partition(".") for end in pair.split("->"))
        connections.append(
            Connection(source=source[0], output=source[2] or None, target=target[0], input=target[2] or None)
        )
    return tuple(connections)


def graph(*parts: Part, connections: tuple[Connection, ...] = (), **fields: Any) -> Graph:
    """A graph of the given parts, for the body of a container: `node(loop, body=graph(send))`."""
    return Graph(nodes=tuple(node(part) for part in parts), connections=connections, **fields)


def workflow(
    *parts: Part,
    connections: tuple[Connection, ...] = (),
    name: str = "under-test",
    settings: Settings | None = None,
    **fields: Any,
) -> Workflow:
    """A workflow of the given parts."""
    return Workflow(
        name=name,
        nodes=tuple(node(part) for part in parts),
        connections=connections,
        settings=settings or Settings(),
        **fields,
    )


def chain(*parts: Part, **fields: Any) -> Workflow:
    """A workflow in which each part is connected to the next."""
    nodes = [node(part) for part in parts]
    pairs = pairwise(nodes)
    connections = tuple(Connection(source=before.id, target=after.id) for before, after in pairs)
    return workflow(*nodes, connections=connections, **fields)
