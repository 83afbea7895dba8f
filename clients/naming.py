"""What an operation is called in the clients: `publishWorkflow` under `/workflows` is `workflows.publish`.

The names are worked out here, once, and written to `methods.json`: both clients are built from it, and a change of a
name is seen in its difference.
"""

from __future__ import annotations

import re
from typing import Any

STREAM = "text/event-stream"
_METHODS = ("get", "post", "put", "patch", "delete")
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


def name_methods(document: dict[str, Any]) -> dict[str, dict[str, dict[str, Any]]]:
    """Group → method → what it calls. Raises `ValueError` when two operations would have one name."""
    tags = {_snake(tag["name"]) for tag in document.get("tags", [])}
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method not in _METHODS:
                continue
            kind = _kind_of(operation, document)
            call = {"operation": operation["operationId"], "method": method.upper(), "path": path, "kind": kind}
            found.setdefault(_name(call, operation, tags), []).append(call)
    groups: dict[str, dict[str, dict[str, Any]]] = {}
    for (group, name), calls in sorted(found.items()):
        methods = groups.setdefault(group, {})
        for call in calls:
            # Of `moveRun` and `moveRuns`, the one that takes several is `move_many`.
            plural = len(calls) > 1 and group.endswith("s") and group in _words(call["operation"])
            said = f"{name}_many" if plural else name
            other = methods.setdefault(said, call)
            if other is not call:
                raise ValueError(
                    f"`{other['operation']}` and `{call['operation']}` would both be `{group}.{said}`."
                    " Give them operation ids that differ."
                )
    return {group: dict(sorted(methods.items())) for group, methods in groups.items()}


def _name(call: dict[str, Any], operation: dict[str, Any], tags: set[str]) -> tuple[str, str]:
    parts = [_snake(part) for part in call["path"].split("/") if part and "{" not in part]
    # What begins with `/runs` is about runs, whichever page of the reference it stands on.
    group = parts[0] if parts[0] in tags else _snake((operation.get("tags") or ["other"])[0])
    if call["kind"] == "stream":
        return parts[0], parts[-1]
    verb, *words = _words(call["operation"])
    nouns = {group, group.removesuffix("s")}
    # "end my session" would be "end my".
    left = [word for before, word in zip([verb, *words], words, strict=False) if word not in nouns or before == "my"]
    return group, "_".join([verb, *left])


def _words(operation: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(operation)]


def _kind_of(operation: dict[str, Any], document: dict[str, Any]) -> str:
    """`page`: a list, a page at a time; `stream`: events; `call`: everything else."""
    content = {}
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            content |= response.get("content", {})
    if set(content) == {STREAM}:
        return "stream"
    schema = _resolve(content.get("application/json", {}).get("schema", {}), document)
    queries = {one["name"] for one in operation.get("parameters", []) if one.get("in") == "query"}
    if {"items", "next"} <= schema.get("properties", {}).keys() and "cursor" in queries:
        return "page"
    return "call"


def _resolve(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    if reference := schema.get("$ref"):
        return document["components"]["schemas"][reference.rpartition("/")[2]]
    return schema


def _snake(text: str) -> str:
    return re.sub(r"\W+", "_", text).strip("_").lower()
