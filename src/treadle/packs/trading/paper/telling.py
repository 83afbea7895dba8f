"""What is in the file, in the words of the venue protocol."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from treadle.packs.trading.paper.accounts import StoredOrder
from treadle.packs.trading.venue.order import Fill, Order, OrderKind, OrderRequest, OrderStatus, TimeInForce
from treadle.simulation.market import orders as o
from treadle.simulation.market.desk import Traded
from treadle.simulation.market.scale import EXACT, Scale, short

KINDS: dict[OrderKind, int] = {
    "market": o.MARKET, "limit": o.LIMIT, "stop": o.STOP_MARKET, "stop_limit": o.STOP_LIMIT,
    "take_profit": o.TAKE_MARKET, "take_profit_limit": o.TAKE_LIMIT,
}  # fmt: skip
FORCES: dict[TimeInForce, int] = {
    "gtc": o.GOOD_TILL_CANCELLED, "ioc": o.IMMEDIATE, "fok": o.FILL_OR_KILL, "gtd": o.GOOD_TILL_DATE,
}  # fmt: skip
_KIND_NAMES: dict[int, OrderKind] = {number: name for name, number in KINDS.items()}
_STATUSES: dict[int, OrderStatus] = {
    o.OPEN: "open", o.PARTLY: "partly_filled", o.DONE: "filled", o.CANCELLED: "cancelled", o.REJECTED: "rejected",
    o.EXPIRED: "expired",
}  # fmt: skip
_REASONS = {
    o.NO_FUNDS: "insufficient_balance: when it was to be filled there was not enough",
    o.NO_SHORTS: "no_position: this account does not sell what it has not",
    o.NOTHING_TO_REDUCE: "no_position: there was nothing to reduce any more",
    o.NOT_AT_ONCE: "it could not be filled at once",
    o.NO_DEPTH: "the book had no more to offer",
    o.GROUPED: "another order of its group was filled",
    o.WOULD_TRADE: "would_trade: it is post-only and would have traded at once",
    o.OUT_OF_TIME: "its time was over",
    o.ASKED: "it was cancelled",
    o.SETTLED: "the market was settled",
    o.LIQUIDATED: "liquidated: the account could no longer carry its position",
}  # fmt: skip


def row_of(request: OrderRequest, scale: Scale, number: int, *, group: int, since: int) -> o.Row:
    """Raises `ValueError` where a price or quantity is off the grid; `check_filters` names them before."""
    return o.order_row(
        number,
        o.BUY if request.side == "buy" else o.SELL,
        KINDS[request.kind],
        scale.lots(request.quantity),
        price=0 if request.price is None else scale.ticks(request.price),
        stop=0 if request.stop_price is None else scale.ticks(request.stop_price),
        force=FORCES[request.time_in_force],
        expires=request.expires_at or 0,
        post_only=request.post_only,
        reduce_only=request.reduce_only,
        group=group,
        stop_loss=0 if request.stop_loss is None else scale.ticks(request.stop_loss),
        take_profit=0 if request.take_profit is None else scale.ticks(request.take_profit),
        since=since,
    )


def tell_order(stored: StoredOrder, scale: Scale, quote: str, fills: Sequence[Traded] = ()) -> Order:
    row = stored.row
    filled = row[o.FILLED]
    return Order(
        client_id=stored.client_id,
        id=str(row[o.NUMBER]),
        symbol=stored.symbol,
        side="buy" if row[o.SIDE] == o.BUY else "sell",
        kind=_KIND_NAMES[row[o.KIND]],
        status=_STATUSES[row[o.STATUS]],
        quantity=scale.quantity(row[o.QUANTITY]),
        filled=scale.quantity(filled),
        average=average_of(row[o.COST], filled, scale),
        price=scale.price(row[o.PRICE]) if row[o.PRICE] else None,
        stop_price=scale.price(row[o.STOP]) if row[o.STOP] else None,
        fee=scale.money(row[o.FEE]),
        fee_asset=quote,
        reduce_only=bool(row[o.REDUCE_ONLY]),
        group=stored.label,
        reason=_REASONS.get(row[o.REASON]),
        created_at=stored.created_at,
        updated_at=stored.updated_at,
        fills=tuple(tell_fill(one, stored.client_id, stored.symbol, scale, quote) for one in fills),
    )


def tell_fill(traded: Traded, client_id: str, symbol: str, scale: Scale, quote: str) -> Fill:
    return Fill(
        id=f"{symbol}-{traded.serial}",
        client_id=client_id,
        order_id=str(traded.number),
        symbol=symbol,
        side="buy" if traded.side == o.BUY else "sell",
        quantity=scale.quantity(traded.lots),
        price=scale.price(traded.price),
        fee=scale.money(traded.fee),
        fee_asset=quote,
        at=traded.at,
        is_maker=bool(traded.is_maker),
        sequence=traded.serial,
    )


def average_of(cost: int, lots: int, scale: Scale) -> Decimal | None:
    """The price that `lots` came to, rounded once to 28 digits. `cost` is a sum of ticks × lots."""
    if not lots:
        return None
    whole, rest = divmod(cost, lots)
    if not rest:
        return scale.price(whole)
    return short(EXACT.multiply(scale.tick, Decimal(cost)) / Decimal(lots))
