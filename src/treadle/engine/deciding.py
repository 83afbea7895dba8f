"""Deciding: whether a node runs or is skipped, and running it in the loop or handing it out (semantics §2, §4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Any

from treadle.engine.attempt import Attempt, CameTo, Waiting
from treadle.engine.body import ContainerRun
from treadle.engine.clock import Clock
from treadle.engine.collecting import Collecting
from treadle.engine.draws import NodeDraws
from treadle.engine.failure import failure_of
from treadle.engine.history import History, Place
from treadle.engine.journal import EntryKind
from treadle.engine.plan import NodePlan, Plan, Source
from treadle.engine.recalling import Verdict, write_sources
from treadle.engine.recorder import Recorder
from treadle.engine.redaction import Redactor
from treadle.engine.scope import NO_PORTS, Ports, Scope
from treadle.engine.settle import gather, is_starved, is_triggered, is_wanted
from treadle.engine.snapshot import Snapshot
from treadle.expressions import Draws
from treadle.model.run import Failure, RunRecord
from treadle.node.fire import Fire
from treadle.node.output import DEAD
from treadle.node.output import Ports as ChosenPorts
from treadle.node.stop import StopRun


class Deciding(Collecting):
    """Decides nodes one by one, from what has settled and from what the journal remembers."""

    def __init__(
        self,
        plan: Plan,
        run: RunRecord,
        *,
        history: History,
        recorder: Recorder,
        clock: Clock,
        redactor: Redactor,
        secrets: Mapping[str, str],
        roots: dict[str, Any],
        all_attempts: bool = False,
    ) -> None:
        self.history = history
        self.verdicts: dict[Place, tuple[Verdict, Snapshot | None]] = {}
        super().__init__(plan, recorder=recorder, redactor=redactor, roots=roots, now=clock.now())
        self.run = run
        self.clock = clock
        self.secrets = secrets
        self._all_attempts = all_attempts
        self._remembers = bool(history)
        self._recalling = False
        """Only what had begun before is taken up again; nothing new starts."""
        self._ended: list[tuple[Scope, bool]] = []
        self._fires = fired_trigger(plan, run)

    def _decide(self, scope: Scope, node: NodePlan) -> None:
        outputs = scope.outputs
        if outputs[node.index] is not None:
            return
        if self._remembers and self._recall(scope, node):
            return
        if (scope.failure or scope.winner) and scope.stopped and not self._may_go_on(scope, node):
            return
        if self._cancelling and scope.is_cancelled:
            self._settle(scope, node, NO_PORTS)
            return
        if self._recalling and not node.inline and not self._has_begun(scope, node) and not scope.is_sheltered:
            self._settle(scope, node, NO_PORTS)
            return
        if node.simple and not self._all_attempts:
            self._run_simple(scope, node)
            return
        if node.node.lazy and node.index not in scope.parked and not is_starved(node, outputs):
            scope.parked.add(node.index)
            self._parked.add(scope)
            return
        try:
            if node.first_sources and not node.node.disabled:
                self._decide_first(scope, node)
                return
            if node.node.disabled or (node.triggers and not is_triggered(node, outputs)):
                if node.series is not None and not node.node.disabled:
                    self._collect_idle(scope, node)
                self._skip(scope, node)
                return
            if node.kind == "trigger" and not self._is_fired(scope, node):
                self._skip(scope, node)
                return
            if not node.inline or self._all_attempts or (self._asks_for_series and node.series is not None):
                self._hand_out(scope, node)
                return
            roots = self._roots(scope, node, None) if node.uses_input or node.reads.secrets else scope.roots
            arguments = gather(node, outputs, roots, None)
            if arguments is None:
                self._skip(scope, node)
                return
            if node.uses_input:
                roots = self._with_input(roots, node, arguments, None)
            if node.series is not None:
                arguments = self._collect(scope, node, arguments, roots)
            if node.when is not None and not is_wanted(node, roots, None):
                self._skip(scope, node)
                return
            config = node.static_config if not node.dynamic_config else self.configure(node, roots, None)
            if node.series is not None and not self._is_warm(scope, node, arguments, config):
                self._skip(scope, node)
                return
            start = perf_counter()
            if node.kind == "trigger":
                returned = node.function(self.fire(), *arguments, **config)
            elif config:
                returned = node.function(*arguments, **config)
            else:
                returned = node.function(*arguments)
            ms = (perf_counter() - start) * 1000
            ports = node.definition.ports_of(returned)
            if node.reads.secrets:
                ports = self.redactor.ports(ports)
        except StopRun as stop:
            self._stop(scope, node, stop)
        except (Exception, SystemExit) as error:
            self._fail_inline(scope, node, error)
        else:
            self.recorder.inline(scope.path, node.id, ports, self.now, ms)
            self._settle(scope, node, ports)

    def _run_simple(self, scope: Scope, node: NodePlan) -> None:
        """A pure node that its inputs alone decide: most nodes of most runs."""
        try:
            source = node.only_source
            if source is not None:
                ports = scope.outputs[source[0]]
                if ports is not None and source[1] in ports:
                    arguments = (ports[source[1]],)
                elif node.inputs[0].required:
                    self._skip(scope, node)
                    return
                else:
                    arguments = (node.inputs[0].default,)
            else:
                gathered = gather(node, scope.outputs, scope.roots, None)
                if gathered is None:
                    self._skip(scope, node)
                    return
                arguments = gathered
            start = perf_counter()
            returned = node.function(*arguments, **node.static_config)
            ms = (perf_counter() - start) * 1000
            if (
                node.definition.output_names is None
                and node.out_ports
                and type(returned) is not ChosenPorts
                and returned is not DEAD
            ):
                ports = {"output": returned}
            else:
                ports = node.definition.ports_of(returned)
        except StopRun as stop:
            self._stop(scope, node, stop)
        except (Exception, SystemExit) as error:
            self._fail_inline(scope, node, error)
        else:
            self.recorder.inline(scope.path, node.id, ports, self.now, ms)
            self._settle(scope, node, ports)

    def _decide_first(self, scope: Scope, node: NodePlan) -> None:
        """2.2, `join: first`: go by the connections that were live first; after a crash, by the same."""
        live = self._choose_live(scope, node)
        if live is None:
            return
        if node.triggers and not any(source in live for source in node.triggers):
            self._skip(scope, node)
        else:
            self._hand_out(scope, node, live)

    def _hand_out(self, scope: Scope, node: NodePlan, live: tuple[Source, ...] | None = None) -> None:
        """Decide a node that is not run inline: an attempt for the driver, or a container's coroutine."""
        place = (scope.path, node.id)
        history = self.history
        if live is not None or node.node.lazy:
            if node.index in scope.begun:
                return
            scope.begun.add(node.index)
        started_at = history.started_at(place) or self.now
        last = history.last(place)
        number = history.failures(place) + 1
        attempt = Attempt(scope, node, number, started_at, begun=last is not None, live=live)
        if node.kind == "container" and not (node.node.has_pin and self.run.mode == "test"):
            if self._prepare(attempt):
                if node.is_drawn and last is None:
                    body: dict[str, Any] = {"attempt": 1, "now": self.now}
                    if live is not None:
                        body["live"] = write_sources(scope, live)
                    self.recorder.note(place, EntryKind.INTENT, self.now, body)
                scope.active += 1
                # What had begun and is only taken up to be ended has told its handlers, and must not wait for its turn.
                if self._all_attempts and not ((self._recalling or scope.doom()[0]) and self._has_begun(scope, node)):
                    attempt.opens = True
                    self.queue.append(attempt)
                else:
                    ContainerRun(self, attempt).step(None)
            return
        scope.active += 1
        if last is not None and last.kind is EntryKind.FAILURE:
            retry_at = last.body.get("retry_at")
            if retry_at is not None and retry_at > self.now:
                self.hold(Waiting(scope, node, partial(self.enqueue, attempt), until=retry_at))
                return
        elif last is not None and last.kind is EntryKind.SUSPENSION:
            attempt.resumed, attempt.told = True, last.body
            attempt.through = set(last.body.get("through", ()))
            if (awaited := last.body.get("signal")) is not None:
                attempt.asked[awaited] = False
            until = last.body.get("until")
            # What waits for more than a time looks again whenever the run is driven on: it may have come.
            sleeps = until is not None and until > self.now and last.body.get("signal") is None
            if last.body.get("in_doubt") or sleeps:
                in_doubt = bool(last.body.get("in_doubt"))
                self.hold(Waiting(scope, node, partial(self.enqueue, attempt), until=until, in_doubt=in_doubt))
                return
        elif last is not None and last.kind is EntryKind.INTENT and node.kind == "effect":
            self._settle_doubt(attempt)
            return
        elif last is not None and last.kind is EntryKind.RESOLUTION:
            self._resolve(attempt, last.body)
            return
        self.enqueue(attempt)

    def draw_outputs(self, scope: Scope) -> Draws:
        """Journaled before what reads the outputs goes on, and the same after a crash."""
        place = (scope.path, "@outputs")
        last = self.history.last(place)
        at: datetime = last.body["draw"] if last is not None else self.now
        if last is None:
            self.recorder.note(place, EntryKind.CHECKPOINT, self.now, {"draw": at})
        return NodeDraws(self.run.id, place, at)

    def _settle_doubt(self, attempt: Attempt) -> None:
        """4.4: an intent without a result. The node type says how it is settled; by default a person does."""
        how = attempt.node.definition.type.in_doubt_of(attempt.node.node.config)
        if how == "ask" or (how == "reconcile" and attempt.node.definition.reconciler is None):
            self.ask(attempt)
            return
        attempt.reconciles = how == "reconcile"
        self.enqueue(attempt)

    def ask(self, attempt: Attempt) -> None:
        """Let the run wait for a person to say what became of the effect."""
        self._release(attempt)
        self.recorder.note(attempt.place, EntryKind.SUSPENSION, self.now, {"in_doubt": True})
        self.hold(Waiting(attempt.scope, attempt.node, partial(self.enqueue, attempt), in_doubt=True))

    def _resolve(self, attempt: Attempt, answer: Mapping[str, Any]) -> None:
        if answer["outcome"] == "done":
            ports: Ports = answer.get("outputs") or NO_PORTS
            self.recorder.settled(
                attempt.place, "completed", self.now, ports=ports, attempts=attempt.number, durable=True
            )
            attempt.scope.active -= 1
            self._settle(attempt.scope, attempt.node, ports)
        elif answer["outcome"] == "failed":
            failure = Failure("in_doubt", "A person said that this effect failed.", attempt.path, attempt.number)
            ports = self.record_failure(attempt, failure)
            attempt.scope.active -= 1
            self._fail(attempt.scope, attempt.node, failure, ports)
        elif answer["outcome"] == "repeat":
            self.enqueue(attempt)
        else:
            self.ask(attempt)

    def enqueue(self, attempt: Attempt) -> None:
        """Gather the attempt's arguments and hand it to the driver, unless it turns out to be skipped."""
        attempt.scope.active -= 1
        if self._prepare(attempt):
            attempt.scope.active += 1
            self.queue.append(attempt)

    def _prepare(self, attempt: Attempt) -> bool:
        """Fill in arguments and config; False when the node was skipped or failed instead."""
        scope, node = attempt.scope, attempt.node
        draws = self._draws_of(attempt.place, attempt.started_at)
        try:
            roots = self._roots(scope, node, draws)
            arguments = gather(node, scope.outputs, roots, draws, only=attempt.live)
            if arguments is None:
                self._skip(scope, node)
                return False
            if node.uses_input:
                roots = self._with_input(roots, node, arguments, draws)
            if node.series is not None:
                arguments = self._collect(scope, node, arguments, roots)
            if node.when is not None and not is_wanted(node, roots, draws):
                self._skip(scope, node)
                return False
            attempt.arguments = arguments
            attempt.config = self.configure(node, roots, draws)
            if node.series is not None and not self._is_warm(scope, node, arguments, attempt.config):
                self._skip(scope, node)
                return False
            if node.kind == "container" and node.reads.secrets:
                # What its bodies are given flows on from there as any value does.
                attempt.config = self.redactor.value(attempt.config)
                attempt.arguments = self.redactor.value(arguments)
        except Exception as error:
            self._fail_inline(scope, node, error)
            return False
        return True

    def refresh(self, attempt: Attempt, state: Mapping[str, Any]) -> None:
        """Render an attempt's config again, with `state` as it is now. Raises as `configure` does."""
        scope, node = attempt.scope, attempt.node
        draws = self._draws_of(attempt.place, attempt.started_at)
        roots: Mapping[str, Any] = {**self._roots(scope, node, draws), "state": state}
        if node.uses_input:
            roots = self._with_input(roots, node, attempt.arguments, draws)
        attempt.config = self.configure(node, roots, draws)

    def fire(self) -> Fire:
        """What the run's trigger sees."""
        run = self.run
        started = run.created_at or self.now
        return Fire(at=run.due_at or started, payload=run.fired, input=run.input, fired_at=started)

    def _is_fired(self, scope: Scope, node: NodePlan) -> bool:
        return scope is not self.root or node.id == self._fires

    def _fail_inline(self, scope: Scope, node: NodePlan, error: BaseException) -> None:
        path = scope.prefix + node.id
        inputs = {plan.name: self._shown_input(scope, plan.sources) for plan in node.inputs if plan.sources}
        failure = failure_of(error, node=path, attempt=1, inputs=inputs, redactor=self.redactor)
        attempt = Attempt(scope, node, 1, self.now)
        if self._remembers:
            self._hold_open(scope)
        self._fail(scope, node, failure, self.record_failure(attempt, failure))

    def _shown_input(self, scope: Scope, sources: tuple[tuple[int, str], ...]) -> Any:
        values = [(scope.outputs[at] or NO_PORTS).get(port) for at, port in sources]
        return values[0] if len(values) == 1 else values

    def open_container(self, attempt: Attempt) -> None:
        """The container's handlers have been told that it starts."""
        self._release(attempt)
        attempt.opens = False
        ContainerRun(self, attempt).step(None)

    def _tell_handlers(self, attempt: Attempt, came_to: CameTo) -> None:
        attempt.came_to, attempt.begun = came_to, True
        self.queue.append(attempt)

    def container_done(self, container: ContainerRun, ports: Ports, ms: float) -> None:
        attempt = container.attempt
        self.leave_inside(attempt.place)
        if self._all_attempts:
            self._tell_handlers(attempt, CameTo(ports, None, ms))
            return
        self.recorder.settled(attempt.place, "completed", self.now, ports=ports, attempts=1, ms=ms)
        attempt.scope.active -= 1
        self._settle(attempt.scope, attempt.node, ports)

    def container_failed(self, container: ContainerRun, failure: Failure, ms: float) -> None:
        attempt = container.attempt
        self.leave_inside(attempt.place, results=False)
        if self._all_attempts and not attempt.scope.is_cancelled:
            self._tell_handlers(attempt, CameTo(NO_PORTS, failure, ms))
            return
        ports = self.record_failure(attempt, failure, ms)
        attempt.scope.active -= 1
        self._fail(attempt.scope, attempt.node, failure, ports)

    def container_stopped(self, container: ContainerRun, stop: StopRun) -> None:
        attempt = container.attempt
        self.leave_inside(attempt.place)
        attempt.scope.active -= 1
        self._stop(attempt.scope, attempt.node, stop)

    def _release(self, attempt: Attempt) -> None:
        """The attempt no longer runs; its node may still wait or try again."""
        if attempt in self.running:
            self.running.discard(attempt)
            attempt.scope.limit.take(-1)

    def _leave(self, attempt: Attempt) -> None:
        """The attempt was its node's last."""
        self._release(attempt)
        attempt.scope.active -= 1


def fired_trigger(plan: Plan, run: RunRecord) -> str | None:
    """The trigger node that is live in this run: the one that fired, else the manual one, else the first."""
    if run.trigger is not None or not plan.triggers:
        return run.trigger
    by_id = plan.graph.by_id
    manual = [name for name in plan.triggers if by_id[name].definition.name == "trigger.manual"]
    return (manual or list(plan.triggers))[0]
