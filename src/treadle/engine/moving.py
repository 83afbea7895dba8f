"""Moving a waiting run to another version (semantics 5.2): planned before anything happens, by value.

The old version is gone through once more over what the run's journal holds, which tells what each node was asked to do.
Then the new version is gone through over the same entries, as its driver will: where a node is asked to do the same,
what it did is kept; where not, it starts over. What lies behind something that starts over can only be compared when
that has come to its new result: the journal remembers a print of what was asked for there, and the driver compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from treadle.engine.deciding import fired_trigger
from treadle.engine.execution import Execution
from treadle.engine.history import History, Place, is_inside
from treadle.engine.journal import MOVE_PLACE, Entry, EntryKind, RunMove
from treadle.engine.past import Looking, WholeHistory, execution_of
from treadle.engine.plan import GraphPlan, NodePlan, Plan, find_node
from treadle.engine.series import NOTHING_SEEN, SeenSeries
from treadle.engine.snapshot import UNKNOWN, Snapshot
from treadle.engine.state import STATE_PLACE, remembered_state
from treadle.engine.tokens import all_of
from treadle.engine.world import World
from treadle.model.ids import node_path
from treadle.model.issue import Issue
from treadle.model.run import Origin, RunRecord


@dataclass(frozen=True, slots=True)
class MovedNode:
    """What a move means for one node. `waits`: it has begun and waits for something; `done`: it came to a result."""

    path: str
    kind: str
    reasons: tuple[str, ...] = ()
    waits: bool = False
    done: bool = False

    def to_dict(self) -> dict[str, Any]:
        return {"path": self.path, "kind": self.kind, "reasons": list(self.reasons), "waits": self.waits}


@dataclass(frozen=True, slots=True)
class Move:
    """What moving a run would do; nothing has happened yet.

    `kept` are results and waits that go on to count. `again` starts over, for the `reasons` given. `new` runs in this
    version only. `later` is kept if its inputs turn out to be unchanged, and starts over otherwise. `removed` was done
    and counts no more. `abandoned` is what is no longer waited for, and `unread` what that was (path to `task:<id>`,
    `run:<id>`), which may have come. With `problems` the move cannot be made.
    """

    run: RunRecord
    version: str
    kept: tuple[MovedNode, ...]
    again: tuple[MovedNode, ...]
    new: tuple[MovedNode, ...]
    later: tuple[MovedNode, ...]
    removed: tuple[MovedNode, ...]
    abandoned: tuple[str, ...]
    unread: Mapping[str, str]
    warnings: tuple[str, ...]
    problems: tuple[Issue, ...]
    change: RunMove

    def to_dict(self) -> dict[str, Any]:
        lists = {name: getattr(self, name) for name in ("kept", "again", "new", "later", "removed")}
        return {
            "run_id": self.run.id,
            "workflow": self.run.workflow,
            "from": self.run.version,
            "to": self.version,
            **{name: [node.to_dict() for node in nodes] for name, nodes in lists.items()},
            "abandoned": list(self.abandoned),
            "warnings": list(self.warnings),
            "problems": [problem.to_dict() for problem in self.problems],
        }


def plan_move(
    old: Plan,
    new: Plan,
    run: RunRecord,
    entries: Sequence[Entry],
    *,
    world: World,
    state: Mapping[str, Any] | None = None,
    input: Mapping[str, Any] | None = None,
    series: SeenSeries = NOTHING_SEEN,
) -> Move:
    """What it means to move `run` from its version `old` to `new`. `entries` are what the journal holds of it, `input`
    is its input as the new version takes it, `state` what the new version would see as state if the run has not looked
    at it yet, and `series` the columns as the run sees them."""
    return _Planning(old, new, run, entries, world, state, input, series).plan()


class _Planning:
    def __init__(
        self,
        old: Plan,
        new: Plan,
        run: RunRecord,
        entries: Sequence[Entry],
        world: World,
        state: Mapping[str, Any] | None,
        input: Mapping[str, Any] | None,
        series: SeenSeries,
    ) -> None:
        self.series = series
        self.old, self.new, self.world = old, new, world
        self.now = world.clock.now()
        self.run = run
        self.entries = list(entries)
        settings = new.workflow.settings
        self.moved = replace(
            run,
            version=new.version,
            input=run.input if input is None else input,
            trigger=fired_trigger(old, run) or fired_trigger(new, run),
            save=settings.save,
            retention=settings.retention,
            origin=replace(run.origin or Origin(), moved_from=run.version),
        )
        self.written: list[Entry] = []
        known = remembered_state(History(entries))
        self.state = dict(known if known is not None else state or {})
        if known is None and "state" in new.roots and run.status != "queued":
            self.written.append(Entry(*STATE_PLACE, 0, EntryKind.CHECKPOINT, self.now, {"value": self.state}))
        self.problems: list[Issue] = []

    def plan(self) -> Move:
        before = History(self.entries)
        past = execution_of(
            Looking, self.old, self.run, WholeHistory(self.entries), self.world, self.state, self.series
        )
        past.look()
        seen = past.snapshots()
        told = {place: seen[place].print if place in seen else UNKNOWN for place in {*before.places(), *seen}}
        told = {place: known for place, known in told.items() if not place[1].startswith("@")}
        for place, known in before.gone.items():
            if told.get(place) == UNKNOWN:
                told[place] = known
        for place in seen.keys() - before.open.keys():
            if any(is_inside(inner, place) for inner in before.open):
                # Entered again after an earlier move: what is in there is of an older version still, piece by piece.
                told[place] = f"{seen[place].own}/{UNKNOWN}"
        told.update(before.open)
        aside = before.set_aside()
        self.restorable = self._find_restorable(aside)
        told.update({place: aside[place].body["told"] for place in self.restorable})

        counting = [
            one for one in self.entries if self.restorable.get(place_of(one)) is None or one is not aside[place_of(one)]
        ]
        history = History([*counting, *self.written])
        history.open, history.gone, history.moved = dict(told), {}, True
        future = execution_of(Execution, self.new, self.moved, history, self.world, self.state, self.series)
        while future.advance():
            pass
        missed = self.restorable.keys() & history.open.keys()
        for place in missed:
            del history.open[place]
        gone = {place: known for place, known in history.open.items() if find_node(self.new.graph, place) is None}
        self._find_problems(past, future, told, before, gone)
        self._write(future, gone, before)
        for place in self.restorable.keys() - future.verdicts.keys():
            del told[place]  # nothing is said of what this version does not come to
        move = self._describe(future, told, seen, before, gone)
        begins = {attempt.place for attempt in future.queue}
        return self._with_set_aside(move, [place for place in aside if place in begins and place not in told])

    def _find_restorable(self, aside: Mapping[Place, Entry]) -> dict[Place, list[Entry]]:
        """What the effects that an earlier move has set aside had come to: it counts again where this version asks for
        just that. A container is gone through again, which finds what was done in it."""
        found: dict[Place, list[Entry]] = {
            place: [] for place, reset in aside.items() if "/" not in reset.body.get("told", "/")
        }
        for entry in self.entries:
            place = place_of(entry)
            if place in found and entry is not aside[place]:
                if entry.kind is EntryKind.RESET:
                    found[place].clear()
                else:
                    found[place].append(entry)
        return {place: entries for place, entries in found.items() if entries and _has_come_to_something(entries[-1])}

    def _with_set_aside(self, move: Move, places: Sequence[Place]) -> Move:
        """With what an earlier move has set aside, and what starts over for that."""
        again: list[MovedNode] = []
        for place in sorted(places):
            node = find_node(self.new.graph, place)
            if node is not None and node.kind == "effect":
                done = place in self.restorable
                again.append(MovedNode(node_path(*place), node.kind, ("an earlier move has set it aside",), done=done))
        warnings = [*move.warnings, *self._warnings({"again": again, "removed": ()}, timeout=False)]
        return replace(move, again=(*move.again, *again), warnings=tuple(warnings))

    def _find_problems(
        self, past: Looking, future: Execution, told: Mapping[Place, str], before: History, gone: Mapping[Place, str]
    ) -> None:
        if past.ending is not None or past.root.cancelled or self.run.cancel_requested:
            self.refuse("run_ending", "The run is coming to its end already.", "Let it end; then fork it.")
        trigger = fired_trigger(self.old, self.run)
        if trigger is not None and trigger not in self.new.triggers:
            self.refuse(
                "unknown_trigger",
                f"The run was started by the trigger `{trigger}`, which the new version does not have.",
                "Keep the trigger in the new version, or fork the run.",
                trigger,
            )
        for place in told:
            path, verdict = node_path(*place), future.verdicts.get(place)
            is_kept = verdict[0] == "kept" if verdict else place not in future.history.open
            if _is_in_doubt(before, place, find_node(self.old.graph, place)) and not is_kept:
                self.refuse(
                    "in_doubt",
                    f"Nobody knows whether `{path}` has happened, and the new version does not leave it as it is.",
                    f"Say what became of it first: treadle resolve {self.run.id} {path} --as done|repeat|failed",
                    path,
                )
            elif verdict and verdict[0] == "again" and told[place] == UNKNOWN and _has_happened(before, place):
                node = find_node(self.new.graph, place)
                if node is not None and node.kind == "effect":
                    self.refuse(
                        "cannot_compare",
                        f"`{path}` has happened, and what it was asked to do cannot be told any more.",
                        "Let the run end with its version, or fork it.",
                        path,
                    )
        failure = future.root.failure
        if failure is not None and past.root.failure is None:
            self.refuse(
                "would_fail",
                f"The run would fail at once: {failure.message}",
                "Correct the new version, or let the run end with its own.",
                failure.node,
            )

    def refuse(self, code: str, message: str, remedy: str, node: str | None = None) -> None:
        self.problems.append(Issue(code, message, remedy=remedy, node=node))

    def _write(self, future: Execution, gone: dict[Place, str], before: History) -> None:
        """What the journal is to say of the move: what starts over, and what is to be compared later."""
        for entry in future.recorder.entries:
            doubt = entry.kind is EntryKind.SUSPENSION and entry.body.get("in_doubt")
            if (entry.kind is EntryKind.RESET and place_of(entry) not in self.restorable) or doubt:
                self.written.append(entry)
        for place, found in self.restorable.items():
            verdict = future.verdicts.get(place)
            if verdict is not None and verdict[0] == "kept":
                first = before.next_sequence(place)
                self.written += [one._replace(sequence=number) for number, one in enumerate(found, first)]
        self.abandons = list(future.recorder.take_abandoned())
        for place in list(gone):
            last = before.last(place)
            if last is not None and last.kind in (EntryKind.SUSPENSION, EntryKind.FAILURE, EntryKind.INTENT):
                # A result may be wanted again by yet another version; a wait is over.
                self.abandons.append(all_of(self.run.id, *place, before.generation(place)))
                number = before.next_sequence(place)
                self.written.append(Entry(*place, number, EntryKind.RESET, self.now, {"version": self.new.version}))
                del gone[place]
                future.history.open.pop(place, None)
        body = {
            "from": self.run.version,
            "version": self.new.version,
            "open": [[*place, known] for place, known in future.history.open.items() if place not in gone],
            "gone": [[*place, known] for place, known in gone.items()],
        }
        if not before:
            return  # it has not begun: there is nothing to compare
        number = before.next_sequence(MOVE_PLACE)
        self.written.append(Entry(*MOVE_PLACE, number, EntryKind.CHECKPOINT, self.now, body))

    def _describe(
        self,
        future: Execution,
        told: Mapping[Place, str],
        seen: Mapping[Place, Snapshot],
        before: History,
        gone: Mapping[Place, str],
    ) -> Move:
        lists: dict[str, list[MovedNode]] = {"kept": [], "again": [], "new": [], "later": [], "removed": []}
        abandoned: list[str] = []
        unread: dict[str, str] = {}
        for place in sorted(told):
            if place in before.gone and place in gone:
                continue  # said when it went
            last = self.restorable[place][-1] if place in self.restorable else before.last(place)
            node = find_node(self.new.graph, place)
            status = last.body["status"] if last is not None and last.kind is EntryKind.RESULT else None
            verdict, found = future.verdicts.get(place, (None, None))
            reasons: tuple[str, ...] = ()
            if verdict is None:
                name = "kept" if node is not None else "removed"
                if place in future.history.open and node is not None:
                    name = "later"
                reasons = () if name != "removed" else ("it is not in the new version",)
            elif verdict == "kept":
                name = "kept"
            elif verdict == "left":
                name, reasons = "removed", ("the new version skips it",)
            elif status == "skipped":
                name, reasons = "new", ("it was skipped",)
            elif place in self.restorable:
                name, reasons = "again", ("an earlier move has set it aside",)
            else:
                name, reasons = "again", _reasons(node, seen.get(place), found)
            if status == "skipped" and name != "new":
                continue
            waits = last is not None and last.kind in (EntryKind.SUSPENSION, EntryKind.FAILURE)
            if waits and name in ("again", "removed"):
                abandoned.append(node_path(*place))
                if last is not None and last.body.get("signal") is not None:
                    unread[node_path(*place)] = last.body["signal"]
            if waits and name == "later":
                reasons = ("it waits, and gives that up where it is not come to again",)
            shown = node or find_node(self.old.graph, place)
            sort = shown.kind if shown is not None else "effect"
            lists[name].append(MovedNode(node_path(*place), sort, reasons, waits, status is not None))
        known = set(_paths(self.old.graph))
        lists["new"] += [MovedNode(path, kind) for path, kind in _paths(self.new.graph) if (path, kind) not in known]
        return Move(
            self.run,
            self.new.version,
            kept=tuple(lists["kept"]),
            again=tuple(lists["again"]),
            new=tuple(lists["new"]),
            later=tuple(lists["later"]),
            removed=tuple(lists["removed"]),
            abandoned=tuple(abandoned),
            unread=unread,
            warnings=tuple(self._warnings(lists)),
            problems=tuple(self.problems),
            change=RunMove(self.moved, len(self.entries), self.written, self.abandons),
        )

    def _warnings(self, lists: Mapping[str, Sequence[MovedNode]], *, timeout: bool = True) -> Iterator[str]:
        for node in lists["removed"]:
            if node.kind == "effect" and node.done:
                yield f"`{node.path}` has happened and is forgotten: nothing undoes it."
        for node in lists["again"]:
            if node.kind == "effect" and node.done:
                yield f"`{node.path}` has happened and happens once more, as what the new version says."
        most, started = self.new.workflow.settings.timeout, _started(self.run)
        if timeout and most is not None and started is not None and started + timedelta(seconds=most) <= self.now:
            yield f"The new version's timeout of {most:g} s is over: the run fails when it goes on."


def _has_come_to_something(last: Entry) -> bool:
    return last.kind is EntryKind.RESULT and last.body["status"] in ("completed", "failed")


def place_of(entry: Entry) -> Place:
    return entry.scope, entry.node


def _paths(graph: GraphPlan, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(path without iterations, kind) of every node."""
    for node in graph.nodes:
        yield prefix + node.id, node.kind
        for name, body in node.bodies.items():
            yield from _paths(body, f"{prefix}{node.id}{'' if name == 'body' else '.' + name}/")


def _is_in_doubt(history: History, place: Place, node: NodePlan | None) -> bool:
    last = history.last(place)
    if last is None:
        return False
    if last.kind is EntryKind.INTENT:
        if node is None:
            return True
        return node.kind == "effect" and node.definition.type.in_doubt_of(node.node.config) != "repeat"
    return last.kind is EntryKind.SUSPENSION and bool(last.body.get("in_doubt"))


def _has_happened(history: History, place: Place) -> bool:
    result = history.result(place)
    return result is not None and result["status"] == "completed"


def _reasons(node: NodePlan | None, before: Snapshot | None, after: Snapshot | None) -> tuple[str, ...]:
    """Why a node starts over, in words."""
    if node is None or before is None or after is None:
        return ("what it was asked to do cannot be told any more",)
    reasons: list[str] = []
    for part in before.differs_in(after):
        kind, _, name = part.partition(".")
        if kind == "type":
            reasons.append(f"its type was {before.type} and is {after.type}")
        elif kind == "config":
            reasons.append(f"config `{name}` changed")
        elif kind == "input":
            reasons.append(f"input `{name}` changed" if name else "its inputs changed")
        elif kind == "pin":
            reasons.append("what is pinned changed")
        else:
            reasons.append("what is in it changed, or what that reads")
    return tuple(reasons) or ("it was cancelled",)


def _started(run: RunRecord) -> datetime | None:
    if run.origin is not None and run.origin.deadline_from is not None:
        return datetime.fromisoformat(run.origin.deadline_from)
    return run.created_at
