"""The first result of a process that has just begun, in processor time: it waits for nothing, and uses one core."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.row import Row

_PROGRAM = """
from benchmarks.backtest.market import minutes, prepare, template
prepare(template("rsi-mean-reversion", timeframe="1m"), minutes({bars})).evaluate({{}}).figures["total_return"]
"""
BARS = 100_000


def measure(scale: float) -> Iterator[Row]:
    program = _PROGRAM.format(bars=max(1_000, int(BARS * scale)))
    taken: list[float] = []
    for _ in range(3 if scale >= 1 else 1):
        begin = _of_children()
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300)
        taken.append(_of_children() - begin)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
    yield Row("backtest_first_result_of_a_cold_process", min(taken), "s", "lower", must=2)


def _of_children() -> float:
    """Seconds of processor time of the processes that have ended."""
    told = os.times()
    return told.children_user + told.children_system
