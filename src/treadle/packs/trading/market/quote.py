"""What a market costs now."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, NamedTuple

from pydantic import Field

from treadle.model.duration import Duration
from treadle.node import DEAD, Branch, Context, effect
from treadle.packs.trading.bars import check_fresh
from treadle.packs.trading.exact import divide, tidy
from treadle.packs.trading.types import Money, Percent
from treadle.packs.trading.venue.asking import From, OfSymbol, name_provider, open_venue, symbol_of


class Quoted(NamedTuple):
    bid: Annotated[Money, Field(description="What a sale brings.")]
    ask: Annotated[Money, Field(description="What a purchase costs.")]
    last: Annotated[Money, Field(description="What was paid last.")]
    mid: Money
    spread: Annotated[Percent, Field(description="ask − bid, in percent of the price in the middle.")]
    at: datetime
    volume: Annotated[Branch[Money], Field(description="Of the last 24 hours in base, where the venue tells.")] = DEAD


@effect(
    "market.quote",
    in_doubt="repeat",
    title="Quote",
    provider=name_provider,
    requires=("numpy",),
    extra="trading",
    example={
        "config": {"symbol": "BTC/USDT"},
        "inputs": {"provider": "paper"},
        "outputs": {
            "bid": "122326.04",
            "ask": "122331.62",
            "last": "122328.83",
            "mid": "122328.83",
            "spread": "0.004561",
            "at": "2024-05-01T12:00:00+00:00",
            "volume": "11819.07783",
        },
    },
)
async def quote(
    ctx: Context,
    provider: From,
    *,
    symbol: OfSymbol = None,
    max_age: Annotated[
        Duration | None, Field(gt=0, description="How old it may be, such as `10s`; null: of any age.")
    ] = 60.0,
) -> Quoted:
    """Ask a venue for bid, ask and last price of a market.

    A quote older than `max_age` is refused (`stale`): nothing should be decided on it. In `paper` and `test` mode the
    prices are those of the venue that is named, in every mode those of `paper` are simulated.
    """
    venue, named = await open_venue(ctx, provider), symbol_of(provider, symbol)
    told = await venue.quote(named)
    if max_age is not None:
        check_fresh(told.at, now=ctx.now(), max_age=max_age, what=f"The quote of {named}")
    return Quoted(
        bid=tidy(told.bid),
        ask=tidy(told.ask),
        last=tidy(told.last),
        mid=tidy(told.mid),
        spread=round(divide(told.spread * 100, told.mid), 6) if told.mid else Decimal(0),
        at=datetime.fromtimestamp(told.at / 1000, UTC),
        volume=DEAD if told.volume is None else tidy(told.volume),
    )
