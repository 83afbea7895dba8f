"""Two orders as one: Binance's order lists, of which one order cancels the other (OCO). ccxt has no word for them, but
knows the endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from treadle.packs.trading.ccxt.orders import check_order, text
from treadle.packs.trading.ccxt.reading import within
from treadle.packs.trading.venue.grid import check_grid
from treadle.packs.trading.venue.market_data import Market
from treadle.packs.trading.venue.order import OrderRequest
from treadle.packs.trading.venue.protocol import Capabilities
from treadle.packs.trading.venue.refusal import Unsettled, refusal

PLACES_PAIRS = frozenset({"binance"})
"""At their spot markets."""
_TYPES = {
    "limit": "LIMIT_MAKER",
    "stop": "STOP_LOSS",
    "stop_limit": "STOP_LOSS_LIMIT",
    "take_profit": "TAKE_PROFIT",
    "take_profit_limit": "TAKE_PROFIT_LIMIT",
}
_LIMITED = ("limit", "stop_limit", "take_profit_limit")


def pair_params(
    venue: str, first: OrderRequest, second: OrderRequest, market: Market, can: Capabilities, ids: Mapping[str, str]
) -> dict[str, Any]:
    """What the endpoint wants to be told, but for the market; `ids` are its words for our names, that of the group too.
    Raises `NodeError` for what it cannot keep to."""
    for order in (first, second):
        check_order(venue, order, can, paired=True)
        check_grid(market, order)
    above, below = _sides(first, second)
    if (first.side, first.quantity) != (second.side, second.quantity) or first.group is None:
        raise refusal(
            "not_supported",
            f"`{venue}` takes two orders as one only for one side, one quantity and one group.",
            remedy="Make the two alike, or place them one by one.",
        )
    params: dict[str, Any] = {
        "listClientOrderId": ids[first.group],
        "side": first.side.upper(),
        "quantity": text(first.quantity),
        "newOrderRespType": "FULL",
    }
    for where, order in (("above", above), ("below", below)):
        params[f"{where}Type"] = _TYPES[order.kind]
        params[f"{where}ClientOrderId"] = ids[order.client_id]
        if order.kind in _LIMITED:
            params[f"{where}Price"] = text(order.price)
        if order.kind != "limit":
            params[f"{where}StopPrice"] = text(order.stop_price)
        if order.kind in ("stop_limit", "take_profit_limit"):
            params[f"{where}TimeInForce"] = "GTC"
    return params


def _sides(first: OrderRequest, second: OrderRequest) -> tuple[OrderRequest, OrderRequest]:
    """The order above the market, and the one below. One has to be a stop, which the other is not."""
    stops = [one for one in (first, second) if one.kind in ("stop", "stop_limit")]
    others = [one for one in (first, second) if one not in stops]
    if len(stops) != 1 or others[0].kind == "market":
        raise refusal(
            "not_supported",
            f"A `{first.kind}` order and a `{second.kind}` order are not taken as one.",
            remedy="One of the two is a stop, the other a limit or a take-profit.",
        )
    return (others[0], stops[0]) if first.side == "sell" else (stops[0], others[0])


def read_reports(given: Any, ids: Mapping[str, str], *, venue: str) -> list[Any]:
    """What it says of each of these orders. Raises `Unsettled` where it does not name them."""
    found = {str(report.get("clientOrderId")): report for report in within({"": given}, "").get("orderReports") or ()}
    try:
        return [found[id] for id in ids.values()]
    except KeyError:
        raise Unsettled(f"`{venue}` answered without naming both orders") from None
