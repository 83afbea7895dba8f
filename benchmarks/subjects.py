"""What is measured: node types that do next to nothing, and workflows of them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from treadle.model.workflow import Connection, Node, Workflow
from treadle.node import Context, Registry, effect, node
from treadle.service.application import Application
from treadle.service.settings import Settings


@node("bench.add")
def add(value: float, *, by: float = 1.0) -> float:
    """The smallest pure node that still computes something."""
    return value + by


@effect("bench.note", in_doubt="repeat")
async def note(ctx: Context, value: float) -> float:
    """An effect that touches nothing: intent and result are journaled all the same."""
    return value


def registry() -> Registry:
    return Registry.installed().with_definitions(add, note)


def chain(length: int, *, effects: int = 0, name: str = "chain", save: str = "all") -> Workflow:
    """`length` nodes one after the other; the first `effects` after the first node are effects."""
    types = ["bench.add", *["bench.note"] * effects, *["bench.add"] * (length - 1 - effects)]
    nodes = [
        Node(id=f"n{at}", type=kind, config={"value": "{{ workflow.input.start }}"} if at == 0 else {})
        for at, kind in enumerate(types)
    ]
    return _workflow(name, nodes, save)


def waiting(duration: str, *, name: str = "waiting") -> Workflow:
    """A node, a wait, a node."""
    nodes = [
        Node(id="before", type="bench.add", config={"value": "{{ workflow.input.start }}"}),
        Node(id="pause", type="flow.wait", config={"duration": duration}),
        Node(id="after", type="bench.add"),
    ]
    return _workflow(name, nodes, "all")


def _workflow(name: str, nodes: list[Node], save: str) -> Workflow:
    pairs = pairwise(nodes)
    return Workflow.model_validate(
        {
            "name": name,
            "inputs": {"start": {"type": "number"}},
            "settings": {"save": save},
            "nodes": tuple(nodes),
            "connections": tuple(Connection(source=a.id, target=b.id) for a, b in pairs),
        }
    )


def application(folder: Path, *, known: Registry | None = None, most_at_once: int = 256) -> Application:
    """Treadle as it is installed, on a store in `folder`; durable as by default, through a power cut."""
    settings = Settings(db=str(folder / "treadle.db"), max_concurrency=most_at_once)
    return Application(settings, registry=known or registry())
