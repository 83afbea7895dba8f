"""The `Context` an effect is given by the engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from pydantic import JsonValue

from treadle.engine.attempt import Attempt, Suspend, require_intent
from treadle.engine.exchanging import RunChildren, RunEvents, RunLimits, RunSignals, RunTasks
from treadle.engine.failure import plain
from treadle.engine.journal import LogLine, StateChange
from treadle.engine.keeping import AttemptRecords, Flush
from treadle.engine.profiles import fields_of
from treadle.engine.recorder import COUNTER, Recorder
from treadle.engine.redaction import Redactor
from treadle.engine.state import owner_of
from treadle.engine.tokens import Calls, idempotency_key
from treadle.engine.world import World
from treadle.model.event import Logged, Progressed, Streamed
from treadle.model.run import RunRecord, deployment_of
from treadle.node.context import Level, Resource, StateScope
from treadle.node.permissions import Permissions

R = TypeVar("R", bound=Resource)

SLEEP_AT_MOST = 3.0
"""Seconds an effect may sleep in one attempt; with longer waits it is entered again when they are over."""


class RunState:
    """State as one effect of a run sees it: what is committed, then what its run has changed so far."""

    def __init__(
        self, attempt: Attempt, run: RunRecord, recorder: Recorder, world: World, token: str, redactor: Redactor
    ) -> None:
        self._attempt = attempt
        self._run = run
        self._recorder = recorder
        self._world = world
        self._token = token
        self._redactor = redactor
        self.changes: list[StateChange] = []

    async def get(self, key: str, *, scope: StateScope = "deployment", default: JsonValue = None) -> JsonValue:
        owner = owner_of(self._run, scope)
        value = None if scope == "run" else await self._world.journal.read_state(owner, key)
        for change in (*self._recorder.state_changes(), *self.changes):
            if (change.owner, change.key) == (owner, key):
                value = change.value if change.increment is None else (value or 0) + change.increment
        return default if value is None else value

    async def set(self, key: str, value: JsonValue, *, scope: StateScope = "deployment") -> None:
        self.changes.append(StateChange(owner_of(self._run, scope), key, self._redactor.value(value)))

    async def increment(self, key: str, by: float = 1, *, scope: StateScope = "deployment") -> float:
        current = await self.get(key, scope=scope, default=0)
        self.changes.append(StateChange(owner_of(self._run, scope), key, None, by))
        return (current if isinstance(current, int | float) else 0) + by

    async def claim(self, key: str, *, window: float | None, scope: StateScope = "deployment") -> bool:
        require_intent(self._attempt)
        return await self._world.journal.claim_key(
            owner_of(self._run, scope), key, window=window, token=self._token, now=self._world.clock.now()
        )


class EngineContext:
    """Implements `treadle.node.Context` for one attempt."""

    def __init__(
        self, attempt: Attempt, run: RunRecord, *, recorder: Recorder, world: World, redactor: Redactor, flush: Flush
    ) -> None:
        self._attempt = attempt
        self._run = run
        self._recorder = recorder
        self._world = world
        self._redactor = redactor
        self._slept = timedelta(0)
        self.idempotency_key = idempotency_key(run.id, *attempt.place, recorder.generation(attempt.place))
        self._calls = calls = Calls(self.idempotency_key)
        self.state = RunState(attempt, run, recorder, world, self.idempotency_key, redactor)
        self.signals = RunSignals(attempt, run, world, calls, redactor)
        self.tasks = RunTasks(attempt, run, world, calls, redactor)
        self.children = RunChildren(attempt, run, world, calls, redactor)
        self.limits = RunLimits(attempt, run, world, calls, redactor)
        self.events = RunEvents(attempt, run, world, calls, redactor)
        self.records = AttemptRecords(attempt, run, world, redactor, recorder, flush)

    def start_over(self) -> None:
        """The function, or the one that finds out what became of it, is about to be called: what it asks for first is
        its first call."""
        self._calls.start_over()

    @property
    def run_id(self) -> str:
        return self._run.id

    @property
    def workflow(self) -> str:
        return self._run.workflow

    @property
    def deployment(self) -> str | None:
        return deployment_of(self._run)

    @property
    def node_id(self) -> str:
        return self._attempt.node.id

    @property
    def path(self) -> str:
        return self._attempt.path

    @property
    def attempt(self) -> int:
        return self._attempt.number

    @property
    def mode(self) -> Literal["live", "paper", "test"]:
        return self._run.mode

    @property
    def started_at(self) -> datetime:
        return self._attempt.started_at

    @property
    def permissions(self) -> Permissions:
        return self._world.permissions

    def now(self) -> datetime:
        return self._world.clock.now()

    async def sleep_until(self, at: datetime) -> None:
        left = at - self.now()
        if left <= timedelta(0):
            return
        self._slept += left
        if self._slept > timedelta(seconds=SLEEP_AT_MOST):
            raise Suspend(until=at)
        await self._world.clock.sleep_until(at)

    def resource(self, kind: type[R]) -> R:
        return self._world.resources.get(kind)

    def profile(self, name: str | None, *, provider: str | None = None) -> Mapping[str, str]:
        return fields_of(self._world, self._run, name, provider=provider)

    def count(self, name: str, by: float = 1) -> None:
        self.state.changes.append(StateChange(COUNTER, name, None, by))

    def log(self, message: str, *, level: Level = "info", **data: JsonValue) -> None:
        at, text = self.now(), self._redactor.text(message)
        shown: Mapping[str, Any] = self._redactor.value(plain(data))
        self._recorder.log.append(LogLine(at, self.path, level, text, shown))
        if self._recorder.watch is not None:
            self._recorder.watch(Logged(self._recorder.run_id, at, self.path, level, text, shown))

    def progress(self, share: float | None = None, message: str = "") -> None:
        if self._recorder.watch is not None:
            text = self._redactor.text(message)
            self._recorder.watch(Progressed(self._recorder.run_id, self.now(), self.path, share, text))

    def stream(self, text: str) -> None:
        if self._recorder.watch is not None:
            text = self._redactor.text(text)
            self._recorder.watch(Streamed(self._recorder.run_id, self.now(), self.path, text))

    def trace_headers(self) -> Mapping[str, str]:
        return {} if self._world.tracer is None else self._world.tracer.headers()

    def redact(self, text: str) -> str:
        return self._redactor.text(text)
