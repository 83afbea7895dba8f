"""The structural check: every problem of a workflow that loading could not see."""

from __future__ import annotations

from treadle.authoring.check.expression import ExpressionCheck, Place
from treadle.authoring.check.level import Findings, Level
from treadle.authoring.check.node import NodeCheck
from treadle.authoring.check.order import check_order
from treadle.authoring.check.reach import check_reach
from treadle.authoring.tree import Path
from treadle.model.issue import Issue, ValidationResult
from treadle.model.nearest import suggest
from treadle.model.resolve import resolve
from treadle.model.workflow import Graph, Node, Workflow
from treadle.node.definition import NodeDefinition
from treadle.node.registry import Registry


def check(workflow: Workflow, catalogue: Registry) -> ValidationResult:
    """Everything wrong with `workflow`, its bodies included; linear in its size.

    Paths lead through the model (`nodes`, index, `body`, …); a `Document` places them in its file.
    """
    return ValidationResult(tuple(_Check(workflow, catalogue).run()))


class _Check:
    def __init__(self, workflow: Workflow, registry: Registry) -> None:
        self.workflow = workflow
        self.registry = registry
        self.findings = Findings()
        self.expressions = ExpressionCheck(workflow, self.findings)
        self.nodes = NodeCheck(registry, self.expressions, self.findings)

    def run(self) -> list[Issue]:
        self._note_homes(self.workflow, ())
        self._graph(self.workflow, (), None, None, frozenset())
        return self.findings.issues

    def _note_homes(self, graph: Graph, containers: tuple[str, ...]) -> None:
        """Where each id stands: the outermost container is what the rest of the workflow can read."""
        for node in graph.nodes:
            if containers:
                self.findings.homes.setdefault(node.id, list(containers))
            for _, body in node.bodies:
                self._note_homes(body, (*containers, node.id))

    def _graph(self, graph: Graph, path: Path, above: Level | None, owner: str | None, names: frozenset[str]) -> None:
        resolution = resolve(graph, self.registry, path=path)
        level = Level(graph, path, resolution, above, owner, names)
        self.findings.issues.extend(resolution.issues)
        self._unique_ids(level)
        # Also connections between ports that do not fit order their nodes.
        for connection in graph.connections:
            if connection.source in level.nodes and connection.target in level.nodes:
                level.before[connection.target][connection.source] = None
        for index, node in enumerate(graph.nodes):
            place: Path = (*path, "nodes", index)
            definition = self.nodes.check(node, level, place)
            self._bodies(node, definition, level, place)
        if graph.has_outputs:
            self.expressions.templates(graph.outputs, Place(level, (*path, "outputs")))
        self._groups(level)
        check_reach(level, check_order(level, self.findings), self.findings)

    def _unique_ids(self, level: Level) -> None:
        seen: set[str] = set()
        for index, node in enumerate(level.graph.nodes):
            outer = level.above.find(node.id) if level.above is not None else None
            if node.id in seen or outer is not None:
                where = "around this body" if outer is not None and node.id not in seen else "in this graph"
                self.findings.error(
                    "duplicate_id",
                    f"There is already a node `{node.id}` {where}.",
                    (*level.path, "nodes", index, "id"),
                    "Give each its own id.",
                    node.id,
                )
            seen.add(node.id)

    def _groups(self, level: Level) -> None:
        """What is wrong in how a graph looks keeps nobody from running it."""
        homes: dict[str, str] = {}
        ids: set[str] = set()
        for index, group in enumerate(level.graph.groups):
            path: Path = (*level.path, "groups", index)
            if group.id in ids:
                message = f"There is already a group `{group.id}` in this graph."
                self.findings.warn("duplicate_id", message, (*path, "id"), "Give each its own id.")
            ids.add(group.id)
            for at, name in enumerate(group.nodes):
                place: Path = (*path, "nodes", at)
                if name not in level.nodes:
                    message = f"The group `{group.id}` names `{name}`, which is no node of this graph."
                    remedy = suggest(name, level.nodes, "Take it out of the group.")
                    self.findings.warn("unknown_node", message, place, remedy)
                elif name in homes:
                    message = f"`{name}` is in the group `{homes[name]}` already."
                    self.findings.warn("duplicate_id", message, place, "Keep it in one of them.", name)
                homes.setdefault(name, group.id)

    def _bodies(self, node: Node, definition: NodeDefinition | None, level: Level, path: Path) -> None:
        type_ = definition.type if definition is not None else None
        if type_ is not None and "body" in type_.bodies and (node.body is None or not node.body.nodes):
            message = f"`{node.id}` has no body to run."
            remedy = "Add `body: {nodes: […]}`, or `steps:` in the steps form."
            self.findings.error("missing_body", message, path, remedy, node.id)
        for name, body in node.bodies:
            if type_ is not None and name not in type_.bodies:
                message = f"`{node.type}` takes no `{name}`."
                remedy = (
                    "Use a container such as `flow.sequence` for what is inside." if not type_.bodies else "Remove it."
                )
                self.findings.error("unexpected_body", message, (*path, name), remedy, node.id)
            names = type_.body_roots if type_ is not None else frozenset({"loop"})
            self._graph(body, (*path, name), level, node.id, level.names | names)
