"""Columns: what depends on the market and on constants alone, by the nodes' own functions.

A node sees the last `bars` candles, at each bar anew. What it gives for such a window is its exact value; it is
calculated where it is asked for. Over the whole column it is calculated once: up to the first `bars` bars that is the
same (a window that begins where the column does), and from there on it is off by a bound that is known (`bounds`), or
that is infinite. A comparison that is decided by more than the bound needs no window.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from treadle.engine.plan import NodePlan, Plan
from treadle.engine.render import Roots
from treadle.errors import TreadleError
from treadle.node.series import Collects, is_missing, newest
from treadle.packs.trading.bars import milliseconds
from treadle.packs.trading.types import CandleMark, PriceMark
from treadle.service.backtests.program.bounds import column_of, is_newest
from treadle.service.backtests.program.column import Column
from treadle.service.backtests.program.joined import Joined, join_prices
from treadle.service.backtests.program.prices import Prices

_CANDLES = "market.candles"
_NO_COLUMN: Any = object()


@dataclass(frozen=True, eq=False)
class Candles:
    """A `market.candles` over the bars themselves or over longer ones, `bars` at a time."""

    node: NodePlan
    bars: int
    joined: Joined | None = None

    def count(self, prices: Prices) -> int:
        """How many there are of them in all."""
        if self.joined is None or not len(prices):
            return len(prices)
        return int(prices.times[-1] - prices.times[0] + prices.length) // self.joined.prices.length


@dataclass(frozen=True, eq=False)
class ColumnNode:
    """`feeds` are its inputs: the port of another column, the candles themselves (None), or a constant."""

    node: NodePlan
    candles: Candles
    feeds: tuple[tuple[tuple[int, str] | None, Collects | None, Any], ...]
    config: Mapping[str, Any]
    needed: int
    """How many values of a column it wants to see."""


@dataclass(eq=False)
class Panel:
    """The columns of one backtest, and what has been calculated exactly of them."""

    prices: Prices
    candles: Mapping[int, Candles]
    nodes: Mapping[int, ColumnNode]
    columns: dict[tuple[int, str], Column] = field(default_factory=dict[tuple[int, str], Column])
    asked: int = 0
    """How many windows were calculated."""
    is_joined: bool = False
    """Of longer bars, which the prices are then."""
    is_jitted: bool = False
    """Whether whoever asks runs compiled code, so that columns may, too."""
    _longer: dict[int, Panel] = field(default_factory=dict[int, "Panel"])
    _wholes: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])

    def column(self, index: int, port: str) -> Column:
        """Calculated when it is first asked for."""
        if (index, port) not in self.columns:
            joined = self._joined(index)
            if joined is None:
                self._fill(self.nodes[index], port)
            else:
                self.columns[index, port] = joined.spread(self._of_longer(joined).column(index, port))
        return self.columns[index, port]

    def share(self, other: Panel) -> None:
        """Take over what another panel has of nodes that are the same."""
        for index, one in self.nodes.items():
            if index in other.nodes and _is_same(self, other, index):
                for name in one.node.out_ports:
                    if (index, name) in other.columns:
                        self.columns[index, name] = other.columns[index, name]

    def exact(self, index: int, bar: int) -> None:
        """Put the exact values of a node at a bar into its columns."""
        ports = [port for port in self.nodes[index].node.out_ports if (index, port) in self.columns]
        if all(self.columns[index, port].errors[bar] == 0.0 for port in ports):
            return  # they are: at another bar within the same longer one they were asked for
        self.asked += 1
        joined = self._joined(index)
        if joined is None:
            found, bars = self._window(index, bar, {}), slice(bar, bar + 1)
        else:
            place = joined.place(bar)
            found, bars = self._of_longer(joined)._window(index, place, {}), joined.bars(place)
        for port in ports:
            column = self.columns[index, port]
            column.values[bars] = float(newest(found[port])) if port in found else float("nan")
            column.errors[bars] = 0.0

    def _joined(self, index: int) -> Joined | None:
        return None if self.is_joined else self.nodes[index].candles.joined

    def _of_longer(self, joined: Joined) -> Panel:
        length = joined.prices.length
        if length not in self._longer:
            self._longer[length] = Panel(joined.prices, self.candles, self.nodes, is_joined=True)
        return self._longer[length]

    def _fill(self, one: ColumnNode, port: str) -> None:
        import numpy

        index, count = one.node.index, len(self.prices)
        if one.candles.bars < one.needed:  # it never sees enough of them
            self.columns[index, port] = Column(numpy.full(count, numpy.nan), numpy.zeros(count))
            return
        if (known := column_of(one, self, port)) is not None:
            self.columns[index, port] = known
            return
        if index not in self._wholes:
            self._wholes[index] = dict(self._whole(index, {}))
        given = self._wholes[index].pop(port, None)
        is_flag = getattr(getattr(given, "dtype", None), "kind", "f") == "b"
        values = numpy.full(count, numpy.nan) if given is None else numpy.array(given, dtype=float)
        if is_flag:
            values[: one.needed - 1] = numpy.nan
        errors = numpy.empty(count)
        errors[: one.candles.bars] = 0.0
        errors[one.candles.bars :] = numpy.nan  # a window may say nothing where the whole says something
        self.columns[index, port] = Column(values, errors, is_flag)

    def beginning(self, index: int, bars: int) -> Mapping[str, Any]:
        """What a node gives for the first bars."""
        return self._calculate(index, 0, bars, {}, whole=False)

    def whole_input(self, one: ColumnNode, place: int) -> Any:
        """What comes in at an input, over all bars."""
        return self._given(one, place, 0, len(self.prices), {}, whole=True)

    def _whole(self, index: int, seen: dict[int, Mapping[str, Any]]) -> Mapping[str, Any]:
        return self._calculate(index, 0, len(self.prices), seen, whole=True)

    def _window(self, index: int, bar: int, seen: dict[int, Mapping[str, Any]]) -> Mapping[str, Any]:
        first = max(0, bar + 1 - self.nodes[index].candles.bars)
        return self._calculate(index, first, bar + 1, seen, whole=False)

    def _calculate(
        self, index: int, first: int, end: int, seen: dict[int, Mapping[str, Any]], *, whole: bool
    ) -> Mapping[str, Any]:
        if index not in seen:
            one = self.nodes[index]
            arguments = [self._given(one, place, first, end, seen, whole=whole) for place in range(len(one.feeds))]
            seen[index] = self._call(one, arguments)
        return seen[index]

    def _call(self, one: ColumnNode, arguments: Sequence[Any]) -> Mapping[str, Any]:
        for (_, mark, _), value in zip(one.feeds, arguments, strict=True):
            if value is _NO_COLUMN or (mark is not None and mark.length(value) < one.needed):
                return {}
        returned = one.node.definition.function(*arguments, **one.config)
        ports = one.node.definition.ports_of(returned)
        return {name: value for name, value in ports.items() if not is_missing(value)}

    def _given(
        self, one: ColumnNode, place: int, first: int, end: int, seen: dict[int, Mapping[str, Any]], *, whole: bool
    ) -> Any:
        source, mark, constant = one.feeds[place]
        if mark is None:
            return constant
        if source is not None:
            found = self._calculate(source[0], first, end, seen, whole=whole).get(source[1], _NO_COLUMN)
            return found if found is _NO_COLUMN else mark.read(found)
        told = self.prices.told
        if isinstance(mark, CandleMark):
            return {**{name: column[first:end] for name, column in told.items()}, "closed": True}
        return told["close"][first:end]


def find_columns(plan: Plan, prices: Prices, roots: Roots, *, of: Collection[int] | None = None) -> Panel:
    """The nodes of a plan that are columns. `roots` are what expressions read that is the same in every run; `of` are
    the `market.candles` that ask for these prices, None: all do."""
    candles: dict[int, Candles] = {}
    nodes: dict[int, ColumnNode] = {}
    for node in _in_order(plan):
        if node.definition.name == _CANDLES:
            found = _candles(node, prices) if of is None or node.index in of else None
            if found is not None:
                candles[node.index] = found
        elif node.kind == "pure":
            one = _column_node(node, candles, nodes, roots)
            if one is not None:
                nodes[node.index] = one
    return Panel(prices, candles, nodes)


def constant_config(node: NodePlan, roots: Roots) -> Mapping[str, Any] | None:
    """Its config, where that is the same in every run."""
    config = dict(node.static_config)
    for name, render, validated in node.dynamic_config:
        if node.reads.nodes or node.reads.roots - {"workflow", "params"}:
            return None
        try:
            value = render(roots, None)
            config[name] = node.definition.config_value(name, value) if validated else value
        except (TreadleError, ValueError):
            return None
    return config


def _in_order(plan: Plan) -> list[NodePlan]:
    """Each after what it is fed by."""
    waiting = list(plan.graph.waiting)
    ready = [node for node in plan.graph.nodes if waiting[node.index] == 0]
    ordered: list[NodePlan] = []
    while ready:
        node = ready.pop(0)
        ordered.append(node)
        for at in node.dependents:
            waiting[at] -= 1
            if waiting[at] == 0:
                ready.append(plan.graph.nodes[at])
    return ordered


def _candles(node: NodePlan, prices: Prices) -> Candles | None:
    config = node.static_config
    if node.dynamic_config or config.get("running") or node.node.disabled or node.node.lazy:
        return None
    length, bars = milliseconds(str(config.get("timeframe", "1h"))), int(config.get("bars", 200))
    if length == prices.length:
        return Candles(node, bars)
    joined = join_prices(prices, length)
    return None if joined is None else Candles(node, bars, joined)


def _column_node(
    node: NodePlan, candles: Mapping[int, Candles], nodes: Mapping[int, ColumnNode], roots: Roots
) -> ColumnNode | None:
    if node.series is None or node.triggers or node.when is not None or node.node.disabled or node.node.lazy:
        return None
    if node.node.after or node.uses_input or node.is_drawn or node.on_error != "fail" or not _cannot_fail(node):
        return None
    marks = dict(node.series.columns)
    feeds: list[tuple[tuple[int, str] | None, Collects | None, Any]] = []
    seen: set[Candles] = set()
    for place, item in enumerate(node.inputs):
        mark = marks.get(place)
        if not item.sources:
            if item.render is not None or item.has_constant:
                return None
            feeds.append((None, None, item.default))
            continue
        if len(item.sources) != 1 or mark is None or not isinstance(mark, PriceMark | CandleMark):
            return None
        source, port = item.sources[0]
        if source in candles:
            seen.add(candles[source])
            feeds.append((None, mark, None))
        elif source in nodes and (nodes[source].node.definition.name, port) in _SOLID:
            seen.add(nodes[source].candles)
            feeds.append(((source, port), mark, None))
        else:
            return None
    config = constant_config(node, roots)
    if len(seen) != 1 or config is None:
        return None
    try:
        lookback = node.definition.lookback_of(config)
    except TreadleError:
        return None
    return ColumnNode(node, seen.pop(), tuple(feeds), config, (lookback or 0) + 1)


def _cannot_fail(node: NodePlan) -> bool:
    """Whether it gives something for any candles: a run that would fail must not be passed over because nobody needs
    what the node gives."""
    if node.definition.name == "indicator.custom":
        return is_newest(node)
    return node.definition.name in SAFE


SAFE = frozenset(
    f"indicator.{name}"
    for name in ("adx", "atr", "bollinger", "donchian", "ma", "macd", "obv", "pattern", "rsi", "stochastic", "vwap",
                 "zscore")
)  # fmt: skip
_SOLID = frozenset(
    [(f"indicator.{name}", "value") for name in ("adx", "atr", "ma", "rsi")]
    + [("indicator.macd", port) for port in ("macd", "signal", "histogram")]
    + [("indicator.bollinger", port) for port in ("upper", "middle", "lower")]
)
"""What says something from its first value on: who is fed by anything else may fail."""


def _is_same(one: Panel, other: Panel, index: int) -> bool:
    mine, theirs = one.nodes[index], other.nodes[index]
    fed = [source[0] for source, _, _ in mine.feeds if source is not None]
    return (
        mine.config == theirs.config
        and mine.candles.bars == theirs.candles.bars
        and mine.candles.joined is theirs.candles.joined
        and mine.node.definition is theirs.node.definition
        and [feed[0] for feed in mine.feeds] == [feed[0] for feed in theirs.feeds]
        and all(_is_same(one, other, source) for source in fed)
    )
