"""Take orders back."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.node import DEAD, Branch, Context, effect
from treadle.packs.trading.orders.brackets import cancel as cancel_order
from treadle.packs.trading.orders.closing import cancel_open
from treadle.packs.trading.orders.desk import open_desk
from treadle.packs.trading.orders.outcome import find_order, shown
from treadle.packs.trading.orders.path import asks_first, count
from treadle.packs.trading.orders.settling import PAUSES, settle
from treadle.packs.trading.venue.asking import From, OfSymbol, name_provider, symbol_of
from treadle.packs.trading.venue.refusal import refusal

_PATIENCE = 600.0
"""Seconds in which an order that is to be cancelled should be over."""

Which = Annotated[Any, Field(description="The `order` of an order node, or a client id; else all of the symbol.")]


class Cancelled(NamedTuple):
    orders: Annotated[list[dict[str, Any]], Field(description="Those that were cancelled.")]
    cancelled: Annotated[Branch[dict[str, Any]], Field(description="The order, where it was cancelled.")] = DEAD
    too_late: Annotated[Branch[dict[str, Any]], Field(description="The order, where it was over already.")] = DEAD


@effect(
    "order.cancel",
    in_doubt="reconcile",
    title="Cancel order",
    provider=name_provider,
    requires=("numpy",),
    extra="trading",
    example={"config": {"symbol": "BTC/USDT"}, "inputs": {"provider": "paper"}, "outputs": {"orders": []}},
)
async def cancel(ctx: Context, provider: From, order: Which = None, *, symbol: OfSymbol = None) -> Cancelled:
    """Cancel an order, or all open orders of the deployment in a symbol.

    One that was filled first is no failure: `too_late` is live then. What of it was filled before is on record.
    """
    desk = await open_desk(ctx, provider)
    await desk.read_book()
    if order is None:
        found = await cancel_open(desk, [symbol_of(provider, symbol)])
        count(ctx, desk)
        return Cancelled([shown(one) for one in found])
    record = await find_order(desk, order)
    if record.is_in_doubt:
        record = await settle(ctx, desk, record)
    turn = 0
    while not record.is_final:
        record = await cancel_order(desk, record)
        if record.is_final:
            break
        if (ctx.now() - ctx.started_at).total_seconds() >= _PATIENCE:
            raise refusal(
                "not_cancelled",
                f"`{record.venue}` still has order `{record.client_id}` as {record.status.replace('_', ' ')}, after "
                f"{_PATIENCE:.0f} s of being asked to cancel it.",
                remedy="Look at the venue; `on_error: branch` leads on from here.",
                client_id=record.client_id,
            )
        await ctx.sleep_until(ctx.now() + timedelta(seconds=PAUSES[min(turn, len(PAUSES) - 1)]))
        turn += 1
    count(ctx, desk)
    told = shown(record)
    if record.status == "cancelled":
        return Cancelled([told], cancelled=told)
    return Cancelled([], too_late=told)


cancel.reconcile(asks_first)
