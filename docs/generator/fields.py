"""The page of settings: of a workflow, of a node, of its retry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docs.generator.markdown import GENERATED, code, table
from docs.generator.schema import default_text, type_text
from treadle.model.duration import Duration, format_duration
from treadle.model.policy import Retry, Settings
from treadle.model.workflow import Group, Node, Workflow

# Fields of the model that say nothing of themselves yet.
_WORKFLOW = {
    "nodes": "The nodes; see [Settings of a node](#settings-of-a-node). In the steps form, `steps`.",
    "connections": "`{from: node.port, to: node.port}`; the port may be left out where there is only one to mean.",
    "name": "Its name: lower-case letters and digits with single hyphens between.",
    "id": "An id from where the workflow came from; `name` is made from it where there is none.",
    "title": "A name for people.",
    "description": "What it is for.",
    "tags": "Words to find it by.",
    "settings": "See [Settings of a workflow](#settings-of-a-workflow).",
    "groups": "See [Groups](#groups).",
}
_NODE = {
    "id": "What connections and expressions call it: a letter or `_`, then letters, digits, `_` and `-`.",
    "type": "One of the [node types](nodes/README.md).",
    "title": "A name for people.",
    "config": "The fields of its type. An input without a connection may be given here too, under its name.",
    "body": "A container's body: `{nodes, connections, outputs, groups}` or a list of steps.",
    "catch": "The body of `flow.try` that runs when the first fails.",
    "finally": "The body of `flow.try` that runs in any case, a cancelled run included.",
    "after": "Nodes of the same graph that must be settled before this one is decided.",
    "when": "An expression, asked last: false skips the node.",
    "join": "`any`: one live connection into `trigger` is enough. `all`: every one must be live. `first`: the node is "
    "decided at the first live connection, and late arrivals are dropped.",
    "lazy": "Run only when something that runs needs its outputs.",
    "retry": "See [Retry](#retry). Without it there is one attempt.",
    "timeout": "How long one attempt may take. An effect without one has 5 minutes unless its type says otherwise. "
    "Not on a container.",
    "on_error": "`fail`: the graph fails. `continue`: the outputs are dead and the graph goes on. `branch`: the output "
    "`error` is live with `{type, message, node, attempt, details}`.",
    "cache": "How long a result is used again for the same type, config and inputs, in any run.",
    "disabled": "The node is skipped.",
    "pinned": "With `--mode test` the node is not run and this is its output; an object by port where it has several.",
    "note": "A remark for people.",
    "position": "Where it stands on the canvas: `{x, y}`. Of a container also `width` and `height`, and `collapsed`: "
    "its bodies are hidden.",
}
_SETTINGS = {
    "on_failure": "The workflow started when a run fails, once for each failure; it is given `run`, `workflow`, "
    "`error` and `input`. See [failures](../how-to/events-and-failures.md#failures).",
    "retention": "How long a finished run is kept, 30 days unless said. `treadle up` removes it after that.",
}
_LEFT_OUT = {"form"}


def page() -> str:
    parts = [
        "# Settings",
        GENERATED,
        "A duration is text such as `500ms`, `10s`, `5m`, `48h`, `7d` or `1h 30m`, or a number of seconds. (Bare "
        "numbers in the steps form are milliseconds.)",
        "## Keys of a workflow",
        _table(Workflow, _WORKFLOW),
        "## Settings of a workflow",
        "Under `settings:`.",
        _table(Settings, _SETTINGS),
        "## Settings of a node",
        "Beside `config:`, never inside it.",
        _table(Node, _NODE),
        "## Retry",
        "Under `retry:` of a node. With an empty `retry_on`, everything is tried again but wrong values "
        "(`invalid_value`), failed expressions, missing capabilities, and what the node itself calls final.",
        _table(Retry, {}),
        "## Groups",
        "Under `groups:` of a workflow or a body: nodes that are drawn together. They change nothing of "
        "what a run does.",
        _table(Group, {}),
    ]
    return "\n\n".join(parts) + "\n"


def undocumented() -> list[str]:
    """Fields of the model about which the page would have nothing to say."""
    return [
        f"{model.__name__}.{_key(name, field)}"
        for model, told in ((Workflow, _WORKFLOW), (Settings, _SETTINGS), (Node, _NODE), (Retry, {}), (Group, {}))
        for name, field in model.model_fields.items()
        if name not in _LEFT_OUT and not (field.description or told.get(_key(name, field)))
    ]


def obsolete() -> list[str]:
    """Words here about fields that the model has no more."""
    keys = {_key(name, field) for name, field in Node.model_fields.items()}
    workflow_keys = {_key(name, field) for name, field in Workflow.model_fields.items()}
    return [*(set(_NODE) - keys), *(set(_WORKFLOW) - workflow_keys), *(set(_SETTINGS) - Settings.model_fields.keys())]


def _table(model: type[BaseModel], told: Mapping[str, str]) -> str:
    schema = model.model_json_schema()
    definitions: Mapping[str, Any] = schema.get("$defs", {})
    properties = schema.get("properties") or definitions[model.__name__]["properties"]
    rows = [
        _row(_key(name, field), field, properties[_key(name, field)], definitions, told)
        for name, field in model.model_fields.items()
        if name not in _LEFT_OUT
    ]
    return table(["Key", "Type", "Default", "What it means"], rows)


def _row(
    key: str, field: FieldInfo, schema: Mapping[str, Any], definitions: Mapping[str, Any], told: Mapping[str, str]
) -> tuple[str, str, str, str]:
    is_duration = _is_duration(field)
    kind = _TYPES.get(key) or ("duration" if is_duration else type_text(schema, definitions))
    if field.is_required():
        default = "required"
    elif is_duration and isinstance(field.default, float):
        default = code(format_duration(field.default))
    else:
        default = "" if isinstance(field.default, BaseModel) else default_text(field.default)
    return code(key), kind, default, told.get(key) or field.description or ""


_TYPES = {
    "nodes": "list of nodes",
    "groups": "list of groups",
    "connections": "list of connections",
    "body": "graph",
    "catch": "graph",
    "finally": "graph",
    "retry": "object",
    "position": "object with `x`, `y`",
    "settings": "object",
    "inputs": "object of (JSON Schema, or the name of a type)",
    "when": "expression, true or false",
    "after": "id, or list of ids",
}


def _is_duration(field: FieldInfo) -> bool:
    marks = Duration.__metadata__  # pyright: ignore
    return any(mark in field.metadata for mark in marks) or "BeforeValidator" in repr(field.annotation)


def _key(name: str, field: FieldInfo) -> str:
    return field.alias or name
