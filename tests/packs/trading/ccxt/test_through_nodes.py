"""The order nodes, live, at the exchange through the real ccxt client: one order whatever becomes of the connection."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.packs.fake_context import FakeContext
from tests.packs.trading.ccxt.binance_server import BinanceServer
from tests.packs.trading.ccxt.calling import call
from treadle.errors import NodeError


async def buy(ctx: FakeContext, server: BinanceServer, *, size: str = "0.01") -> dict[str, Any]:
    return await call(ctx, server, "order.market", side="buy", size=size)


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
