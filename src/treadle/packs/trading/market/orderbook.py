"""Who wants to buy and sell, and for how much."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, NamedTuple, TypedDict

from pydantic import Field

from treadle.model.duration import Duration
from treadle.node import Context, effect
from treadle.packs.trading.bars import check_fresh
from treadle.packs.trading.exact import tidy
from treadle.packs.trading.types import Money, Percent
from treadle.packs.trading.venue.asking import From, OfSymbol, name_provider, open_venue, symbol_of
from treadle.packs.trading.venue.market_data import Level
from treadle.packs.trading.venue.refusal import refusal


class Offer(TypedDict):
    price: Money
    quantity: Money


class Book(NamedTuple):
    bids: Annotated[list[Offer], Field(description="Best first.")]
    asks: Annotated[list[Offer], Field(description="Best first.")]
    imbalance: Annotated[float, Field(description="(bids − asks) / (bids + asks) within `within_pct`: −1 to 1.")]
    bid_depth: Annotated[Money, Field(description="What the bids within `within_pct` are worth, in quote.")]
    ask_depth: Annotated[Money, Field(description="What the asks within `within_pct` are worth, in quote.")]
    at: datetime


@effect(
    "market.orderbook",
    in_doubt="repeat",
    title="Order book",
    provider=name_provider,
    requires=("numpy",),
    extra="trading",
    example={
        "config": {"symbol": "BTC/USDT", "depth": 2},
        "inputs": {"provider": "paper"},
        "outputs": {
            "bids": [{"price": "122326.04", "quantity": "0.88388"}, {"price": "122323.6", "quantity": "0.47365"}],
            "asks": [{"price": "122331.62", "quantity": "1.28821"}, {"price": "122336.5", "quantity": "0.61296"}],
            "imbalance": -0.16685906951706161,
            "bid_depth": "166060.1133752",
            "ask_depth": "232576.1972402",
            "at": "2024-05-01T12:00:00+00:00",
        },
    },
)
async def orderbook(
    ctx: Context,
    provider: From,
    *,
    symbol: OfSymbol = None,
    depth: Annotated[int, Field(ge=1, le=1000, description="Levels of each side.")] = 50,
    within_pct: Annotated[
        Percent, Field(gt=0, le=50, description="How far from the middle `imbalance` and the depths look, in percent.")
    ] = Decimal(1),
    max_age: Annotated[
        Duration | None, Field(gt=0, description="How old it may be, such as `10s`; null: of any age.")
    ] = 60.0,
) -> Book:
    """Ask a venue for the orders that wait in a market, and how the two sides compare.

    `imbalance` is 1 where only buyers wait near the price, −1 where only sellers do. A book that is empty on one side
    fails the node (`market_closed`), one older than `max_age`, too (`stale`).
    """
    venue, named = await open_venue(ctx, provider), symbol_of(provider, symbol)
    told = await venue.order_book(named, depth=depth)
    if max_age is not None:
        check_fresh(told.at, now=ctx.now(), max_age=max_age, what=f"The order book of {named}")
    if not told.bids or not told.asks:
        raise refusal(
            "market_closed",
            f"Nobody {'sells' if told.bids else 'buys'} {named} now.",
            remedy="Try again later, or let `on_error: branch` handle it.",
            symbol=named,
        )
    middle = (told.bids[0].price + told.asks[0].price) / 2
    reach = middle * within_pct / 100
    bids = _worth(told.bids, middle - reach, middle)
    asks = _worth(told.asks, middle, middle + reach)
    return Book(
        bids=[_offer(level) for level in told.bids],
        asks=[_offer(level) for level in told.asks],
        imbalance=float((bids - asks) / (bids + asks)) if bids + asks else 0.0,
        bid_depth=tidy(bids),
        ask_depth=tidy(asks),
        at=datetime.fromtimestamp(told.at / 1000, UTC),
    )


def _worth(levels: Sequence[Level], low: Decimal, high: Decimal) -> Decimal:
    return sum((level.price * level.quantity for level in levels if low <= level.price <= high), Decimal(0))


def _offer(level: Level) -> Offer:
    return {"price": tidy(level.price), "quantity": tidy(level.quantity)}
