"""Server-sent events of one run that is watched from its start."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

from treadle.model.event import RunEvent
from treadle.server.values import MOST_OF_A_NODE, Budget, CutValue, written

MEDIA_TYPE = "text/event-stream"
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def write_event(event: RunEvent) -> bytes:
    """One event: its kind as `node_completed`, its facts as JSON; values that are too large are null and told in
    `cut`."""
    facts: dict[str, Any] = {}
    cut: dict[str, CutValue] = {}
    budget = Budget()
    for one in fields(event):
        value: Any = getattr(event, one.name)
        if hasattr(value, "to_dict"):
            value = value.to_dict()
        if one.name == "outputs":
            value = {port: budget.cut(port, output, cut, MOST_OF_A_NODE) for port, output in value.items()}
        elif one.name == "output":
            value = budget.cut("output", value, cut, MOST_OF_A_NODE)
        facts[one.name] = value
    if cut:
        facts["cut"] = {name: told.model_dump() for name, told in cut.items()}
    return _framed(_CAPITAL.sub("_", type(event).__name__).lower(), written(facts))


def write_result(text: bytes) -> bytes:
    """The last event: what the run came to."""
    return _framed("result", text)


def _framed(kind: str, text: bytes) -> bytes:
    return b"event: " + kind.encode() + b"\ndata: " + text + b"\n\n"
