"""A test that a workflow can be given at once: over simulated markets, all that it asks for, as finely as it looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import gcd
from typing import Any, cast

from treadle.dispatch.timetable import next_due
from treadle.errors import ExpressionError, InvalidWorkflow, NodeError
from treadle.expressions import compile_expression
from treadle.model.workflow import Graph, Workflow
from treadle.node.registry import Registry
from treadle.packs.trading.bars import milliseconds
from treadle.packs.trading.simulated.listing import find_listing
from treadle.service.arming import find_triggers
from treadle.service.backtests.binding import PROVIDER, require_simulated, venues_of
from treadle.service.backtests.data.source import simulated_venue
from treadle.service.backtests.going_on import find_going_on
from treadle.service.backtests.request import BacktestRequest

_TIMEFRAMES = ("1h", "30m", "15m", "10m", "5m", "2m", "1m", "30s", "20s", "10s", "5s", "2s")
_FINEST = "1s"
_PERIODS = ("90d", "30d", "14d", "7d", "3d", "1d", "12h", "6h", "1h")
_MOST_RUNS = 2_200
_LOOKED_AT = 60
"""Times of a schedule that say how finely it looks."""
_FROM = datetime(2024, 1, 1, tzinfo=UTC)
_CANDLES = "1h"
"""Of candles that say nothing else."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`data` and `paper` as the options of these names take them, and how long ago to begin. Where it cannot be tested
    so, `why_not` says why."""

    data: tuple[str, ...] = ()
    since: str = ""
    paper: tuple[str, ...] = ()
    why_not: str = ""

    @property
    def options(self) -> str:
        """What follows the name of the workflow on the command line."""
        data, paper = (f"--data {one}" for one in self.data), (f"--paper {one}" for one in self.paper)
        return " ".join([*data, f"--from {self.since}", *paper])


def suggest_test(workflow: Workflow, registry: Registry) -> Suggestion | None:
    """None where nothing in it orders, or nothing says when it runs."""
    if not any(node.type.startswith("order.") for node in workflow.walk()):
        return None
    times = _times_of(workflow, registry)
    if times is None:
        return None
    try:
        require_simulated(BacktestRequest(workflow, {}), registry)
        if any(node.type == "market.funding" and not node.disabled for node in workflow.walk()):
            return Suggestion(
                why_not="it asks for funding, which bars do not bring: say what was paid with --funding SYMBOL=FILE"
            )
        data = tuple(_data_of(workflow, _timeframe_of(workflow, times)))
    except (InvalidWorkflow, NodeError, _Unknown) as error:
        return Suggestion(why_not=str(getattr(error, "message", error)).rstrip("."))
    gap = min((times[-1] - times[0]) // (len(times) - 1), milliseconds("90d")) if len(times) > 1 else 0
    since = next((one for one in _PERIODS if milliseconds(one) <= gap * _MOST_RUNS), _PERIODS[-1])
    # What goes on with what was filled, in the same run, would find nothing filled yet.
    paper = ("fill=close",) if any(find_going_on(workflow, ())) else ()
    return Suggestion(data, since if times else "30d", paper)


class _Unknown(Exception):
    """A symbol that is worked out as the workflow runs."""


def _times_of(workflow: Workflow, registry: Registry) -> list[int] | None:
    """When it would run (ms), as far as the clock says it; None where nothing would ever start it."""
    try:
        triggers = find_triggers(workflow, registry, deployment=workflow.name, now=_FROM)
    except InvalidWorkflow:
        return None
    times: set[int] = set()
    for trigger in triggers:
        at = _FROM
        for _ in range(_LOOKED_AT):
            due = next_due(trigger, registry, at)
            if due is None:
                break
            times.add(round(due.timestamp() * 1000))
            at = due
    return sorted(times)


def _timeframe_of(workflow: Workflow, times: Sequence[int]) -> str:
    """The longest bars of which one is over whenever it looks, and of which its candles are made: prices that are older
    than a limit allows are refused."""
    wanted = [*times, *_candles_of(workflow)]
    finest = gcd(*wanted) if wanted else milliseconds(_CANDLES)
    return next((one for one in _TIMEFRAMES if finest % milliseconds(one) == 0), _FINEST)


def _candles_of(workflow: Workflow) -> Iterator[int]:
    for node in workflow.walk():
        timeframe = node.config.get("timeframe", _CANDLES if node.type == "market.candles" else None)
        if isinstance(timeframe, str) and "{{" not in timeframe:
            yield milliseconds(timeframe)


def _data_of(workflow: Workflow, timeframe: str) -> Iterator[str]:
    """Raises `_Unknown`, and `NodeError` for a market that is not simulated."""
    symbols = dict.fromkeys(_symbols_of(workflow, _scope_of(workflow)))
    venues = venues_of(workflow)
    for symbol in symbols:
        find_listing(symbol)
        if len(venues) < 2:
            yield f"{simulated_venue()}:{symbol}@{timeframe}"
        for venue in venues if len(venues) > 1 else ():
            yield f"{venue}:{symbol}={simulated_venue(market=venue)}:{symbol}@{timeframe}"


def _scope_of(workflow: Workflow) -> dict[str, Any]:
    given = {name: schema.get("default") for name, schema in workflow.inputs.items()}
    return {"workflow": {"input": given}, "params": {}}


def _symbols_of(graph: Graph, scope: Mapping[str, Any]) -> Iterator[str]:
    for wire in graph.connections:
        if wire.input in ("symbol", "symbols"):
            raise _Unknown(_WORKED_OUT)
    for node in graph.nodes:
        if node.disabled:
            continue
        provider = node.config.get("provider")
        for config in (node.config, provider if isinstance(provider, Mapping) else {}):
            for name in ("symbol", "symbols"):
                if name in config and (node.type == PROVIDER or node.type.partition(".")[0] in _OF_MARKETS):
                    found = _value(config[name], scope)
                    yield from found if isinstance(found, list) else [found]
        for body in (node.body, node.catch, node.finally_):
            if body is None:
                continue
            items = node.config.get("items")
            each = _value(items, scope) if isinstance(items, str) and body is node.body else None
            for item in cast("list[Any]", each) if isinstance(each, list) else [None]:
                yield from _symbols_of(body, {**scope, "loop": {"item": item}})


_OF_MARKETS = frozenset({"market", "order", "risk", "trigger"})
_WORKED_OUT = "which markets it asks for is worked out as it runs"


def _value(value: Any, scope: Mapping[str, Any]) -> Any:
    """What a setting comes to with the inputs as they stand. Raises `_Unknown`."""
    if isinstance(value, list):
        return [_value(one, scope) for one in cast("list[Any]", value)]
    if not isinstance(value, str) or "{{" not in value:
        return value
    try:
        if not (value.startswith("{{") and value.endswith("}}")):
            raise _Unknown(_WORKED_OUT)
        found = compile_expression(value[2:-2].strip()).evaluate(scope)
    except ExpressionError:
        found = None
    if found is None:
        raise _Unknown(_WORKED_OUT)
    return found
