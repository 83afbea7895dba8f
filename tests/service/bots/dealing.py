"""Fills and orders as a bot's order path records them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from treadle.model.record import Record
from treadle.service.bots.fill import RecordedFill, read_fill
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.clock import START

ROUND_TRIP = """\
name: round-trip
inputs: {side: {type: string, default: buy}}
nodes:
  - {id: every, type: trigger.interval, config: {seconds: 3600}}
  - {id: exchange, type: market.provider, config: {venue: paper, symbol: BTC/USDT, settings: {seed: 7}}, after: [every]}
  - {id: owned, type: market.account, config: {provider: "{{ nodes.exchange.provider }}"}}
  - id: deal
    type: order.market
    config: {provider: "{{ nodes.exchange.provider }}", side: "{{ workflow.input.side }}", size: 0.01}
    after: [owned]
outputs: "{{ nodes.deal.order }}"
"""
"""Buys, or sells, on a simulated market."""


def fill_value(number: int, side: str, quantity: str, price: str, *, minute: float, **more: Any) -> dict[str, Any]:
    """The value of a record; `minute` is when, counted from the start."""
    value: dict[str, Any] = {
        "id": f"f{number}",
        "client_id": f"t-{number}",
        "group": "paper/main",
        "symbol": "BTC/USDT",
        "side": side,
        "quantity": quantity,
        "price": price,
        "fee": "0",
        "fee_asset": "USDT",
        "at": (START + timedelta(minutes=minute)).isoformat(),
        "is_maker": False,
        "sequence": number,
        "run": f"r{number}",
        "path": "buy",
    }
    return value | more


def fill(number: int, side: str, quantity: str, price: str, *, minute: float, **more: Any) -> RecordedFill:
    return read_fill(f"k{number}", fill_value(number, side, quantity, price, minute=minute, **more))


async def record_fill(store: SqliteStore, number: int, *args: Any, deployment: str = "bot", **more: Any) -> None:
    value = fill_value(number, *args, **more)
    key = f"{value['group']}/{value['symbol']}/{value['id']}"
    record = Record("fill", f"{deployment}:{key}", value, owner=f"deployment:{deployment}", group=value["group"])
    await store.put_record(record, now=datetime.fromisoformat(value["at"]))


async def record_order(store: SqliteStore, number: int, *, deployment: str = "bot", **more: Any) -> None:
    at = START + timedelta(minutes=number)
    value: dict[str, Any] = {
        "client_id": f"t-{number}", "venue": "paper", "group": "paper/main", "symbol": "BTC/USDT", "side": "buy",
        "kind": "limit", "quantity": "0.5", "price": "59000", "stop_price": None, "status": "open", "filled": "0",
        "average": None, "fee": "0", "fee_asset": None, "id": f"v{number}", "path": "buy", "run": f"r{number}",
        "reduce_only": False, "order_group": None, "reason": None, "created_at": at.isoformat(),
        "updated_at": at.isoformat(),
    } | more  # fmt: skip
    is_open = value["status"] in ("sending", "unknown", "open", "partly_filled")
    record = Record("order", value["client_id"], value, f"deployment:{deployment}", value["group"], is_open)
    await store.put_record(record, now=at)


async def record_equity(store: SqliteStore, minute: int, equity: str, *, deployment: str = "bot") -> None:
    at = START + timedelta(minutes=minute)
    value = {"at": at.isoformat(), "equity": equity, "currency": "USDT"}
    record = Record("equity", f"{deployment}/{at.isoformat()}", value, f"deployment:{deployment}", "paper/main")
    await store.put_record(record, now=at)


async def record_bot(store: SqliteStore, deployment: str = "bot") -> None:
    """Three trades, two of them won, an open position, an open order, and an account that fell in between."""
    deals = (
        ("buy", "1", "100"), ("sell", "1", "110"), ("buy", "2", "110"), ("sell", "2", "105"), ("buy", "1", "100"),
        ("sell", "1", "104"), ("buy", "0.5", "101"),
    )  # fmt: skip
    for number, deal in enumerate(deals):
        await record_fill(store, number, *deal, minute=number * 10, fee="0.5", deployment=deployment)
    await record_order(store, 8, deployment=deployment)
    await record_order(store, 7, deployment=deployment, status="rejected", reason="Too small.")
    for number, equity in enumerate(("1000", "1010", "909", "990")):
        await record_equity(store, number * 10, equity, deployment=deployment)
