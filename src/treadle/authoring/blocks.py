"""Import of the `blocks` JSON: `{name, blocks: [{id, type, subtype, config, …}], connections: […]}`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from treadle.authoring.document import in_order, read_tree
from treadle.authoring.node_form import build_node, read_connections
from treadle.authoring.reading import Fields, Reading
from treadle.authoring.tree import Path, snake_case
from treadle.authoring.workflow_form import slug
from treadle.model.issue import ValidationResult
from treadle.model.nearest import suggest
from treadle.model.resolve import Catalogue
from treadle.model.workflow import Node, Workflow

BLOCK_TYPES: Mapping[tuple[str, str], str] = {
    ("provider", ""): "market.provider",
    ("provider", "quote"): "market.quote",
    ("provider", "candles"): "market.candles",
    ("provider", "orderbook"): "market.orderbook",
    ("provider", "positions"): "market.positions",
    ("provider", "funding"): "market.funding",
    ("indicator", ""): "indicator.custom",
    ("indicator", "sma"): "indicator.ma",
    ("indicator", "ema"): "indicator.ma",
    ("indicator", "wma"): "indicator.ma",
    ("condition", ""): "flow.if",
    ("condition", "compare"): "flow.compare",
    ("condition", "and"): "flow.gate",
    ("condition", "or"): "flow.gate",
    ("condition", "not"): "flow.gate",
    ("condition", "xor"): "flow.gate",
    ("condition", "spread"): "market.spread",
    ("action", ""): "order.market",
    ("action", "buy"): "order.market",
    ("action", "sell"): "order.market",
    ("action", "notify"): "notify.send",
    ("trigger", ""): "trigger.manual",
    ("trigger", "cron"): "trigger.schedule",
    ("trigger", "timer"): "trigger.interval",
}
"""(type, subtype) of a block where our node type is called otherwise; the empty subtype stands for any."""

PACKS: Mapping[str, tuple[str, ...]] = {
    "provider": ("market",),
    "indicator": ("indicator",),
    "condition": ("flow", "market", "risk"),
    "logic": ("flow",),
    "action": ("order", "notify", "http"),
    "execution": ("order",),
    "order": ("order",),
    "notification": ("notify",),
    "risk": ("risk",),
    "data": ("data", "market"),
    "transform": ("data",),
    "trigger": ("trigger",),
    "ml": ("ml",),
    "lead": ("lead",),
    "agent": ("agent",),
}
"""In which packs the subtype of a block may be the name of one of our types."""

_SET_BY_SUBTYPE: Mapping[str, Mapping[str, str]] = {
    "indicator.ma": {"sma": "kind", "ema": "kind", "wma": "kind"},
    "flow.gate": {"and": "operator", "or": "operator", "not": "operator", "xor": "operator"},
    "order.market": {"buy": "side", "sell": "side"},
}
_BLOCK_KEYS = frozenset(
    {
        "id",
        "type",
        "subtype",
        "config",
        "params",
        "profile_id",
        "position",
        "title",
        "name",
        "label",
        "disabled",
        "note",
    }
)
_FILE_KEYS = frozenset({"id", "name", "title", "description", "version", "blocks", "connections", "metadata"})


@dataclass(frozen=True)
class Imported:
    """`workflow` holds every block, mapped or not; `notes` say in words what became of what."""

    workflow: Workflow | None
    result: ValidationResult
    notes: tuple[str, ...] = field(default=())


def import_blocks(text: str | bytes, catalogue: Catalogue, *, name: str = "imported") -> Imported:
    """The workflow of a `blocks` file. `name` is used where the file gives none. Never raises on bad content.

    A block of an unknown type is kept as it is, as a node of type `type.subtype`, and is an issue.
    """
    _, tree = read_tree(text)
    reading = Reading(catalogue)
    if not tree.readable:
        return Imported(None, ValidationResult(tuple(tree.issues)))
    entries = reading.mapping(tree.data, (), "file") or {}
    fields = reading.known_keys(entries, _FILE_KEYS, ())
    notes: list[str] = []
    nodes: list[Node] = []
    if entries and "blocks" not in fields:
        reading.refuse("missing_key", "The file has no `blocks`.", (), "Import a file with a list under `blocks`.")
    for index, raw in enumerate(reading.sequence(fields.get("blocks"), ("blocks",), "blocks")):
        node = _read_block(reading, raw, ("blocks", index), ("nodes", len(nodes)), notes)
        if node is not None:
            nodes.append(node)
    connections = read_connections(reading, fields.get("connections"), ("connections",), ("connections",))
    title = fields.get("title") or fields.get("name")
    built: Fields = {
        "name": slug(str(fields.get("name") or "")) or slug(name) or "imported",
        "nodes": tuple(nodes),
        "connections": connections,
    }
    if isinstance(title, str) and title != built["name"]:
        built["title"] = title
    for key in ("id", "description"):
        if fields.get(key) is not None:
            built[key] = str(fields[key])
    notes.extend(
        f"`{key}` of the file has no place here and was left out." for key in ("version", "metadata") if key in fields
    )
    workflow = reading.build(Workflow, built, ())
    located = [issue.at(*(tree.locate(issue.path) or (1, 1))) for issue in reading.issues]
    return Imported(workflow, ValidationResult(tuple(in_order([*tree.issues, *located]))), tuple(notes))


def block_type(type_: str, subtype: str, catalogue: Catalogue) -> str | None:
    """Our name for a block of `type_` and `subtype`, or None where we have nothing like it."""
    kind, sub = snake_case(type_).lower(), snake_case(subtype).lower()
    if (kind, sub) in BLOCK_TYPES:
        return BLOCK_TYPES[kind, sub]
    for name in (f"{pack}.{sub or kind}" for pack in (*PACKS.get(kind, ()), kind)):
        if catalogue.find(name) is not None:
            return name
    if catalogue.find(type_) is not None:
        return type_
    # A provider's subtype names the venue, an indicator's one that only our custom node can express.
    return BLOCK_TYPES.get((kind, "")) if kind in ("provider", "trigger") else None


def _read_block(reading: Reading, raw: object, file: Path, model: Path, notes: list[str]) -> Node | None:
    entries = reading.mapping(raw, file, "block")
    if entries is None:
        return None
    id_ = str(entries.get("id", f"block-{file[-1]}"))
    fields = reading.known_keys(entries, _BLOCK_KEYS, file, node=id_)
    type_, subtype = str(fields.pop("type", "") or ""), str(fields.pop("subtype", "") or "")
    node: Fields = {"id": fields.get("id", id_), "config": _config(reading, fields, file, id_)}
    if not type_:
        reading.refuse("missing_key", f"The block `{id_}` has no `type`.", file, "Add `type`.", node=id_)
    written = f"{type_}.{subtype}" if subtype else type_
    ours = block_type(type_, subtype, reading.catalogue) if type_ else None
    if ours is None:
        node["type"] = written
        if type_:
            known = sorted({kind for kind, _ in BLOCK_TYPES} | set(PACKS))
            remedy = suggest(type_, known, f"Its content was kept; change the type of `{id_}` to one of ours.")
            reading.refuse(
                "unknown_node_type",
                f"We have no node type for the block `{written}`.",
                (*file, "type"),
                remedy,
                node=id_,
            )
    else:
        node["type"] = ours
        if ours != written:
            notes.append(f"`{id_}`: `{written}` became `{ours}`.")
        key = _SET_BY_SUBTYPE.get(ours, {}).get(subtype.lower())
        if key is not None:
            node["config"].setdefault(key, subtype.lower())
        elif ours == "market.provider" and subtype:
            node["config"].setdefault("venue", subtype.lower())
    for key in ("title", "name", "label"):
        if isinstance(fields.get(key), str):
            node.setdefault("title", fields[key])
    for key in ("position", "disabled", "note"):
        if fields.get(key) is not None:
            node[key] = fields[key]
    profile = fields.get("profile_id")
    if profile is not None:
        node["config"].setdefault("profile", profile)
        notes.append(f"`{id_}`: `profile_id` became `config.profile`.")
    return build_node(reading, node, file, model, {})


def _config(reading: Reading, fields: Fields, file: Path, id_: str) -> Fields:
    """`config` and `params`, which mean the same, as one."""
    merged: Fields = {}
    for key in ("params", "config"):
        value: Any = fields.pop(key, None)
        if isinstance(value, dict):
            merged |= cast("Fields", value)
        elif value is not None:
            reading.wrong_type(value, (*file, key), key, "a mapping (`key: value`)", node=id_)
    return merged
