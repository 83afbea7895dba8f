"""Two orders, of which one cancels the other."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.errors import NodeError
from treadle.node import Context, effect
from treadle.packs.trading.orders.brackets import cancel
from treadle.packs.trading.orders.client_ids import client_id
from treadle.packs.trading.orders.desk import Desk, open_desk
from treadle.packs.trading.orders.fields import ReduceOnly, Size, SizeIn, Way
from treadle.packs.trading.orders.limits import Limits
from treadle.packs.trading.orders.outcome import check_taken, shown
from treadle.packs.trading.orders.pairs import Leg, goes_as_pair, send_pair
from treadle.packs.trading.orders.path import Plan, Wish, asks_first, count, send
from treadle.packs.trading.orders.record import OrderRecord
from treadle.packs.trading.orders.sizing import quantity_of
from treadle.packs.trading.stakes import orders_at_stake
from treadle.packs.trading.types import Money
from treadle.packs.trading.venue.asking import From, OfSymbol, name_provider, symbol_of
from treadle.packs.trading.venue.market_data import Market, Quote
from treadle.packs.trading.venue.order import OrderKind, OrderRequest
from treadle.packs.trading.venue.refusal import refusal


class Pair(NamedTuple):
    limit: Annotated[dict[str, Any], Field(description="The order at the better price.")]
    stop: Annotated[dict[str, Any], Field(description="The order that is set off at the worse one.")]
    status: Annotated[str, Field(description="`open`, or that of the one that was filled at once.")]
    adjusted: Annotated[list[dict[str, Any]], Field(description="What the market's rules changed of either.")]


@effect(
    "order.oco",
    in_doubt="reconcile",
    title="One cancels the other",
    provider=name_provider,
    confirms=orders_at_stake,
    requires=("numpy",),
    extra="trading",
    example={
        "config": {"symbol": "BTC/USDT"},
        "inputs": {"provider": "paper", "side": "buy", "size": "0.01", "price": 60000, "stop_price": 150000},
        "outputs": {},
    },
)
async def oco(
    ctx: Context,
    provider: From,
    side: Way,
    size: Size,
    price: Annotated[Money, Field(gt=0, description="The limit of the first.")],
    stop_price: Annotated[Money, Field(gt=0, description="Where the second is set off.")],
    stop_limit: Annotated[Money | None, Field(gt=0, description="Its worst price then; without it, any.")] = None,
    *,
    symbol: OfSymbol = None,
    size_in: SizeIn = "base",
    reduce_only: ReduceOnly = False,
) -> Pair:
    """Place a limit order at a better price and a stop at a worse one; when one of them is filled, the other is
    cancelled.

    A venue that can does so by itself: an exchange with order lists, such as Binance, takes the two as one. Elsewhere
    somebody has to look: `order.await`, and every order node that deals in the symbol. If the second is refused, the
    first is cancelled and the node fails.
    """
    chosen = symbol_of(provider, symbol)
    desk = await open_desk(ctx, provider)
    can = desk.venue.capabilities
    names = {leg: client_id(ctx.idempotency_key, leg, can) for leg in ("limit", "stop")}
    group = client_id(ctx.idempotency_key, "group", can)

    async def plan(rules: Market, quote: Quote, limits: Limits, *, leg: str, other: str) -> Wish:
        _check_sides(side, chosen, price, stop_price, quote)
        kind: OrderKind = "limit" if leg == "limit" else "stop" if stop_limit is None else "stop_limit"
        request = OrderRequest(
            "", chosen, side, kind, await quantity_of(desk, rules, side, size, size_in, price),
            price if leg == "limit" else stop_limit, None if leg == "limit" else stop_price,
            reduce_only=reduce_only, group=group if can.keeps_groups else None,
        )  # fmt: skip
        return Wish(request, siblings=() if can.keeps_groups else (names[other],), is_paired=leg == "stop")

    plans = {leg: partial(plan, leg=leg, other=other) for leg, other in (("limit", "stop"), ("stop", "limit"))}
    if await goes_as_pair(desk, chosen, list(names.values())):
        legs = Leg(names["limit"], plans["limit"]), Leg(names["stop"], plans["stop"])
        first, second = await send_pair(ctx, desk, chosen, legs)
        check_taken(first)
        check_taken(second)
    else:
        first, second = await _one_by_one(ctx, desk, chosen, plans)
    count(ctx, desk)
    over = next((one.status for one in (first, second) if one.filled), "open")
    return Pair(shown(first), shown(second), over, [dict(one) for one in (*first.adjusted, *second.adjusted)])


async def _one_by_one(
    ctx: Context, desk: Desk, symbol: str, plans: Mapping[str, Plan]
) -> tuple[OrderRecord, OrderRecord]:
    first = await send(ctx, desk, symbol, plans["limit"], part="limit")
    check_taken(first)
    if first.filled and not desk.venue.capabilities.keeps_groups:
        return first, first
    try:
        second = await send(ctx, desk, symbol, plans["stop"], part="stop")
        check_taken(second)
    except NodeError:
        await cancel(desk, first)
        count(ctx, desk)
        raise
    return first, second


def _check_sides(side: str, symbol: str, price: Any, stop_price: Any, quote: Quote) -> None:
    above, below = (price, stop_price) if side == "sell" else (stop_price, price)
    if not below < quote.last < above:
        names = ("`stop_price`", "`price`") if side == "sell" else ("`price`", "`stop_price`")
        raise refusal(
            "impossible_trade",
            f"{symbol} is at {quote.last:f}: to {side}, {names[0]} has to be below that and {names[1]} above; they are "
            f"{below:f} and {above:f}. Nothing was sent.",
            remedy="Look whether the two are swapped, or the market has moved past one.",
            rule="oco",
            price=str(quote.last),
        )


oco.reconcile(asks_first)
