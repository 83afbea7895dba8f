"""The one way an order goes.

Remembered? → halted? → the provider's limits → how far the price may slip → the market's rules → balance → a record
that says `sending` → the venue → a record of what it said, and of each fill, once.

The record comes before the order, so whoever comes after a crash asks the venue what became of it, and nothing is
placed twice; an answer that does not come is `unknown`, which is not failed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from treadle.errors import NodeError
from treadle.node import NOT_DONE, Context
from treadle.packs.trading.orders.catching_up import catch_up
from treadle.packs.trading.orders.client_ids import client_id
from treadle.packs.trading.orders.desk import Desk
from treadle.packs.trading.orders.filters import fit, is_way_out, onto
from treadle.packs.trading.orders.guarding import guard, taking_price
from treadle.packs.trading.orders.halting import refuse_if_halted
from treadle.packs.trading.orders.limits import Limits, read_limits
from treadle.packs.trading.orders.record import Guarded, OrderRecord, Role
from treadle.packs.trading.orders.settling import settle, settle_once
from treadle.packs.trading.orders.turns import in_turn
from treadle.packs.trading.venue.market_data import Market, Quote
from treadle.packs.trading.venue.order import OrderRequest
from treadle.packs.trading.venue.refusal import Unsettled, refusal


@dataclass(frozen=True, slots=True)
class Wish:
    """An order as a node wants it. `max_slippage` (percent) is how much worse than `expected`, else than the best price
    now, a market order may be filled; then it is all of it at that or better, or nothing."""

    request: OrderRequest
    max_slippage: Decimal | None = None
    expected: Decimal | None = None
    parent: str | None = None
    role: Role | None = None
    siblings: tuple[str, ...] = ()
    is_paired: bool = False
    """Another order binds what it would pay already; only one of the two is filled."""
    closes: bool = False
    """It is no more than what is held, whether or not the venue is told so."""


Plan = Callable[[Market, Quote, Limits], Awaitable[Wish]]
"""Makes the order of what the market is now. Asked only where it was not sent before."""


async def send(
    ctx: Context, desk: Desk, symbol: str, plan: Plan, *, part: str = "", id: str | None = None,
    is_switch: bool = False, is_last: bool = False,
) -> OrderRecord:  # fmt: skip
    """The order that this `part` of the node's work is: the one there is, or a new one. Raises `NodeError` for what was
    refused, and nothing was placed then. Where it `is_last`, what became of it is written with the node's result."""
    name = id or client_id(ctx.idempotency_key, part, desk.venue.capabilities)
    known = await desk.find(name)
    if known is not None and not known.was_refused:
        await desk.read_book()  # what was heard of before a crash counts, too
        if known.is_in_doubt:
            known = await settle(ctx, desk, known)
        elif known.is_open:
            known, _ = await settle_once(desk, known)
        if not known.was_refused:
            return known
    while True:
        (record,) = await in_turn(desk, partial(_prepare_one, ctx, desk, name, symbol, plan, is_switch))
        if not is_switch:
            await look_once_more(desk, record)
        placed = await _place(ctx, desk, record, is_last=is_last)
        if not placed.was_refused:
            return placed
        # For certain it never got there. Time has passed: everything is looked at anew, the halt first.
        desk.look_again(prices=True)


async def look_once_more(desk: Desk, *records: OrderRecord) -> None:
    """The switch may have been turned on since. On record before this look, the order is seen by whoever turns it on
    after."""
    try:
        await refuse_if_halted(desk)
    except NodeError as error:
        await refused(desk, records, error)
        raise


async def refused(desk: Desk, records: Sequence[OrderRecord], error: NodeError) -> None:
    """There are no such orders, and their records say why."""
    said = {"code": error.code, "reason": error.message, "updated_at": desk.now}
    await desk.keep_all([replace(one, status="rejected", **said) for one in records])


@dataclass(frozen=True, slots=True)
class View:
    """What an order is decided on. `others` are the account's open orders."""

    market: Market
    quote: Quote
    limits: Limits
    others: Sequence[OrderRecord]
    is_switch: bool


async def look(desk: Desk, names: Collection[str], symbol: str, *, is_switch: bool) -> View:
    """Raises `NodeError` where nothing may be sent."""
    if not is_switch:
        await refuse_if_halted(desk)
    limits = read_limits(desk.provider.limits)
    market = await desk.market(symbol)
    others = [one for one in await desk.open_records() if one.client_id not in names]
    if not is_switch:
        others = await catch_up(desk, symbol, others)
    return View(market, await desk.quote(symbol), limits, others, is_switch)


async def _prepare_one(
    ctx: Context, desk: Desk, name: str, symbol: str, plan: Plan, is_switch: bool
) -> tuple[OrderRecord]:
    view = await look(desk, (name,), symbol, is_switch=is_switch)
    return (await prepare(ctx, desk, view, name, plan),)


async def prepare(
    ctx: Context, desk: Desk, view: View, name: str, plan: Plan, *, beside: Sequence[OrderRecord] = ()
) -> OrderRecord:
    """The order that is to be sent; `beside` are those that go with it. Raises `NodeError`."""
    market, quote, limits = view.market, view.quote, view.limits
    wish = await plan(market, quote, limits)
    asked = _reducing(desk, replace(wish.request, client_id=name), market)
    _require_capable(desk, asked)
    if not wish.closes:
        await guard(desk, limits, asked, market, quote, [*view.others, *beside], beside=len(beside))
    bounded = _bound(desk, wish, asked, limits, market, quote)
    request, changes = fit(bounded, market, reference=quote.last)
    if not (wish.is_paired or (wish.closes and market.kind not in ("spot", "prediction"))):
        await _check_balance(desk, request, market, quote)
    now = desk.now
    return OrderRecord(
        **{one: getattr(request, one) for one in _COPIED},
        order_group=request.group,
        venue=desk.venue.name,
        group=desk.account_name,
        provider=desk.written_provider(),
        deployment=desk.dealer.deployment,
        run=ctx.run_id,
        path=ctx.path,
        created_at=now,
        updated_at=now,
        sent_at=now,
        parent=wish.parent,
        role=wish.role,
        guarded=_guarded(desk, request),
        siblings=wish.siblings,
        adjusted=tuple(one.to_dict() for one in changes),
    )


_COPIED = (
    "client_id", "symbol", "side", "kind", "quantity", "price", "stop_price", "stop_loss", "take_profit",
    "time_in_force", "expires_at", "post_only", "reduce_only",
)  # fmt: skip


async def _place(ctx: Context, desk: Desk, record: OrderRecord, *, is_last: bool) -> OrderRecord:
    try:
        order = await desk.venue.place(record.request())
    except NodeError as error:
        # It said no, or was never reached: there is no order, and the record says why.
        await refused(desk, [record], error)
        raise
    except asyncio.CancelledError:
        raise
    except Exception as error:
        if not isinstance(error, Unsettled):
            desk.dealer.log(f"No answer to order `{record.client_id}`: {error!r}", level="warning")
        record = await desk.keep(replace(record, status="unknown", updated_at=desk.now))
        return await settle(ctx, desk, record)
    finally:
        desk.look_again()
    return await desk.note(record, order, later=is_last)


def _guarded(desk: Desk, request: OrderRequest) -> Guarded:
    if request.stop_loss is None and request.take_profit is None:
        return ""
    return "venue" if desk.venue.capabilities.keeps_brackets else "us"


def _reducing(desk: Desk, request: OrderRequest, market: Market) -> OrderRequest:
    """Selling what is held reduces by itself; at a venue that does not know the word, nothing else is sure to."""
    if not request.reduce_only or desk.venue.capabilities.reduces_only:
        return request
    if market.kind in ("spot", "prediction") and request.side == "sell":
        return replace(request, reduce_only=False)
    raise refusal(
        "not_supported",
        f"`{desk.venue.name}` has no orders that only reduce. Nothing was sent.",
        remedy="Leave `reduce_only` out, and order no more than is held.",
        rule="capabilities",
    )


def _require_capable(desk: Desk, request: OrderRequest) -> None:
    can, name = desk.venue.capabilities, desk.venue.name
    lacking: list[str] = []
    if request.kind not in can.orders:
        lacking.append(f"orders of kind `{request.kind}`")
    if request.post_only and not can.posts_only:
        lacking.append("post-only orders")
    if request.stop_loss is not None and not can.keeps_brackets and "stop" not in can.orders:
        lacking.append("stop orders, which a stop-loss is")
    if request.take_profit is not None and not can.keeps_brackets and not {"take_profit", "limit"} & can.orders:
        lacking.append("take-profit orders")
    if lacking:
        raise refusal(
            "not_supported",
            f"`{name}` has no {', no '.join(lacking)}. Nothing was sent.",
            remedy=f"It takes {', '.join(sorted(can.orders))}.",
            rule="capabilities",
        )


def _bound(desk: Desk, wish: Wish, request: OrderRequest, limits: Limits, market: Market, quote: Quote) -> OrderRequest:
    """A market order that may slip only so far: all of it at the worst price there may be, or nothing."""
    allowed = [one for one in (wish.max_slippage, limits.max_slippage_pct) if one is not None]
    if request.kind != "market" or not allowed or (is_way_out(request, market) and wish.max_slippage is None):
        return request
    share, now = min(allowed) / 100, taking_price(request, quote)
    base = wish.expected or now
    worst = onto(base * (1 + share if request.side == "buy" else 1 - share), market.tick, up=request.side == "sell")
    if (now > worst) if request.side == "buy" else (now < worst):
        raise slipped(request, now, base, min(allowed), worst)
    if "limit" not in desk.venue.capabilities.orders:
        return request
    return replace(request, kind="limit", price=worst, time_in_force="fok")


def slipped(request: OrderRequest, now: Decimal, base: Decimal, allowed: Decimal, worst: Decimal) -> NodeError:
    word = "more" if request.side == "buy" else "less"
    return refusal(
        "slippage",
        f"{request.symbol} is at {now:f}; with {allowed:f} % of slippage from {base:f}, {worst:f} is the worst price. "
        "Nothing was traded.",
        remedy=f"Take {word} by a larger `max_slippage`, order less, or try again.",
        rule="max_slippage",
        price=str(now),
        expected=str(base),
        worst=str(worst),
        max_slippage=str(allowed),
    )


async def _check_balance(desk: Desk, request: OrderRequest, market: Market, quote: Quote) -> None:
    if request.reduce_only:
        return
    account = await desk.account()
    price = request.price or request.stop_price or taking_price(request, quote)
    if market.kind in ("spot", "prediction"):
        asset = market.quote if request.side == "buy" else market.base
        needed = request.quantity * price if request.side == "buy" else request.quantity
        held = account.balances.get(asset)
        free = held.free if held is not None else Decimal(0)
    else:
        asset, free = account.currency, account.free_margin
        needed = request.quantity * price / max(market.max_leverage, Decimal(1))
    if needed > free:
        raise refusal(
            "insufficient_balance",
            f"{request.side.capitalize()}ing {request.quantity:f} {request.symbol} at {price:f} takes {needed:f} "
            f"{asset}; {free:f} are free. Nothing was sent.",
            remedy="Order less, or free some: open orders bind what they would pay.",
            rule="balance",
            asset=asset,
            needed=str(needed),
            free=str(free),
        )


def count(ctx: Context, desk: Desk) -> None:
    """Tell the run's counters what the fills that this node has heard of came to."""
    if not desk.is_read:
        return  # nothing was heard of
    tally = desk.book.tally(desk.place)
    for name, by in (("profit", float(tally.profit)), ("trades", tally.trades), ("wins", tally.wins)):
        if by:
            ctx.count(name, by)


async def asks_first(ctx: Context, *given: Any, **config: Any) -> Any:
    """How doubt about an order is settled: its record, written before it was sent, is still there, and the node asks
    the venue by it before it does anything; so the node is entered again."""
    return NOT_DONE
