"""Server-sent events: read from bytes as they come."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

_END_OF_LINE = re.compile(rb"\r\n|\n|\r(?=.)", re.DOTALL)
LAST = frozenset({"result", "end"})
"""After one of these nothing comes: the stream is over, not interrupted."""


@dataclass(frozen=True)
class Event:
    """Something that happened. `type` is like `node_completed`; `data` are its facts; `id` is where it stands in the
    stream."""

    type: str
    data: Any
    id: str | None = None


class EventParser:
    """Makes events of a stream, wherever it was cut into pieces."""

    def __init__(self) -> None:
        self._rest = b""
        self._start()
        self.last_id: str | None = None
        self.wait: float | None = None
        """Seconds that the server asks to wait before one comes back."""

    def _start(self) -> None:
        self._type = ""
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
        if name == "event":
            self._type = value
        elif name == "data":
            self._data.append(value)
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and value.isdecimal():
            self.wait = int(value) / 1000
        return None

    def _dispatch(self) -> Event | None:
        if self._id is not None:
            self.last_id = self._id
        text, kind, number = "\n".join(self._data), self._type or "message", self._id
        self._start()
        return Event(kind, _decode(text), number) if text else None


def _decode(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
