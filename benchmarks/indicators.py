"""Group `indicators`: what an indicator in a live run costs beyond TA-Lib's own update."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Iterator
from time import perf_counter
from typing import Any

import numpy
import talib.stream

from benchmarks.row import Row
from benchmarks.sampling import per_call
from treadle.model.workflow import Connection, Node, Workflow
from treadle.node import Registry, node
from treadle.testing import Harness

PRICES = numpy.round(100 + numpy.cumsum(numpy.random.default_rng(1).normal(0, 1, 2000)), 2)
PERIOD = 14


def measure(scale: float) -> Iterator[Row]:
    times = max(100, int(50_000 * scale))
    definition = Registry.installed().get("indicator.rsi")
    if definition.opener is None:
        raise RuntimeError("indicator.rsi cannot be carried on value by value.")
    ours: Any = definition.opener(PRICES, period=PERIOD)
    bare = talib.stream.RSI(PRICES, timeperiod=PERIOD)
    if ours.peek(0.0, 101.0).value != bare.peek(101.0):
        raise RuntimeError("The indicator does not come to what TA-Lib does.")

    def carried() -> None:
        ours.peek(0.0, 101.0)
        ours.update(0.0, 101.0)

    def talibs() -> None:
        bare.peek(101.0)
        bare.update(101.0)

    seconds, limit = per_call(carried, times=times), per_call(talibs, times=times)
    yield Row("indicator_update_above_talib", (seconds - limit) * 1e6, "µs", "lower", must=2)
    yield Row("indicator_update", seconds * 1e6, "µs", "lower", limit=limit * 1e6)
    column = talib.RSI(PRICES, PERIOD)
    whole = per_call(lambda: definition(PRICES, period=PERIOD), times=max(20, times // 50))
    bare_whole = per_call(lambda: talib.RSI(PRICES, PERIOD), times=max(20, times // 50))
    if definition(PRICES, period=PERIOD).value[-1] != column[-1]:
        raise RuntimeError("The indicator does not come to what TA-Lib does over a column.")
    yield Row("indicator_over_2000_values", whole * 1e6, "µs", "lower", limit=bare_whole * 1e6)
    milliseconds = asyncio.run(_ticks(max(20, int(1_000 * scale))))
    yield Row("indicator_tick_in_memory_p50", milliseconds, "ms", "lower")


@node("benchmark.price")
def price(*, price: float) -> float:
    """What the run is told."""
    return price


async def _ticks(count: int) -> float:
    """Milliseconds of a run: a price, an RSI that collects, its value; journaled in memory."""
    harness = Harness(nodes=[price])
    flow = Workflow(
        name="ticks",
        nodes=(
            Node(id="price", type="benchmark.price", config={"price": "{{ workflow.input.price }}"}),
            Node(id="rsi", type="indicator.rsi"),
        ),
        connections=(Connection(source="price", output="output", target="rsi", input="series"),),
    )
    plan = harness.plan(flow)
    taken: list[float] = []
    for at in range(count):
        start = perf_counter()
        await harness.run(flow, input={"price": float(PRICES[at % len(PRICES)])}, deployment="bot")
        taken.append((perf_counter() - start) * 1000)
    if not plan.has_series:
        raise RuntimeError("Nothing was collected.")
    return statistics.median(taken)
