"""An order as ccxt wants to be told of it, and what this process remembers of those it has sent."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from treadle.packs.trading.exact import tidy
from treadle.packs.trading.venue.market_data import Market
from treadle.packs.trading.venue.order import OrderRequest
from treadle.packs.trading.venue.protocol import Capabilities
from treadle.packs.trading.venue.refusal import refusal

_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class OrderCall:
    """`arguments` are symbol, type, side, amount and price; numbers are text, which ccxt never makes floats of."""

    arguments: tuple[Any, ...]
    params: Mapping[str, Any]


def order_call(venue: str, order: OrderRequest, market: Market, can: Capabilities) -> OrderCall:
    """Raises `NodeError` (`not_supported`) for what the venue cannot keep to: it is never left out in silence."""
    check_order(venue, order, can)
    params: dict[str, Any] = {"clientOrderId": order.client_id}
    limited = order.kind in ("limit", "stop_limit", "take_profit_limit")
    if order.kind in ("stop", "stop_limit"):
        params["stopLossPrice"] = text(order.stop_price)
    elif order.kind in ("take_profit", "take_profit_limit"):
        params["takeProfitPrice"] = text(order.stop_price)
    if order.post_only:
        params["postOnly"] = True
    elif order.time_in_force != "gtc":
        params["timeInForce"] = order.time_in_force.upper()
        if order.time_in_force == "gtd":
            params["goodTillDate"] = order.expires_at
    if order.reduce_only:
        params["reduceOnly"] = True
    if order.stop_loss is not None:
        params["stopLoss"] = {"triggerPrice": text(order.stop_loss)}
    if order.take_profit is not None:
        params["takeProfit"] = {"triggerPrice": text(order.take_profit)}
    amount = text(tidy(order.quantity / market.contract_size))
    kind = "limit" if limited else "market"
    return OrderCall((order.symbol, kind, order.side, amount, text(order.price) if limited else None), params)


def check_order(venue: str, order: OrderRequest, can: Capabilities, *, paired: bool = False) -> None:
    """Raises `NodeError` (`not_supported`, `refused`)."""
    wanted = {
        f"orders of the kind `{order.kind}`": order.kind not in can.orders,
        "`post_only`": order.post_only and not can.posts_only,
        "`reduce_only`": order.reduce_only and not can.reduces_only,
        "stop-loss and take-profit with an order": (order.stop_loss or order.take_profit) is not None
        and not can.keeps_brackets,
        "orders that cancel each other": order.group is not None and not (can.keeps_groups or paired),
    }
    cannot = [name for name, refused in wanted.items() if refused]
    if cannot:
        raise refusal(
            "not_supported",
            f"`{venue}` cannot do {' and '.join(cannot)} here.",
            remedy=f"It takes {', '.join(sorted(can.orders))}; place what else is needed as orders of their own.",
            venue=venue,
        )
    if order.kind != "market" and order.kind != "stop" and order.kind != "take_profit" and order.price is None:
        raise refusal("refused", f"A `{order.kind}` order needs a price.", remedy="Set it.")
    if order.kind not in ("market", "limit") and order.stop_price is None:
        raise refusal("refused", f"A `{order.kind}` order needs a `stop_price`.", remedy="Set it.")


def text(value: Decimal | None) -> str | None:
    """Written out, never as `1E-8`."""
    return None if value is None else format(value, "f")


class OrderBookkeeping:
    """The newest orders: what was asked for, and which id is whose. What it has forgotten is asked of the exchange."""

    def __init__(self) -> None:
        self._requests: OrderedDict[str, OrderRequest] = OrderedDict()
        self._ours: OrderedDict[str, str] = OrderedDict()
        self._theirs: OrderedDict[str, str] = OrderedDict()
        self._set_off: OrderedDict[str, None] = OrderedDict()

    def sent(self, order: OrderRequest) -> None:
        self._requests[order.client_id] = order
        if len(self._requests) > _KEPT:
            self._requests.popitem(last=False)

    def was_sent(self, client_id: str) -> bool:
        return client_id in self._requests

    def request(self, client_id: str) -> OrderRequest | None:
        return self._requests.get(client_id)

    def know(self, id: str, client_id: str) -> None:
        self._ours[id] = client_id
        self._theirs[client_id] = id
        for known in (self._ours, self._theirs):
            if len(known) > _KEPT:
                known.popitem(last=False)

    def id(self, client_id: str) -> str:
        """The exchange's; empty for one that is not known."""
        return self._theirs.get(client_id, "")

    def client_id(self, id: str) -> str:
        return self._ours.get(id, "")

    def set_off(self, id: str) -> None:
        """A conditional order became this one."""
        self._set_off[id] = None
        if len(self._set_off) > _KEPT:
            self._set_off.popitem(last=False)

    def was_set_off(self, id: str) -> bool:
        return id in self._set_off
