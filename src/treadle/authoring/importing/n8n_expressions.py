"""n8n's expressions, `={{ $json.price }}`, in our words; what has no such words stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

_TEMPLATE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_JSON = re.compile(r"\$json\b")
_NODE = re.compile(
    r"""\$(?:node\[\s*["']([^"']+)["']\s*\]|\(\s*["']([^"']+)["']\s*\))(?:\.(?:item|first\(\)|last\(\)))?\.json\b"""
)
_FOREIGN = re.compile(
    r"\$[A-Za-z_(]|=>|\bnew\b|\bJSON\b|\bMath\b|\.(map|filter|reduce|toLowerCase|toUpperCase|toISO\w*)\("
)
_NODE_MARK = "\0"


def translate(value: Any) -> Any:
    """A parameter as config has it. Names of nodes become ids in `rename`."""
    if isinstance(value, dict):
        return {key: translate(inner) for key, inner in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [translate(inner) for inner in cast("list[Any]", value)]
    if not isinstance(value, str) or not value.startswith("="):
        return value
    return _TEMPLATE.sub(lambda found: "{{ " + _expression(found[1].strip()) + " }}", value[1:])


def _expression(text: str) -> str:
    text = _NODE.sub(lambda found: f"nodes.{_NODE_MARK}{found[1] or found[2]}{_NODE_MARK}.output", text)
    text = _JSON.sub("input.value", text)
    text = re.sub(r"\$now\b", "now()", re.sub(r"\$today\b", "today()", text))
    return re.sub(r"\$execution\.id\b", "run.id", re.sub(r"\$workflow\.name\b", "workflow.name", text))


def rename(value: Any, ids: Mapping[str, str], port: Callable[[str], str]) -> Any:
    """`value` with the ids of nodes in the place of their names, and the port that is meant by their data."""
    if isinstance(value, dict):
        return {key: rename(inner, ids, port) for key, inner in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [rename(inner, ids, port) for inner in cast("list[Any]", value)]
    if not isinstance(value, str):
        return value

    def named(found: re.Match[str]) -> str:
        id_ = ids.get(found[1])
        return f"nodes.{id_}.{port(id_)}" if id_ is not None else found[0]

    return re.sub(f"nodes\\.{_NODE_MARK}([^{_NODE_MARK}]+){_NODE_MARK}\\.output", named, value).replace(_NODE_MARK, "")


def is_foreign(value: Any) -> bool:
    """Whether something in an expression is still n8n's (JavaScript, or `$` names that we do not have)."""
    if isinstance(value, dict):
        return any(is_foreign(inner) for inner in cast("dict[str, Any]", value).values())
    if isinstance(value, list):
        return any(is_foreign(inner) for inner in cast("list[Any]", value))
    return isinstance(value, str) and any(_FOREIGN.search(found) for found in _TEMPLATE.findall(value))
