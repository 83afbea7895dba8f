"""Stop-loss and take-profit. Kept at the venue where it can; else they are orders of our own that only reduce, of which
one cancels the other: there, where the venue takes the two as one or keeps groups.

Where the venue cannot cancel one for the other, somebody has to look: `order.await`, and every order node of the next
run that deals in the symbol. At a spot venue of that kind the take-profit is no order, because both would bind what is
held: the stop-loss is, and the price is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from treadle.errors import NodeError
from treadle.node import Context
from treadle.packs.trading.orders.client_ids import client_id
from treadle.packs.trading.orders.desk import Desk
from treadle.packs.trading.orders.limits import Limits
from treadle.packs.trading.orders.pairs import Leg, goes_as_pair, send_pair
from treadle.packs.trading.orders.path import Plan, Wish, send
from treadle.packs.trading.orders.record import OrderRecord, Role
from treadle.packs.trading.orders.settling import Silent, ask
from treadle.packs.trading.venue.market_data import Market, Quote
from treadle.packs.trading.venue.order import OrderKind, OrderRequest, Side
from treadle.packs.trading.venue.refusal import Unsettled, refusal

_ROLES: tuple[Role, Role] = ("stop_loss", "take_profit")


def check_bracket(side: Side, price: Decimal, stop_loss: Decimal | None, take_profit: Decimal | None) -> None:
    """Raises `NodeError` (`impossible_trade`) where they are on the wrong side of `price`."""
    sign = 1 if side == "buy" else -1
    for name, value, wanted in (("stop_loss", stop_loss, -1), ("take_profit", take_profit, 1)):
        if value is not None and (value - price) * sign * wanted <= 0:
            word = "below" if sign * wanted < 0 else "above"
            raise refusal(
                "impossible_trade",
                f"`{name}` is {value:f}; to {side} at {price:f}, it has to be {word} that. Nothing was sent.",
                remedy="Look whether the two are swapped, or the market has moved past it.",
                rule=name,
                price=str(price),
                value=str(value),
            )


async def tend(ctx: Context, desk: Desk, entry: OrderRecord) -> OrderRecord:
    """Keep the bracket of an order as it should be now; to be called whenever somebody looks at the order."""
    if entry.guarded != "us" or not entry.filled:
        return entry
    await desk.write()
    market = await desk.market(entry.symbol)
    quantity = _held(entry, market)
    legs: dict[Role, Decimal] = {role: price for role, price in _legs(entry) if price is not None}
    names: dict[Role, str] = {role: _name(desk, entry, role, quantity) for role in legs}
    is_late = len(legs) == 2 and await _has_come(desk, entry)
    is_pair = len(legs) == 2 and await goes_as_pair(desk, entry.symbol, list(names.values()), is_late=is_late)
    is_watched = len(legs) == 2 and market.kind == "spot" and not (desk.venue.capabilities.keeps_groups or is_pair)
    placed: dict[Role, OrderRecord] = {}
    try:
        await _drop_older(desk, entry, quantity)
        plans: dict[Role, Plan] = {
            role: _plan(desk, entry, role, price, quantity, _others(names, role)) for role, price in legs.items()
        }
        if is_pair:
            stop, target = (Leg(names[role], plans[role]) for role in _ROLES)
            pair = await send_pair(ctx, desk, entry.symbol, (stop, target), is_switch=True)
            placed = dict(zip(_ROLES, pair, strict=True))
        else:
            for role, plan in plans.items():
                if not (is_watched and role == "take_profit"):
                    placed[role] = await send(ctx, desk, entry.symbol, plan, id=names[role], is_switch=True)
    except NodeError as error:
        await _flatten(ctx, desk, entry, quantity, error)
    if any(one.filled for one in placed.values()):
        for one in placed.values():
            if not one.is_final and not one.filled:
                await cancel(desk, one)
    if is_watched and not any(one.filled for one in placed.values()):
        await _take_profit(ctx, desk, entry, names["take_profit"], placed["stop_loss"], quantity)
    settled = [await desk.find(name) for name in names.values()]
    is_over = entry.is_final and any(one is not None and one.is_final and one.filled for one in settled)
    return await desk.keep(replace(entry, guarded="")) if is_over else entry


def _legs(entry: OrderRecord) -> tuple[tuple[Role, Decimal | None], ...]:
    return ("stop_loss", entry.stop_loss), ("take_profit", entry.take_profit)


def _others(names: Mapping[Role, str], role: Role) -> tuple[str, ...]:
    return tuple(name for other, name in names.items() if other != role)


def _held(entry: OrderRecord, market: Market) -> Decimal:
    """What there is to guard: a fee in the base asset is not there any more."""
    is_less = market.kind == "spot" and entry.fee_asset == market.base and entry.side == "buy"
    return entry.filled - entry.fee if is_less else entry.filled


def _name(desk: Desk, entry: OrderRecord, role: Role, quantity: Decimal) -> str:
    price = entry.stop_loss if role == "stop_loss" else entry.take_profit
    return client_id(entry.client_id, f"{role}/{quantity:f}/{price}", desk.venue.capabilities)


def _plan(
    desk: Desk, entry: OrderRecord, role: Role, price: Decimal, quantity: Decimal, siblings: tuple[str, ...]
) -> Plan:
    can = desk.venue.capabilities
    kind: OrderKind = "stop" if role == "stop_loss" else "take_profit" if "take_profit" in can.orders else "limit"

    async def plan(market: Market, quote: Quote, limits: Limits) -> Wish:
        request = OrderRequest(
            "", entry.symbol, _opposite(entry.side), kind, quantity,
            price=price if kind == "limit" else None,
            stop_price=None if kind == "limit" else price,
            reduce_only=can.reduces_only and market.kind != "spot",
            group=entry.client_id if can.keeps_groups and siblings else None,
        )  # fmt: skip
        kept = () if can.keeps_groups else siblings
        is_paired = can.keeps_groups and role == "take_profit" and bool(siblings)
        return Wish(request, parent=entry.client_id, role=role, siblings=kept, is_paired=is_paired, closes=True)

    return plan


async def _drop_older(desk: Desk, entry: OrderRecord, quantity: Decimal) -> None:
    """Cancel what guarded less of it: more was filled since."""
    for one in await desk.open_records():
        if one.parent != entry.client_id or one.role is None or one.filled or one.is_in_doubt:
            continue
        if one.client_id != _name(desk, entry, one.role, quantity):
            await cancel(desk, one)


async def _has_come(desk: Desk, entry: OrderRecord) -> bool:
    """Whether the market is where the profit is to be taken."""
    quote, target = await desk.quote(entry.symbol), entry.take_profit
    return target is not None and (quote.bid >= target if entry.side == "buy" else quote.ask <= target)


async def _take_profit(
    ctx: Context, desk: Desk, entry: OrderRecord, name: str, stop: OrderRecord, quantity: Decimal
) -> None:
    known = await desk.find(name)
    if known is None and not await _has_come(desk, entry):
        return
    stopped = stop if stop.is_final else await cancel(desk, stop)
    if not stopped.filled:
        await send(ctx, desk, entry.symbol, _way_out(desk, entry, quantity, "take_profit"), id=name, is_switch=True)


async def _flatten(ctx: Context, desk: Desk, entry: OrderRecord, quantity: Decimal, error: NodeError) -> None:
    """What cannot be guarded is not kept."""
    for one in await desk.open_records():
        if one.parent == entry.client_id and not one.is_final:
            await cancel(desk, one)
    name = client_id(entry.client_id, "flatten", desk.venue.capabilities)
    await send(ctx, desk, entry.symbol, _way_out(desk, entry, quantity, None), id=name, is_switch=True)
    await desk.keep(replace(entry, guarded=""))
    raise refusal(
        "not_guarded",
        f"{entry.filled:f} {entry.symbol} were traded, and their stop-loss or take-profit was refused: {error.message} "
        "What was traded has been closed again.",
        remedy=error.remedy or "Look at the prices of the stop-loss and the take-profit.",
        cause=error.code,
        client_id=entry.client_id,
    )


def _way_out(desk: Desk, entry: OrderRecord, quantity: Decimal, role: Role | None) -> Plan:
    async def plan(market: Market, quote: Quote, limits: Limits) -> Wish:
        reduces = market.kind != "spot" and desk.venue.capabilities.reduces_only
        request = OrderRequest("", entry.symbol, _opposite(entry.side), "market", quantity, reduce_only=reduces)
        return Wish(request, parent=entry.client_id, role=role, closes=True)

    return plan


async def cancel(desk: Desk, record: OrderRecord) -> OrderRecord:
    """What the order is then; one that was filled first is filled."""
    desk.look_again()
    await desk.write()
    try:
        return await desk.note(record, await desk.venue.cancel(record.symbol, record.client_id))
    except Unsettled:
        try:
            order = await ask(desk, record)
        except Silent:
            return record
        return record if order is None else await desk.note(record, order)


def _opposite(side: Side) -> Side:
    return "sell" if side == "buy" else "buy"
