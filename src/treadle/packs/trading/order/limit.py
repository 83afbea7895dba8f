"""Buy or sell at a price or better."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from treadle.model.duration import Duration
from treadle.node import Context, effect
from treadle.packs.trading.orders.brackets import check_bracket, tend
from treadle.packs.trading.orders.desk import open_desk
from treadle.packs.trading.orders.fields import (
    Limit,
    Lived,
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
from treadle.packs.trading.orders.sizing import quantity_of
from treadle.packs.trading.stakes import orders_at_stake
from treadle.packs.trading.venue.asking import From, OfSymbol, name_provider, symbol_of
from treadle.packs.trading.venue.market_data import Market, Quote
from treadle.packs.trading.venue.order import OrderRequest


@effect(
    "order.limit",
    in_doubt="reconcile",
    begins_with_record=True,
    title="Limit order",
    provider=name_provider,
    confirms=orders_at_stake,
    requires=("numpy",),
    extra="trading",
    example={
        "config": {"symbol": "BTC/USDT", "post_only": True},
        "inputs": {"provider": "paper", "side": "buy", "size": "0.01", "price": 55000},
        "outputs": {"status": "open", "filled": "0"},
    },
)
async def limit(
    ctx: Context,
    provider: From,
    side: Way,
    size: Size,
    price: Limit,
    stop_loss: StopLoss = None,
    take_profit: TakeProfit = None,
    *,
    symbol: OfSymbol = None,
    size_in: SizeIn = "base",
    post_only: Annotated[bool, Field(description="Refused where it would trade at once.")] = False,
    time_in_force: Lived = "gtc",
    expires_in: Annotated[Duration | None, Field(gt=0, description="With `gtd`: how long it stands.")] = None,
    reduce_only: ReduceOnly = False,
) -> Outcome:
    """Put an order into the book: at `price` or better, or not at all.

    It is placed and remembered like a market order, and may stand after the run is over: `order.await` waits for it,
    and the order nodes of later runs of the deployment take note of what was filled meanwhile. A price off the market's
    grid is moved to where it costs no more and brings no less.
    """
    chosen = symbol_of(provider, symbol)
    desk = await open_desk(ctx, provider)

    async def plan(rules: Market, quote: Quote, limits: Limits) -> Wish:
        check_bracket(side, price, stop_loss, take_profit)
        expires_at = None if expires_in is None else round((ctx.started_at.timestamp() + expires_in) * 1000)
        request = OrderRequest(
            "", chosen, side, "limit", await quantity_of(desk, rules, side, size, size_in, price), price,
            time_in_force="gtd" if expires_in is not None else time_in_force, expires_at=expires_at,
            post_only=post_only, reduce_only=reduce_only, stop_loss=stop_loss, take_profit=take_profit,
        )  # fmt: skip
        return Wish(request)

    record = await send(ctx, desk, chosen, plan, is_last=True)
    await tend(ctx, desk, record)
    return outcome(ctx, desk, record)


limit.reconcile(asks_first)
