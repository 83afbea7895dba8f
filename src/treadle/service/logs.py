"""Logs: lines for people or JSON for programs, each with the run, node and request it belongs to; no secrets."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Collection
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Protocol
from weakref import WeakSet

from treadle.engine.tracing import DOING

REQUEST: ContextVar[str | None] = ContextVar("the id of the request at hand", default=None)


class Knows(Protocol):
    def known(self) -> Collection[str]:
        """Values that are to turn up nowhere."""
        ...


_knowing: WeakSet[Knows] = WeakSet()
"""What knows the secrets of this process; while a traceback holds on to it, it is still there to be asked."""

trace_ids: Callable[[], tuple[str, str] | None] | None = None
"""Trace and span at hand, in hex. Set while there is a tracer."""

_NAMED = ("run_id", "workflow")
_PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "color_message", "taskName"}


def blot_out_known_to(knows: Knows) -> None:
    """From now on no line has a value that this knows, for as long as it lives."""
    _knowing.add(knows)


def redact(text: str) -> str:
    """A text without the secrets that this process knows: every line goes through it."""
    from treadle.engine.redaction import Redactor

    known = frozenset[str]().union(*(knows.known() for knows in tuple(_knowing)))
    return Redactor(known).text(text) if known else text


def start_logs(*, format: str = "text", level: str = "warning") -> None:
    """Send what Treadle and the server log to standard error, whatever that is at the moment: a live display puts
    itself in between."""
    handler = _Stderr()
    handler.setFormatter(JsonLines() if format == "json" else TextLines())
    for name in ("treadle", "uvicorn"):
        log = logging.getLogger(name)
        log.handlers = [handler]
        log.propagate = False
        log.setLevel(level.upper())
    # uvicorn tells of every start and stop, which we tell ourselves.
    uvicorn = logging.getLogger("uvicorn")
    uvicorn.setLevel(max(uvicorn.level, logging.WARNING))
    errors = logging.getLogger("uvicorn.error")
    errors.handlers, errors.propagate, errors.level = [], True, logging.NOTSET


class _Stderr(logging.StreamHandler[Any]):
    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def about(record: logging.LogRecord) -> dict[str, Any]:
    """What a line belongs to: run, workflow, node, attempt, request, trace. As far as there is one."""
    found: dict[str, Any] = {}
    doing = DOING.get()
    if doing is not None:
        found |= {"run_id": doing.run_id, "workflow": doing.workflow}
        if doing.node:
            found |= {"node": doing.node, "attempt": doing.attempt}
    request = REQUEST.get()
    if request is not None:
        found["request_id"] = request
    ids = None if trace_ids is None else trace_ids()
    if ids is not None:
        found["trace_id"], found["span_id"] = ids
    return found | {key: value for key, value in record.__dict__.items() if key not in _PLAIN}


class TextLines(logging.Formatter):
    """A line for people: time, level, text, and what it belongs to, where the text does not say that itself."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        belongs = " ".join(
            f"{key}={value}" for key, value in about(record).items() if key not in _NAMED or value not in text
        )
        first, *rest = text.splitlines() or [""]
        return redact("\n".join([f"{first}  [{belongs}]" if belongs else first, *rest]))


class JsonLines(logging.Formatter):
    """A line for programs: one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line: dict[str, Any] = {
            "at": at,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **about(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return redact(json.dumps(line, default=str, ensure_ascii=False))
