"""The generated step: one function over the moments of a backtest, made from the graph.

It is straight code: each node after those it waits for, whether it runs, what it gives (semantics §2). It stops before
a moment that it cannot tell, and nothing of that moment was done: `EXACT` where the exact step has to take it, `ROOM`
where there is no room, `COLUMN + n` where the column of node n has to be calculated at this bar. Names in it are ours,
texts of the workflow do not get into it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, cast

from treadle.engine.plan import InputPlan, NodePlan, Plan, Source
from treadle.engine.settle import sources_of
from treadle.errors import TreadleError
from treadle.expressions.expression import parse_tree
from treadle.service.backtests.program.beside import may_be_apart, side_of
from treadle.service.backtests.program.columns import Panel
from treadle.service.backtests.program.nodes import DEFERRED, WRITERS, Writer
from treadle.service.backtests.program.planning import ORDERS, Program
from treadle.service.backtests.program.reading import Lines, Reader, column_status, is_total
from treadle.service.backtests.program.shape import Shape, in_order
from treadle.service.backtests.program.trading import NODES
from treadle.service.backtests.program.values import (
    ALWAYS,
    NEVER,
    NULL,
    Const,
    Flag,
    Listed,
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
          jj, tt, kk, px_, odd, keep, kind, risk, sent, fails, held{tables}{columns}):
    touch = io[1]
    bars = len(closes)
{before}    while i < end:
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
    """`columns` are the ports that it is given, in order; `variables` the names that it keeps numbers under, `tables`
    whole numbers that it looks up."""

    source: str
    columns: list[tuple[int, str]]
    variables: list[str]
    tables: list[list[int]]
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
        self.tables: list[list[int]] = []
        self.before: list[str] = []
        """Lines before the first moment."""
        self.resting: dict[int, str] = {}
        """By node: the price of the limit order that it leaves, in ticks."""
        self.taken_back: list[str] = []
        """Names of how many orders nodes have cancelled that are side by side with others."""
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
        writers = [node for node in ordered if node.definition.name in ORDERS or _keeps(node)]
        self.may_fail = {node.index for node in writers if node.on_error == "fail" and not self._follows(node, writers)}
        mark = len(self.lines.lines)
        self._act([node for node in ordered if node in orders or node.index in behind], orders)
        self._outputs(mark)
        for slot in range(len(self.variables)):
            self.lines.add(f"keep[{slot}], kind[{slot}] = w{slot}, s{slot}")
            self.lines.lines[:0] = [f"        w{slot}, s{slot} = keep[{slot}], kind[{slot}]"]
        names = "".join(f", v{n}, e{n}" for n in range(len(self.columns)))
        tables = "".join(f", table{n}" for n in range(len(self.tables)))
        before = "".join(f"    {line}\n" for line in self.before)
        head = _HEAD.format(columns=names, tables=tables, before=before)
        body = "\n".join(self.lines.lines)
        return Generated(head + body + "\n" + _TAIL, self.columns, self.variables, self.tables, self.left)

    def _is_behind(self, node: NodePlan, orders: list[NodePlan]) -> bool:
        before = _all_before(self.plan, node)
        return any(order.index in before for order in orders)

    def _act(self, nodes: list[NodePlan], orders: list[NodePlan]) -> None:
        """Orders, and what follows them in the same run. Where several may order, what was done is undone before a
        moment is left to the exact step."""
        lines = self.lines
        lines.undoes = len(nodes) > len(orders) or any(self._are_apart(*pair) for pair in combinations(orders, 2))
        if not lines.undoes:
            for node in orders:
                self.runs[node.index] = self._runs(node)
            if len(orders) > 1:
                # Which of two comes first would hang on chance.
                many = " + ".join(f"({self.runs[node.index]})" for node in orders)
                lines.leave(f"{many} > 1")
        else:
            lines.add("held[0] = 0")
            beside = {one.index for pair in combinations(orders, 2) for one in pair if not self._are_ordered(*pair)}
            self.may_fail -= beside
        done: list[NodePlan] = []
        mark = len(lines.lines)
        for node in nodes:
            if lines.undoes and node in orders:
                self.runs[node.index] = self._runs(node)
                for other in done:
                    self._meet(other, node)
                done.append(node)
            self._node(node)
        if lines.undoes:
            self._come_apart(orders, mark)

    def _come_apart(self, orders: list[NodePlan], mark: int) -> None:
        """Leave where two that are side by side may have come out otherwise in the other order."""
        lines, apart = self.lines, [pair for pair in combinations(orders, 2) if self._are_apart(*pair)]
        names = [*self.resting.values(), *self.taken_back]
        lines.lines[mark:mark] = ["    " * _DEPTH + f"{one} = 0" for one in names]
        for pair in apart:
            if all(one.index in self.resting for one in pair):
                low, high = (self.resting[one.index] for one in sorted(pair, key=lambda one: side_of(one) == "sell"))
                lines.leave(f"0 < {high} <= {low}")
        most = self.shape.limits.max_open_orders
        if apart and most is not None:
            count = " + ".join(["open_orders(acc, orders)", *self.taken_back])
            lines.leave(f"held[0] == 1 and {count} > {most}")

    def _meet(self, one: NodePlan, other: NodePlan) -> None:
        """Leave where it hangs on chance which of two comes first."""
        if not self._are_ordered(one, other) and not self._are_apart(one, other):
            self.lines.leave(both(self.runs[one.index], self.runs[other.index]))

    def _are_ordered(self, one: NodePlan, other: NodePlan) -> bool:
        return one.index in _all_before(self.plan, other) or other.index in _all_before(self.plan, one)

    def _are_apart(self, one: NodePlan, other: NodePlan) -> bool:
        """Two ladders, or two limit orders, one on each side."""
        are_alike = one.definition.name == other.definition.name
        return are_alike and may_be_apart(one, other, self.shape.limits)

    def change(self) -> None:
        """To be called before something is changed that would have to be undone."""
        if self.lines.undoes:
            self.lines.add("if held[0] == 0:")
            self.lines.add("    save(acc, orders, sent, held)")

    def rests(self, node: NodePlan, ticks: str) -> None:
        """It leaves a limit order at this price."""
        self.resting[node.index] = name = self.lines.fresh("n")
        self.lines.add(f"{name} = {ticks}")

    def table(self, values: list[int]) -> str:
        """The name of a table of whole numbers."""
        self.tables.append(values)
        return f"table{len(self.tables) - 1}"

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
        lines.add(f"    {lines.stop(column_status(source[0]))}")
        live = both(runs, f"{mine} == {mine}")
        if self.panel.column(*source).is_flag:
            # A flag that is not known says so by its error.
            lines.add(f"if {off} > 0.0:")
            lines.add(f"    {lines.stop(column_status(source[0]))}")
            found: Val = Flag(f"{mine} != 0.0", live)
        else:
            found = Num(mine, exact=False, rel=1.0, mag=off, live=live, column=source)
        if lines.depth == _DEPTH:
            self.ports[source] = found  # what is read inside a branch is known there only
        return found

    # The end

    def _outputs(self, mark: int) -> None:
        """What the workflow gives must not fail; else nothing is done from line `mark` on."""
        graph = self.plan.graph
        if graph.outputs is None:
            return
        try:
            is_total = all(self._is_total(value) for value in _texts(self.plan.workflow.outputs))
        except TreadleError:
            is_total = False
        if not is_total:
            self.lines.lines[mark:] = ["    " * _DEPTH + "return leave(io, i, EXACT)"]
            self.left[OUTPUTS] = "its outputs may fail"

    def _is_total(self, text: str) -> bool:
        if "{{" not in text:
            return True

        def has_port(path: tuple[str, ...]) -> bool:
            root, *keys = path
            if root == "workflow":
                return len(keys) == 2 and keys[0] == "input" and keys[1] in self.program.given
            if root != "nodes" or len(keys) < 2 or keys[0] not in self.plan.graph.by_id:
                return False
            if len(keys) > 2:
                return found(keys) is not None
            return keys[1] in {*self.plan.graph.by_id[keys[0]].out_ports, "output", "error"}

        def found(keys: list[str]) -> Val | None:
            """What is always there under these names."""
            value = self.ports.get((self.plan.graph.by_id[keys[0]].index, keys[1]))
            for key in keys[2:]:
                if not isinstance(value, Obj) or value.live != ALWAYS or key not in value.fields:
                    return None
                value = value.fields[key]
            return value

        def is_list(path: tuple[str, ...]) -> bool:
            root, *keys = path
            value = found(keys) if root == "nodes" and len(keys) > 1 and keys[0] in self.plan.graph.by_id else None
            return isinstance(value, Listed) and value.live == ALWAYS

        return is_total(parse_tree(text, template=True), has_port, is_list)


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
