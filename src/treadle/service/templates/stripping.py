"""Taking out of a workflow what is nobody else's business, before it becomes a template."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from treadle.authoring.sensitive import is_address, is_secret_address, names_credential
from treadle.authoring.tree import Path
from treadle.model.issue import Issue
from treadle.service.templates.place import write_place

Why = Literal["profile", "credential", "secret", "address", "recorded"]
"""The id of a profile; a field called like a credential; a value that is a known secret; an address that is a secret
itself; what a node once gave."""

_PROFILE = frozenset({"profile", "profiles"})
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LONGEST = 500
"""Characters of a text that is replaced as a whole; what is longer is its author's to clean."""
_GRAPHS = ("body", "catch", "finally")
_NODE_KEYS = frozenset({"id", "type", "title", "note", "position", "after", "retry", "timeout", "cache", "join"})


@dataclass(frozen=True, slots=True)
class Stripped:
    """What was taken out: its place, why, and the parameter that asks for it now (None: it is just gone)."""

    place: str
    why: Why
    parameter: str | None = None


class Stripping:
    """Cleans the data of a workflow file. `is_secret` says whether a text holds a secret that is known here."""

    def __init__(self, data: dict[str, Any], *, is_secret: Callable[[str], bool]) -> None:
        self.data = data
        self.stripped: list[Stripped] = []
        self.issues: list[Issue] = []
        self.parameters: dict[str, dict[str, Any]] = {}
        self._is_secret = is_secret

    def run(self) -> None:
        """`data` is changed; what was taken out is in `stripped` and `parameters`, what could not be in `issues`."""
        self.data.pop("id", None)
        self._inputs()
        self._graph(self.data, ())
        for key, value in self.data.items():
            if key not in ("inputs", "nodes", "steps"):
                self._refuse_secrets(value, (key,))

    def _inputs(self) -> None:
        declared = self.data.get("inputs")
        if not isinstance(declared, dict):
            return
        for name, schema in cast("dict[str, Any]", declared).items():
            if not isinstance(schema, dict):
                continue
            given = cast("dict[str, Any]", schema)
            why = self._found(name, given.get("default"))
            if why is not None:
                del given["default"]
                given.pop("required", None)
                self._take(("inputs", name), why, name, {"required": True})
            self._refuse_secrets(given, ("inputs", name))

    def _graph(self, graph: Any, at: Path) -> None:
        if isinstance(graph, list):
            self._nodes(cast("list[Any]", graph), at)
        elif isinstance(graph, dict):
            for key in ("nodes", "steps"):
                found: Any = cast("dict[str, Any]", graph).get(key)
                if isinstance(found, list):
                    self._nodes(cast("list[Any]", found), (*at, key))

    def _nodes(self, nodes: list[Any], at: Path) -> None:
        for index, raw in enumerate(nodes):
            if isinstance(raw, dict):
                node = cast("dict[str, Any]", raw)
                name = str(node.get("id", index))
                self._node(node, (*at, name), name)

    def _node(self, node: dict[str, Any], at: Path, name: str) -> None:
        if "pinned" in node:
            del node["pinned"]
            self.stripped.append(Stripped(write_place((*at, "pinned")), "recorded"))
        for key, value in list(node.items()):
            inner: Path = (*at, key)
            if key in _GRAPHS:
                self._graph(value, inner)
            elif key == "steps" and isinstance(value, list):
                self._nodes(cast("list[Any]", value), inner)
            elif key == "step" and isinstance(value, dict):
                self._node(cast("dict[str, Any]", value), inner, name)
            elif key in _NODE_KEYS:
                self._refuse_secrets(value, inner)
            else:
                self._value(node, key, inner, name)

    def _value(self, owner: Any, key: str | int, at: Path, node: str) -> None:
        value = owner[key]
        if isinstance(value, dict):
            for inner in list(cast("dict[str, Any]", value)):
                self._value(value, inner, (*at, inner), node)
        elif isinstance(value, list):
            for index in range(len(cast("list[Any]", value))):
                self._value(value, index, (*at, str(index)), node)
        elif isinstance(value, str):
            why = self._why(str(key), value)
            if why is None:
                return
            if len(value) > _LONGEST or "\n" in value.strip():
                self._refuse(at)
                return
            owner[key] = "https://example.com/" if is_address(value) else "changeme"
            schema: dict[str, Any] = {"type": "string", "minLength": 1, "required": True, "sets": write_place(at)}
            self._take(at, why, f"{node}_{key}", {**schema, "title": f"{_spaced(str(key))} of {node}"})

    def _why(self, key: str, value: Any) -> Why | None:
        if not isinstance(value, str) or not value:
            return None
        if self._is_secret(value):
            return "secret"
        if "{{" in value:
            return None
        if key in _PROFILE:
            return "profile"
        if names_credential(key):
            return "credential"
        return "address" if is_secret_address(value) else None

    def _found(self, key: str, value: Any) -> Why | None:
        """As `_why`, of a value that may have others inside."""
        if isinstance(value, dict):
            inside: list[Why | None] = [self._found(name, one) for name, one in cast("dict[str, Any]", value).items()]
        elif isinstance(value, list):
            inside = [self._found(key, one) for one in cast("list[Any]", value)]
        else:
            return self._why(key, value)
        return next((why for why in inside if why is not None), None)

    def _take(self, at: Path, why: Why, wanted: str, spec: Mapping[str, Any]) -> None:
        name = base = re.sub(r"[^A-Za-z0-9_]+", "_", wanted).strip("_") or "value"
        if name[0].isdigit():
            name = base = f"_{base}"
        number = 1
        while name in self.parameters:
            number += 1
            name = f"{base}_{number}"
        self.parameters[name] = dict(spec)
        self.stripped.append(Stripped(write_place(at), why, name))

    def _refuse_secrets(self, value: Any, at: Path) -> None:
        if isinstance(value, str):
            if self._is_secret(value):
                self._refuse(at)
        elif isinstance(value, dict):
            for key, inner in cast("dict[str, Any]", value).items():
                self._refuse_secrets(inner, (*at, key))
        elif isinstance(value, list):
            for index, inner in enumerate(cast("list[Any]", value)):
                self._refuse_secrets(inner, (*at, str(index)))

    def _refuse(self, at: Path) -> None:
        self.issues.append(
            Issue(
                "secret_in_template",
                f"`{write_place(at)}` holds a secret, and cannot be made a parameter.",
                at,
                remedy="Take it out of the workflow: keep it as a secret, and read it as `{{ secrets.name }}`.",
            )
        )


def _spaced(key: str) -> str:
    return re.sub(r"[_-]+", " ", _HUMP.sub(" ", key)).strip().capitalize()
