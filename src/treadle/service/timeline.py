"""The timeline of a run: what its nodes did and logged, in the order in which it happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from treadle.engine.journal import BEFORE, MOVE_PLACE, Entry, EntryKind
from treadle.model.ids import RunId, node_path
from treadle.service.application import Application
from treadle.service.node_order import settling_order


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """`key` tells a line from every other of the run; `level` is debug, info, warning or error."""

    key: str
    at: datetime
    path: str
    level: str
    message: str
    data: dict[str, Any] = field(default_factory=dict[str, Any])

    def to_dict(self) -> dict[str, Any]:
        return {"at": self.at, "node": self.path, "level": self.level, "message": self.message, "data": self.data}


async def read_timeline(application: Application, run_id: RunId) -> list[TimelineLine]:
    """Every line there is so far, oldest first. Raises `NotFound`."""
    lines = [
        TimelineLine(f"log:{line.id}", line.at, line.path, line.level, line.message, dict(line.data))
        for line in await application.store.read_log(run_id, limit=100_000)
    ]
    for entry in await application.store.load(run_id):
        line = _line_of(entry)
        if line is not None:
            lines.append(line)
    run = await application.store.get_run(run_id)
    plan = await application.plans.get(run.workflow, run.version)
    order = {node: index for index, node in enumerate(settling_order(plan.graph))}
    # What settles in one turn of the loop has one time.
    return sorted(lines, key=lambda line: (line.at, order.get(line.path.rpartition("/")[2], 0)))


def _line_of(entry: Entry) -> TimelineLine | None:
    body, path = entry.body, node_path(entry.scope, entry.node)
    if "#" in entry.node:
        return None  # a container's own notes
    level, message = "info", ""
    data: dict[str, Any] = {}
    if entry.node.startswith(BEFORE):
        path = node_path(entry.scope, entry.node.removeprefix(BEFORE))
        message = _tell_stop(entry)
        return TimelineLine(f"{path}#before{entry.sequence}", entry.at, path, level, message, data)
    match entry.kind:
        case EntryKind.RESULT:
            status = str(body["status"])
            error: dict[str, Any] = body.get("error") or {}
            level = "error" if status == "failed" else "debug" if status == "skipped" else "info"
            message = f"{status}: {error['message']}" if error else status
            data = {"duration_ms": body.get("ms"), "attempts": body.get("attempts") or 1}
        case EntryKind.INTENT:
            level, message = "debug", f"attempt {body.get('attempt', 1)} starts"
        case EntryKind.FAILURE:
            error = body.get("error") or {}
            level = "warning"
            message = f"attempt {body.get('attempt', 1)} failed: {error.get('message', '')}"
            data = {"retry_at": body.get("retry_at")}
        case EntryKind.SUSPENSION:
            doubtful = bool(body.get("in_doubt"))
            level = "warning" if doubtful else "info"
            message = "in doubt: did it happen?" if doubtful else "waits"
            data = {str(name): body[name] for name in ("until", "signal") if body.get(name) is not None}
        case EntryKind.RESOLUTION:
            message = f"settled by a person: {body.get('outcome')}"
        case EntryKind.RESET:
            message = f"starts over as version {body.get('version')} has it"
        case EntryKind.CHECKPOINT if (entry.scope, entry.node) == MOVE_PLACE and "open" in body:
            path, message = "", f"moved from version {body.get('from')} to {body.get('version')}"
        case _:
            return None
    return TimelineLine(f"{node_path(entry.scope, entry.node)}#{entry.sequence}", entry.at, path, level, message, data)


def _tell_stop(entry: Entry) -> str:
    if entry.kind is EntryKind.SUSPENSION:
        return "stands at a breakpoint"
    if entry.body.get("outputs") is not None:
        return "a person says what it came to"
    return "goes on with other inputs" if entry.body.get("inputs") else "goes on"
