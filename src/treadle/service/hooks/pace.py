"""How often an address may call."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from time import monotonic

from treadle.errors import LimitExceeded
from treadle.service.access.buckets import Buckets


class Pace:
    """At most `per_minute` for each key, a minute's worth at once; 0: any number."""

    def __init__(self, per_minute: int, *, now: Callable[[], float] = monotonic) -> None:
        self._per_minute = per_minute
        self._buckets = Buckets(now)

    def take(self, key: Hashable) -> None:
        """Raises `LimitExceeded` (`too_many_requests`)."""
        self._ask(self._buckets.take, key)

    def require(self, key: Hashable) -> None:
        """Take nothing, but refuse whoever has nothing left. Raises `LimitExceeded`."""
        self._ask(self._buckets.wait_for, key)

    def _ask(self, ask: Callable[..., float], key: Hashable) -> None:
        if not self._per_minute:
            return
        wait = ask(key, most=float(self._per_minute), each=self._per_minute / 60)
        if wait:
            raise LimitExceeded(
                "Too many requests.", code="too_many_requests", remedy="Wait, then send it again.", retry_after=wait
            )
