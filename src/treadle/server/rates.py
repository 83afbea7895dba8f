"""Rate limits of the API: a bucket of requests for each user, and for each address that is not signed in."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from treadle.errors import LimitExceeded
from treadle.service.access.actor import Actor
from treadle.service.access.throttle import network_of

_REMEMBERED = 10_000
_BURST = 1 / 6
"""Of a minute's requests, so many may come at once."""


class Rates:
    """In memory: what one process lets through. A bucket that has been forgotten is full."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, actor: Actor | None, address: str | None, *, per_minute: int) -> None:
        """One request; 0 a minute is no limit. Raises `LimitExceeded` (`too_many_requests`)."""
        if per_minute == 0:
            return
        key = f"user {actor.user_id}" if actor is not None else f"address {network_of(address)}"
        most, each = max(1.0, per_minute * _BURST), per_minute / 60
        now = self._now()
        left, at = self._buckets.get(key, (most, now))
        left = min(most, left + (now - at) * each)
        if left < 1:
            wait = (1 - left) / each
            raise LimitExceeded(
                f"More than {per_minute} requests a minute.",
                code="too_many_requests",
                remedy="Wait as long as `Retry-After` says; many small requests may become one larger one.",
                retry_after=wait,
            )
        self._buckets[key] = (left - 1, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
