"""Buy or sell once the price has come to somewhere."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from treadle.node import Context, effect
from treadle.packs.trading.orders.brackets import tend
from treadle.packs.trading.orders.desk import open_desk
from treadle.packs.trading.orders.fields import Outcome, ReduceOnly, Size, SizeIn, StopLoss, TakeProfit, Way
from treadle.packs.trading.orders.limits import Limits
from treadle.packs.trading.orders.outcome import outcome
from treadle.packs.trading.orders.path import Wish, asks_first, send
from treadle.packs.trading.orders.sizing import quantity_of
from treadle.packs.trading.stakes import orders_at_stake
from treadle.packs.trading.types import Money
from treadle.packs.trading.venue.asking import From, OfSymbol, name_provider, symbol_of
from treadle.packs.trading.venue.market_data import Market, Quote
from treadle.packs.trading.venue.order import OrderKind, OrderRequest
from treadle.packs.trading.venue.refusal import refusal


@effect(
    "order.stop",
    in_doubt="reconcile",
    begins_with_record=True,
    title="Stop order",
    provider=name_provider,
    confirms=orders_at_stake,
    requires=("numpy",),
    extra="trading",
    example={
        "config": {"symbol": "BTC/USDT"},
        "inputs": {"provider": "paper", "side": "buy", "size": "0.01", "stop_price": 150000},
        "outputs": {"status": "open", "filled": "0"},
    },
)
async def stop(
    ctx: Context,
    provider: From,
    side: Way,
    size: Size,
    stop_price: Annotated[Money, Field(gt=0, description="Where the order is set off.")],
    price: Annotated[Money | None, Field(gt=0, description="The worst price then; without it, the market's.")] = None,
    stop_loss: StopLoss = None,
    take_profit: TakeProfit = None,
    *,
    symbol: OfSymbol = None,
    size_in: SizeIn = "base",
    when: Annotated[
        Literal["against", "towards"],
        Field(
            description="`against`: a stop, which sells when the price has fallen to it and buys when it has risen to "
            "it; `towards`: a take-profit, the other way about."
        ),
    ] = "against",
    reduce_only: ReduceOnly = False,
) -> Outcome:
    """Leave an order with the venue that is set off when the price comes to `stop_price`.

    One that closes a position is moved, where it is off the grid, to where it is set off earlier; one that opens one,
    to where it is later. A `stop_price` that the market has passed already fails the node.
    """
    chosen = symbol_of(provider, symbol)
    desk = await open_desk(ctx, provider)

    async def plan(rules: Market, quote: Quote, limits: Limits) -> Wish:
        is_above = (side == "buy") == (when == "against")
        if stop_price <= quote.last if is_above else stop_price >= quote.last:
            raise refusal(
                "price_out_of_bounds",
                f"`stop_price` is {stop_price:f}, and {chosen} is at {quote.last:f}: to {side} {when} the price, it "
                f"has to be {'above' if is_above else 'below'}. Nothing was sent.",
                remedy="Use `order.market` where it is to happen now; or look whether `when` is the other one.",
                rule="stop_price",
                stop_price=str(stop_price),
                price=str(quote.last),
            )
        plain: OrderKind = "stop" if when == "against" else "take_profit"
        with_limit: OrderKind = "stop_limit" if when == "against" else "take_profit_limit"
        request = OrderRequest(
            "", chosen, side, plain if price is None else with_limit,
            await quantity_of(desk, rules, side, size, size_in, price or stop_price), price, stop_price,
            reduce_only=reduce_only, stop_loss=stop_loss, take_profit=take_profit,
        )  # fmt: skip
        return Wish(request)

    record = await send(ctx, desk, chosen, plan, is_last=True)
    await tend(ctx, desk, record)
    return outcome(ctx, desk, record)


stop.reconcile(asks_first)
