"""The moments at which a run may do more than look: found over whole columns, so that the others need no step.

Of each condition it is asked where it *may* be true, and where it may fail: whatever hangs on the account may be
anything. `oversold && held == 0` may be true where `oversold` is, and nowhere else.
"""

from __future__ import annotations

from typing import Any

from treadle.engine.plan import NodePlan, Source
from treadle.errors import TreadleError
from treadle.expressions import syntax
from treadle.expressions.expression import parse_tree
from treadle.service.backtests.program.columns import Panel
from treadle.service.backtests.program.planning import Program
from treadle.service.backtests.program.shape import in_order

_LOOKING = frozenset({"market.provider", "market.candles", "market.quote", "market.positions", "market.account"})
_SURE = frozenset({"market.quote", "market.account", "market.provider"})
"""Their ports are always live."""
_SIGNS = {"<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal", "==": "equal", "!=": "not_equal"}


def find_candidates(program: Program, panel: Panel, odd: Any) -> Any:
    """Numbers of moments, in order; None: any may be one."""
    import numpy

    found = _Search(program, panel).where()
    return None if found is None else numpy.flatnonzero(found | (odd & 1).astype(bool))


class _Search:
    def __init__(self, program: Program, panel: Panel) -> None:
        import numpy

        self._numpy: Any = numpy
        self._program, self._panel, self._plan = program, panel, program.plan
        self._bars = program.moments.bars
        self._all = numpy.ones(len(program.moments), dtype=bool)
        self._none = ~self._all
        self._live: dict[Source, Any] = {}
        self._fails = self._none

    def where(self) -> Any:
        acts = self._none
        for node in in_order(self._plan):
            if node.index in self._panel.nodes or node.node.disabled:
                continue
            runs = self._runs(node)
            name = node.definition.name
            is_looking = name in _LOOKING and (name != "market.candles" or node.index in self._panel.candles)
            if node.kind == "trigger" or is_looking:
                self._settle(node, runs)
            elif name == "flow.if":
                self._decide(node, runs)
            else:
                # Whatever else runs may do anything, or fail.
                acts = acts | runs
                self._settle(node, runs)
            if bool(acts.all()):
                return None
        return acts | self._fails

    def _runs(self, node: NodePlan) -> Any:
        found = self._all
        if node.kind == "trigger":
            return found
        if node.triggers:
            found = found & self._any(node.triggers)
        for item in node.inputs:
            if item.sources and item.required:
                found = found & self._any(item.sources)
        return found

    def _any(self, sources: tuple[Source, ...]) -> Any:
        found = self._none
        for source in sources:
            found = found | self._port(source)
        return found

    def _port(self, source: Source) -> Any:
        """Where a port may be live."""
        if source in self._live:
            return self._live[source]
        if source[0] in self._panel.nodes:
            column = self._panel.column(*source)
            values, errors = column.values[self._bars], column.errors[self._bars]
            self._live[source] = (values == values) | (errors != errors)
            return self._live[source]
        return self._none

    def _settle(self, node: NodePlan, runs: Any) -> None:
        for port in node.out_ports:
            self._live[node.index, port] = runs

    def _decide(self, node: NodePlan, runs: Any) -> None:
        self._settle(node, runs)
        condition = node.node.config.get("condition")
        if node.dynamic_config and not isinstance(condition, str):
            return
        if not isinstance(condition, str) or node.when is not None:
            self._fails = self._fails | runs
            return
        try:
            true, false, fails = self._truth(parse_tree(condition, template=False))
        except TreadleError:
            true, false, fails = self._all, self._all, self._all
        self._live[node.index, "true"] = runs & true
        self._live[node.index, "false"] = runs & false
        self._fails = self._fails | (runs & fails)

    # Where a part may be true, may be false, and may fail

    def _truth(self, node: syntax.Node) -> tuple[Any, Any, Any]:
        match node:
            case syntax.Chain(operator="&&"):
                true, false, fails = self._all, self._none, self._none
                for one in node.operands:
                    its_true, its_false, its_fails = self._truth(one)
                    fails, false = fails | (true & its_fails), false | (true & its_false)
                    true = true & its_true
                return true, false, fails
            case syntax.Chain(operator="||"):
                true, false, fails = self._none, self._all, self._none
                for one in node.operands:
                    its_true, its_false, its_fails = self._truth(one)
                    fails, true = fails | (false & its_fails), true | (false & its_true)
                    false = false & its_false
                return true, false, fails
            case syntax.Unary(operator="!"):
                true, false, fails = self._truth(node.operand)
                return false, true, fails
            case syntax.Binary() if node.operator in _SIGNS:
                return self._compare(node)
            case syntax.Member():
                found = self._column(node)
                if found is None:
                    return self._all, self._all, self._none if self._is_read(node) else self._all
                values, errors = found
                unsure = ~(errors == 0.0)
                holds = (values == values) & (values != 0.0)
                return holds | unsure, ~holds | unsure, self._none
            case _:
                return self._all, self._all, self._all

    def _compare(self, node: syntax.Binary) -> tuple[Any, Any, Any]:
        left, right = self._number(node.left), self._number(node.right)
        if left is None or right is None:
            sure = all(self._is_sure(one) for one in (node.left, node.right))
            return self._all, self._all, self._none if sure else self._all
        numpy = self._numpy
        with numpy.errstate(invalid="ignore"):
            near = ~(numpy.abs(left[0] - right[0]) > 1.01 * (left[1] + right[1]) + 1e-12 * numpy.abs(left[0]))
            holds = getattr(numpy, _SIGNS[node.operator])(left[0], right[0])
        dead = (left[0] != left[0]) | (right[0] != right[0]) | (left[1] != left[1]) | (right[1] != right[1])
        return holds | near | dead, ~holds | near | dead, dead

    def _number(self, node: syntax.Node) -> tuple[Any, Any] | None:
        if isinstance(node, syntax.Literal) and isinstance(node.value, int | float):
            return float(node.value), 0.0
        path = _path(node)
        if path[:2] == ("workflow", "input") and len(path) == 3:
            value = self._program.given.get(path[2])
            return (float(value), 0.0) if isinstance(value, int | float) and not isinstance(value, bool) else None
        return self._column(node)

    def _column(self, node: syntax.Node) -> tuple[Any, Any] | None:
        path = _path(node)
        if len(path) != 3 or path[0] != "nodes" or path[1] not in self._plan.graph.by_id:
            return None
        other = self._plan.graph.by_id[path[1]]
        if other.index not in self._panel.nodes or path[2] not in other.out_ports:
            return None
        column = self._panel.column(other.index, path[2])
        return column.values[self._bars], column.errors[self._bars]

    def _is_sure(self, node: syntax.Node) -> bool:
        """Whether it is a number whatever there is."""
        if self._number(node) is not None:
            return True
        path = _path(node)
        if len(path) != 3 or path[0] != "nodes" or path[1] not in self._plan.graph.by_id:
            return False
        name = self._plan.graph.by_id[path[1]].definition.name
        return name in _SURE or (name == "market.positions" and path[2] in ("quantity", "held"))

    def _is_read(self, node: syntax.Node) -> bool:
        """Whether reading it cannot fail."""
        path = _path(node)
        return len(path) == 3 and path[0] == "nodes" and path[1] in self._plan.graph.by_id


def _path(node: syntax.Node) -> tuple[str, ...]:
    keys: list[str] = []
    while isinstance(node, syntax.Member):
        keys.append(node.key)
        node = node.base
    return (node.name, *reversed(keys)) if isinstance(node, syntax.Root) else ()
