"""Names that other tools have for node types: who looks for one of those means ours."""

from __future__ import annotations

_OURS = {
    "cron": "trigger.schedule",
    "timer": "trigger.interval",
    "every": "trigger.interval",
    "condition": "flow.if",
    "branch": "flow.if",
    "foreach": "flow.loop",
    "for_each": "flow.loop",
    "map": "data.transform",
    "delay": "flow.wait",
    "sleep": "flow.wait",
    "catch": "flow.try",
    "human": "flow.approval",
    "subworkflow": "flow.workflow",
    "bash": "code.shell",
    "js": "code.javascript",
    "fetch": "http.request",
    "get": "http.request",
    "post": "http.request",
}


def find_ours(name: str) -> str | None:
    """The node type that `name` (`trigger.cron`, `cron`, `core.sleep`) means, if it is known from elsewhere."""
    return _OURS.get(name.rpartition(".")[2].lower().replace("-", "_"))
