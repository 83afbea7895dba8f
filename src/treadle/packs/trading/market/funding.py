"""What holders of a perpetual pay each other."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, NamedTuple

from pydantic import Field

from treadle.node import Context, effect
from treadle.packs.trading.exact import divide, tidy
from treadle.packs.trading.types import Percent
from treadle.packs.trading.venue.asking import From, OfSymbol, name_provider, open_venue, symbol_of


class Paid(NamedTuple):
    rate: Annotated[Percent, Field(description="What longs pay to shorts at the next payment, in percent.")]
    next_at: datetime
    annualised: Annotated[Percent, Field(description="The rate, if it were paid all year, in percent.")]


@effect(
    "market.funding",
    in_doubt="repeat",
    title="Funding rate",
    provider=name_provider,
    requires=("numpy",),
    extra="trading",
    example={
        "config": {"symbol": "BTC/USDT:USDT"},
        "inputs": {"provider": "paper"},
        "outputs": {"rate": "-0.0206", "next_at": "2024-05-01T16:00:00+00:00", "annualised": "-22.557"},
    },
)
async def funding(ctx: Context, provider: From, *, symbol: OfSymbol = None) -> Paid:
    """Ask a venue for the funding rate of a perpetual: what longs pay to shorts, or, below 0, shorts to longs.

    `annualised` = rate × payments a year, without interest on interest. Of other markets there is none
    (`not_supported`).
    """
    venue, named = await open_venue(ctx, provider), symbol_of(provider, symbol)
    told = await venue.funding(named)
    rate = told.rate * 100
    return Paid(
        rate=tidy(rate),
        next_at=datetime.fromtimestamp(told.next_at / 1000, UTC),
        annualised=divide(rate * 24 * 365, Decimal(told.hours)),
    )
