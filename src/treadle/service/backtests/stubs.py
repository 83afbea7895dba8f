"""Stubs: what effects come to in a backtest that does not do them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from treadle.engine.compile import compile_plan
from treadle.engine.plan import NodePlan
from treadle.engine.replaying import effects_of, plain_path
from treadle.errors import InvalidWorkflow
from treadle.model.issue import Issue, refuse
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.answer import read_outputs


def with_stubs(workflow: Workflow, stubs: Mapping[str, Any], registry: Registry) -> Workflow:
    """The workflow with each stub pinned to its node, and nothing else pinned: what stands in in tests is no part of a
    backtest. A stub is named after a node (`notify`, `each/notify`) or a type. Raises `InvalidWorkflow`
    (`unknown_stub`, `invalid_stub`) with all that fit no effect."""
    content: dict[str, Any] = workflow.model_dump(by_alias=True, exclude_unset=True)
    found = _read(workflow, stubs, registry) if stubs else {}
    if not _pin(content, found, ""):
        return workflow
    return Workflow.model_validate(content)


def _read(workflow: Workflow, stubs: Mapping[str, Any], registry: Registry) -> dict[str, Any]:
    """What each node comes to, by its path."""
    effects = effects_of(compile_plan(workflow, registry))
    found: dict[str, Any] = {}
    issues: list[Issue] = []
    for name, value in stubs.items():
        meant = [(path, node) for path, node in effects if name in (node.definition.name, path, plain_path(path))]
        if not meant:
            known = ", ".join(f"`{path}`" for path, _ in effects) or "none"
            said = f"`{workflow.name}` has no effect `{name}` to stub; its effects are {known}."
            issues.append(Issue("unknown_stub", said, path=("stubs", name), remedy="Name a node, or a type of nodes."))
        for path, node in meant:
            try:
                found[path] = _fit(node, value)
            except InvalidWorkflow as error:
                said = f"The stub `{name}` does not fit: {error.message}"
                issues.append(Issue("invalid_stub", said, path=("stubs", name), node=node.id, remedy=error.remedy))
    refuse(issues)
    return found


def _fit(node: NodePlan, value: Any) -> Any:
    """Raises `InvalidWorkflow` (`wrong_output`)."""
    read_outputs(node, value)
    return value


def _pin(graph: dict[str, Any], stubs: Mapping[str, Any], before: str) -> bool:
    """Whether anything has changed."""
    changed = False
    for node in graph.get("nodes", ()):
        path = f"{before}{node['id']}"
        changed = node.pop("pinned", stubs) is not stubs or changed
        if path in stubs:
            node["pinned"], changed = stubs[path], True
        for name, body in _bodies(node):
            inside = f"{path}/" if name == "body" else f"{path}.{name}/"
            changed = _pin(body, stubs, inside) or changed
    return changed


def _bodies(node: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in ("body", "catch", "finally"):
        if node.get(name):
            yield name, cast("dict[str, Any]", node[name])
