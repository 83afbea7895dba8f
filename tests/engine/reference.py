"""A reference of semantics §2 in a page: no journal, no time, no loop; what a random graph has to come to.

It shares nothing with the engine: nodes are taken in an order in which everything comes after what it depends on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ATTEMPTS = 2
ERROR_FIELDS = 5


@dataclass(frozen=True)
class Spec:
    """One node of a random graph. `kind`: calc (input required), maybe (optional), gather (list), fork (branches),
    send (effect), each (a loop of effects), wait (passes its value on, later)."""

    id: str
    kind: str
    sources: tuple[tuple[str, str], ...] = ()
    triggers: tuple[tuple[str, str], ...] = ()
    join: str = "any"
    after: tuple[str, ...] = ()
    when: str | None = None
    """Runs if what this node came to is even; skipped counts as 0."""
    extra: str | None = None
    """A node whose result is added."""
    fails: int = 0
    on_error: str = "continue"
    disabled: bool = False
    parallel: bool = False


@dataclass
class Came:
    """What a graph came to: by node, (status, live ports)."""

    nodes: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    failed_at: set[str] = field(default_factory=set)


def number(value: Any) -> int:
    """Any value as a number below a thousand, the same way for everybody."""
    if isinstance(value, list):
        return sum(number(item) for item in value) % 1000
    if isinstance(value, Mapping):
        return ERROR_FIELDS
    return 0 if value is None else int(value) % 1000


def in_order(items: list[Any]) -> int:
    """A number that tells in which order the items came."""
    return sum(number(item) * (at + 1) for at, item in enumerate(items)) % 1000


def calc(value: Any, extra: Any = 0) -> int:
    return (number(value) * 2 + number(extra) + 1) % 1000


def sent(value: Any, extra: Any = 0) -> int:
    return (number(value) * 3 + number(extra) + 7) % 1000


Act = Callable[[str, Any, Any, int], int]
"""What an effect comes to: of its path, its value, what is added, how often it fails first."""


def act(path: str, value: Any, extra: Any, fails: int) -> int:
    return sent(value, extra)


def interpret(specs: Sequence[Spec], act: Act = act) -> Came:
    """`specs` in an order in which all dependencies point back."""
    came = Came()
    for spec in specs:
        came.nodes[spec.id] = _decide(spec, came, act)
    return came


def _decide(spec: Spec, came: Came, act: Act) -> tuple[str, dict[str, Any]]:
    def ports(node: str) -> dict[str, Any]:
        return came.nodes[node][1]

    def whole(node: str) -> Any:
        return ports(node).get("output")

    skipped: tuple[str, dict[str, Any]] = ("skipped", {})
    if spec.disabled:
        return skipped
    if spec.triggers:
        live = [port in ports(node) for node, port in spec.triggers]
        if not (all(live) if spec.join == "all" else any(live)):
            return skipped
    values = [ports(node)[port] for node, port in spec.sources if port in ports(node)]
    if (spec.kind in ("calc", "gather") or (spec.kind == "wait" and spec.sources)) and not values:
        return skipped
    if spec.when is not None and number(whole(spec.when)) % 2 != 0:
        return skipped
    value = in_order(values) if spec.kind == "gather" else values[0] if values else 100
    extra = 0 if spec.extra is None else number(whole(spec.extra))
    if spec.kind == "fork":
        return "completed", {"yes" if number(value) % 2 else "no": value}
    if spec.kind == "send":
        if spec.fails >= ATTEMPTS:
            if spec.on_error == "fail":
                came.failed_at.add(spec.id)
            return "failed", {"error": {}} if spec.on_error == "branch" else {}
        return "completed", {"output": act(spec.id, value, extra, spec.fails)}
    if spec.kind == "each":
        return "completed", {"results": [act(f"{spec.id}[{item}]/inner", item, extra, 0) for item in range(3)]}
    if spec.kind == "wait":
        return "completed", {"value": values[0] if values else None}
    return "completed", {"output": calc(value, extra)}
