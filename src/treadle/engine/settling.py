"""Settling: what a node's end means for the nodes after it, for its scope, and for the run (semantics §2, §3)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

from treadle.engine.attempt import Attempt, Waiting
from treadle.engine.failure import failure_of
from treadle.engine.history import Place
from treadle.engine.plan import GraphPlan, NodePlan, Plan
from treadle.engine.recorder import Recorder
from treadle.engine.redaction import Redactor
from treadle.engine.scope import NO_PORTS, Limit, Ports, Scope
from treadle.engine.settle import demand
from treadle.expressions import Draws
from treadle.model.run import Failure
from treadle.node.container import BodyCall, BodyOutcome
from treadle.node.stop import StopRun

CANCELLED = Failure("cancelled", "The run was cancelled.")


class Settling(ABC):
    """The scopes of a run, what is ready in them, what runs and what waits."""

    def __init__(
        self, plan: Plan, *, recorder: Recorder, redactor: Redactor, roots: dict[str, Any], now: datetime
    ) -> None:
        self.plan = plan
        self.recorder = recorder
        self.redactor = redactor
        self.now = now
        self.queue: deque[Attempt] = deque()
        self.running: set[Attempt] = set()
        self.cancellations: list[Attempt] = []
        self.waiting: dict[Place, Waiting] = {}
        self.outcome: BodyOutcome | None = None
        self.ending: StopRun | None = None
        self._cancelling = False
        self._advanced = False
        self._sweeps = False
        """Something has failed or been cancelled since the queue was last looked through."""
        self._parked: set[Scope] = set()
        self._ready: deque[tuple[Scope, NodePlan]] = deque()
        settings = plan.workflow.settings
        self.root = Scope(
            plan.graph,
            "",
            roots=roots,
            limit=Limit(settings.max_concurrency),
            on_done=self._finish,
            fail_fast=settings.fail_fast,
        )
        self._open(self.root)
        if not plan.graph.nodes:
            self._check_done(self.root)

    def _settle(self, scope: Scope, node: NodePlan, ports: Ports) -> None:
        if scope.done:
            return
        for decided in scope.settle(node, ports):
            self._ready.append((scope, decided))
        if scope.races and not node.dependents:
            self._end_branch(scope, node)
        if scope.left == 0 or scope.failure is not None or self._cancelling:
            self._check_done(scope)

    def _skip(self, scope: Scope, node: NodePlan) -> None:
        place = (scope.path, node.id)
        self.recorder.settled(place, "skipped", self.now, durable=node.is_drawn)
        self._settle(scope, node, NO_PORTS)

    def _fail(self, scope: Scope, node: NodePlan, failure: Failure, ports: Ports) -> None:
        if node.on_error == "fail":
            # That something was cancelled is no reason where something has failed; it may be recalled before that.
            if scope.failure is None or scope.failure.type == CANCELLED.type:
                scope.failure = failure
            self._sweeps = True
            if scope.fail_fast:
                self.cancel(scope)
        self._settle(scope, node, ports)

    def _stop(self, scope: Scope, node: NodePlan, stop: StopRun) -> None:
        is_effect = node.kind == "effect"
        stop = self._without_secrets(stop)
        self.recorder.settled((scope.path, node.id), "completed", self.now, attempts=1, stop=stop, durable=is_effect)
        self.ending = self.ending or stop
        self._settle(scope, node, NO_PORTS)
        self.cancel()

    def _without_secrets(self, stop: StopRun) -> StopRun:
        message, output = self.redactor.text(stop.message), self.redactor.value(stop.output)
        return stop if message is stop.message and output is stop.output else StopRun(stop.status, message, output)

    def record_failure(self, attempt: Attempt, failure: Failure, ms: float = 0.0) -> Ports:
        """Record that a node failed for good; the ports that are live all the same (3.2)."""
        ports: Ports = {"error": failure.to_dict()} if attempt.node.on_error == "branch" else NO_PORTS
        self.recorder.settled(
            attempt.place,
            "cancelled" if failure.type == "cancelled" else "failed",
            self.now,
            ports=ports,
            attempts=attempt.number,
            ms=ms,
            error=failure,
            durable=attempt.node.kind != "pure",
            handled=attempt.node.on_error != "fail",
        )
        return ports

    def hold(self, waiting: Waiting) -> None:
        self.waiting[waiting.scope.path, waiting.node.id] = waiting
        if waiting.scope.is_cancelled:
            self._cancel_waiting(waiting)

    def cancel(self, scope: Scope | None = None) -> None:
        """Cancel a scope (default: the whole run): what runs is cancelled, `finally` bodies run, the rest is dead."""
        scope = scope or self.root
        self._cancelling = self._sweeps = scope.cancelled = True
        for attempt in list(self.running):
            if attempt.scope.is_within(scope) and not attempt.cancelled:
                attempt.cancelled = True
                self.cancellations.append(attempt)
        for waiting in list(self.waiting.values()):
            if waiting.scope.is_within(scope):
                self._cancel_waiting(waiting)
        self._check_done(scope)

    def _cancel_waiting(self, waiting: Waiting) -> None:
        if self.waiting.pop((waiting.scope.path, waiting.node.id), None) is None:
            return
        if waiting.node.kind == "container":
            waiting.resume()
            return
        waiting.scope.active -= 1
        if waiting.node.kind == "effect":
            self.recorder.abandon_all((waiting.scope.path, waiting.node.id))
        self.recorder.settled((waiting.scope.path, waiting.node.id), "cancelled", self.now, durable=True)
        self._settle(waiting.scope, waiting.node, NO_PORTS)

    def open_body(
        self,
        outer: Scope,
        node: NodePlan,
        call: BodyCall,
        on_done: Callable[[BodyOutcome], None],
    ) -> None:
        """Start a body of a container as a scope of its own."""
        graph: GraphPlan = node.bodies[call.body]
        path = f"{outer.prefix}{node.id}"
        if call.index is not None:
            path += f"[{call.index}]"
        if call.body != "body":
            path += f".{call.body}"
        names = dict(call.names)
        if "loop" in names and "loop" in outer.roots:
            names["loop"] = {**names["loop"], "parent": outer.roots["loop"]}
        readable = {name: outer.nodes[name] for name in graph.free if name in outer.nodes}
        scope = Scope(
            graph,
            path,
            roots={**outer.roots, **names, "nodes": readable},
            limit=Limit(call.concurrency, outer=outer.limit),
            on_done=on_done,
            parent=outer,
            stops_on_failure=not call.goes_on,
            fail_fast=call.fail_fast,
            shielded=call.body == "finally",
            races=call.races,
        )
        self._open(scope)

    def _open(self, scope: Scope) -> None:
        for node in scope.graph.entries:
            self._ready.append((scope, node))

    def _check_done(self, scope: Scope) -> None:
        if (
            scope.done
            or scope.held
            or (scope.left > 0 and not ((scope.stopped or scope.is_cancelled) and scope.active == 0))
        ):
            return
        scope.done = True
        self._parked.discard(scope)
        if scope.is_cancelled and not scope.is_won:
            outcome = BodyOutcome(failure=scope.failure or CANCELLED)
        else:
            try:
                draws = scope.graph.volatile_outputs and scope.winner is None
                outcome = scope.outcome(self.draw_outputs(scope) if draws else None)
            except Exception as error:
                failure = failure_of(
                    error,
                    node=f"{scope.path or self.plan.workflow.name} outputs",
                    attempt=1,
                    inputs={},
                    redactor=self.redactor,
                )
                outcome = BodyOutcome(failure=scope.failure or failure)
        scope.on_done(outcome)

    @abstractmethod
    def _end_branch(self, scope: Scope, node: NodePlan) -> None:
        """The last node of a branch of a race has settled."""

    @abstractmethod
    def draw_outputs(self, scope: Scope) -> Draws:
        """The clock of a graph's `outputs`."""

    def _finish(self, outcome: BodyOutcome) -> None:
        self.outcome = outcome

    def _unpark(self) -> bool:
        """2.8: run the lazy nodes somebody needs, skip those nobody can need."""
        progress = False
        for scope in list(self._parked):
            wanted, hopeless = demand(scope)
            for node in wanted:
                self._ready.append((scope, node))
            for node in hopeless:
                self._skip(scope, node)
            progress = progress or bool(wanted or hopeless)
            if not scope.parked - scope.begun - {node.index for node in wanted}:
                self._parked.discard(scope)
        return progress
