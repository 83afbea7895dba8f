"""What to run, in one shape for every surface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from treadle.engine.handlers import Handlers
from treadle.errors import InvalidWorkflow, NotFound
from treadle.model.breakpoints import Breakpoints
from treadle.model.ids import RunId
from treadle.model.nearest import listed
from treadle.model.policy import Mode
from treadle.model.workflow import Workflow


@dataclass(frozen=True, slots=True)
class ExecutionRequest:
    """A workflow (or the name of a stored one) and what to run it with.

    `source` is the file's text, kept with the version. `profiles` name the credentials that count
    before all others. `trigger` names the trigger node that fires, with `fired` as
    what it brings. `run_id` and `at` (aware UTC) are for runs whose id and time are known before they start. `version`
    says which of a stored workflow's versions; without it, the latest. `beside` are the other workflows of the file and
    their texts, kept too: the run may start them. In `test` mode `pinned` are outputs (by path) that stand in
    for running nodes, and with `breakpoints` the run may be debugged. Where nobody owns the workflow, the run is on the
    `account` of this user; None: of who asks. Live, what it puts at stake is to be confirmed in words (`confirm`),
    unless what has started it was (`is_confirmed`).
    """

    workflow: Workflow | str
    input: Mapping[str, Any] = field(default_factory=dict[str, Any])
    mode: Mode = "live"
    source: str | None = None
    trigger: str | None = None
    fired: Any = None
    deployment: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    profiles: tuple[str, ...] = ()
    handlers: Handlers | None = None
    run_id: RunId | None = None
    at: datetime | None = None
    version: str | None = None
    beside: tuple[tuple[Workflow, str | None], ...] = ()
    pinned: Mapping[str, Any] = field(default_factory=dict[str, Any])
    account: str | None = None
    breakpoints: Breakpoints | None = None
    confirm: str | None = None
    is_confirmed: bool = False


def pin(workflow: Workflow, outputs: Mapping[str, Any], *, mode: Mode) -> Workflow:
    """The workflow with `outputs` (by path: `fetch`, `each/send`) as what those nodes come to, without being run.

    Raises `InvalidWorkflow` (`pins_need_test_mode`), `NotFound` (`unknown_node`).
    """
    if mode != "test":
        raise InvalidWorkflow(
            "Outputs are pinned, and the run is not to be a test.",
            code="pins_need_test_mode",
            remedy="Say `mode: test`: in any other, what a node comes to is what it came to.",
        )
    content: dict[str, Any] = workflow.model_dump(by_alias=True, exclude_unset=True)
    for path, output in outputs.items():
        node = _find(content, path)
        if node is None:
            raise NotFound(
                f"There is no node `{path}` in `{workflow.name}`.",
                code="unknown_node",
                remedy=f"Its nodes are {listed([one.id for one in workflow.nodes])}.",
            )
        node["pinned"] = output
    return Workflow.model_validate(content)


def _find(graph: Mapping[str, Any], path: str) -> dict[str, Any] | None:
    name, _, rest = path.partition("/")
    for node in graph.get("nodes", ()):
        if node["id"] != name:
            continue
        if not rest:
            return node
        bodies = (node[body] for body in ("body", "catch", "finally") if node.get(body))
        return next((found for body in bodies if (found := _find(body, rest)) is not None), None)
    return None
