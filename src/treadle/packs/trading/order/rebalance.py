"""Bring an account to target weights."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.errors import NodeError
from treadle.node import Context, effect
from treadle.packs.trading.exact import divide, tidy
from treadle.packs.trading.orders.client_ids import client_id
from treadle.packs.trading.orders.desk import Desk, open_desk
from treadle.packs.trading.orders.fields import MaxSlippage
from treadle.packs.trading.orders.filters import onto
from treadle.packs.trading.orders.limits import Limits
from treadle.packs.trading.orders.outcome import check_taken, shown
from treadle.packs.trading.orders.path import Wish, asks_first, count, send
from treadle.packs.trading.stakes import orders_at_stake
from treadle.packs.trading.types import Money, Percent
from treadle.packs.trading.venue.asking import From, name_provider
from treadle.packs.trading.venue.market_data import Market, Quote
from treadle.packs.trading.venue.order import OrderRequest
from treadle.packs.trading.venue.refusal import refusal

_NONE = Decimal(0)
_SKIPPED = frozenset({"below_minimum"})


class Rebalanced(NamedTuple):
    orders: list[dict[str, Any]]
    weights: Annotated[dict[str, Percent], Field(description="What each was of the whole before, in percent.")]
    skipped: Annotated[list[dict[str, Any]], Field(description="What was left as it is: symbol, drift and why.")]
    equity: Annotated[Money, Field(description="What everything was worth.")]


@effect(
    "order.rebalance",
    in_doubt="reconcile",
    title="Rebalance",
    provider=name_provider,
    confirms=orders_at_stake,
    requires=("numpy",),
    extra="trading",
    example={
        "config": {"threshold_pct": 2},
        "inputs": {"provider": "paper", "targets": {"BTC/USDT": 40, "ETH/USDT": 30}},
        "outputs": {},
    },
)
async def rebalance(
    ctx: Context,
    provider: From,
    targets: Annotated[
        dict[str, Percent], Field(description="Percent of the whole by symbol; what is left stays cash.")
    ],
    *,
    threshold_pct: Annotated[
        Percent, Field(ge=0, le=100, description="What is off by less than so many percent of the whole, stays.")
    ] = Decimal(1),
    max_slippage: MaxSlippage = None,
) -> Rebalanced:
    """Buy and sell at market until each symbol has its share of what the account is worth; what is sold goes first, and
    pays for what is bought.

    A difference below the threshold, or below what the market takes, is left, and told in `skipped`. Targets are not
    negative, and 100 percent in all at most.
    """
    _check(targets)
    desk = await open_desk(ctx, provider)
    equity = (await desk.account()).equity
    worth = {symbol: await _worth(desk, symbol) for symbol in targets}
    drifts = {symbol: equity * target / 100 - worth[symbol] for symbol, target in targets.items()}
    orders, skipped = list[dict[str, Any]](), list[dict[str, Any]]()
    for symbol in sorted(drifts, key=lambda one: drifts[one]):
        drift = drifts[symbol]
        name = client_id(ctx.idempotency_key, symbol, desk.venue.capabilities)
        if await desk.find(name) is None and abs(drift) * 100 < threshold_pct * equity:
            skipped.append({"symbol": symbol, "drift": tidy(drift), "why": "It is within `threshold_pct`."})
            continue
        try:
            record = await send(
                ctx, desk, symbol, partial(_plan, desk, symbol, targets[symbol], max_slippage), part=symbol
            )
            check_taken(record)
        except NodeError as error:
            if error.code not in _SKIPPED:
                raise
            skipped.append({"symbol": symbol, "drift": tidy(drift), "why": error.message})
            continue
        orders.append(shown(record))
    count(ctx, desk)
    weights = {symbol: divide(value * 100, equity) if equity else _NONE for symbol, value in worth.items()}
    return Rebalanced(orders, weights, skipped, tidy(equity))


async def _plan(
    desk: Desk, symbol: str, target: Decimal, slippage: Decimal | None, market: Market, quote: Quote, limits: Limits
) -> Wish:
    account = await desk.account()
    drift = account.equity * target / 100 - await _worth(desk, symbol)
    side = "buy" if drift > 0 else "sell"
    price = quote.ask if drift > 0 else quote.bid
    quantity = divide(abs(drift), price)
    if side == "buy" and market.kind in ("spot", "prediction"):
        held = account.balances.get(market.quote)
        free = held.free if held is not None else _NONE
        slip = 1 + (slippage or limits.max_slippage_pct or _NONE) / 100
        quantity = min(quantity, divide(free, price * (1 + market.taker) * slip))
    elif side == "sell":
        quantity = min(quantity, await _quantity(desk, symbol)) if target == 0 or quantity else quantity
    reduces = side == "sell" and desk.venue.capabilities.reduces_only and market.kind not in ("spot", "prediction")
    return Wish(OrderRequest("", symbol, side, "market", onto(quantity, market.lot), reduce_only=reduces), slippage)


async def _worth(desk: Desk, symbol: str) -> Decimal:
    return await _quantity(desk, symbol) * (await desk.quote(symbol)).last


async def _quantity(desk: Desk, symbol: str) -> Decimal:
    market = await desk.market(symbol)
    if market.kind == "spot":
        held = (await desk.account()).balances.get(market.base)
        return held.total if held is not None else _NONE
    return sum((one.quantity for one in await desk.positions() if one.symbol == symbol), _NONE)


def _check(targets: dict[str, Decimal]) -> None:
    total = sum(targets.values(), _NONE)
    if not targets or total > 100 or any(one < 0 for one in targets.values()):
        raise refusal(
            "impossible_targets",
            f"The targets are {', '.join(f'{name}: {one:f}' for name, one in targets.items()) or 'none'}; together "
            f"{total:f} %.",
            remedy="Give each symbol a share that is not negative, and 100 % in all at most.",
            total=str(total),
        )


rebalance.reconcile(asks_first)
