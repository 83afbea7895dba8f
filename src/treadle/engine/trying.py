"""One attempt from intent to result: what is journaled when, and what each way of ending means (semantics 3, 4.3)."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from time import perf_counter
from typing import Any, Protocol, cast

from treadle.engine.attempt import Attempt, CameTo, Suspend, Waiting
from treadle.engine.breaker import CIRCUIT_OPEN
from treadle.engine.context import SLEEP_AT_MOST, EngineContext
from treadle.engine.execution import Execution
from treadle.engine.failure import TookTooLong, failure_of
from treadle.engine.handlers import Handlers, Replace, Step
from treadle.engine.history import Place
from treadle.engine.journal import EntryKind
from treadle.engine.offload import call_in_thread
from treadle.engine.plan import Plan
from treadle.engine.recalling import write_sources
from treadle.engine.recorder import Recorder
from treadle.engine.redaction import Redactor
from treadle.engine.retry import out_of_budget, retry_delay
from treadle.engine.scope import Ports
from treadle.engine.state import read_state
from treadle.engine.tracing import DOING, Doing
from treadle.engine.world import World
from treadle.engine.writing import UNSTORABLE
from treadle.errors import LeaseLost, NodeError, StoreError, TreadleError
from treadle.model.event import NodeRetried, NodeStarted
from treadle.model.rate import parse_rate
from treadle.model.run import Failure, RunRecord
from treadle.node.context import NotDone
from treadle.node.stop import StopRun

_BLOCKED = 0.1
_RECONCILE_PAUSES = (0.5, 2.0)
"""Seconds between the times the outside is asked about an effect in doubt."""


class _Unwritten(Exception):
    """The journal refused: that is no failure of the node, and ends the drive."""

    def __init__(self, error: TreadleError) -> None:
        super().__init__(str(error))
        self.error = error


class _Unknown(Exception):
    """The outside could not say what became of an effect."""


class Host(Protocol):
    """What an attempt needs of the driver around it."""

    plan: Plan
    record: RunRecord
    world: World
    execution: Execution
    recorder: Recorder
    redactor: Redactor
    handlers: Handlers | None

    async def flush(self, place: Place | None = None, *, is_over: bool = True) -> Failure | None: ...


class Trying:
    """Runs the attempts of one driver."""

    def __init__(self, driver: Host) -> None:
        self._driver = driver
        self._world = driver.world
        self._execution = driver.execution
        self._recorder = driver.recorder

    async def attempt(self, attempt: Attempt) -> None:
        """Run the attempt and tell the loop how it ended. Raises what breaks the whole drive off: `LeaseLost`,
        `Conflict` and `StoreError` of the journal, and cancellation from outside."""
        record, tracer = self._driver.record, self._world.tracer
        doing = Doing(record.id, record.workflow, attempt.path, attempt.number)
        DOING.set(doing)  # the task is the attempt's own
        try:
            if tracer is None:
                await self._attempt(attempt)
                return
            with tracer.attempt(doing, attempt.node.definition.name) as failed:
                await self._attempt(attempt)
                if attempt.failure is not None:
                    failed(attempt.failure)
        except _Unwritten as unwritten:
            raise unwritten.error from None

    async def _attempt(self, attempt: Attempt) -> None:
        driver, execution = self._driver, self._execution
        start = perf_counter()
        context = EngineContext(
            attempt,
            driver.record,
            recorder=self._recorder,
            world=self._world,
            redactor=driver.redactor,
            flush=driver.flush,
        )
        if attempt.came_to is not None:
            await self._container_came_to(attempt, context, attempt.came_to)
            return
        try:
            if driver.handlers is not None:
                await driver.handlers.on_step(driver.handlers.step_start, _step(attempt, driver))
            if attempt.opens:
                execution.open_container(attempt)
                return
            ports = await self._ports(attempt, context)
            if attempt.node.kind != "pure" or attempt.node.reads.secrets:
                # Before anybody sees it: what flows on is what the journal keeps, and the same after a crash.
                ports = driver.redactor.ports(ports)
            attempt.returned = attempt.shielded = True
            replaced = None
            if driver.handlers is not None:
                replaced = await self._completed_by(driver.handlers, attempt, ports)
        except Suspend as suspend:
            context.records.hand_over()
            self._suspended(attempt, suspend)
        except StopRun as stop:
            context.records.hand_over()
            execution.stop(attempt, stop)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if attempt.cancelled:
                context.records.hand_over()
                execution.now = self._world.clock.now()
                execution.cancelled(attempt)
            elif task is not None and task.cancelling():
                raise
            else:
                error = NodeError("The node gave itself up: something that it awaited was cancelled.", code="given_up")
                await self._failed(attempt, context, error, self._took(attempt, start), final=attempt.returned)
        except _Unwritten:
            raise
        except _Unknown:
            execution.now = self._world.clock.now()
            execution.ask(attempt)
        except LeaseLost:
            raise
        except (Exception, SystemExit) as error:
            if isinstance(error, StoreError) and error.code != UNSTORABLE:
                raise
            # What went wrong once the function had returned is no reason to call it again.
            await self._failed(attempt, context, error, self._took(attempt, start), final=attempt.returned)
        else:
            ms = self._took(attempt, start)
            if replaced is None:
                await self._completed(attempt, context, ports, ms)
            else:
                await self._completed(attempt, context, replaced, ms, replaced=True)
        finally:
            context.records.drop()

    def _took(self, attempt: Attempt, start: float) -> float:
        """Milliseconds since the node began: its waits, and the attempts before this one, included."""
        if attempt.begun or attempt.resumed:
            return (self._world.clock.now() - attempt.started_at).total_seconds() * 1000
        return (perf_counter() - start) * 1000

    async def _ports(self, attempt: Attempt, context: EngineContext) -> Ports:
        """The ports of a pin, of the cache, of the outside's answer, or of the function itself."""
        node = attempt.node
        if node.node.has_pin and self._driver.record.mode in self._world.pinned_in:
            return as_ports(attempt, node.node.pinned)
        if node.node.cache is not None:
            attempt.cache_key = cache_key(attempt, self._driver.record.mode)
        if attempt.cache_key is not None:
            cached = await self._world.journal.find_cached(attempt.cache_key, now=self._world.clock.now())
            if cached is not None:
                attempt.cache_key = None
                return cached
        if attempt.reconciles:
            answer = await self._reconcile(attempt, context)
            if not isinstance(answer, NotDone):
                return node.definition.ports_of(answer)
            attempt.reconciles = False
        returned = await self._run(attempt, context)
        return node.definition.ports_of(returned)

    async def _run(self, attempt: Attempt, context: EngineContext) -> Any:
        # Before the intent: whoever is not asked at all can be in no doubt.
        provider = attempt.node.definition.provider_of(attempt.config)
        with self._world.breakers.guard(provider, who=attempt, now=self._world.clock.now):
            return await self._call(attempt, context)

    async def _call(self, attempt: Attempt, context: EngineContext) -> Any:
        node, definition = attempt.node, attempt.node.definition
        effect = node.kind == "effect"
        repeats = effect and definition.type.in_doubt_of(node.node.config) == "repeat"
        self._reach("before_intent", attempt)
        if (effect or node.is_drawn) and not (attempt.resumed and repeats):
            # Journal first: a crash from here on leaves a trace of what may have happened.
            body: dict[str, Any] = {"attempt": attempt.number, "now": attempt.started_at}
            if attempt.live is not None:
                body["live"] = write_sources(attempt.scope, attempt.live)
            note = partial(self._recorder.note, attempt.place, EntryKind.INTENT, self._world.clock.now(), body)
            if effect and definition.begins_with_record:
                attempt.note_intent = note  # until it is on record, nothing outside is touched
            else:
                note()
                attempt.shielded = True
                await self._flush()
                attempt.shielded = False
                if attempt.cancelled:
                    raise asyncio.CancelledError
        self._reach("after_intent", attempt)
        if self._recorder.watch is not None:
            now = self._world.clock.now()
            self._recorder.watch(NodeStarted(self._driver.record.id, now, attempt.path, attempt.number))
        if effect and "state" in node.reads.roots:
            # What is asked again and again, such as a wait's condition, has to see what others have changed since.
            state = await read_state(self._world.journal, self._driver.record)
            changed = {change.key: self._recorder.seen_state[change.key] for _, change in self._recorder.state}
            self._execution.refresh(attempt, {**state, **changed})
        if effect:
            context.start_over()
            begun = perf_counter()
            limit = asyncio.timeout(node.timeout)
            try:
                async with limit:
                    returned = await self._ask(node.function, attempt, context)
            except TimeoutError as error:
                if node.timeout is None or not limit.expired():
                    raise  # a limit of the node's own
                raise TookTooLong(node.timeout) from error
            if node.timeout is not None and (took := perf_counter() - begun) > node.timeout + _BLOCKED:
                # It happened, so its result counts; but nobody could interrupt it, and every other run stood still.
                context.log(
                    f"`{attempt.path}` took {took:.1f} s, past its timeout of {node.timeout:g} s: its function blocks "
                    "the event loop. Await what takes time, or put it into a thread (`asyncio.to_thread`).",
                    level="warning",
                )
        else:
            first = (self._execution.fire(),) if node.kind == "trigger" else ()
            call = partial(node.function, *first, *attempt.arguments, **attempt.config)
            returned = call() if node.timeout is None else await call_in_thread(call, timeout=node.timeout)
        attempt.returned = attempt.shielded = True
        self._reach("after_effect", attempt)
        return returned

    async def _ask(self, function: Callable[..., Any], attempt: Attempt, context: EngineContext) -> Any:
        tracer, doing = self._world.tracer, DOING.get()
        if tracer is None or doing is None:
            return await function(context, *attempt.arguments, **attempt.config)
        with tracer.effect(doing, attempt.node.definition.name):
            return await function(context, *attempt.arguments, **attempt.config)

    async def _reconcile(self, attempt: Attempt, context: EngineContext) -> Any:
        """Ask the outside, a few times, whether the effect happened. Raises `_Unknown` when it cannot say."""
        reconciler = attempt.node.definition.reconciler
        for pause in (*_RECONCILE_PAUSES, None):
            try:
                async with asyncio.timeout(attempt.node.timeout):
                    if reconciler is not None:
                        context.start_over()
                        return await reconciler(context, *attempt.arguments, **attempt.config)
            except Exception as error:
                context.log(f"Could not find out whether `{attempt.path}` happened: {error}", level="warning")
            if pause is not None:
                await self._world.clock.sleep_until(self._world.clock.now() + timedelta(seconds=pause))
        raise _Unknown

    async def _completed(
        self, attempt: Attempt, context: EngineContext, ports: Ports, ms: float, *, replaced: bool = False
    ) -> None:
        attempt.shielded = True
        execution = self._execution
        execution.now = self._world.clock.now()
        self._leave_unread(attempt)
        context.records.hand_over()
        if replaced:
            ports = self._driver.redactor.ports(ports)
        # A handler's word cannot be computed again: whoever recovers the run may have no handlers.
        durable = attempt.node.kind == "effect" or attempt.node.is_drawn or replaced
        self._recorder.settled(
            attempt.place,
            "completed",
            execution.now,
            ports=ports,
            attempts=attempt.number,
            ms=ms,
            durable=durable,
            state=tuple(context.state.changes),
            confirmed=not durable,
        )
        self._reach("before_result", attempt)
        if durable:
            # The result before anything downstream sees it.
            refused = await self._flush(attempt.place)
            if refused is not None:
                self._recorder.withdraw(attempt.place)
                error = StoreError(refused.message, code=refused.type, **refused.details)
                await self._failed(attempt, context, error, ms, final=True)
                return
            self._recorder.confirm(attempt.place)
        self._reach("after_result", attempt)
        if attempt.cache_key is not None:
            await self._put_cached(attempt, ports)
        execution.completed(attempt, ports)

    async def _container_came_to(self, attempt: Attempt, context: EngineContext, came_to: CameTo) -> None:
        """Tell the handlers what a container came to, and go by what they say."""
        driver, failure, ports = self._driver, came_to.failure, came_to.ports
        handlers = driver.handlers or Handlers()
        replaced: Ports | None = None
        try:
            if failure is None:
                replaced = await self._completed_by(handlers, attempt, ports)
            else:
                answer = await handlers.on_step(handlers.step_error, _step(attempt, driver), failure)
                replaced = None if answer is None else as_ports(attempt, answer.output)
        except Exception as raised:
            replaced = None
            failure = failure_of(raised, node=attempt.path, attempt=1, inputs={}, redactor=driver.redactor)
        if replaced is not None or failure is None:
            await self._completed(attempt, context, replaced or ports, came_to.ms, replaced=replaced is not None)
        else:
            self._execution.now = self._world.clock.now()
            live = self._execution.record_failure(attempt, failure, came_to.ms)
            self._execution.failed(attempt, failure, live)

    async def _put_cached(self, attempt: Attempt, ports: Ports) -> None:
        """Remember a result for others; that it cannot be remembered is no reason to fail."""
        ttl = attempt.node.node.cache
        if attempt.cache_key is not None and ttl is not None:
            expires = self._world.clock.now() + timedelta(seconds=ttl)
            with contextlib.suppress(StoreError):
                await self._world.journal.put_cached(attempt.cache_key, ports, expires_at=expires)

    async def _flush(self, place: Place | None = None) -> Failure | None:
        try:
            return await self._driver.flush(place)
        except TreadleError as error:
            raise _Unwritten(error) from error

    async def _completed_by(self, handlers: Handlers, attempt: Attempt, ports: Ports) -> Ports | None:
        output = attempt.node.whole(ports)
        replacement = await handlers.on_step(handlers.step_complete, _step(attempt, self._driver), output)
        return None if replacement is None else as_ports(attempt, replacement.output)

    def _suspended(self, attempt: Attempt, suspend: Suspend) -> None:
        execution = self._execution
        execution.now = self._world.clock.now()
        repeats = attempt.node.definition.type.in_doubt_of(attempt.node.node.config) == "repeat"
        is_near = suspend.until is not None and suspend.until - execution.now <= timedelta(seconds=SLEEP_AT_MOST)
        body: dict[str, Any] = {"until": suspend.until, "signal": suspend.signal}
        if attempt.through:
            body["through"] = sorted(attempt.through)
        told = all(attempt.told.get(name) == body.get(name) for name in ("signal", "through"))
        # What is entered again anyway need not be told each time that it still waits for the same.
        if not (repeats and (is_near or attempt.resumed) and told):
            self._recorder.note(attempt.place, EntryKind.SUSPENSION, execution.now, body)
        again = Attempt(attempt.scope, attempt.node, attempt.number, attempt.started_at, resumed=True)
        again.asked, again.through, again.told = attempt.asked, attempt.through, body
        resume = partial(execution.enqueue, again)
        execution.wait(
            attempt, Waiting(attempt.scope, attempt.node, resume, until=suspend.until, signal=suspend.signal)
        )

    async def _failed(
        self, attempt: Attempt, context: EngineContext, error: BaseException, ms: float, *, final: bool = False
    ) -> None:
        attempt.shielded = True
        context.records.hand_over()
        driver, execution = self._driver, self._execution
        failure = failure_of(
            error,
            node=attempt.path,
            attempt=attempt.number,
            inputs=attempt.given(),
            redactor=driver.redactor,
        )
        if driver.handlers is not None:
            try:
                answer = await driver.handlers.on_step(driver.handlers.step_error, _step(attempt, driver), failure)
            except Exception as raised:
                failure = failure_of(
                    raised, node=attempt.path, attempt=attempt.number, inputs={}, redactor=driver.redactor
                )
                answer = None
            if isinstance(answer, Replace):
                await self._completed(attempt, context, as_ports(attempt, answer.output), ms, replaced=True)
                return
        attempt.failure = failure
        now = execution.now = self._world.clock.now()
        delay = retry_delay(attempt.node.retry, failure, error, attempt=attempt.number, chance=self._world.chance())
        if delay is not None and not final and not await self._has_budget(context, failure):
            failure = out_of_budget(failure, driver.plan.workflow.settings)
            delay = None
        if delay is None or final:
            self._leave_unread(attempt)
            ports = execution.record_failure(attempt, failure, ms)
            if attempt.node.kind == "effect":
                await driver.flush()
            execution.failed(attempt, failure, ports)
        else:
            retry_at = now + timedelta(seconds=delay)
            body = {"attempt": attempt.number, "error": failure.to_dict(), "retry_at": retry_at}
            self._recorder.note(attempt.place, EntryKind.FAILURE, now, body)
            if self._recorder.watch is not None:
                self._recorder.watch(NodeRetried(driver.record.id, now, attempt.path, failure, retry_at))
            if attempt.node.kind == "effect" and delay > 0:
                # Known to have failed: a crash while it waits must not leave it in doubt.
                await driver.flush()
            execution.retry(attempt, after=retry_at if delay > 0 else None)

    def _leave_unread(self, attempt: Attempt) -> None:
        """A node that goes on without what it waited for leaves it to others; what it was given it has used."""
        for wait, has_come in attempt.asked.items():
            if not has_come:
                self._recorder.abandon(wait)

    async def _has_budget(self, context: EngineContext, failure: Failure) -> bool:
        """Take one retry out of the workflow's budget, if it has one."""
        text = self._driver.plan.workflow.settings.retry_budget
        # Nobody was asked: an open circuit is no reason to have fewer retries left when it closes.
        if text is None or failure.type == CIRCUIT_OPEN or self._world.exchange is None:
            return True
        rate, token = parse_rate(text), f"{context.idempotency_key}/{context.attempt}"
        key = f"retries:{self._driver.record.workflow}"
        return await self._world.exchange.try_slot(
            key, number=rate.number, period=rate.period, token=token, now=self._world.clock.now()
        )

    def _reach(self, point: str, attempt: Attempt) -> None:
        if self._world.crash is not None:
            self._world.crash(point, attempt.path)


def as_ports(attempt: Attempt, value: Any) -> Ports:
    """`value` given for a node from outside, by port: an object of ports for a node with several, else its output."""
    node = attempt.node
    if node.single_port is not None:
        return {node.single_port: value}
    if isinstance(value, dict) and set(cast("Ports", value)) <= set(node.out_ports):
        return cast("Ports", value)
    raise NodeError(
        f"`{node.id}` has the outputs {', '.join(node.out_ports)}; an object with these is wanted, got {value!r:.100}.",
        code="invalid_output",
    )


def cache_key(attempt: Attempt, mode: str) -> str | None:
    """What makes two attempts the same work: mode, node type, config and inputs. None where that cannot be told for
    certain, as of an expression, which sees more than its text says: such a node is not cached."""
    content = [mode, attempt.node.definition.name, attempt.config, attempt.arguments]
    try:
        text = json.dumps(content, sort_keys=True, default=_fingerprint)
    except (TypeError, ValueError):
        return None
    return hashlib.sha256(text.encode()).hexdigest()


def _fingerprint(value: Any) -> Any:
    if isinstance(value, datetime | date | timedelta | Decimal | bytes):
        return [type(value).__name__, repr(value)]
    if hasattr(value, "tobytes") and hasattr(value, "dtype"):
        return [str(value.dtype), list(value.shape), hashlib.sha256(value.tobytes()).hexdigest()]
    raise TypeError(f"{type(value).__name__} has no fingerprint")


def _step(attempt: Attempt, driver: Host) -> Step:
    return Step(
        run_id=driver.record.id,
        path=attempt.path,
        id=attempt.node.id,
        type=attempt.node.definition.name,
        attempt=attempt.number,
        inputs=attempt.inputs(),
    )
