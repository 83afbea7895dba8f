"""What an effect exchanges with people, other runs and other processes: parts of its context that may suspend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from treadle.engine.attempt import Attempt, Suspend
from treadle.engine.exchange import ChildRequest, ChildStarter, Exchange
from treadle.engine.world import World
from treadle.errors import NodeError
from treadle.model.ids import RunId, run_id_for
from treadle.model.run import FINISHED, RunRecord
from treadle.model.signal import Signal
from treadle.model.task import Task

DEEPEST = 32
"""How many parents a run may have above it."""


class _Part:
    def __init__(self, attempt: Attempt, run: RunRecord, world: World, token: str) -> None:
        self._attempt = attempt
        self._run = run
        self._world = world
        self._token = token

    @property
    def _exchange(self) -> Exchange:
        if self._world.exchange is None:
            raise NodeError(
                f"`{self._attempt.path}` exchanges something with others, and this run has no store to do it over.",
                code="no_exchange",
                remedy="Run it with a store.",
                retryable=False,
            )
        return self._world.exchange

    def _now(self) -> datetime:
        return self._world.clock.now()


class RunSignals(_Part):
    """Implements `treadle.node.exchange.Signals`."""

    async def take(self, *names: str, key: str = "", until: datetime | None = None) -> Signal | None:
        wait = self._attempt.waits_for = f"signal:{self._token}"
        now = self._now()
        signal = await self._exchange.take_signal(names, key=key, run_id=self._run.id, token=self._token, now=now)
        if signal is None and (until is None or now < until):
            raise Suspend(until, wait)
        return signal


class RunTasks(_Part):
    """Implements `treadle.node.exchange.Tasks`."""

    async def ask(
        self,
        *,
        title: str,
        message: str = "",
        value: JsonValue = None,
        form: Mapping[str, JsonValue] | None = None,
        assignees: Sequence[str] = (),
        escalate_at: datetime | None = None,
        escalate_to: Sequence[str] = (),
        deadline_at: datetime | None = None,
        kind: str = "approval",
    ) -> Task:
        wait = self._attempt.waits_for = f"task:{self._token}"
        now = self._now()
        wanted = Task(
            id=self._token,
            run_id=self._run.id,
            path=self._attempt.path,
            kind=kind,
            title=title,
            message=message,
            value=value,
            form=form,
            assignees=tuple(assignees),
            escalate_to=tuple(escalate_to),
            created_at=now,
            escalate_at=escalate_at,
            deadline_at=deadline_at,
        )
        task = await self._exchange.open_task(wanted)
        if task.status == "open":
            if task.deadline_at is None or now < task.deadline_at:
                raise Suspend(task.deadline_at, wait)
            task = await self._exchange.expire_task(task.id, now=now)
        return task


class RunChildren(_Part):
    """Implements `treadle.node.exchange.Children`."""

    @property
    def _starter(self) -> ChildStarter:
        if self._world.children is None:
            raise NodeError(
                f"`{self._attempt.path}` starts another workflow, and nothing here can start one.",
                code="no_children",
                remedy="Run it with a store.",
                retryable=False,
            )
        return self._world.children

    async def start(self, workflow: str, *, input: Mapping[str, Any], version: str | None = None) -> str:
        return await self._start(workflow, input, version, detached=True)

    async def run(self, workflow: str, *, input: Mapping[str, Any], version: str | None = None) -> Any:
        run_id = self._child_id()
        wait = self._attempt.waits_for = f"run:{run_id}"
        child = await self._starter.find_run(run_id)
        if child is None:
            await self._start(workflow, input, version, detached=False)
            raise Suspend(None, wait)
        if child.status not in FINISHED:
            raise Suspend(None, wait)
        if child.status == "completed":
            return child.output
        error = child.error
        ended = "has failed" if child.status == "failed" else "has been cancelled"
        said = f": {error.message}" if error is not None else "."
        raise NodeError(
            f"The run {child.id} of `{workflow}` {ended}{said}",
            code="child_failed" if child.status == "failed" else "child_cancelled",
            remedy=f"Look at it with `treadle status {child.id}`.",
            retryable=False,
            run=child.id,
            error=error.to_dict() if error is not None else None,
        )

    def _child_id(self) -> RunId:
        """The same for every attempt: whoever recovers the parent finds the child that was started."""
        return run_id_for(self._attempt.started_at, f"{self._token}/{self._attempt.number}")

    async def _start(self, workflow: str, input: Mapping[str, Any], version: str | None, *, detached: bool) -> RunId:
        run, origin = self._run, self._run.origin
        if (origin.depth if origin else 0) >= DEEPEST:
            raise NodeError(
                f"`{run.workflow}` has started itself, or others that start it, {DEEPEST} deep.",
                code="too_deep",
                remedy="Give the recursion an end: a `when:` that is false at last.",
                retryable=False,
            )
        request = ChildRequest(
            run_id=self._child_id(),
            parent=run,
            path=self._attempt.path,
            workflow=workflow,
            input=input,
            version=version,
            at=self._attempt.started_at,
            detached=detached,
        )
        await self._starter.start_child(request)
        return request.run_id


class RunLimits(_Part):
    """Implements `treadle.node.exchange.Limits`."""

    async def take(self, key: str, *, number: float, period: float, burst: int = 1) -> None:
        now = self._now()
        at = await self._exchange.take_slot(key, number=number, period=period, burst=burst, token=self._token, now=now)
        if at > now:
            raise Suspend(at)


class RunEvents(_Part):
    """Implements `treadle.node.exchange.Events`."""

    async def publish(self, topic: str, payload: JsonValue) -> str:
        event_id = f"e{self._token}"
        await self._exchange.publish_event(event_id, topic, payload, now=self._now())
        return event_id
