"""Server-sent events: read from bytes as they come."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_END_OF_LINE = re.compile(rb"\r\n|\n|\r(?=.)", re.DOTALL)
CLOSED = "stream.closed"
"""After it nothing comes, whatever was followed."""
FINISHED = "run.finished"
"""After it nothing comes of a run."""


@dataclass(frozen=True)
class Event:
    """Something that happened. `type` is like `node.completed`, `path` the node's (empty: it is about the run), `data`
    what goes with the type; `id` is where it stands in the stream."""

    type: str
    data: dict[str, Any]
    id: str | None = None
    run_id: str | None = None
    workflow: str | None = None
    deployment: str | None = None
    at: datetime | None = None
    path: str = ""


class EventParser:
    """Makes events of a stream, wherever it was cut into pieces."""

    def __init__(self) -> None:
        self._rest = b""
        self._start()
        self.last_id: str | None = None
        self.wait: float | None = None
        """Seconds that the server asks to wait before one comes back."""

    def _start(self) -> None:
        self._data: list[str] = []
        self._id: str | None = None

    def feed(self, piece: bytes) -> list[Event]:
        *lines, self._rest = _END_OF_LINE.split(self._rest + piece)
        return [event for line in lines if (event := self._take(line.decode("utf-8", "replace"))) is not None]

    def _take(self, line: str) -> Event | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and value.isdecimal():
            self.wait = int(value) / 1000
        return None

    def _dispatch(self) -> Event | None:
        if self._id is not None:
            self.last_id = self._id
        text, number = "\n".join(self._data), self._id
        self._start()
        return _read(json.loads(text), number) if text else None


def _read(told: dict[str, Any], number: str | None) -> Event:
    at = told.get("at")
    return Event(
        told["type"],
        told.get("data") or {},
        number,
        told.get("run_id"),
        told.get("workflow"),
        told.get("deployment"),
        None if at is None else datetime.fromisoformat(at),
        told.get("path") or "",
    )
