"""An export of n8n made into a workflow, as far as its node types have counterparts; the others are kept, and named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from treadle.authoring.importing.converted import Converted
from treadle.authoring.importing.credentials import FoundProfile, find_credentials, seal
from treadle.authoring.importing.ledger import Ledger, write_kept
from treadle.authoring.importing.n8n_expressions import is_foreign, rename
from treadle.authoring.importing.n8n_types import COUNTERPARTS, Counterpart
from treadle.authoring.importing.notes import NOTE, note_node
from treadle.authoring.importing.values import read_position
from treadle.authoring.reading import Reading
from treadle.authoring.saving import dump_data
from treadle.authoring.tree import Path
from treadle.authoring.workflow_form import slug

_RETRIES = ("retryOnFail", "maxTries", "waitBetweenTries")
_ON_ERROR = {"continueRegularOutput": "continue", "continueErrorOutput": "branch", "stopWorkflow": "fail"}
_MARK = "n8n."


def is_n8n(data: Any) -> bool:
    if not isinstance(data, dict):
        return False
    entries = cast("dict[str, Any]", data)
    nodes, connections = entries.get("nodes"), entries.get("connections")
    if not isinstance(nodes, list) or not isinstance(connections, dict):
        return False
    types = [cast("dict[str, Any]", node).get("type") for node in cast("list[Any]", nodes) if isinstance(node, dict)]
    return not types or any(isinstance(one, str) and ("n8n-nodes" in one or "@n8n/" in one) for one in types)


class N8nReading:
    """Reads one export. Data of n8n are lists of items; ours are values: what is said of that is a remark."""

    def __init__(self, reading: Reading, data: Mapping[str, Any], at: Path) -> None:
        self.reading, self.at = reading, at
        self.ledger = Ledger(data)
        self._data = data
        self._ids: dict[str, str] = {}
        self._known: dict[str, Counterpart] = {}
        self._profiles: list[FoundProfile] = []
        self._bound: list[str] = []
        self._remarks: list[str] = []
        self._before: dict[str, list[tuple[str, int]]] = {}
        self._configs: dict[str, dict[str, Any]] = {}

    def convert(self, fallback: str) -> Converted | None:
        """None where it is not to be used; then there is an issue that says why."""
        before = len(self.reading.issues)
        title = self._data.get("name")
        name = slug(title if isinstance(title, str) else "") or slug(fallback) or "imported"
        raw = self.reading.sequence(self._data["nodes"], (*self.at, "nodes"), "nodes")
        entries = [self.reading.mapping(one, (*self.at, "nodes", index), "node") for index, one in enumerate(raw)]
        for index, one in enumerate(entries):
            if one is not None:
                self._name(one, index)
        self._before = self._predecessors()
        nodes = [self._node(one, ("nodes", index), name) for index, one in enumerate(entries) if one is not None]
        connections = list(self._connections(nodes))
        if any(issue.code != "unknown_node_type" for issue in self.reading.issues[before:]):
            return None
        file: dict[str, Any] = {"name": name}
        if isinstance(title, str):
            self.ledger.map(("name",), "name" if title == name else "name, title")
            if title != name:
                file["title"] = title
        if isinstance(self._data.get("id"), str):
            file["id"] = self._data["id"]
            self.ledger.map(("id",), "id")
        self._keep(name, nodes)
        file["nodes"] = [self._fed(node) for node in rename(nodes, self._ids, self._port)]
        if connections:
            file["connections"] = connections
        self._remarks.append("n8n runs a node for each item of a list; here a node is given the value as a whole. "
                             "Put `flow.loop` around what is meant for each item.")  # fmt: skip
        fields, bound = tuple(self.ledger.fields), tuple(dict.fromkeys(self._bound))
        return Converted(name, "n8n", self.at, dump_data(file), fields, tuple(self._profiles), bound, None, {},
                         tuple(self._remarks))  # fmt: skip

    def _name(self, node: Mapping[str, Any], index: int) -> None:
        name = node.get("name")
        if not isinstance(name, str) or not name:
            said = "The node has no `name`, which its connections go by."
            self.reading.refuse("missing_key", said, (*self.at, "nodes", index), "Add `name`.")
            return
        base = slug(name) or f"node-{index}"
        base = base if base[0].isalpha() else f"node-{base}"
        id_, number = base, 1
        while id_ in self._ids.values():
            number += 1
            id_ = f"{base}-{number}"
        self._ids[name] = id_

    def _node(self, node: Mapping[str, Any], path: Path, workflow: str) -> dict[str, Any]:
        id_ = self._ids.get(str(node.get("name")), f"node-{path[-1]}")
        made: dict[str, Any] = {"id": id_}
        parameters: Any = node.get("parameters")
        given = cast("dict[str, Any]", parameters) if isinstance(parameters, dict) else {}
        type_ = node.get("type")
        kind = str(type_).rpartition(".")[2] if isinstance(type_, str) else ""
        known = COUNTERPARTS.get(kind)
        if known is not None and self.reading.catalogue.find(known.type) is None:
            known = None
        self._say(node, path, id_, made)
        self._secrets(path, id_, workflow)
        if known is None:
            made["type"] = f"{_MARK}{kind or 'unknown'}"
            said = f"We have no node type for n8n's `{type_}`."
            remedy = f"Its content was kept; change the type of `{id_}` to one of ours."
            self.reading.refuse("unknown_node_type", said, (*self.at, *path, "type"), remedy, node=id_)
            if "type" in node:
                self.ledger.map((*path, "type"), f"nodes.{id_}.type", "it has no counterpart and was kept as it is")
        else:
            made["type"] = known.type
            self._known[id_] = known
            self.ledger.map((*path, "type"), f"nodes.{id_}.type", f"`{type_}` became `{known.type}`")
            config, taken = known.read(given)
            for key, to in taken.items():
                if not self.ledger.knows((*path, "parameters", key)):
                    found = rename(config, self._ids, self._port)
                    foreign = "an expression in it is still n8n's: write it anew" if is_foreign(found) else None
                    self.ledger.map((*path, "parameters", key), f"nodes.{id_}.{to}", foreign)
                    if foreign:
                        self._remarks.append(f"`{id_}` has an expression that is still n8n's.")
            if config:
                made["config"] = self._configs[id_] = config
        self._rest(made, path, id_, _with_what(known))
        return made

    def _say(self, node: Mapping[str, Any], path: Path, id_: str, made: dict[str, Any]) -> None:
        """What every node has."""
        to = f"nodes.{id_}"
        if isinstance(node.get("name"), str):
            self.ledger.map((*path, "name"), to if node["name"] == id_ else f"{to}, title")
            if node["name"] != id_:
                made["title"] = node["name"]
        position = read_position(node.get("position"))
        if position is not None:
            made["position"] = position
            self.ledger.map((*path, "position"), f"{to}.position")
        if node.get("disabled") is True:
            made["disabled"] = True
            self.ledger.map((*path, "disabled"), f"{to}.disabled")
        if isinstance(node.get("notes"), str) and node["notes"]:
            made["note"] = node["notes"]
            self.ledger.map((*path, "notes"), f"{to}.note")
        if node.get("onError") in _ON_ERROR:
            made["on_error"] = _ON_ERROR[node["onError"]]
            self.ledger.map((*path, "onError"), f"{to}.on_error")
        elif node.get("continueOnFail") is True:
            made["on_error"] = "continue"
            self.ledger.map((*path, "continueOnFail"), f"{to}.on_error")
        if node.get("retryOnFail") is True:
            wait = node.get("waitBetweenTries", 1000)
            made["retry"] = {"max_attempts": node.get("maxTries", 3), "delay": f"{wait}ms"}
            for key in _RETRIES:
                if key in node:
                    self.ledger.map((*path, key), f"{to}.retry")
        credentials: Any = node.get("credentials")
        for kind, one in cast("dict[str, Any]", credentials).items() if isinstance(credentials, dict) else ():
            if isinstance(one, dict):
                name = slug(str(cast("dict[str, Any]", one).get("name") or kind)) or kind
                self._bound.append(name)
                place = (*path, "credentials", kind)
                self.ledger.keep(place, f"{to}.note", f"n8n exports no secrets: make a profile `{name}` and bind it")

    def _secrets(self, path: Path, id_: str, workflow: str) -> None:
        found = find_credentials(self.ledger, path)
        if found:
            profile = f"{workflow}-{id_}"[:80]
            self._profiles.append(seal(self.ledger, found, profile, None))
            self._bound.append(profile)
            for one in found:
                self._blank(one)

    def _blank(self, path: Path) -> None:
        """Take a credential out of what is read on."""
        here: Any = self._data
        for part in path[:-1]:
            here = here[part]
        here[path[-1]] = ""

    def _rest(self, made: dict[str, Any], path: Path, id_: str, why: str) -> None:
        kept = dict(self.ledger.left(path))
        for one in kept:
            self.ledger.keep(one, f"nodes.{id_}.note", why)
        said = {field.path: self.ledger.at(field.path) for field in self.ledger.fields
                if field.fate == "kept" and field.path[: len(path)] == path}  # fmt: skip
        if said:
            told = f"From n8n, as it was:\n{write_kept(said, below=path)}"
            made["note"] = f"{made['note']}\n\n{told}" if "note" in made else told

    def _connections(self, nodes: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
        connections = self.reading.mapping(self._data["connections"], (*self.at, "connections"), "connections") or {}
        for name, kinds in connections.items():
            source = self._ids.get(name)
            for kind, outputs in cast("dict[str, Any]", kinds).items() if isinstance(kinds, dict) else ():
                for output, ends in enumerate(cast("list[Any]", outputs) if isinstance(outputs, list) else []):
                    for index, end in enumerate(cast("list[Any]", ends) if isinstance(ends, list) else []):
                        path: Path = ("connections", name, kind, output, index)
                        target = _target(end, self._ids)
                        if kind != "main" or source is None or target is None:
                            why = "only connections of data between nodes of the file have a counterpart"
                            self.ledger.keep(path, f"nodes.{NOTE}.config.text", why)
                            continue
                        wire = {"from": f"{source}.{self._port(source, output)}", "to": self._to(target)}
                        self.ledger.map(path, "connections", f"{wire['from']} → {wire['to']}")
                        yield wire

    def _predecessors(self) -> dict[str, list[tuple[str, int]]]:
        """From which node, and which of its outputs, data come to each."""
        found: dict[str, list[tuple[str, int]]] = {}
        connections: Any = self._data["connections"]
        for name, kinds in cast("dict[str, Any]", connections).items() if isinstance(connections, dict) else ():
            outputs: Any = cast("dict[str, Any]", kinds).get("main") if isinstance(kinds, dict) else None
            for output, ends in enumerate(cast("list[Any]", outputs) if isinstance(outputs, list) else []):
                for end in cast("list[Any]", ends) if isinstance(ends, list) else []:
                    target = _target(end, self._ids)
                    if target is not None and name in self._ids:
                        found.setdefault(target, []).append((self._ids[name], output))
        return found

    def _fed(self, node: dict[str, Any]) -> dict[str, Any]:
        """Data that do not come in by a port called `value` are read where they come from."""
        known, before = self._known.get(node["id"]), self._before.get(node["id"], [])
        if known is None or known.input in ("value", "a") or len(before) != 1 or "config" not in node:
            return node
        source, output = before[0]
        return {**node, "config": _replaced(node["config"], f"nodes.{source}.{self._port(source, output)}")}

    def _port(self, id_: str, index: int = 0) -> str:
        known = self._known.get(id_)
        outputs = known.outputs if known is not None else ("output",)
        return outputs[index] if index < len(outputs) else "error" if index == len(outputs) else f"output_{index}"

    def _to(self, id_: str) -> str:
        known = self._known.get(id_)
        if known is None:
            return f"{id_}.value"
        if known.input is None or known.input in self._configs.get(id_, {}):
            return f"{id_}.trigger"
        return f"{id_}.{known.input}"

    def _keep(self, name: str, nodes: list[dict[str, Any]]) -> None:
        stray = find_credentials(self.ledger)
        if stray:
            self._profiles.append(seal(self.ledger, stray, f"{name}-credentials", None))
            self._bound.append(f"{name}-credentials")
        for one, value in list(self.ledger.left()):
            if value in ({}, [], None) and one[0] in ("nodes", "connections"):
                self.ledger.map(one, str(one[0]), "empty")
                continue
            self.ledger.keep(one, f"nodes.{NOTE}.config.text", "a workflow has no place for it")
        kept = {field.path: self.ledger.at(field.path) for field in self.ledger.fields
                if field.fate == "kept" and field.to.startswith(f"nodes.{NOTE}.")}  # fmt: skip
        if kept:
            nodes.append(note_node(nodes, "From the export of n8n, as it was:", kept))


def _with_what(known: Counterpart | None) -> str:
    return "it has no counterpart" if known is None else f"`{known.type}` has no such field"


def _target(end: Any, ids: Mapping[str, str]) -> str | None:
    return ids.get(str(cast("dict[str, Any]", end).get("node"))) if isinstance(end, dict) else None


def _replaced(value: Any, source: str) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(inner, source) for key, inner in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_replaced(inner, source) for inner in cast("list[Any]", value)]
    return value.replace("input.value", source) if isinstance(value, str) else value
