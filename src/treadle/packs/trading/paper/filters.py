"""Whether an order keeps the rules of its market, before anything is bound or traded."""

from __future__ import annotations

from decimal import Decimal

from treadle.errors import NodeError
from treadle.packs.trading.venue.market_data import Market
from treadle.packs.trading.venue.order import OrderRequest
from treadle.packs.trading.venue.refusal import refusal
from treadle.simulation.market import orders as o
from treadle.simulation.market.desk import Want
from treadle.simulation.market.scale import from_wallet

_NEEDS_PRICE = ("limit", "stop_limit", "take_profit_limit")
_NEEDS_STOP = ("stop", "stop_limit", "take_profit", "take_profit_limit")


def check_filters(request: OrderRequest, market: Market, last: Decimal) -> None:
    """Raises what the market refuses the order for; `last` is the price it is at."""
    symbol = request.symbol
    if not market.is_open:
        raise refusal(
            "market_closed", f"{symbol} is not traded now.", remedy="Try again when it is open.", symbol=symbol
        )
    prices = {
        "price": request.price, "stop_price": request.stop_price, "stop_loss": request.stop_loss,
        "take_profit": request.take_profit,
    }  # fmt: skip
    for name, kinds in (("price", _NEEDS_PRICE), ("stop_price", _NEEDS_STOP)):
        if request.kind in kinds and prices[name] is None:
            raise _not_complete(request, name)
    if request.kind not in _NEEDS_PRICE:
        prices["price"] = None
    if request.time_in_force == "gtd" and request.expires_at is None:
        raise _not_complete(request, "expires_at")
    for name, price in prices.items():
        if price is not None:
            _check_price(name, price, market)
    _check_quantity(request, market)
    limit = prices["price"]
    reference = limit or request.stop_price or last
    notional = reference * request.quantity * market.contract_size
    if market.min_notional is not None and notional < market.min_notional and not request.reduce_only:
        raise refusal(
            "below_minimum",
            f"{request.quantity} × {reference} is {notional} {market.quote}; {symbol} takes {market.min_notional} "
            "and more.",
            remedy="Order more.",
            rule="min_notional", notional=notional, minimum=market.min_notional,
        )  # fmt: skip
    if market.max_notional is not None and notional > market.max_notional:
        raise refusal(
            "above_maximum",
            f"{request.quantity} × {reference} is {notional} {market.quote}; {symbol} takes {market.max_notional} "
            "at most.",
            remedy="Order less, or in parts.",
            rule="max_notional", notional=notional, maximum=market.max_notional,
        )  # fmt: skip
    if limit is not None:
        _check_distance(limit, last, market)


def refuse_want(want: Want, request: OrderRequest) -> NodeError:
    """Why an account cannot have the order."""
    if want.reason == o.NOTHING_TO_REDUCE:
        return refusal(
            "no_position",
            f"There is no position in {request.symbol} that a {request.side} would reduce.",
            remedy="Leave `reduce_only` out to open one.",
            symbol=request.symbol,
        )
    if want.reason == o.NO_SHORTS:
        return refusal(
            "no_position",
            f"This account does not sell {request.symbol} short, and there is less of it than {request.quantity}.",
            remedy="Set `shorts: true` in the settings of the provider.",
            symbol=request.symbol,
        )
    if want.reason == o.WOULD_TRADE:
        return refusal(
            "would_trade",
            f"The post-only {request.side} of {request.symbol} at {request.price} would have traded at once.",
            remedy="Set the limit further from the market.",
            symbol=request.symbol, price=request.price,
        )  # fmt: skip
    if not want.asset:
        return refusal(
            "insufficient_balance",
            f"The account cannot pay {request.quantity} {request.symbol}.",
            remedy="Order less.",
            symbol=request.symbol,
        )
    need, free = from_wallet(want.need), from_wallet(max(want.free, 0))
    return refusal(
        "insufficient_balance",
        f"The order needs {need} {want.asset}; {free} are free.",
        remedy="Order less, or cancel orders that bind it.",
        symbol=request.symbol, asset=want.asset, need=need, free=free,
    )  # fmt: skip


def off_grid(name: str, value: Decimal, step: Decimal, symbol: str) -> NodeError:
    return refusal(
        "off_grid",
        f"`{name}` is {value}, no multiple of {step}, as {symbol} asks for.",
        remedy="Round it.",
        rule="tick" if name != "quantity" else "lot", symbol=symbol, value=value, step=step,
    )  # fmt: skip


def _check_price(name: str, price: Decimal, market: Market) -> None:
    assert market.tick is not None
    if price <= 0 or (market.kind == "prediction" and price >= 1):
        raise refusal(
            "price_out_of_bounds",
            f"`{name}` is {price}; a price of {market.symbol} is more than 0"
            f"{' and less than 1' if market.kind == 'prediction' else ''}.",
            remedy="Mend the price.",
            rule="price", symbol=market.symbol, price=price,
        )  # fmt: skip
    if price % market.tick:
        raise off_grid(name, price, market.tick, market.symbol)


def _check_quantity(request: OrderRequest, market: Market) -> None:
    assert market.lot is not None
    quantity = request.quantity
    if quantity <= 0 or (market.min_quantity is not None and quantity < market.min_quantity):
        minimum = market.min_quantity or market.lot
        raise refusal(
            "below_minimum",
            f"{quantity} {market.base} are less than the {minimum} that {market.symbol} takes.",
            remedy="Order more.",
            rule="min_quantity", symbol=market.symbol, quantity=quantity, minimum=minimum,
        )  # fmt: skip
    if market.max_quantity is not None and quantity > market.max_quantity:
        raise refusal(
            "above_maximum",
            f"{quantity} {market.base} are more than the {market.max_quantity} that {market.symbol} takes.",
            remedy="Order less, or in parts.",
            rule="max_quantity", symbol=market.symbol, quantity=quantity, maximum=market.max_quantity,
        )  # fmt: skip
    if quantity % market.lot:
        raise off_grid("quantity", quantity, market.lot, market.symbol)


def _check_distance(limit: Decimal, last: Decimal, market: Market) -> None:
    for share, beyond, word in (
        (market.price_up, 1, "above"),
        (market.price_down, -1, "below"),
    ):
        if share is not None and (limit - last * share) * beyond > 0:
            raise refusal(
                "price_out_of_bounds",
                f"The limit {limit} is {word} {share} × the price of {market.symbol}, {last}.",
                remedy="Set it nearer to the market.",
                rule="percent_price", symbol=market.symbol, price=limit, bound=last * share,
            )  # fmt: skip


def _not_complete(request: OrderRequest, name: str) -> NodeError:
    return refusal(
        "refused",
        f"An order of the kind `{request.kind}` ({request.time_in_force}) needs `{name}`.",
        remedy=f"Give `{name}`.",
        rule=name, symbol=request.symbol,
    )  # fmt: skip
