"""Snapshots: what a node is asked to do, in a form in which two versions of a workflow can be compared by value."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, cast

from pydantic import BaseModel

from treadle.engine.plan import GraphPlan, NodePlan, Source
from treadle.engine.scope import Scope
from treadle.engine.settle import gather
from treadle.expressions import Draws
from treadle.model.workflow import content_of
from treadle.node.field import Expression

UNKNOWN = "?"
"""The print of work of which nobody can say any more what it was; nothing is equal to it."""
_MICROSECOND = timedelta(microseconds=1)
_UNSTEADY = frozenset({"nodes", "state", "secrets", "env", "run", "workflow"})
_BODY_NAMES = frozenset({"loop", "error"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Digests of what a node is asked to do, by part: `type`, `config.<field>`, `input.<port>`, `bodies`."""

    type: str
    parts: Mapping[str, str]

    @property
    def own(self) -> str:
        """One digest of all of it but the bodies."""
        return _digest([self.type, sorted(item for item in self.parts.items() if item[0] != "bodies")], 32)

    @property
    def print(self) -> str:
        """One digest of all of it; of a container, with that of its bodies behind a `/`. It gives nothing away: values
        are hashed, and secrets are not even looked at."""
        return f"{self.own}/{self.parts['bodies']}" if "bodies" in self.parts else self.own

    def differs_in(self, other: Snapshot) -> list[str]:
        """The parts that are not the same in both."""
        if self.type != other.type:
            return ["type"]
        return sorted(name for name in {*self.parts, *other.parts} if self.parts.get(name) != other.parts.get(name))


def steady(roots: Mapping[str, Any], *, state: Mapping[str, Any], hidden: Mapping[str, str]) -> dict[str, Any]:
    """`roots` as comparisons see them: a version's number, the attempt, what others made of the state, and secrets
    that were renewed are no change of the work."""
    env = {name: f"\0env:{name}" for name in roots.get("env", {})}
    workflow, run = roots.get("workflow", {}), roots.get("run", {})
    return {
        **roots,
        "state": state,
        "secrets": hidden,
        "env": env,
        "workflow": {**workflow, "version": ""},
        "run": {**run, "attempt": 0},
    }


def take_snapshot(
    scope: Scope,
    node: NodePlan,
    roots: Mapping[str, Any],
    draws: Callable[[], Draws | None],
    *,
    only: tuple[Source, ...] | None,
    with_input: Callable[[Mapping[str, Any], NodePlan, list[Any], Draws | None], Mapping[str, Any]],
    tests: bool,
) -> Snapshot:
    """What `node` is asked to do in `scope`, all that it waits for being settled. `roots` are `steady` ones, `draws`
    begins to draw anew, `with_input` adds the root `input`; with `tests`, a pin is part of the work."""
    parts: dict[str, str] = {}
    drawn = draws()
    try:
        arguments = gather(node, scope.outputs, roots, drawn, only=only) or []
        for at, plan in enumerate(node.inputs):
            value = arguments[at:] if plan.spreads else arguments[at] if at < len(arguments) else None
            parts[f"input.{plan.name}"] = _digest(value)
        if node.uses_input:
            roots = with_input(roots, node, arguments, drawn)
    except Exception as error:
        parts["input"] = _digest(["raises", type(error).__name__, str(error)])
    for name, value in _config(node, roots, drawn):
        parts[f"config.{name}"] = _digest(value)
    if tests and node.node.has_pin:
        parts["pin"] = _digest(node.node.pinned)
    if node.bodies:
        parts["bodies"] = _digest(_bodies(scope, node, roots))
    return Snapshot(node.definition.name, parts)


def _config(node: NodePlan, roots: Mapping[str, Any], draws: Draws | None) -> Iterator[tuple[str, Any]]:
    """What each config field comes to. One that is not set has its default, which is the same as saying so."""
    yield from node.static_config.items()
    given = set(node.static_config)
    for name, render, validated in node.dynamic_config:
        given.add(name)
        try:
            value = render(roots, draws)
            # A secret's stand-in may not be the number or the URL that is wanted.
            yield name, _validated(node, name, value) if validated else value
        except Exception as error:
            yield name, ["raises", type(error).__name__, str(error)]
    for field in node.definition.type.config:
        if field.name not in given and not field.required:
            yield field.name, _validated(node, field.name, field.default)


def _validated(node: NodePlan, name: str, value: Any) -> Any:
    try:
        return node.definition.config_value(name, value)
    except Exception:
        return value


def _bodies(scope: Scope, node: NodePlan, roots: Mapping[str, Any]) -> list[Any]:
    """What the bodies are, and what they read from around them."""
    graphs = list(node.bodies.values())
    names = set(_BODY_NAMES).union(*(_roots_read(graph) for graph in graphs))
    free = set[str]().union(*(graph.free for graph in graphs))
    return [
        [[name, content_of(body)] for name, body in node.node.bodies],
        [[name, scope.nodes[name]] for name in sorted(free) if name in scope.nodes],
        [[name, roots[name]] for name in sorted(names - _UNSTEADY - free) if name in roots],
        roots.get("workflow", {}).get("input"),
    ]


def _roots_read(graph: GraphPlan) -> set[str]:
    found: set[str] = set()
    for node in graph.nodes:
        found |= node.reads.roots
        for body in node.bodies.values():
            found |= _roots_read(body)
    return found


def _digest(value: Any, digits: int = 16) -> str:
    try:
        text = json.dumps(_keyed(value), sort_keys=True, default=_plain)
    except (TypeError, ValueError, RecursionError):
        text = repr(value)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:digits]


def _keyed(value: Any) -> Any:
    """`value` with its keys as text: as the journal gives it back, and in the order in which it then is."""
    if isinstance(value, Mapping):
        return {_key(key): _keyed(item) for key, item in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_keyed(item) for item in cast("list[Any]", value)]
    return value


def _key(key: Any) -> str:
    if key is None or isinstance(key, bool | int | float):
        return json.dumps(key)
    return key if isinstance(key, str) else f"{type(key).__name__}:{key!r}"


def _plain(value: Any) -> Any:
    """`value` in JSON's terms, the same in every process that has an equal one, and before and after the journal."""
    match value:
        case Expression():
            return {"expression": value.source, "reads": sorted(value.reads.items())}
        case datetime():
            return ["datetime", datetime.fromisoformat(value.isoformat()).isoformat()]
        case date():
            return ["date", value.isoformat()]
        case time():
            return ["time", value.isoformat()]
        case timedelta():
            return ["timedelta", value // _MICROSECOND]
        case Decimal():
            return ["Decimal", str(value)]
        case bytes() | bytearray():
            return ["bytes", bytes(value).hex()]
        case BaseModel():
            return _keyed(value.model_dump(mode="python"))
        case Enum():
            return _keyed(value.value)
        case set() | frozenset():
            return sorted(map(_digest, cast("set[Any]", value)))
        case _:
            pass
    if hasattr(value, "tobytes") and hasattr(value, "dtype"):
        return [str(value.dtype), list(value.shape), hashlib.sha256(value.tobytes()).hexdigest()]
    if is_dataclass(value) and not isinstance(value, type):
        return _keyed(asdict(value))
    if type(value).__str__ is not object.__str__ or type(value).__repr__ is not object.__repr__:
        return [type(value).__name__, str(value)]
    return [type(value).__name__, _keyed(vars(value)) if hasattr(value, "__dict__") else None]
