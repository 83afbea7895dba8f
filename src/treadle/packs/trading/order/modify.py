"""Change an order that stands, or its stop-loss and take-profit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from treadle.errors import NodeError
from treadle.node import Context, effect
from treadle.packs.trading.orders.brackets import cancel, tend
from treadle.packs.trading.orders.catching_up import refresh
from treadle.packs.trading.orders.desk import Desk, open_desk
from treadle.packs.trading.orders.fields import OrderIn, Outcome
from treadle.packs.trading.orders.filters import Change, fit, price_of
from treadle.packs.trading.orders.guarding import guard
from treadle.packs.trading.orders.halting import refuse_if_halted
from treadle.packs.trading.orders.limits import Limits, read_limits
from treadle.packs.trading.orders.outcome import find_order, outcome
from treadle.packs.trading.orders.path import Wish, asks_first, send
from treadle.packs.trading.orders.record import OrderRecord
from treadle.packs.trading.orders.settling import settle
from treadle.packs.trading.orders.turns import in_turn
from treadle.packs.trading.stakes import orders_at_stake
from treadle.packs.trading.types import Money
from treadle.packs.trading.venue.asking import From, name_provider
from treadle.packs.trading.venue.market_data import Market, Quote
from treadle.packs.trading.venue.order import OrderRequest
from treadle.packs.trading.venue.refusal import Unsettled, refusal


@effect(
    "order.modify",
    in_doubt="reconcile",
    title="Modify order",
    provider=name_provider,
    confirms=orders_at_stake,
    requires=("numpy",),
    extra="trading",
    example={
        "config": {},
        "inputs": {"provider": "paper", "order": "{{ nodes.buy.order }}", "stop_loss": 48000},
        "outputs": {},
    },
)
async def modify(
    ctx: Context,
    provider: From,
    order: OrderIn,
    price: Annotated[Money | None, Field(gt=0, description="The new limit.")] = None,
    size: Annotated[Money | None, Field(gt=0, description="How much of the base asset it is to be in all.")] = None,
    stop_price: Annotated[Money | None, Field(gt=0, description="Where it is set off.")] = None,
    stop_loss: Annotated[Money | None, Field(gt=0, description="The new stop-loss.")] = None,
    take_profit: Annotated[Money | None, Field(gt=0, description="The new take-profit.")] = None,
) -> Outcome:
    """Change what is connected or written; the rest stays as it is.

    Rules and limits are kept as if it were placed anew. Where the venue cannot change an order, it is cancelled, and
    another is placed for what was not filled: `order` is that one then. Of an order that is over, only its stop-loss
    and take-profit can be changed.
    """
    desk = await open_desk(ctx, provider)
    await desk.read_book()
    record = await find_order(desk, order)
    record = await settle(ctx, desk, record) if record.is_in_doubt else (await refresh(desk, [record]))[0]
    if price is not None or size is not None or stop_price is not None:
        changes = _Changes(price, size, stop_price)
        record = await _change(ctx, desk, record, changes)
    if stop_loss is not None or take_profit is not None:
        record = await _guard_anew(ctx, desk, record, stop_loss, take_profit)
    return outcome(ctx, desk, record)


class _Changes:
    def __init__(self, price: Decimal | None, size: Decimal | None, stop_price: Decimal | None) -> None:
        self.price, self.size, self.stop_price = price, size, stop_price

    def of(self, request: OrderRequest) -> OrderRequest:
        return replace(
            request,
            price=self.price or request.price,
            quantity=self.size or request.quantity,
            stop_price=self.stop_price or request.stop_price,
            stop_loss=None,
            take_profit=None,
        )


async def _change(ctx: Context, desk: Desk, record: OrderRecord, changes: _Changes) -> OrderRecord:
    wanted = changes.of(record.request())
    if not desk.venue.capabilities.modifies:
        return await _replace(ctx, desk, record, wanted)
    if record.is_final:
        raise _is_over(record)
    found: list[tuple[OrderRequest, tuple[Change, ...]]] = []

    async def decide() -> tuple[OrderRecord]:
        """On record before the venue is told, so that whoever looks at the limits meanwhile counts it."""
        await refuse_if_halted(desk)
        market, quote = await desk.market(record.symbol), await desk.quote(record.symbol)
        others = [one for one in await desk.open_records() if one.client_id != record.client_id]
        await guard(desk, read_limits(desk.provider.limits), wanted, market, quote, others)
        found.append(fit(wanted, market, reference=quote.last))
        left = found[-1][0].quantity - record.filled
        return (replace(record, pledged=max(left * price_of(wanted, quote.last), record.worth(quote.last))),)

    await in_turn(desk, decide)
    fitted, told = found[-1]
    try:
        changed = await desk.venue.modify(
            record.symbol, record.client_id,
            quantity=None if changes.size is None else fitted.quantity,
            price=None if changes.price is None else fitted.price,
            stop_price=None if changes.stop_price is None else fitted.stop_price,
        )  # fmt: skip
    except Unsettled as error:
        raise _unheard(record) from error
    except NodeError as error:
        record = await desk.keep(record)
        if error.code == "not_supported":
            return await _replace(ctx, desk, record, wanted)
        raise
    return await desk.note(replace(record, adjusted=tuple(one.to_dict() for one in told)), changed)


async def _replace(ctx: Context, desk: Desk, record: OrderRecord, wanted: OrderRequest) -> OrderRecord:
    """Cancel it and place another for what is left. The other's name says that it was done, should this be entered
    again."""
    if record.order_group is not None and desk.venue.capabilities.places_pairs:
        raise refusal(
            "not_supported",
            f"Order `{record.client_id}` is one of two that cancel each other, and `{desk.venue.name}` cannot change "
            "one of them.",
            remedy="Cancel it, which cancels both, and place an `order.oco` anew.",
            rule="capabilities",
        )
    cancelled = record if record.is_final else await cancel(desk, record)

    async def plan(market: Market, quote: Quote, limits: Limits) -> Wish:
        left = wanted.quantity - cancelled.filled
        if cancelled.status != "cancelled" or left <= 0:
            raise _is_over(cancelled)
        bracket = {"stop_loss": record.stop_loss, "take_profit": record.take_profit}
        return Wish(replace(wanted, quantity=left, **bracket), siblings=record.siblings)

    return await send(ctx, desk, record.symbol, plan, part="modify")


async def _guard_anew(
    ctx: Context, desk: Desk, record: OrderRecord, stop_loss: Decimal | None, take_profit: Decimal | None
) -> OrderRecord:
    if desk.venue.capabilities.keeps_brackets:
        market, quote = await desk.market(record.symbol), await desk.quote(record.symbol)
        wanted = replace(record.request(), stop_loss=stop_loss, take_profit=take_profit)
        fitted, _ = fit(wanted, market, reference=quote.last)
        try:
            found = await desk.venue.modify(
                record.symbol, record.client_id, stop_loss=fitted.stop_loss, take_profit=fitted.take_profit
            )
        except Unsettled as error:
            raise _unheard(record) from error
        kept = replace(record, stop_loss=fitted.stop_loss or record.stop_loss, guarded="venue",
                       take_profit=fitted.take_profit or record.take_profit)  # fmt: skip
        return await desk.note(kept, found)
    changed = replace(
        record,
        stop_loss=stop_loss or record.stop_loss,
        take_profit=take_profit or record.take_profit,
        guarded="us",
    )
    return await tend(ctx, desk, await desk.keep(changed))


def _is_over(record: OrderRecord) -> NodeError:
    return refusal(
        "too_late",
        f"Order `{record.client_id}` is {record.status.replace('_', ' ')}: it cannot be changed any more.",
        remedy="Place another, or change its stop-loss and take-profit.",
        status=record.status,
        filled=str(record.filled),
    )


def _unheard(record: OrderRecord) -> NodeError:
    """Said once more it is the same: so it may be tried again."""
    return NodeError(
        f"Whether order `{record.client_id}` was changed is not known: no answer came.",
        code="unsettled_change",
        remedy="Do it again: a change says what is to be, and may be said twice.",
        retryable=True,
    )


modify.reconcile(asks_first)
