"""What nodes are given when they name an exchange: the exchange itself in mode live, else a paper account over it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.packs.fake_context import FakeContext
from tests.packs.trading.ccxt.binance_server import BinanceServer
from tests.packs.trading.ccxt.conftest import CREDENTIALS
from treadle.node import Permissions
from treadle.packs.trading.venue.order import OrderRequest
from treadle.packs.trading.venue.provider import ProviderRef
from treadle.packs.trading.venue.venues import Venues

ORDER = OrderRequest("t-one", "BTC/USDT", "buy", "market", Decimal("0.01"))


@pytest.fixture
async def ctx(tmp_path: Path) -> AsyncIterator[FakeContext]:
    context = FakeContext(permissions=Permissions(workspace=tmp_path, private_network=True))
    context.profiles = {"binance": CREDENTIALS}
    yield context
    await context.aclose()


def named(server: BinanceServer) -> ProviderRef:
    settings: dict[str, Any] = {"urls": server.urls, "rate": 1.0}
    return ProviderRef("binance", settings=settings)


@pytest.mark.parametrize("mode", ["paper", "test"])
async def test_outside_live_no_order_reaches_the_exchange(ctx: FakeContext, server: BinanceServer, mode: Any) -> None:
    ctx.mode = mode
    venue = await ctx.resource(Venues).of(ctx, named(server))

    order = await venue.place(ORDER)

    assert order.status == "filled"
    assert order.average is not None
    assert order.average >= Decimal("50000.10")
    assert server.book.orders == []
    assert "POST order" not in server.asked


async def test_live_it_does(ctx: FakeContext, server: BinanceServer) -> None:
    venue = await ctx.resource(Venues).of(ctx, named(server))

    order = await venue.place(ORDER)

    assert order.average == Decimal("50000.10")
    assert [placed.client_id for placed in server.book.orders] == ["t-one"]
