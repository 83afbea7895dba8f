"""From the record of an order to what its node gives."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from treadle.errors import NodeError
from treadle.node import DEAD, Context
from treadle.packs.trading.exact import tidy
from treadle.packs.trading.orders.desk import Desk
from treadle.packs.trading.orders.fields import Outcome
from treadle.packs.trading.orders.path import count
from treadle.packs.trading.orders.record import OrderRecord, iso
from treadle.packs.trading.venue.refusal import refusal

_SHOWN = (
    "client_id", "id", "venue", "symbol", "side", "kind", "quantity", "price", "stop_price", "stop_loss", "take_profit",
    "status", "filled", "remaining", "average", "fee", "fee_asset", "reduce_only", "order_group", "parent", "role",
)  # fmt: skip


def shown(record: OrderRecord) -> dict[str, Any]:
    """As it flows on."""
    told: dict[str, Any] = {}
    for name in _SHOWN:
        value = getattr(record, name)
        if value is not None:
            told[name] = tidy(value) if isinstance(value, Decimal) else value
    return {**told, "created_at": iso(record.created_at), "updated_at": iso(record.updated_at)}


def outcome(ctx: Context, desk: Desk, record: OrderRecord) -> Outcome:
    """Raises `NodeError` where nothing came of it and nothing will."""
    count(ctx, desk)
    check_taken(record)
    order = shown(record)
    return Outcome(
        order=order,
        status=record.status,
        filled=tidy(record.filled),
        fee=tidy(record.fee),
        adjusted=[dict(one) for one in record.adjusted],
        price=DEAD if record.average is None or not record.filled else tidy(record.average),
        done=order if record.is_final else DEAD,
        resting=DEAD if record.is_final else order,
    )


def check_taken(record: OrderRecord) -> None:
    """Raises `NodeError` (`slippage`, `refused`)."""
    if record.status == "rejected":
        raise refusal(
            "refused",
            f"`{record.venue}` rejected the order: {record.reason or 'it does not say why'}.",
            remedy="Look at what it says; nothing was traded.",
            client_id=record.client_id,
            reason=record.reason,
        )
    if record.time_in_force == "fok" and record.is_final and not record.filled:
        raise refusal(
            "slippage",
            f"{record.quantity:f} {record.symbol} could not all be had at {record.price:f} or better. Nothing was "
            "traded.",
            remedy="Allow more slippage, order less, or try again: `on_error: branch` leads on from here.",
            rule="max_slippage",
            worst=str(record.price),
            quantity=str(record.quantity),
            client_id=record.client_id,
        )


async def find_order(desk: Desk, given: Any) -> OrderRecord:
    """The order that is meant. Raises `NodeError` (`unknown_order`)."""
    name = cast("Mapping[str, Any]", given).get("client_id") if isinstance(given, Mapping) else given
    record = await desk.find(name) if isinstance(name, str) and name else None
    if record is None:
        raise NodeError(
            f"There is no order {name!r} on record.",
            code="unknown_order",
            remedy="Connect the `order` of an order node, or write its client id.",
            retryable=False,
        )
    return record
