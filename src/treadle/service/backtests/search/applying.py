"""A variant: the same backtest with other values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from treadle.model.workflow import Workflow
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.search.evaluator import Variant


def split(name: str, workflow: Workflow) -> tuple[str | None, str]:
    """(node, field) of `node.field`, (None, name) of `input.name`. An input wins over a node that is called `input`."""
    node, _, field = name.partition(".")
    if node == "input" and (field in workflow.inputs or workflow.find_node("input") is None):
        return None, field
    return node, field


def with_values(request: BacktestRequest, values: Variant) -> BacktestRequest:
    """The request with these settings of nodes and inputs, which are known to be there."""
    given: dict[str, Any] = {}
    settings: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        node, field = split(name, request.workflow)
        if node is None:
            given[field] = value
        else:
            settings.setdefault(node, {})[field] = value
    changed = replace(request, input={**request.input, **given}) if given else request
    return replace(changed, workflow=_configured(request.workflow, settings)) if settings else changed


def _configured(workflow: Workflow, settings: Mapping[str, Mapping[str, Any]]) -> Workflow:
    content: dict[str, Any] = workflow.model_dump(by_alias=True, exclude_unset=True)
    for node in content["nodes"]:
        if node["id"] in settings:
            node["config"] = {**node.get("config", {}), **settings[node["id"]]}
    return Workflow.model_validate(content)
