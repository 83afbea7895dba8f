"""What the markets of a test tell at its moments: prices, columns of several markets, and where asking may fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, cast

from treadle.engine.plan import NodePlan, Source
from treadle.expressions.expression import compile_expression
from treadle.packs.trading.indicator.custom import is_by_place
from treadle.packs.trading.orders.limits import NO_LIMITS
from treadle.packs.trading.paper.rates import Rates
from treadle.packs.trading.paper.settings import read_settings
from treadle.service.backtests.program.column import Column
from treadle.service.backtests.program.columns import (
    SAFE,
    Candles,
    ColumnNode,
    Panel,
    constant_config,
    find_columns,
)
from treadle.service.backtests.program.held.feed import MarketFeed
from treadle.service.backtests.program.held.planning import HeldProgram
from treadle.service.backtests.program.held.stepper import HeldStepper
from treadle.service.backtests.program.oddities import FAILS, find_oddities
from treadle.service.backtests.program.prices import Prices
from treadle.service.backtests.program.quiet.values import Number, Truth, Val

_CANDLES, _QUOTE, _CUSTOM, _FUNDING = "market.candles", "market.quote", "indicator.custom", "market.funding"


@dataclass(frozen=True, eq=False)
class _Market:
    """`known` is how many bars are over at each moment."""

    prices: Prices
    known: Any
    nodes: Sequence[NodePlan]


@dataclass(frozen=True, eq=False)
class _Columns:
    """Columns over bars, of which so many are over at each moment. `fed_by` are the candles they are made of."""

    panel: Panel
    known: Any
    fed_by: Sequence[NodePlan]


class QuietMarkets:
    def __init__(self, program: HeldProgram, stepper: HeldStepper) -> None:
        import numpy

        self._numpy: Any = numpy
        self._program = program
        self._told = _Market(program.prices, program.moments.known, ())
        self._of: dict[int, _Market] = {}
        self.columns: dict[int, _Columns] = {}
        self.candles: dict[int, Candles] = {}
        self._rates = dict(self._find_rates(stepper))
        self._odd: Any = numpy.zeros(len(program.moments), dtype=bool)
        roots = {
            "workflow": {"input": program.given, "name": program.plan.workflow.name, "mode": "paper"},
            "params": {},
        }
        for market in self._find(stepper):
            self._odd = self._odd | self._oddities(market)
            asked = [node.index for node in market.nodes if node.definition.name == _CANDLES]
            panel = find_columns(program.plan, market.prices, roots, of=asked)
            self.candles.update(panel.candles)
            for index, one in panel.nodes.items():
                self.columns[index] = _Columns(panel, market.known, (one.candles.node,))
        for node in program.plan.graph.nodes:
            self._join(node, roots)

    # What is told

    def odd(self, first: int, end: int) -> Any:
        """Where some node that asks may fail."""
        return self._odd[first:end]

    def price(self, node: NodePlan | None, first: int, end: int) -> Any:
        """What was paid last, for a node; for none, of what the trigger tells."""
        market = self._told if node is None else self._of.get(node.index)
        if market is None:
            return None
        return market.prices.told["close"][self._numpy.maximum(market.known[first:end] - 1, 0)]

    def rate(self, node: NodePlan, first: int, end: int) -> tuple[Any, Any] | None:
        """What holders of a perpetual pay a year, in percent, and where nothing has been paid yet."""
        numpy, rates = self._numpy, self._rates.get(node.index)
        if rates is None or not len(rates.times):
            return None
        # As the node has it, of what was paid last.
        hours = rates.funding("", int(rates.times[0])).hours
        every = numpy.array([float(one) * 100 * 24 * 365 / hours for one in rates.rates])
        known = numpy.searchsorted(rates.times, self._program.moments.times[first:end], side="right")
        return every[numpy.maximum(known - 1, 0)], known == 0

    def fed_by(self, index: int) -> Sequence[NodePlan]:
        return self.columns[index].fed_by

    def column(self, source: Source, first: int, end: int) -> tuple[Val, Any, Any] | None:
        """Its value, and where it may be live and surely is."""
        numpy, one = self._numpy, self.columns[source[0]]
        if source[1] not in one.panel.nodes[source[0]].node.out_ports:
            return None
        column, place = one.panel.column(*source), numpy.maximum(one.known[first:end] - 1, 0)
        values, errors = column.values[place], column.errors[place]
        is_told, is_number = numpy.isfinite(errors), values == values
        may, sure = is_number | ~is_told, is_number & is_told
        if column.is_flag:
            sure = sure & (errors == 0.0)
            unsure = ~(errors == 0.0)
            return Truth((values != 0.0) & is_number | unsure, (values == 0.0) | unsure), may | unsure, sure
        off = numpy.where(is_told & is_number, errors, numpy.inf)
        return Number(numpy.where(is_number, values, 0.0), off), may, sure

    # Whose market it is

    def _find(self, stepper: HeldStepper) -> Iterator[_Market]:
        program, found = self._program, dict[int, tuple[Prices, list[NodePlan]]]()
        for node in program.plan.graph.nodes:
            if node.definition.name in (_CANDLES, _QUOTE) and not node.node.disabled:
                prices = self._prices_of(node, stepper)
                if prices is None or "max_age" in {name for name, *_ in node.dynamic_config}:
                    self._odd[:] = True
                else:
                    found.setdefault(id(prices), (prices, []))[1].append(node)
        for prices, nodes in found.values():
            market = _Market(prices, prices.known(program.moments.times), nodes)
            self._of.update({node.index: market for node in nodes})
            yield market

    def _find_rates(self, stepper: HeldStepper) -> Iterator[tuple[int, Rates]]:
        for node in self._program.plan.graph.nodes:
            asked = self._asked(node, stepper) if node.definition.name == _FUNDING else None
            if asked is not None and (rates := asked[0].rates_of(asked[1])) is not None:
                yield node.index, rates

    def _prices_of(self, node: NodePlan, stepper: HeldStepper) -> Prices | None:
        asked = self._asked(node, stepper)
        return None if asked is None else asked[0].prices_of(asked[1])

    def _asked(self, node: NodePlan, stepper: HeldStepper) -> tuple[MarketFeed, str] | None:
        """The feed and the symbol that a node asks; None where that is known only when it runs."""
        provider, given = stepper.provider_of(node), node.node.config.get("symbol")
        symbol = given if given is not None else None if provider is None else provider.symbol
        if provider is None or provider.venue != "paper" or not isinstance(symbol, str) or "{{" in symbol:
            return None
        return self._program.markets.feed(read_settings(provider.settings)), symbol

    def _oddities(self, market: _Market) -> Any:
        program = self._program
        part = SimpleNamespace(
            moments=replace(program.moments, known=market.known), prices=market.prices, history=program.history,
            plan=SimpleNamespace(graph=SimpleNamespace(nodes=market.nodes)),
        )  # fmt: skip
        return (find_oddities(cast("Any", part), NO_LIMITS) & FAILS).astype(bool)

    # Columns of several markets

    def _join(self, node: NodePlan, roots: Mapping[str, Any]) -> None:
        """An expression that goes by place, over the candles of two or three markets, and what it feeds."""
        sources = [item.sources for item in node.inputs]
        expression = node.node.config.get("expression")
        if (
            node.definition.name != _CUSTOM
            or node.index in self.columns
            or node.node.config.get("window", 1) != 1
            or not isinstance(expression, str)
            or "{{" in expression
            or not is_by_place(expression)
            or not _is_plain(node)
            or any(len(one) > 1 for one in sources)
        ):
            return
        fed = [self._program.plan.graph.nodes[one[0][0]] for one in sources if one]
        asked = [self.candles.get(one.index) for one in fed]
        named = [item.name for item in node.inputs if item.sources]
        if any(one is None or one.joined is not None for one in asked) or not {"a"} <= set(named) or len(fed) < 2:
            return
        candles = [one for one in asked if one is not None]
        if len({one.bars for one in candles}) > 1:
            return
        made = self._calculate(expression, named, [self._of[one.index] for one in fed], candles[0].bars)
        if made is None:
            return
        prices, known, values = made
        own = ColumnNode(node, candles[0], (), {}, 1)
        nodes = {node.index: own, **dict(_fed_by(node, self._program, candles[0], roots))}
        columns = {(node.index, "output"): Column(values, self._numpy.zeros(len(values)))}
        panel = Panel(prices, {}, nodes, columns)
        for index in nodes:
            self.columns[index] = _Columns(panel, known, fed)

    def _calculate(
        self, expression: str, named: Sequence[str], markets: Sequence[_Market], bars: int
    ) -> tuple[Prices, Any, Any] | None:
        """Of bars that are the newest together: what they come to, and how many of them are over at each moment."""
        numpy = self._numpy
        first = markets[0]
        is_known = numpy.logical_and.reduce([one.known > 0 for one in markets])
        if not bool(is_known.any()):
            return None
        apart = [(one.known - first.known)[is_known] for one in markets]
        if any(int(one.min()) != int(one.max()) for one in apart):
            return None
        shifts = [int(one[0]) for one in apart]
        begin = max(0, -min(shifts))
        count = min(len(one.prices) - shift for one, shift in zip(markets, shifts, strict=True)) - begin
        closes = {
            name: one.prices.told["close"][begin + shift : begin + shift + count]
            for name, one, shift in zip(named, markets, shifts, strict=True)
        }
        found: Any = compile_expression(expression).evaluate({"b": None, "c": None, **closes})
        values = numpy.asarray(found, dtype=float)
        if values.shape != (count,) or not bool(numpy.isfinite(values).all()):
            return None
        # Columns of other lengths are refused.
        lengths = [numpy.minimum(one.known, bars) for one in markets]
        self._odd = self._odd | numpy.logical_or.reduce([one != lengths[0] for one in lengths])
        cut = replace(first.prices, kept={}, **{name: getattr(first.prices, name)[:count] for name in _ROWS})
        cut.__dict__["told"] = {"close": values}
        return cut, numpy.maximum(first.known - begin, 0), values


_ROWS = ("times", "opens", "closes", "open", "high", "low", "close", "volume")


def _is_plain(node: NodePlan) -> bool:
    """Whether nothing decides on it but what it is fed."""
    if node.triggers or node.when is not None or node.node.disabled or node.node.lazy or node.node.after:
        return False
    return node.on_error == "fail" and not (node.uses_input or node.is_drawn) and node.series is not None


def _fed_by(
    node: NodePlan, program: HeldProgram, candles: Candles, roots: Mapping[str, Any]
) -> Iterator[tuple[int, ColumnNode]]:
    """The nodes that are fed by nothing else, and cannot fail."""
    for other in program.plan.graph.nodes:
        sources = [source for item in other.inputs for source in item.sources]
        if sources != [(node.index, "output")] or other.definition.name not in SAFE or not _is_plain(other):
            continue
        config, marks = constant_config(other, roots), dict(other.series.columns) if other.series is not None else {}
        if config is None or any(item.render is not None or item.has_constant for item in other.inputs):
            continue
        feeds = tuple(
            (None, marks.get(place), None) if item.sources else (None, None, item.default)
            for place, item in enumerate(other.inputs)
        )
        yield other.index, ColumnNode(other, candles, feeds, config, (other.definition.lookback_of(config) or 0) + 1)
