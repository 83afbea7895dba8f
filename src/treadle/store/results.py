"""What became of each node, read off a run's entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from treadle.engine.journal import BEFORE, MOVE_PLACE, Entry, EntryKind
from treadle.model.ids import node_path
from treadle.model.run import Failure, NodeResult
from treadle.store.rows import read_failure


def collect_results(entries: Iterable[Entry]) -> dict[str, NodeResult]:
    """By path. A node with a result has its status; of any other, the last entry says where it stands. What a move
    to another version has left behind is not among them."""
    results: dict[str, NodeResult] = {}
    paused: dict[str, NodeResult] = {}
    settled: set[str] = set()
    gone: list[str] = []
    for entry in entries:
        if entry.node.startswith(BEFORE):
            path = node_path(entry.scope, entry.node.removeprefix(BEFORE))
            paused.pop(path, None)
            if entry.kind is EntryKind.SUSPENSION:
                paused[path] = NodeResult("paused", started_at=entry.at)
            continue
        path = node_path(entry.scope, entry.node)
        if (entry.scope, entry.node) == MOVE_PLACE and "gone" in entry.body:
            gone = [node_path(scope, node) for scope, node, _ in entry.body["gone"]]
        if entry.kind is EntryKind.RESET:
            settled.discard(path)
            results.pop(path, None)
            continue
        if path in settled or entry.node.startswith("@"):
            continue
        if entry.kind is EntryKind.RESULT:
            settled.add(path)
        results[path] = _read_result(entry, results.get(path))
    results = {**paused, **results}
    for path in gone:
        results.pop(path, None)
    return results


def _read_result(entry: Entry, before: NodeResult | None) -> NodeResult:
    body = entry.body
    error = _failure(body)
    match entry.kind:
        case EntryKind.RESULT:
            return NodeResult(
                status=body["status"],
                outputs=body.get("outputs") or {},
                attempts=body.get("attempts", 1),
                duration_ms=body.get("ms") or 0.0,
                error=error,
                started_at=_time(body.get("started_at")) or entry.at,
            )
        case EntryKind.INTENT:
            return NodeResult(status="running", attempts=body.get("attempt") or 1, started_at=entry.at)
        case EntryKind.FAILURE:
            return NodeResult(status="waiting", attempts=body.get("attempt") or 1, error=error)
        case EntryKind.SUSPENSION:
            return NodeResult(
                status="in_doubt" if body.get("in_doubt") else "waiting",
                attempts=body.get("attempt") or (before.attempts if before else 0),
                started_at=_time(body.get("started_at")),
                error=error,
            )
        case _:
            attempts = before.attempts if before else 0
            return NodeResult(status="running", attempts=attempts, started_at=before.started_at if before else None)


def _failure(body: Mapping[str, Any]) -> Failure | None:
    error = body.get("error")
    return read_failure(error) if isinstance(error, dict) else None  # pyright: ignore[reportUnknownArgumentType]


def _time(value: object) -> datetime | None:
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    return value if isinstance(value, datetime) else None
