"""A file of blocks, `{name, blocks: [{id, type, subtype, config, …}], connections: […]}`, made into a workflow."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from treadle.authoring.importing.converted import Converted
from treadle.authoring.importing.credentials import FoundProfile, find_credentials, seal
from treadle.authoring.importing.ledger import Ledger, write_kept
from treadle.authoring.importing.notes import NOTE, note_node
from treadle.authoring.importing.values import read_position
from treadle.authoring.node_form import declared_keys
from treadle.authoring.reading import Reading, shown
from treadle.authoring.saving import dump_data
from treadle.authoring.tree import Path, snake_case
from treadle.authoring.workflow_form import slug
from treadle.model.nearest import suggest
from treadle.model.resolve import Catalogue
from treadle.model.workflow import NODE_ID

_ID = re.compile(NODE_ID)
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
_CONFIGS = ("config", "params", "parameters", "settings")
_TITLES = ("title", "name", "label")
_NODE_KEYS = ("position", "disabled", "note")
_ENDS = {"from": ("from", "source"), "to": ("to", "target")}
_INPUTS: Mapping[str, str] = {"price": "series", "prices": "series", "close": "series", "value": "series",
                              "exchange": "provider", "in": "value", "input": "value"}  # fmt: skip
_OUTPUTS: Mapping[str, str] = {"yes": "true", "no": "false", "pass": "true", "fail": "false", "rsi": "value",
                               "out": "output", "result": "output", "success": "order"}  # fmt: skip


def is_blocks(data: Any) -> bool:
    return isinstance(data, dict) and "blocks" in data and "nodes" not in data and "steps" not in data


class BlocksReading:
    """Reads one file. A block of an unknown type is kept as it is, as a node of type `type.subtype`, and is an issue
    that forbids nothing; every other issue does."""

    def __init__(self, reading: Reading, data: Mapping[str, Any], at: Path) -> None:
        self.reading, self.at = reading, at
        self.ledger = Ledger(data)
        self._data = data
        self._types: dict[str, tuple[str, Mapping[str, Any]]] = {}
        self._profiles: list[FoundProfile] = []
        self._bound: list[str] = []
        self._remarks: list[str] = []

    def convert(self, fallback: str) -> Converted | None:
        """None where it is not to be used; then there is an issue that says why."""
        before = len(self.reading.issues)
        title, numbered = (self._data.get(key) for key in ("title", "id"))
        named = self._data.get("name")
        name = slug(str(named or title or "")) or slug(fallback) or "imported"
        title = title if isinstance(title, str) else named
        file: dict[str, Any] = {"name": name}
        for key in ("name", "title"):
            if isinstance(self._data.get(key), str):
                self.ledger.map((key,), "name, title" if self._data[key] == title else "name")
        if isinstance(numbered, str | int):
            file["id"] = str(numbered)
            self.ledger.map(("id",), "id")
        if isinstance(title, str) and title != name:
            file["title"] = title
        if isinstance(self._data.get("description"), str):
            file["description"] = self._data["description"]
            self.ledger.map(("description",), "description")
        nodes: list[dict[str, Any]] = []
        for index, raw in enumerate(self.reading.sequence(self._data["blocks"], (*self.at, "blocks"), "blocks")):
            node = self._block(raw, ("blocks", index), name)
            if node is not None:
                nodes.append(node)
        connections = [one for one in self._connections() if one is not None]
        if any(issue.code != "unknown_node_type" for issue in self.reading.issues[before:]):
            return None
        self._keep(name, nodes)
        file["nodes"] = nodes
        if connections:
            file["connections"] = connections
        fields, bound = tuple(self.ledger.fields), tuple(dict.fromkeys(self._bound))
        return Converted(
            name, "blocks", self.at, dump_data(file), fields, tuple(self._profiles), bound, remarks=tuple(self._remarks)
        )

    # Blocks

    def _block(self, raw: Any, path: Path, name: str) -> dict[str, Any] | None:
        entries = self.reading.mapping(raw, (*self.at, *path), "block")
        if entries is None:
            return None
        id_ = str(entries.get("id", f"block-{path[-1]}"))
        keys = {snake_case(key).lower(): key for key in entries}
        self._id(entries, id_, path)
        type_, sub = (str(entries.get(keys.get(key, key)) or "") for key in ("type", "subtype"))
        ours, config = self._type(type_, sub, path, id_), self._config(entries, keys, path, id_)
        to = f"nodes.{id_}"
        written = f"{type_}.{sub}" if sub else type_
        for key in ("type", "subtype"):
            if key in keys:
                note = f"`{written}` became `{ours}`" if ours and ours != written else None
                self.ledger.map((*path, keys[key]), f"{to}.type", note)
        node: dict[str, Any] = {"id": id_, "type": ours or written}
        self._by_subtype(ours, sub.lower(), config)
        self._profile(entries, keys, path, id_, config, name)
        for key in _TITLES:
            if key in keys and isinstance(entries[keys[key]], str) and "title" not in node:
                node["title"] = entries[keys[key]]
                self.ledger.map((*path, keys[key]), f"{to}.title")
        notes = self._unknown_config(ours, config, path, id_)
        if config:
            node["config"] = config
        for key in _NODE_KEYS:
            value = entries.get(keys.get(key, key))
            if value is not None:
                node[key] = (read_position(value) or value) if key == "position" else value
                if key == "position" and not isinstance(node[key], dict):
                    self.reading.wrong_type(value, (*self.at, *path, key), key, "`{x, y}`", node=id_)
                self.ledger.map((*path, keys[key]), f"{to}.{key}")
        rest = dict(self.ledger.left(path))
        for one in rest:
            self.ledger.keep(one, f"{to}.note", "blocks had it; nodes have no such field")
        kept = {**notes, **rest}
        if kept:
            told = f"From the block, as it was:\n{write_kept(kept, below=path)}"
            node["note"] = f"{node['note']}\n\n{told}" if isinstance(node.get("note"), str) else told
        self._types[id_] = (ours or "", config)
        return node

    def _id(self, entries: Mapping[str, Any], id_: str, path: Path) -> None:
        if "id" in entries:
            self.ledger.map((*path, "id"), f"nodes.{id_}")
        if not _ID.fullmatch(id_) or len(id_) > 100:
            said = f"`id` is {shown(entries.get('id'))}; it does not have the right form."
            remedy = "Use at most 100 letters, digits, `_` and `-`, with a letter or `_` first."
            self.reading.refuse("invalid_id", said, (*self.at, *path, "id"), remedy, node=id_)

    def _type(self, type_: str, sub: str, path: Path, id_: str) -> str | None:
        place = (*self.at, *path)
        if not type_:
            self.reading.refuse("missing_key", f"The block `{id_}` has no `type`.", place, "Add `type`.", node=id_)
            return None
        ours = block_type(type_, sub, self.reading.catalogue)
        if ours is None:
            written = f"{type_}.{sub}" if sub else type_
            known = sorted({kind for kind, _ in BLOCK_TYPES} | set(PACKS))
            remedy = suggest(type_, known, f"Its content was kept; change the type of `{id_}` to one of ours.")
            said = f"We have no node type for the block `{written}`."
            self.reading.refuse("unknown_node_type", said, (*place, "type"), remedy, node=id_)
        return ours

    def _config(self, entries: Mapping[str, Any], keys: Mapping[str, str], path: Path, id_: str) -> dict[str, Any]:
        """`params` and `config`, which mean the same, as one; without credentials."""
        merged: dict[str, Any] = {}
        for key in reversed(_CONFIGS):
            value: Any = entries.get(keys.get(key, key))
            if isinstance(value, dict):
                merged |= cast("dict[str, Any]", value)
            elif value is not None:
                place = (*self.at, *path, key)
                self.reading.wrong_type(value, place, key, "a mapping (`key: value`)", node=id_)
        return copy.deepcopy(merged)

    def _by_subtype(self, ours: str | None, sub: str, config: dict[str, Any]) -> None:
        key = _SET_BY_SUBTYPE.get(ours or "", {}).get(sub)
        if key is not None:
            config.setdefault(key, sub)
        elif ours == "market.provider" and sub:
            config.setdefault("venue", sub)

    def _profile(
        self,
        entries: Mapping[str, Any],
        keys: Mapping[str, str],
        path: Path,
        id_: str,
        config: dict[str, Any],
        name: str,
    ) -> None:
        """`profile_id` is the profile; credentials in the block go to one of their own."""
        profile = entries.get(keys.get("profile_id", ""))
        if profile is not None:
            config.setdefault("profile", str(profile))
            self.ledger.map((*path, keys["profile_id"]), f"nodes.{id_}.config.profile")
        secrets = find_credentials(self.ledger, path)
        if secrets:
            venue = config.get("venue")
            made = f"{name}-{slug(id_)}"[:80]
            found = seal(self.ledger, secrets, made, venue if isinstance(venue, str) else None)
            self._profiles.append(found)
            for one in secrets:
                _remove(config, one[len(path) + 1 :])
            if config.setdefault("profile", made) != made:
                self._remarks.append(
                    f"`{id_}` keeps to the profile `{config['profile']}`; what stood in it is in `{made}`."
                )
        if isinstance(config.get("profile"), str):
            self._bound.append(config["profile"])

    def _unknown_config(self, ours: str | None, config: dict[str, Any], path: Path, id_: str) -> dict[Path, Any]:
        """What the type has no field for leaves `config`; the rest is there under the type's names."""
        kept: dict[Path, Any] = {}
        found = self.reading.catalogue.find(ours) if ours else None
        if found is not None:
            renamed = dict(declared_keys(self.reading, config, ours or ""))
            known = {item.name for item in found.type.config} | {port.name for port in found.type.inputs_of(renamed)}
            config.clear()
            config |= {key: value for key, value in renamed.items() if key in known}
        for key in _CONFIGS:
            at = (*path, key)
            if key not in self.ledger.at(path) or not isinstance(self.ledger.at(at), dict):
                continue
            for one, value in list(self.ledger.left(at)):
                name = str(one[len(at)]) if len(one) > len(at) else ""
                if not name:
                    for inner in cast("dict[str, Any]", value):
                        self._said(config, (*at, inner), value[inner], inner, ours, id_, kept)
                else:
                    self._said(config, one, value, name, ours, id_, kept)
                if value == {}:
                    self.ledger.map(one, f"nodes.{id_}.config")
        return kept

    def _said(
        self,
        config: dict[str, Any],
        one: Path,
        value: Any,
        name: str,
        ours: str | None,
        id_: str,
        kept: dict[Path, Any],
    ) -> None:
        field = next((key for key in (name, snake_case(name)) if key in config), None)
        if field is not None:
            self.ledger.map(one, f"nodes.{id_}.config.{field}")
        else:
            kept[one] = value
            self.ledger.keep(one, f"nodes.{id_}.note", f"`{ours}` has no such field")

    # Connections

    def _connections(self) -> Iterator[dict[str, str] | None]:
        place: Path = (*self.at, "connections")
        for index, raw in enumerate(self.reading.sequence(self._data.get("connections"), place, "connections")):
            path: Path = ("connections", index)
            entries = self.reading.mapping(raw, (*place, index), "connection")
            if entries is None:
                continue
            ends = {end: self._end(entries, end, path) for end in _ENDS}
            if all(ends.values()):
                written = {end: text for end, text in ends.items() if text is not None}
                self.ledger.map(path, "connections", f"{written['from']} → {written['to']}")
                yield written

    def _end(self, entries: Mapping[str, Any], end: str, path: Path) -> str | None:
        """`{from: a.b}`, `{from: a, from_port: b}`, `{source: a, sourceHandle: b}`, `{from: {block: a, port: b}}`."""
        keys = {snake_case(key).lower(): key for key in entries}
        for word in _ENDS[end]:
            for key in (word, f"{word}_block", f"{word}_id", f"{word}_block_id", f"{word}_node"):
                given: Any = entries.get(keys.get(key, key))
                if given is None:
                    continue
                ports = (f"{word}_port", f"{word}_handle", f"{word}_output", f"{word}_input")
                port: Any = next((entries[keys[one]] for one in ports if one in keys), None)
                if isinstance(given, dict):
                    inner = {snake_case(key).lower(): value for key, value in cast("dict[str, Any]", given).items()}
                    given = next((inner[one] for one in ("block", "block_id", "id", "node") if one in inner), None)
                    port = next((inner[one] for one in ("port", "handle", "output", "input") if one in inner), port)
                if isinstance(given, str) and given.strip(". "):
                    node, _, named = given.strip().partition(".")
                    return self._wired(node, str(port or named or ""), end)
                self.reading.wrong_type(
                    given, (*self.at, *path, key), key, "a block and its port, such as `block.port`"
                )
                return None
        example = "block.output" if end == "from" else "block.input"
        said = f"The connection has no `{end}`."
        self.reading.refuse("missing_key", said, (*self.at, *path), f"Add `{end}: {example}`.")
        return None

    def _wired(self, node: str, port: str, end: str) -> str:
        """With the port as our type calls it; without one where it has just this."""
        type_, config = self._types.get(node, ("", {}))
        found = self.reading.catalogue.find(type_) if type_ else None
        if not port or found is None:
            return f"{node}.{port}" if port else node
        there = found.type.outputs_of(config) if end == "from" else found.type.inputs_of(config)
        names = [one.name for one in there]
        if port in names or (end == "to" and port == "trigger"):
            return f"{node}.{port}"
        other = (_OUTPUTS if end == "from" else _INPUTS).get(port, snake_case(port))
        if other in names:
            return f"{node}.{other}"
        return node if end == "from" and len(names) == 1 else f"{node}.{port}"

    def _keep(self, name: str, nodes: list[dict[str, Any]]) -> None:
        stray = find_credentials(self.ledger)
        if stray:
            self._profiles.append(seal(self.ledger, stray, f"{name}-credentials", None))
            self._bound.append(f"{name}-credentials")
        kept = {one: value for one, value in self.ledger.left() if one not in (("blocks",), ("connections",))}
        for one in list(self.ledger.left()):
            if one[0] in kept:
                self.ledger.keep(one[0], f"nodes.{NOTE}.config.text", "a workflow has no place for it")
            elif not self.ledger.knows(one[0]):
                self.ledger.map(one[0], "nodes" if one[0] == ("blocks",) else "connections", "empty")
        if kept:
            nodes.append(note_node(nodes, "From the file of blocks, as it was:", kept))


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


def _remove(config: dict[str, Any], path: Path) -> None:
    """Take out what stands there, where that is in `config` at all and not in the block around it."""
    here: Any = config
    try:
        for part in path[:-1]:
            here = here[part]
        if isinstance(here, dict):
            del here[path[-1]]
        else:
            here[path[-1]] = None
    except (KeyError, IndexError, TypeError):
        return
