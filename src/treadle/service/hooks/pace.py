"""How often an address may call: buckets in memory, as many as fit, the idlest forgotten first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from time import monotonic

from treadle.errors import LimitExceeded

_MOST = 20_000


class Pace:
    """At most `per_minute` for each key, a minute's worth at once; 0: any number."""

    def __init__(self, per_minute: int, *, now: Callable[[], float] = monotonic) -> None:
        self._most = float(per_minute)
        self._now = now
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable) -> None:
        """Raises `LimitExceeded` (`too_many_requests`)."""
        if not self._most:
            return
        now = self._now()
        left = self._left(key, now)
        if left < 1:
            self._buckets[key] = (left, now)
            raise _refused((1 - left) * 60 / self._most)
        self._buckets[key] = (left - 1, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > _MOST:
            self._buckets.popitem(last=False)

    def require(self, key: Hashable) -> None:
        """Take nothing, but refuse whoever has nothing left. Raises `LimitExceeded`."""
        if self._most and (left := self._left(key, self._now())) < 1:
            raise _refused((1 - left) * 60 / self._most)

    def _left(self, key: Hashable, now: float) -> float:
        left, at = self._buckets.get(key, (self._most, now))
        return min(self._most, left + (now - at) * self._most / 60)


def _refused(seconds: float) -> LimitExceeded:
    return LimitExceeded(
        "Too many requests.", code="too_many_requests", remedy="Wait, then send it again.", retry_after=seconds
    )
