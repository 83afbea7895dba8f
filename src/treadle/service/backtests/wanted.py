"""What somebody wants tested, as it is sent, kept and handed to the process that does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from treadle.model.issue import Issue, refuse
from treadle.model.nearest import suggest
from treadle.model.workflow import Workflow

KINDS = ("walk_forward", "sweep", "monte_carlo")


@dataclass(frozen=True, slots=True)
class Wanted:
    """`body` is the JSON of it; see `StartBacktest` of the API for what each of its fields means."""

    workflow: str
    body: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """Of several things that it asks for, the one that says most of what is found."""
        return next((kind for kind in KINDS if self.body.get(kind)), "backtest")

    @property
    def version(self) -> str | None:
        return self.body.get("version")

    @property
    def graph(self) -> Mapping[str, Any] | None:
        return self.body.get("graph")

    @property
    def data(self) -> list[tuple[str, str]]:
        """Symbols and sources, in order."""
        return [(one.get("symbol") or "*", one["source"]) for one in self.body.get("data", ())]

    def field(self, name: str) -> Mapping[str, Any]:
        return self.body.get(name) or {}

    def time(self, name: str) -> datetime | None:
        found = self.body.get(name)
        return None if found is None else datetime.fromisoformat(found)


def read_wanted(body: Mapping[str, Any]) -> Wanted:
    """Of the body of a request, without what it leaves open."""
    return Wanted(str(body["workflow"]), {name: value for name, value in body.items() if value is not None})


def with_settings(workflow: Workflow, changes: Mapping[str, Any]) -> Workflow:
    """The workflow with other settings of its nodes (`node.field`). Raises `InvalidWorkflow` (`unknown_node`) with all
    that name no node."""
    if not changes:
        return workflow
    content: dict[str, Any] = workflow.model_dump(by_alias=True, exclude_unset=True)
    nodes = {node["id"]: node for node in content["nodes"]}
    issues: list[Issue] = []
    for name, value in changes.items():
        node, mark, setting = name.partition(".")
        if not mark or node not in nodes:
            said = f"`{name}` names no setting: there is no node `{node}`."
            remedy = suggest(node, list(nodes), "Write `node.field`.")
            issues.append(Issue("unknown_node", said, path=("set", name), remedy=remedy))
            continue
        nodes[node]["config"] = {**nodes[node].get("config", {}), setting: value}
    refuse(issues)
    return type(workflow).model_validate(content)
