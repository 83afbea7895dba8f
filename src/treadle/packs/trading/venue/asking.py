"""What every node that asks a venue begins with: whose venue it is, and which symbol is meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from treadle.errors import NodeError
from treadle.node import Context
from treadle.packs.trading.types import Symbol
from treadle.packs.trading.venue.provider import Provider, ProviderRef, read_provider
from treadle.packs.trading.venue.venues import Venues

if TYPE_CHECKING:
    from treadle.packs.trading.venue.protocol import Venue

From = Annotated[
    Provider,
    Field(description="The account that is asked: connect a `market.provider`, or name a venue, such as `paper`."),
]
OfSymbol = Annotated[
    Symbol | None, Field(description="Which market, such as `BTC/USDT`; without it, the provider's.", title="Symbol")
]


async def open_venue(ctx: Context, provider: ProviderRef) -> Venue:
    """The venue that is meant, for this run's mode."""
    return await ctx.resource(Venues).of(ctx, provider)


def symbol_of(provider: ProviderRef, symbol: str | None) -> str:
    """Raises `NodeError` (`no_symbol`)."""
    chosen = symbol or provider.symbol
    if chosen is None:
        raise NodeError(
            f"No symbol is given, and the provider ({provider.venue}) has none.",
            code="no_symbol",
            remedy="Set `symbol` here, or in the `market.provider` that is connected.",
            retryable=False,
        )
    return chosen


def name_provider(config: Mapping[str, Any]) -> str | None:
    """Who is asked, as far as the config says: for the circuit breaker. A simulation is never left alone."""
    given: Any = config.get("provider", config.get("venue"))
    if isinstance(given, str) and ("{{" in given or not given.strip()):
        return None
    try:
        venue = read_provider(given).venue
    except (ValueError, TypeError):
        return None
    return None if venue == "paper" or "{{" in venue else venue
