"""A bot that has traded for a few weeks, and how many runs there were each day: for the pages that show it."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from docs.editor import world
from treadle.model.record import Record
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest
from treadle.store.day_counts import owner_of

RSI = """\
name: rsi-swing
title: RSI swing
description: Buys what was sold too far, and sells it again once it has come back.
tags: [trading]
nodes:
  - {id: prices, type: data.set, config: {fields: {close: [101.2, 100.4, 99.1, 98.7, 99.6, 100.8, 101.9]}}}
  - {id: rsi, type: indicator.rsi, config: {series: "{{ nodes.prices.output.close }}", period: 5}}
  - {id: low, type: flow.if, config: {condition: "{{ nodes.rsi.value < 35 }}"}}
"""
_DAYS = 26
_START = 61_250.0


async def trade(application: Application, deployments: Deployments) -> None:
    """Two bots that are one workflow with other parameters, and a month of runs."""
    await world.publish(application, RSI)
    now = application.world.clock.now()
    for name, seed, trades in (("rsi-btc", 11, 74), ("rsi-btc-wide", 5, 31)):
        await deployments.create("rsi-swing", name, every=300, mode="paper")
        runs = [
            str((await application.execute(ExecutionRequest("rsi-swing", deployment=name))).run_id) for _ in range(4)
        ]
        await _deal(application, name, random.Random(seed), trades, runs, now)
    await _count_days(application, now)


async def _deal(
    application: Application, name: str, chance: random.Random, trades: int, runs: list[str], now: datetime
) -> None:
    """Bought and sold again, with the record of each fill; what is bought last is still held."""
    store, owner, group = application.store, f"deployment:{name}", f"paper/{name}"
    price, equity = _START, 10_000.0
    step = timedelta(days=_DAYS) / (trades + 1)

    async def fill(number: int, side: str, quantity: float, at: datetime) -> None:
        value: dict[str, Any] = {
            "id": str(number), "client_id": f"t-{name}-{number}", "group": group, "symbol": "BTC/USDT", "side": side,
            "quantity": f"{quantity:.4f}", "price": f"{price:.2f}", "fee": f"{price * quantity * 0.0004:.4f}",
            "fee_asset": "USDT", "at": at.isoformat(), "is_maker": False, "sequence": number, "path": "buy",
            "run": runs[number % len(runs)],
        }  # fmt: skip
        await store.put_record(Record("fill", f"{group}/{number}", value, owner, group), now=at)

    async def point(at: datetime) -> None:
        value = {"at": at.isoformat(), "equity": f"{equity:.2f}", "currency": "USDT"}
        await store.put_record(Record("equity", f"{name}/{at.isoformat()}", value, owner, group), now=at)

    for at in range(trades):
        opened = now - timedelta(days=_DAYS) + step * at
        quantity = chance.choice((0.05, 0.08, 0.1))
        await fill(2 * at, "buy", quantity, opened)
        before = price
        price *= 1 + chance.gauss(0.0012, 0.011)
        await fill(2 * at + 1, "sell", quantity, opened + step * chance.uniform(0.2, 0.7))
        equity += (price - before) * quantity
        await point(opened + step * 0.8)
    await fill(2 * trades, "buy", 0.06, now - timedelta(hours=2))
    order = {
        "client_id": f"t-{name}-out", "venue": "paper", "group": group, "symbol": "BTC/USDT", "side": "sell",
        "kind": "take_profit_limit", "quantity": "0.06", "price": f"{price * 1.02:.2f}", "status": "open",
        "filled": "0", "created_at": (now - timedelta(hours=2)).isoformat(), "run": runs[0], "path": "out",
    }  # fmt: skip
    record = Record("order", order["client_id"], order, owner, group, is_open=True)
    await store.put_record(record, now=now - timedelta(hours=2))


async def _count_days(application: Application, now: datetime) -> None:
    """As if it had run for a month: what is counted of days before this one."""
    chance = random.Random(3)
    rows: list[tuple[str, str, float]] = []
    for ago in range(1, 30):
        day = owner_of((now - timedelta(days=ago)).date())
        usual = 220 if (now - timedelta(days=ago)).weekday() < 5 else 140
        for name in ("w:rsi-swing", "d:rsi-btc"):
            rows.append((day, f"{name}:completed", float(round(usual * chance.uniform(0.8, 1.1)))))
            if chance.random() < 0.3:
                rows.append((day, f"{name}:failed", float(chance.randint(1, 12))))
    statement = "INSERT INTO metrics (deployment, name, value) VALUES (?, ?, ?)"
    await application.store.write(lambda connection: connection.executemany(statement, rows))
