"""The order nodes, live, at the exchange through the real ccxt client: one order whatever becomes of the connection."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.packs.binding import bind
from tests.packs.fake_context import FakeContext
from tests.packs.trading.ccxt.binance_server import BinanceServer
from tests.packs.trading.ccxt.conftest import CREDENTIALS
from treadle.errors import NodeError
from treadle.node import Permissions, Registry
from treadle.packs.trading import order

NODES = Registry({"order": order})


@pytest.fixture
async def ctx(tmp_path: Path) -> AsyncIterator[FakeContext]:
    context = FakeContext(
        permissions=Permissions(workspace=tmp_path, private_network=True), mode="live", deployment="bot"
    )
    context.clock = datetime.now(UTC)
    context.profiles = {"binance": CREDENTIALS}
    yield context
    await context.aclose()


async def buy(ctx: FakeContext, server: BinanceServer, *, size: str = "0.01") -> dict[str, Any]:
    definition = NODES.get("order.market")
    provider = {"venue": "binance", "settings": {"urls": server.urls, "rate": 1.0}}
    given: dict[str, Any] = {"provider": provider, "side": "buy", "size": size}
    adapters = definition.input_adapters
    inputs = {
        name: adapters[name].adapter.validate_python(value) if name in adapters else value
        for name, value in given.items()
    }
    returned = await definition(ctx, **inputs, **bind(definition, {"symbol": "BTC/USDT"}, inputs))
    return dict(definition.ports_of(returned))


async def test_an_order_is_placed_filled_and_kept(ctx: FakeContext, server: BinanceServer) -> None:
    told = await buy(ctx, server)

    assert (told["status"], told["price"]) == ("filled", Decimal("50000.10"))
    assert len(server.book.orders) == 1
    [record] = await ctx.records.list("order")
    assert (record["status"], record["venue"]) == ("filled", "binance")


@pytest.mark.parametrize("taken", [True, False])
async def test_a_connection_dropped_mid_order_makes_one_order(
    ctx: FakeContext, server: BinanceServer, taken: bool
) -> None:
    server.faults.drop_after_order, server.faults.drop_before_order = taken, not taken

    told = await buy(ctx, server)

    assert told["status"] == "filled"
    assert len(server.book.orders) == 1


async def test_what_the_exchange_refuses_is_told_with_its_reason(ctx: FakeContext, server: BinanceServer) -> None:
    with pytest.raises(NodeError) as raised:
        await buy(ctx, server, size="100")

    assert raised.value.code == "insufficient_balance"
    assert server.book.orders == []
