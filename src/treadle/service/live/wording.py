"""What is told of a commit, and of what a dispatcher sees that is not kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from treadle.engine.journal import BEFORE, DEBUG_PLACE, MOVE_PLACE, Entry, EntryKind, LogLine
from treadle.model.event import (
    Logged,
    NodeCancelled,
    NodeCompleted,
    NodeFailed,
    NodeRetried,
    NodeSkipped,
    NodeStarted,
    NodeWaited,
    Progressed,
    RunEvent,
    RunFinished,
    RunStarted,
    Streamed,
)
from treadle.model.ids import node_path
from treadle.model.run import Failure, RunRecord
from treadle.service.live.event import LiveEvent, Place
from treadle.store.commit import About, Commit
from treadle.store.feed import BEGINNINGS, LAST

ALWAYS = (NodeStarted, Logged, Progressed, Streamed)
"""What is told of every run as it happens. Of these, what `KEPT_LATER` names is kept too, some time after."""
KEPT_LATER = ("node.started", "log")

Told = tuple[str, Mapping[str, Any]]
"""The type of an event and its data."""


def tell(commit: Commit, about: About) -> Iterator[LiveEvent]:
    """The events of a commit, in the order of their places."""
    common: dict[str, Any] = {
        "run_id": commit.run_id,
        "workflow": about.workflow,
        "deployment": about.deployment,
    }
    ending = None
    for word in commit.words:
        if word not in BEGINNINGS:
            ending = word
            continue
        kind, data = _tell_beginning(word, commit.run)
        is_both = len(commit.words) > 1 and commit.run is not None and commit.run.created_at is not None
        at = commit.run.created_at if is_both and commit.run is not None and commit.run.created_at else commit.at
        yield LiveEvent(Place(commit.serial, 0), kind, at, data=data, **common)
    for place, line in commit.lines:
        if isinstance(line, LogLine):
            data = {"level": line.level, "message": line.message, "data": line.data}
            yield LiveEvent(Place(commit.serial, place), "log", line.at, path=line.path, data=data, **common)
            continue
        told = _tell_entry(line)
        if told is not None:
            is_node = (line.scope, line.node) not in (MOVE_PLACE, DEBUG_PLACE)
            path = node_path(line.scope, line.node.removeprefix(BEFORE)) if is_node else ""
            yield LiveEvent(Place(commit.serial, place), told[0], line.at, path=path, data=told[1], **common)
    if ending is not None:
        kind, data = _tell_ending(ending, commit)
        yield LiveEvent(Place(commit.serial, LAST), kind, commit.at, data=data, **common)


def _tell_beginning(word: str, run: RunRecord | None) -> Told:
    if word in ("resumed", "recovered"):
        return "run.resumed", {"recovered": word == "recovered"}
    if word not in ("queued", "started") or run is None:
        return f"run.{word}", {}
    origin = run.origin
    data: dict[str, Any] = {
        "version": run.version,
        "mode": run.mode,
        "trigger": run.trigger,
        "parent": run.parent,
        "forked_from": None if origin is None else origin.forked_from,
        "input": run.input,
    }
    return f"run.{word}", data


def _tell_ending(word: str, commit: Commit) -> Told:
    rest = commit.rest
    if word == "suspended":
        return "run.suspended", {"until": None if rest is None else rest.wake_at}
    data: dict[str, Any] = {"status": word, "output": None, "error": None}
    if rest is not None:
        data |= {"output": rest.output, "error": _failure(rest.error)}
    return "run.finished", data


def _tell_entry(entry: Entry) -> Told | None:
    body = entry.body
    if entry.node.startswith(BEFORE):
        return _tell_stop(entry)
    if (entry.scope, entry.node) == DEBUG_PLACE:
        told: Mapping[str, Any] = body.get("breakpoints") or {}
        changed: dict[str, Any] = {"breakpoints": told.get("nodes", []), "step": bool(told.get("step"))}
        return ("breakpoints.changed", changed) if body.get("changed") else None
    attempt = body.get("attempt") or 1
    match entry.kind:
        case EntryKind.RESULT:
            return _tell_result(body)
        case EntryKind.INTENT:
            return "node.started", {"attempt": attempt}
        case EntryKind.FAILURE:
            return "node.retried", {"attempt": attempt, "error": body.get("error"), "retry_at": body.get("retry_at")}
        case EntryKind.SUSPENSION:
            kind = "node.in_doubt" if body.get("in_doubt") else "node.waiting"
            return kind, {"until": body.get("until"), "signal": body.get("signal")}
        case EntryKind.RESOLUTION:
            return "node.resolved", {"outcome": body.get("outcome")}
        case EntryKind.RESET:
            return "node.reset", {"version": body.get("version")}
        case EntryKind.CHECKPOINT:
            if "open" not in body:
                return None
            return "run.moved", {"from": body.get("from"), "version": body.get("version")}


def _tell_stop(entry: Entry) -> Told:
    """A node that the run stopped before, or that a person let go on."""
    body = entry.body
    if entry.kind is EntryKind.SUSPENSION:
        return "node.paused", {"inputs": body.get("inputs") or {}, "config": body.get("config") or {}}
    return "node.continued", {"inputs": body.get("inputs") or {}, "outputs": body.get("outputs")}


def _tell_result(body: Mapping[str, Any]) -> Told:
    status = str(body.get("status", "completed"))
    took: dict[str, Any] = {"duration_ms": body.get("ms") or 0.0, "attempts": body.get("attempts") or 1}
    match status:
        case "completed":
            return "node.completed", {"outputs": body.get("outputs") or {}, **took}
        case "failed":
            return "node.failed", {"error": body.get("error"), "handled": bool(body.get("handled")), **took}
        case _:
            return f"node.{status}", {}


def tell_unkept(event: RunEvent) -> Told | None:
    """What a dispatcher saw, for those who watch now. Of `ALWAYS` in every run; the rest is for runs whose nodes are
    not kept, in the same words as `tell` has for those that are."""
    match event:
        case NodeStarted():
            return "node.started", {"attempt": event.attempt}
        case Progressed():
            return "progress", {"share": event.share, "message": event.message}
        case Streamed():
            return "text", {"text": event.text}
        case NodeCompleted():
            took = {"duration_ms": event.duration_ms, "attempts": event.attempt}
            return "node.completed", {"outputs": event.outputs, **took}
        case NodeFailed():
            attempts = 1 if event.error is None else event.error.attempt or 1
            took = {"duration_ms": 0.0, "attempts": attempts}
            return "node.failed", {"error": _failure(event.error), "handled": False, **took}
        case NodeSkipped():
            return "node.skipped", {}
        case NodeCancelled():
            return "node.cancelled", {}
        case NodeRetried():
            attempt = 1 if event.error is None else event.error.attempt or 1
            return "node.retried", {"attempt": attempt, "error": _failure(event.error), "retry_at": event.retry_at}
        case NodeWaited():
            kind = "node.in_doubt" if event.in_doubt else "node.waiting"
            return kind, {"until": event.until, "signal": event.signal}
        case Logged():
            return "log", {"level": event.level, "message": event.message, "data": event.data}
        case RunStarted():
            return "run.started", {"version": event.version}
        case RunFinished():
            data = {"status": event.status, "output": event.output, "error": _failure(event.error)}
            return "run.finished", data
        case _:
            return None  # it is kept as long as the run waits


def _failure(error: Failure | None) -> Mapping[str, Any] | None:
    return None if error is None else error.to_dict()
