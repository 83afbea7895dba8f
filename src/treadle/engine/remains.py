"""What a run has left in the journal, by place: what of it may stand in another run, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable

from treadle.engine.history import History, Place
from treadle.engine.journal import Entry, EntryKind
from treadle.engine.plan import NodePlan

NEVER_BEGUN = "was never begun"


class Remains:
    """The entries that count, by place. Where a node was moved, that is only what came since; what is still to be
    compared with what its version asks for does not count."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        places: dict[Place, list[Entry]] = {}
        for entry in entries:
            found = places.setdefault((entry.scope, entry.node), [])
            if entry.kind is EntryKind.RESET:
                found.clear()
            else:
                found.append(entry)
        moved = History(entry for found in places.values() for entry in found)
        self.places = {place: found for place, found in places.items() if found and place not in moved.open}
        self.scopes = {scope for scope, _ in self.places}

    def last(self, place: Place) -> Entry | None:
        entries = self.places.get(place)
        return entries[-1] if entries else None

    def stands(self, scope: str, node: NodePlan) -> bool:
        """Whether the node has a result that may stand for it in another run."""
        last = self.last((scope, node.id))
        if last is None or last.kind is not EntryKind.RESULT or "stop" in last.body:
            return False
        status = last.body["status"]
        # Nobody needed a lazy node that was skipped; in another run somebody may.
        return not node.node.lazy if status == "skipped" else status == "completed" or bool(last.body.get("handled"))

    def missing(self, scope: str, node: NodePlan) -> str | None:
        """What keeps the node from having given what others need; None when nothing does."""
        last = self.last((scope, node.id))
        if last is not None and last.kind is EntryKind.RESULT:
            if "stop" in last.body:
                return "ended the run"
            if last.body.get("handled"):
                return None
            return {"failed": "has failed", "cancelled": "was cancelled"}.get(last.body["status"])
        if node.kind in ("pure", "trigger"):
            return None  # it can be computed again, and where results are not kept it is
        if last is None:
            return NEVER_BEGUN
        if last.kind is EntryKind.SUSPENSION:
            return "is in doubt" if last.body.get("in_doubt") else "still waits"
        return "has not come to a result"

    def has_begun(self, scope: str) -> bool:
        """Whether anything in the scope, or inside it, has left a trace."""
        return any(found == scope or found.startswith(f"{scope}/") for found in self.scopes)

    def is_iterated(self, path: str) -> bool:
        """Whether a container has run iterations, which have a number each."""
        return any(scope.startswith(f"{path}[") for scope in self.scopes)
