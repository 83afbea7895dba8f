"""A grid of limit orders, put right each run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Literal, NamedTuple, cast

from pydantic import Field, JsonValue

from treadle.errors import NodeError
from treadle.node import Context, effect
from treadle.packs.trading.exact import tidy
from treadle.packs.trading.orders.brackets import cancel
from treadle.packs.trading.orders.catching_up import refresh
from treadle.packs.trading.orders.client_ids import client_id
from treadle.packs.trading.orders.desk import Desk, open_desk
from treadle.packs.trading.orders.fields import Size
from treadle.packs.trading.orders.filters import onto
from treadle.packs.trading.orders.limits import Limits
from treadle.packs.trading.orders.outcome import shown
from treadle.packs.trading.orders.path import Wish, asks_first, count, send
from treadle.packs.trading.orders.record import OrderRecord
from treadle.packs.trading.orders.sizing import quantity_of
from treadle.packs.trading.remembered import key
from treadle.packs.trading.stakes import orders_at_stake
from treadle.packs.trading.types import Money
from treadle.packs.trading.venue.asking import From, OfSymbol, name_provider, symbol_of
from treadle.packs.trading.venue.market_data import Market, Quote
from treadle.packs.trading.venue.order import OrderRequest, Side

Rung = tuple[Side, Decimal]


class Ladder(NamedTuple):
    orders: Annotated[list[dict[str, Any]], Field(description="Those that stand now.")]
    placed: Annotated[int, Field(description="How many of them are new.")]
    cancelled: Annotated[int, Field(description="How many were taken back.")]
    refused: Annotated[
        list[dict[str, Any]], Field(description="Rungs that could not be placed: side, price, code and why.")
    ]


def _check(config: Mapping[str, Any]) -> list[str]:
    if "prices" in config and ("lower" in config or "upper" in config or "levels" in config):
        return ["Give `prices`, or `lower`, `upper` and `levels`; not both."]
    return []


@effect(
    "order.ladder",
    in_doubt="reconcile",
    title="Ladder",
    provider=name_provider,
    confirms=orders_at_stake,
    requires=("numpy",),
    extra="trading",
    check=_check,
    example={
        "config": {"symbol": "BTC/USDT", "levels": 4, "sides": "buy"},
        "inputs": {"provider": "paper", "size": "0.001", "lower": 40000, "upper": 43000},
        "outputs": {"cancelled": 0},
    },
)
async def ladder(
    ctx: Context,
    provider: From,
    size: Size,
    lower: Annotated[Money | None, Field(gt=0, description="The lowest rung.")] = None,
    upper: Annotated[Money | None, Field(gt=0, description="The highest rung.")] = None,
    prices: Annotated[list[Money] | None, Field(description="The rungs, where they are not at even distances.")] = None,
    *,
    symbol: OfSymbol = None,
    levels: Annotated[int, Field(ge=2, le=200, description="How many rungs there are, both ends included.")] = 10,
    spacing: Annotated[
        Literal["even", "percent"], Field(description="The distance between rungs: the same amount, or the same share.")
    ] = "even",
    size_in: Annotated[Literal["base", "quote"], Field(description="What `size`, of each rung, is an amount of.")] = (
        "base"
    ),
    sides: Annotated[Literal["both", "buy", "sell"], Field(description="Which side of the price has rungs.")] = "both",
    post_only: Annotated[bool, Field(description="A rung that would trade at once is refused.")] = False,
) -> Ladder:
    """Have a limit order stand on each rung: buying below the price, selling above it. One rung is left out: of the two
    around the price the one that was filled last, so that what was bought is sold a rung higher and the other way
    round; before anything was filled, the nearest. With one side only, it is the nearest, while the price is on it.

    Run it again and again: what was filled meanwhile is recorded, what is missing is placed, and orders of this node
    that are on no rung of their side any more are cancelled. A rung that is refused (nothing to sell yet) is told of,
    and the others are placed; if all are, the node fails.
    """
    chosen = symbol_of(provider, symbol)
    desk = await open_desk(ctx, provider)
    await desk.read_book()
    market, quote = await desk.market(chosen), await desk.quote(chosen)
    rungs = _rungs(levels_of(lower, upper, prices, levels, spacing), market, quote, sides)
    place = key("", ctx.path, None)
    mine = [
        one for one in await desk.open_records()
        if one.symbol == chosen and desk.is_mine(one) and key("", one.path, None) == place
    ]  # fmt: skip
    kept_in = key("ladder", ctx.path, None)
    known: dict[str, Any] = cast("Any", await ctx.state.get(kept_in)) or {}
    standing = [one for one in await refresh(desk, [one for one in mine if not one.is_in_doubt]) if not one.is_final]
    kept: dict[Rung, OrderRecord] = {}
    filled = _filled_last(known.get("stood", {}), {one.price for one in standing}, quote) or known.get("filled")
    left_out = _left_out(rungs, market, quote, None if filled is None else Decimal(filled))
    cancelled = 0
    for one in standing:
        rung = (one.side, one.price or Decimal(0))
        if rung in rungs and rung not in kept:
            kept[rung] = one
        else:
            await cancel(desk, one)
            cancelled += 1
    placed, refused = 0, list[dict[str, Any]]()
    stood = dict(kept)
    first: NodeError | None = None
    nothing_to_sell: NodeError | None = None
    for rung in rungs:
        part = f"{rung[0]}/{rung[1]}"
        was_sent = await _was_sent(ctx, desk, part) if rung in kept or rung == left_out else False
        if (rung in kept or rung == left_out) and not was_sent:
            continue
        plan = partial(_plan, desk, chosen, rung, size, size_in, post_only)
        try:
            if nothing_to_sell is not None and rung[0] == "sell" and not was_sent:
                raise nothing_to_sell
            record = await send(ctx, desk, chosen, plan, part=part)
        except NodeError as error:
            first = first or error
            refused.append({"side": rung[0], "price": rung[1], "code": error.code, "message": error.message})
            if (error.code, rung[0], size_in) == ("insufficient_balance", "sell", "base"):
                nothing_to_sell = error  # all sales are of this size: none of the others need be tried
            continue
        placed += 1
        stood[rung] = record
        if not record.is_final:
            kept[rung] = record
    now: dict[str, JsonValue] = {
        "stood": {str(price): side for side, price in sorted(stood)},
        "filled": None if filled is None else str(filled),
    }
    if now != known:
        await ctx.state.set(kept_in, now)
    count(ctx, desk)
    if first is not None and not kept and not placed:
        raise first
    return Ladder([shown(one) for one in kept.values()], placed, cancelled, refused)


async def _was_sent(ctx: Context, desk: Desk, part: str) -> bool:
    return await desk.find(client_id(ctx.idempotency_key, part, desk.venue.capabilities)) is not None


async def _plan(
    desk: Desk, symbol: str, rung: Rung, size: Decimal, size_in: Literal["base", "quote"], post_only: bool,
    market: Market, quote: Quote, limits: Limits,
) -> Wish:  # fmt: skip
    side, price = rung
    quantity = await quantity_of(desk, market, side, size, size_in, price)
    return Wish(OrderRequest("", symbol, side, "limit", quantity, price, post_only=post_only))


def levels_of(
    lower: Decimal | None, upper: Decimal | None, prices: list[Decimal] | None, levels: int, spacing: str
) -> list[Decimal]:
    if prices is not None:
        return sorted(set(prices))
    if lower is None or upper is None or lower >= upper:
        raise NodeError(
            f"The rungs go from {lower} to {upper}.",
            code="no_rungs",
            remedy="Give `lower` and a higher `upper`, or `prices`.",
            retryable=False,
        )
    steps = levels - 1
    if spacing == "even":
        return [lower + (upper - lower) * at / steps for at in range(levels)]
    share = (upper / lower).ln() / steps
    return [tidy(lower * (share * at).exp()) for at in range(levels)]


def _rungs(levels: list[Decimal], market: Market, quote: Quote, sides: str) -> list[Rung]:
    """Nearest to the price first: they matter most, should the balance not do for all."""
    rungs: dict[Rung, None] = {}
    for level in sorted(levels, key=lambda one: abs(one - quote.last)):
        side: Side = "buy" if level < quote.last else "sell"
        if sides in ("both", side):
            rungs[side, onto(level, market.tick, up=side == "sell")] = None
    return list(rungs)


def _filled_last(stood: Mapping[str, str], standing: Collection[Decimal | None], quote: Quote) -> Decimal | None:
    """Of the rungs that stood when the node last looked, and do so no more, the one that the price came to last: it
    falls from one purchase to the next lower one, and rises from sale to sale."""
    gone = {price: side for text, side in stood.items() if (price := Decimal(text)) not in standing}
    if not gone:
        return None
    sides = set(gone.values())
    if len(sides) == 1:
        return min(gone) if sides == {"buy"} else max(gone)
    return min(gone, key=lambda price: abs(price - quote.last))


def _left_out(rungs: list[Rung], market: Market, quote: Quote, filled: Decimal | None) -> Rung | None:
    if len(rungs) < 2:
        return None
    nearest = rungs[0]
    around = [next((one for one in rungs if one[0] == side), None) for side in ("buy", "sell")]
    if None in around:
        # Nearer to the price than to the next rung.
        gap = min(abs(nearest[1] - other[1]) for other in rungs[1:])
        return nearest if abs(nearest[1] - quote.last) < gap / 2 else None
    if filled is None:
        return nearest
    # A rung that is on no tick is a tick higher as a sale.
    return next((one for one in around if one and abs(one[1] - filled) <= (market.tick or 0)), nearest)


ladder.reconcile(asks_first)
