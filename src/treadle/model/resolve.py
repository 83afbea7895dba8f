"""Which port every connection joins: pure, linear, shared by check and by the engine's plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from treadle.model.issue import Issue
from treadle.model.nearest import listed, suggest
from treadle.model.node_type import NodeType
from treadle.model.port import ERROR, TRIGGER, InputPort, OutputPort, PortType
from treadle.model.workflow import Connection, Graph, Node

Path = tuple[str | int, ...]


class Typed(Protocol):
    """What a catalogue holds: anything with a node type."""

    @property
    def type(self) -> NodeType: ...


class Catalogue(Protocol):
    """Where node types are found; the registry is one."""

    def find(self, name: str) -> Typed | None: ...


@dataclass(frozen=True, slots=True)
class NodePorts:
    """The ports of one node with its config.

    `trigger` is among the inputs; `error` is among the outputs when the node branches on errors. `type` is
    None when the catalogue does not know the node's type.
    """

    type: NodeType | None
    inputs: Mapping[str, InputPort]
    outputs: Mapping[str, OutputPort]

    def find_output(self, name: str) -> OutputPort | None:
        """The output called `name`; a single output also answers to `output`."""
        port = self.outputs.get(name)
        return self.single_output if port is None and name == "output" else port

    @property
    def single_output(self) -> OutputPort | None:
        """The only output beside `error`, if there is one."""
        found: OutputPort | None = None
        for port in self.outputs.values():
            if port is ERROR:
                continue
            if found is not None:
                return None
            found = port
        return found

    @property
    def data_outputs(self) -> tuple[OutputPort, ...]:
        return tuple(port for port in self.outputs.values() if port is not ERROR)


@dataclass(frozen=True, slots=True)
class ResolvedConnection:
    """A connection with both ports known. `index` is its place in the graph's list."""

    source: str
    output: str
    target: str
    input: str
    index: int


@dataclass(frozen=True, slots=True)
class Resolution:
    """`connections` in file order, without those that an issue is about; `ports` by node id."""

    connections: tuple[ResolvedConnection, ...]
    ports: Mapping[str, NodePorts]
    issues: tuple[Issue, ...]


def ports_of(nodes: Iterable[Node], catalogue: Catalogue) -> dict[str, NodePorts]:
    """The ports of every node, by id. Nodes of one type share them where config does not matter."""
    shared: dict[tuple[str, bool], NodePorts] = {}
    types: dict[str, NodeType | None] = {}
    ports: dict[str, NodePorts] = {}
    for node in nodes:
        name = node.type
        if name in types:
            type_ = types[name]
        else:
            found = catalogue.find(name)
            type_ = types[name] = found.type if found is not None else None
        if type_ is not None and (type_.inputs_for is not None or type_.outputs_for is not None):
            ports.setdefault(node.id, _ports(type_, node))
            continue
        key = (name, node.on_error == "branch")
        known = shared.get(key)
        if known is None:
            known = shared[key] = _ports(type_, node)
        ports.setdefault(node.id, known)
    return ports


def resolve(graph: Graph, catalogue: Catalogue, *, path: Path = ()) -> Resolution:
    """Give every connection of `graph` (not of bodies) its ports.

    A source without a port is the node's single output; a target without a port is the first input that is
    free and that the value fits. Connections to or from a node of unknown type keep the ports they name.
    `path` leads to the graph and begins the paths of issues.
    """
    ports = ports_of(graph.nodes, catalogue)
    issues: list[Issue] = []
    taken: dict[str, set[str]] = {}
    given: dict[str, Node] = {node.id: node for node in graph.nodes}
    for connection in graph.connections:
        if connection.input is not None:
            taken.setdefault(connection.target, set()).add(connection.input)
    resolved: list[ResolvedConnection] = []
    for index, connection in enumerate(graph.connections):
        place: Path = (*path, "connections", index)
        source, target = ports.get(connection.source), ports.get(connection.target)
        if source is None or target is None:
            for end, known, name in (("from", source, connection.source), ("to", target, connection.target)):
                if known is None:
                    issues.append(_unknown_node(name, ports, (*place, end)))
            continue
        output = _output(connection, source, target, (*place, "from"), issues)
        if output is None:
            continue
        busy = taken.setdefault(connection.target, set())
        input_ = _input(connection, output, source, target, given[connection.target], busy, (*place, "to"), issues)
        if input_ is None:
            continue
        busy.add(input_.name)
        resolved.append(ResolvedConnection(connection.source, output.name, connection.target, input_.name, index))
    return Resolution(tuple(resolved), ports, tuple(issues))


def fits(output: PortType, input_: InputPort) -> bool:
    """Whether a value of type `output` may arrive at `input_`. A list input also collects single values."""
    type_ = input_.type
    if type_.accepts(output):
        return True
    return type_.kind == "list" and (type_.item is None or type_.item.accepts(output))


def _ports(type_: NodeType | None, node: Node) -> NodePorts:
    if type_ is None:
        return NodePorts(None, {TRIGGER.name: TRIGGER}, {})
    inputs = {port.name: port for port in type_.inputs_of(node.config)}
    inputs.setdefault(TRIGGER.name, TRIGGER)
    outputs = {port.name: port for port in type_.outputs_of(node.config)}
    if node.on_error == "branch":
        outputs.setdefault(ERROR.name, ERROR)
    return NodePorts(type_, inputs, outputs)


def _output(
    connection: Connection, source: NodePorts, target: NodePorts, place: Path, issues: list[Issue]
) -> OutputPort | None:
    node, name = connection.source, connection.output
    if source.type is None:
        return OutputPort(name or "output")
    if name is not None:
        port = source.find_output(name)
        if port is None:
            issues.append(_unknown_output(node, name, source, place))
        return port
    single = source.single_output
    if single is not None:
        return single
    outputs = source.data_outputs
    if connection.input == TRIGGER.name:
        # Liveness is all a trigger wants; a port that is not a branch is live whenever the node ran.
        always = next((port for port in outputs if not port.branch), None)
        if always is not None:
            return always
    if not outputs:
        issues.append(
            Issue(
                "unknown_port",
                f"`{node}` has no output to connect.",
                place,
                remedy=f"To run `{connection.target}` later, write `after: [{node}]` on it instead.",
                node=connection.target,
            )
        )
        return None
    names = [port.name for port in outputs]
    issues.append(
        Issue(
            "ambiguous_port",
            f"`{node}` has {len(names)} outputs, so the connection must say which.",
            place,
            remedy=f"Write `{node}.{names[0]}`, or another of {listed(names)}.",
            node=connection.target,
        )
    )
    return None


def _input(
    connection: Connection,
    output: OutputPort,
    source: NodePorts,
    target: NodePorts,
    node: Node,
    taken: set[str],
    place: Path,
    issues: list[Issue],
) -> InputPort | None:
    if target.type is None:
        return InputPort(connection.input or "input")
    name = connection.input
    if name is not None:
        port = target.inputs.get(name)
        if port is None:
            known = list(target.inputs)
            message = f"`{node.id}` has no input `{name}`."
            if node.type and target.type.field_named(name) is not None:
                remedy = f"`{name}` is config: write `{{{{ nodes.{connection.source}.{output.name} }}}}` in it."
            else:
                remedy = suggest(name, known, f"Its inputs are {listed(known)}.")
            issues.append(Issue("unknown_port", message, place, remedy=remedy, node=node.id))
            return None
        if port is TRIGGER or fits(output.type, port):
            return port
    else:
        inputs = [port for port in target.inputs.values() if port is not TRIGGER]
        if not inputs:
            return TRIGGER
        fitting = [port for port in inputs if fits(output.type, port)]
        free = (p for p in fitting if p.collects or (p.name not in taken and p.name not in node.config))
        port = next(free, None)
        if port is not None:
            return port
        if fitting:
            # All are taken: branches that merge into one input, of which the first live one counts.
            return next((p for p in fitting if p.name not in node.config), fitting[0])
        port = next((p for p in inputs if p.name not in taken), inputs[0])
    issues.append(_incompatible(connection, output, port, source, place))
    return None


def _unknown_node(name: str, ports: Mapping[str, NodePorts], place: Path) -> Issue:
    remedy = suggest(name, ports, "Connect nodes of the same graph; see the ids under `nodes:`.")
    return Issue("unknown_node", f"There is no node `{name}` here to connect.", place, remedy=remedy)


def _unknown_output(node: str, name: str, source: NodePorts, place: Path) -> Issue:
    known = list(source.outputs)
    if name == ERROR.name:
        remedy = f"Set `on_error: branch` on `{node}` to have it."
    elif not known:
        remedy = f"It has no outputs; write `after: [{node}]` on the other node instead."
    else:
        remedy = suggest(name, known, f"Its outputs are {listed(known)}.")
    return Issue("unknown_port", f"`{node}` has no output `{name}`.", place, remedy=remedy, node=node)


def _incompatible(connection: Connection, output: OutputPort, port: InputPort, source: NodePorts, place: Path) -> Issue:
    start, end = f"{connection.source}.{output.name}", f"{connection.target}.{port.name}"
    between = "data.parse" if output.type.kind in ("text", "bytes") else "data.transform"
    other = next((p.name for p in source.data_outputs if p is not output and fits(p.type, port)), None)
    instead = f", or connect `{connection.source}.{other}`" if other is not None else ""
    return Issue(
        "incompatible_ports",
        f"Cannot connect `{start}` to `{end}`: the output carries {carried(output.type)}, "
        f"the input takes {carried(port.type)}.",
        place,
        remedy=f"Put `{between}` between them{instead}.",
        node=connection.target,
    )


def carried(type_: PortType) -> str:
    """A port type in a sentence: text, a number, a list of texts."""
    if type_.kind in ("text", "any", "bytes", "null", "candles"):
        return {"any": "anything", "null": "nothing"}.get(type_.kind, type_.kind)
    return f"{'an' if type_.name[0] in 'aeiou' else 'a'} {type_.name}"
