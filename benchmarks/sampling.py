"""Sampling: rounds in turns, so that what else the machine does falls on all alike."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from statistics import median

__all__ = ["at_once", "median", "per_call", "quantile", "rounds"]


def rounds(count: int, *samples: Callable[[], float]) -> list[float]:
    """The median of each of `samples`, called in turns `count` times."""
    taken: list[list[float]] = [[] for _ in samples]
    for _ in range(count):
        for values, sample in zip(taken, samples, strict=True):
            gc.collect()
            values.append(sample())
    return [median(values) for values in taken]


def per_call(call: Callable[[], object], *, times: int, repeat: int = 7) -> float:
    """Seconds one call takes: the median over `repeat` rounds of `times` calls."""
    taken: list[float] = []
    for _ in range(repeat):
        start = time.perf_counter()
        for _ in range(times):
            call()
        taken.append((time.perf_counter() - start) / times)
    return median(taken)


async def at_once(clients: int, total: int, work: Callable[[], Awaitable[object]]) -> float:
    """How many a second `clients` get done that each do one after the other, `total` in all."""
    left = iter(range(total))

    async def client() -> None:
        for _ in left:
            await work()

    start = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return total / (time.perf_counter() - start)


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
