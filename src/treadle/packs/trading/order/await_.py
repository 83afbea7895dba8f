"""Wait for what becomes of an order."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from treadle.model.duration import Duration
from treadle.node import DEAD, Branch, Context, effect
from treadle.packs.trading.exact import tidy
from treadle.packs.trading.orders.brackets import cancel, tend
from treadle.packs.trading.orders.catching_up import refresh
from treadle.packs.trading.orders.desk import open_desk
from treadle.packs.trading.orders.fields import OrderIn
from treadle.packs.trading.orders.outcome import find_order, shown
from treadle.packs.trading.orders.path import asks_first, count
from treadle.packs.trading.orders.record import OrderRecord
from treadle.packs.trading.orders.settling import settle
from treadle.packs.trading.types import Money
from treadle.packs.trading.venue.asking import From, name_provider

_FIRST, _LONGEST, _SHARE = 0.5, 60.0, 0.25
"""Seconds between two looks: at least, at most, and as a share of how long it has waited."""


class Awaited(NamedTuple):
    """One of the branches is live."""

    order: Annotated[dict[str, Any], Field(description="As it is now.")]
    status: str
    quantity: Annotated[Money, Field(description="How much of it is filled.")]
    price: Annotated[Branch[Money], Field(description="At what, on average; live once some was.")] = DEAD
    filled: Annotated[Branch[dict[str, Any]], Field(description="The order, filled.")] = DEAD
    partly: Annotated[Branch[dict[str, Any]], Field(description="The order, of which only a part was filled.")] = DEAD
    cancelled: Annotated[Branch[dict[str, Any]], Field(description="The order, over without a trade.")] = DEAD
    timed_out: Annotated[Branch[dict[str, Any]], Field(description="The order, still open at the deadline.")] = DEAD


@effect(
    "order.await",
    in_doubt="reconcile",
    title="Await order",
    provider=name_provider,
    requires=("numpy",),
    extra="trading",
    example={
        "config": {"deadline": "10m", "at_deadline": "cancel"},
        "inputs": {"provider": "paper", "order": "{{ nodes.buy.order }}"},
        "outputs": {},
    },
)
async def await_order(
    ctx: Context,
    provider: From,
    order: OrderIn,
    *,
    until: Annotated[
        Literal["filled", "partly", "closed"],
        Field(
            description="`filled`: nothing more becomes of it; `partly`: some of it is traded; `closed`: its stop-loss "
            "or take-profit has closed it again."
        ),
    ] = "filled",
    deadline: Annotated[Duration | None, Field(gt=0, description="How long at most; else as long as it takes.")] = None,
    at_deadline: Annotated[
        Literal["leave", "cancel"], Field(description="What becomes of the order when the deadline is over.")
    ] = "leave",
) -> Awaited:
    """Wait until an order is filled, or over; the run is suspended meanwhile and costs nothing.

    It looks after half a second, and then at growing distances, a minute at most. While it waits it keeps the order's
    stop-loss and take-profit, where the venue does not: it places them for what was filled, and cancels one when the
    other was filled.
    """
    desk = await open_desk(ctx, provider)
    await desk.read_book()
    while True:
        record = await find_order(desk, order)
        record = await settle(ctx, desk, record) if record.is_in_doubt else (await refresh(desk, [record]))[0]
        record = await tend(ctx, desk, record)
        if _has_come(record, until):
            break
        waited = (ctx.now() - ctx.started_at).total_seconds()
        if deadline is not None and waited >= deadline:
            if at_deadline == "leave" or record.is_final:
                break
            record = await tend(ctx, desk, await cancel(desk, record))
            if record.is_final:
                break
        pause = min(max(waited * _SHARE, _FIRST), _LONGEST)
        at = ctx.now() + timedelta(seconds=pause)
        if deadline is not None and waited < deadline:
            at = min(at, ctx.started_at + timedelta(seconds=deadline))
        desk.look_again(prices=True)
        await ctx.sleep_until(at)
    count(ctx, desk)
    return _awaited(record, until)


def _has_come(record: OrderRecord, until: str) -> bool:
    if until == "partly" and record.filled:
        return True
    return record.is_final and (until != "closed" or not record.is_open)


def _awaited(record: OrderRecord, until: str) -> Awaited:
    told = shown(record)
    price = DEAD if record.average is None or not record.filled else tidy(record.average)
    common: dict[str, Any] = {
        "order": told, "status": record.status, "quantity": tidy(record.filled), "price": price,
    }  # fmt: skip
    if not _has_come(record, until):
        return Awaited(**common, timed_out=told)
    if record.status == "filled":
        return Awaited(**common, filled=told)
    return Awaited(**common, partly=told) if record.filled else Awaited(**common, cancelled=told)


await_order.reconcile(asks_first)
