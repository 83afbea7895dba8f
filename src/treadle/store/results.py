"""What became of each node, read off a run's entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
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
    waited: set[str] = set()
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
            waited.discard(path)
            results.pop(path, None)
            continue
        if path in settled or entry.node.startswith("@"):
            continue
        if entry.kind is EntryKind.RESULT:
            settled.add(path)
        elif entry.kind is not EntryKind.INTENT:
            waited.add(path)
        results[path] = _read_result(entry, results.get(path), waited=path in waited)
    results = {**paused, **results}
    for path in gone:
        results.pop(path, None)
    _begin_containers(results)
    return results


def _read_result(entry: Entry, before: NodeResult | None, *, waited: bool) -> NodeResult:
    body = entry.body
    error = _failure(body)
    started_at = before.started_at if before else None
    attempts = body.get("attempt") or (before.attempts if before else 0)
    match entry.kind:
        case EntryKind.RESULT:
            ms = body.get("ms") or 0.0
            if started_at is None:
                started_at = entry.at - timedelta(milliseconds=ms)
            elif waited:
                # Earlier journals say only how long it took after that.
                ms = max(ms, _milliseconds(started_at, entry.at))
            return NodeResult(
                status=body["status"],
                outputs=body.get("outputs") or {},
                attempts=body.get("attempts", 1),
                duration_ms=ms,
                error=error,
                finished_at=entry.at,
                started_at=started_at,
            )
        case EntryKind.INTENT:
            return NodeResult("running", attempts=attempts or 1, started_at=started_at or entry.at)
        case EntryKind.FAILURE:
            return NodeResult("waiting", attempts=attempts or 1, error=error, started_at=started_at or entry.at)
        case EntryKind.SUSPENSION:
            status = "in_doubt" if body.get("in_doubt") else "waiting"
            return NodeResult(status, attempts=attempts, started_at=started_at or entry.at, error=error)
        case _:
            return NodeResult("running", attempts=before.attempts if before else 0, started_at=started_at)


def _begin_containers(results: dict[str, NodeResult]) -> None:
    """A container began with the first of what is in it: nothing is written when it begins."""
    began: dict[str, datetime] = {}
    for path, result in results.items():
        if result.started_at is None or result.status == "skipped":
            continue
        for container in _containers(path):
            began[container] = min(result.started_at, began.get(container, result.started_at))
    for path, first in began.items():
        result = results.get(path)
        if result is None or result.started_at is None or first >= result.started_at:
            continue
        ended = result.finished_at
        ms = result.duration_ms if ended is None else max(result.duration_ms, _milliseconds(first, ended))
        results[path] = result._replace(started_at=first, duration_ms=ms)


def _containers(path: str) -> Iterator[str]:
    """Of `a[1]/b.catch/c`: `a` and `a[1]/b`."""
    at = path.find("/")
    while at >= 0:
        before, _, last = path[:at].rpartition("/")
        name = last.partition("[")[0].partition(".")[0]
        yield f"{before}/{name}" if before else name
        at = path.find("/", at + 1)


def _milliseconds(since: datetime, until: datetime) -> float:
    return round((until - since).total_seconds() * 1000, 3)


def _failure(body: Mapping[str, Any]) -> Failure | None:
    error = body.get("error")
    return read_failure(error) if isinstance(error, dict) else None  # pyright: ignore[reportUnknownArgumentType]
