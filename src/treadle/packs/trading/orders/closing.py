"""Cancelling what is open and closing what is held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from treadle.errors import NodeError
from treadle.node import Context
from treadle.packs.trading.orders.brackets import cancel
from treadle.packs.trading.orders.catching_up import refresh
from treadle.packs.trading.orders.desk import Desk
from treadle.packs.trading.orders.filters import onto
from treadle.packs.trading.orders.limits import Limits
from treadle.packs.trading.orders.path import Wish, send
from treadle.packs.trading.orders.record import OrderRecord
from treadle.packs.trading.orders.settling import settle_once
from treadle.packs.trading.venue.market_data import Market, Quote
from treadle.packs.trading.venue.order import OrderRequest
from treadle.packs.trading.venue.refusal import Unsettled, refusal

_NONE = Decimal(0)


async def cancel_open(desk: Desk, symbols: Iterable[str], *, all_of_them: bool = False) -> list[OrderRecord]:
    """Cancel the deployment's open orders in these symbols; with `all_of_them`, everybody's. Those that were cancelled
    are given back. What cannot be asked now is left for the next look."""
    wanted = set(symbols)
    cancelled: list[OrderRecord] = []
    guarded: list[str] = []
    records = [one for one in await desk.open_records() if one.symbol in wanted and (all_of_them or desk.is_mine(one))]
    for record in records:
        if record.is_in_doubt:
            record, _ = await settle_once(desk, record)
        try:
            cancelled += [now for now in [await _cancel(desk, record)] if now.status == "cancelled"]
        except Unsettled:
            continue
        if record.guarded == "venue":
            guarded.append(record.client_id)
    known = {one.client_id for one in records}
    for symbol in sorted(wanted):
        for order in await desk.venue.open_orders(symbol):
            theirs = any(order.client_id.startswith(f"{name}-") for name in known)
            if order.client_id not in known and (theirs or all_of_them):
                await desk.write()
                await desk.venue.cancel(symbol, order.client_id)
    for client_id in guarded:
        await _leave_guards(desk, client_id)
    desk.look_again()
    return cancelled


async def _leave_guards(desk: Desk, client_id: str) -> None:
    """Nobody looks at an order's stop-loss and take-profit any more: last, so that what they were filled with until
    they were cancelled is on record."""
    record = await desk.find(client_id)
    if record is None or not record.guarded:
        return
    (record,) = await refresh(desk, [record])
    if record.guarded:
        await desk.keep(replace(record, guarded=""))


async def _cancel(desk: Desk, record: OrderRecord) -> OrderRecord:
    if record.is_final:
        if record.is_open and record.guarded != "venue":
            (record,) = await refresh(desk, [record])
            await desk.keep(replace(record, guarded=""))
        return replace(record, status="filled")
    if record.is_in_doubt:
        return record
    if record.guarded == "us":
        record = await desk.keep(replace(record, guarded=""))
    return await cancel(desk, record)


async def held(desk: Desk, symbol: str, *, ticket: str | None = None, own: bool = False) -> Decimal:
    """How much of a symbol there is to close: of the account, or what the deployment's own fills come to."""
    market = await desk.market(symbol)
    if desk.venue.capabilities.has_positions:
        found = [one for one in await desk.venue.positions(symbol) if ticket is None or one.id == ticket]
        there = sum((one.quantity for one in found), _NONE)
    else:
        balance = (await desk.venue.account()).balances.get(market.base)
        there = balance.free if balance is not None else _NONE
        own = True
    if not own:
        return there
    mine = (await desk.read_book()).holding(symbol).quantity
    if mine * there <= 0:
        return _NONE
    return min(mine, there, key=abs)


async def is_dust(desk: Desk, symbol: str, quantity: Decimal) -> bool:
    """Whether it is less than the market lets anybody sell."""
    market = await desk.market(symbol)
    quantity = onto(abs(quantity), market.lot)
    if not quantity or (market.min_quantity is not None and quantity < market.min_quantity):
        return True
    if market.min_notional is None or market.kind not in ("spot", "prediction"):
        return False
    return quantity * (await desk.quote(symbol)).bid < market.min_notional


async def close(
    ctx: Context, desk: Desk, symbol: str, *, part: str, ticket: str | None = None, own: bool = False,
    is_switch: bool = False,
) -> OrderRecord:  # fmt: skip
    """A market order against all of it. Raises `NodeError` (`no_position`)."""

    async def plan(market: Market, quote: Quote, limits: Limits) -> Wish:
        quantity = await held(desk, symbol, ticket=ticket, own=own)
        if not quantity:
            raise no_position(symbol, ticket)
        reduces = market.kind not in ("spot", "prediction") and desk.venue.capabilities.reduces_only
        side = "sell" if quantity > 0 else "buy"
        return Wish(OrderRequest("", symbol, side, "market", abs(quantity), reduce_only=reduces), closes=True)

    return await send(ctx, desk, symbol, plan, part=part, is_switch=is_switch)


def no_position(symbol: str, ticket: str | None) -> NodeError:
    return refusal(
        "no_position",
        f"Nothing of {symbol} is held{'' if ticket is None else f' under the ticket {ticket}'}.",
        remedy="Look at `market.positions`; `on_error: branch` leads on from here.",
        symbol=symbol,
    )
