"""Many variants of one backtest, on all cores."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from benchmarks.backtest.market import minutes, prepare, template
from benchmarks.row import Row

BARS, SIDE = 100_000, 30


def measure(scale: float) -> Iterator[Row]:
    bars, side = minutes(max(5_000, int(BARS * scale))), SIDE if scale >= 0.5 else 10
    flow = template("rsi-mean-reversion", timeframe="1m")
    variants = [
        {"rsi.period": 7 + period, "rsi.oversold": 20.0 + level / 2}
        for period in range(side)
        for level in range(side)
    ]  # fmt: skip
    threads = os.cpu_count() or 1
    prepare(flow, bars).evaluate_many(variants[:1], threads=threads)
    taken, worked = list[float](), list[float]()
    for _ in range(3 if scale >= 1 else 1):
        begin, began = time.perf_counter(), time.process_time()
        found = prepare(flow, bars).evaluate_many(variants, threads=threads)
        taken.append(time.perf_counter() - begin)
        worked.append(time.process_time() - began)
        if any(one.error is not None for one in found):
            raise RuntimeError(f"A variant could not be evaluated: {next(one.error for one in found if one.error)}")
    yield Row(f"backtest_sweep_of_{side * side}", min(taken), "s", "lower", must=1.5)
    yield Row(f"backtest_sweep_of_{side * side}_processor_time", min(worked), "s", "lower")
