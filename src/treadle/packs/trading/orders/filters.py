"""A market's rules for orders: what is off its grid is brought onto it, what is outside its bounds is refused.

Nothing is rounded so that risk grows: a quantity only down, a limit only away from paying more or getting less, the
price that sets off a way out only to where it is set off earlier, the one that sets off a way in to where it is later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Context, Decimal
from typing import Any

from treadle.packs.trading.exact import tidy
from treadle.packs.trading.venue.market_data import Market
from treadle.packs.trading.venue.order import OrderRequest, Side
from treadle.packs.trading.venue.refusal import refusal

_EXACT = Context(prec=120)


@dataclass(frozen=True, slots=True)
class Change:
    """`field` of the order was `asked`, and is `given` because of `rule`."""

    field: str
    asked: Decimal
    given: Decimal
    rule: str
    why: str

    def to_dict(self) -> dict[str, Any]:
        return {"field": self.field, "asked": str(self.asked), "given": str(self.given), "rule": self.rule,
                "why": self.why}  # fmt: skip


def fit(request: OrderRequest, market: Market, *, reference: Decimal) -> tuple[OrderRequest, tuple[Change, ...]]:
    """The order as this market takes it, and what was changed. `reference` is the price now. Raises `NodeError`."""
    if not market.is_open:
        raise refusal(
            "market_closed",
            f"{market.symbol} is not traded now.",
            remedy="Wait until it is open: `market.hours` tells, `on_error: branch` leads on from here.",
            symbol=market.symbol,
        )
    fitting = _Fitting(request, market)
    way_out = _opposite(request.side) if not is_way_out(request, market) else request.side
    request = replace(
        request,
        quantity=fitting.quantity(request.quantity),
        price=fitting.onto_tick("price", request.price, up=request.side == "sell"),
        stop_price=fitting.onto_tick("stop_price", request.stop_price, up=_stop_goes_up(request, market)),
        stop_loss=fitting.onto_tick("stop_loss", request.stop_loss, up=way_out == "sell"),
        take_profit=fitting.onto_tick("take_profit", request.take_profit, up=way_out == "buy"),
    )
    _check_quantity(request, market, asked=fitting.asked.quantity)
    _check_prices(request, market, reference=reference)
    _check_notional(request, market, price=price_of(request, reference))
    return request, tuple(fitting.changes)


def is_way_out(request: OrderRequest, market: Market) -> bool:
    """Whether it can only make smaller what is held."""
    return request.reduce_only or (market.kind in ("spot", "prediction") and request.side == "sell")


def price_of(request: OrderRequest, reference: Decimal) -> Decimal:
    """What a unit of it is reckoned with, before it is traded."""
    return request.price or request.stop_price or reference


def onto(value: Decimal, step: Decimal | None, *, up: bool = False) -> Decimal:
    """The nearest multiple of `step` that is not above `value`; with `up`, not below."""
    if not step:
        return value
    over = _EXACT.remainder(value, step)
    if not over:
        return tidy_exact(value)
    floor = _EXACT.subtract(value, over)
    return tidy_exact(_EXACT.add(floor, step) if up else floor)


def tidy_exact(value: Decimal) -> Decimal:
    return tidy(value) if len(value.as_tuple().digits) <= 28 else value


class _Fitting:
    def __init__(self, asked: OrderRequest, market: Market) -> None:
        self.asked = asked
        self.changes: list[Change] = []
        self._market = market

    def quantity(self, asked: Decimal) -> Decimal:
        given = onto(asked, self._market.lot)
        if given != asked:
            why = f"a quantity is a multiple of {self._market.lot}; it is rounded down"
            self.changes.append(Change("quantity", asked, given, "lot", why))
        return given

    def onto_tick(self, field: str, asked: Decimal | None, *, up: bool) -> Decimal | None:
        if asked is None:
            return None
        given = onto(asked, self._market.tick, up=up)
        if given != asked:
            why = f"a price is a multiple of {self._market.tick}; it is rounded {'up' if up else 'down'}"
            self.changes.append(Change(field, asked, given, "tick", why))
        return given


def _stop_goes_up(request: OrderRequest, market: Market) -> bool:
    """A stop of a sell order is below the market and a take-profit above it; of a buy order the other way about."""
    is_below = (request.side == "sell") == (request.kind in ("stop", "stop_limit"))
    earlier = is_below
    return earlier if is_way_out(request, market) else not earlier


def _opposite(side: Side) -> Side:
    return "sell" if side == "buy" else "buy"


def _check_quantity(request: OrderRequest, market: Market, *, asked: Decimal) -> None:
    least = market.min_quantity
    if request.quantity <= 0 or (least is not None and request.quantity < least):
        smallest = max(one for one in (least, market.lot, Decimal(0)) if one is not None)
        raise refusal(
            "below_minimum",
            f"{_amount(asked)} {market.base} is less than {market.symbol} takes: at least {_amount(smallest)}.",
            remedy="Order more, or do not order: `on_error: branch` leads on from here.",
            rule="min_quantity",
            quantity=str(asked),
            minimum=str(smallest),
            symbol=market.symbol,
        )
    most = market.max_quantity
    if most is not None and request.quantity > most:
        raise refusal(
            "above_maximum",
            f"{_amount(request.quantity)} {market.base} is more than {market.symbol} takes in an order: "
            f"{_amount(most)}.",
            remedy="Order less, or in several orders.",
            rule="max_quantity",
            quantity=str(request.quantity),
            maximum=str(most),
            symbol=market.symbol,
        )


def _check_prices(request: OrderRequest, market: Market, *, reference: Decimal) -> None:
    for field in ("price", "stop_price", "stop_loss", "take_profit"):
        price: Decimal | None = getattr(request, field)
        if price is not None and price <= 0:
            raise _out_of_bounds(field, price, "above 0", reference, market)
    if request.price is None:
        return
    least = None if market.price_down is None else _EXACT.multiply(reference, market.price_down)
    most = None if market.price_up is None else _EXACT.multiply(reference, market.price_up)
    if (least is not None and request.price < least) or (most is not None and request.price > most):
        bounds = " and ".join(
            f"{word} {_amount(tidy_exact(one))}" for word, one in (("at least", least), ("at most", most)) if one
        )
        raise _out_of_bounds("price", request.price, bounds, reference, market)


def _out_of_bounds(field: str, price: Decimal, bounds: str, reference: Decimal, market: Market) -> Exception:
    return refusal(
        "price_out_of_bounds",
        f"`{field}` is {_amount(price)}; {market.symbol}, now at {_amount(reference)}, takes {bounds}.",
        remedy="Move it nearer to the market.",
        rule="percent_price",
        price=str(price),
        reference=str(reference),
        bounds=bounds,
        symbol=market.symbol,
    )


def _check_notional(request: OrderRequest, market: Market, *, price: Decimal) -> None:
    notional = tidy_exact(_EXACT.multiply(request.quantity, price))
    is_exempt = request.reduce_only and market.kind != "spot"
    for rule, code, bound in (
        ("min_notional", "below_minimum", None if is_exempt else market.min_notional),
        ("max_notional", "above_maximum", market.max_notional),
    ):
        if bound is None or (notional >= bound if rule == "min_notional" else notional <= bound):
            continue
        raise refusal(
            code,
            f"{_amount(request.quantity)} {market.base} at {_amount(price)} is {_amount(notional)} {market.quote}; "
            f"{market.symbol} takes {'at least' if rule == 'min_notional' else 'at most'} {_amount(bound)}.",
            remedy="Order more." if rule == "min_notional" else "Order less, or in several orders.",
            rule=rule,
            notional=str(notional),
            bound=str(bound),
            symbol=market.symbol,
        )


def _amount(value: Decimal) -> str:
    return f"{tidy_exact(value):f}"
