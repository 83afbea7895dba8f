"""An answer to what is in doubt: which node it is about, and what it says came out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from treadle.engine.plan import NodePlan, Plan
from treadle.errors import InvalidWorkflow, NotFound


def find_node(plan: Plan, path: str) -> NodePlan:
    """The node at a path as runs show it (`each[2]/send`). Raises `NotFound`."""
    graph = plan.graph
    *containers, node_id = path.split("/")
    for part in containers:
        name, _, body = part.partition(".")
        container = graph.by_id.get(name.partition("[")[0])
        inner = container.bodies.get(body.partition("[")[0] or "body") if container is not None else None
        if inner is None:
            raise _unknown(plan, path)
        graph = inner
    node = graph.by_id.get(node_id)
    if node is None:
        raise _unknown(plan, path)
    return node


def read_outputs(node: NodePlan, output: Any) -> dict[str, Any]:
    """The live ports of `node` by name, when `output` is what it came to. Raises `InvalidWorkflow` (`wrong_output`)."""
    if node.single_port is not None:
        return {node.single_port: output}
    given = dict(cast("Mapping[str, Any]", output)) if isinstance(output, Mapping) else None
    if given is None or not given.keys() <= set(node.out_ports):
        ports = ", ".join(f"`{port}`" for port in node.out_ports) or "none"
        raise InvalidWorkflow(
            f"The output of `{node.id}` is an object of its output ports ({ports}), not {output!r:.100}.",
            code="wrong_output",
            remedy="Give the value of each port that is live, by its name.",
        )
    return given


def _unknown(plan: Plan, path: str) -> NotFound:
    return NotFound(
        f"There is no node `{path}` in `{plan.workflow.name}`.",
        code="unknown_node",
        remedy="Write its path as `treadle status` shows it.",
    )
