"""One page for each prefix of node types, and the list of all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from docs.generator.markdown import GENERATED, as_yaml, block, code, prose, table
from docs.generator.schema import default_text, type_text
from treadle.engine.compile import DEFAULT_EFFECT_TIMEOUT
from treadle.model.duration import format_duration, parse_duration
from treadle.model.node_type import ConfigField, NodeType
from treadle.model.port import InputPort, OutputPort
from treadle.node import NodeDefinition, Registry

_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_KINDS = {
    "pure": "Pure: computed from its inputs, and computed again whenever that is of use.",
    "effect": "Effect: journaled before it starts and when it is done. With a journaled result it is never run again.",
    "trigger": "Trigger: starts runs.",
    "container": "Container: has a body, a graph of its own.",
    "note": "Never runs.",
}
_DOUBT = {
    "ask": "`ask`: the run waits for a person, see [Recover](../../how-to/recover.md)",
    "repeat": "`repeat`: it is done again",
    "reconcile": "`reconcile`: the outside is asked whether it happened",
}
_TITLES = {
    "trigger": "What starts runs",
    "flow": "The shape of a run",
    "data": "Data",
    "http": "HTTP",
    "file": "Files of the workspace folder",
    "code": "Programs of your own",
}


def pages(registry: Registry) -> Iterator[tuple[str, str]]:
    """(name of the page, text)."""
    definitions = sorted(registry, key=lambda one: one.name)
    groups = {name: list(found) for name, found in groupby(definitions, key=lambda one: one.type.category)}
    yield "README.md", _index(groups)
    for name, found in groups.items():
        title = _TITLES.get(name, name.capitalize())
        parts = [f"# {title}: `{name}.*`", GENERATED, *(_section(one) for one in found)]
        yield f"{name}.md", "\n\n".join(parts) + "\n"


def _index(groups: Mapping[str, list[NodeDefinition]]) -> str:
    parts = [
        "# Node types",
        GENERATED,
        "Every node also has an input `trigger` (it runs the node when live, and carries no value) and the "
        "[settings of every node](../settings.md#settings-of-a-node). With `on_error: branch` it has an output "
        "`error`.",
    ]
    for name, found in groups.items():
        rows = [
            (f"[`{one.name}`]({name}.md#{_anchor(one.name)})", one.type.kind, _first_line(one.type.description))
            for one in found
        ]
        parts += [f"## {_TITLES.get(name, name.capitalize())}", table(["Type", "Kind", "What it does"], rows)]
    return "\n\n".join(parts) + "\n"


def _section(definition: NodeDefinition) -> str:
    node_type = definition.type
    parts = [f"## {node_type.name}", f"**{node_type.title}.** {prose(node_type.description)}", _behaviour(definition)]
    if node_type.kind != "note":
        parts.append(_ports(node_type))
    if node_type.config:
        rows = [_config_row(field, is_duration=_is_duration(definition, field)) for field in node_type.config]
        parts.append("Config:\n\n" + table(["Field", "Type", "Default", "What it means"], rows))
    parts.append(_example(node_type))
    return "\n\n".join(part for part in parts if part)


def _behaviour(definition: NodeDefinition) -> str:
    node_type = definition.type
    lines = [_KINDS[node_type.kind]]
    if node_type.kind == "effect":
        timeout = node_type.timeout or DEFAULT_EFFECT_TIMEOUT
        lines.append(f"In doubt after a crash, {_doubt(node_type)}.")
        lines.append(f"An attempt may take {format_duration(timeout)} unless the node's `timeout` says otherwise.")
    if node_type.bodies:
        names = ", ".join(code(name) for name in node_type.bodies)
        lines.append(f"Bodies: {names}.")
        if node_type.ordered:
            lines.append("The nodes of a body run one after another.")
    if node_type.body_roots:
        lines.append(f"Its bodies see {', '.join(code(name) for name in sorted(node_type.body_roots))}.")
    if node_type.extra:
        lines.append(f"Needs `pip install treadle[{node_type.extra}]`.")
    return " ".join(lines)


def _doubt(node_type: NodeType) -> str:
    usual = node_type.in_doubt_of({})
    text = _DOUBT[usual]
    others: dict[str, list[str]] = {}
    for field in node_type.config if node_type.in_doubt_for else ():
        for value in _values(field):
            answer = node_type.in_doubt_of({field.name: value})
            if answer != usual:
                others.setdefault(answer, []).append(code(f"{field.name}: {json.dumps(value).strip(chr(34))}"))
    for answer, when in others.items():
        text += f"; with {' or '.join(when)}, {_DOUBT[answer]}"
    return text


def _values(field: ConfigField) -> list[Any]:
    """The values of a field that has few."""
    schemas = [field.schema, *field.schema.get("anyOf", ())]
    found: list[Any] = []
    for schema in schemas:
        found += schema.get("enum", [])
        if schema.get("type") == "boolean":
            found += [False, True]
    return found


def _ports(node_type: NodeType) -> str:
    example = (node_type.example or {}).get("config", {})
    inputs = node_type.inputs_of(example)
    outputs = node_type.outputs_of(example)
    parts: list[str] = []
    if inputs:
        rows = [(code(port.name), _input_type(port), port.description) for port in inputs]
        parts.append(table(["Input", "Type", "What it is"], rows))
    if outputs:
        note = " (with the config of the example; they depend on it)" if node_type.outputs_for else ""
        rows = [(code(port.name), _output_type(port), port.description) for port in outputs]
        parts.append(table([f"Output{note}", "Type", "What it is"], rows))
    return "\n\n".join(parts) if parts else "No inputs, no outputs."


def _input_type(port: InputPort) -> str:
    text = port.type.name
    if port.collects:
        return f"{text}; any number of connections, as a list in file order"
    return text if port.required else f"{text}; optional"


def _output_type(port: OutputPort) -> str:
    nullable = ", or null" if port.type.nullable else ""
    return f"{port.type.name}{nullable}" + ("; live only when chosen" if port.branch else "")


def _is_duration(definition: NodeDefinition, field: ConfigField) -> bool:
    return parse_duration.__name__ in repr(definition.config_adapters[field.name].annotation)


def _duration(seconds: re.Match[str]) -> str:
    number = float(seconds[0].replace(",", ""))
    return format_duration(number) if number else "0"


def _config_row(field: ConfigField, *, is_duration: bool) -> tuple[str, str, str, str]:
    kind = type_text(field.schema)
    if is_duration:
        kind = _NUMBER.sub(_duration, kind)
        kind = kind.replace("number", "duration", 1)
    if field.kind == "secret":
        kind = "secret text: `{{ secrets.name }}`"
    elif field.kind == "literal":
        kind = f"{kind}; `{{{{ }}}}` in it means nothing"
    elif field.kind == "template":
        kind = "text with `{{ }}`"
    elif field.kind == "expression" and "expression" not in kind:
        kind = f"{kind} of expressions"
    if field.extra_roots:
        kind += f"; sees {', '.join(code(name) for name in sorted(field.extra_roots))}"
    default = "required" if field.required else default_text(field.default)
    if is_duration and isinstance(field.default, float) and field.default:
        default = code(format_duration(field.default))
    return code(field.name), kind, default, field.description


def _example(node_type: NodeType) -> str:
    example = node_type.example
    if example is None:
        return ""
    node = {"id": node_type.name.split(".")[-1].replace("_", "-"), "type": node_type.name}
    if example.get("config"):
        node["config"] = example["config"]
    parts = ["Example:", block("yaml", as_yaml([node]))]
    words = (("comes in", "inputs"), ("goes out", "outputs"))
    told = [_json_line(word, example[key]) for word, key in words if example.get(key)]
    if told:
        parts.append("\n".join(told))
    return "\n\n".join(parts)


def _json_line(word: str, value: Any) -> str:
    return f"- {word}: {code(json.dumps(value, ensure_ascii=False))}"


def _first_line(description: str) -> str:
    return prose(description).split("\n")[0]


def _anchor(name: str) -> str:
    return name.replace(".", "")
