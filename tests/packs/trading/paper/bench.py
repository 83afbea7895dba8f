"""A paper venue in a folder of its own, with a clock that is set by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from treadle.node import Permissions
from treadle.packs.trading.paper.venue import PaperVenue, open_paper
from treadle.packs.trading.venue.order import Order, OrderRequest
from treadle.packs.trading.venue.protocol import Venue
from treadle.packs.trading.venue.venues import Opening

MINUTE = 60_000


class Clock:
    def __init__(self, at: datetime = datetime(2026, 1, 5, 12, tzinfo=UTC)) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)

    @property
    def ms(self) -> int:
        return round(self.at.timestamp() * 1000)


@asynccontextmanager
async def paper(
    folder: Path, at: Clock, account: str = "main", /, *, inner: Venue | None = None, **settings: Any
) -> AsyncIterator[PaperVenue]:
    venue = await open_paper(Opening("paper", account, {}, settings, Permissions(workspace=folder), at, inner))
    try:
        yield venue
    finally:
        await venue.aclose()


def bar(minute: int, prices: str, volume: float = 1000) -> dict[str, Any]:
    """`prices`: open high low close."""
    opened, high, low, close = (float(price) for price in prices.split())
    return {
        "time": 1_700_000_000_000 // MINUTE * MINUTE + minute * MINUTE,
        "open": opened, "high": high, "low": low, "close": close, "volume": volume,
    }  # fmt: skip


async def place(venue: Venue, name: str, side: str, kind: str, quantity: str, **fields: Any) -> Order:
    given: Mapping[str, Any] = {
        key: Decimal(value) if isinstance(value, str) and key not in ("symbol", "time_in_force", "group") else value
        for key, value in fields.items()
    }
    symbol = given.get("symbol", "X/USDT")
    rest = {key: value for key, value in given.items() if key != "symbol"}
    return await venue.place(OrderRequest(name, symbol, side, kind, Decimal(quantity), **rest))  # type: ignore[arg-type]
