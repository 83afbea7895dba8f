"""From a workflow to its plan. Linear in the number of nodes and connections."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from treadle.engine.collecting import SeriesCall
from treadle.engine.plan import GraphPlan, InputPlan, NodePlan, Plan, SeriesPlan, Source
from treadle.engine.render import NOTHING, Reads, Renderer, bind_template, compile_expressions, compile_value
from treadle.errors import ExpressionError, InvalidWorkflow
from treadle.expressions import Expression as Compiled
from treadle.expressions import compile_expression
from treadle.model.issue import Issue
from treadle.model.port import InputPort, OutputPort, PortType
from treadle.model.resolve import ResolvedConnection, resolve
from treadle.model.workflow import Graph, Node, Workflow
from treadle.node.definition import NodeDefinition
from treadle.node.registry import Registry

DEFAULT_EFFECT_TIMEOUT = 300.0
"""Seconds an attempt of an effect may take where neither the node nor its type says otherwise."""


def compile_plan(workflow: Workflow, registry: Registry) -> Plan:
    """Compile a checked workflow. Raises `InvalidWorkflow` for what `check` would have refused."""
    graph = _Compiler(registry).graph(workflow, published={}, ordered=False)
    if graph.free:
        raise InvalidWorkflow(f"`{workflow.name}` reads nodes it does not have: {', '.join(sorted(graph.free))}.")
    reads = NOTHING
    nodes = _walk(graph)
    for node in nodes:
        reads = reads | node.reads
    return Plan(
        workflow=workflow,
        version=workflow.version,
        graph=graph,
        roots=reads.roots,
        secrets=reads.secrets,
        has_effects=any(node.kind == "effect" for node in nodes),
        has_series=any(node.series is not None for node in nodes),
        optional_inputs=tuple(workflow.inputs),
        triggers=tuple(node.id for node in graph.nodes if node.kind == "trigger"),
    )


def _walk(graph: GraphPlan) -> list[NodePlan]:
    found: list[NodePlan] = []
    for node in graph.nodes:
        found.append(node)
        for body in node.bodies.values():
            found.extend(_walk(body))
    return found


@dataclass(slots=True)
class _Wiring:
    """Connections of one graph by the node they lead to."""

    sources: dict[str, dict[str, list[Source]]]
    triggers: dict[str, list[Source]]


class _Compiler:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def graph(self, graph: Graph, *, published: Mapping[str, tuple[str, ...]], ordered: bool) -> GraphPlan:
        nodes = [node for node in graph.nodes if self._definition(node).type.kind != "note"]
        index = {node.id: at for at, node in enumerate(nodes)}
        published = {**published, **_publishers(nodes)}
        resolution = resolve(graph, self._registry)
        errors = [issue for issue in resolution.issues if issue.severity == "error"]
        if errors:
            raise InvalidWorkflow(errors[0].message, issues=tuple(errors))
        wiring = _wire(resolution.connections, index)
        plans: list[NodePlan] = []
        upstream: list[set[int]] = []
        free: set[str] = set()
        referenced: set[str] = set()
        for at, node in enumerate(nodes):
            plan = self._node(node, at, nodes, wiring, published)
            read = plan.reads.nodes | {root for root in plan.reads.roots if root in published}
            read |= {name for body in plan.bodies.values() for name in body.free}
            here, outside = _split(read, index, published)
            referenced |= here
            free |= outside
            waits = {index[name] for name in (*here, *node.after) if name in index}
            if ordered and at > 0:
                waits.add(at - 1)
            connected = {source for item in plan.inputs for source, _ in item.sources}
            connected |= {source for source, _ in plan.triggers}
            plan.waits_for = frozenset(waits)
            _shorten(plan)
            if node.join == "first":
                plan.first_sources = tuple(s for item in plan.inputs for s in item.sources) + plan.triggers
            plans.append(plan)
            upstream.append((connected | waits) - {at})
        dependents: list[list[int]] = [[] for _ in plans]
        for at, before in enumerate(upstream):
            plans[at].dependencies = len(before)
            for source in sorted(before):
                dependents[source].append(at)
        outputs = compile_value(graph.outputs) if graph.has_outputs else None
        output_reads = outputs[1] if outputs else NOTHING
        read_at_end = output_reads.nodes | {root for root in output_reads.roots if root in published}
        output_names, outside = _split(read_at_end, index, published)
        referenced |= output_names
        free |= outside
        for at, plan in enumerate(plans):
            plan.dependents = tuple(dependents[at])
            plan.referenced = plan.id in referenced or plan.publish is not None
            plan.read_at_end = plan.id in output_names
        return GraphPlan(
            nodes=tuple(plans),
            entries=tuple(plan for plan in plans if plan.dependencies == 0),
            sinks=tuple(plan for plan in plans if not plan.dependents),
            outputs=outputs[0] if outputs else None,
            volatile_outputs=output_reads.volatile,
            constant_outputs=graph.outputs if graph.has_outputs and outputs is None else None,
            free=frozenset(free),
            waiting=tuple(plan.dependencies for plan in plans),
            lazy=frozenset(plan.index for plan in plans if plan.node.lazy),
            by_id={plan.id: plan for plan in plans},
        )

    def _definition(self, node: Node) -> NodeDefinition:
        return self._registry.get(node.type)

    def _node(
        self, node: Node, at: int, nodes: list[Node], wiring: _Wiring, published: Mapping[str, tuple[str, ...]]
    ) -> NodePlan:
        definition = self._definition(node)
        node_type = definition.type
        try:
            static, dynamic, reads = _config(definition, node)
            inputs, input_reads = self._inputs(definition, node, nodes, wiring)
            when = _when(node)
        except ExpressionError as error:
            issue = Issue(error.code, error.message, remedy=error.remedy, node=node.id)
            raise InvalidWorkflow(f"Node `{node.id}`: {error}", issues=(issue,)) from None
        reads = reads | input_reads
        if isinstance(when, Compiled):
            reads = reads | Reads.of(when)
        uses_input = "input" in reads.roots
        given = compile_value(node.input) if uses_input and node.has_input else None
        if given is not None:
            reads = reads | given[1]
        bodies = {name: self.graph(body, published=published, ordered=node_type.ordered) for name, body in node.bodies}
        pure = node_type.kind in ("pure", "trigger")
        timeout = node.timeout if node.timeout is not None else node_type.timeout
        if node_type.kind == "effect" and timeout is None:
            timeout = DEFAULT_EFFECT_TIMEOUT
        ports = node_type.outputs_of(node.config)
        series = _series(definition, node, nodes, inputs) if node_type.kind == "pure" else None
        return NodePlan(
            index=at,
            id=node.id,
            node=node,
            definition=definition,
            function=definition.function if series is None else SeriesCall(definition),
            inputs=inputs,
            triggers=tuple(wiring.triggers.get(node.id, ())),
            static_config=static,
            dynamic_config=dynamic,
            when=when,
            uses_input=uses_input,
            given_input=given[0] if given else None,
            reads=reads,
            on_error=node.on_error,
            retry=node.retry,
            timeout=timeout,
            out_ports=tuple(port.name for port in ports),
            single_port=_single_port(ports),
            bodies=bodies,
            inline=pure
            and not reads.volatile
            and node.cache is None
            and timeout is None
            and node.retry is None
            and not node.has_pin
            and node.join != "first",
            kind=node_type.kind,
            publish=node.publish,
            series=series,
            columns=frozenset(port.name for port in ports if port.type.kind == "series"),
        )

    def _inputs(
        self, definition: NodeDefinition, node: Node, nodes: list[Node], wiring: _Wiring
    ) -> tuple[tuple[InputPlan, ...], Reads]:
        plans: list[InputPlan] = []
        reads = NOTHING
        connected = wiring.sources.get(node.id, {})
        for order, port in enumerate(definition.type.inputs_of(node.config)):
            sources = tuple(connected.get(port.name, ()))
            render, constant, has_constant = None, None, False
            if not sources:
                given = node.config.get(port.name, _ABSENT)
                if given is _ABSENT and order == 0 and node.has_input and (port.required or port.name == "value"):
                    given = node.input
                if given is not _ABSENT:
                    value = compile_value(given)
                    constant, has_constant = given, True
                    if value is not None:
                        render, constant = value[0], None
                        reads = reads | value[1]
            adapter = definition.input_adapters.get(port.name)
            is_column = port.name in definition.columns
            types = [self._output_type(nodes[source], name) for source, name in sources]
            known = bool(types) and not is_column and all(_is_same(kind, port) for kind in types)
            plans.append(
                InputPlan(
                    name=port.name,
                    sources=sources,
                    required=port.required or port.needed,
                    gathers=port.collects or self._gathers(port, sources, nodes),
                    spreads=port.name == definition.variadic,
                    default=definition.input_defaults.get(port.name),
                    render=render,
                    constant=constant,
                    has_constant=has_constant,
                    validate=adapter.adapter.validate_python if adapter and not known else None,
                    newest=not is_column and any(kind is not None and kind.kind == "series" for kind in types),
                )
            )
        return tuple(plans), reads

    def _output_type(self, node: Node, port: str) -> PortType | None:
        ports = self._definition(node).type.outputs_of(node.config)
        return next((item.type for item in ports if item.name == port), None)

    def _gathers(self, port: InputPort, sources: tuple[Source, ...], nodes: list[Node]) -> bool:
        """A list input takes one list as it is, and makes a list of several connections, or of one that
        carries an item."""
        if port.type.kind != "list" or not sources:
            return False
        if len(sources) > 1:
            return True
        source, name = next(iter(sources))
        kind = self._output_type(nodes[source], name)
        return kind is not None and kind.kind not in ("any", "list", "series") and kind.base != "list"


_ABSENT: Any = object()


def _is_same(kind: PortType | None, target: InputPort) -> bool:
    return kind is not None and kind == target.type and not kind.nullable


def _series(
    definition: NodeDefinition, node: Node, nodes: list[Node], inputs: tuple[InputPlan, ...]
) -> SeriesPlan | None:
    if not definition.columns:
        return None
    marks = definition.columns
    columns = tuple((at, marks[item.name]) for at, item in enumerate(inputs) if item.name in marks)
    wires: list[str] = []
    for at, _ in columns:
        item = inputs[at]
        fed = "+".join(f"{nodes[source].id}.{port}" for source, port in item.sources)
        if not item.sources and (item.render is not None or item.has_constant):
            fed = hashlib.sha256(repr(node.config.get(item.name)).encode()).hexdigest()[:8]
        if fed:
            wires.append(f"{item.name}={fed}")
    return SeriesPlan(columns, ",".join(wires))


def _wire(connections: tuple[ResolvedConnection, ...], index: Mapping[str, int]) -> _Wiring:
    wiring = _Wiring({}, {})
    for item in connections:
        source = (index[item.source], item.output)
        if item.input == "trigger":
            wiring.triggers.setdefault(item.target, []).append(source)
        else:
            wiring.sources.setdefault(item.target, {}).setdefault(item.input, []).append(source)
    return wiring


def _publishers(nodes: list[Node]) -> dict[str, tuple[str, ...]]:
    """Which nodes publish their result under each name; alternatives may share one."""
    found: dict[str, tuple[str, ...]] = {}
    for node in nodes:
        if node.publish:
            found[node.publish] = (*found.get(node.publish, ()), node.id)
    return found


def _split(
    read: AbstractSet[str], index: Mapping[str, int], published: Mapping[str, tuple[str, ...]]
) -> tuple[set[str], set[str]]:
    """Of the names that are read: the nodes of this graph they stand for, and what the enclosing graphs must give."""
    here: set[str] = set()
    outside: set[str] = set()
    for name in read:
        if name in index:
            here.add(name)
            continue
        publishers = published.get(name, ())
        inside = {publisher for publisher in publishers if publisher in index}
        here |= inside
        if not inside:
            outside.update((name, *publishers))
    return here, outside


def _shorten(plan: NodePlan) -> None:
    """Mark a node that the loop can take the short way with."""
    node = plan.node
    plan.simple = (
        plan.inline
        and plan.kind == "pure"
        and not (node.lazy or node.disabled or plan.triggers or plan.dynamic_config or plan.uses_input)
        and plan.when is None
        and not plan.reads.secrets
        and not any(item.render or item.newest for item in plan.inputs)
        and plan.series is None
    )
    if plan.simple and len(plan.inputs) == 1:
        only = plan.inputs[0]
        if len(only.sources) == 1 and not (only.gathers or only.spreads) and only.validate is None:
            plan.only_source = only.sources[0]


def _single_port(ports: Sequence[OutputPort]) -> str | None:
    if any(port.name == "output" for port in ports):
        return "output"
    return ports[0].name if len(ports) == 1 else None


def _when(node: Node) -> Compiled | bool | None:
    return compile_expression(node.when) if isinstance(node.when, str) else node.when


def _config(
    definition: NodeDefinition, node: Node
) -> tuple[Mapping[str, Any], tuple[tuple[str, Renderer, bool], ...], Reads]:
    static: dict[str, Any] = {}
    dynamic: list[tuple[str, Renderer, bool]] = []
    reads = NOTHING
    for field in definition.type.config:
        if field.name not in node.config:
            continue
        value = node.config[field.name]
        if field.kind == "expression":
            bind, more = compile_expressions(value)
            dynamic.append((field.name, bind, False))
            reads = reads | Reads(more.nodes, more.roots - field.extra_roots, more.secrets, more.volatile)
            continue
        if field.kind == "template" and isinstance(value, str) and (text := bind_template(value)) is not None:
            bind, more = text
            dynamic.append((field.name, bind, False))
            reads = reads | Reads(more.nodes, more.roots - field.extra_roots, more.secrets, more.volatile)
            continue
        compiled = compile_value(value) if field.kind not in ("literal", "template") else None
        if compiled is not None:
            dynamic.append((field.name, compiled[0], True))
            reads = reads | compiled[1]
            continue
        try:
            static[field.name] = definition.config_value(field.name, value)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise InvalidWorkflow(f"Node `{node.id}`: config `{field.name}`: {first['msg']}.") from None
    return static, tuple(dynamic), reads
