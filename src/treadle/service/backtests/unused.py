"""Bars that nobody in the workflow looks at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from treadle.model.issue import Issue
from treadle.model.nearest import listed
from treadle.model.workflow import Graph
from treadle.service.backtests.request import ANY_SYMBOL, BacktestRequest

_NAMES = ("symbol", "symbols")


def find_unused(request: BacktestRequest) -> tuple[str, ...]:
    """Markets of the request that its workflow names nowhere; none where a symbol is known only when it runs, and none
    where it would be all of them: what lacks is said otherwise."""
    if any(_is_open(graph) for graph in graphs_of(request.workflow)):
        return ()
    texts = {text for text in _texts([request.workflow.model_dump(), request.input, request.stubs, request.paper])}
    unused = tuple(
        key for key in request.bars if key != ANY_SYMBOL and not any(key.rpartition(":")[2] in text for text in texts)
    )
    return unused if len(unused) < len(request.bars) else ()


def tell_unused(unused: Sequence[str], request: BacktestRequest) -> Iterator[Issue]:
    used = [key for key in request.bars if key not in unused]
    if unused:
        yield Issue(
            "unused_market",
            f"The bars of {listed(unused)} were left out: nobody in the workflow looks at them, but at {listed(used)}.",
            ("data",),
            remedy="Leave them out, or name the market at a node.",
            severity="warning",
        )


def _is_open(graph: Graph) -> bool:
    """Whether a symbol is calculated, or comes over a connection."""
    return any(wire.input in _NAMES for wire in graph.connections) or any(
        "{{" in str(value) for node in graph.nodes for name, value in _settings(node.config) if name in _NAMES
    )


def _settings(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in given.items():
        yield name, value
        if isinstance(value, Mapping):
            yield from _settings(cast("Mapping[str, Any]", value))


def graphs_of(graph: Graph) -> Iterator[Graph]:
    yield graph
    for node in graph.nodes:
        for body in (node.body, node.catch, node.finally_):
            if body is not None:
                yield from graphs_of(body)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, one in cast("Mapping[str, Any]", value).items():
            yield name
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in cast("Sequence[Any]", value):
            yield from _texts(one)
