"""Downloading bars into the cache: page by page, each kept before the next is asked for; begun again it goes on where
it was. Only bars that are over are taken, and what is there is not asked for twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from treadle.errors import NodeError
from treadle.packs.trading.bars import COLUMNS, milliseconds
from treadle.packs.trading.venue.backoff import Backoff
from treadle.service.backtests.data.faults import iso
from treadle.service.backtests.data.kept import About, KeptBars
from treadle.service.backtests.data.markets import Market

if TYPE_CHECKING:
    from treadle.packs.trading.venue.market_data import Bars

Progress = Callable[[int, int], None]
"""Told how many of how many milliseconds of history are there."""
T = TypeVar("T")
_COARSE = ("1w", "1d", "1h")
_TRIES = 8
"""In a row without an answer, before it is given up; what is there stays."""
_FINAL = frozenset({"unknown_symbol", "credentials_refused", "private_address", "missing_library"})
_LONGEST = 3600.0
"""Seconds of a pause that a venue asks for and that is kept to."""


def require_past(since: int, now: int) -> None:
    """Raises `NodeError` (`invalid_period`): nothing can be had of what is to come."""
    if since > now:
        raise NodeError(
            f"The beginning, {iso(since)} UTC, is to come: there are no bars yet.",
            code="invalid_period",
            remedy="Begin earlier, or leave the beginning out to go on where the bars end.",
            retryable=False,
        )


@dataclass(slots=True)
class Downloading:
    """One market and timeframe. `now` gives ms; `sleep` waits."""

    market: Market
    kept: KeptBars
    now: Callable[[], int]
    progress: Progress = lambda done, all: None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    begun: bool = False

    async def fetch(self, since: int, until: int | None = None) -> About:
        """All bars that opened from `since` until before `until` (None: now). Raises `NodeError` where the venue does
        not give them, or where `since` is to come (`invalid_period`); `Conflict` (`being_downloaded`)."""
        require_past(since, self.now())
        step = self.kept.length
        end = min(self.now() - step + 1 if until is None else until, self.now() - step + 1)
        with self.kept.alone():
            await self._keep_rules()
            await self._fill(self.kept, since, max(end, since), since)
        return self.kept.about()

    async def _keep_rules(self) -> None:
        """What the venue says of the market, so that a test asks nobody for it. One that says nothing has bars all the
        same."""
        try:
            found = await self._patiently(self.market.rules)
        except NodeError as error:
            if error.retryable or error.code in _FINAL:
                raise
            return
        await asyncio.to_thread(self.kept.keep_market, found)

    async def _fill(self, kept: KeptBars, since: int, until: int, whole_since: int) -> None:
        about = kept.about()
        told = _Told(self.progress, whole_since, until)
        if about.until is None:
            since = await self._find_first(since, until)
            await self._go(kept, since, until, told)
            return
        if about.since is not None and since < about.since:
            earlier = kept.earlier
            with _alone(earlier):
                await self._fill(earlier, since, about.since, whole_since)
            found = earlier.about()
            if found.until is not None and found.until >= about.since:
                await asyncio.to_thread(kept.prepend, earlier)
        await self._go(kept, about.until, until, told)

    async def _go(self, kept: KeptBars, at: int, until: int, told: _Told) -> None:
        step, page = kept.length, self.market.page
        while at < until:
            end = min(until, at + page * step)
            bars = await self._ask(kept.source.timeframe, since=at, until=end)
            inside = (bars["time"] >= at) & (bars["time"] < end)
            fresh = {name: bars[name][inside] for name in COLUMNS}
            reached = self._reached(fresh["time"], at, end, step)
            if reached <= at:
                return  # the venue has not got the newest yet
            await asyncio.to_thread(kept.append, fresh, since=at, until=reached)
            told.at(reached)
            at = reached

    def _reached(self, time: Any, at: int, end: int, step: int) -> int:
        """Up to when it is known what there is. A venue that gives fewer bars than a page has gives the first of them;
        and it may be a moment behind with what has just been over."""
        newest = int(time[-1]) + step if len(time) else at
        if newest >= end:
            return end
        if end > self.now() - 2 * step:
            return newest
        # Nothing behind the newest that it gave: that is asked again, and what is not there then is missing.
        return newest if newest > at else end

    async def _find_first(self, since: int, until: int) -> int:
        """Where the market's history begins, if that is later: years without bars are not walked page by page."""
        for timeframe in _COARSE:
            length = milliseconds(timeframe)
            if until - since <= self.market.page * self.kept.length or not self.market.has(timeframe):
                break
            if length <= self.kept.length:
                continue
            try:
                found = await self._ask(timeframe, since=since, until=min(until, since + self.market.page * length))
            except NodeError as error:
                if error.retryable or error.code in _FINAL:
                    raise
                break  # it only saves questions
            if not len(found["time"]):
                break
            since = max(since, int(found["time"][0]) - length)
        return since

    async def _ask(self, timeframe: str, *, since: int, until: int) -> Bars:
        return await self._patiently(lambda: self.market.bars(timeframe, since=since, until=until))

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        backoff = Backoff()
        while True:
            try:
                return await ask()
            except NodeError as error:
                if not error.retryable or backoff.failures >= _TRIES:
                    raise
                after = error.attributes.get("retry_after")
                wait = backoff.next()
                if isinstance(after, int | float):
                    if after > _LONGEST:
                        raise
                    wait = max(wait, float(after))
                await self.sleep(wait)


@dataclass(frozen=True, slots=True)
class _Told:
    progress: Progress
    since: int
    until: int

    def at(self, time: int) -> None:
        self.progress(max(0, min(time, self.until) - self.since), max(1, self.until - self.since))


def _alone(kept: KeptBars) -> AbstractContextManager[None]:
    """What lies within a folder that is held is held with it."""
    kept.folder.mkdir(parents=True, exist_ok=True)
    return nullcontext()
