"""Start a run when a price comes above or below a level."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from treadle.node import Fire, trigger
from treadle.node.watching import Item, Lookout, Watching
from treadle.packs.trading.trigger.edge import Edge, Operator
from treadle.packs.trading.trigger.source import (
    Exchange,
    Given,
    Market,
    Source,
    amount,
    heard,
    instant,
    memory_of,
    open_source,
    provider_in,
    resolve,
)
from treadle.packs.trading.types import Money, Percent
from treadle.packs.trading.venue.provider import ProviderRef, write_provider

Of = Literal["last", "bid", "ask", "mid"]


class Reached(NamedTuple):
    price: Annotated[Money, Field(description="The price that it fired at")]
    at: Annotated[datetime, Field(description="When the venue had that price, UTC")]
    symbol: str
    provider: Given


async def _watch(
    lookout: Lookout,
    *,
    provider: ProviderRef,
    operator: Operator,
    price: Decimal,
    symbol: str | None = None,
    of: Of = "last",
    rearm_pct: Decimal = Decimal(0),
) -> AsyncGenerator[Item]:
    source = await open_source(lookout, provider, symbol)
    edge = Edge(operator, price, rearm_pct / 100)
    if not (edge.crosses and lookout.is_resumed):
        edge.holds = memory_of(lookout).get("holds")
    newest = 0
    async with aclosing(source.venue.stream("ticker", source.symbol)) as quotes:
        async for quote in quotes:
            at = int(quote["at"])
            lookout.saw(instant(at))
            value = price_of(quote, of)
            if value is None or at < newest:
                continue
            newest, held = at, edge.holds
            if edge.takes(value):
                yield Item(str(quote["id"]), instant(at), _payload(source, value, at), {"holds": True})
            elif edge.holds is not held:
                await lookout.remember({"holds": edge.holds})


async def _glance(
    lookout: Lookout, *, provider: ProviderRef, symbol: str | None = None, of: Of = "last", **_: Any
) -> dict[str, Any]:
    source = await open_source(lookout, provider, symbol)
    quote = await source.venue.quote(source.symbol)
    value = price_of(quote._asdict(), of) or quote.last
    return _payload(source, value, quote.at)


def _payload(source: Source, price: Decimal, at: int) -> dict[str, Any]:
    return {"price": price, "at": at, "symbol": source.symbol, "provider": write_provider(source.provider)}


def price_of(quote: Mapping[str, Any], of: Of) -> Decimal | None:
    """None where the venue does not tell, or tells what cannot be a price."""
    if of == "mid":
        bid, ask = amount(quote.get("bid")), amount(quote.get("ask"))
        return None if bid is None or ask is None else (bid + ask) / 2
    return amount(quote.get(of))


@trigger(
    "trigger.price",
    title="Price",
    watching=Watching(_watch, glance=_glance, resolve=resolve),
    example={
        "config": {"provider": "paper", "symbol": "BTC/USDT", "operator": "crosses_above", "price": 65000},
        "inputs": {},
        "outputs": {
            "price": 65010.5,
            "at": "2026-01-05T09:00:00Z",
            "symbol": "BTC/USDT",
            "provider": {"venue": "paper"},
        },
    },
)
def price(
    fire: Fire,
    *,
    provider: Exchange,
    operator: Annotated[Operator, Field(description="A crossing has to be seen: the price comes from the other side.")],
    price: Annotated[Money, Field(gt=0, description="The level.")],
    symbol: Market = None,
    of: Annotated[Of, Field(description="Which price: of the last trade, the best bid or ask, or their mid.")] = "last",
    rearm_pct: Annotated[
        Percent, Field(ge=0, lt=100, description="How far back the price has to come before it fires again.")
    ] = Decimal(0),
) -> Reached:
    """Start a run when a price comes above or below a level; pushed by the venue, not asked for.

    It fires when the condition begins to hold, once, and again after it has ceased to. `>`, `<`, `>=`, `<=` also fire
    where it holds when the deployment is started; `crosses_above` and `crosses_below` only once the price has been
    seen on the other side. The side is remembered over restarts. A run started by hand gets the price of now.
    """
    item = heard(fire, "price")
    value = amount(item["price"]) or Decimal(0)
    at = item.get("at")
    return Reached(
        price=value,
        at=fire.at if at is None else instant(at),
        symbol=str(item.get("symbol") or symbol or provider.symbol or ""),
        provider=provider_in(item, provider),
    )
