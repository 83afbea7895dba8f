"""The workflow: frozen data, the only form the rest of Treadle knows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, JsonValue

from treadle.model.duration import Duration
from treadle.model.policy import Frozen, Join, OnError, Retry, Settings

_LATER_SETTINGS = ("retry_budget",)
"""Settings that versions made before there were any do not have: unset, they change no version."""
NODE_ID = r"^[A-Za-z_][A-Za-z0-9_-]*$"


class Position(Frozen):
    """Where the node stands on the canvas, in canvas units; of a container, also how large it is and whether its bodies
    are hidden."""

    x: float
    y: float
    width: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    height: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    collapsed: bool = False


class Group(Frozen):
    """Nodes of one graph that are drawn together on the canvas."""

    id: str = Field(pattern=NODE_ID, max_length=100, description="What tells it from the other groups of its graph.")
    title: str | None = Field(default=None, description="A name for people.")
    nodes: tuple[str, ...] = Field(
        default=(), description="Ids of nodes of the same graph. A node is in one group at most."
    )
    color: str | None = Field(
        default=None, pattern=r"^[#A-Za-z0-9-]*$", max_length=40, description="Its colour on the canvas."
    )
    collapsed: bool = Field(default=False, description="Drawn as one.")


class Connection(Frozen):
    """Carries a value and liveness from an output to an input. A port that is None is found by `resolve`."""

    source: str
    target: str
    output: str | None = None
    input: str | None = None


class Node(Frozen):
    """One node of a graph."""

    id: str = Field(pattern=NODE_ID, max_length=100)
    type: str
    title: str | None = None
    config: Mapping[str, JsonValue] = {}
    input: JsonValue = Field(
        default=None,
        description="What `input` means in this node's expressions, and the value of its first input when unconnected.",
    )
    body: Graph | None = None
    catch: Graph | None = None
    finally_: Graph | None = Field(default=None, alias="finally")
    after: tuple[str, ...] = ()
    when: str | bool | None = None
    join: Join = "any"
    lazy: bool = False
    retry: Retry | None = None
    timeout: Duration | None = None
    on_error: OnError = "fail"
    cache: Duration | None = None
    disabled: bool = False
    pinned: JsonValue = None
    note: str | None = None
    position: Position | None = None
    publish: str | None = Field(default=None, description="Also publishes the result as `{{ name }}`.")

    @property
    def has_input(self) -> bool:
        """Whether `input` was given; null is a value too."""
        return "input" in self.model_fields_set

    @property
    def has_pin(self) -> bool:
        return "pinned" in self.model_fields_set

    @property
    def bodies(self) -> Iterator[tuple[str, Graph]]:
        """(`body` | `catch` | `finally`, graph) of a container node."""
        for name, graph in (("body", self.body), ("catch", self.catch), ("finally", self.finally_)):
            if graph is not None:
                yield name, graph


class Graph(Frozen):
    """Nodes and the connections between them; a workflow's own, or the body of a container."""

    nodes: tuple[Node, ...] = ()
    connections: tuple[Connection, ...] = ()
    outputs: JsonValue = Field(
        default=None, description="An expression or an object of expressions; default: what nothing follows."
    )
    groups: tuple[Group, ...] = ()

    @property
    def has_outputs(self) -> bool:
        return "outputs" in self.model_fields_set and self.outputs is not None

    def find_node(self, node_id: str) -> Node | None:
        return next((node for node in self.nodes if node.id == node_id), None)

    def walk(self) -> Iterator[Node]:
        """Every node, those inside bodies too, containers before their content."""
        for node in self.nodes:
            yield node
            for _, graph in node.bodies:
                yield from graph.walk()


class Workflow(Graph):
    """A workflow as loaded from any surface. `form` is how it was written, and is kept when saved."""

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)
    id: str | None = None
    title: str | None = None
    description: str | None = None
    tags: tuple[str, ...] = ()
    inputs: Mapping[str, Mapping[str, JsonValue]] = Field(
        default={},
        description="JSON Schema per input; one without `default` and not `required: false` must be given.",
    )
    settings: Settings = Settings()
    form: Literal["nodes", "steps"] = "nodes"

    @cached_property
    def version(self) -> str:
        """Twelve hex digits that change with anything that changes what a run does (not titles, notes, positions,
        groups)."""
        content = self.model_dump(mode="json", by_alias=True, exclude={"title", "description", "tags", "form", "id"})
        _drop(content, {"position", "note", "title"})
        for name in _LATER_SETTINGS:
            if content["settings"][name] is None:
                del content["settings"][name]
        return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()[:12]


def content_of(graph: Graph) -> dict[str, Any]:
    """All of a graph that changes what a run does, as JSON values."""
    content = graph.model_dump(mode="json", by_alias=True)
    _drop(content, {"position", "note", "title"})
    return content


def _drop(graph: dict[str, Any], keys: set[str]) -> None:
    """Leave out what is looks: the groups, and these keys of nodes."""
    graph.pop("groups", None)
    for node in graph["nodes"]:
        for key in keys:
            node.pop(key, None)
        for body in ("body", "catch", "finally"):
            if node.get(body):
                _drop(node[body], keys)


Node.model_rebuild()
Graph.model_rebuild()
