"""Nodes that can never run, whatever happens."""

from __future__ import annotations

from treadle.authoring.check.level import Findings, Level
from treadle.model.port import TRIGGER


def check_reach(level: Level, order: list[str], findings: Findings) -> None:
    """Warn of each node that nothing can bring to run, saying why. `order` is the level's order of nodes."""
    incoming: dict[str, dict[str, list[str]]] = {}
    for connection in level.resolution.connections:
        incoming.setdefault(connection.target, {}).setdefault(connection.input, []).append(connection.source)
    index = {node.id: place for place, node in reversed(list(enumerate(level.graph.nodes)))}
    never: dict[str, str] = {}
    ends: set[str] = set()
    for id_ in order:
        node = level.nodes[id_]
        if node.disabled:
            never[id_] = f"`{id_}` is disabled"
            continue
        if node.when is False:
            never[id_] = f"`when` of `{id_}` is false"
            continue
        reason = _why_never(level, id_, incoming.get(id_, {}), never, ends)
        if reason is not None:
            never[id_] = reason
            findings.warn(
                "unreachable_node",
                f"`{id_}` can never run: {reason}.",
                (*level.path, "nodes", index[id_]),
                "Connect it to something that can run, or remove it.",
                id_,
            )
        elif _always_ends(level, id_, incoming.get(id_, {}), ends):
            ends.add(id_)


def _why_never(
    level: Level, id_: str, incoming: dict[str, list[str]], never: dict[str, str], ends: set[str]
) -> str | None:
    node = level.nodes[id_]
    if node.has_pin:
        return None
    for other in node.after:
        if other in ends:
            return f"`{other}` ends the run before it"
    ports = level.ports(id_)
    for name, sources in incoming.items():
        port = ports.inputs.get(name)
        needed = name == TRIGGER.name or (port is not None and port.required and name not in node.config)
        dead = [source for source in sources if source in never and not level.nodes[source].has_pin]
        if needed and (len(dead) == len(sources) or (name == TRIGGER.name and node.join == "all" and dead)):
            return never[dead[0]]
    return None


def _always_ends(level: Level, id_: str, incoming: dict[str, list[str]], ends: set[str]) -> bool:
    """Whether the run is over once `id_` is settled: a stop that nothing can skip, or a node after one."""
    node = level.nodes[id_]
    return node.type == "flow.stop" and node.when is None and not incoming
