"""What is held."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, NamedTuple, NotRequired, TypedDict

from pydantic import Field

from treadle.node import DEAD, Branch, Context, effect
from treadle.packs.trading.exact import divide, tidy
from treadle.packs.trading.types import Money
from treadle.packs.trading.venue.account import Position
from treadle.packs.trading.venue.asking import From, OfSymbol, name_provider, open_venue


class Held(TypedDict):
    """`value` is what it is worth at `mark`; less than 0 where it is short."""

    symbol: str
    quantity: Money
    entry: Money
    mark: Money
    value: Money
    profit: Money
    liquidation: NotRequired[Money]
    id: NotRequired[str]


class Positions(NamedTuple):
    positions: list[Held]
    held: Annotated[int, Field(description="How many they are.")]
    quantity: Annotated[Money, Field(description="Of the symbol: more than 0 long, less than 0 short, 0 none.")]
    profit: Annotated[Money, Field(description="What they have made and not brought in yet.")]
    entry: Annotated[Branch[Money], Field(description="Of the symbol: its average price; live where it is held.")] = (
        DEAD
    )


@effect(
    "market.positions",
    in_doubt="repeat",
    title="Positions",
    provider=name_provider,
    requires=("numpy",),
    extra="trading",
    example={
        "config": {"symbol": "BTC/USDT"},
        "inputs": {"provider": "paper"},
        "outputs": {"positions": [], "held": 0, "quantity": "0", "profit": "0"},
    },
)
async def positions(ctx: Context, provider: From, *, symbol: OfSymbol = None) -> Positions:
    """Ask a venue what is held: of one symbol, else of all.

    `quantity` and `entry` are of `symbol`, else of the provider's; several positions of it (tickets) are added up. At
    a venue for spot, what is held of a base asset is a position where its price of entry is known.
    """
    venue, chosen = await open_venue(ctx, provider), symbol or provider.symbol
    found = await venue.positions(symbol)
    mine = [one for one in found if one.symbol == chosen]
    quantity = sum((one.quantity for one in mine), Decimal(0))
    paid = sum((one.quantity * one.entry for one in mine), Decimal(0))
    return Positions(
        positions=[held(one) for one in found],
        held=len(found),
        quantity=tidy(quantity),
        profit=tidy(sum((one.profit for one in found), Decimal(0))),
        entry=divide(paid, quantity) if quantity else DEAD,
    )


def held(one: Position) -> Held:
    written = Held(
        symbol=one.symbol,
        quantity=tidy(one.quantity),
        entry=tidy(one.entry),
        mark=tidy(one.mark),
        value=tidy(one.quantity * one.mark),
        profit=tidy(one.profit),
    )
    if one.liquidation is not None:
        written["liquidation"] = tidy(one.liquidation)
    if one.id is not None:
        written["id"] = one.id
    return written
