"""Debugging: a run in test mode that stops before nodes, and goes on when it is told to.

A stop is a suspension, keyed like all else by where it happened: at (scope, `@before:<node>`) the journal has what the
node would get, and what it was let go on with. What a person says comes as numbered signals to the run; how many have
been obeyed is journaled with what they led to, so that after a crash each is obeyed once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from treadle.engine.attempt import Waiting
from treadle.engine.execution import Execution
from treadle.engine.failure import plain
from treadle.engine.history import Place
from treadle.engine.journal import BEFORE, DEBUG_PLACE, EntryKind
from treadle.engine.plan import InputPlan, NodePlan, Source
from treadle.engine.recalling import write_sources
from treadle.engine.scope import NO_PORTS, Ports, Scope
from treadle.engine.settle import gather, input_by_port, is_starved
from treadle.engine.tokens import idempotency_key
from treadle.engine.world import World
from treadle.errors import ExpressionError
from treadle.model.breakpoints import Breakpoints, without_iterations
from treadle.model.event import BreakpointsChanged, NodeContinued, NodePaused
from treadle.model.run import RunRecord
from treadle.node.field import Expression

COMMAND = "@debug"
"""The signal by which a person tells a run to go on: {release, outputs, breakpoints}, each optional.

`release` is by path what each node that is let go on gets: {inputs, outputs}, each optional. `outputs` are by path the
live ports that stand in for nodes that are come to later. `breakpoints`: {nodes, step}.
"""


def is_debugged(run: RunRecord) -> bool:
    """Whether the run may stop at breakpoints."""
    return run.mode == "test" and run.origin is not None and run.origin.breakpoints is not None


class DebuggedExecution(Execution):
    """Stops before nodes. All that it does is to put off deciding them: what is decided then is decided as always."""

    breakpoints = Breakpoints()
    obeyed = 0
    """How many commands have been obeyed."""
    has_news = False
    """Something has been paused or let go on that is not journaled yet."""
    _given: Mapping[str, Ports] = NO_PORTS
    """What stands in for nodes that are come to later, by path."""

    def take_up(self) -> None:
        """Take up the breakpoints as they were set last."""
        last = self.history.last(DEBUG_PLACE)
        origin = self.run.origin
        if last is not None:
            self._set(last.body)
        elif origin is not None and origin.breakpoints is not None:
            self.breakpoints = origin.breakpoints

    def obey(self, command: Mapping[str, Any]) -> None:
        """Do as a person says. What it is about and has come to something meanwhile is left as it is."""
        self.now = self.clock.now()
        for path, given in command.get("release", {}).items():
            self._let_go(path, given)
        before = self.breakpoints
        self.obeyed += 1
        wanted: Mapping[str, Any] = {**asdict(before), **command.get("breakpoints", {})}
        body: dict[str, Any] = {
            "obeyed": self.obeyed,
            "breakpoints": {"nodes": list(wanted["nodes"]), "step": bool(wanted["step"])},
            "outputs": {**self._given, **command.get("outputs", {})},
        }
        self._set(body)
        if self.breakpoints != before:
            body["changed"] = True
            if self.recorder.watch is not None:
                nodes, step = self.breakpoints.nodes, self.breakpoints.step
                self.recorder.watch(BreakpointsChanged(self.run.id, self.now, "", nodes, step))
        self.recorder.note(DEBUG_PLACE, EntryKind.CHECKPOINT, self.now, body)
        self.has_news = True

    def _set(self, body: Mapping[str, Any]) -> None:
        breakpoints = body["breakpoints"]
        self.breakpoints = Breakpoints(tuple(breakpoints["nodes"]), bool(breakpoints["step"]))
        self.obeyed, self._given = body["obeyed"], body["outputs"]

    def cancel(self, scope: Scope | None = None) -> None:
        super().cancel(scope)
        if self.root.cancelled:
            # What is left are `finally` bodies: they run to their end, whatever stood still in them.
            for waiting in [one for one in self.waiting.values() if one.paused]:
                self._take_up_again(waiting.scope, waiting.node)

    def _decide(self, scope: Scope, node: NodePlan) -> None:
        if scope.done or scope.outputs[node.index] is not None:
            return
        last = self.history.last(_before(scope, node))
        if last is None:
            if not self._stops_before(scope, node):
                super()._decide(scope, node)
            elif (outputs := self._find_given(scope.prefix + node.id)) is not None:
                self._note(scope, node, EntryKind.RESOLUTION, {"outcome": "continued", "outputs": outputs})
                self._stand_in(scope, node, outputs)
            else:
                self._pause(scope, node)
        elif last.kind is EntryKind.SUSPENSION:
            if self.root.cancelled and not scope.is_cancelled:
                super()._decide(scope, node)
            else:
                self._hold_before(scope, node)
        else:
            self._go_on(scope, node, last.body)

    def _stops_before(self, scope: Scope, node: NodePlan) -> bool:
        """Whether the node would run now, has not begun, and is one to stop before or to be given an output for."""
        path = scope.prefix + node.id
        if not (self.breakpoints.stops_before(path) or (self._given and self._find_given(path) is not None)):
            return False
        if self._recalling or self.root.cancelled or scope.is_cancelled or scope.stopped:
            return False
        if self.history.has_begun((scope.path, node.id)):
            return False
        if node.node.lazy and node.index not in scope.parked and not is_starved(node, scope.outputs):
            return False
        return self._is_asked_for(scope, node, self._live(scope, node))

    def _find_given(self, path: str) -> Ports | None:
        found = self._given.get(path)
        return self._given.get(without_iterations(path)) if found is None else found

    def _live(self, scope: Scope, node: NodePlan) -> tuple[Source, ...] | None:
        return self._choose_live(scope, node) if node.first_sources and not node.node.disabled else None

    def _pause(self, scope: Scope, node: NodePlan) -> None:
        live = self._live(scope, node)
        inputs, config = self._show(scope, node, live)
        body: dict[str, Any] = {"inputs": inputs, "config": config}
        if live is not None:
            body["live"] = write_sources(scope, live)
        self._note(scope, node, EntryKind.SUSPENSION, body)
        if self.recorder.watch is not None:
            self.recorder.watch(NodePaused(self.run.id, self.now, scope.prefix + node.id, inputs, config))
        self._hold_before(scope, node)

    def _note(self, scope: Scope, node: NodePlan, kind: EntryKind, body: Mapping[str, Any]) -> None:
        self.recorder.note(_before(scope, node), kind, self.now, body)
        self.history.add(self.recorder.entries[-1])
        self.has_news = True

    def _hold_before(self, scope: Scope, node: NodePlan) -> None:
        if (scope.path, node.id) in self.waiting:
            return
        scope.active += 1
        scope.begun.add(node.index)
        self.hold(Waiting(scope, node, lambda: self._give_up(scope, node), paused=True))

    def _give_up(self, scope: Scope, node: NodePlan) -> None:
        """A container that was paused is cancelled; nothing of it has begun."""
        scope.active -= 1
        self.recorder.settled((scope.path, node.id), "cancelled", self.now, durable=True)
        self._settle(scope, node, NO_PORTS)

    def _let_go(self, path: str, given: Mapping[str, Any]) -> None:
        scope_path, _, name = path.rpartition("/")
        place = (scope_path, BEFORE + name)
        last = self.history.last(place)
        if last is None or last.kind is not EntryKind.SUSPENSION:
            return
        self.recorder.note(place, EntryKind.RESOLUTION, self.now, {"outcome": "continued", **given})
        self.history.add(self.recorder.entries[-1])
        if self.recorder.watch is not None:
            inputs, outputs = given.get("inputs", {}), given.get("outputs")
            self.recorder.watch(NodeContinued(self.run.id, self.now, path, inputs, outputs))
        waiting = self.waiting.get((scope_path, name))
        if waiting is not None and waiting.paused:
            self._take_up_again(waiting.scope, waiting.node)

    def _take_up_again(self, scope: Scope, node: NodePlan) -> None:
        del self.waiting[scope.path, node.id]
        scope.active -= 1
        scope.begun.discard(node.index)
        self._ready.append((scope, node))

    def _go_on(self, scope: Scope, node: NodePlan, said: Mapping[str, Any]) -> None:
        """Decide a node that was let go on, with what a person gave it."""
        outputs = said.get("outputs")
        if outputs is not None:
            is_over = scope.stopped or scope.is_cancelled
            if not is_over and self.history.result((scope.path, node.id)) is None:
                self._stand_in(scope, node, outputs)
                return
        elif (first := self._first_told(scope, node)) is not None:
            if any(scope.outputs[at] is None for at, _ in first):
                return  # after a crash: they come to it again
            node = replace(node, first_sources=first)
        inputs: Mapping[str, Any] = said.get("inputs", {})
        if inputs:
            # What a person gave is as if it stood there.
            node = replace(node, only_source=None, inputs=tuple(_edited(plan, inputs) for plan in node.inputs))
        super()._decide(scope, node)

    def _first_told(self, scope: Scope, node: NodePlan) -> tuple[Source, ...] | None:
        """With `join: first`, the connections that were live when the node was paused."""
        stops = self.history.at(_before(scope, node))
        told = next((one.body["live"] for one in stops if "live" in one.body), None)
        if told is None:
            return None
        return tuple((scope.graph.by_id[name].index, str(port)) for name, port in told if name in scope.graph.by_id)

    def _stand_in(self, scope: Scope, node: NodePlan, outputs: Ports) -> None:
        self.recorder.settled((scope.path, node.id), "completed", self.now, ports=outputs, durable=True, edited=True)
        self._settle(scope, node, outputs)

    def _show(
        self, scope: Scope, node: NodePlan, live: tuple[Source, ...] | None
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """What the node would get: its inputs, and what the expressions in its config come to, as far as they do."""
        inputs: Mapping[str, Any] = {}
        config: dict[str, Any] = {}
        draws = self._draws_of((scope.path, node.id))
        try:
            roots = self._roots(scope, node, draws)
            arguments = gather(node, scope.outputs, roots, draws, only=live)
            if arguments is not None:
                given = {plan.name for plan in node.inputs if plan.sources or plan.render or plan.has_constant}
                inputs = {name: value for name, value in input_by_port(node, arguments).items() if name in given}
                if node.uses_input:
                    roots = self._with_input(roots, node, arguments, draws)
                for name, render, _ in node.dynamic_config:
                    config[name] = _evaluated(render(roots, draws))
        except Exception:
            pass  # said by the node itself, when it runs
        return (
            {name: _keepable(value) for name, value in self.redactor.ports(inputs).items()},
            {name: _keepable(value) for name, value in self.redactor.ports(config).items()},
        )


class Debugging:
    """Listens to what a person says about one run that is being driven."""

    def __init__(self, execution: DebuggedExecution, world: World) -> None:
        self._execution = execution
        self._world = world
        self._key = idempotency_key(execution.run.id, *DEBUG_PLACE)
        execution.take_up()

    @property
    def _token(self) -> str:
        return f"{self._key}/{self._execution.obeyed}"

    @property
    def wait(self) -> str:
        """What it waits for, as `Batch.abandons` names it."""
        return f"signal:{self._token}"

    def take_news(self) -> bool:
        """Whether something is to be journaled now, for whoever looks on; said once."""
        has_news, self._execution.has_news = self._execution.has_news, False
        return has_news

    async def look(self) -> None:
        """Obey what has been said; the store is told that more is waited for."""
        exchange, run, execution = self._world.exchange, self._execution.run, self._execution
        while exchange is not None:
            now = self._world.clock.now()
            signal = await exchange.take_signal([COMMAND], key="", run_id=run.id, token=self._token, now=now)
            if signal is None:
                return
            execution.obey(signal.payload)


def _before(scope: Scope, node: NodePlan) -> Place:
    return scope.path, BEFORE + node.id


def _edited(plan: InputPlan, inputs: Mapping[str, Any]) -> InputPlan:
    if plan.name not in inputs:
        return plan
    return replace(plan, sources=(), render=None, constant=inputs[plan.name], has_constant=True, gathers=False)


def _evaluated(value: Any) -> Any:
    """What an expression comes to that the node evaluates itself; its text, where it takes names of the node's own."""
    if not isinstance(value, Expression):
        return value
    try:
        return value.evaluate()
    except ExpressionError:
        return value.source


def _keepable(value: Any) -> Any:
    try:
        json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return plain(value)
    return value
