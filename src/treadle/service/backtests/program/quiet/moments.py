"""The moments at which a run certainly does nothing but look, found over columns: they need not be stepped.

Asked of a stretch of moments during which the accounts stay as they are. Of each node it is asked where it may run, of
each condition where it may hold, of each expression where it may fail. Whatever else is in the way is stepped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from treadle.engine.plan import InputPlan, NodePlan, Source
from treadle.errors import TreadleError
from treadle.service.backtests.program.held.planning import HeldProgram
from treadle.service.backtests.program.held.stepper import looks_at_account
from treadle.service.backtests.program.quiet.markets import QuietMarkets
from treadle.service.backtests.program.quiet.nodes import WRITERS, trigger
from treadle.service.backtests.program.quiet.reader import Path, QuietReader, Trees, member
from treadle.service.backtests.program.quiet.values import (
    ANYTHING,
    NULL,
    SOME_NUMBER,
    ULP,
    Fields,
    Number,
    Truth,
    Val,
    any_of,
    value_of,
    with_null,
)
from treadle.service.backtests.program.shape import in_order

State = Mapping[int, Mapping[str, Any]]
"""What is held, as `market.positions` tells it, by node; of others that look at the account, that it is known."""


class Quiet:
    def __init__(self, program: HeldProgram, markets: QuietMarkets) -> None:
        self._program, self._markets = program, markets
        self._nodes = in_order(program.plan)
        about = {"input": program.given, "name": program.plan.workflow.name, "mode": "paper"}
        self._trees = Trees({"workflow": about, "params": {}})
        self._outputs = [self._trees.of(text, template=True) for text in _texts(program.plan.workflow.outputs)]

    @classmethod
    def of(cls, program: HeldProgram, markets: QuietMarkets) -> Quiet | None:
        """None where every run may do something."""
        if any(node.node.lazy for node in program.plan.graph.nodes):
            return None
        try:
            return cls(program, markets)
        except TreadleError:
            return None

    def acts(self, first: int, end: int, state: State, kept: Mapping[str, Any]) -> Any:
        """Of the moments from `first` up to `end`: at which a run may do something, or fail. `kept` are variables."""
        piece = Piece(self._program, self._markets, (first, end), (state, kept), self._trees)
        for node in self._nodes:
            piece.take(node)
            if bool(piece.acts.all()):
                return piece.acts
        for tree in self._outputs:
            piece.reader.value(tree)
        return piece.acts | piece.reader.fails


class Piece:
    """`ports` are (value, where it may be live, where it surely is)."""

    def __init__(
        self, program: HeldProgram, markets: QuietMarkets, span: tuple[int, int],
        held: tuple[State, Mapping[str, Any]], trees: Trees,
    ) -> None:  # fmt: skip
        self._program, self._plan, self._markets, self._span = program, program.plan, markets, span
        self._state, self._kept = held
        self.reader = QuietReader(span[1] - span[0], self._read, trees)
        self._given: Mapping[str, Val] = {}
        self._ports: dict[Source, tuple[Val, Any, Any]] = {}
        self.acts: Any = markets.odd(*span)

    def take(self, node: NodePlan) -> None:
        if node.node.disabled or node.index in self._markets.columns:
            return
        may, sure = self._runs(node)
        writer = WRITERS.get(node.definition.name) if node.kind != "trigger" else trigger
        is_seen = not looks_at_account(node) or (node.index in self._state and bool(sure.all()))
        if writer is None or not is_seen or not bool(may.any()):
            self.acts = self.acts | may
            return
        with self.reader.within(may):
            self._given = {item.name: self._value(node, item) for item in node.inputs}
            if node.when is not None:
                wanted = self._when(node)
                may, sure = may & wanted.true, sure & self._not(wanted.false)
            ports = None
            if bool(may.any()):
                with self.reader.within(may):
                    ports = writer(self, node)
        if ports is None:
            self.acts = self.acts | may
            return
        for name, (value, live, surely) in ports.items():
            self._ports[node.index, name] = (value, may & live, sure & surely)

    def _not(self, mask: Any) -> Any:
        return self.reader.all & (self.reader.all ^ mask)

    def _when(self, node: NodePlan) -> Truth:
        when = node.node.when
        if isinstance(when, bool):
            return Truth(self.reader.all & when, self.reader.all & (not when))
        if not isinstance(when, str):
            self.reader.fail()
            return Truth(self.reader.all, self.reader.all)
        return self.condition(when)

    def condition(self, text: str) -> Truth:
        return self.reader.truth(self.reader.trees.of(text, template=False))

    # Whether it runs

    def _runs(self, node: NodePlan) -> tuple[Any, Any]:
        may = sure = self.reader.all
        if node.kind == "trigger":
            is_it = node.id == self._program.moments.trigger.node
            return (may, sure) if is_it else (self.reader.none, self.reader.none)
        groups = [item.sources for item in node.inputs if item.sources and (item.required or item.spreads)]
        if node.triggers:
            groups += [(one,) for one in node.triggers] if node.node.join == "all" else [node.triggers]
        for sources in groups:
            lives = [self._live(source) for source in sources]
            may = may & any_of(one for one, _ in lives)
            sure = sure & any_of(one for _, one in lives)
        return may, sure

    def _live(self, source: Source) -> tuple[Any, Any]:
        _, may, sure = self._port(source)
        return may, sure

    def _port(self, source: Source) -> tuple[Val, Any, Any]:
        if source in self._ports:
            return self._ports[source]
        none = self.reader.none
        if source[0] not in self._markets.columns:
            return NULL, none, none
        runs = [self._runs(node) for node in self._markets.fed_by(source[0])]
        column = self._markets.column(source, *self._span)
        if column is None:
            found = (ANYTHING, self.reader.all, none)
        else:
            value, may, sure = column
            for its_may, its_sure in runs:
                may, sure = may & its_may, sure & its_sure
            found = (value, may, sure)
        self._ports[source] = found
        return found

    # What it is given

    def _value(self, node: NodePlan, item: InputPlan) -> Val:
        if len(item.sources) > 1 or item.spreads or item.gathers:
            return ANYTHING
        if item.sources:
            value, may, sure = self._port(item.sources[0])
            if item.required:
                return value  # it runs only where there is one
            return value if bool(sure.all()) else ANYTHING if bool(may.any()) else value_of(item.default)
        if item.render is not None or item.has_constant:
            return self.field(node.node.config[item.name])
        return value_of(item.default)

    def field(self, given: Any) -> Val:
        if isinstance(given, str) and "{{" in given:
            return self.reader.value(self.reader.trees.of(given, template=True))
        if isinstance(given, Mapping):
            rules = cast("Mapping[str, Any]", given)
            return Fields({str(name): self.field(item) for name, item in rules.items()})
        if isinstance(given, list):
            for item in cast("list[Any]", given):
                self.field(item)
            return ANYTHING
        return value_of(given)

    def given(self, name: str) -> Val:
        return self._given[name]

    def _read(self, path: Path) -> Val:
        root, *keys = path
        if root == "input" and keys and keys[0] in self._given:
            return member(self._given[keys[0]], tuple(keys[1:]), self.reader)
        if root != "nodes" or len(keys) < 2 or keys[0] not in self._plan.graph.by_id:
            self.reader.fail()
            return ANYTHING
        other = self._plan.graph.by_id[keys[0]]
        port = other.single_port if keys[1] == "output" and "output" not in other.out_ports else keys[1]
        if port not in other.out_ports:
            return ANYTHING if len(keys) == 2 else member(ANYTHING, tuple(keys[2:]), self.reader)
        value, may, sure = self._port((other.index, port))
        found = with_null(value, may, sure)
        return member(found, tuple(keys[2:]), self.reader) if len(keys) > 2 else found

    # Of nodes

    def two_ways(self, found: Truth, value: Val) -> dict[str, tuple[Val, Any, Any]]:
        yes, no = self.reader.all & found.true, self.reader.all & found.false
        return {"true": (value, yes, self._not(no)), "false": (value, no, self._not(yes))}

    def always(self, **values: Val) -> dict[str, tuple[Val, Any, Any]]:
        return {name: (value, self.reader.all, self.reader.all) for name, value in values.items()}

    def price(self, node: NodePlan | None) -> Val:
        found = self._markets.price(node, *self._span)
        return SOME_NUMBER if found is None else Number(found, ULP * abs(found))

    def rate(self, node: NodePlan) -> tuple[Any, Any] | None:
        return self._markets.rate(node, *self._span)

    def has_candles(self, node: NodePlan) -> bool:
        return node.index in self._markets.candles

    def held(self, node: NodePlan) -> Mapping[str, Any]:
        return self._state[node.index]

    @property
    def kept(self) -> Mapping[str, Any]:
        return self._kept


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if "{{" in value else []
    if isinstance(value, Mapping):
        return [text for item in cast("Mapping[str, Any]", value).values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in cast("list[Any]", value) for text in _texts(item)]
    return []
