"""Where a run is forked: the node, the edited outputs, and what runs anew because of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from treadle.engine.history import Place
from treadle.engine.plan import GraphPlan, NodePlan, Plan
from treadle.engine.route import Body, Step, find_route, split_scope
from treadle.engine.settle import sources_of
from treadle.model.workflow import Node

Outputs = Mapping[str, Any]
"""Live ports of a node."""

_NO_WORK = {"title", "note", "position", "retry", "timeout", "cache"}


class ForkPoints:
    """`route` leads to the node; `edits` are outputs by place. Of each scope on a way to one of these, `graphs` has the
    graph and `anew` the nodes, by index, that run anew; `containers` are those in which the ways go on, and in which
    of their bodies."""

    def __init__(self, plan: Plan, at: str, edits: Mapping[str, Outputs]) -> None:
        self.plan = plan
        self.at = at
        self.route = find_route(plan, at)
        self.place = _place_of(self.route)
        routes = [find_route(plan, path) for path in edits]
        self.edits = {_place_of(route): outputs for route, outputs in zip(routes, edits.values(), strict=True)}
        self.routes: Sequence[Sequence[Step]] = [self.route, *routes]
        self.graphs: dict[str, GraphPlan] = {}
        self.containers: dict[Place, set[Body]] = {}
        self.anew: dict[str, set[int]] = {}
        for route in self.routes:
            for step in route:
                self._pass(step)
        if self.place not in self.edits:
            self.anew[self.place[0]].add(self.route[-1].node.index)

    def _pass(self, step: Step) -> None:
        self.graphs[step.scope] = step.graph
        if step.body is not None:
            self.containers.setdefault((step.scope, step.node.id), set()).add(step.body)
        self._run_after(step.scope, step.graph, [step.node])

    def _run_after(self, scope: str, graph: GraphPlan, nodes: Iterable[NodePlan]) -> None:
        """Whatever follows from `nodes` runs anew, but for what is edited."""
        anew = self.anew.setdefault(scope, set())
        todo = list(nodes)
        while todo:
            for at in todo.pop().dependents:
                node = graph.nodes[at]
                if at not in anew and (scope, node.id) not in self.edits:
                    anew.add(at)
                    todo.append(node)

    def mark_changed(self, before: Plan) -> None:
        """Nodes that are not what they were in `before`, the version the run comes from, run anew too."""
        for scope, graph in self.graphs.items():
            known = graph_at(before, scope)
            changed = [
                node
                for node in graph.nodes
                if (scope, node.id) not in self.containers
                and (scope, node.id) not in self.edits
                and (known is None or not _is_same(node, graph, known.by_id.get(node.id), known))
            ]
            self.anew[scope].update(node.index for node in changed)
            self._run_after(scope, graph, changed)

    def graph(self, scope: str) -> GraphPlan:
        """Raises `LookupError` where the plan has no such scope."""
        graph = self.graphs.get(scope) or graph_at(self.plan, scope)
        if graph is None:
            raise LookupError(scope)
        return graph

    def runs_anew(self, scope: str, name: str) -> bool:
        return self.graph(scope).by_id[name].index in self.anew.get(scope, ())

    def needed(self, scope: str) -> Collection[int]:
        """What leads to the fork points that lie in the scope, themselves included."""
        graph = self.graphs[scope]
        seen: set[int] = set()
        todo = [graph.by_id[name].index for at, name in (*self.containers, *self.edits, self.place) if at == scope]
        while todo:
            at = todo.pop()
            if at not in seen:
                seen.add(at)
                todo.extend(sources_of(graph.nodes[at]))
        return seen

    def upstream(self, step: Step) -> Iterator[NodePlan]:
        """The nodes before a step whose results are to stand for it to run, the nearest first."""
        if (step.scope, step.node.id) in self.edits:
            return
        seen: set[int] = set()
        todo = sorted(sources_of(step.node))
        while todo:
            at = todo.pop()
            node = step.graph.nodes[at]
            place = (step.scope, node.id)
            if at in seen or place in self.edits:
                continue
            seen.add(at)
            todo.extend(sources_of(node))
            if at not in self.anew[step.scope] and place not in self.containers:
                yield node


def graph_at(plan: Plan, scope: str) -> GraphPlan | None:
    """The graph that is run in a scope."""
    if not scope:
        return plan.graph
    outer, container, body = split_scope(scope)
    graph = graph_at(plan, outer)
    node = graph.by_id.get(container) if graph is not None else None
    return node.bodies.get(body.name) if node is not None else None


def followers(graph: GraphPlan, node: NodePlan) -> set[int]:
    """Whatever follows from `node`, by index."""
    found: set[int] = set()
    todo = [node]
    while todo:
        for at in todo.pop().dependents:
            if at not in found:
                found.add(at)
                todo.append(graph.nodes[at])
    return found


def _place_of(route: Sequence[Step]) -> Place:
    return route[-1].scope, route[-1].node.id


def _is_same(node: NodePlan, graph: GraphPlan, other: NodePlan | None, others: GraphPlan) -> bool:
    """Whether a node does the same in both versions with what it is given. How it looks, and how often or how long it
    may try, does not count."""
    return (
        other is not None
        and _content(node.node) == _content(other.node)
        and _connections(node, graph) == _connections(other, others)
    )


def _content(node: Node) -> Mapping[str, Any]:
    content = node.model_dump(mode="json", by_alias=True, exclude=_NO_WORK)
    for name, body in node.bodies:
        inner = [_content(inside) for inside in body.nodes]
        content[name] = [inner, [each.model_dump() for each in body.connections], body.outputs]
    return content


def _connections(node: NodePlan, graph: GraphPlan) -> list[tuple[str, list[tuple[str, str]]]]:
    ends = [(plan.name, plan.sources) for plan in node.inputs if plan.sources] + [("trigger", node.triggers)]
    return [(name, [(graph.nodes[at].id, port) for at, port in sources]) for name, sources in ends]
