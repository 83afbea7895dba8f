"""Writing workflow files: what was read comes back as it was, comments included."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from io import StringIO
from typing import Any, Literal, cast

from treadle.authoring.tree import Path
from treadle.authoring.yaml_text import plain_value, read_yaml
from treadle.model.duration import format_duration, parse_duration
from treadle.model.workflow import Connection, Graph, Node, Workflow

Kind = Literal["yaml", "json"]

# A list whose dashes stand right below its key, not further in.
_FLUSH_LIST = re.compile(r"^( *)[^\s#-][^\n]*:[ \t]*(#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*\1- ", re.MULTILINE)


def dump_text(text: str, kind: Kind, path: Path) -> str:
    """The text of the workflow that `path` leads to; the whole file for the empty path."""
    if not path:
        return text
    if kind == "json":
        return _json(_follow(json.loads(text), path), text)
    return _yaml_text(_follow(_round_trip().load(text), path), like=text)


def rewrite_text(text: str, kind: Kind, path: Path, data: Mapping[str, Any]) -> str:
    """`text` with what `path` leads to replaced by `data`."""
    if kind == "json":
        whole: Any = json.loads(text)
        if not path:
            return _json(data, text)
        _follow(whole, path[:-1])[path[-1]] = data
        return _json(whole, text)
    root: Any = _round_trip().load(text)
    _bring_to(_follow(root, path), data)
    changed = _yaml_text(root, like=text)
    written = _follow(read_yaml(changed).data, path)
    if written == data:
        return changed
    # Anchors shared by parts that now differ: right data goes before kept comments.
    if not path:
        return _yaml_text(_quoted(data))
    whole: Any = read_yaml(text).data
    _follow(whole, path[:-1])[path[-1]] = data
    return _yaml_text(_quoted(whole))


def dump_workflow(workflow: Workflow, *, kind: Kind = "yaml") -> str:
    """A new file for `workflow`, in the nodes form."""
    data = workflow_data(workflow)
    if kind == "json":
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    return _yaml_text(_quoted(data))


def dump_data(data: Mapping[str, Any]) -> str:
    """A new YAML file with just this content, whatever it is."""
    return _yaml_text(_quoted(data))


def workflow_data(workflow: Workflow) -> dict[str, Any]:
    """`workflow` as the nodes form writes it, in the usual order of keys, without what is default."""
    data: dict[str, Any] = {"name": workflow.name}
    if workflow.id is not None:
        data["id"] = workflow.id
    for key in ("title", "description"):
        if getattr(workflow, key) is not None:
            data[key] = getattr(workflow, key)
    if workflow.tags:
        data["tags"] = list(workflow.tags)
    if workflow.inputs:
        data["inputs"] = {name: _short(schema) for name, schema in workflow.inputs.items()}
    settings = _durations(workflow.settings.model_dump(mode="json", exclude_defaults=True), ("timeout", "retention"))
    if settings:
        data["settings"] = settings
    return data | _graph(workflow)


def _graph(graph: Graph) -> dict[str, Any]:
    data: dict[str, Any] = {"nodes": [_node(node) for node in graph.nodes]}
    if graph.connections:
        data["connections"] = [_connection(connection) for connection in graph.connections]
    if graph.has_outputs:
        data["outputs"] = graph.outputs
    if graph.groups:
        data["groups"] = [group.model_dump(mode="json", exclude_unset=True) for group in graph.groups]
    return data


def _node(node: Node) -> dict[str, Any]:
    bodies = {"body", "catch", "finally_"}
    data = node.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude=bodies)
    first = {key: data.pop(key) for key in ("id", "type", "title", "config") if key in data}
    if not node.after:
        data.pop("after", None)
    data: dict[str, Any] = {
        key: value for key, value in data.items() if value is not None or key in ("input", "pinned")
    }
    if node.position is not None:
        data["position"] = node.position.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    if isinstance(data.get("retry"), dict):
        data["retry"] = _durations(data["retry"], ("delay", "max_delay"))
    data = _durations(data, ("timeout", "cache"))
    return first | data | {name: _graph(body) for name, body in node.bodies}


def _connection(connection: Connection) -> dict[str, str]:
    start = f"{connection.source}.{connection.output}" if connection.output else connection.source
    end = f"{connection.target}.{connection.input}" if connection.input else connection.target
    return {"from": start, "to": end}


def _short(schema: Mapping[str, Any]) -> Any:
    return schema["type"] if list(schema) == ["type"] and isinstance(schema["type"], str) else dict(schema)


def _durations(data: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """`data` with seconds written as people do, where that is exact."""
    return {key: _written(value) if key in names and value is not None else value for key, value in data.items()}


def _written(seconds: float) -> Any:
    text = format_duration(seconds)
    return text if parse_duration(text) == seconds else seconds


def _follow(root: Any, path: Path) -> Any:
    for part in path:
        root = root[part]
    return root


def _json(data: Any, like: str) -> str:
    second = next((line for line in like.splitlines()[1:] if line.strip()), "  ")
    indent = second[: len(second) - len(second.lstrip())] or None
    end = "\n" if like.endswith("\n") else ""
    return json.dumps(data, indent=indent if "\n" in like.strip() else None, ensure_ascii=False) + end


def _round_trip() -> Any:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.version = None
    return yaml


def _yaml_text(data: Any, *, like: str = "") -> str:
    yaml = _round_trip()
    flush = _FLUSH_LIST.search(like) is not None
    yaml.indent(mapping=2, sequence=2 if flush else 4, offset=0 if flush else 2)
    stream = StringIO()
    yaml.dump(data, stream)
    return stream.getvalue()


def _quoted(value: Any) -> Any:
    """`value` with templates in double quotes, as people write them."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

    if isinstance(value, dict):
        return {key: _quoted(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_quoted(item) for item in cast("list[Any]", value)]
    if isinstance(value, str):
        if "\n" in value and value.isprintable() is False and _fits_block(value):
            return LiteralScalarString(value)
        return DoubleQuotedScalarString(value) if "{{" in value or _ambiguous(value) else value
    return value


def _ambiguous(text: str) -> bool:
    # In `{a: :b}` readers differ about the second colon.
    return (
        not isinstance(plain_value(text), str)
        or text.startswith((":", "?"))
        or any(ord(char) < 32 or ord(char) >= 0x7F for char in text)
    )


def _fits_block(text: str) -> bool:
    lines = text.split("\n")
    plain = all((line.isprintable() and line == line.strip()) or not line for line in lines)
    return plain and bool(lines[0]) and not text.endswith("\n\n")


def _bring_to(target: object, data: object) -> object:
    """Change `target`, in place where it can be, until it equals `data`; what stays keeps its comments."""
    if isinstance(target, dict) and isinstance(data, Mapping):
        old, new = cast("dict[str, Any]", target), cast("Mapping[str, Any]", data)
        for key in [key for key in old if str(key) not in new]:
            del old[key]
        names = {str(key): key for key in old}
        for key, value in new.items():
            there = names.get(key, key)
            if there in old:
                changed = _bring_to(old[there], value)
                if changed is not old[there]:
                    old[there] = changed
            else:
                old[key] = _quoted(value)
        return cast(object, old)
    if isinstance(target, list) and isinstance(data, list):
        _bring_list(cast("list[Any]", target), cast("list[Any]", data))
        return cast(object, target)
    return cast(object, target) if _same(target, data) else _quoted(data)


def _bring_list(target: list[Any], data: list[Any]) -> None:
    by_id = {_id(item): item for item in target if _id(item) is not None}
    if by_id and [_id(item) for item in target] != [_id(item) for item in data]:
        # Items came, went or moved: keep those of the same id.
        kept = [_bring_to(by_id[_id(item)], item) if _id(item) in by_id else _quoted(item) for item in data]
        target[:] = kept
        return
    for index, item in enumerate(data[: len(target)]):
        changed = _bring_to(target[index], item)
        if changed is not target[index]:
            target[index] = changed
    del target[len(data) :]
    target.extend(_quoted(item) for item in data[len(target) :])


def _id(item: Any) -> Any:
    found: Any = cast("dict[str, Any]", item).get("id") if isinstance(item, dict) else None
    return found if isinstance(found, str) else None


def _same(target: Any, data: Any) -> bool:
    if isinstance(target, bool) or isinstance(data, bool):
        return target is data
    return bool(target == data) and isinstance(target, str) == isinstance(data, str)
