"""Ways to trade at the scripted exchange, and to look at what is on record."""

from __future__ import annotations

from typing import Any

from treadle.model.record import RecordQuery
from treadle.model.workflow import Node, Workflow
from treadle.testing import Harness
from treadle.testing.harness import TestRun

LIVE: dict[str, Any] = {"mode": "live", "deployment": "bot"}


def order(type: str = "market", *, provider: Any = "scripted", id: str = "order", **config: Any) -> Node:
    more: dict[str, Any] = {name: config.pop(name) for name in ("on_error", "after", "retry") if name in config}
    if isinstance(config.get("order"), dict):
        config["order"] = config["order"]["client_id"]
    of_symbol = {} if type in ("await", "modify", "rebalance") else {"symbol": "BTC/USDT"}
    return Node(id=id, type=f"order.{type}", config={"provider": provider, **of_symbol, **config}, **more)


def buy(size: str = "0.5", **config: Any) -> Node:
    return order(side="buy", size=size, **config)


def sell(size: str = "0.5", **config: Any) -> Node:
    return order(side="sell", size=size, **config)


def limited(**limits: Any) -> dict[str, Any]:
    """The provider with limits."""
    return {"venue": "scripted", "limits": limits}


def flow(*nodes: Node) -> Workflow:
    return Workflow(name="bot", nodes=nodes)


async def trade(harness: Harness, *nodes: Node, **more: Any) -> TestRun:
    """Run a workflow of a live deployment."""
    return await harness.run(flow(*nodes), **LIVE, **more)


async def records(harness: Harness, kind: str) -> list[dict[str, Any]]:
    return [dict(one.value) for one in await harness.exchange.list_records(RecordQuery(kind))]
