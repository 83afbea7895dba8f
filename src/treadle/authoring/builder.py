"""The fluent builder: a workflow written in Python, the same graph as in YAML and on the canvas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, Self

from treadle.authoring.reading import Reading
from treadle.authoring.workflow_form import read_workflow
from treadle.errors import InvalidWorkflow
from treadle.model.workflow import Workflow
from treadle.node.definition import NodeDefinition
from treadle.node.registry import Registry

Handler = Callable[..., Any]
StepType = str | NodeDefinition

_TYPE_NAMES: dict[Any, str] = {
    str: "string",
    int: "integer",
    float: "number",
    Decimal: "number",
    bool: "boolean",
    list: "array",
    dict: "object",
}

STEP_EVENTS = ("step_start", "step_complete", "step_error")
WORKFLOW_EVENTS = ("workflow_start", "workflow_complete", "workflow_error")


@dataclass(frozen=True)
class Step:
    """A step that is not yet in a list: a branch of `parallel`, the body of `loop`."""

    type: StepType
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])


def step(type: StepType, **fields: Any) -> Step:
    """A step for use inside another: `td.step("data.template", template="…")`."""
    return Step(type, fields)


class WorkflowBuilder:
    """Steps run from top to bottom, each after the one before; `build` gives the workflow.

    Node types may be named or given as the decorated function itself. Fields beside the common ones (`when`, `retry`,
    `timeout`, `on_error`, `input`, …) are the node's config. Names that are Python keywords take a trailing `_`.
    """

    def __init__(self, name: str, *, inputs: Mapping[str, Any] | None = None, **fields: Any) -> None:
        self.name = name
        self.definitions: dict[str, NodeDefinition] = {}
        self.handlers: dict[str, list[tuple[str | None, Handler]]] = {}
        self._fields: dict[str, Any] = {"name": name, **fields}
        if inputs:
            self._fields["inputs"] = {key: _input(value) for key, value in inputs.items()}
        self._steps: list[dict[str, Any]] = []
        self._nodes: list[dict[str, Any]] = []
        self._connections: list[dict[str, str]] = []

    # Steps

    def step(self, id: str, type: StepType, **fields: Any) -> Self:
        """Add a step."""
        self._steps.append({"id": id, "type": self._name_of(type), **_plain(fields)})
        return self

    def parallel(
        self,
        id: str,
        *,
        until: Literal["all", "first"] = "all",
        max_concurrency: int | None = None,
        fail_fast: bool = False,
        **branches: Step | StepType,
    ) -> Self:
        """Run branches side by side; the output is an object by branch name. With `until="first"` they race: the output
        is that of the first to complete, `winner` is its name, and the others are cancelled."""
        steps = [self._inner(name, branch) for name, branch in branches.items()]
        fields: dict[str, Any] = {"fail_fast": fail_fast, "steps": steps}
        if until != "all":
            fields["until"] = until
        if max_concurrency is not None:
            fields["max_concurrency"] = max_concurrency
        return self.step(id, "parallel", **fields)

    def loop(self, id: str, items: Any, body: Step | StepType, **fields: Any) -> Self:
        """Run `body` for each item; it sees `loop.item` and `loop.index`. The output is the list of results."""
        return self.step(id, "loop", items=items, step=self._inner(f"{id}-item", body), **fields)

    def when(self, id: str, condition: str, *, then: str, orelse: str | None = None) -> Self:
        """Choose one of two later steps by a condition."""
        fields = {"condition": condition, "then": then}
        if orelse is not None:
            fields["else"] = orelse
        return self.step(id, "conditional", **fields)

    def switch(self, id: str, value: Any, cases: Mapping[str, str], *, default: str | None = None) -> Self:
        """Choose a later step by a value."""
        fields: dict[str, Any] = {"value": value, "cases": dict(cases)}
        if default is not None:
            fields["default"] = default
        return self.step(id, "switch", **fields)

    # Nodes and connections

    def node(self, id: str, type: StepType, **config: Any) -> Self:
        """Add a node to a workflow of nodes and connections. `after`, `when`, `retry` and the like are its settings."""
        common = {key: config.pop(key) for key in list(config) if key in _COMMON}
        self._nodes.append({"id": id, "type": self._name_of(type), "config": _plain(config), **_plain(common)})
        return self

    def connect(self, source: str, target: str) -> Self:
        """Connect `node.port` (or `node`) to `node.port` (or `node`)."""
        self._connections.append({"from": source, "to": target})
        return self

    def output(self, value: Any) -> Self:
        """What the run gives: an expression, or an object of expressions."""
        self._fields["outputs"] = value
        return self

    def settings(self, **settings: Any) -> Self:
        self._fields["settings"] = {**self._fields.get("settings", {}), **settings}
        return self

    # Handlers

    def on_step_start(self, id: str | Handler, handler: Handler | None = None) -> Self:
        """Call `handler(step)` before a node's attempt. Raising fails the attempt."""
        return self._on("step_start", id, handler)

    def on_step_complete(self, id: str | Handler, handler: Handler | None = None) -> Self:
        """Call `handler(step, output)`; it may return `Replace(output)`."""
        return self._on("step_complete", id, handler)

    def on_step_error(self, id: str | Handler, handler: Handler | None = None) -> Self:
        """Call `handler(step, failure)`; it may return `Replace(output)` to recover, or raise another error."""
        return self._on("step_error", id, handler)

    def on_workflow_start(self, handler: Handler) -> Self:
        return self._on("workflow_start", handler, None)

    def on_workflow_complete(self, handler: Handler) -> Self:
        return self._on("workflow_complete", handler, None)

    def on_workflow_error(self, handler: Handler) -> Self:
        """Call `handler(result, failure)` when the run has failed or was cancelled."""
        return self._on("workflow_error", handler, None)

    def _on(self, event: str, first: str | Handler, handler: Handler | None) -> Self:
        if isinstance(first, str):
            if handler is None:
                raise TypeError(f"on_{event}({first!r}, …) needs a handler")
            self.handlers.setdefault(event, []).append((first, handler))
        else:
            self.handlers.setdefault(event, []).append((None, first))
        return self

    # Building

    def document(self) -> dict[str, Any]:
        """The workflow as a file would hold it."""
        if self._steps and self._nodes:
            raise InvalidWorkflow(f"`{self.name}` has both steps and nodes.", remedy="Use `step` or `node`, not both.")
        fields = dict(self._fields)
        if self._steps:
            outputs = fields.pop("outputs", None)
            return {**fields, "steps": self._steps, **({} if outputs is None else {"output": outputs})}
        return {**fields, "nodes": self._nodes, "connections": self._connections}

    def registry(self, registry: Registry | None = None) -> Registry:
        """`registry` (default: what is installed) and the node types this workflow was given as functions."""
        return (registry or Registry.installed()).with_definitions(*self.definitions.values())

    def build(self, registry: Registry | None = None) -> Workflow:
        """The workflow. Raises `InvalidWorkflow` with every problem of its form; `check` finds the rest."""
        reading = Reading(self.registry(registry))
        workflow = read_workflow(reading, self.document(), ())
        issues = tuple(reading.issues)
        if workflow is None or any(issue.severity == "error" for issue in issues):
            first = issues[0].message if issues else "it could not be read"
            raise InvalidWorkflow(f"`{self.name}` cannot be built: {first}", issues=issues)
        return workflow

    def _name_of(self, type: StepType) -> str:
        if isinstance(type, str):
            return type
        self.definitions[type.name] = type
        return type.name

    def _inner(self, id: str, branch: Step | StepType) -> dict[str, Any]:
        item = branch if isinstance(branch, Step) else Step(branch)
        return {"id": id, "type": self._name_of(item.type), **_plain(item.fields)}


_COMMON = {
    "after", "when", "join", "lazy", "retry", "timeout", "on_error", "cache", "disabled", "pinned", "note", "position",
    "title", "input", "body", "catch",
}  # fmt: skip


def workflow(name: str, *, inputs: Mapping[str, Any] | None = None, **fields: Any) -> WorkflowBuilder:
    """Begin a workflow. `inputs` maps names to Python types, type names or JSON Schemas."""
    return WorkflowBuilder(name, inputs=inputs, **fields)


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key.rstrip("_") if key.endswith("_") else key: value for key, value in fields.items()}


def _input(value: Any) -> Any:
    return _TYPE_NAMES.get(value, value) if isinstance(value, type) else value
