"""What became of an order whose answer never came: the venue is asked by its client id, until it says."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from treadle.errors import NodeError
from treadle.node import Context
from treadle.packs.trading.orders.desk import Desk
from treadle.packs.trading.orders.record import OrderRecord
from treadle.packs.trading.venue.order import Order

PAUSES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0, 300.0)
"""Seconds between two questions; the last again and again."""
ARRIVES_WITHIN = 20.0
"""Seconds in which what was sent may still arrive: before, a venue that has not got it proves nothing."""


class Silent(Exception):
    """The venue did not say."""


async def ask(desk: Desk, record: OrderRecord) -> Order | None:
    """Raises `Silent`."""
    try:
        return await desk.venue.fetch(record.symbol, record.client_id)
    except asyncio.CancelledError:
        raise
    except Exception as error:
        said = error.message if isinstance(error, NodeError) else str(error) or type(error).__name__
        raise Silent(said) from error


async def settle_once(desk: Desk, record: OrderRecord) -> tuple[OrderRecord, bool]:
    """Ask once. (What is known now, whether it is settled.) Where the venue has never had it, for certain, the record
    is as one that was refused."""
    try:
        order = await ask(desk, record)
    except Silent as silent:
        desk.dealer.log(f"What became of order `{record.client_id}` is not known yet: {silent}", level="warning")
        order, heard = None, False
    else:
        heard = True
    if order is not None:
        return await desk.note(record, order), True
    patience = 0 if desk.venue.capabilities.is_simulated else ARRIVES_WITHIN * 1000
    if heard and desk.now - record.sent_at >= patience:
        never = replace(record, status="rejected", code="never_arrived", reason="It never reached the venue.", asked=0)
        return await desk.keep(replace(never, updated_at=desk.now)), True
    asked = replace(record, status="unknown", asked=record.asked + 1, updated_at=desk.now)
    return await desk.keep(asked), False


async def settle(ctx: Context, desk: Desk, record: OrderRecord) -> OrderRecord:
    """Ask until the venue says; the run is suspended meanwhile, where that takes longer. Never gives up: an order whose
    end is not known is not one that failed."""
    while True:
        record, is_settled = await settle_once(desk, record)
        if is_settled:
            return record
        pause = PAUSES[min(record.asked, len(PAUSES)) - 1]
        await ctx.sleep_until(ctx.now() + timedelta(seconds=pause))
