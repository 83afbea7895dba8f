"""7.4: the same bars one by one through the paper venue and all at once through the matching give the same."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.packs.trading.paper.bench import MINUTE, Clock, paper
from treadle.errors import NodeError
from treadle.packs.trading.paper.rules import rules_of
from treadle.packs.trading.paper.settings import read_settings
from treadle.packs.trading.paper.telling import row_of
from treadle.packs.trading.venue.market_data import Market
from treadle.packs.trading.venue.order import OrderRequest
from treadle.simulation.market import orders as o
from treadle.simulation.market.broker import Broker
from treadle.simulation.market.purse import Purse
from treadle.simulation.market.scale import from_wallet, scale_of, to_wallet

BEGIN = 1_700_000_000_000 // MINUTE * MINUTE
TICK, LOT = Decimal("0.01"), Decimal("0.001")
cents = st.integers(9_000, 11_000)


@st.composite
def scripts(draw: st.DrawFn) -> list[tuple[list[int], list[OrderRequest]]]:
    """Bars, and what is ordered after each."""
    script: list[tuple[list[int], list[OrderRequest]]] = []
    for number in range(draw(st.integers(2, 10))):
        opened, close = draw(cents), draw(cents)
        high = max(opened, close) + draw(st.integers(0, 500))
        low = min(opened, close) - draw(st.integers(0, 500))
        wishes = [
            OrderRequest(
                f"t-{number}-{at}",
                "X/USDT",
                draw(st.sampled_from(["buy", "sell"])),
                (kind := draw(st.sampled_from(["market", "limit", "stop", "take_profit", "stop_limit"]))),
                draw(st.integers(1_000, 20_000)) * LOT,
                price=draw(cents) * TICK if kind in ("limit", "stop_limit") else None,
                stop_price=draw(cents) * TICK if kind not in ("market", "limit") else None,
                stop_loss=draw(st.one_of(st.none(), cents.map(lambda c: c * TICK))),
                take_profit=draw(st.one_of(st.none(), cents.map(lambda c: c * TICK))),
                group=draw(st.sampled_from([None, None, "g"])),
            )
            for at in range(draw(st.integers(0, 2)))
        ]
        script.append(([opened, high, low, close, draw(st.integers(0, 90_000))], wishes))
    return script


SETTINGS: dict[str, Any] = {
    "feed": "run", "timeframe": "1m", "tick": "0.01", "lot": "0.001", "balance": {"USDT": 2500, "X": 5},
    "fees": {"maker": "0.0002", "taker": "0.0007"}, "slippage": {"kind": "fixed", "bps": 3}, "volume_share": "0.5",
}  # fmt: skip


async def on_paper(script: list[tuple[list[int], list[OrderRequest]]], **more: Any) -> tuple[Any, ...]:
    clock = Clock()
    placed: list[str] = []
    with TemporaryDirectory() as folder:
        for number, (bar, wishes) in enumerate(script):
            # A process of its own for each bar: nothing but the file goes on.
            async with paper(Path(folder), clock, **{**SETTINGS, **more}) as venue:
                prices = [float(cents * TICK) for cents in bar[:4]]
                row = [BEGIN + number * MINUTE, *prices, float(bar[4] * LOT)]
                await venue.feed("X/USDT", {"rows": [row], "timeframe": "1m"})
                for wish in wishes:
                    with suppress(NodeError):  # which ones are refused is compared, too
                        await venue.place(wish)
                        placed.append(wish.client_id)
                equity = (await venue.account()).equity
        async with paper(Path(folder), clock, **{**SETTINGS, **more}) as venue:
            fills = await venue.fills("X/USDT", since=0)
    return placed, [(one.side, one.quantity, one.price, one.fee, one.at, one.is_maker) for one in fills], equity


def at_once(script: list[tuple[list[int], list[OrderRequest]]], **more: Any) -> tuple[Any, ...]:
    settings = read_settings({**SETTINGS, **more})
    market = Market("X/USDT", "X", "USDT", settings.kind, tick=TICK, lot=LOT, max_leverage=Decimal(200))
    scale = scale_of(TICK, LOT)
    broker = Broker(Purse({asset: to_wallet(amount) for asset, amount in settings.balance.items()}))
    desk = broker.open(rules_of(market, scale, settings))
    placed: list[str] = []
    group = 0
    for number, (bar, wishes) in enumerate(script):
        opens = BEGIN + number * MINUTE
        desk.step(opens, opens + MINUTE, *bar)
        for wish in wishes:
            group = group or (broker.count() if wish.group else 0)
            row = row_of(wish, scale, broker.count(), group=group if wish.group else 0, since=opens + MINUTE)
            if broker.place(desk, row).reason == o.NONE:
                placed.append(wish.client_id)
    fills = [
        ("buy" if one.side > 0 else "sell", scale.quantity(one.lots), scale.price(one.price), scale.money(one.fee),
         one.at, one.is_maker)
        for one in desk.fills
    ]  # fmt: skip
    equity = from_wallet(desk.equity())
    if desk.rules.lot:
        equity += from_wallet(broker.purse.total("X")) * scale.price(desk.last)
    return placed, fills, equity


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(scripts())
def test_bar_by_bar_on_paper_is_all_at_once_in_the_matching(script: Any) -> None:
    assert asyncio.run(on_paper(script)) == at_once(script)


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(scripts())
def test_so_it_is_on_margin(script: Any) -> None:
    more = {"kind": "forex", "leverage": 4, "path": "pessimistic", "balance": {"USDT": 1500}}

    assert asyncio.run(on_paper(script, **more)) == at_once(script, **more)
