"""The provider's limits, looked at with the order in hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from treadle.errors import Conflict, NodeError
from treadle.model.record import OVERTAKEN
from treadle.packs.trading.exact import divide
from treadle.packs.trading.orders.desk import Desk
from treadle.packs.trading.orders.filters import is_way_out, price_of
from treadle.packs.trading.orders.limits import Breach, Limits, check_amounts, forbid
from treadle.packs.trading.orders.record import OrderRecord, read_record
from treadle.packs.trading.venue.market_data import Market, Quote
from treadle.packs.trading.venue.order import OrderRequest
from treadle.packs.trading.venue.refusal import refusal

_MINUTE = timedelta(seconds=60)
_NONE = Decimal(0)


async def guard(
    desk: Desk, limits: Limits, request: OrderRequest, market: Market, quote: Quote, others: Sequence[OrderRecord],
    *, beside: int = 0,
) -> None:  # fmt: skip
    """Raises `NodeError` (`risk_limit`, `stale`) with all that forbids it. `others` are the account's open orders, the
    last `beside` of them such as are sent with this one and not on record yet."""
    if is_way_out(request, market):
        return
    check_age(desk, limits, quote)
    price = price_of(request, taking_price(request, quote))
    breaches = await _amounts(desk, limits, request, quote, price, others)
    standing = sum(1 for one in others if not one.is_final)
    if limits.max_open_orders is not None and standing >= limits.max_open_orders:
        sentence = f"{standing} orders are open; `max_open_orders` is {limits.max_open_orders}."
        breaches.append(Breach("max_open_orders", limits.max_open_orders, standing, sentence))
    breaches += await _equity(desk, limits)
    wait = await _pace(desk, limits, breaches, beside)
    if breaches:
        raise forbid(breaches, retry_after=wait if len(breaches) == 1 else None)


def check_age(desk: Desk, limits: Limits, quote: Quote) -> None:
    """Raises `NodeError` (`stale`). Where prices come bar by bar they are as old as the bar: only what somebody has
    set is a limit there."""
    if desk.venue.capabilities.prices_by_bar and "max_price_age" not in limits.model_fields_set:
        return
    age = (desk.now - quote.at) / 1000
    if limits.max_price_age is not None and age > limits.max_price_age:
        raise refusal(
            "stale",
            f"The price of {quote.symbol} is {age:,.0f} s old; `max_price_age` is {limits.max_price_age:g} s. "
            "Nothing was sent.",
            remedy="Look whether the feed stands still. Nothing should be decided on a price that old.",
            rule="max_price_age",
            age=age,
            limit=limits.max_price_age,
        )


def taking_price(request: OrderRequest, quote: Quote) -> Decimal:
    return quote.ask if request.side == "buy" else quote.bid


async def _amounts(
    desk: Desk, limits: Limits, request: OrderRequest, quote: Quote, price: Decimal, others: Sequence[OrderRecord]
) -> list[Breach]:
    order = abs(request.quantity * price)
    position = total = None
    if limits.max_position_notional is not None or limits.max_exposure is not None:
        held = await _worth_by_symbol(desk, limits, quote)
        for other in others:
            if not other.reduce_only and other.role is None:
                unit = other.price or other.stop_price or (quote.last if other.symbol == request.symbol else None)
                unit = unit or (await desk.quote(other.symbol)).last
                signed = other.worth(unit) * (1 if other.side == "buy" else -1)
                before = held.get(other.symbol, _NONE)
                # What may be filled counts only where it adds: it must not make room for something else.
                held[other.symbol] = before + signed if before * signed >= 0 else before
        signed = order if request.side == "buy" else -order
        position = abs(held.get(request.symbol, _NONE) + signed)
        rest = sum((abs(worth) for symbol, worth in held.items() if symbol != request.symbol), _NONE)
        total = rest + position
    return check_amounts(limits, order=order, position=position, total=total)


async def _worth_by_symbol(desk: Desk, limits: Limits, quote: Quote) -> dict[str, Decimal]:
    rule = "max_exposure" if limits.max_exposure is not None else "max_position_notional"
    worth: dict[str, Decimal] = {}
    try:
        positions = await desk.positions()
        if desk.venue.capabilities.has_positions:
            for one in positions:
                worth[one.symbol] = worth.get(one.symbol, _NONE) + one.quantity * one.mark
            return worth
        # What is held at a spot venue: the base assets, valued by what is known of them.
        account = await desk.account()
        told = {one.symbol: one for one in positions}
        for symbol in {quote.symbol, *told, *desk.book.holdings}:
            base = (await desk.market(symbol)).base
            held = account.balances.get(base)
            if held is not None and held.total:
                mark = quote.last if symbol == quote.symbol else (await desk.quote(symbol)).last
                worth[symbol] = held.total * mark
    except NodeError as error:
        raise _cannot_tell(rule, error) from error
    return worth


async def _equity(desk: Desk, limits: Limits) -> list[Breach]:
    """How far equity is below its highest, and below where the day began. Both are kept at once, so that no crash
    forgets them."""
    if limits.max_daily_loss is None and limits.max_drawdown_pct is None:
        return []
    try:
        equity = (await desk.account()).equity
    except NodeError as error:
        rule = "max_daily_loss" if limits.max_daily_loss is not None else "max_drawdown_pct"
        raise _cannot_tell(rule, error) from error
    known = await _note_equity(desk, limits, equity)
    peak, day = Decimal(known["peak"]), known["days"][limits.timezone]
    today, began = day["day"], Decimal(day["began"])
    found: list[Breach] = []
    if limits.max_daily_loss is not None and began - equity >= limits.max_daily_loss:
        sentence = (
            f"{today} has cost {began - equity:f} so far (equity {equity:f} after {began:f}); `max_daily_loss` is "
            f"{limits.max_daily_loss:f}."
        )
        found.append(Breach("max_daily_loss", limits.max_daily_loss, began - equity, sentence))
    if limits.max_drawdown_pct is not None:
        fallen = Decimal(100) if peak <= 0 else divide((peak - equity) * 100, peak)
        if fallen >= limits.max_drawdown_pct:
            sentence = (
                f"Equity is {equity:f}, {fallen:.2f} % below its highest of {peak:f}; `max_drawdown_pct` is "
                f"{limits.max_drawdown_pct:f}."
            )
            found.append(Breach("max_drawdown_pct", limits.max_drawdown_pct, fallen, sentence))
    return found


async def _note_equity(desk: Desk, limits: Limits, equity: Decimal) -> dict[str, Any]:
    """The highest there ever was, and how the day began, with what equity is now: on record, beside what other
    processes have put there meanwhile."""
    while True:
        turn = await desk.turn("risk")
        known = await desk.dealer.records.get("risk", desk.account_name) or {}
        day = known.get("days", {}).get(limits.timezone, {})
        today = desk.dealer.now().astimezone(ZoneInfo(limits.timezone)).date().isoformat()
        peak = max(Decimal(known.get("peak", equity)), equity)
        # A day begins with what was there last: a night's loss is a loss of the day that sees it.
        began = Decimal(day["began"]) if day.get("day") == today else max(Decimal(known.get("last", equity)), equity)
        days = {**known.get("days", {}), limits.timezone: {"day": today, "began": str(began)}}
        now: dict[str, Any] = {"peak": str(peak), "last": str(equity), "days": days}
        if now == known:
            return now
        try:
            await desk.dealer.records.put("risk", desk.account_name, now, group=desk.account_name, turn=turn)
        except Conflict as error:
            if error.code != OVERTAKEN:
                raise
        else:
            return now


async def _pace(desk: Desk, limits: Limits, breaches: list[Breach], beside: int) -> float | None:
    """Seconds until there is room in the minute again, where there is none."""
    most = limits.max_orders_per_minute
    if most is None:
        return None
    now = desk.dealer.now()
    recent = await desk.dealer.records.list(
        "order", group=desk.account_name, mine=False, since=now - _MINUTE, newest=most
    )
    if len(recent) + beside < most:
        return None
    # Those beside it have to find room, too.
    sent = sorted(read_record(one).sent_at for one in recent)[beside:] or [desk.now]
    wait = max(60 - (desk.now - sent[0]) / 1000, 0.0)
    sentence = f"Orders that were sent in the last 60 s: {most}; `max_orders_per_minute` is {most}."
    breaches.append(Breach("max_orders_per_minute", most, len(recent) + beside, sentence))
    return wait


def _cannot_tell(rule: str, error: NodeError) -> NodeError:
    return refusal(
        "risk_limit",
        f"Nothing was sent: whether `{rule}` is kept cannot be told. {error.message}",
        remedy="What cannot be told forbids. " + (error.remedy or "Try again when the venue answers."),
        rule=rule,
        cause=error.code,
    )
