"""The plan: a workflow compiled once per version into what the loop needs: slots, order, successors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from treadle.engine.render import Reads, Renderer
from treadle.expressions import Expression as Compiled
from treadle.model.node_type import NodeKind
from treadle.model.policy import OnError, Retry
from treadle.model.workflow import Node, Workflow
from treadle.node.definition import NodeDefinition
from treadle.node.series import Collects, newest

Source = tuple[int, str]
"""An output port: (index of the node in its graph, port name)."""


@dataclass(slots=True, eq=False)
class InputPlan:
    """How one input gets its value: from `sources` in file order, from `render` (config), or from its default."""

    name: str
    sources: tuple[Source, ...]
    required: bool
    gathers: bool
    """The live values arrive as a list."""
    spreads: bool
    """A variadic input: its values are separate arguments."""
    default: Any = None
    render: Renderer | None = None
    constant: Any = None
    has_constant: bool = False
    validate: Callable[[Any], Any] | None = None
    newest: bool = False
    """Of a column that arrives, only the newest value is taken."""


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """The inputs of a node that are columns, by their place among its inputs. `wiring` says what they are fed by."""

    columns: tuple[tuple[int, Collects], ...]
    wiring: str


@dataclass(slots=True, eq=False)
class NodePlan:
    """One node, ready to be decided and run without looking anything up by name."""

    index: int
    id: str
    node: Node
    definition: NodeDefinition
    function: Callable[..., Any]
    inputs: tuple[InputPlan, ...]
    triggers: tuple[Source, ...]
    static_config: Mapping[str, Any]
    dynamic_config: tuple[tuple[str, Renderer, bool], ...]
    """(config field, renderer, whether the rendered value is validated)."""
    when: Compiled | bool | None
    uses_input: bool
    """An expression reads `input`."""
    given_input: Renderer | None
    """What `input` means, where the node says so itself."""
    reads: Reads
    on_error: OnError
    retry: Retry | None
    timeout: float | None
    out_ports: tuple[str, ...]
    single_port: str | None
    """The port whose value is the node's whole result, where there is one."""
    bodies: Mapping[str, GraphPlan]
    inline: bool
    """Pure, and nothing about it needs waiting for: run inside the loop."""
    kind: NodeKind
    simple: bool = False
    """Inline, and decided by its inputs alone: the loop's short way."""
    only_source: Source | None = None
    """Of a simple node with one plain input: where it comes from."""
    referenced: bool = False
    """Some expression reads it."""
    read_at_end: bool = False
    """The graph's own `outputs` read it."""
    publish: str | None = None
    dependents: tuple[int, ...] = ()
    dependencies: int = 0
    first_sources: tuple[Source, ...] = ()
    """With `join: first`, all connections into the node."""
    series: SeriesPlan | None = None
    columns: frozenset[str] = frozenset()
    """Output ports that may carry whole columns; expressions read the newest value."""
    waits_for: frozenset[int] = frozenset()
    """References and afters: settled before the node is decided, whatever `join` says."""

    @property
    def is_drawn(self) -> bool:
        """What it sees depends on when: the clock, a drawn id, or which connection was first. Journaled before it is
        used, so that it is the same after a crash."""
        return self.reads.volatile or bool(self.first_sources)

    def whole(self, ports: Mapping[str, Any]) -> Any:
        """What `nodes.x.output` reads: the value of a node with one port, else an object by port."""
        if self.columns:
            ports = {port: newest(value) if port in self.columns else value for port, value in ports.items()}
        if self.single_port is not None:
            return ports.get(self.single_port)
        return {port: ports.get(port) for port in self.out_ports} if ports else None

    def reading(self, ports: Mapping[str, Any]) -> dict[str, Any]:
        """What `nodes.x` is in expressions; dead ports read as null (semantics 2.7)."""
        if self.columns:
            ports = {port: newest(value) if port in self.columns else value for port, value in ports.items()}
        reading = {port: ports.get(port) for port in self.out_ports}
        reading["error"] = ports.get("error")
        reading["output"] = self.whole(ports)
        return reading


@dataclass(slots=True, eq=False)
class GraphPlan:
    """A graph, ready to run: the workflow's own or a container's body."""

    nodes: tuple[NodePlan, ...]
    entries: tuple[NodePlan, ...]
    sinks: tuple[NodePlan, ...]
    outputs: Renderer | None
    constant_outputs: Any
    volatile_outputs: bool
    """`outputs` read the clock or draw an id."""
    free: frozenset[str]
    """Ids of nodes of the enclosing graphs that expressions in here read."""
    waiting: tuple[int, ...] = ()
    lazy: frozenset[int] = frozenset()
    by_id: Mapping[str, NodePlan] = field(default_factory=dict[str, Any])

    @property
    def has_outputs(self) -> bool:
        return self.outputs is not None or self.constant_outputs is not None


@dataclass(slots=True, eq=False)
class Plan:
    """A compiled workflow. Made by `compile_plan`, cached by version, shared by all its runs."""

    workflow: Workflow
    version: str
    graph: GraphPlan
    roots: frozenset[str]
    secrets: frozenset[str]
    has_effects: bool
    """Some node of it touches the world."""
    has_series: bool
    """Some node of it collects what comes in, over the runs of a deployment."""
    optional_inputs: tuple[str, ...]
    triggers: tuple[str, ...]


def find_node(graph: GraphPlan, place: tuple[str, str]) -> NodePlan | None:
    """The node at (scope path, node id), in whatever iteration."""
    for part in place[0].split("/") if place[0] else ():
        name, _, body = part.partition(".")
        container = graph.by_id.get(name.partition("[")[0])
        inner = container.bodies.get(body.partition("[")[0] or "body") if container is not None else None
        if inner is None:
            return None
        graph = inner
    return graph.by_id.get(place[1])
