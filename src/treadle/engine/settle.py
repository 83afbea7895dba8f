"""Deciding nodes: pure functions from what has settled to what happens next (semantics §2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from treadle.engine.plan import NodePlan, Source
from treadle.engine.scope import Ports, Scope
from treadle.expressions import Draws
from treadle.expressions import Expression as Compiled

Outputs = list[Ports | None]
Arguments = list[Any]


def is_live(outputs: Outputs, source: Source) -> bool:
    ports = outputs[source[0]]
    return ports is not None and source[1] in ports


def is_triggered(node: NodePlan, outputs: Outputs) -> bool:
    """2.3: at least one connection into `trigger` is live; `join: all` asks for all of them."""
    live = (is_live(outputs, source) for source in node.triggers)
    return all(live) if node.node.join == "all" else any(live)


def gather(
    node: NodePlan, outputs: Outputs, roots: Mapping[str, Any], draws: Draws | None
) -> Arguments | None:
    """The node's positional arguments, or None when a required input is dead and the node is skipped.

    2.4: an optional input takes its default; a gathering one collects its live connections in file order.
    Raises `ExpressionError`, and `pydantic.ValidationError` for a value that does not fit.
    """
    arguments: Arguments = []
    for plan in node.inputs:
        if plan.sources:
            values = [
                ports[port]
                for at, port in plan.sources
                if (ports := outputs[at]) is not None and port in ports
            ]
            if not values:
                if plan.required or plan.spreads:
                    return None
                arguments.append(plan.default)
                continue
            value = values if plan.gathers else values[0]
        elif plan.render is not None:
            value = plan.render(roots, draws)
        elif plan.has_constant:
            value = plan.constant
        else:
            if not plan.spreads:
                arguments.append(plan.default)
            continue
        if plan.spreads:
            items = cast("list[Any]", value) if isinstance(value, list) else [value]
            arguments.extend(items if plan.validate is None else [plan.validate(item) for item in items])
        else:
            arguments.append(value if plan.validate is None else plan.validate(value))
    return arguments


def is_wanted(node: NodePlan, roots: Mapping[str, Any], draws: Draws | None) -> bool:
    """2.5: `when`, evaluated last. Raises `ExpressionError`."""
    when = node.when
    if isinstance(when, Compiled):
        return bool(when.evaluate(roots, clock=draws))
    return when is not False


def demand(scope: Scope) -> tuple[list[NodePlan], list[NodePlan]]:
    """2.8: of the lazy nodes that are ready, those somebody live needs, and those nobody can need any more.

    A waiting node needs a lazy one when everything else it waits for has settled and it would run.
    """
    nodes, outputs = scope.graph.nodes, scope.outputs
    wanted: list[NodePlan] = []
    hopeless: list[NodePlan] = []
    for at in sorted(scope.parked):
        followers = [nodes[follower] for follower in nodes[at].dependents if outputs[follower] is None]
        if nodes[at].read_at_end or any(_needs(scope, follower) for follower in followers):
            wanted.append(nodes[at])
        elif not followers:
            hopeless.append(nodes[at])
    if not wanted and not hopeless and scope.active == 0:
        # Nothing else can settle here, so nobody will ask for what is parked.
        hopeless = [nodes[at] for at in sorted(scope.parked)]
    return wanted, hopeless


def _needs(scope: Scope, node: NodePlan) -> bool:
    if (
        node.node.lazy
        and not node.read_at_end
        and not any(scope.outputs[f] is None and _needs(scope, scope.graph.nodes[f]) for f in node.dependents)
    ):
        return False
    parked = scope.parked
    outputs = scope.outputs
    sources = {at for plan in node.inputs for at, _ in plan.sources} | {at for at, _ in node.triggers}
    if any(outputs[at] is None and not _may_settle(scope, at) for at in sources | node.waits_for):
        return False
    for plan in node.inputs:
        settled_dead = plan.sources and not any(
            at in parked or is_live(outputs, (at, p)) for at, p in plan.sources
        )
        unsettled = any(outputs[at] is None for at, _ in plan.sources)
        if settled_dead and plan.required and not unsettled:
            return False
    if node.triggers:
        possible = [
            at in parked or outputs[at] is None or is_live(outputs, (at, p)) for at, p in node.triggers
        ]
        if not (all(possible) if node.node.join == "all" else any(possible)):
            return False
    return node.when is not False and not _is_refused_early(scope, node)


def _is_refused_early(scope: Scope, node: NodePlan) -> bool:
    """A `when` that reads settled nodes only can be known before the lazy inputs are computed."""
    when = node.when
    if not isinstance(when, Compiled) or when.volatile or "input" in when.roots:
        return False
    by_id = scope.graph.by_id
    if any(name in by_id and scope.outputs[by_id[name].index] is None for name, _ in when.references):
        return False
    return not when.evaluate(scope.roots)


def _may_settle(scope: Scope, at: int) -> bool:
    return at in scope.parked or scope.graph.nodes[at].node.lazy
