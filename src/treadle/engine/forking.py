"""Forking: with what a run begins that goes on from the middle of another (semantics 5.3).

What does not follow from the node it is forked at has the result it had there; the node itself, and whatever follows
from it, runs anew. An edited output stands for a result, and what follows from it runs anew too. Where a body was run
before the one that holds the node, it is as it was; those after it run anew, unless they run side by side.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from treadle.engine.fork_checks import check_fork
from treadle.engine.fork_points import ForkPoints, Outputs
from treadle.engine.history import Place
from treadle.engine.journal import Entry, EntryKind
from treadle.engine.plan import NodePlan, Plan
from treadle.engine.racing import WINNER
from treadle.engine.remains import Remains
from treadle.engine.route import Body, split_scope
from treadle.model.ids import node_path

Mode = Literal["open", "inside", "as it was", "later", "dropped"]


@dataclass(frozen=True, slots=True)
class ForkPlan:
    """The entries a fork begins with, and what that means by path.

    `copied` are entries of the source as they are; `rewritten` are those it has in other words: edited outputs, and
    results without the changes of state that were the source's to commit. `anew` are the nodes that run (again), as
    far as it is known where; `effects` those of them that touch the world.
    """

    at: str
    copied: tuple[Entry, ...]
    rewritten: tuple[Entry, ...]
    kept: tuple[str, ...]
    edited: tuple[str, ...]
    anew: tuple[str, ...]
    effects: tuple[str, ...]


def plan_fork(
    plan: Plan,
    entries: Iterable[Entry],
    at: str,
    *,
    now: datetime,
    edits: Mapping[str, Outputs] | None = None,
    changed_from: Plan | None = None,
    upstream_only: bool = False,
) -> ForkPlan:
    """How a run with these entries is forked at the node at path `at`, to go on with `plan`.

    `edits` are live ports by path: of nodes that `at` does not lead to, or of that node itself, which then does not
    run. `changed_from` is the plan the entries come from, if another. With `upstream_only` nothing beside the way to
    the node is kept either. Raises `NotFound` (`unknown_node`) and `Conflict`: `not_reached` where the node, or what it
    needs, has no result to go on from; `edit_after_fork` where an edited node runs anew; `container_runs_anew` where
    what is around the node has to.
    """
    points = ForkPoints(plan, at, edits or {})
    if changed_from is not None:
        points.mark_changed(changed_from)
    remains = Remains(entries)
    keeping = _Keeping(points, remains, upstream_only=upstream_only)
    check_fork(points, remains, is_dropped=lambda scope: keeping.mode(scope) in ("later", "dropped"))
    return keeping.plan(now)


class _Keeping:
    """Tells what of a run is kept, scope by scope."""

    def __init__(self, points: ForkPoints, remains: Remains, *, upstream_only: bool) -> None:
        self._points = points
        self._remains = remains
        self._upstream_only = upstream_only
        self._modes: dict[str, Mode] = {"": "open"}
        self._needed: dict[str, Collection[int]] = {}

    def plan(self, now: datetime) -> ForkPlan:
        points = self._points
        copied: list[Entry] = []
        rewritten: list[Entry] = []
        for place, entries in self._remains.places.items():
            for entry in self._kept_of(place, entries):
                if "state" in entry.body:
                    body = {name: value for name, value in entry.body.items() if name != "state"}
                    rewritten.append(entry._replace(body=body))
                else:
                    copied.append(entry)
        for (scope, name), outputs in points.edits.items():
            edit = {"status": "completed", "outputs": dict(outputs), "attempts": 0, "ms": 0.0, "edited": True}
            rewritten.append(Entry(scope, name, 0, EntryKind.RESULT, now, edit))
        standing = {(entry.scope, entry.node) for entry in (*copied, *rewritten) if entry.kind is EntryKind.RESULT}
        running = [(scope, node) for scope, node in self._open_nodes() if (scope, node.id) not in standing]
        kept = [place for scope, node in self._open_nodes() if (place := (scope, node.id)) in standing]
        return ForkPlan(
            at=points.at,
            copied=tuple(copied),
            rewritten=tuple(rewritten),
            kept=tuple(node_path(*place) for place in kept if place not in points.edits),
            edited=tuple(node_path(*place) for place in points.edits),
            anew=tuple(node_path(scope, node.id) for scope, node in running),
            effects=tuple(
                node_path(scope, node.id)
                for scope, node in running
                if (scope, node.id) not in points.containers and _touches_the_world(node)
            ),
        )

    def _open_nodes(self) -> Iterator[tuple[str, NodePlan]]:
        """The nodes of the scopes that are gone through node by node, and those that ran in later bodies."""
        for scope in sorted({*self._points.graphs, *self._remains.scopes}):
            mode = self.mode(scope)
            if mode in ("open", "later"):
                for node in self._points.graph(scope).nodes:
                    if mode == "open" or (scope, node.id) in self._remains.places:
                        yield scope, node

    def _kept_of(self, place: Place, entries: Sequence[Entry]) -> Sequence[Entry]:
        scope, name = place
        mode, last = self.mode(scope), entries[-1]
        if place in self._points.edits or mode in ("later", "dropped"):
            return []
        if mode == "as it was":
            return entries
        if mode == "inside":
            return [last] if last.kind is EntryKind.RESULT or name.startswith("@") else []
        node = self._points.graph(scope).by_id.get(name)
        if node is None:
            return []
        if place in self._points.containers:
            return _notes_before(entries, self._points.containers[place])
        return [last] if self._is_kept(scope, node) else []

    def _is_kept(self, scope: str, node: NodePlan) -> bool:
        if self._points.runs_anew(scope, node.id) or not self._remains.stands(scope, node):
            return False
        # The branches of a race run together or not at all: one that has won would end it at once.
        narrow = scope in self._points.graphs and (self._upstream_only or (scope, WINNER) in self._remains.places)
        if not narrow:
            return True
        if scope not in self._needed:
            self._needed[scope] = self._points.needed(scope)
        return node.index in self._needed[scope]

    def mode(self, scope: str) -> Mode:
        """How what a scope holds is kept: `open` node by node; `inside` what has a result, which nobody asks for;
        `later` and `dropped` not at all."""
        mode = self._modes.get(scope)
        if mode is None:
            mode = self._modes[scope] = self._mode_inside(*split_scope(scope))
        return mode

    def _mode_inside(self, outer: str, container: str, body: Body) -> Mode:
        around = self.mode(outer)
        if around != "open":
            return "dropped" if around == "later" else around
        node = self._points.graph(outer).by_id.get(container)
        if node is None or body.name not in node.bodies:
            return "dropped"
        forked = self._points.containers.get((outer, container))
        if forked is None:
            return "inside" if self._is_kept(outer, node) else "dropped"
        if self._points.runs_anew(outer, container):
            return "dropped"
        if body in forked:
            return "open"
        beside = node.static_config.get("parallel") is True
        if any(_is_later(body, other, node, beside=beside) for other in forked):
            return "later"
        return "open" if beside and all(body.index != other.index for other in forked) else "as it was"


def _notes_before(entries: Sequence[Entry], bodies: Collection[Body]) -> list[Entry]:
    """What a container noted before it opened any of `bodies`: how far it was, how long it paused, what it drew."""
    notes: list[Entry] = []
    for entry in entries:
        if entry.kind is EntryKind.INTENT:
            notes.append(entry)
        elif entry.kind in (EntryKind.CHECKPOINT, EntryKind.SUSPENSION):
            opened = entry.body.get("opened")
            # A note that does not tell may be of later; without it, the bodies before are gone through once more.
            if opened is None or any(_was_opened(body, opened) for body in bodies):
                break
            notes.append(entry)
    return notes


def _was_opened(body: Body, opened: Iterable[Sequence[Any]]) -> bool:
    return any(
        name == body.name and (first is None if body.index is None else first is not None and first <= body.index <= to)
        for name, first, to in opened
    )


def _is_later(body: Body, other: Body, node: NodePlan, *, beside: bool) -> bool:
    """Whether `body` is run after `other`, and may depend on it."""
    if body.index != other.index:
        return not beside and (body.index or 0) > (other.index or 0)
    order = list(node.bodies)
    return order.index(body.name) > order.index(other.name)


def _touches_the_world(node: NodePlan) -> bool:
    return node.kind == "effect" or any(
        _touches_the_world(inner) for body in node.bodies.values() for inner in body.nodes
    )
