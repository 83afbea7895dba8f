"""The generated step: one function over the moments of a backtest, made from the graph.

It is straight code: each node after those it waits for, whether it runs, what it gives (semantics §2). It stops before
a moment that it cannot tell, and nothing of that moment was done: `EXACT` where the exact step has to take it, `ROOM`
where there is no room, `COLUMN + n` where the column of node n has to be calculated at this bar. Names in it are ours,
texts of the workflow do not get into it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from treadle.engine.plan import InputPlan, NodePlan, Plan, Source
from treadle.engine.settle import sources_of
from treadle.errors import TreadleError
from treadle.expressions.expression import parse_tree
from treadle.service.backtests.program.columns import Panel
from treadle.service.backtests.program.nodes import DEFERRED, WRITERS, Writer
from treadle.service.backtests.program.outcome import NODES
from treadle.service.backtests.program.planning import ORDERS, Program
from treadle.service.backtests.program.reading import Lines, Reader, column_status, is_total
from treadle.service.backtests.program.shape import Shape, in_order
from treadle.service.backtests.program.values import (
    ALWAYS,
    NEVER,
    NULL,
    Const,
    Flag,
    Num,
    Obj,
    Opaque,
    Unknown,
    Val,
    both,
    either,
    surely,
    with_live,
)

_HEAD = """def drive(i, end, io, acc, orders, over, fills, rules, opens, closes, open_, high, low, close, volume,
          jj, tt, kk, px_, odd, keep, kind, risk, sent, fails{columns}):
    touch = io[1]
    bars = len(closes)
    while i < end:
        k = kk[i]
        if k > touch:
            if advance(acc, orders, over, fills, rules, opens, closes, open_, high, low, close, volume, k) < k:
                return leave(io, i, ROOM)
            touch = quiet_until(acc, orders, rules, opens, closes, high, low, k, bars)
        if odd[i] & 1:
            return leave(io, i, EXACT)
        px = px_[i]
        px = int(px)
"""
_TAIL = """        i += 1
    io[1] = touch
    return leave(io, i, 0)
"""


OUTPUTS = -1
"""Stands for what the workflow gives."""
_DEPTH = 2
"""Of the lines of a moment."""


@dataclass(eq=False)
class Generated:
    """`columns` are the ports that it is given, in order; `variables` the names that it keeps numbers under."""

    source: str
    columns: list[tuple[int, str]]
    variables: list[str]
    left: dict[int, str] = field(default_factory=dict[int, str])
    """By node: why it is left to the exact step."""


def generate(program: Program, panel: Panel, shape: Shape) -> Generated:
    return Generator(program, panel, shape).generate()


class Generator:
    def __init__(self, program: Program, panel: Panel, shape: Shape) -> None:
        self.program, self.panel, self.shape = program, panel, shape
        self.plan = program.plan
        self.nodes = NODES
        """What the tag of an order is a multiple of."""
        self.lines = Lines(_DEPTH)
        self.columns: list[tuple[int, str]] = []
        self.variables: list[str] = []
        self.left: dict[int, str] = {}
        self.ports: dict[tuple[int, str], Val] = {}
        self.runs: dict[int, str] = {}
        self.may_fail: set[int] = set()
        self.is_rough = False
        """Columns are as far as they are known: it is only asked whether something can fail."""
        self.later: dict[Source, Callable[[], Val]] = {}
        """Ports that are calculated where they are read."""
        self.constants: dict[str, Any] = {
            "workflow": {"input": program.given, "name": self.plan.workflow.name, "mode": "paper"},
            "params": {},
        }
        price = self.lines.set(shape.told_price("px"), "p")
        self.price = Num(price, shape.is_short, 3e-16, f"abs({price})", True, shape.mono(shape.tick, "px"))

    def generate(self) -> Generated:
        ordered = in_order(self.plan)
        orders = [node for node in ordered if node.definition.name in ORDERS]
        behind = {node.index for node in ordered if self._is_behind(node, orders)}
        for node in ordered:
            if node not in orders and node.index not in behind:
                self._node(node)
        for node in orders:
            self.runs[node.index] = self._runs(node) if node.index not in behind else NEVER
        writers = [node for node in ordered if node.definition.name in ORDERS or _keeps(node)]
        self.may_fail = {node.index for node in writers if node.on_error == "fail" and not self._follows(node, writers)}
        if len(orders) > 1:
            # Which of two comes first would hang on chance.
            many = " + ".join(f"({self.runs[node.index]})" for node in orders)
            self.lines.leave(f"{many} > 1")
        self._outputs()
        for node in orders:
            if node.index not in behind:
                self._order(node)
        for slot in range(len(self.variables)):
            self.lines.add(f"keep[{slot}], kind[{slot}] = w{slot}, s{slot}")
            self.lines.lines[:0] = [f"        w{slot}, s{slot} = keep[{slot}], kind[{slot}]"]
        names = "".join(f", v{n}, e{n}" for n in range(len(self.columns)))
        body = "\n".join(self.lines.lines)
        return Generated(_HEAD.format(columns=names) + body + "\n" + _TAIL, self.columns, self.variables, self.left)

    def _is_behind(self, node: NodePlan, orders: list[NodePlan]) -> bool:
        before = _all_before(self.plan, node)
        return any(order.index in before for order in orders)

    def _order(self, node: NodePlan) -> None:
        if node.dependents:
            # Nothing may be left to the exact step once something is ordered.
            self.left[node.index] = "others follow it in the same run"
            self.lines.leave(self.runs[node.index])
        else:
            self._node(node)

    def _follows(self, node: NodePlan, writers: list[NodePlan]) -> bool:
        """Whether something is done before it, or could be beside it."""
        others = [one for one in writers if one is not node and one.definition.name not in ORDERS]
        return bool(others) and not all(node.index in _all_before(self.plan, one) for one in others)

    def fail(self, node: NodePlan, code: str, condition: str) -> None:
        if node.index in self.may_fail:
            self.lines.fail(code, condition)
        else:
            self.lines.leave(condition)

    # Settling

    def _port(self, source: Source) -> Val | None:
        """What is at a port; None where it is never live."""
        if source not in self.ports and source[0] in self.panel.nodes:
            return self._column(source)
        if source in self.later:
            return self.later[source]()
        return self.ports.get(source)

    def _live(self, source: Source) -> str:
        found = self._port(source)
        return NEVER if found is None else found.live

    def _runs(self, node: NodePlan) -> str:
        """2.3: whether all that it needs is live."""
        if node.node.disabled:
            return NEVER
        if node.kind == "trigger":
            return ALWAYS if node.id == self.program.moments.trigger.node else NEVER
        conditions: list[str] = []
        if node.triggers:
            lives = [self._live(source) for source in node.triggers]
            conditions.append(both(*lives) if node.node.join == "all" else either(*lives))
        for item in node.inputs:
            if item.sources and (item.required or item.spreads):
                conditions.append(either(*(self._live(source) for source in item.sources)))
        found = both(*conditions)
        if found in (ALWAYS, NEVER):
            return found
        return self.lines.set(found, "r")

    def _node(self, node: NodePlan) -> None:
        if node.index in self.panel.nodes:
            return  # its columns are read where they are needed
        runs = self.runs.get(node.index) or self._runs(node)
        self.runs[node.index] = runs
        if runs == NEVER:
            return
        lines = self.lines
        mark, depth = len(lines.lines), lines.depth
        if runs != ALWAYS:
            lines.add(f"if {runs}:")
            lines.depth += 1
        inside = len(lines.lines)
        ports: Mapping[str, Val] = {}
        try:
            ports = self._ports(node, runs)
            if len(lines.lines) == inside and runs != ALWAYS:
                del lines.lines[mark:]
        except Unknown:
            del lines.lines[mark:]
            lines.depth = depth
            self.left[node.index] = "what it does is not made of numbers alone"
            lines.leave(runs)
        lines.depth = depth
        for name, value in ports.items():
            self.ports[node.index, name] = with_live(value, runs)

    def _ports(self, node: NodePlan, runs: str) -> Mapping[str, Val]:
        name = node.definition.name
        if node.kind == "trigger":
            return {port: self.price if port == "price" else Opaque() for port in node.out_ports}
        writer: Writer | None = WRITERS.get(name)
        if writer is None:
            raise Unknown
        if name in DEFERRED and node.node.when is None:
            return self._put_off(node, runs, writer)
        values = [self._given(node, item) for item in node.inputs]
        wanted = self._when(node, values)
        if wanted == NEVER:
            return {}
        if wanted == ALWAYS:
            return writer(self, node, values)
        self.lines.add(f"if {wanted}:")
        self.lines.depth += 1
        self.lines.add("pass")
        return {port: with_live(value, wanted) for port, value in writer(self, node, values).items()}

    def _put_off(self, node: NodePlan, runs: str, writer: Writer) -> Mapping[str, Val]:
        """Lines that ask whether it can fail; what it gives is calculated by who reads it, where it is read."""

        def write() -> Mapping[str, Val]:
            return writer(self, node, [self._given(node, item) for item in node.inputs])

        self.is_rough = True
        try:
            ports = write()
        finally:
            self.is_rough = False
        for port in ports:
            self.later[node.index, port] = lambda port=port: with_live(write()[port], runs)
        return {}

    def _when(self, node: NodePlan, values: list[Val]) -> str:
        when = node.node.when
        if when is None or when is True:
            return ALWAYS
        if when is False:
            return NEVER
        return self.reader(node, values).truth(parse_tree(when, template=False))

    # What a node is given

    def _given(self, node: NodePlan, item: InputPlan) -> Val:
        if len(item.sources) > 1 or item.spreads or item.gathers:
            raise Unknown
        if item.sources:
            source = item.sources[0]
            found = self._port(source)
            if found is None:
                return Const(item.default)
            if not item.required and found.live != ALWAYS:
                raise Unknown
            return surely(found)
        if item.render is not None or item.has_constant:
            return self.field(node, node.node.config[item.name])
        return Const(item.default)

    def field(self, node: NodePlan, given: Any, values: list[Val] | None = None) -> Val:
        """A value of a config: a constant, or what its template comes to."""
        if isinstance(given, str) and "{{" in given:
            return self.reader(node, values or []).value(parse_tree(given, template=True))
        if isinstance(given, Mapping):
            rules = cast("Mapping[str, Any]", given)
            return Obj({str(name): self.field(node, item, values) for name, item in rules.items()})
        if isinstance(given, list):
            raise Unknown
        return Const(given)

    def reader(self, node: NodePlan, values: list[Val]) -> Reader:
        def read(path: tuple[str, ...]) -> Val:
            return self._read(path, node, values)

        return Reader(self.lines, read, self.constants, is_rough=self.is_rough)

    def _read(self, path: tuple[str, ...], node: NodePlan, values: list[Val]) -> Val:
        root, *keys = path
        if root == "input" and keys and not node.node.has_input:
            names = [item.name for item in node.inputs]
            if keys[0] not in names or not values:
                raise Unknown
            return self._member(values[names.index(keys[0])], keys[1:])
        if root != "nodes" or len(keys) < 2 or keys[0] not in self.plan.graph.by_id:
            raise Unknown
        other = self.plan.graph.by_id[keys[0]]
        port = keys[1]
        if port == "output" and port not in other.out_ports:
            if other.single_port is None:
                raise Unknown
            port = other.single_port
        if port not in other.out_ports:
            raise Unknown
        found = self._port((other.index, port))
        if found is None:
            if len(keys) > 2:
                raise Unknown
            return NULL
        return self._member(found, keys[2:])

    def _member(self, value: Val, keys: list[str]) -> Val:
        for key in keys:
            if not isinstance(value, Obj) or key not in value.fields:
                raise Unknown
            if value.live != ALWAYS:
                self.lines.leave(f"not ({value.live})")
            value = value.fields[key]
        return value

    # Columns

    def _column(self, source: Source) -> Val | None:
        """Lines that read a port of a column at this bar."""
        one = self.panel.nodes[source[0]]
        runs = self.runs.get(one.candles.node.index, NEVER)
        if runs == NEVER or source[1] not in one.node.out_ports:
            return None
        if source not in self.columns:
            self.columns.append(source)
        number, lines = self.columns.index(source), self.lines
        mine, off = lines.set(f"v{number}[i]", "c"), lines.set(f"e{number}[i]", "q")
        lines.add(f"if {off} != {off}:")
        lines.add(f"    return leave(io, i, {column_status(source[0])})")
        live = both(runs, f"{mine} == {mine}")
        if self.panel.column(*source).is_flag:
            # A flag that is not known says so by its error.
            lines.add(f"if {off} > 0.0:")
            lines.add(f"    return leave(io, i, {column_status(source[0])})")
            found: Val = Flag(f"{mine} != 0.0", live)
        else:
            found = Num(mine, exact=False, rel=1.0, mag=off, live=live, column=source)
        if lines.depth == _DEPTH:
            self.ports[source] = found  # what is read inside a branch is known there only
        return found

    # The end

    def _outputs(self) -> None:
        """What the workflow gives must not fail."""
        graph = self.plan.graph
        if graph.outputs is None:
            return
        try:
            is_total = all(self._is_total(value) for value in _texts(self.plan.workflow.outputs))
        except TreadleError:
            is_total = False
        if not is_total:
            self.lines.leave()
            self.left[OUTPUTS] = "its outputs may fail"

    def _is_total(self, text: str) -> bool:
        if "{{" not in text:
            return True

        def has_port(path: tuple[str, ...]) -> bool:
            root, *keys = path
            if root == "workflow":
                return len(keys) == 2 and keys[0] == "input" and keys[1] in self.program.given
            if root != "nodes" or len(keys) != 2 or keys[0] not in self.plan.graph.by_id:
                return False
            return keys[1] in {*self.plan.graph.by_id[keys[0]].out_ports, "output", "error"}

        return is_total(parse_tree(text, template=True), has_port)


def _keeps(node: NodePlan) -> bool:
    return node.definition.name == "data.variable" and node.node.config.get("action", "get") != "get"


def _all_before(plan: Plan, node: NodePlan) -> set[int]:
    found: set[int] = set()
    todo = list(sources_of(node))
    while todo:
        at = todo.pop()
        if at not in found:
            found.add(at)
            todo += sources_of(plan.graph.nodes[at])
    return found


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for item in cast("Mapping[str, Any]", value).values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in cast("list[Any]", value) for text in _texts(item)]
    return []
