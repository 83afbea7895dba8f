"""The order in which people read a workflow's nodes: each after what it waits for, otherwise as in the file."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from treadle.engine.plan import GraphPlan, NodePlan


def in_order(graph: GraphPlan) -> Iterator[NodePlan]:
    """The nodes of one graph; those in bodies are left to their containers."""
    left = [0] * len(graph.nodes)
    for node in graph.nodes:
        for at in node.dependents:
            left[at] += 1
    ready = [index for index, number in enumerate(left) if number == 0]
    while ready:
        node = graph.nodes[heapq.heappop(ready)]
        yield node
        for at in node.dependents:
            left[at] -= 1
            if left[at] == 0:
                heapq.heappush(ready, at)


def settling_order(graph: GraphPlan) -> Iterator[str]:
    """Ids of all nodes, those in bodies before their container: the order in which they settle."""
    for node in in_order(graph):
        for body in node.bodies.values():
            yield from settling_order(body)
        yield node.id
