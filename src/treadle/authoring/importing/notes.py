"""The note on the canvas that holds what has no counterpart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from treadle.authoring.importing.ledger import write_kept
from treadle.authoring.importing.values import read_position
from treadle.authoring.tree import Path

NOTE = "imported"


def note_node(nodes: list[dict[str, Any]], heading: str, kept: Mapping[Path, Any]) -> dict[str, Any]:
    """A note on the canvas, below everything, with what has no counterpart."""
    places = [at for node in nodes if (at := read_position(node.get("position"))) is not None]
    below = max((float(at["y"]) for at in places), default=-200.0) + 200
    left = min((float(at["x"]) for at in places), default=0.0)
    ids = {node.get("id") for node in nodes}
    id_ = NOTE if NOTE not in ids else next(f"{NOTE}-{n}" for n in range(2, len(ids) + 3) if f"{NOTE}-{n}" not in ids)
    text = f"{heading}\n\n{write_kept(kept)}"
    height = min(4000, 60 + 20 * (text.count("\n") + 1))
    config = {"text": text, "width": 520, "height": height}
    return {"id": id_, "type": "flow.note", "config": config, "position": {"x": left, "y": below}}
