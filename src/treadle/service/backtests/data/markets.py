"""Whom bars are asked of: an exchange, another venue, or the simulated markets."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from treadle.packs.trading.bars import milliseconds
from treadle.packs.trading.venue.venues import Opening, find_opener
from treadle.service.backtests.data.source import MarketSource

if TYPE_CHECKING:
    from treadle.packs.trading.simulated.feed import SimulatedFeed
    from treadle.packs.trading.venue.market_data import Bars
    from treadle.packs.trading.venue.market_data import Market as Rules
    from treadle.packs.trading.venue.protocol import Venue
    from treadle.service.settings import Settings

_PAGE = 998
"""One question at most exchanges: a thousand, with one at either end."""
_PAGE_SIMULATED = 50_000


class Market(Protocol):
    """`page` bars are asked for at a time."""

    @property
    def page(self) -> int: ...

    async def bars(self, timeframe: str, *, since: int, until: int) -> Bars:
        """Those that are over and opened from `since` until before `until` (ms), not more than a page apart; perhaps
        only the first of them. Raises `NodeError`."""
        ...

    def has(self, timeframe: str) -> bool:
        """Whether asking for longer bars is worth it, to find where the history begins."""
        ...

    async def rules(self) -> Rules:
        """Its fees, tick, lot, smallest order and so on, as they are now. Raises `NodeError`."""
        ...


@runtime_checkable
class _HasHistory(Protocol):
    """A venue that gives its past with the holes that it has."""

    async def history(self, symbol: str, timeframe: str, *, since: int, until: int) -> Bars: ...


@dataclass(frozen=True, slots=True)
class VenueMarket:
    venue: Venue
    symbol: str
    page: int = _PAGE

    async def bars(self, timeframe: str, *, since: int, until: int) -> Bars:
        if isinstance(self.venue, _HasHistory):
            return await self.venue.history(self.symbol, timeframe, since=since, until=until)
        many = max(1, -(-(until - since) // milliseconds(timeframe)))
        return await self.venue.candles(self.symbol, timeframe, bars=many, until=until)

    def has(self, timeframe: str) -> bool:
        known = self.venue.capabilities.timeframes
        return not known or timeframe in known

    async def rules(self) -> Rules:
        return await self.venue.market(self.symbol)


@dataclass(frozen=True, slots=True)
class SimulatedMarket:
    feed: SimulatedFeed
    symbol: str
    now: Callable[[], int]
    page: int = _PAGE_SIMULATED

    async def bars(self, timeframe: str, *, since: int, until: int) -> Bars:
        many = max(1, -(-(until - since) // milliseconds(timeframe)))
        return await self.feed.candles(self.symbol, timeframe, self.now(), bars=many, until=until, closed_only=True)

    def has(self, timeframe: str) -> bool:
        return False  # they have all been open since the year 2000

    async def rules(self) -> Rules:
        return await self.feed.market(self.symbol)


@asynccontextmanager
async def open_market(
    source: MarketSource,
    settings: Settings,
    now: Callable[[], datetime],
    *,
    credentials: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> AsyncGenerator[Market]:
    """`options` are settings of the venue. Raises `NodeError`."""
    if source.is_simulated:
        from treadle.packs.trading.simulated.feed import open_simulated

        def at() -> int:
            return round(now().timestamp() * 1000)

        feed = open_simulated({"seed": source.seed, "market": source.market}, clock=at)
        await feed.market(source.symbol)
        yield SimulatedMarket(feed, source.symbol, at)
        return
    given = {**_kind_of(source), **(options or {})}
    opening = Opening(source.venue, "", dict(credentials or {}), given, settings.permissions(), now)
    venue = await find_opener(source.venue)(opening)
    try:
        yield VenueMarket(venue, source.symbol)
    finally:
        await venue.aclose()


def _kind_of(source: MarketSource) -> dict[str, Any]:
    """A perpetual is asked for where perpetuals are traded."""
    is_perpetual = "/" in source.symbol and ":" in source.symbol
    return {"type": "swap"} if is_perpetual else {}
