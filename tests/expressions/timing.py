"""How long something takes on a machine that is busy with something else as well."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def timed(call: Callable[[], T], *, enough: float) -> tuple[T, float]:
    """What the call came to, and its seconds: the least of up to three calls, as long as they take more than `enough`.
    What takes for ever takes it each time; what was only held up does not."""
    least = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        found = call()
        least = min(least, time.perf_counter() - started)
        if least < enough:
            break
    return found, least
