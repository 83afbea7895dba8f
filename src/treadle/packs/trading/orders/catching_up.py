"""What has become of open orders since somebody looked, so that what is decided now goes by what is so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from treadle.packs.trading.orders.desk import Desk
from treadle.packs.trading.orders.record import OrderRecord
from treadle.packs.trading.orders.settling import Silent, ask, settle_once
from treadle.packs.trading.venue.order import Fill, Order
from treadle.packs.trading.venue.refusal import refusal

_SENDING = 60_000
"""Milliseconds after which nobody is sending an order any more: who did is dead, or has given up."""
_BEFORE = 60_000


async def catch_up(desk: Desk, symbol: str, others: Sequence[OrderRecord]) -> list[OrderRecord]:
    """The account's orders that are open now. Raises `NodeError` (`risk_limit`) while one of this symbol is in doubt:
    what is held cannot be told."""
    now: dict[str, OrderRecord] = {}
    here = [one for one in others if one.symbol == symbol]
    known = [one for one in here if not one.is_in_doubt and desk.is_mine(one)]
    if known:
        now = {one.client_id: one for one in await refresh(desk, known)}
    for one in here:
        if one.status == "unknown" or (one.status == "sending" and desk.now - one.sent_at > _SENDING):
            found, is_settled = await settle_once(desk, one) if desk.is_mine(one) else await _ask_of(desk, one)
            if not is_settled:
                raise refusal(
                    "risk_limit",
                    f"Nothing was sent: what became of order `{one.client_id}` ({one.side} {one.quantity:f} {symbol}) "
                    "is not known yet.",
                    remedy="It is asked for again and again; try again once it is settled.",
                    rule="unsettled_order",
                    client_id=one.client_id,
                )
            now[one.client_id] = found
    return [one for other in others if (one := now.get(other.client_id, other)).is_open]


async def _ask_of(desk: Desk, record: OrderRecord) -> tuple[OrderRecord, bool]:
    """Of an order of somebody else, who settles it; whether the venue has it now."""
    try:
        order = await ask(desk, record)
    except Silent:
        order = None
    return (record, False) if order is None else (record.with_order(order, now=desk.now), True)


async def refresh(desk: Desk, records: Sequence[OrderRecord]) -> list[OrderRecord]:
    """These orders as they are now: one question for all of a symbol, and one for each that has changed."""
    found: list[OrderRecord] = []
    for symbol in dict.fromkeys(one.symbol for one in records):
        here = [one for one in records if one.symbol == symbol]
        there = {order.client_id: order for order in await desk.venue.open_orders(symbol)}
        now = [await _look(desk, record, there.get(record.client_id)) for record in here]
        guarded = [one for one in now if one.guarded == "venue" and one.filled]
        if guarded:
            since = max(min(one.created_at for one in guarded) - _BEFORE, 0)
            told = await desk.venue.fills(symbol, since=since)
            looked = {one.client_id: await _look_at_guards(desk, one, there, told) for one in guarded}
            now = [looked.get(one.client_id, one) for one in now]
        found += [await _leave_group(desk, one) for one in now]
    return found


async def _look(desk: Desk, record: OrderRecord, order: Order | None) -> OrderRecord:
    if record.is_final and not record.lacks_fills:
        return record
    is_told = not record.lacks_fills and record.pledged is None
    if order is not None and is_told and (order.filled, order.status) == (record.filled, record.status):
        return record
    order = await desk.venue.fetch(record.symbol, record.client_id)
    return record if order is None else await desk.note(record, order)


async def _look_at_guards(
    desk: Desk, record: OrderRecord, there: Mapping[str, Order], told: Sequence[Fill]
) -> OrderRecord:
    """The fills of a stop-loss and take-profit that the venue keeps: `<client id>-sl` and `-tp`, or without a name."""
    theirs = f"{record.client_id}-"
    await desk.take_fills(one for one in told if one.client_id.startswith(theirs) or not one.client_id)
    if not record.is_final or any(name.startswith(theirs) for name in there):
        return record
    held = [one for one in await desk.positions() if one.symbol == record.symbol and one.quantity]
    if held and not any(one.client_id.startswith(theirs) for one in told):
        return record  # kept with the position, not as orders
    return await desk.keep(replace(record, guarded=""))


async def _leave_group(desk: Desk, record: OrderRecord) -> OrderRecord:
    """Cancel an order whose sibling was filled, where the venue does not do it by itself."""
    if record.is_final or not record.siblings:
        return record
    for name in record.siblings:
        sibling = await desk.find(name)
        if sibling is not None and sibling.filled:
            await desk.write()
            return await desk.note(record, await desk.venue.cancel(record.symbol, record.client_id))
    return record
