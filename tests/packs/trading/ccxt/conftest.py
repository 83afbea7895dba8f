"""An exchange on loopback, and the real ccxt client at it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.packs.fake_context import FakeContext
from tests.packs.trading.ccxt.binance_server import KEY, SECRET, BinanceServer, binance
from treadle.node import Permissions
from treadle.packs.trading.ccxt.venue import CcxtVenue, open_ccxt
from treadle.packs.trading.venue.venues import Opening

CREDENTIALS = {"api_key": KEY, "secret": SECRET}


def _now() -> datetime:
    return datetime.now(UTC)


Open = Callable[..., Awaitable[CcxtVenue]]


@pytest.fixture
async def server() -> AsyncIterator[BinanceServer]:
    async with binance() as server:
        yield server


@pytest.fixture
async def open_venue(server: BinanceServer) -> AsyncIterator[Open]:
    opened: list[CcxtVenue] = []

    async def open_one(
        *, credentials: dict[str, str] = CREDENTIALS, private: bool = True, **settings: Any
    ) -> CcxtVenue:
        given = {"urls": server.urls, "rate": 1.0, **settings}
        allowed = Permissions(private_network=private)
        venue = await open_ccxt(Opening("binance", "main", credentials, given, allowed, _now))
        opened.append(venue)
        return venue

    yield open_one
    for venue in opened:
        await venue.aclose()


@pytest.fixture
async def venue(open_venue: Open) -> CcxtVenue:
    return await open_venue()


@pytest.fixture
async def ctx(tmp_path: Path) -> AsyncIterator[FakeContext]:
    """Of a live deployment."""
    context = FakeContext(
        permissions=Permissions(workspace=tmp_path, private_network=True), mode="live", deployment="bot"
    )
    context.clock = datetime.now(UTC)
    context.profiles = {"binance": CREDENTIALS}
    yield context
    await context.aclose()
