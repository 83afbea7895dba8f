"""Collecting: what arrives at a node's columns is put to what came in earlier runs (semantics 7.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from treadle.engine.journal import LogLine, StateChange
from treadle.engine.plan import NodePlan
from treadle.engine.recalling import Recalling
from treadle.engine.scope import Scope
from treadle.engine.series import NOTHING_SEEN, Collected, SeenSeries, Window
from treadle.engine.settle import gather
from treadle.errors import NodeError
from treadle.model.columns import BLOCK, keep_for
from treadle.model.event import Logged
from treadle.model.ids import node_path
from treadle.node.definition import NodeDefinition
from treadle.node.output import Ports as ChosenPorts
from treadle.node.series import Collects, is_missing, newest


class Collecting(Recalling):
    """Puts columns together."""

    series: SeenSeries = NOTHING_SEEN
    """What earlier runs have collected."""
    _asks_for_series = False
    """What is collected is somebody else's to say: nodes with columns are handed out."""

    def _collect_idle(self, scope: Scope, node: NodePlan) -> None:
        """Collect what came to a node that does not run."""
        roots = self._roots(scope, node, None)
        arguments = gather(node, scope.outputs, roots, None)
        if arguments is not None:
            self._collect(scope, node, arguments, roots)

    def _collect(self, scope: Scope, node: NodePlan, arguments: list[Any], roots: Mapping[str, Any]) -> list[Any]:
        """`arguments` with what stands for a column in the place of each single item. The items are kept if the run
        completes, whatever becomes of the node."""
        plan = node.series
        if plan is None or not has_items(node, arguments):
            return arguments
        items = [at for at, mark in plan.columns if mark.is_item(arguments[at])]
        marks = dict(plan.columns)
        whole = [node.inputs[at].name for at, _ in plan.columns if at not in items and arguments[at] is not None]
        if whole:
            raise NodeError(
                f"`{node.inputs[items[0]].name}` was given a single value, and `{whole[0]}` a whole column.",
                code="mixed_columns",
                remedy="Connect both to single values, or both to columns.",
                retryable=False,
            )
        row = tuple(number for at in items for number in marks[at].row(arguments[at]))
        path = node_path(scope.path, node.id)
        key = f"{path}|{plan.wiring}"
        window = self.series.window(key, row, self._keep(node, roots))
        self._follow(items, marks, arguments, window)
        if self.series.owner is not None and all(marks[at].keeps(arguments[at]) for at in items):
            keep = 2 * self._keep(node, roots) + 4 * BLOCK
            self.recorder.collected[scope.path, node.id] = StateChange(self.series.owner, key, list(row), keep=keep)
        collected = list(arguments)
        offset = 0
        for at in items:
            collected[at] = Collected(arguments[at], window, marks[at], offset)
            offset += marks[at].width
        return collected

    def _follow(
        self, items: Sequence[int], marks: Mapping[int, Collects], arguments: Sequence[Any], window: Window
    ) -> None:
        last = window.last()
        offset = 0
        for at in items:
            mark, end = marks[at], offset + marks[at].width
            if last is not None:
                mark.follow(last[offset:end], window.row[offset:end])
            offset = end

    def _keep(self, node: NodePlan, roots: Mapping[str, Any]) -> int:
        """How much of a node's columns is kept, as far as its config can be told."""
        config: Mapping[str, Any] = node.static_config
        if node.dynamic_config:
            with suppress(Exception):  # said when the node is run, if it is
                config = self.configure(node, roots, None)
        return keep_for(node.definition.lookback_of(config) or 0)

    def _is_warm(self, scope: Scope, node: NodePlan, arguments: Sequence[Any], config: Mapping[str, Any]) -> bool:
        """Whether the node's columns are long enough; else the log says what is missing."""
        plan = node.series
        if plan is None:
            return True
        lookback = node.definition.lookback_of(config)
        needed = (lookback or 0) + 1
        for at, mark in plan.columns:
            value = arguments[at]
            if value is None or mark.is_item(value):
                continue
            if isinstance(value, Collected) and lookback is None:
                raise NodeError(
                    f"`{node.definition.name}` with this config is calculated over all there ever was, and cannot be"
                    " collected value by value.",
                    code="needs_whole_series",
                    remedy="Set `period`, or connect candles.",
                    retryable=False,
                )
            length = value.window.length if isinstance(value, Collected) else mark.length(value)
            if length < needed:
                self._say(scope, node, f"Warming up: {length} of {needed} values.")
                return False
        return True

    def _say(self, scope: Scope, node: NodePlan, text: str) -> None:
        path = node_path(scope.path, node.id)
        self.recorder.log.append(LogLine(self.now, path, "info", text))
        if self.recorder.watch is not None:
            self.recorder.watch(Logged(self.recorder.run_id, self.now, path, "info", text, {}))


def has_items(node: NodePlan, arguments: Sequence[Any]) -> bool:
    """Whether a column of the node was given a single item, to be collected."""
    plan = node.series
    return plan is not None and any(mark.is_item(arguments[at]) for at, mark in plan.columns)


@dataclass(frozen=True, slots=True)
class SeriesCall:
    """The function of a pure node with columns, as the engine calls it: with whole columns or with what is collected,
    of which it gives the newest."""

    definition: NodeDefinition

    def __call__(self, *arguments: Any, **config: Any) -> ChosenPorts:
        definition = self.definition
        parts = [argument for argument in arguments if isinstance(argument, Collected)]
        if not parts:
            returned = definition.function(*arguments, **config)
        else:
            window = parts[0].window
            returned = window.stream(definition, parts, config) if len(parts) == len(arguments) else None
            if returned is None:
                rows = window.rows()
                whole = (one.join(rows) if isinstance(one, Collected) else one for one in arguments)
                returned = definition.function(*whole, **config)
        ports = definition.ports_of(returned)
        show: Callable[[Any], Any] = newest if parts else _as_it_is
        return ChosenPorts({name: show(value) for name, value in ports.items() if not is_missing(value)})


def _as_it_is(value: Any) -> Any:
    return value
