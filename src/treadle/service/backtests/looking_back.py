"""How far a workflow looks back: what bars of a market there have to be before a test begins, and which may be there.

A bot that is started asks its venue for the candles of before, and has them. So does a test; and since what happens to
lie in the cache says nothing of the market, it has the same of each market and no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

from treadle.errors import TreadleError
from treadle.packs.trading.bars import milliseconds
from treadle.packs.trading.trigger.measure import Measure
from treadle.service.backtests.unused import graphs_of

if TYPE_CHECKING:
    from treadle.model.workflow import Workflow
    from treadle.service.backtests.request import BacktestRequest
    from treadle.service.backtests.search.request import Parameter, Search

_CANDLES, _INDICATOR = "market.candles", "trigger.indicator"
_TIMEFRAME, _BARS = "1h", 200
"""Of candles that say nothing else."""
_MANY = 1_000
"""Bars of a node that calculates how many it asks for."""


def warm_up_since(request: BacktestRequest, length: int) -> int | None:
    """From when on (ms) bars of `length` are there: as far before the test begins as anything looks back, and one more,
    so that there is a price at once. None: from the first on."""
    if request.since is None:
        return None
    reach = request.looks_back if request.looks_back is not None else find_look_back(request.workflow)
    begin = round(request.since.timestamp() * 1000)
    since = begin - max(reach, 2 * length)
    # Longer bars are put together of whole ones.
    whole = max([length, *_timeframes(request.workflow)])
    return since - since % whole


def find_look_back(workflow: Workflow, parameters: Iterable[Parameter] = ()) -> int:
    """How long before (ms) the oldest candles lie that a node asks for, with whatever these parameters make of it."""
    tried: dict[str, dict[str, Sequence[Any]]] = {}
    for one in parameters:
        node, _, field = one.name.partition(".")
        tried.setdefault(node, {})[field] = one.values if one.values is not None else (one.low, one.high)
    return max((_reach(*one) for one in _asking(workflow, tried)), default=0)


def looking_back(request: BacktestRequest, wanted: Search) -> BacktestRequest:
    """The request with the reach of the variant that looks back furthest: all are tested over the same bars."""
    sweep = wanted.sweep if wanted.walk_forward is None else wanted.walk_forward.sweep
    if sweep is None or request.looks_back is not None:
        return request
    return replace(request, looks_back=find_look_back(request.workflow, sweep.parameters))


def _asking(
    workflow: Workflow, tried: Mapping[str, Mapping[str, Sequence[Any]]]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for graph in graphs_of(workflow):
        for node in graph.nodes:
            if node.type not in (_CANDLES, _INDICATOR) or node.disabled:
                continue
            given = tried.get(node.id, {})
            yield node.type, node.config
            for values in product(*(_furthest(one) for one in given.values())):
                yield node.type, {**node.config, **dict(zip(given, values, strict=True))}


def _furthest(values: Sequence[Any]) -> Sequence[Any]:
    """Of numbers the first and the last: nothing between reaches further."""
    if all(isinstance(one, int | float) for one in values):
        return sorted({min(values), max(values)})
    return values


def _timeframes(workflow: Workflow) -> Iterator[int]:
    for _, config in _asking(workflow, {}):
        if (length := _length(config)) is not None:
            yield length


def _reach(type: str, config: Mapping[str, Any]) -> int:
    length = _length(config)
    # Where it is not known before how long they are, as with those that say nothing.
    each = milliseconds(_TIMEFRAME) if length is None else length
    return (_count(type, config) + 1) * each


def _count(type: str, config: Mapping[str, Any]) -> int:
    if type == _INDICATOR:
        try:
            return Measure(config["indicator"], config.get("settings") or {}, config.get("output")).keep
        except (TreadleError, KeyError, TypeError, ValueError):
            return _MANY
    bars = config.get("bars", _BARS)
    return int(bars) if isinstance(bars, int | float) else _MANY


def _length(config: Mapping[str, Any]) -> int | None:
    timeframe = config.get("timeframe", _TIMEFRAME)
    try:
        return milliseconds(timeframe) if isinstance(timeframe, str) else None
    except TreadleError:
        return None
