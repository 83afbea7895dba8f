"""The account that a strategy trades with."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from treadle.node import DEAD, Branch, Context, effect
from treadle.packs.trading.equity import note_equity
from treadle.packs.trading.exact import tidy
from treadle.packs.trading.market.positions import Held, held
from treadle.packs.trading.market.provider_check import find_problems
from treadle.packs.trading.paper.bringing import bring
from treadle.packs.trading.types import Candle, Money, Percent, Symbol
from treadle.packs.trading.venue.asking import name_provider, open_venue, symbol_of
from treadle.packs.trading.venue.protocol import Venue
from treadle.packs.trading.venue.provider import ProviderOut, ProviderRef, write_provider
from treadle.packs.trading.venue.venues import account_of

Endpoint = Literal["price", "balance", "positions", "orderbook", "funding"]


class Exchange(NamedTuple):
    provider: Annotated[ProviderOut, Field(description="For every node that asks this venue, or trades there.")]
    price: Annotated[Branch[Money], Field(description="What was paid last.")] = DEAD
    balance: Annotated[Branch[dict[str, Money]], Field(description="How much is free of each asset.")] = DEAD
    positions: Branch[list[Held]] = DEAD
    orderbook: Annotated[
        Branch[dict[str, list[list[Money]]]], Field(description="`bids` and `asks`: price and quantity of each.")
    ] = DEAD
    funding: Annotated[Branch[Percent], Field(description="What longs pay next, in percent.")] = DEAD


@effect(
    "market.provider",
    in_doubt="repeat",
    title="Provider",
    provider=name_provider,
    check=find_problems,
    example={
        "config": {"venue": "paper", "symbol": "BTC/USDT", "limits": {"max_order_notional": 500}},
        "inputs": {},
        "outputs": {
            "provider": {"venue": "paper", "symbol": "BTC/USDT", "limits": {"max_order_notional": 500}},
        },
    },
)
async def provider(
    ctx: Context,
    candle: Annotated[
        Candle | None,
        Field(description="At a paper account whose `feed` is `run`: the bar that the run was told of."),
    ] = None,
    *,
    venue: Annotated[
        str,
        Field(min_length=1, description="`paper`, `polymarket`, `mt5`, `rest`, or an exchange such as `binance`."),
    ] = "paper",
    profile: Annotated[
        str | None,
        Field(description="Whose credentials; without it, those that the deployment is bound to for this venue."),
    ] = None,
    symbol: Annotated[Symbol | None, Field(description="The market that nodes mean which name none.")] = None,
    settings: Annotated[
        dict[str, Any] | None,
        Field(
            description="The venue's own. Of `paper`: `seed`, `market` (one of several venues whose prices differ, "
            "such as `alpha`), `account`, `balance`, `feed`, fees, slippage and latency."
        ),
    ] = None,
    limits: Annotated[
        dict[str, Any] | None,
        Field(
            description="What every order is held to: `max_order_notional`, `max_position_notional`, `max_exposure`, "
            "`max_open_orders`, `max_orders_per_minute`, `max_daily_loss`, `max_drawdown_pct`, `max_price_age`, "
            "`max_slippage_pct`."
        ),
    ] = None,
    endpoints: Annotated[
        tuple[Endpoint, ...], Field(description="What is asked for now; each has an output. Without any, nothing is.")
    ] = (),
) -> Exchange:
    """Name the venue, the credentials, the market and the limits that a strategy trades with, in one place.

    Connect `provider` with every node that asks for prices or trades: to trade elsewhere is then to change this node.
    Limits are checked where orders are sent, whatever the workflow does; what cannot be told forbids. Outside mode
    `live` every order is a paper order, over the prices, rules and fees of the venue.
    """
    chosen = ProviderRef(venue, profile, symbol, settings or {}, limits or {})
    if candle is not None:
        await bring(await open_venue(ctx, chosen), symbol_of(chosen, None), candle)
    if not endpoints:
        return Exchange(write_provider(chosen))
    asked = await open_venue(ctx, chosen)
    found = {name: await _ASK[name](ctx, asked, chosen) for name in dict.fromkeys(endpoints)}
    return Exchange(write_provider(chosen), **found)


async def _price(ctx: Context, venue: Venue, chosen: ProviderRef) -> Decimal:
    return tidy((await venue.quote(symbol_of(chosen, None))).last)


async def _balance(ctx: Context, venue: Venue, chosen: ProviderRef) -> dict[str, Decimal]:
    told = await venue.account()
    await note_equity(ctx, account_of(ctx, chosen), told)
    return {asset: tidy(of.free) for asset, of in told.balances.items()}


async def _positions(ctx: Context, venue: Venue, chosen: ProviderRef) -> list[Held]:
    return [held(one) for one in await venue.positions()]


async def _orderbook(ctx: Context, venue: Venue, chosen: ProviderRef) -> dict[str, list[list[Decimal]]]:
    book = await venue.order_book(symbol_of(chosen, None))
    sides = {"bids": book.bids, "asks": book.asks}
    return {side: [[tidy(one.price), tidy(one.quantity)] for one in levels] for side, levels in sides.items()}


async def _funding(ctx: Context, venue: Venue, chosen: ProviderRef) -> Decimal:
    return tidy((await venue.funding(symbol_of(chosen, None))).rate * 100)


_ASK: Mapping[Endpoint, Any] = {
    "price": _price, "balance": _balance, "positions": _positions, "orderbook": _orderbook, "funding": _funding,
}  # fmt: skip
