"""Driving a run: await what the loop hands out, journal before anything goes on, until done or suspended."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from treadle.engine.attempt import Attempt
from treadle.engine.context import SLEEP_AT_MOST
from treadle.engine.debugging import DebuggedExecution, Debugging, is_debugged
from treadle.engine.execution import Execution
from treadle.engine.handlers import Handlers, RunStart
from treadle.engine.history import History, Place
from treadle.engine.journal import Entry, EntryKind, RunUpdate
from treadle.engine.outcome import Done, Outcome, Suspended
from treadle.engine.plan import Plan
from treadle.engine.recorder import Recorder, Watch, tell_lost
from treadle.engine.redaction import Redactor
from treadle.engine.series import SERIES_PLACE, has_looked, see_series
from treadle.engine.settling import CANCELLED
from treadle.engine.state import STATE_PLACE, read_state, remembered_state
from treadle.engine.tracing import DOING, Doing, Tracer
from treadle.engine.trying import Trying
from treadle.engine.world import World
from treadle.engine.writing import UNSTORABLE, Writing
from treadle.errors import StoreError
from treadle.model.event import NodeWaited, RunFinished, RunResumed, RunStarted, RunSuspended
from treadle.model.run import ExecutionResult, Failure, NodeResult, RunRecord, RunStatus

_PATIENCE = 30.0
"""Seconds the result of an effect waits for a store that cannot write for the moment."""
_NEAR = timedelta(seconds=SLEEP_AT_MOST)


async def drive(
    plan: Plan,
    run: RunRecord,
    *,
    world: World,
    entries: Iterable[Entry] = (),
    opened: bool = False,
    handlers: Handlers | None = None,
    watch: Watch | None = None,
) -> Outcome:
    """Drive `run` until it is done or suspended. `entries` are what the journal holds of it; `opened`: its row is
    already in the store.

    Raises `LeaseLost` when another driver has taken the run, `StoreError` when nothing could be written; the run is
    then where it was and can be driven again.
    """
    return await Driver(plan, run, world=world, entries=entries, opened=opened, handlers=handlers, watch=watch).run()


class Driver:
    """One run being driven. `cancel` and `drain` may be called from the same event loop while `run` is awaited."""

    def __init__(
        self,
        plan: Plan,
        run: RunRecord,
        *,
        world: World,
        entries: Iterable[Entry] = (),
        opened: bool = False,
        handlers: Handlers | None = None,
        watch: Watch | None = None,
    ) -> None:
        self.plan = plan
        self.record = run
        self.world = world
        self.handlers = handlers
        history = History(entries)
        self._resumed = opened and bool(history)
        bound = world.secrets_for(run)
        secrets = {name: bound[name] for name in plan.secrets if name in bound}
        self.redactor: Redactor = world.redactor_for(run.origin, secrets.values())
        debugged = is_debugged(run)
        # What it has come to is not worked out anew: it would be stopped at again.
        self._save = "all" if debugged else plan.workflow.settings.save
        self.recorder = Recorder(run.id, history, saves_all=self._save == "all", watch=watch)
        self._writing = Writing(world.journal, run, self.recorder, opened=opened)
        kind = DebuggedExecution if debugged else Execution
        self.execution = kind(
            plan,
            run,
            history=history,
            recorder=self.recorder,
            clock=world.clock,
            redactor=self.redactor,
            secrets=secrets,
            roots={**roots_of(plan, run, world.permissions.environment), "state": self.recorder.seen_state},
            all_attempts=handlers is not None and handlers.watch_steps,
        )
        self._debugging = Debugging(self.execution, world) if isinstance(self.execution, DebuggedExecution) else None
        self._trying = Trying(self)
        self._tasks: dict[Attempt, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()
        self._broken: BaseException | None = None
        self._ending: Failure | None = None
        self._draining = False
        self._nudged = False
        self._heard = 0
        self._started = False
        # The time in which a person looks at it is not the run's.
        timeout = None if debugged else plan.workflow.settings.timeout
        started = run.created_at or self.execution.now
        if run.origin is not None and run.origin.deadline_from is not None:
            started = datetime.fromisoformat(run.origin.deadline_from)
        most = None if run.origin is None else run.origin.most_seconds
        self._timeout = min((limit for limit in (timeout, most) if limit is not None), default=None)
        self._deadline = None if self._timeout is None else started + timedelta(seconds=self._timeout)

    async def _see_state(self) -> None:
        """Let expressions see the state as it was when the run first started, whatever has become of it since."""
        state = remembered_state(self.execution.history)
        if state is None:
            state = await read_state(self.world.journal, self.record)
            self.recorder.note(STATE_PLACE, EntryKind.CHECKPOINT, self.execution.now, {"value": dict(state)})
            await self.flush()
        self.recorder.seen_state.update(state)

    async def _see_series(self) -> None:
        """Let nodes see what earlier runs of the deployment have collected."""
        history = self.execution.history
        self.execution.series = seen = await see_series(self.world.journal, self.world.series, self.record, history)
        if seen.owner is not None and not has_looked(history):
            # Journaled with whatever comes first: what was not, nobody has built upon.
            self.recorder.note(SERIES_PLACE, EntryKind.CHECKPOINT, self.execution.now, {"value": dict(seen.seen)})

    def cancel(self) -> None:
        """Cancel the run: what runs is cancelled, `finally` bodies run, the rest is dead."""
        self._end(CANCELLED)

    def _end(self, why: Failure) -> None:
        if self._ending is None and self.execution.outcome is None:
            self._ending = why
            if self._started:
                self.execution.end()
            self._changed.set()

    def nudge(self, number: int = 0) -> None:
        """Something that a node of the run may wait for has come: let each of them look. `number` is how often the
        store has been told so; what has been heard before is no news."""
        if number and number <= self._heard:
            return
        self._heard = max(number, self._heard)
        self._nudged = True
        self._changed.set()

    def drain(self) -> None:
        """Start nothing more; stop when what runs has finished, leaving the run to be driven on later."""
        self._draining = True
        self._changed.set()

    def run(self) -> Coroutine[Any, Any, Outcome]:
        # A run of a few pure nodes takes microseconds: nothing is put around it that nobody asked for.
        tracer = self.world.tracer
        return self._run() if tracer is None else self._run_traced(tracer)

    async def _run_traced(self, tracer: Tracer) -> Outcome:
        token = DOING.set(Doing(self.record.id, self.record.workflow))
        try:
            with tracer.drive(self.record, goes_on=self._resumed) as ended:
                outcome = await self._run()
                ended(outcome.result)
                return outcome
        finally:
            DOING.reset(token)

    async def _run(self) -> Outcome:
        self._announce()
        if self.handlers is not None and not self._resumed:
            await self.handlers.on_start(RunStart(self.record.id, self.record.workflow, self.record.input))
        if "state" in self.plan.roots:
            await self._see_state()
        if self.plan.has_series:
            await self._see_series()
        if self._debugging is not None:
            await self.flush()
            await self._debugging.look()
        self._started = True
        if self._ending is not None:
            self.execution.end()
        try:
            while True:
                if self._broken is not None:
                    raise self._broken
                outcome = await self._turn()
                if outcome is not None:
                    return outcome
        finally:
            await self._stop_tasks()
            tell_lost(put for _, put in self.recorder.take_records())

    async def _turn(self) -> Outcome | None:
        """Go on as far as possible without waiting, then wait for one change, or finish."""
        execution = self.execution
        self._look_at_deadline()
        if self._nudged and self._started:
            self._nudged = False
            execution.look_at_exchange()
            if self._debugging is not None:
                await self._debugging.look()
        more = execution.advance()
        if self._debugging is not None and self._debugging.take_news():
            await self.flush()
        self._cancel_tasks()
        if not self._draining:
            started = execution.take_attempts()
            for attempt in started:
                self._tasks[attempt] = asyncio.create_task(self._try(attempt))
            if started or execution.queue:
                more = more or not execution.running
            more = more or execution.is_ready
        if execution.outcome is not None and not execution.running:
            return await self._finish()
        if more:
            await asyncio.sleep(0)
            return None
        if execution.running:
            await self._wait_for_change(self._next_due())
            return None
        if self._draining:
            return await self._suspend(execution.now)
        if execution.abandon_waiting():
            return None
        due = self._next_due()
        if due is not None and due - self.world.clock.now() <= _NEAR:
            await self._wait_for_change(due)
            return None
        if not execution.waiting:
            raise RuntimeError(f"Run {self.record.id} can neither go on nor end; this is a defect in Treadle.")
        return await self._suspend(due)

    async def _try(self, attempt: Attempt) -> None:
        try:
            await self._trying.attempt(attempt)
        except BaseException as error:
            if not (isinstance(error, asyncio.CancelledError) and attempt.cancelled):
                self._broken = self._broken or error
        finally:
            self._tasks.pop(attempt, None)
            self._changed.set()

    async def _wait_for_change(self, due: datetime | None) -> None:
        """Wait until an attempt ends, somebody cancels, or `due`; then wake what is due."""
        if due is None:
            await self._changed.wait()
        else:
            timer = asyncio.create_task(self.world.clock.sleep_until(due))
            change = asyncio.create_task(self._changed.wait())
            await asyncio.wait({timer, change}, return_when=asyncio.FIRST_COMPLETED)
            for task in (timer, change):
                task.cancel()
        self._changed.clear()
        self._look_at_deadline()
        self.execution.wake(self.world.clock.now())

    def _look_at_deadline(self) -> None:
        if self._deadline is not None and self._ending is None and self.world.clock.now() >= self._deadline:
            self._end(Failure("timeout", f"The run took longer than its timeout of {self._timeout:g} s."))

    def _next_due(self) -> datetime | None:
        times = [waiting.until for waiting in self.execution.waiting.values() if waiting.until is not None]
        if self._deadline is not None and self._ending is None:
            times.append(self._deadline)
        return min(times, default=None)

    def _cancel_tasks(self) -> None:
        for attempt in self.execution.cancellations:
            task = self._tasks.get(attempt)
            if task is not None and not attempt.shielded:
                task.cancel()
        self.execution.cancellations.clear()

    async def _stop_tasks(self) -> None:
        """Only when the drive itself is broken off: what still runs is left in doubt, as after a crash."""
        tasks = list(self._tasks.values())
        for attempt, task in self._tasks.items():
            # A result on its way into the journal is let arrive.
            if not attempt.shielded:
                task.cancel()
        if tasks:
            await asyncio.gather(*tasks, return_exceptions=True)

    # Writing

    async def flush(self, place: Place | None = None, *, is_over: bool = True) -> Failure | None:
        """Journal what has been recorded so far; returns when it is durable. Gives a failure when the value of `place`
        cannot be kept; that of another node ends the run. What `is_over` is worth waiting for a store that cannot be
        written for the moment."""
        failures = await self._writing.flush(patience=_PATIENCE if place is not None and is_over else 0.0)
        own = failures.pop(place, None) if place is not None else None
        self._blame(failures)
        return own

    def _blame(self, failures: Mapping[Place, Failure]) -> None:
        """Pure nodes whose values cannot be kept: what follows them may have run, so the run fails."""
        for place, failure in failures.items():
            self.recorder.settled(place, "failed", self.execution.now, attempts=1, error=failure, durable=True)
            self._end(failure)

    async def _finish(self) -> Outcome:
        status, output, error = self._verdict()
        now = self.world.clock.now()
        keep = self._save
        if self._debugging is not None:
            self.recorder.abandon(self._debugging.wait)
        changes = self.recorder.state_changes() if status == "completed" else []
        state = [change for change in changes if not change.owner.startswith("run:")]
        kept = keep == "all" or (keep == "failures" and status != "completed")
        failures: Mapping[Place, Failure] = {}
        refusal: Failure | None = None
        try:
            counters = self.recorder.counters()
            update = RunUpdate(status, finished_at=now, output=output, error=error, counters=counters)
            failures = await self._writing.finish(update, state=state, kept=kept)
        except StoreError as refused:
            if refused.code != UNSTORABLE:
                raise
            refusal = Failure(refused.code, f"The run's output or state cannot be kept: {refused.message}")
        self._blame(failures)
        refusal = next(iter(failures.values()), refusal)
        if refusal is not None:
            error = error or refusal
            status, output = "failed", None
            update = RunUpdate(status, finished_at=now, error=error)
            await self._writing.finish(update, state=(), kept=keep != "none")
        result = self._result(status, output, error, now)
        if self.recorder.watch is not None:
            self.recorder.watch(RunFinished(self.record.id, now, "", status, output, error))
        if self.handlers is not None:
            await self.handlers.on_finish(result, error)
        return Done(result)

    def _verdict(self) -> tuple[RunStatus, Any, Failure | None]:
        outcome, stop = self.execution.outcome, self.execution.ending
        if stop is not None:
            stopped: RunStatus = stop.status
            return (
                stopped,
                stop.output,
                Failure("stopped", self.redactor.text(stop.message)) if stopped == "failed" else None,
            )
        if self._ending is not None:
            status: RunStatus = "cancelled" if self._ending.type == "cancelled" else "failed"
            return status, None, self._ending
        if outcome is None or outcome.failure is not None:
            failure = outcome.failure if outcome else None
            # A cancellation that a crash broke off is recalled from what it had cancelled.
            return "cancelled" if failure == CANCELLED else "failed", None, failure
        return "completed", outcome.output, None

    async def _suspend(self, due: datetime | None) -> Outcome | None:
        signals = tuple(w.signal for w in self.execution.waiting.values() if w.signal)
        failures = await self._writing.suspend(RunUpdate("suspended", wake_at=due, heard=self._heard))
        if failures:
            self._blame(failures)
            return None
        now = self.world.clock.now()
        if self.recorder.watch is not None:
            for waiting in self.execution.waiting.values():
                if waiting.paused:
                    continue  # said when it was
                path = waiting.scope.prefix + waiting.node.id
                self.recorder.watch(
                    NodeWaited(self.record.id, now, path, waiting.until, waiting.signal, waiting.in_doubt)
                )
            self.recorder.watch(RunSuspended(self.record.id, now, "", due, signals))
        # Told while it was being written, the run is due already (see `RunUpdate.heard`).
        return Suspended(self._result("suspended", None, None, None), now if self._nudged else due, signals)

    def _result(
        self, status: RunStatus, output: Any, error: Failure | None, finished_at: datetime | None
    ) -> ExecutionResult:
        nodes = self.recorder.results()
        for waiting in self.execution.waiting.values():
            path = waiting.scope.prefix + waiting.node.id
            nodes[path] = NodeResult("in_doubt" if waiting.in_doubt else "paused" if waiting.paused else "waiting")
        return ExecutionResult(
            run_id=self.record.id,
            workflow=self.record.workflow,
            version=self.record.version,
            status=status,
            output=output,
            error=error,
            nodes=nodes,
            started_at=self.record.created_at,
            finished_at=finished_at,
        )

    def _announce(self) -> None:
        if self.recorder.watch is not None:
            run, now = self.record, self.execution.now
            self.recorder.watch(
                RunResumed(run.id, now, "", run.status == "running")
                if self._resumed
                else RunStarted(run.id, now, "", run.workflow, run.version, run.deployment, run.save)
            )


def roots_of(plan: Plan, run: RunRecord, environment: Mapping[str, str]) -> dict[str, Any]:
    """What expressions of the run see. An optional input that was not given reads as null."""
    given: Mapping[str, Any] = run.input
    return {
        "workflow": {
            "input": {**dict.fromkeys(plan.optional_inputs), **given},
            "name": run.workflow,
            "version": run.version,
            "mode": run.mode,
        },
        "run": {"id": run.id, "started_at": run.created_at, "attempt": run.epoch + 1},
        "nodes": {},
        "params": dict(run.params),
        "env": dict(environment),
    }
