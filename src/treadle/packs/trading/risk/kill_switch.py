"""Stop trading, at once and until a person says otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from treadle.errors import NodeError
from treadle.model.duration import Duration
from treadle.node import Context, effect
from treadle.packs.trading.orders.closing import cancel_open, close, held, is_dust
from treadle.packs.trading.orders.desk import Desk, open_desk
from treadle.packs.trading.orders.halting import halt
from treadle.packs.trading.orders.outcome import shown
from treadle.packs.trading.orders.path import asks_first, count
from treadle.packs.trading.orders.settling import PAUSES
from treadle.packs.trading.types import Symbol
from treadle.packs.trading.venue.asking import From
from treadle.packs.trading.venue.refusal import Unsettled, refusal


class Stopped(NamedTuple):
    halted: Annotated[bool, Field(description="Whether there is a deployment that was halted.")]
    flat: Annotated[bool, Field(description="Whether nothing is open and nothing is held: it was looked at.")]
    cancelled: Annotated[list[dict[str, Any]], Field(description="Orders that were taken back.")]
    closed: Annotated[list[dict[str, Any]], Field(description="Orders that closed positions.")]
    dust: Annotated[list[str], Field(description="Symbols of which less is left than the market lets anybody sell.")]


@effect(
    "risk.kill_switch",
    in_doubt="reconcile",
    title="Kill switch",
    # No circuit breaker: it halts and goes on, however often the venue has failed.
    requires=("numpy",),
    extra="trading",
    timeout=3600,
    example={
        "config": {"scope": "account"},
        "inputs": {"provider": "paper", "reason": "Down 10 % from the peak"},
        "outputs": {"halted": False, "flat": True, "cancelled": [], "closed": [], "dust": []},
    },
)
async def kill_switch(
    ctx: Context,
    provider: From,
    reason: Annotated[str, Field(min_length=1, max_length=500, description="Why, for whoever resets it.")],
    *,
    scope: Annotated[
        Literal["deployment", "account"],
        Field(description="What is cancelled and closed: the deployment's own, or all that the account has."),
    ] = "deployment",
    close_positions: Annotated[bool, Field(description="Close what is held; else only orders are cancelled.")] = True,
    symbols: Annotated[list[Symbol] | None, Field(description="Only these; without it, all.")] = None,
    within: Annotated[Duration, Field(gt=0, description="How long it tries, before it fails.")] = 600.0,
) -> Stopped:
    """Halt the deployment, cancel its orders, close its positions at market, and look whether that is so.

    The halt comes first and is durable: from then on the order path refuses every new order of the deployment, in
    whatever process, until a person resets it (`treadle risk reset`, or on the deployment's page). Then it cancels,
    closes and looks again, at growing distances, until nothing is open and nothing is held. What is not so after
    `within` fails the node, with what is left; the halt stays.
    """
    desk = await open_desk(ctx, provider)
    is_halted = await halt(desk, reason=reason, run=ctx.run_id)
    everything = scope == "account"
    cancelled, closed = dict[str, dict[str, Any]](), dict[str, dict[str, Any]]()
    turn = 0
    while True:
        await desk.read_book()
        wanted = symbols or await _symbols(desk, everything=everything)
        trouble: list[str] = []
        try:
            for one in await cancel_open(desk, wanted, all_of_them=everything):
                cancelled[one.client_id] = shown(one)
            if close_positions:
                for symbol in wanted:
                    quantity = await held(desk, symbol, own=not everything)
                    if quantity and not await is_dust(desk, symbol, quantity):
                        part = f"{symbol}/{turn}"
                        record = await close(ctx, desk, symbol, part=part, own=not everything, is_switch=True)
                        closed[record.client_id] = shown(record)
            trouble, dust = await _look(desk, wanted, everything=everything, closes=close_positions)
        except (NodeError, Unsettled) as error:
            # It has to go on: whatever the venue says now, the next look may find it otherwise.
            trouble, dust = [str(error) or type(error).__name__], []
            ctx.log(f"The kill switch goes on: {trouble[0]}", level="warning")
        if not trouble:
            count(ctx, desk)
            return Stopped(is_halted, True, list(cancelled.values()), list(closed.values()), dust)
        if (ctx.now() - ctx.started_at).total_seconds() >= within:
            raise _not_flat(trouble)
        desk.look_again(prices=True)
        pause = PAUSES[min(turn, 7)]
        turn += 1
        await ctx.sleep_until(ctx.now() + timedelta(seconds=pause))


async def _symbols(desk: Desk, *, everything: bool) -> list[str]:
    found = {one.symbol for one in await desk.open_records() if everything or desk.is_mine(one)}
    found |= {symbol for symbol, holding in desk.book.holdings.items() if holding.quantity}
    if everything:
        found |= {one.symbol for one in await desk.venue.open_orders()}
        found |= {one.symbol for one in await desk.venue.positions()}
    return sorted(found)


async def _look(desk: Desk, symbols: list[str], *, everything: bool, closes: bool) -> tuple[list[str], list[str]]:
    """(What is not as it should be, what is left and cannot be sold)."""
    trouble, dust = list[str](), list[str]()
    mine = {one.client_id for one in await desk.open_records() if desk.is_mine(one) and one.symbol in symbols}
    for symbol in symbols:
        for order in await desk.venue.open_orders(symbol):
            entry = "-".join(order.client_id.split("-")[:2])
            if everything or order.client_id in mine or entry in mine:
                trouble.append(f"order `{order.client_id}` ({order.side} {order.quantity:f} {symbol}) is still open")
        quantity = await held(desk, symbol, own=not everything) if closes else None
        if quantity:
            if await is_dust(desk, symbol, quantity):
                dust.append(symbol)
            else:
                trouble.append(f"{quantity:f} {symbol} are still held")
    for record in await desk.open_records():
        if record.client_id in mine and record.is_in_doubt:
            trouble.append(f"what became of order `{record.client_id}` is not known yet")
    return trouble, dust


def _not_flat(trouble: list[str]) -> NodeError:
    return refusal(
        "not_flat",
        f"The deployment is halted, and this is not as it should be: {'; '.join(trouble)}.",
        remedy="Look at the venue, and close by hand what is left. The kill switch stays on until somebody resets it.",
        trouble=trouble,
    )


kill_switch.reconcile(asks_first)
