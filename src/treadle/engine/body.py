"""Driving a container's coroutine: it asks for bodies, pauses and values; the loop answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Any, Protocol

from treadle.engine.attempt import Attempt, Waiting
from treadle.engine.clock import Clock
from treadle.engine.draws import NodeDraws
from treadle.engine.failure import failure_of
from treadle.engine.history import History
from treadle.engine.journal import Entry, EntryKind
from treadle.engine.plan import NodePlan, Plan
from treadle.engine.recorder import Recorder
from treadle.engine.redaction import Redactor
from treadle.engine.scope import Ports, Scope
from treadle.model.run import Failure, RunRecord
from treadle.node.container import (
    BodyCall,
    BodyCalls,
    BodyFailed,
    BodyOutcome,
    Checkpoint,
    Delay,
    Evaluation,
)
from treadle.node.field import Expression
from treadle.node.stop import StopRun

_PENDING: Any = object()
_CANCELLED = Failure("cancelled", "The run was cancelled.")


class Host(Protocol):
    """What a container needs of the loop around it."""

    plan: Plan
    run: RunRecord
    history: History
    recorder: Recorder
    redactor: Redactor
    clock: Clock
    now: datetime

    def open_body(
        self, outer: Scope, node: NodePlan, call: BodyCall, on_done: Callable[[BodyOutcome], None]
    ) -> None: ...
    def hold(self, waiting: Waiting) -> None: ...
    def container_done(self, container: ContainerRun, ports: Ports, ms: float) -> None: ...
    def container_failed(self, container: ContainerRun, failure: Failure, ms: float) -> None: ...
    def container_stopped(self, container: ContainerRun, stop: StopRun) -> None: ...


class ContainerRun:
    """A container on its way; it is also the `Bodies` its function is given.

    What the function asked for since its last checkpoint and has to get again after a crash (pauses, drawn times) is
    journaled in the order it asked, and read back from `tape` in that order.
    """

    def __init__(self, execution: Host, attempt: Attempt) -> None:
        self.execution = execution
        self.attempt = attempt
        self._started = perf_counter()
        self.checkpoint, self._tape = execution.history.checkpoint(attempt.place)
        self._opened: list[list[Any]] = []
        self._coroutine = attempt.node.function(self, *attempt.arguments, **attempt.config)

    # What the container's function calls

    @property
    def max_concurrency(self) -> int | None:
        return self.execution.plan.workflow.settings.max_concurrency

    def run(self, body: str = "body", *, index: int | None = None, **names: Any) -> Awaitable[BodyOutcome]:
        return BodyCall(body, index, names)

    def run_branches(
        self,
        body: str = "body",
        *,
        concurrency: int | None = None,
        fail_fast: bool = False,
        race: bool = False,
        **names: Any,
    ) -> Awaitable[BodyOutcome]:
        return BodyCall(body, None, names, concurrency, fail_fast, goes_on=not fail_fast, races=race)

    def run_all(
        self,
        calls: Sequence[BodyCall],
        *,
        concurrency: int | None = None,
        fail_fast: bool = True,
        stop: Callable[[int, BodyOutcome], bool] | None = None,
    ) -> Awaitable[list[BodyOutcome]]:
        return BodyCalls(calls, concurrency, fail_fast, stop)

    def nodes_of(self, body: str = "body") -> tuple[str, ...]:
        graph = self.attempt.node.bodies.get(body)
        return () if graph is None else tuple(node.id for node in graph.sinks)

    def has(self, body: str) -> bool:
        return body in self.attempt.node.bodies

    def pause(self, seconds: float) -> Awaitable[None]:
        return Delay(seconds)

    def evaluate(self, expression: Expression, **names: Any) -> Awaitable[Any]:
        return Evaluation(expression, names)

    def save(self, value: Any) -> Awaitable[None]:
        return Checkpoint(value)

    # What the loop calls

    def step(self, answer: Any) -> None:
        """Give the coroutine an answer and serve what it asks for, until it has to wait or ends."""
        while True:
            try:
                asked = self._coroutine.send(answer)
            except StopIteration as stop:
                self._return(stop.value)
                return
            except BodyFailed as failed:
                self.execution.container_failed(self, failed.failure, self._ms())
                return
            except StopRun as stop:
                self.execution.container_stopped(self, stop)
                return
            except (Exception, SystemExit) as error:
                self._raise(error)
                return
            try:
                answer = self._serve(asked)
            except Exception as error:
                self._coroutine.close()
                self._raise(error)
                return
            if answer is _PENDING:
                return

    def _return(self, value: Any) -> None:
        try:
            ports = self.attempt.node.definition.ports_of(value)
        except Exception as error:
            self._raise(error)
            return
        self.execution.container_done(self, ports, self._ms())

    def _raise(self, error: BaseException) -> None:
        attempt = self.attempt
        failure = failure_of(
            error,
            node=attempt.path,
            attempt=attempt.number,
            inputs=attempt.given(),
            redactor=self.execution.redactor,
        )
        self.execution.container_failed(self, failure, self._ms())

    def _ms(self) -> float:
        return (perf_counter() - self._started) * 1000

    def _serve(self, asked: Any) -> Any:
        if isinstance(asked, BodyCall):
            return self._serve_bodies([asked], BodyCalls([asked]), lambda outcomes: outcomes[0])
        if isinstance(asked, BodyCalls):
            return self._serve_bodies(asked.calls, asked, lambda outcomes: outcomes)
        if isinstance(asked, Delay):
            return self._serve_delay(asked.seconds)
        if isinstance(asked, Evaluation):
            return self._serve_evaluation(asked.expression, asked.names)
        if isinstance(asked, Checkpoint):
            self._tape.clear()
            self._note(EntryKind.CHECKPOINT, {"value": asked.value})
            return None
        raise TypeError(f"A container awaits only what its `bodies` gives it; it awaited {type(asked).__name__}.")

    def _serve_bodies(
        self, calls: Sequence[BodyCall], all_calls: BodyCalls, answer: Callable[[list[BodyOutcome]], Any]
    ) -> Any:
        group = _BodyGroup(self, list(calls), all_calls, answer)
        group.fill()
        if group.finished:
            return answer(group.outcomes())
        group.waits = True
        return _PENDING

    def open(self, call: BodyCall, on_done: Callable[[BodyOutcome], None]) -> None:
        """Start one body, or answer at once where there is nothing to run."""
        scope = self.attempt.scope
        self._note_opened(call)
        if call.body not in self.attempt.node.bodies:
            on_done(BodyOutcome())
        elif scope.is_cancelled and call.body != "finally":
            on_done(BodyOutcome(failure=_CANCELLED))
        elif not self.attempt.node.bodies[call.body].nodes:
            on_done(BodyOutcome())
        else:
            self.execution.open_body(scope, self.attempt.node, call, on_done)

    def _serve_delay(self, seconds: float) -> Any:
        if self.attempt.scope.is_cancelled:
            return None
        told = self._next_on_tape(EntryKind.SUSPENSION)
        now = self.execution.now
        until: datetime = told.body["until"] if told else now + timedelta(seconds=seconds)
        if told is None:
            self._note(EntryKind.SUSPENSION, {"until": until})
        if until <= now:
            return None
        resume = partial(self.step, None)
        self.execution.hold(Waiting(self.attempt.scope, self.attempt.node, resume, until=until))
        return _PENDING

    def _serve_evaluation(self, expression: Expression, names: Mapping[str, Any]) -> Any:
        if not expression.volatile:
            return expression.evaluate(**names)
        told = self._next_on_tape(EntryKind.CHECKPOINT)
        at: datetime = told.body["draw"] if told else self.execution.clock.now()
        sequence = told.sequence if told else self._note(EntryKind.CHECKPOINT, {"draw": at})
        place = (self.attempt.place[0], f"{self.attempt.place[1]}#{sequence}")
        return expression.evaluate(draws=NodeDraws(self.execution.run.id, place, at), **names)

    def _next_on_tape(self, kind: EntryKind) -> Entry | None:
        if self._tape and self._tape[0].kind is kind:
            return self._tape.pop(0)
        return None

    def _note(self, kind: EntryKind, body: Mapping[str, Any]) -> int:
        execution = self.execution
        opened, self._opened = self._opened, []
        execution.recorder.note(self.attempt.place, kind, execution.now, {**body, "opened": opened})
        return execution.recorder.entries[-1].sequence

    def _note_opened(self, call: BodyCall) -> None:
        """A note says which bodies were opened since the one before it, as [body, first index, last index]: whoever
        goes back to one of them knows which notes are of later."""
        opened, index = self._opened, call.index
        if opened and index is not None and opened[-1][0] == call.body and opened[-1][2] == index - 1:
            opened[-1][2] = index
        else:
            opened.append([call.body, index, index])


class _BodyGroup:
    """Bodies asked for together: at most `concurrency` open at once, their outcomes in the order of the calls."""

    def __init__(
        self,
        container: ContainerRun,
        calls: list[BodyCall],
        options: BodyCalls,
        answer: Callable[[list[BodyOutcome]], Any],
    ) -> None:
        self.container = container
        self.calls = calls
        self.waits = False
        self._options = options
        self._answer = answer
        self._outcomes: dict[int, BodyOutcome] = {}
        self._next = 0
        self._open = 0
        self._stopped = False
        self._filling = False

    @property
    def finished(self) -> bool:
        return self._open == 0 and (self._stopped or self._next == len(self.calls))

    def outcomes(self) -> list[BodyOutcome]:
        return [self._outcomes[at] for at in sorted(self._outcomes)]

    def fill(self) -> None:
        """Open further bodies as far as allowed."""
        most = self._options.concurrency or len(self.calls)
        self._filling = True
        while not self._stopped and self._next < len(self.calls) and self._open < most:
            at = self._next
            self._next += 1
            self._open += 1
            self.container.open(self.calls[at], partial(self._one_done, at))
        self._filling = False

    def _one_done(self, at: int, outcome: BodyOutcome) -> None:
        self._outcomes[at] = outcome
        self._open -= 1
        if outcome.failure is not None and self._options.fail_fast:
            self._stopped = True
        stop = self._options.stop
        if stop is not None and outcome.failure is None and not self._stopped:
            self._stopped = stop(at, outcome)
        if self._filling:
            return
        if not self.finished:
            self.fill()
        if self.finished and self.waits:
            self.waits = False
            self.container.step(self._answer(self.outcomes()))
