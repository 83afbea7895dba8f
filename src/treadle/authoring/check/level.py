"""A level: one graph of a workflow with what can be named in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from treadle.model.issue import Issue
from treadle.model.resolve import NodePorts, Path, Resolution
from treadle.model.workflow import Graph, Node

ROOTS = frozenset({"workflow", "run", "nodes", "state", "params", "env", "secrets"})
"""What every expression may name; `input` only those of nodes."""


@dataclass(eq=False)
class Level:
    """The workflow's own graph or a body.

    `names` are the roots its containers add; `before` collects, per node, those of this level it waits for.
    """

    graph: Graph
    path: Path
    resolution: Resolution
    above: Level | None = None
    owner: str | None = None
    names: frozenset[str] = frozenset()
    nodes: dict[str, Node] = field(default_factory=dict[str, Node])
    published: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    before: dict[str, dict[str, None]] = field(default_factory=dict[str, dict[str, None]])

    def __post_init__(self) -> None:
        for node in self.graph.nodes:
            if node.id not in self.nodes:
                self.nodes[node.id] = node
                self.before[node.id] = {}
            if node.publish is not None:
                self.published.setdefault(node.publish, []).append(node.id)

    @cached_property
    def filled(self) -> frozenset[tuple[str, str | None]]:
        """(node, input) of every connection; (node, None) where one that has an issue names no input."""
        resolved = {item.index for item in self.resolution.connections}
        pairs: set[tuple[str, str | None]] = {(item.target, item.input) for item in self.resolution.connections}
        pairs |= {(c.target, c.input) for i, c in enumerate(self.graph.connections) if i not in resolved}
        return frozenset(pairs)

    def chain(self) -> Iterator[Level]:
        """This level and those around it, from the inside out."""
        level: Level | None = self
        while level is not None:
            yield level
            level = level.above

    def ports(self, node: str) -> NodePorts:
        return self.resolution.ports[node]

    def find(self, node: str) -> Level | None:
        """The nearest level in which `node` can be seen from here."""
        return next((level for level in self.chain() if node in level.nodes), None)

    def publishers(self, name: str) -> list[str]:
        for level in self.chain():
            if name in level.published:
                return level.published[name]
        return []

    @property
    def all_published(self) -> set[str]:
        return {name for level in self.chain() for name in level.published}

    def waits(self, node: str | None, for_: str) -> None:
        """Note that `node` waits for `for_`; where that stands further out, its container waits instead."""
        dependent, level = node, self
        while level is not None and dependent is not None:
            if for_ in level.nodes:
                level.before[dependent][for_] = None
                return
            dependent, level = level.owner, level.above


@dataclass(eq=False)
class Findings:
    """The issues found so far, and which containers each node id stands in."""

    issues: list[Issue] = field(default_factory=list[Issue])
    homes: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def error(self, code: str, message: str, path: Path, remedy: str, node: str | None = None) -> None:
        self.issues.append(Issue(code, message, path, remedy=remedy, node=node))

    def warn(self, code: str, message: str, path: Path, remedy: str, node: str | None = None) -> None:
        self.issues.append(Issue(code, message, path, remedy=remedy, severity="warning", node=node))
