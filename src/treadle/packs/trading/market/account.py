"""What an account is worth."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import Field

from treadle.node import Context, effect
from treadle.packs.trading.equity import note_equity
from treadle.packs.trading.exact import tidy
from treadle.packs.trading.types import Money
from treadle.packs.trading.venue.asking import From, name_provider, open_venue
from treadle.packs.trading.venue.venues import account_of


class Owned(NamedTuple):
    balance: Annotated[Money, Field(description="The cash.")]
    equity: Annotated[Money, Field(description="What everything is worth now.")]
    margin: Annotated[Money, Field(description="What positions bind.")]
    free_margin: Annotated[Money, Field(description="What is left for new positions.")]
    profit: Annotated[Money, Field(description="What open positions have made and not brought in yet.")]
    currency: Annotated[str, Field(description="What these are in.")]
    balances: Annotated[dict[str, Money], Field(description="How much there is of each asset.")]


@effect(
    "market.account",
    in_doubt="repeat",
    title="Account",
    provider=name_provider,
    requires=("numpy",),
    extra="trading",
    example={
        "config": {},
        "inputs": {"provider": "paper"},
        "outputs": {
            "balance": "10000",
            "equity": "10000",
            "margin": "0",
            "free_margin": "10000",
            "profit": "0",
            "currency": "USDT",
            "balances": {"USDT": "10000"},
        },
    },
)
async def account(ctx: Context, provider: From) -> Owned:
    """Ask a venue what the account holds and is worth.

    In `paper` and `test` mode it is a simulated account over the prices of the venue that is named; a paper deployment
    has one of its own, unless the provider's settings name another.
    """
    told = await (await open_venue(ctx, provider)).account()
    await note_equity(ctx, account_of(ctx, provider), told)
    return Owned(
        balance=tidy(told.balance),
        equity=tidy(told.equity),
        margin=tidy(told.margin),
        free_margin=tidy(told.free_margin),
        profit=tidy(told.profit),
        currency=told.currency,
        balances={asset: tidy(of.total) for asset, of in told.balances.items()},
    )
