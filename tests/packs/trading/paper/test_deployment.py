"""7.4, through the whole engine: a bot that is told one bar a run trades as the matching does with all of them."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.packs.trading.paper.bench import MINUTE, Clock, paper
from tests.packs.trading.paper.test_parity import BEGIN, LOT, SETTINGS, TICK, at_once
from treadle.model.workflow import Connection, Node, Workflow
from treadle.node import Permissions
from treadle.packs.trading.venue.order import OrderRequest
from treadle.testing import Harness

BARS = 25
BOT = Workflow(
    name="bot",
    nodes=(
        Node(id="told", type="trigger.manual"),
        Node(
            id="exchange",
            type="market.provider",
            config={
                "symbol": "X/USDT",
                "settings": SETTINGS,
                "candle": "{{ nodes.told.input.bar }}",
                "limits": {"max_price_age": 1_000_000_000},
            },
        ),
        Node(
            id="buy",
            type="order.market",
            config={"side": "buy", "size": "1.5", "stop_loss": "{{ nodes.told.input.stop }}"},
            when="{{ nodes.told.input.bar.close > nodes.told.input.bar.open }}",
            on_error="continue",
        ),
        Node(
            id="sell",
            type="order.market",
            config={"side": "sell", "size": "1.25"},
            when="{{ nodes.told.input.bar.close < nodes.told.input.bar.open }}",
            on_error="continue",
        ),
    ),
    connections=(
        Connection(source="exchange", output="provider", target="buy", input="provider"),
        Connection(source="exchange", output="provider", target="sell", input="provider"),
    ),
)


def drawn_bars() -> list[list[int]]:
    drawn, price, bars = random.Random(3), 10_000, list[list[int]]()
    for _ in range(BARS):
        close = price + drawn.randint(-150, 150)
        bars.append([price, max(price, close) + drawn.randint(0, 60), min(price, close) - drawn.randint(0, 60), close])
        bars[-1].append(drawn.randint(0, 9_000))
        price = close + drawn.randint(-20, 20)
    return bars


async def test_a_paper_deployment_trades_as_the_matching_does_at_once(tmp_path: Path) -> None:
    bars = drawn_bars()
    harness = Harness(permissions=Permissions(workspace=tmp_path))
    script: list[tuple[list[int], list[OrderRequest]]] = []
    for number, bar in enumerate(bars):
        stop = (bar[2] - 50) * TICK
        told = dict(zip(("open", "high", "low", "close"), (float(cents * TICK) for cents in bar), strict=False))
        told |= {"time": BEGIN + number * MINUTE, "volume": float(bar[4] * LOT)}

        run = await harness.run(BOT, mode="paper", deployment="d1", input={"bar": told, "stop": str(stop)})

        assert run.status == "completed", run.error
        script.append((bar, list(decided(number, bar, stop))))
    async with paper(tmp_path, Clock(), "paper/d1", **SETTINGS) as venue:
        fills = await venue.fills("X/USDT", since=0)
        equity = (await venue.account()).equity

    _, expected, worth = at_once(script)
    assert [(one.side, one.quantity, one.price, one.fee, one.at, one.is_maker) for one in fills] == expected
    assert len(fills) > 10
    assert equity == worth


def decided(number: int, bar: list[int], stop: Decimal) -> Any:
    """What the bot does on a bar."""
    if bar[3] > bar[0]:
        yield OrderRequest(f"{number}", "X/USDT", "buy", "market", Decimal("1.5"), stop_loss=stop)
    elif bar[3] < bar[0]:
        yield OrderRequest(f"{number}", "X/USDT", "sell", "market", Decimal("1.25"))
