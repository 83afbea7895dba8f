"""The template of the RSI as a graph: compiled, and without numba."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from benchmarks.backtest.market import best, minutes, prepare, template, without
from benchmarks.row import Row

BARS = 1_000_000
_PEAK = """
import sys
sys.modules["pandas"] = None
from benchmarks.backtest.market import minutes, peak_memory, prepare, template
prepare(template("rsi-mean-reversion", timeframe="1m"), minutes({bars})).evaluate({{}})
print(peak_memory())
"""
"""TA-Lib loads pandas where it happens to be installed, as it is with the tests; nothing of Treadle brings it."""


_QUICK = """
from benchmarks.backtest.market import best, minutes, prepare, template
bars, flow = minutes({bars}), template("rsi-mean-reversion", timeframe="1m")
print(best(lambda: prepare(flow, bars).evaluate({{}}), times={times}))
"""
"""In a process of its own, as a backtest is: what others have left of the memory in pieces costs a fifth."""


def measure(scale: float) -> Iterator[Row]:
    bars = minutes(max(20_000, int(BARS * scale)))
    flow = template("rsi-mean-reversion", timeframe="1m")
    count = len(bars)
    compiled = float(_alone(_QUICK.format(bars=count, times=12 if scale >= 1 else 1)))
    peers = {} if find_spec("vectorbt") is None else {"vectorbt": count / best(lambda: _vectorbt(bars), times=3)}
    yield Row("backtest_rsi_compiled", count / compiled, "bars/s", "higher", must=20_000_000, peers=peers)
    with without("numba"):
        plain = best(lambda: prepare(flow, bars).evaluate({}), times=3)
    yield Row("backtest_rsi_without_numba", count / plain, "bars/s", "higher", must=1_000_000)
    yield Row("backtest_peak_memory", int(_alone(_PEAK.format(bars=count))) / 2**20, "MB", "lower", must=400)


def _alone(program: str) -> str:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout


def _vectorbt(bars: Any) -> None:
    """The same rule: below 30 in, above 55 out, at the next open, with fees."""
    import numpy
    import talib
    import vectorbt  # pyright: ignore[reportMissingImports]

    strength = talib.RSI(bars.close, 14)
    enter, leave = numpy.roll(strength < 30, 1), numpy.roll(strength > 55, 1)
    enter[0] = leave[0] = False
    portfolio: Any = vectorbt.Portfolio.from_signals(  # pyright: ignore[reportUnknownMemberType]
        bars.close, enter, leave, price=bars.open, fees=0.001, size=1000, size_type="value", init_cash=1_000_000
    )
    portfolio.value()
