"""A node, and connections, as the nodes form writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from treadle.authoring.reading import Fields, Reading, shown
from treadle.authoring.tree import Path, snake_case
from treadle.model.policy import Retry
from treadle.model.workflow import NODE_ID, Connection, Graph, Node, Position

ReadBody = Callable[[object, Path, Path, str], Graph | None]
"""(what stands in the file, path in the file, path in the model, container's id) → the body."""

BODY_KEYS = ("body", "catch", "finally")
NODE_KEYS = frozenset({field.alias or name for name, field in Node.model_fields.items()})
_NODE_ID = re.compile(NODE_ID)
_CONNECTION_KEYS = frozenset({"from", "to"})


def read_node(reading: Reading, raw: object, file: Path, model: Path, read_body: ReadBody) -> Node | None:
    """The node written at `file`, or None where there is no mapping at all."""
    entries = reading.mapping(raw, file, "node")
    if entries is None:
        return None
    id_ = _text(entries.get("id"))
    fields = reading.known_keys(entries, NODE_KEYS, file, node=id_)
    for key in BODY_KEYS:
        if fields.get(key) is not None:
            fields[key] = read_body(fields[key], (*file, key), (*model, key), id_ or "node")
    return build_node(reading, fields, file, model, {})


def build_node(reading: Reading, fields: Fields, file: Path, model: Path, written: Mapping[str, str]) -> Node | None:
    """A node of those `fields` (snake_case, bodies read) that fit; `written` names them as the file does."""
    reading.stands(model, file)
    for name, key in written.items():
        reading.stands((*model, name), (*file, key))
    id_ = read_id(reading, fields, file)
    type_ = fields.get("type")
    if not isinstance(type_, str) or not type_:
        if type_ is None:
            reading.refuse(
                "missing_key",
                f"The node `{id_}` has no `type`.",
                file,
                "Add `type:`; see `treadle nodes`.",
                node=id_,
            )
        else:
            reading.wrong_type(type_, (*file, "type"), "type", "the name of a node type", node=id_)
        fields["type"] = ""
    if isinstance(fields.get("after"), str):
        fields["after"] = [fields["after"]]
    if not isinstance(fields.get("when"), str | bool | None):
        key = written.get("when", "when")
        reading.wrong_type(fields.pop("when"), (*file, key), key, "an expression, true or false", node=id_)
    _read_part(reading, fields, "retry", Retry, file, id_)
    _read_part(reading, fields, "position", Position, file, id_)
    config: object = fields.get("config")
    if config is None:
        fields.pop("config", None)
    elif isinstance(config, dict):
        fields["config"] = declared_keys(reading, cast("Fields", config), str(fields["type"]))
    else:
        reading.wrong_type(fields.pop("config"), (*file, "config"), "config", "a mapping (`key: value`)", node=id_)
    # A wrong id is kept once the rest has passed, so that what refers to the node still finds it.
    node = reading.build(Node, {**fields, "id": "x"}, file, node=id_, written=written)
    return node.model_copy(update={"id": id_}) if node is not None else None


def declared_keys(reading: Reading, config: Fields, type_name: str) -> Fields:
    """`config` with camelCase keys as the node type declares them."""
    if not any(key != snake_case(key) for key in config):
        return config
    found = reading.catalogue.find(type_name)
    if found is None:
        return config
    known = {item.name for item in found.type.config} | {port.name for port in found.type.inputs_of(config)}
    renamed: Fields = {}
    for key, value in config.items():
        name = snake_case(key)
        renamed[name if key not in known and name in known and name not in config else key] = value
    return renamed


def read_connections(reading: Reading, raw: object, file: Path, model: Path) -> tuple[Connection, ...]:
    """The connections of a list of `{from: a.port, to: b.port}`."""
    found: list[Connection] = []
    for index, item in enumerate(reading.sequence(raw, file, "connections")):
        place: Path = (*file, index)
        entries = reading.mapping(item, place, "connection")
        if entries is None:
            continue
        fields = reading.known_keys(entries, _CONNECTION_KEYS, place)
        ends: list[tuple[str, str | None]] = []
        for key in ("from", "to"):
            value = fields.get(key)
            if isinstance(value, str) and value.strip(". "):
                node, _, port = value.strip().partition(".")
                ends.append((node, port or None))
            elif value is None:
                example = "node.output" if key == "from" else "node.input"
                reading.refuse("missing_key", f"The connection has no `{key}`.", place, f"Add `{key}: {example}`.")
            else:
                reading.wrong_type(value, (*place, key), key, "a node and its port, such as `node.port`")
        if len(ends) == 2:
            (source, output), (target, input_) = ends
            reading.stands((*model, len(found)), place)
            found.append(Connection(source=source, output=output, target=target, input=input_))
    return tuple(found)


def read_id(reading: Reading, fields: Fields, file: Path, *, what: str = "node") -> str:
    """The id of a node or a group; one that is wrong as it is, and one made of its place where there is none."""
    raw = fields.get("id")
    if raw is None:
        fallback = f"{what}-{file[-1]}"
        uses = "; connections and expressions use it" if what == "node" else ""
        reading.refuse("missing_key", f"The {what} has no `id`.", file, f"Add `id:`{uses}.")
        return fallback
    id_ = _text(raw)
    if id_ is None or not _NODE_ID.fullmatch(id_) or len(id_) > 100:
        reading.refuse(
            "invalid_id",
            f"`id` is {shown(raw)}; it does not have the right form.",
            (*file, "id"),
            "Use at most 100 letters, digits, `_` and `-`, with a letter or `_` first.",
            node=id_ if what == "node" else None,
        )
    return id_ or f"{what}-{file[-1]}"


def _read_part(
    reading: Reading, fields: Fields, key: str, model: type[Retry] | type[Position], file: Path, id_: str
) -> None:
    raw = fields.get(key)
    if raw is None:
        fields.pop(key, None)
        return
    entries = reading.mapping(raw, (*file, key), key)
    if entries is None:
        fields.pop(key)
        return
    inner = reading.known_keys(entries, frozenset(model.model_fields), (*file, key), node=id_)
    part: Any = reading.build(model, inner, (*file, key), node=id_)
    if part is None:
        fields.pop(key)
    else:
        fields[key] = part


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
