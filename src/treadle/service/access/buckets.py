"""How often something may be done: a bucket for each who does it, in memory, the idlest forgotten first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from time import monotonic

_REMEMBERED = 20_000


class Buckets:
    """`most` turns at once, and `each` a second after that. A bucket that has been forgotten is full."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def wait_for(self, key: Hashable, *, most: float, each: float) -> float:
        """Seconds until there is a turn; 0: now. None is taken."""
        return max(0.0, (1 - self._left(key, most, each)) / each)

    def take(self, key: Hashable, *, most: float, each: float) -> float:
        """Take a turn, if there is one: 0 then, and else the seconds until there is."""
        left = self._left(key, most, each)
        if left < 1:
            return (1 - left) / each
        self._buckets[key] = (left - 1, self._now())
        self._buckets.move_to_end(key)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        return 0.0

    def _left(self, key: Hashable, most: float, each: float) -> float:
        now = self._now()
        left, at = self._buckets.get(key, (most, now))
        return min(most, left + (now - at) * each)
