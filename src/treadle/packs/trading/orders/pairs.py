"""Two orders of which one cancels the other, at a venue that takes them as one.

Both records are there before the two are sent, in one commit; both are taken by the venue, or neither is. Each has a
name of its own and is asked for by it, so an answer that does not come is settled as that of any order is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from treadle.errors import NodeError
from treadle.node import Context
from treadle.packs.trading.orders.client_ids import client_id
from treadle.packs.trading.orders.desk import Desk
from treadle.packs.trading.orders.limits import Limits
from treadle.packs.trading.orders.path import Plan, Wish, look, look_once_more, prepare, refused
from treadle.packs.trading.orders.record import OrderRecord
from treadle.packs.trading.orders.settling import settle, settle_once
from treadle.packs.trading.orders.turns import in_turn
from treadle.packs.trading.venue.market_data import Market, Quote
from treadle.packs.trading.venue.protocol import PairVenue
from treadle.packs.trading.venue.refusal import Unsettled

Pair = tuple[OrderRecord, OrderRecord]


@dataclass(frozen=True, slots=True)
class Leg:
    """One of the two: its name, and what makes it."""

    name: str
    plan: Plan


async def goes_as_pair(desk: Desk, symbol: str, names: Sequence[str], *, is_late: bool = False) -> bool:
    """Whether the venue takes the two as one. Not where one of them stands there already by itself, nor where it
    `is_late`: the market has come to one of the prices before they were placed."""
    if not desk.venue.capabilities.places_pairs or not (await desk.market(symbol)).takes_pairs:
        return False
    known = [await desk.find(name) for name in names]
    there = [one for one in known if one is not None and not one.was_refused]
    if not there:
        return not is_late
    return len(there) != 1 or there[0].order_group is not None


async def send_pair(ctx: Context, desk: Desk, symbol: str, legs: tuple[Leg, Leg], *, is_switch: bool = False) -> Pair:
    """The two there are, or new ones. The second binds nothing. Raises `NodeError` for what was refused, and neither
    was placed then."""
    known = [await desk.find(leg.name) for leg in legs]
    there = [one for one in known if one is not None and not one.was_refused]
    if there:
        await desk.read_book()  # what was heard of before a crash counts, too
        pair = await _settle(ctx, desk, there)
        if pair is not None:
            return pair
    while True:
        records = await in_turn(desk, partial(_prepare, ctx, desk, symbol, legs, is_switch))
        if not is_switch:
            await look_once_more(desk, *records)
        placed = await _place(ctx, desk, (records[0], records[1]))
        if placed is not None:
            return placed
        # For certain they never got there. Time has passed: everything is looked at anew, the halt first.
        desk.look_again(prices=True)


async def _prepare(ctx: Context, desk: Desk, symbol: str, legs: tuple[Leg, Leg], is_switch: bool) -> Pair:
    view = await look(desk, {leg.name for leg in legs}, symbol, is_switch=is_switch)
    group = client_id(legs[0].name, "group", desk.venue.capabilities)

    async def plan(leg: Leg, rules: Market, quote: Quote, limits: Limits) -> Wish:
        wish = await leg.plan(rules, quote, limits)
        return replace(wish, request=replace(wish.request, group=group), siblings=(), is_paired=leg is legs[1])

    first = await prepare(ctx, desk, view, legs[0].name, partial(plan, legs[0]))
    second = await prepare(ctx, desk, view, legs[1].name, partial(plan, legs[1]), beside=(first,))
    return first, second


async def _place(ctx: Context, desk: Desk, records: Pair) -> Pair | None:
    """None where neither has got there, for certain."""
    venue = cast("PairVenue", desk.venue)
    try:
        orders = await venue.place_pair(records[0].request(), records[1].request())
    except NodeError as error:
        await refused(desk, records, error)
        raise
    except asyncio.CancelledError:
        raise
    except Exception as error:
        if not isinstance(error, Unsettled):
            desk.dealer.log(f"No answer to orders `{records[0].client_id}` and its other: {error!r}", level="warning")
        unknown = [replace(one, status="unknown", updated_at=desk.now) for one in records]
        await desk.keep_all(unknown)
        return await _settle(ctx, desk, unknown)
    finally:
        desk.look_again()
    return await desk.note(records[0], orders[0]), await desk.note(records[1], orders[1])


async def _settle(ctx: Context, desk: Desk, records: Sequence[OrderRecord]) -> Pair | None:
    """What became of them. None where they never got there."""
    found: list[OrderRecord] = []
    for record in records:
        if record.is_in_doubt:
            record = await settle(ctx, desk, record)
        elif record.is_open:
            record, _ = await settle_once(desk, record)
        found.append(record)
    if any(one.was_refused for one in found) or len(found) < 2:
        return None
    return found[0], found[1]
