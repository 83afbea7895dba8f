"""Calling an order node at the exchange."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.packs.binding import bind
from tests.packs.fake_context import FakeContext
from tests.packs.trading.ccxt.binance_server import BinanceServer
from treadle.node import Registry
from treadle.packs.trading import market, order, risk

NODES = Registry({"market": market, "order": order, "risk": risk})
_calls = count(1)


async def call(
    ctx: FakeContext, server: BinanceServer, type: str, *, symbol: str | None = "BTC/USDT",
    settings: dict[str, Any] | None = None, limits: dict[str, Any] | None = None, **given: Any,
) -> dict[str, Any]:  # fmt: skip
    """What its ports give. Each call is another node's."""
    ctx.idempotency_key = f"key-{next(_calls)}"
    definition = NODES.get(type)
    provider = {
        "venue": "binance", "settings": {"urls": server.urls, "rate": 1.0, **(settings or {})}, "limits": limits or {},
    }  # fmt: skip
    if symbol is not None:
        given["symbol"] = symbol
    adapters, ports = definition.input_adapters, {"provider": provider, **given}
    inputs = {
        name: adapters[name].adapter.validate_python(ports[name]) if name in adapters else ports[name]
        for name in ports
        if name in {port.name for port in definition.type.inputs}
    }
    config = {name: value for name, value in given.items() if name not in inputs}
    returned = await definition(ctx, **inputs, **bind(definition, config, inputs))
    return dict(definition.ports_of(returned))
