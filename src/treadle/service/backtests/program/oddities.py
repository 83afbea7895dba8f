"""The moments at which asking the market fails, or may: they are taken exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from treadle.engine.plan import NodePlan, Plan
from treadle.model.duration import parse_duration
from treadle.packs.trading.bars import milliseconds
from treadle.packs.trading.orders.limits import Limits
from treadle.service.backtests.program.joined import join_prices
from treadle.service.backtests.program.planning import Program

FAILS, TOO_OLD = 1, 2
"""Bits: a node that asks fails there; an order that opens is refused for the age of its price."""
_LATE = 60.0


def find_oddities(program: Program, limits: Limits) -> Any:
    """By moment."""
    import numpy

    moments, prices = program.moments, program.prices
    found = numpy.zeros(len(moments), dtype=numpy.uint8)
    found[moments.known == 0] |= FAILS
    if not len(prices):
        return found
    asked = _all(program.plan, "market.candles")
    longer = [node for node in asked if _length(node) != prices.length]
    for node in longer:
        _find_odd_longer(program, node, found)
    if prices.is_regular and moments.are_closes(prices):
        return found
    own = [node for node in asked if node not in longer]
    bars = numpy.maximum(moments.known - 1, 0)
    age = (moments.times - prices.closes[bars]) / 1000
    for most in _quote_ages(program.plan):
        found[age > most] |= FAILS
    for most in _candle_ages(own):
        over = prices.times[bars] + prices.length
        found[(moments.times - numpy.minimum(over, moments.times)) / 1000 > most] |= FAILS
    if limits.max_price_age is not None and "max_price_age" in limits.model_fields_set:
        found[age > limits.max_price_age] |= TOO_OLD
    steps = numpy.diff(prices.times)
    widest = max((int(node.static_config.get("bars", 200)) for node in own), default=0)
    if widest and program.history.gaps != "allow" and bool((steps != prices.length).any()):
        # Candles with a gap among them are refused.
        gaps = numpy.concatenate(([0], numpy.cumsum(steps != prices.length)))
        first = numpy.maximum(bars - widest + 1, 0)
        found[gaps[bars] != gaps[first]] |= FAILS
    return found


def _find_odd_longer(program: Program, node: NodePlan, found: Any) -> None:
    """Where candles that are put together of the bars fail: there is none yet, it is too old, one is missing."""
    import numpy

    moments, prices = program.moments, program.prices
    joined = join_prices(prices, _length(node))
    if joined is None:
        return  # each run asks for them
    known, length = joined.known[moments.known], joined.prices.length
    found[known == 0] |= FAILS
    times = joined.prices.times
    if not len(times):
        return
    newest = numpy.maximum(known - 1, 0)
    for most in _candle_ages([node]):
        found[(moments.times - numpy.minimum(times[newest] + length, moments.times)) / 1000 > most] |= FAILS
    is_gap = numpy.diff(times) != length
    if program.history.gaps != "allow" and bool(is_gap.any()):
        gaps = numpy.concatenate(([0], numpy.cumsum(is_gap)))
        first = numpy.maximum(newest - int(node.static_config.get("bars", 200)) + 1, 0)
        found[gaps[newest] != gaps[first]] |= FAILS


def _length(node: NodePlan) -> int:
    return milliseconds(str(node.static_config.get("timeframe", "1h")))


def _all(plan: Plan, name: str) -> Any:
    return [node for node in plan.graph.nodes if node.definition.name == name and not node.node.disabled]


def _quote_ages(plan: Plan) -> list[float]:
    return [float(age) for node in _all(plan, "market.quote") if (age := _age(node, 60.0)) is not None]


def _candle_ages(nodes: Sequence[NodePlan]) -> list[float]:
    ages: list[float] = []
    for node in nodes:
        length = _length(node) / 1000
        age = _age(node, None)
        ages.append(age if age is not None else length + max(5.0, min(_LATE, length)))
    return ages


def _age(node: Any, default: float | None) -> float | None:
    given = node.static_config.get("max_age", default)
    if given is None or isinstance(given, int | float):
        return given
    return parse_duration(given)
