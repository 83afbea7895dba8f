"""Triggers that watch a market, told each bar as it is over, and asked what they make of it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any, TypeVar, cast

from treadle.engine.lookout import EngineLookout
from treadle.node.context import Resource
from treadle.node.watching import Item
from treadle.packs.trading.bars import milliseconds
from treadle.packs.trading.venue.protocol import Channel, Venue
from treadle.packs.trading.venue.provider import ProviderRef
from treadle.packs.trading.venue.refusal import refusal
from treadle.packs.trading.venue.venues import Asker, Venues

R = TypeVar("R", bound=Resource)
_NAMES = ("time", "open", "high", "low", "close", "volume")


async def told_at(at: int, wants: tuple[Channel, str, str | None], venue: Venue) -> dict[str, Any] | None:
    """What a market tells who `wants` to hear of it when a bar is over at `at` (ms); None: nothing."""
    channel, symbol, timeframe = wants
    if channel == "ticker":
        quote = await venue.quote(symbol)
        told = {"bid": quote.bid, "ask": quote.ask, "last": quote.last, "volume": quote.volume}
        return {"id": f"{symbol}-{at}", "at": at, **told} if quote.at == at else None
    length = milliseconds(timeframe or "1m")
    if at % length:
        return None
    bars = await venue.candles(symbol, timeframe or "1m", bars=1)
    if not len(bars["time"]) or int(bars["time"][-1]) != at - length:
        return None
    bar = {name: bars[name][-1].item() for name in _NAMES}
    return {"id": f"{symbol}-{bar['time']}", "at": at, **bar, "closed": True}


class HistoryLookout(EngineLookout):
    """The lookout of one trigger: its venues tell what they are given by `tell`."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.told: deque[dict[str, Any]] = deque()
        self.news, self.idle = asyncio.Event(), asyncio.Event()
        self.wants: tuple[Channel, str, str | None] | None = None
        self.venue: Venue | None = None
        """The one that it listens to."""

    def resource(self, kind: type[R]) -> R:
        found = super().resource(kind)
        return cast("R", _Telling(found, self)) if isinstance(found, Venues) else found

    async def stream(
        self, channel: Channel, symbol: str, *, timeframe: str | None = None
    ) -> AsyncGenerator[dict[str, Any]]:
        if channel not in ("candles", "ticker"):
            raise refusal(
                "not_supported",
                f"Bars tell nothing of `{channel}`.",
                remedy="Listen to `candles` or `ticker` in a backtest.",
            )
        self.wants = (channel, symbol, timeframe)
        while True:
            while not self.told:
                self.news.clear()
                self.idle.set()
                await self.news.wait()
            yield self.told.popleft()


class _Telling:
    """Venues whose streams are those of a lookout; all else is theirs."""

    def __init__(self, venues: Venues, lookout: HistoryLookout) -> None:
        self._venues, self._lookout = venues, lookout

    async def of(self, asker: Asker, provider: ProviderRef) -> Venue:
        self._lookout.venue = venue = await self._venues.of(asker, provider)
        return cast("Venue", _Told(venue, self._lookout))


class _Told:
    def __init__(self, venue: Venue, lookout: HistoryLookout) -> None:
        self._venue, self._lookout = venue, lookout

    def __getattr__(self, name: str) -> Any:
        return getattr(self._venue, name)

    def stream(self, channel: Channel, symbol: str, *, timeframe: str | None = None) -> AsyncGenerator[dict[str, Any]]:
        return self._lookout.stream(channel, symbol, timeframe=timeframe)


class Watch:
    """The watch of one trigger, carried on bar by bar."""

    def __init__(self, lookout: HistoryLookout, items: AsyncGenerator[Item]) -> None:
        self.lookout = lookout
        self._items = items
        self._next: asyncio.Task[Item] | None = None

    async def begin(self) -> None:
        """Until it listens. Raises what it cannot do."""
        assert await self._until_idle() == []

    async def hear(self, item: dict[str, Any]) -> list[Item]:
        """What it makes of something that the market tells."""
        self.lookout.told.append(item)
        self.lookout.news.set()
        return await self._until_idle()

    async def _until_idle(self) -> list[Item]:
        found: list[Item] = []
        while True:
            self.lookout.idle.clear()
            idle = asyncio.create_task(self.lookout.idle.wait())
            self._next = self._next or asyncio.create_task(cast(Any, anext(self._items)))
            await asyncio.wait({idle, self._next}, return_when=asyncio.FIRST_COMPLETED)
            idle.cancel()
            if not self._next.done():
                return found
            task, self._next = self._next, None
            found.append(task.result())

    async def close(self) -> None:
        if self._next is not None:
            self._next.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await self._next
        await self._items.aclose()
