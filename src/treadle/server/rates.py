"""Rate limits of the API: a bucket of requests for each user, and for each address that is not signed in."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from treadle.errors import LimitExceeded
from treadle.service.access.actor import Actor
from treadle.service.access.buckets import Buckets
from treadle.service.access.throttle import network_of

_BURST = 1 / 6
"""Of a minute's requests, so many may come at once."""


class Rates:
    """What one process lets through."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._buckets = Buckets(now)

    def take(self, actor: Actor | None, address: str | None, *, per_minute: int) -> None:
        """One request; 0 a minute is no limit. Raises `LimitExceeded` (`too_many_requests`)."""
        if per_minute == 0:
            return
        key = f"user {actor.user_id}" if actor is not None else f"address {network_of(address)}"
        wait = self._buckets.take(key, most=max(1.0, per_minute * _BURST), each=per_minute / 60)
        if wait:
            raise LimitExceeded(
                f"More than {per_minute} requests a minute.",
                code="too_many_requests",
                remedy="Wait as long as `Retry-After` says; many small requests may become one larger one.",
                retry_after=wait,
            )
