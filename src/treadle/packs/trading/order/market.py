"""Buy or sell now."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from treadle.node import Context, effect
from treadle.packs.trading.orders.brackets import check_bracket, tend
from treadle.packs.trading.orders.desk import open_desk
from treadle.packs.trading.orders.fields import (
    MaxSlippage,
    Outcome,
    ReduceOnly,
    Size,
    SizeIn,
    StopLoss,
    TakeProfit,
    Way,
)
from treadle.packs.trading.orders.limits import Limits
from treadle.packs.trading.orders.outcome import outcome
from treadle.packs.trading.orders.path import Wish, asks_first, send
from treadle.packs.trading.orders.sizing import quantity_of, worst_price
from treadle.packs.trading.stakes import orders_at_stake
from treadle.packs.trading.types import Money
from treadle.packs.trading.venue.asking import From, OfSymbol, name_provider, symbol_of
from treadle.packs.trading.venue.market_data import Market, Quote
from treadle.packs.trading.venue.order import OrderRequest

Expected = Annotated[
    Money | None, Field(gt=0, description="The price that was decided on; slippage counts from it, else from now.")
]


@effect(
    "order.market",
    in_doubt="reconcile",
    begins_with_record=True,
    title="Market order",
    provider=name_provider,
    confirms=orders_at_stake,
    requires=("numpy",),
    extra="trading",
    example={
        "config": {"symbol": "BTC/USDT", "max_slippage": 1},
        "inputs": {"provider": "paper", "side": "buy", "size": "0.01"},
        "outputs": {"status": "filled", "filled": "0.01"},
    },
)
async def market(
    ctx: Context,
    provider: From,
    side: Way,
    size: Size,
    stop_loss: StopLoss = None,
    take_profit: TakeProfit = None,
    expected: Expected = None,
    *,
    symbol: OfSymbol = None,
    size_in: SizeIn = "base",
    max_slippage: MaxSlippage = None,
    reduce_only: ReduceOnly = False,
) -> Outcome:
    """Buy or sell at what the market gives.

    The order has a name before it is sent, and goes out once, whatever crashes: an answer that does not come is asked
    for until it does. Tick, lot and the least and most that the market takes are kept in every mode, and `adjusted`
    says what was changed; it is never more than was asked. With `max_slippage` all of it is traded at no worse price,
    or nothing.

    What the venue, the market's rules or the provider's limits forbid fails the node, with the rule and the numbers,
    and nothing is placed; `on_error: branch` leads on from there. A stop-loss or take-profit that is refused after the
    order was filled closes what was traded again.
    """
    chosen = symbol_of(provider, symbol)
    desk = await open_desk(ctx, provider)

    async def plan(rules: Market, quote: Quote, limits: Limits) -> Wish:
        check_bracket(side, quote.ask if side == "buy" else quote.bid, stop_loss, take_profit)
        price: Decimal = worst_price(
            rules, quote, side, max_slippage=max_slippage, limits=limits, expected=expected
        )  # fmt: skip
        quantity = await quantity_of(desk, rules, side, size, size_in, price)
        request = OrderRequest(
            "", chosen, side, "market", quantity,
            reduce_only=reduce_only, stop_loss=stop_loss, take_profit=take_profit,
        )  # fmt: skip
        return Wish(request, max_slippage, expected)

    record = await send(ctx, desk, chosen, plan, is_last=True)
    await tend(ctx, desk, record)
    return outcome(ctx, desk, record)


market.reconcile(asks_first)
