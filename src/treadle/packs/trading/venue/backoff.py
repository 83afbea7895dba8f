"""`Backoff`: how long to wait before a connection is tried again."""

from __future__ import annotations

import random
from collections.abc import Callable


class Backoff:
    """Twice as long each time, up to `most`, and never quite the same (all who were cut off would come back at once).
    `reset` when it works again."""

    def __init__(self, *, first: float = 0.25, most: float = 30.0, chance: Callable[[], float] = random.random) -> None:
        self._first, self._most, self._chance = first, most, chance
        self.failures = 0

    def next(self) -> float:
        """Seconds: between half of the step and all of it."""
        step = min(self._first * 2.0**self.failures, self._most)
        self.failures += 1
        return step * (0.5 + self._chance() / 2)

    def reset(self) -> None:
        self.failures = 0
