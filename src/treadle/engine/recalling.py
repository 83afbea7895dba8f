"""Recalling: what the journal remembers of a node is taken up again; in a moved run only where its work is unchanged
(semantics 4.4, 5.2)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from treadle.engine.clock import Clock
from treadle.engine.draws import NodeDraws
from treadle.engine.history import Place, is_inside
from treadle.engine.journal import MOVE_PLACE, EntryKind, StateChange
from treadle.engine.plan import NodePlan, Source, find_node
from treadle.engine.racing import WINNER, Racing
from treadle.engine.recorder import COUNTER, failure_from
from treadle.engine.scope import NO_PORTS, Ports, Scope
from treadle.engine.settle import gather, input_of, is_live, is_starved, is_triggered, is_wanted
from treadle.engine.snapshot import UNKNOWN, Snapshot, steady, take_snapshot
from treadle.engine.state import changed_by, remembered_state
from treadle.expressions import Draws
from treadle.model.run import RunRecord
from treadle.node.container import BodyOutcome
from treadle.node.stop import StopRun

Verdict = Literal["kept", "again", "left"]
"""Of what was done at a place: it is kept; it is done again, as other work; the new version leaves it out."""


class Recalling(Racing):
    """Takes up what a run has done before."""

    run: RunRecord
    clock: Clock
    secrets: Mapping[str, str]
    verdicts: dict[Place, tuple[Verdict, Snapshot | None]]
    """What has been judged here of a moved run, and what the new version asks for there."""
    _recalling: bool
    _ended: list[tuple[Scope, bool]]

    def _recall(self, scope: Scope, node: NodePlan) -> bool:
        """4.4: a node with a journaled result is never run again. Whether the node is dealt with."""
        place = (scope.path, node.id)
        if place in self.history.open:
            dealt_with = self._judge(scope, node, place)
            if dealt_with or place in self.history.open:
                return dealt_with
        body = self.history.result(place)
        if body is None:
            return False
        last = self.history.last(place)
        self.recorder.remembered(place, body, last.at if last else self.now)
        if node.bodies:
            for entry in self.history.changes_inside(place):
                self.recorder.changed(entry.body, entry.at)
        failure, stop = failure_from(body.get("error")), body.get("stop")
        if stop is not None:
            self.ending = self.ending or StopRun(**stop)
            self._recalling = True
        if failure is not None or stop is not None or body["status"] == "cancelled":
            # What had begun beside it is recalled first; only then does the scope end.
            self._hold_open(scope, cancelled=body["status"] == "cancelled")
        if failure is not None:
            ports: Ports = body["outputs"]
            if self.history.moved:  # what a failure means is for the version that goes on
                ports = {"error": failure.to_dict()} if node.on_error == "branch" else NO_PORTS
            self._fail(scope, node, failure, ports)
            return True
        self._settle(scope, node, body["outputs"])
        return True

    def _hold_open(self, scope: Scope, *, cancelled: bool = False) -> None:
        scope.held += 1
        self._ended.append((scope, cancelled))

    def _has_begun(self, scope: Scope, node: NodePlan) -> bool:
        return self._remembers and self.history.has_begun((scope.path, node.id))

    def _may_go_on(self, scope: Scope, node: NodePlan) -> bool:
        """Whether a node of a scope that has ended is taken up again: it had begun, or what had may need its value."""
        return self._has_begun(scope, node) or bool(scope.held and node.inline and not self.recorder.saves_all)

    def _end_recalled(self) -> None:
        """End the scopes in which a failure, a victory, a cancellation or a stop was recalled. A cancellation came from
        a failure or a victory around it, or else was that of the whole run."""
        ended, self._ended = self._ended, []
        for scope, cancelled in ended:
            if cancelled:
                doomed, inner = scope.doom()
                if inner is not None or not doomed:
                    self.cancel(inner)
        for scope, _ in ended:
            if scope.winner is not None and not scope.cancelled:
                self.cancel(scope)
        for scope, _ in ended:
            scope.held -= 1
            self._check_done(scope)
        if self.ending is not None:
            self._recalling = False
            self.cancel()

    # A run that was moved (5.2)

    def _judge(self, scope: Scope, node: NodePlan, place: Place) -> bool:
        """Compare what was done at `place` with what is asked for there now, all that the node waits for being settled.
        Whether the node is dealt with; where it is not and the place still open, it is not its turn yet."""
        if node.node.lazy and node.index not in scope.parked and not is_starved(node, scope.outputs):
            return False
        live: tuple[Source, ...] | None = None
        if node.first_sources and not node.node.disabled:
            live = self._choose_live(scope, node)
            if live is None:
                return True
        if not self._is_asked_for(scope, node, live):
            self._skip(scope, node)
            return True
        last = self.history.last(place)
        found = self.snapshot(scope, node, live)
        status = last.body["status"] if last is not None and last.kind is EntryKind.RESULT else None
        if status == "cancelled":
            return self._judge_cancelled(node, place, found)
        if status == "skipped" or found.print != self.history.open[place]:
            if scope.stopped:
                return True  # nothing new starts here
            self._start_over(place, node, found)
        else:
            self._close(place, "kept", found, whole=node.kind == "container")
        return False

    def _is_asked_for(self, scope: Scope, node: NodePlan, live: tuple[Source, ...] | None) -> bool:
        """Whether the node is to run at all; also where saying so fails, which is for the node itself to say."""
        if node.node.disabled:
            return False
        if live is None and node.triggers and not is_triggered(node, scope.outputs):
            return False
        if live is not None and node.triggers and not any(source in live for source in node.triggers):
            return False
        if node.kind == "trigger" and not self._is_fired(scope, node):
            return False
        try:
            draws = self._draws_of((scope.path, node.id))
            roots = self._roots(scope, node, draws)
            arguments = gather(node, scope.outputs, roots, draws, only=live)
            if arguments is None:
                return False
            if node.when is None:
                return True
            if node.uses_input:
                roots = self._with_input(roots, node, arguments, draws)
            return is_wanted(node, roots, draws)
        except Exception:
            return True

    def _judge_cancelled(self, node: NodePlan, place: Place, found: Snapshot) -> bool:
        """What was cancelled in a scope that is gone through again starts over, unless it may have happened."""
        before = self.history.at(place)[-2:-1]
        if before and before[0].kind is EntryKind.INTENT and node.kind == "effect":
            self._close(place, "kept", found)
            self.recorder.note(place, EntryKind.SUSPENSION, self.now, {"in_doubt": True})
            self.history.add(self.recorder.entries[-1])
        else:
            self._start_over(place, node, found)
        return False

    def _start_over(self, place: Place, node: NodePlan, found: Snapshot, verdict: Verdict = "again") -> None:
        """What was done at `place` counts no more. A container enters its bodies again, and what was done in there is
        judged piece by piece."""
        last = self.history.last(place)
        told, history = self.history.open[place], self.history
        if last is not None:
            body: dict[str, Any] = {}
            if node.kind == "container":
                body["reenters"] = "bodies" if told.partition("/")[0] == found.own else "all"
            self._reset(place, body, told)
        if node.kind == "container":
            for inner in [one for one in history.places() if one[1] == WINNER and is_inside(one, place)]:
                if "/" not in inner[0][len(f"{place[0]}/" if place[0] else "") :]:
                    self._reset(inner, {})
        self._close(place, verdict, found)

    def _reset(self, place: Place, body: Mapping[str, Any], told: str = UNKNOWN) -> None:
        """What stands at `place` counts no more. `told` is kept with it, for whoever goes back to what it was."""
        last = self.history.last(place)
        if last is not None and last.kind is not EntryKind.RESULT:
            # Whatever it says that it waits for: it may have asked for more and not lived to tell.
            self.recorder.abandon_all(place)
        if told != UNKNOWN and "reenters" not in body:
            body = {**body, "told": told}
        self.recorder.note(place, EntryKind.RESET, self.now, {"version": self.plan.version, **body})
        self.history.reset(self.recorder.entries[-1])

    def leave_inside(self, container: Place | None, *, results: bool = True) -> None:
        """A container of a moved run has ended, or (None) the whole run: what was done in it and was not come to again
        counts no more, and waits for nothing. Without `results` only that: it may yet be tried again, and what has
        happened is then kept."""
        left: list[Place] = []
        for place in [one for one in self.history.open if container is None or is_inside(one, container)]:
            last = self.history.last(place)
            if last is not None:
                if last.kind is EntryKind.RESULT and not results:
                    continue
                if last.kind is EntryKind.SUSPENSION and last.body.get("in_doubt"):
                    continue
                self._reset(place, {}, self.history.open[place])
            left.append(place)
        if not left:
            return
        for won in [one for one in self.history.places() if one[1] == WINNER]:
            if any(is_inside(won, place) for place in left):
                self._reset(won, {})
        for place in left:
            self.verdicts[place] = "left", None
            self.history.judge(place)
        judged = [[*place, False] for place in left]
        self.recorder.note(MOVE_PLACE, EntryKind.CHECKPOINT, self.now, {"judged": judged})

    def _finish(self, outcome: BodyOutcome) -> None:
        self.leave_inside(None, results=outcome.failure is None or self.ending is not None)
        super()._finish(outcome)

    def _close(self, place: Place, verdict: Verdict, found: Snapshot | None, *, whole: bool = False) -> None:
        """Note what `place` was judged to be. It is judged once: what secrets and settings are later is no reason to
        come to another verdict."""
        self.verdicts[place] = verdict, found
        self.history.judge(place, whole=whole, at=self.now)
        self.recorder.note(MOVE_PLACE, EntryKind.CHECKPOINT, self.now, {"judged": [[*place, whole]]})

    def _skip(self, scope: Scope, node: NodePlan) -> None:
        place = (scope.path, node.id)
        if place in self.history.open:
            result = self.history.result(place)
            if result is not None and result["status"] == "skipped":
                self._close(place, "kept", None)
                self._recall(scope, node)
                return
            self._start_over(place, node, Snapshot("", {}), "left")
            if node.bodies:
                self.leave_inside(place)
        super()._skip(scope, node)

    def snapshot(self, scope: Scope, node: NodePlan, live: tuple[Source, ...] | None = None) -> Snapshot:
        """What `node` is asked to do in `scope`, for comparison."""
        place = (scope.path, node.id)
        hidden = {name: f"\0secret:{name}" for name in self.plan.secrets}
        state = remembered_state(self.history) or {}
        if "state" in node.reads.roots:
            state = changed_by(state, self._changes_seen(place))
        roots = steady(scope.roots, state=state, hidden=hidden)
        return take_snapshot(
            scope,
            node,
            roots,
            lambda: self._draws_of(place),
            only=live,
            with_input=self._with_input,
            tests=self.run.mode == "test",
        )

    def _changes_seen(self, place: Place) -> Iterator[tuple[datetime, StateChange]]:
        """What the run itself has changed of the state, as the work at `place` saw it or would see it now."""
        for entry in self.history.changes_seen(place):
            if find_node(self.plan.graph, (entry.scope, entry.node)) is not None:
                changes = (StateChange(*change) for change in entry.body["state"])
                yield from ((entry.at, change) for change in changes if _is_variable(change))
        if place in self.history.open:
            yield from ((at, change) for at, change in self.recorder.made if _is_variable(change))

    def _choose_live(self, scope: Scope, node: NodePlan) -> tuple[Source, ...] | None:
        """2.2, `join: first`: the connections that were live first; after a crash, the same. None: some of these have
        not settled again yet."""
        told = self.history.first_live((scope.path, node.id)) if self._remembers else None
        if told is not None:
            live = _find_sources(scope, told)
            if live is not None and set(live) <= set(node.first_sources):
                if any(scope.outputs[at] is None for at, _ in live):
                    return None
                if not self.history.moved or all(is_live(scope.outputs, source) for source in live):
                    return live
        return tuple(source for source in node.first_sources if is_live(scope.outputs, source))

    def _draws_of(self, place: Place, at: Any = None) -> NodeDraws:
        started_at = at or self.history.started_at(place) or self.now
        return NodeDraws(self.run.id, place, started_at, generation=self.history.generation(place))

    # What a node sees

    def configure(self, node: NodePlan, roots: Mapping[str, Any], draws: Draws | None) -> Mapping[str, Any]:
        """The node's keyword arguments. Raises `ExpressionError` and `pydantic.ValidationError`."""
        config = dict(node.static_config)
        for field, render, validated in node.dynamic_config:
            value = render(roots, draws)
            config[field] = node.definition.config_value(field, value) if validated else value
        return config

    def _roots(self, scope: Scope, node: NodePlan, draws: Draws | None) -> Mapping[str, Any]:
        if not node.reads.secrets:
            return scope.roots
        return {**scope.roots, "secrets": self.secrets}

    def _with_input(
        self, roots: Mapping[str, Any], node: NodePlan, arguments: list[Any], draws: Draws | None
    ) -> Mapping[str, Any]:
        """`roots` and `input`."""
        return {**roots, "input": input_of(node, arguments, roots, draws)}

    @abstractmethod
    def _is_fired(self, scope: Scope, node: NodePlan) -> bool:
        """Whether a trigger node is the one that started the run."""


def _is_variable(change: StateChange) -> bool:
    return change.owner != COUNTER and change.keep is None


def write_sources(scope: Scope, live: tuple[Source, ...]) -> list[list[str]]:
    """Sources as they are journaled: by id, which is the same in another version of the graph."""
    return [[scope.graph.nodes[at].id, port] for at, port in live]


def _find_sources(scope: Scope, told: list[list[Any]]) -> tuple[Source, ...] | None:
    """Sources as they were journaled; None when one of them is gone."""
    found: list[Source] = []
    for name, port in told:
        node = scope.graph.by_id.get(name) if isinstance(name, str) else scope.graph.nodes[int(name)]
        if node is None:
            return None
        found.append((node.index, str(port)))
    return tuple(found)
