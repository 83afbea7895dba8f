"""A market of one-minute bars, the same each time, and backtests over it."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy

from treadle.authoring.check.file import check_file
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.backtests.data.arrays import BarArrays
from treadle.service.backtests.program.prepared import Prepared
from treadle.service.backtests.request import BacktestRequest
from treadle.service.settings import Settings
from treadle.service.templates.filling import fill
from treadle.service.templates.reading import read_template
from treadle.service.templates.shipped import shipped_texts

MINUTE = 60_000
BEGIN = 1_704_067_200_000
"""2024-01-01 00:00 UTC."""
SYMBOL = "BTC/USDT"
PAPER: Mapping[str, Any] = {"balance": {"USDT": 1_000_000}, "fees": 0.001}


def minutes(count: int) -> BarArrays:
    """A price that goes to and fro by five hundredths of a percent a minute."""
    draw = numpy.random.default_rng(7)
    close = numpy.round(20_000 * numpy.exp(numpy.cumsum(draw.standard_normal(count) * 0.0005)), 2)
    opened = numpy.concatenate(([20_000.0], close[:-1]))
    up, down = (1 + sign * numpy.abs(draw.standard_normal(count)) * 1e-4 for sign in (1, -1))
    high = numpy.round(numpy.maximum(opened, close) * up, 2)
    low = numpy.round(numpy.minimum(opened, close) * down, 2)
    volume = numpy.round(draw.random(count) * 10 + 1, 4)
    times = BEGIN + numpy.arange(count, dtype=numpy.int64) * MINUTE
    return BarArrays.of(times, opened, high, low, close, volume, timeframe="1m")


def template(name: str, **parameters: Any) -> Workflow:
    """A template as it is shipped, with these parameters."""
    registry = installed()
    text = next(text for file, text in shipped_texts() if file == f"{name}.yaml")
    read, result = read_template(check_file(text, registry, source=name), registry)
    if read is None:
        raise RuntimeError(f"The template {name} is wrong: {result.issues}")
    return workflow(fill(read, parameters, name=name))


def workflow(text: str) -> Workflow:
    loaded = check_file(text, installed(), source="benchmark")
    if not loaded.result.valid:
        raise RuntimeError(f"The workflow is wrong: {loaded.result.issues}")
    return loaded.workflows[0]


@cache
def installed() -> Registry:
    """A process has one."""
    return Registry.installed()


def prepare(flow: Workflow, bars: BarArrays, **more: Any) -> Prepared:
    request = BacktestRequest(flow, {SYMBOL: bars}, paper=PAPER, **more)
    return Prepared.of(request, Settings(), installed())


def peak_memory() -> int:
    """Bytes that this process had at most."""
    status = Path("/proc/self/status")
    if status.exists():  # what `resource` tells of a child begins with what its parent had
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@contextmanager
def without(package: str) -> Generator[None]:
    """As if it were not installed."""
    kept = sys.modules.get(package)
    sys.modules[package] = None  # pyright: ignore[reportArgumentType]
    try:
        yield
    finally:
        del sys.modules[package]
        if kept is not None:
            sys.modules[package] = kept


def best(work: Callable[[], object], *, times: int) -> float:
    """Seconds of processor time, without the first."""
    work()
    taken: list[float] = []
    for _ in range(times):
        gc.collect()
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
    return min(taken)
