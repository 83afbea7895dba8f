"""The way to a node: through which containers, and through which of their bodies, a path leads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from treadle.engine.plan import GraphPlan, NodePlan, Plan
from treadle.errors import NotFound
from treadle.model.ids import node_path
from treadle.model.nearest import listed, suggest

_PART = re.compile(r"([^\[.]+)(?:\[(\d+)\])?(?:\.(\w+))?")


@dataclass(frozen=True, slots=True)
class Body:
    """One body of a container: `each[2]` is (body, 2), `try.catch` is (catch, None)."""

    name: str
    index: int | None

    def scope_of(self, outer: str, container: str) -> str:
        """The path of the scope it is run in."""
        index = "" if self.index is None else f"[{self.index}]"
        name = "" if self.name == "body" else f".{self.name}"
        return f"{node_path(outer, container)}{index}{name}"


class Step(NamedTuple):
    """A node on the way, in its scope; `body` is the one that the way goes on in."""

    scope: str
    graph: GraphPlan
    node: NodePlan
    body: Body | None

    @property
    def path(self) -> str:
        return node_path(self.scope, self.node.id)


def split_scope(scope: str) -> tuple[str, str, Body]:
    """(outer scope, container, body) of a scope that is not the workflow's own: `each[2]/try.catch`."""
    outer, _, last = scope.rpartition("/")
    container, body = _split_part(last)
    return outer, container, body


def find_route(plan: Plan, path: str) -> tuple[Step, ...]:
    """The way to `path`, outermost container first. Raises `NotFound` (`unknown_node`) with what is nearest."""
    graph, scope = plan.graph, ""
    steps: list[Step] = []
    *containers, last = path.split("/")
    for part in containers:
        name, body = _split_part(part)
        node = _find(plan, path, graph, name)
        inner = node.bodies.get(body.name)
        if inner is None:
            has = f"`{name}` has {listed(node.bodies)}." if node.bodies else f"There is nothing inside `{name}`."
            raise _unknown(plan, path, has)
        steps.append(Step(scope, graph, node, body))
        graph, scope = inner, body.scope_of(scope, name)
    steps.append(Step(scope, graph, _find(plan, path, graph, last), None))
    return tuple(steps)


def _split_part(part: str) -> tuple[str, Body]:
    match = _PART.fullmatch(part)
    if match is None:
        return part, Body("body", None)
    container, index, name = match.groups()
    return container, Body(name or "body", None if index is None else int(index))


def _find(plan: Plan, path: str, graph: GraphPlan, name: str) -> NodePlan:
    node = graph.by_id.get(name)
    if node is not None:
        return node
    inside = next((found for found in _paths(plan.graph) if found.rpartition("/")[2] == name), None)
    if inside is not None and inside != path:
        raise _unknown(plan, path, f"There is `{inside}`, inside a container.")
    raise _unknown(plan, path, suggest(name, graph.by_id, f"There are {listed(graph.by_id)}."))


def _paths(graph: GraphPlan, prefix: str = "") -> Iterable[str]:
    for node in graph.nodes:
        yield prefix + node.id
        for name, body in node.bodies.items():
            yield from _paths(body, f"{prefix}{node.id}{'' if name == 'body' else f'.{name}'}/")


def _unknown(plan: Plan, path: str, remedy: str) -> NotFound:
    return NotFound(
        f"There is no node `{path}` in `{plan.workflow.name}`.",
        code="unknown_node",
        remedy=remedy,
        workflow=plan.workflow.name,
        node=path,
    )
