"""Close a position."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.node import DEAD, Branch, Context, effect
from treadle.packs.trading.exact import tidy
from treadle.packs.trading.orders.client_ids import client_id
from treadle.packs.trading.orders.closing import cancel_open, close
from treadle.packs.trading.orders.desk import open_desk
from treadle.packs.trading.orders.outcome import outcome
from treadle.packs.trading.orders.path import asks_first
from treadle.packs.trading.stakes import orders_at_stake
from treadle.packs.trading.types import Money
from treadle.packs.trading.venue.asking import From, OfSymbol, name_provider, symbol_of


class Closed(NamedTuple):
    order: Annotated[dict[str, Any], Field(description="The order that closed it, as the venue has it now.")]
    status: str
    filled: Annotated[Money, Field(description="How much was closed.")]
    fee: Money
    adjusted: list[dict[str, Any]]
    profit: Annotated[Money, Field(description="What it brought, by the deployment's own fills, fees taken off.")]
    price: Annotated[Branch[Money], Field(description="What it was closed at, on average.")] = DEAD
    done: Annotated[Branch[dict[str, Any]], Field(description="The order, where nothing more becomes of it.")] = DEAD
    resting: Annotated[Branch[dict[str, Any]], Field(description="The order, where the venue has not done it yet.")] = (
        DEAD
    )


@effect(
    "order.close",
    in_doubt="reconcile",
    title="Close position",
    provider=name_provider,
    confirms=orders_at_stake,
    requires=("numpy",),
    extra="trading",
    example={"config": {"symbol": "BTC/USDT"}, "inputs": {"provider": "paper"}, "outputs": {"status": "filled"}},
)
async def close_position(
    ctx: Context,
    provider: From,
    ticket: Annotated[str | None, Field(description="The `id` of a position, at venues that number them.")] = None,
    *,
    symbol: OfSymbol = None,
    cancel_orders: Annotated[bool, Field(description="Cancel the deployment's open orders in it first.")] = True,
) -> Closed:
    """Close all that is held of a symbol with a market order that only reduces.

    At a venue for spot without positions it is what the deployment has bought and not sold yet, as far as it is free.
    Nothing held fails the node with `no_position`.
    """
    chosen = symbol_of(provider, symbol)
    desk = await open_desk(ctx, provider)
    part = f"close/{ticket or ''}"
    if cancel_orders and await desk.find(client_id(ctx.idempotency_key, part, desk.venue.capabilities)) is None:
        await cancel_open(desk, [chosen])
    record = await close(ctx, desk, chosen, part=part, ticket=ticket)
    told = outcome(ctx, desk, record)
    book = await desk.read_book()
    profit = sum((book.traded(one).profit for one in book.fills_of(record.client_id, chosen)), Decimal(0))
    return Closed(
        told.order, told.status, told.filled, told.fee, told.adjusted, tidy(profit), told.price, told.done, told.resting
    )


close_position.reconcile(asks_first)
