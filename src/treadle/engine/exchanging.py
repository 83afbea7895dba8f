"""What an effect exchanges with people, other runs and other processes: parts of its context that may suspend it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from treadle.engine.attempt import Attempt, Suspend, require_intent
from treadle.engine.exchange import ChildRequest, ChildStarter, Exchange, RecordStore
from treadle.engine.redaction import Redactor
from treadle.engine.tokens import Calls
from treadle.engine.world import World
from treadle.errors import InvalidWorkflow, NodeError, NotFound
from treadle.model.ids import RunId, run_id_for
from treadle.model.json import Value
from treadle.model.published import MOST_HOPS, hops_of, topic_problem
from treadle.model.record import Record, RecordQuery, Turn
from treadle.model.run import FINISHED, RunRecord, deployment_of
from treadle.model.signal import Signal
from treadle.model.task import Task

DEEPEST = 32
"""How many parents a run may have above it."""


class _Part:
    """What goes out of the run this way is kept elsewhere: it is redacted as what the run itself keeps is."""

    def __init__(
        self, attempt: Attempt, run: RunRecord, world: World, calls: Calls, redactor: Redactor | None = None
    ) -> None:
        self._attempt = attempt
        self._run = run
        self._world = world
        self._calls = calls
        self._redactor = redactor or Redactor()

    @property
    def _exchange(self) -> Exchange:
        require_intent(self._attempt)
        if self._world.exchange is None:
            raise _no_exchange(f"`{self._attempt.path}`")
        return self._world.exchange

    def _now(self) -> datetime:
        return self._world.clock.now()


class RunSignals(_Part):
    """Implements `treadle.node.exchange.Signals`."""

    async def take(self, *names: str, key: str = "", until: datetime | None = None) -> Signal | None:
        token, now = self._calls.next_token("signal"), self._now()
        wait = f"signal:{token}"
        self._attempt.asked[wait] = False
        signal = await self._exchange.take_signal(names, key=key, run_id=self._run.id, token=token, now=now)
        self._attempt.asked[wait] = signal is not None
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
        value: Value = None,
        form: Mapping[str, JsonValue] | None = None,
        assignees: Sequence[str] = (),
        escalate_at: datetime | None = None,
        escalate_to: Sequence[str] = (),
        deadline_at: datetime | None = None,
        kind: str = "approval",
    ) -> Task:
        task_id, now = self._calls.next_id("task"), self._now()
        wait = f"task:{task_id}"
        self._attempt.asked[wait] = False
        wanted = Task(
            id=task_id,
            run_id=self._run.id,
            path=self._attempt.path,
            kind=kind,
            title=self._redactor.text(title),
            message=self._redactor.text(message),
            value=self._redactor.value(value),
            form=self._redactor.value(form),
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
        self._attempt.asked[wait] = True
        return task


class RunChildren(_Part):
    """Implements `treadle.node.exchange.Children`."""

    @property
    def _starter(self) -> ChildStarter:
        require_intent(self._attempt)
        if self._world.children is None:
            raise NodeError(
                f"`{self._attempt.path}` starts another workflow, and nothing here can start one.",
                code="no_children",
                remedy="Run it with a store.",
                retryable=False,
            )
        return self._world.children

    async def start(self, workflow: str, *, input: Mapping[str, Any], version: str | None = None) -> str:
        run_id = self._next_id()
        await self._start(run_id, workflow, input, version, detached=True)
        return run_id

    async def run(self, workflow: str, *, input: Mapping[str, Any], version: str | None = None) -> Any:
        run_id = self._next_id()
        wait = f"run:{run_id}"
        self._attempt.asked[wait] = False
        child = await self._starter.find_run(run_id)
        if child is None:
            await self._start(run_id, workflow, input, version, detached=False)
            raise Suspend(None, wait)
        if child.status not in FINISHED:
            raise Suspend(None, wait)
        self._attempt.asked[wait] = True
        if child.status == "completed":
            return child.output
        error = child.error
        ended = "has failed" if child.status == "failed" else "has been cancelled"
        said = f": {error.message}" if error is not None else "."
        raise NodeError(
            f"The run {child.id} of `{workflow}` {ended}{said}",
            code="child_failed" if child.status == "failed" else "child_cancelled",
            remedy=f"Look at it with `treadle status {child.id}`.",
            # Tried again, it is another child; one that somebody cancelled is not wanted.
            retryable=None if child.status == "failed" else False,
            run=child.id,
            error=error.to_dict() if error is not None else None,
        )

    def _next_id(self) -> RunId:
        """The same whoever works it out: who recovers the parent finds the child that was started."""
        seed = self._calls.next_token("child", within=f"/{self._attempt.number}")
        return run_id_for(self._attempt.started_at, seed)

    async def _start(
        self, run_id: RunId, workflow: str, input: Mapping[str, Any], version: str | None, *, detached: bool
    ) -> None:
        run, origin = self._run, self._run.origin
        if (origin.depth if origin else 0) >= DEEPEST:
            raise NodeError(
                f"`{run.workflow}` has started itself, or others that start it, {DEEPEST} deep.",
                code="too_deep",
                remedy="Give the recursion an end: a `when:` that is false at last.",
                retryable=False,
            )
        request = ChildRequest(
            run_id=run_id,
            parent=run,
            path=self._attempt.path,
            workflow=workflow,
            input=self._redactor.value(input),
            version=version,
            at=self._attempt.started_at,
            detached=detached,
        )
        try:
            await self._starter.start_child(request)
        except (NotFound, InvalidWorkflow) as error:
            raise NodeError(
                f"`{workflow}` cannot be started: {error.message}",
                code=error.code,
                remedy=error.remedy,
                retryable=False,
                **error.attributes,
            ) from error


class RunLimits(_Part):
    """Implements `treadle.node.exchange.Limits`."""

    async def take(self, key: str, *, number: float, period: float, burst: int = 1) -> None:
        token, now = self._calls.next_token(f"limit {key}"), self._now()
        call = f"{token}:{key}"
        if call in self._attempt.through:
            return
        at = await self._exchange.take_slot(key, number=number, period=period, burst=burst, token=token, now=now)
        if at > now:
            raise Suspend(at)
        self._attempt.through.add(call)


class RunEvents(_Part):
    """Implements `treadle.node.exchange.Events`."""

    async def publish(self, topic: str, payload: JsonValue) -> str:
        problem = topic_problem(topic)
        if problem is not None:
            what, _, remedy = problem.partition(". ")
            raise NodeError(f"{what}.", code="invalid_topic", remedy=remedy, retryable=False)
        hops = hops_of(self._run) + 1
        if hops > MOST_HOPS:
            raise NodeError(
                f"{MOST_HOPS} events have led to this run, each starting the run that published the next.",
                code="too_many_hops",
                remedy="Give the circle an end: a `filter` on the trigger, or a `when:` on this node.",
                retryable=False,
                topic=topic,
            )
        payload = self._redactor.value(payload)
        event_id = f"e{self._calls.next_id('event')}"
        await self._exchange.publish_event(event_id, topic, payload, now=self._now(), by=self._run, hops=hops)
        return event_id


class RunRecords:
    """Implements `treadle.node.exchange.Records`."""

    def __init__(self, run: RunRecord, world: World, redactor: Redactor) -> None:
        self._run, self._world, self._redactor = run, world, redactor

    @property
    def _exchange(self) -> RecordStore:
        if self._world.exchange is None:
            raise _no_exchange(f"A run of `{self._run.workflow}`")
        return self._world.exchange

    def require_store(self) -> None:
        """Raises `NodeError` (`no_exchange`)."""
        _ = self._exchange

    async def put(
        self,
        kind: str,
        key: str,
        value: Mapping[str, JsonValue],
        *,
        group: str = "",
        is_open: bool = False,
        later: Callable[[], object] | None = None,
        turn: Turn | None = None,
    ) -> None:
        record, by = self._record(kind, key, value, group=group, is_open=is_open), (self._run.id, self._run.epoch)
        await self._exchange.put_record(record, now=self._world.clock.now(), by=by, turn=turn)

    async def write(self) -> None:
        """Nothing waits here."""

    def _record(self, kind: str, key: str, value: Mapping[str, JsonValue], *, group: str, is_open: bool) -> Record:
        kept = self._redactor.value(dict(value))
        return Record(kind, key, kept, owner_of_records(self._run), group, is_open, self._test)

    async def get(self, kind: str, key: str) -> dict[str, Any] | None:
        found = await self._exchange.find_record(kind, key, test=self._test)
        return None if found is None else dict(found.value)

    async def list(
        self,
        kind: str,
        *,
        group: str | None = None,
        mine: bool = True,
        open_only: bool = False,
        after: str | None = None,
        since: datetime | None = None,
        newest: int | None = None,
    ) -> list[dict[str, Any]]:
        owner = owner_of_records(self._run) if mine else None
        query = RecordQuery(kind, owner, group, self._test, open_only, after, since, newest)
        return [dict(record.value) for record in await self._exchange.list_records(query)]

    @property
    def _test(self) -> str:
        return self._run.id if self._run.mode == "test" else ""


def owner_of_records(run: RunRecord) -> str:
    """Whose what the run keeps is: the deployment's that it is done for, else the workflow's; a test's, its own."""
    if run.mode == "test":
        return f"run:{run.id}"
    deployment = deployment_of(run)
    return f"workflow:{run.workflow}" if deployment is None else f"deployment:{deployment}"


def _no_exchange(who: str) -> NodeError:
    return NodeError(
        f"{who} exchanges something with others, and there is no store to do it over.",
        code="no_exchange",
        remedy="Run it with a store.",
        retryable=False,
    )
