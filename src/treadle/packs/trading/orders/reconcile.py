"""Before a deployment goes on in a process that has just begun: what the records say against what the venue says.

Orders in doubt are settled, fills that nobody heard of are recorded. What cannot be explained is told in sentences, and
stops the deployment; it is on record then, so that it is not told again when a person lets it go on.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import cast

from treadle.errors import NodeError
from treadle.node.startup import Starting, at_start
from treadle.packs.trading.accounting import account
from treadle.packs.trading.orders.books import NOWHERE
from treadle.packs.trading.orders.catching_up import refresh
from treadle.packs.trading.orders.desk import Dealer, Desk
from treadle.packs.trading.orders.record import OrderRecord, read_fill, read_record
from treadle.packs.trading.orders.settling import settle_once
from treadle.packs.trading.venue.market_data import Market
from treadle.packs.trading.venue.order import Order
from treadle.packs.trading.venue.provider import read_provider
from treadle.packs.trading.venue.refusal import refusal
from treadle.packs.trading.venue.venues import Venues

_RECENT = 200
"""Orders that are looked through for the accounts that the deployment trades."""
_BEFORE = 3_600_000
"""Milliseconds before the last fill on record from which on fills are asked for."""
_OURS = "t-"


@at_start("order")
async def reconcile(starting: Starting) -> Sequence[str]:
    """What differs, each in a sentence. Raises `NodeError` where the venue cannot be asked, or does not know yet."""
    dealer = cast("Dealer", starting)
    known = await starting.records.list("order", newest=_RECENT)
    known += await starting.records.list("order", open_only=True)
    accounts: dict[str, list[OrderRecord]] = {}
    for value in known:
        provider = json.dumps(value.get("provider") or {"venue": value["venue"]}, sort_keys=True)
        accounts.setdefault(provider, []).append(read_record(value))
    differences: list[str] = []
    for provider, records in accounts.items():
        chosen = read_provider(json.loads(provider))
        desk = Desk(dealer, chosen, await starting.resource(Venues).of(dealer, chosen), NOWHERE)
        # What it traded on paper before it went live is nothing to the real account, and the other way about.
        here = {one.client_id: one for one in records if one.group == desk.account_name}
        if here:
            differences += await _reconcile(desk, here)
    return differences


async def _reconcile(desk: Desk, records: dict[str, OrderRecord]) -> list[str]:
    told: list[str] = []
    await desk.read_book()
    for name, record in records.items():
        if record.is_in_doubt:
            records[name] = await _settle(desk, record)
    for record in await refresh(desk, [one for one in records.values() if one.is_open and not one.was_refused]):
        if not record.is_final and await desk.venue.fetch(record.symbol, record.client_id) is None:
            told.append(
                f"Order `{record.client_id}` ({_words(record)}) is on record as {record.status.replace('_', ' ')}, and "
                f"{desk.venue.name} has never had it."
            )
            gone = replace(record, status="cancelled", reason="The venue does not know it.", guarded="")
            await desk.keep(gone)
    for symbol in sorted({one.symbol for one in records.values()}):
        told += await _foreign_orders(desk, symbol)
        told += await _missed_fills(desk, symbol)
        told += await _position(desk, symbol)
    return told


async def _settle(desk: Desk, record: OrderRecord) -> OrderRecord:
    settled, is_settled = await settle_once(desk, record)
    if not is_settled:
        raise refusal(
            "venue_unreachable",
            f"What became of order `{record.client_id}` ({_words(record)}) is not known yet.",
            remedy="It is asked for again.",
            client_id=record.client_id,
        )
    return settled


async def _foreign_orders(desk: Desk, symbol: str) -> list[str]:
    """Open orders with a name like ours that no record knows."""
    told: list[str] = []
    for order in await desk.venue.open_orders(symbol):
        parent = "-".join(order.client_id.split("-")[:2])
        if not order.client_id.startswith(_OURS) or await desk.find(order.client_id) or await desk.find(parent):
            continue
        told.append(
            f"{desk.venue.name} has an open order `{order.client_id}` ({order.side} {order.quantity:f} {symbol}) that "
            "is on no record."
        )
        await _adopt(desk, order)
    return told


async def _adopt(desk: Desk, order: Order) -> None:
    record = OrderRecord(
        order.client_id, desk.venue.name, desk.account_name, order.symbol, order.side, order.kind, order.quantity,
        provider=desk.written_provider(), deployment=desk.dealer.deployment, created_at=order.created_at,
    )  # fmt: skip
    await desk.note(record, order)


async def _missed_fills(desk: Desk, symbol: str) -> list[str]:
    """Record what was traded and nobody heard of."""
    values = await desk.dealer.records.list("fill", group=desk.account_name, mine=False)
    known = [read_fill(one) for one in values if one["symbol"] == symbol]
    ids = {one.id for one in known}
    last = max((one.at for one in known), default=None)
    orders = await desk.dealer.records.list("order", group=desk.account_name)
    first = min((read_record(one).created_at for one in orders if one["symbol"] == symbol), default=desk.now)
    since = (first if last is None else last) - _BEFORE
    told: list[str] = []
    for fill in await desk.venue.fills(symbol, since=max(since, 0)):
        if fill.id in ids or not fill.client_id.startswith(_OURS):
            continue
        order = await desk.find(fill.client_id) or await desk.find("-".join(fill.client_id.split("-")[:2]))
        if order is None:
            told.append(
                f"{desk.venue.name} tells of a fill `{fill.id}` ({fill.side} {fill.quantity:f} {symbol} at "
                f"{fill.price:f}) of an order `{fill.client_id}` that is on no record."
            )
        elif not desk.is_mine(order):
            continue
        await desk.take_fills([fill])
    return told


async def _position(desk: Desk, symbol: str) -> list[str]:
    """What the account holds against what all fills on record come to."""
    values = await desk.dealer.records.list("fill", group=desk.account_name, mine=False)
    if not values:
        return []
    held = account(read_fill(one) for one in values if one["symbol"] == symbol).get(symbol)
    expected = Decimal(0) if held is None else held.quantity
    market = await desk.market(symbol)
    there, is_floor = await _held(desk, market)
    key = f"{desk.account_name}/{symbol}"
    explained = await desk.dealer.records.get("position", key) or {}
    offset = Decimal(explained.get("offset", 0))
    difference = there - expected - offset
    if abs(difference) < (market.lot or Decimal("1e-12")) or (is_floor and difference > 0):
        return []
    value = {"symbol": symbol, "offset": str(there - expected), "expected": str(expected), "held": str(there)}
    await desk.dealer.records.put("position", key, value, group=desk.account_name)
    also = f", and {offset:f} were there beside that" if offset else ""
    return [
        f"{desk.venue.name} has {there:f} {symbol}; the fills on record come to {expected:f}{also}. A difference of "
        f"{difference:f} was traded or moved by somebody else, or is on no record."
    ]


async def _held(desk: Desk, market: Market) -> tuple[Decimal, bool]:
    """(How much, whether more of it than expected means nothing): what else lies in a spot account is nobody's
    business."""
    if desk.venue.capabilities.has_positions and (market.kind != "spot" or desk.venue.capabilities.is_simulated):
        found = await desk.venue.positions(market.symbol)
        return sum((one.quantity for one in found), Decimal(0)), market.kind == "spot"
    try:
        balance = (await desk.venue.account()).balances.get(market.base)
    except NodeError as error:
        if error.code == "not_supported":
            return Decimal(0), True
        raise
    return (balance.total if balance is not None else Decimal(0)), True


def _words(record: OrderRecord) -> str:
    return f"{record.side} {record.quantity:f} {record.symbol}"
