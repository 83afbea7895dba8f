"""Prices and quantities that a venue could only take by rounding them: they are refused, never rounded in silence."""

from __future__ import annotations

from decimal import Decimal

from treadle.packs.trading.venue.market_data import Market
from treadle.packs.trading.venue.order import OrderRequest
from treadle.packs.trading.venue.refusal import refusal


def check_grid(market: Market, order: OrderRequest) -> None:
    """Raises `NodeError` (`off_grid`) for a price that is no multiple of the tick, or a quantity that is none of the
    lot."""
    prices = {
        "price": order.price,
        "stop_price": order.stop_price,
        "stop_loss": order.stop_loss,
        "take_profit": order.take_profit,
    }
    for name, value in prices.items():
        _check(market.symbol, name, value, market.tick, "tick")
    _check(market.symbol, "quantity", order.quantity, market.lot, "lot")


def _check(symbol: str, name: str, value: Decimal | None, step: Decimal | None, rule: str) -> None:
    if value is None or not step:
        return
    if not value.is_finite() or value % step:
        raise refusal(
            "off_grid",
            f"The {name} {value} is no multiple of {step}, the {rule} of {symbol}.",
            remedy=f"Round it to the {rule}.",
            rule=rule,
            value=str(value),
            step=str(step),
        )
