"""A scope: one graph on its way, the workflow's own or one iteration of a container."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from treadle.engine.plan import GraphPlan, NodePlan
from treadle.expressions import Draws
from treadle.model.run import Failure
from treadle.node.container import BodyOutcome

Ports = Mapping[str, Any]

NO_PORTS: Ports = {}


@dataclass(slots=True, eq=False)
class Limit:
    """How many effects may be under way at once below here; None: no limit of its own."""

    most: int | None
    running: int = 0
    outer: Limit | None = None

    def free(self) -> bool:
        limit: Limit | None = self
        while limit is not None:
            if limit.most is not None and limit.running >= limit.most:
                return False
            limit = limit.outer
        return True

    def take(self, by: int = 1) -> None:
        limit: Limit | None = self
        while limit is not None:
            limit.running += by
            limit = limit.outer


class Scope:
    """What has settled so far in one graph. `outputs[i]` is None until node i is settled, then its live ports."""

    __slots__ = (
        "active",
        "begun",
        "cancelled",
        "done",
        "fail_fast",
        "failure",
        "graph",
        "held",
        "left",
        "limit",
        "nodes",
        "on_done",
        "outputs",
        "parent",
        "parked",
        "path",
        "prefix",
        "races",
        "roots",
        "shielded",
        "stops_on_failure",
        "waiting",
        "winner",
    )

    def __init__(
        self,
        graph: GraphPlan,
        path: str,
        *,
        roots: dict[str, Any],
        limit: Limit,
        on_done: Callable[[BodyOutcome], None],
        parent: Scope | None = None,
        stops_on_failure: bool = True,
        fail_fast: bool = False,
        shielded: bool = False,
        races: bool = False,
    ) -> None:
        self.graph = graph
        self.path = path
        self.prefix = f"{path}/" if path else ""
        self.outputs: list[Ports | None] = [None] * len(graph.nodes)
        self.waiting = list(graph.waiting)
        self.nodes: dict[str, Any] = roots["nodes"]
        self.roots = roots
        self.limit = limit
        self.on_done = on_done
        self.parent = parent
        self.stops_on_failure = stops_on_failure
        self.fail_fast = fail_fast
        self.shielded = shielded
        """A `finally` body: runs although what is around it was cancelled."""
        self.races = races
        """The first branch to complete ends it."""
        self.winner: NodePlan | None = None
        """The last node of the branch that has won."""
        self.cancelled = False
        self.left = len(graph.nodes)
        self.active = 0
        self.failure: Failure | None = None
        self.done = False
        self.parked: set[int] = set()
        """Lazy nodes that are ready, until they settle."""
        self.held = 0
        """Not to end yet: what had begun in it is still being recalled."""
        self.begun: set[int] = set()
        """Nodes handed out that may be decided once more: lazy ones, and those that join at the first connection."""

    @property
    def stopped(self) -> bool:
        """Nothing new starts here any more."""
        return self.winner is not None or (self.failure is not None and self.stops_on_failure)

    @property
    def is_won(self) -> bool:
        """A branch of this has won, and nothing around it was cancelled."""
        if self.winner is None:
            return False
        return self.parent is None or self.shielded or not self.parent.is_cancelled

    @property
    def is_sheltered(self) -> bool:
        """This is a `finally` body, or stands inside one."""
        scope: Scope | None = self
        while scope is not None and not scope.shielded:
            scope = scope.parent
        return scope is not None

    @property
    def is_cancelled(self) -> bool:
        """This scope, or one around it, was cancelled."""
        scope: Scope | None = self
        while scope is not None:
            if scope.cancelled:
                return True
            scope = None if scope.shielded else scope.parent
        return False

    def doom(self) -> tuple[bool, Scope | None]:
        """Whether this scope, or one around it, has failed or was won; and the outermost scope inside that one."""
        inner: Scope | None = None
        scope: Scope | None = self
        while scope is not None:
            if scope.stopped:
                return True, inner
            inner, scope = scope, None if scope.shielded else scope.parent
        return False, None

    def is_within(self, outer: Scope) -> bool:
        """Whether cancelling `outer` cancels this."""
        scope: Scope | None = self
        while scope is not None and scope is not outer:
            scope = None if scope.shielded else scope.parent
        return scope is outer

    def settle(self, node: NodePlan, ports: Ports) -> list[NodePlan]:
        """Settle a node's outputs, each live or dead, once (semantics 2.1). Returns the nodes decided by it."""
        self.outputs[node.index] = ports
        self.left -= 1
        self.parked.discard(node.index)
        if node.referenced:
            reading = node.reading(ports)
            self.nodes[node.id] = reading
            if node.publish is not None:
                self._publish(node.publish, reading, live=bool(ports))
        decided: list[NodePlan] = []
        nodes, waiting = self.graph.nodes, self.waiting
        for at in node.dependents:
            waiting[at] -= 1
            if waiting[at] == 0 or nodes[at].first_sources:
                candidate = nodes[at]
                if waiting[at] == 0 or self._first_is_live(candidate):
                    decided.append(candidate)
        return decided

    def _publish(self, name: str, reading: dict[str, Any], *, live: bool) -> None:
        """Where alternatives publish under one name, the one that ran gives the value."""
        if live or name not in self.roots:
            self.roots[name] = reading["output"]
            self.nodes[name] = reading

    def _first_is_live(self, node: NodePlan) -> bool:
        """`join: first`: the first live connection decides, once references and afters are settled."""
        outputs = self.outputs
        if outputs[node.index] is not None or any(outputs[at] is None for at in node.waits_for):
            return False
        return any(port in (outputs[at] or NO_PORTS) for at, port in node.first_sources)

    def outcome(self, draws: Draws | None = None) -> BodyOutcome:
        """What the graph came to; call it when nothing is left to settle. Raises `ExpressionError`."""
        graph = self.graph
        if self.winner is not None:
            value = self.winner.whole(self.outputs[self.winner.index] or NO_PORTS)
            return BodyOutcome(output=value, sinks={self.winner.id: value}, winner=self.winner.id)
        sinks = {node.id: node.whole(self.outputs[node.index] or NO_PORTS) for node in graph.sinks}
        if graph.outputs is not None:
            output = graph.outputs(self.roots, draws)
        elif graph.constant_outputs is not None:
            output = graph.constant_outputs
        elif len(graph.sinks) == 1:
            output = sinks[graph.sinks[0].id]
        else:
            live = {node.id for node in graph.sinks if self.outputs[node.index]}
            output = {name: value for name, value in sinks.items() if name in live}
        return BodyOutcome(output=output, failure=self.failure, sinks=sinks)
