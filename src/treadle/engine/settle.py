"""Deciding nodes: pure functions from what has settled to what happens next (semantics §2)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, cast

from pydantic import ValidationError

from treadle.engine.plan import NodePlan, Source
from treadle.engine.scope import Ports, Scope
from treadle.errors import ExpressionError
from treadle.expressions import Draws
from treadle.expressions import Expression as Compiled
from treadle.node.series import newest

Outputs = list[Ports | None]
Arguments = list[Any]


def is_live(outputs: Outputs, source: Source) -> bool:
    ports = outputs[source[0]]
    return ports is not None and source[1] in ports


def is_triggered(node: NodePlan, outputs: Outputs) -> bool:
    """2.3: at least one connection into `trigger` is live; `join: all` asks for all of them."""
    live = (is_live(outputs, source) for source in node.triggers)
    return all(live) if node.node.join == "all" else any(live)


def is_starved(node: NodePlan, outputs: Outputs) -> bool:
    """2.3: a required input, or the trigger, is dead, so that the node is going to be skipped."""
    if node.triggers and not is_triggered(node, outputs):
        return True
    return any(
        plan.required and plan.sources and not any(is_live(outputs, source) for source in plan.sources)
        for plan in node.inputs
    )


def gather(
    node: NodePlan,
    outputs: Outputs,
    roots: Mapping[str, Any],
    draws: Draws | None,
    *,
    only: Collection[Source] | None = None,
) -> Arguments | None:
    """The node's positional arguments, or None when the node is skipped: a required input is dead, or one does not fit
    and nobody wants the node to run.

    2.4: an optional input takes its default; a gathering one collects its live connections in file order. `only`
    leaves the other connections out of account.
    Raises `ExpressionError`, and `pydantic.ValidationError` for a value that does not fit.
    """
    try:
        return _gather(node, outputs, roots, draws, only)
    except (ExpressionError, ValidationError):
        if node.when is None or _may_be_wanted(node, outputs, roots, draws, only):
            raise
        return None


def _may_be_wanted(
    node: NodePlan, outputs: Outputs, roots: Mapping[str, Any], draws: Draws | None, only: Collection[Source] | None
) -> bool:
    """2.5, of a node with an input that does not fit: `when` is asked with what came, as it came. Where it cannot be
    told, what does not fit is what is said."""
    try:
        came = _gather(node, outputs, roots, draws, only, is_checked=False)
        if came is None:
            return False
        if node.uses_input:
            roots = {**roots, "input": input_of(node, came, roots, draws)}
        return is_wanted(node, roots, draws)
    except (ExpressionError, ValidationError):
        return True


def _gather(
    node: NodePlan,
    outputs: Outputs,
    roots: Mapping[str, Any],
    draws: Draws | None,
    only: Collection[Source] | None,
    *,
    is_checked: bool = True,
) -> Arguments | None:
    """`is_checked` false: values as they came, and null for those that could not be told."""
    arguments: Arguments = []
    for plan in node.inputs:
        if plan.sources:
            sources = plan.sources if only is None else [source for source in plan.sources if source in only]
            values = [ports[port] for at, port in sources if (ports := outputs[at]) is not None and port in ports]
            if plan.newest:
                values = [newest(value) for value in values]
            if not values:
                if plan.required or plan.spreads:
                    return None
                arguments.append(plan.default)
                continue
            value = values if plan.gathers else values[0]
        elif plan.render is not None:
            try:
                value = plan.render(roots, draws)
            except ExpressionError:
                if is_checked:
                    raise
                value = None
        elif plan.has_constant:
            value = plan.constant
        else:
            if not plan.spreads:
                arguments.append(plan.default)
            continue
        validate = plan.validate if is_checked else None
        if plan.spreads:
            items = cast("list[Any]", value) if isinstance(value, list) else [value]
            arguments.extend(items if validate is None else [validate(item) for item in items])
        else:
            arguments.append(value if validate is None else validate(value))
    return arguments


def input_of(node: NodePlan, arguments: Arguments, roots: Mapping[str, Any], draws: Draws | None) -> Any:
    """The `input` root: what the node says it means, else its inputs by port."""
    if node.given_input is not None:
        return node.given_input(roots, draws)
    return node.node.input if node.node.has_input else input_by_port(node, arguments)


def input_by_port(node: NodePlan, arguments: Arguments) -> Mapping[str, Any]:
    """The node's arguments by port name."""
    values: dict[str, Any] = {}
    for at, plan in enumerate(node.inputs):
        values[plan.name] = arguments[at:] if plan.spreads else arguments[at]
    return values


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
    need = _Need(scope)
    wanted: list[NodePlan] = []
    hopeless: list[NodePlan] = []
    for at in sorted(scope.parked - scope.begun):
        followers = [nodes[follower] for follower in nodes[at].dependents if outputs[follower] is None]
        if nodes[at].read_at_end or any(need.of(follower) for follower in followers):
            wanted.append(nodes[at])
        elif not followers:
            hopeless.append(nodes[at])
    if not wanted and not hopeless and scope.active == 0:
        # Nothing else can settle here, so nobody will ask for what is parked.
        hopeless = [nodes[at] for at in sorted(scope.parked)]
    return wanted, hopeless


class _Need:
    """Who needs a lazy node, as things stand in a scope. Remembers its answers: lazy nodes may share followers."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._needs: dict[int, bool] = {}
        self._idle: dict[int, bool] = {}

    def of(self, node: NodePlan) -> bool:
        """Whether `node` would run if the lazy nodes it waits for did."""
        for at in _depth_first(node.index, self._askers, self._needs):
            self._needs[at] = self._is_live(self._scope.graph.nodes[at])
        return self._needs[node.index]

    def _askers(self, at: int) -> list[int]:
        """Of a lazy node, those that may need it."""
        node = self._scope.graph.nodes[at]
        if not node.node.lazy or node.read_at_end:
            return []
        return [follower for follower in node.dependents if self._scope.outputs[follower] is None]

    def _is_live(self, node: NodePlan) -> bool:
        scope, outputs = self._scope, self._scope.outputs
        if node.index in scope.begun:
            return False
        is_asked = not node.node.lazy or node.read_at_end
        if not (is_asked or any(self._needs[asker] for asker in self._askers(node.index))):
            return False
        if any(outputs[at] is None and not self._waits_to_be_asked(at) for at in sources_of(node)):
            return False
        for plan in node.inputs:
            if plan.required and plan.sources and not any(self._may_live(source) for source in plan.sources):
                return False
        if node.triggers:
            possible = (self._may_live(source) for source in node.triggers)
            if not (all(possible) if node.node.join == "all" else any(possible)):
                return False
        return node.when is not False and not _is_refused_early(scope, node)

    def _may_live(self, source: Source) -> bool:
        return self._scope.outputs[source[0]] is None or is_live(self._scope.outputs, source)

    def _waits_to_be_asked(self, at: int) -> bool:
        """Whether nothing keeps a node from settling but that nobody has asked for it, or for what it waits for."""
        scope = self._scope
        for before in _depth_first(at, self._unsettled_before, self._idle):
            self._idle[before] = before not in scope.begun and (
                before in scope.parked
                or (
                    scope.graph.nodes[before].node.lazy
                    and all(self._idle[source] for source in self._unsettled_before(before))
                )
            )
        return self._idle[at]

    def _unsettled_before(self, at: int) -> list[int]:
        scope = self._scope
        if at in scope.begun or at in scope.parked or not scope.graph.nodes[at].node.lazy:
            return []
        return [before for before in sources_of(scope.graph.nodes[at]) if scope.outputs[before] is None]


def _depth_first(start: int, following: Callable[[int], list[int]], known: Mapping[int, object]) -> Iterator[int]:
    """What can be reached from `start` and is not `known` yet, each after all that follows it. However long the way
    is, the stack stays flat."""
    todo = [(start, False)]
    while todo:
        at, seen = todo.pop()
        if at in known:
            continue
        if seen:
            yield at
        else:
            todo.append((at, True))
            todo.extend((next_, False) for next_ in following(at) if next_ not in known)


def sources_of(node: NodePlan) -> set[int]:
    """The nodes, by index, that it waits for: connected, referenced, or named in `after`."""
    connected = {at for plan in node.inputs for at, _ in plan.sources}
    return connected | {at for at, _ in node.triggers} | node.waits_for


def _is_refused_early(scope: Scope, node: NodePlan) -> bool:
    """A `when` that reads settled nodes only can be known before the lazy inputs are computed."""
    when = node.when
    if not isinstance(when, Compiled) or when.volatile or "input" in when.roots:
        return False
    by_id = scope.graph.by_id
    if any(name in by_id and scope.outputs[by_id[name].index] is None for name, _ in when.references):
        return False
    try:
        return not when.evaluate(scope.roots)
    except ExpressionError:
        return False  # said of the node itself, when it is decided
