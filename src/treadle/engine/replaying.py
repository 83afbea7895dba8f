"""Replaying: run a version over a recorded run, with what the world answered then standing in for the world (5.4).

No I/O and no store: the loop is driven by plain calls, effects come to what they came to, and the clock follows the
record and jumps over waits.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from treadle.engine.attempt import Attempt, Waiting
from treadle.engine.collecting import has_items
from treadle.engine.drive import roots_of
from treadle.engine.execution import Execution
from treadle.engine.failure import failure_of
from treadle.engine.history import Place
from treadle.engine.journal import StateChange
from treadle.engine.plan import GraphPlan, NodePlan, Plan
from treadle.engine.racing import WINNER
from treadle.engine.recorder import COUNTER, Recorder
from treadle.engine.recording import Recorded, Recording, Seen, was_ended
from treadle.engine.redaction import Redactor
from treadle.engine.replay_state import OWN, NotRecorded, ReplayedState
from treadle.engine.sameness import same
from treadle.engine.scope import Scope
from treadle.engine.settle import input_by_port
from treadle.engine.trying import as_ports
from treadle.model.ids import node_path
from treadle.model.run import Failure, NodeResult, RunRecord, RunStatus
from treadle.node.stop import StopRun

NO_STUBS: Mapping[str, Any] = {}
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a run comes to when it is replayed. `nodes` is keyed by path, `asked` by place: what each effect was asked.

    `status` is None where that cannot be told: the effects in `unknown` have never been made, and `depends` waits for
    them. `stubbed` are the effects that a stub stood in for.
    """

    status: RunStatus | None
    output: Any
    error: Failure | None
    nodes: Mapping[str, NodeResult]
    asked: Mapping[Place, Seen]
    counters: Mapping[str, float]
    unknown: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    stubbed: frozenset[Place] = field(default_factory=frozenset[Place])


def replay(
    plan: Plan,
    run: RunRecord,
    recording: Recording,
    *,
    before: Mapping[Place, Seen] | None = None,
    stubs: Mapping[str, Any] = NO_STUBS,
    environment: Mapping[str, str] | None = None,
) -> Replayed:
    """Run `plan` over the recorded `run`. `before` is what its effects were asked then, where `plan` is of another
    version: a result stands in only for an effect of the same type.

    `stubs` give the outcome of effects that were never made, by path (`each[2]/send`, `each/send`) or node type.
    """
    return _Replay(plan, run, recording, before=before, stubs=stubs, environment=environment or {}).run()


class _RecordClock:
    """Stands still until it is put forward; never goes back."""

    def __init__(self, at: datetime) -> None:
        self._now = at

    def now(self) -> datetime:
        return self._now

    def reach(self, at: datetime) -> datetime:
        self._now = max(self._now, at)
        return self._now

    async def sleep_until(self, at: datetime) -> None:
        raise RuntimeError("Nothing sleeps in a replay; this is a defect in Treadle.")


class _Rehearsal(Execution):
    """A run decided anew. Of the same version (`follows`), it knows which connections were first, and decides no node
    that nobody came to any more because what is around it had ended."""

    follows: Recording | None = None
    recording: Recording
    _asks_for_series = True

    def _collect(self, scope: Scope, node: NodePlan, arguments: list[Any], roots: Mapping[str, Any]) -> list[Any]:
        """What earlier runs have collected is not in the record; what became of it here is."""
        return arguments

    def skipped(self, attempt: Attempt) -> None:
        """The attempt is at a node that was skipped when it came to this."""
        self._leave(attempt)
        self._skip(attempt.scope, attempt.node)

    def _decide(self, scope: Scope, node: NodePlan) -> None:
        edited = self.recording.edited((scope.path, node.id))
        if edited is not None and scope.outputs[node.index] is None and edited.keys() <= {*node.out_ports, "error"}:
            # A fork goes on with what a person said the node gave: nothing of it is run, nor asked of anyone.
            self.recorder.settled((scope.path, node.id), "completed", self.now, ports=edited)
            self._settle(scope, node, edited)
            return
        record = self.follows
        if record is not None and record.has_ended(scope.path) and not record.has_begun((scope.path, node.id)):
            return
        super()._decide(scope, node)

    def _decide_first(self, scope: Scope, node: NodePlan) -> None:
        remembers, self._remembers = self._remembers, self.follows is not None
        try:
            super()._decide_first(scope, node)
        finally:
            self._remembers = remembers


class _Replay:
    def __init__(
        self,
        plan: Plan,
        run: RunRecord,
        recording: Recording,
        *,
        before: Mapping[Place, Seen] | None,
        stubs: Mapping[str, Any],
        environment: Mapping[str, str],
    ) -> None:
        self._plan, self._run, self._recording = plan, run, recording
        self._before, self._stubs = before, stubs
        self._clock = _RecordClock(run.created_at or _BEGINNING)
        self._recorder = Recorder(run.id, recording.drawn, saves_all=False, watch=None)
        # What a secret is does not matter, only that it is the same before and after; and it cannot leak.
        secrets = {name: f"•secret {name}•" for name in plan.secrets}
        self._redactor = Redactor()
        self._execution = _Rehearsal(
            plan,
            run,
            history=recording.drawn,
            recorder=self._recorder,
            clock=self._clock,
            redactor=self._redactor,
            secrets=secrets,
            roots={**roots_of(plan, run, environment), "state": self._recorder.seen_state},
        )
        self._execution.recording = recording
        self._execution.follows = recording if before is None else None
        self._recorder.seen_state.update(recording.state or {})
        self._state = ReplayedState(run, recording, before or {})
        self._asked: dict[Place, Seen] = {}
        self._stubbed: set[Place] = set()
        self._order = count()
        self._coming: list[tuple[datetime, int, int, Attempt, Recorded | None]] = []
        """What runs and is known to settle, the next first."""
        self._aside: list[Attempt] = []
        """Effects that were never made: not begun before all that is known has happened."""
        self._unknown: list[Attempt] = []
        self._ended: Failure | None = None

    def run(self) -> Replayed:
        execution = self._execution
        while True:
            while execution.advance():
                pass
            self._cancel()
            self._set_aside()
            taken = execution.take_attempts()
            for attempt in taken:
                self._begin(attempt)
            if execution.outcome is not None and not execution.running:
                return self._came_to()
            if execution.is_ready or taken:
                continue
            if not (self._go_on() or self._begin_new() or self._end_as_recorded()):
                return self._came_to()

    # One attempt

    def _set_aside(self) -> None:
        queue = self._execution.queue
        for _ in range(len(queue)):
            attempt = queue.popleft()
            is_new = self._is_asked(attempt) and attempt.number == 1 and self._find(attempt) is None
            if is_new and not self._is_own(attempt):
                self._aside.append(attempt)
            else:
                queue.append(attempt)

    def _is_asked(self, attempt: Attempt) -> bool:
        """Whether the attempt would touch the world, or asks for what earlier runs have collected."""
        node = attempt.node
        is_asked = node.kind == "effect" or has_items(node, attempt.arguments)
        return is_asked and not (node.node.has_pin and self._run.mode == "test")

    def _is_own(self, attempt: Attempt) -> bool:
        """Whether another version works the effect out anew: it touches only the run's variables and counters."""
        is_own = self._before is not None and attempt.node.definition.name in OWN and self._is_asked(attempt)
        return is_own and (attempt.place in self._recording or not self._has_stub(attempt))

    def _find(self, attempt: Attempt) -> Recorded | None:
        """What the record holds of an effect, if it is the same kind of effect."""
        if self._before is not None:
            seen = self._before.get(attempt.place)
            if seen is None or seen.type != attempt.node.definition.name:
                return None
            if attempt.node.series is not None and not same(seen.config, attempt.config):
                return None
        elif attempt.place not in self._recording:
            return None
        recorded = self._recording.find(attempt.place)
        if recorded is None:
            return Recorded("waiting", self._clock.now(), {})
        return None if recorded.status == "skipped" and attempt.node.series is None else recorded

    def _begin(self, attempt: Attempt) -> None:
        if not self._is_asked(attempt):
            recorded = self._recording.find(attempt.place)
            self._expect(attempt, recorded.at if recorded is not None else self._clock.now(), None)
            return
        given = input_by_port(attempt.node, attempt.arguments)
        self._asked[attempt.place] = Seen(attempt.node.definition.name, given, attempt.config)
        recorded = self._find(attempt)
        if recorded is None and self._is_own(attempt):
            self._expect(attempt, self._clock.now(), None)
            return
        if recorded is None:
            self._unknown.append(attempt)
            return
        if recorded.status == "skipped":
            self._execution.skipped(attempt)
            return
        attempt.number = recorded.attempts
        if recorded.status in ("completed", "failed"):
            self._expect(attempt, recorded.at, recorded)
        elif self._recording.is_suspended(attempt.place):
            self._execution.wait(attempt, Waiting(attempt.scope, attempt.node, lambda: None))

    def _expect(self, attempt: Attempt, at: datetime, recorded: Recorded | None) -> None:
        heapq.heappush(self._coming, (at, self._rank(attempt, recorded), next(self._order), attempt, recorded))

    def _rank(self, attempt: Attempt, recorded: Recorded | None) -> int:
        """Of what settled at the same moment: what won its race, what ends nothing, what the run failed of."""
        winner = self._recording.drawn.last((attempt.scope.path, WINNER))
        if winner is not None and winner.body.get("winner") == attempt.node.id:
            return 0
        if recorded is None or recorded.failure is None or attempt.node.on_error != "fail":
            return 1
        return 2 if self._run.error is not None and self._run.error.node == attempt.path else 3

    def _settle(self, attempt: Attempt, recorded: Recorded | None) -> None:
        execution = self._execution
        execution.now = self._clock.now()
        if self._is_own(attempt) and attempt.place not in self._stubbed and not self._is_as_recorded(attempt):
            self._work_out(attempt, recorded)
        elif recorded is None:
            self._compute(attempt)
        elif recorded.stop is not None:
            execution.stop(attempt, recorded.stop)
        elif recorded.failure is not None:
            execution.failed(attempt, recorded.failure, execution.record_failure(attempt, recorded.failure))
        else:
            self._recorder.settled(
                attempt.place,
                "completed",
                execution.now,
                ports=recorded.ports,
                attempts=attempt.number,
                ms=recorded.ms,
                state=recorded.state,
            )
            execution.completed(attempt, recorded.ports)

    def _compute(self, attempt: Attempt) -> None:
        """A pure node that the loop hands out: it reads the clock, may be tried again, or is pinned."""
        execution, node = self._execution, attempt.node
        try:
            if node.node.has_pin and self._run.mode == "test":
                ports = as_ports(attempt, node.node.pinned)
            else:
                first = (execution.fire(),) if node.kind == "trigger" else ()
                ports = node.definition.ports_of(node.function(*first, *attempt.arguments, **attempt.config))
        except StopRun as stop:
            execution.stop(attempt, stop)
        except (Exception, SystemExit) as error:
            failure = failure_of(error, node=attempt.path, attempt=1, inputs=attempt.given(), redactor=self._redactor)
            execution.failed(attempt, failure, execution.record_failure(attempt, failure))
        else:
            self._recorder.settled(attempt.place, "completed", execution.now, ports=ports, attempts=1)
            execution.completed(attempt, ports)

    def _is_as_recorded(self, attempt: Attempt) -> bool:
        return self._state.is_as_recorded(attempt, self._asked[attempt.place], self._changes())

    def _changes(self) -> list[StateChange]:
        return [change for _, change in self._recorder.state]

    def _work_out(self, attempt: Attempt, recorded: Recorded | None) -> None:
        """A variable or a counter, in the replay's own state."""
        execution = self._execution
        try:
            returned, changes = self._state.run(attempt, self._changes())
        except NotRecorded:
            self._unknown.append(attempt)
        except Exception as error:
            failure = failure_of(error, node=attempt.path, attempt=1, inputs=attempt.given(), redactor=self._redactor)
            execution.failed(attempt, failure, execution.record_failure(attempt, failure))
        else:
            if recorded is not None and recorded.status == "completed" and not recorded.state:
                # A fork has this from its source, which counted it.
                changes = tuple(change for change in changes if change.owner != COUNTER)
            ports = attempt.node.definition.ports_of(returned)
            self._recorder.settled(attempt.place, "completed", execution.now, ports=ports, attempts=1, state=changes)
            execution.completed(attempt, ports)

    def _cancel(self) -> None:
        execution = self._execution
        for attempt in execution.cancellations:
            recorded = self._recording.find(attempt.place) if self._before is None else None
            # A result that was on its way when the run was recorded arrived all the same.
            if attempt in execution.running and (recorded is None or recorded.status not in ("completed", "failed")):
                execution.cancelled(attempt)
        execution.cancellations.clear()

    # What happens next, when nothing can be decided

    def _go_on(self) -> bool:
        """Let happen what comes next: something settles, or a wait is over."""
        execution = self._execution
        while self._coming and self._coming[0][3] not in execution.running:
            heapq.heappop(self._coming)
        due = min((w.until for w in execution.waiting.values() if w.until is not None), default=None)
        if self._coming and (due is None or self._coming[0][0] <= due):
            at, _, _, attempt, recorded = heapq.heappop(self._coming)
            self._clock.reach(at)
            self._settle(attempt, recorded)
            return True
        if not execution.running and execution.abandon_waiting():
            return True
        if due is None:
            return False
        execution.wake(self._clock.reach(due))
        return True

    def _begin_new(self) -> bool:
        """Only effects that were never made are left: a stub says what they come to, or nobody knows."""
        execution = self._execution
        if not self._aside and not any(self._has_stub(attempt) for attempt in self._unknown):
            return False
        execution.queue.extend(self._aside)
        self._aside.clear()
        for attempt in execution.take_attempts():
            self._begin(attempt)
        for attempt in [attempt for attempt in self._unknown if self._has_stub(attempt)]:
            self._unknown.remove(attempt)
            self._stubbed.add(attempt.place)
            ports = as_ports(attempt, self._stub(attempt))
            self._settle(attempt, Recorded("completed", self._clock.now(), ports))
        return True

    def _stub_names(self, attempt: Attempt) -> tuple[str, str, str]:
        return attempt.path, plain_path(attempt.path), attempt.node.definition.name

    def _has_stub(self, attempt: Attempt) -> bool:
        return any(name in self._stubs for name in self._stub_names(attempt))

    def _stub(self, attempt: Attempt) -> Any:
        return next(self._stubs[name] for name in self._stub_names(attempt) if name in self._stubs)

    def _end_as_recorded(self) -> bool:
        """The recorded run was ended from outside: so is this one, once nothing else is known."""
        if self._ended is not None or self._execution.outcome is not None or not was_ended(self._run):
            return False
        self._ended = self._run.error or Failure("cancelled", "The run was cancelled.")
        self._execution.end()
        return True

    # What it comes to

    def _came_to(self) -> Replayed:
        status, output, error = self._verdict()
        return Replayed(
            status=status,
            output=output,
            error=error,
            nodes=self._recorder.results(),
            asked=self._asked,
            counters=self._recorder.counters(),
            unknown=tuple(attempt.path for attempt in self._unknown if attempt in self._execution.running),
            depends=tuple(self._unsettled()),
            stubbed=frozenset(self._stubbed),
        )

    def _verdict(self) -> tuple[RunStatus | None, Any, Failure | None]:
        outcome, stop = self._execution.outcome, self._execution.ending
        if outcome is None:
            # Nothing goes on: it waits as the recorded run does, or for what nobody knows.
            waits = bool(self._execution.waiting) and not self._execution.running and not self._aside
            return ("suspended" if waits else None), None, None
        if stop is not None:
            error = Failure("stopped", stop.message) if stop.status == "failed" else None
            return stop.status, stop.output, error
        if self._ended is not None:
            return ("cancelled" if self._run.status == "cancelled" else "failed"), None, self._run.error
        if outcome.failure is not None:
            is_cancelled = outcome.failure.type == "cancelled" and outcome.failure.node is None
            return ("cancelled" if is_cancelled else "failed"), None, outcome.failure
        return "completed", outcome.output, None

    def _unsettled(self) -> list[str]:
        """The nodes that wait for an effect whose outcome nobody knows, outermost first."""
        scopes: dict[Scope, None] = {}
        unknown = {attempt.path for attempt in self._unknown}
        for attempt in self._unknown:
            scope: Scope | None = attempt.scope if attempt in self._execution.running else None
            while scope is not None:
                scopes[scope] = None
                scope = scope.parent
        paths = (
            node_path(scope.path, node.id)
            for scope in sorted(scopes, key=lambda scope: len(scope.path))
            for node in scope.graph.nodes
            if scope.outputs[node.index] is None
        )
        return [path for path in paths if path not in unknown]


def plain_path(path: str) -> str:
    """A path without its iterations: `each[2]/send` → `each/send`."""
    parts = path.split("[")
    return parts[0] + "".join(part.partition("]")[2] for part in parts[1:])


def effects_of(plan: Plan) -> list[tuple[str, NodePlan]]:
    """Every effect of a plan, with its path without iterations."""
    return [(path, node) for path, node in walk(plan) if node.kind == "effect"]


def walk(plan: Plan) -> Iterator[tuple[str, NodePlan]]:
    """Every node of a plan, bodies included, with its path without iterations."""
    return _walk(plan.graph, "")


def _walk(graph: GraphPlan, prefix: str) -> Iterator[tuple[str, NodePlan]]:
    for node in graph.nodes:
        yield prefix + node.id, node
        for name, body in node.bodies.items():
            yield from _walk(body, f"{prefix}{node.id}{'' if name == 'body' else '.' + name}/")
