"""`Limiter`: how often a venue may be asked, before it says no."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from treadle.packs.trading.venue.refusal import refusal


class Limiter:
    """At most `capacity` (in the venue's weights) within any `window` seconds, in the order asked. What the venue
    itself counts (`note_used`) and asks for (`pause`: Retry-After) is kept to. Who would wait longer than `patience`
    seconds is refused (`rate_limited`), and nothing is sent.
    """

    def __init__(
        self,
        capacity: float,
        window: float = 60.0,
        *,
        patience: float = 10.0,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.capacity, self.window = capacity, window
        self._patience = patience
        self._clock = clock or _monotonic
        self._sleep = sleep
        self._taken: deque[tuple[float, float]] = deque()
        self._used = 0.0
        self._paused_until = 0.0
        self._turn = asyncio.Lock()

    async def take(self, weight: float = 1.0) -> None:
        """Wait until there is room for `weight`. Raises `NodeError` (`rate_limited`, with `retry_after`)."""
        async with self._turn:
            while (wait := self.wait_for(weight)) > 0:
                if wait > self._patience:
                    raise refusal(
                        "rate_limited",
                        f"The venue was asked too often; it may be asked again in {wait:.0f} s.",
                        remedy="Ask it less often, or let the node try again after the pause.",
                        retry_after=round(wait, 3),
                    )
                await self._sleep(wait)
            self._taken.append((self._clock(), weight))
            self._used += weight

    def wait_for(self, weight: float) -> float:
        """Seconds until there is room for `weight`; something heavier than the capacity goes when nothing else does."""
        now = self._clock()
        if now < self._paused_until:
            return self._paused_until - now
        while self._taken and self._taken[0][0] <= now - self.window:
            self._used -= self._taken.popleft()[1]
        room = max(self.capacity - weight, 0.0)
        if self._used <= room + 1e-9:
            return 0.0
        over = self._used - room
        for at, taken in self._taken:
            over -= taken
            if over <= 1e-9:
                return at + self.window - now
        return self.window

    def note_used(self, used: float) -> None:
        """The venue's own count of this window. What others of this address have used is in it, and counts here."""
        if used > self._used:
            self._taken.append((self._clock(), used - self._used))
            self._used = used

    def pause(self, seconds: float) -> None:
        """Nothing is sent for so long."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)


def _monotonic() -> float:
    return asyncio.get_running_loop().time()
