"""Whether there are bars enough for a node ever to say something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from treadle.model.counted import counted
from treadle.model.issue import Issue
from treadle.packs.trading.bars import milliseconds

if TYPE_CHECKING:
    from treadle.model.workflow import Graph, Node
    from treadle.node.registry import Registry
    from treadle.service.backtests.history import History

CANDLES = "market.candles"
_USUAL = "1h"
"""The timeframe of candles that name none."""


def find_too_little(
    graph: Graph, history: History, registry: Registry, place: tuple[str | int, ...] = ("nodes",)
) -> Iterator[Issue]:
    """Of nodes that look back on more bars than there are, from the first to the last."""
    sources = _sources(graph)
    for number, node in enumerate(graph.nodes):
        for name in ("body", "catch", "finally_"):
            body: Graph | None = getattr(node, name)
            if body is not None:
                yield from find_too_little(body, history, registry, (*place, number, name.rstrip("_"), "nodes"))
        needed, timeframe = _needed(node, registry), _timeframe_of(node, graph, sources)
        if needed is None or timeframe is None or node.disabled:
            continue
        there = _count(history, timeframe)
        if needed > there:
            yield Issue(
                "too_little_history",
                f"`{node.id}` looks back on {counted(needed, 'bar')} of {timeframe}; there are {there:,}.",
                path=(*place, number),
                node=node.id,
                remedy="Give longer bars of the past, or let it look back on fewer.",
            )


def _needed(node: Node, registry: Registry) -> int | None:
    definition = registry.find(node.type)
    if definition is None or definition.lookback is None or "{{" in str(node.config):
        return None
    try:
        before = definition.lookback_of(node.config)
    except (KeyError, TypeError, ValueError):
        return None  # what its config lacks is said by who checks that
    return None if before is None else before + 1


def _sources(graph: Graph) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for connection in graph.connections:
        found.setdefault(connection.target, []).append(connection.source)
    return found


def _timeframe_of(node: Node, graph: Graph, sources: Mapping[str, Sequence[str]]) -> str | None:
    """Of the candles that come to it, whatever is between."""
    nodes = {one.id: one for one in graph.nodes}
    open_, seen = list(sources.get(node.id, ())), set[str]()
    while open_:
        name = open_.pop()
        if name in seen or name not in nodes:
            continue
        seen.add(name)
        if nodes[name].type == CANDLES:
            timeframe: Any = nodes[name].config.get("timeframe", _USUAL)
            return timeframe if isinstance(timeframe, str) and "{{" not in timeframe else None
        open_ += sources.get(name, ())
    return None


def _count(history: History, timeframe: str) -> int:
    """How many there are of the market that has most of them."""
    length = milliseconds(timeframe)
    return max(
        (int(bars.time[-1] - bars.time[0] + bars.length) // length if len(bars) else 0)
        for bars in history.bars.values()
    )  # fmt: skip
