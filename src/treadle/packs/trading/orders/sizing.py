"""How much an order is."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from treadle.packs.trading.exact import divide
from treadle.packs.trading.orders.desk import Desk
from treadle.packs.trading.orders.filters import onto
from treadle.packs.trading.orders.limits import Limits
from treadle.packs.trading.venue.market_data import Market, Quote
from treadle.packs.trading.venue.order import Side

_NONE = Decimal(0)


async def quantity_of(
    desk: Desk, market: Market, side: Side, size: Decimal, size_in: Literal["base", "quote", "percent"], price: Decimal
) -> Decimal:
    """In base. Percent leave room for the fee."""
    if size_in == "base":
        return size
    if size_in == "quote":
        return divide(size, price)
    account = await desk.account()
    if market.kind not in ("spot", "prediction"):
        return divide(account.free_margin * size / 100, price * (1 + market.taker))
    asset = market.quote if side == "buy" else market.base
    held = account.balances.get(asset)
    part = (held.free if held is not None else _NONE) * size / 100
    return divide(part, price * (1 + market.taker)) if side == "buy" else part


def worst_price(
    market: Market, quote: Quote, side: Side, *, max_slippage: Decimal | None, limits: Limits, expected: Decimal | None
) -> Decimal:
    """What a market order may come to."""
    now = quote.ask if side == "buy" else quote.bid
    allowed = [one for one in (max_slippage, limits.max_slippage_pct) if one is not None]
    if not allowed:
        return now
    share, base = min(allowed) / 100, expected or now
    return onto(base * (1 + share if side == "buy" else 1 - share), market.tick, up=side == "sell")
