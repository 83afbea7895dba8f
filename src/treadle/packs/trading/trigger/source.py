"""What the triggers of markets listen to: a provider and a symbol, from config to an open venue."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, cast

from pydantic import Field

from treadle.errors import NodeError
from treadle.node import Fire
from treadle.node.watching import Lookout, Neighbour
from treadle.packs.trading.types import Symbol
from treadle.packs.trading.venue.asking import symbol_of
from treadle.packs.trading.venue.provider import Provider, ProviderOut, ProviderRef, read_provider, write_provider
from treadle.packs.trading.venue.venues import Venues, require_known

if TYPE_CHECKING:
    from treadle.packs.trading.venue.protocol import Venue

_PROVIDER_NODE = "market.provider"
_FIELDS = ("venue", "profile", "symbol", "settings", "limits")
_EXCHANGE = "Whose market: a venue such as `paper`, or the id of a `market.provider` node of this workflow."
_MARKET = "Which market, such as `BTC/USDT`; without it, the one of the provider."

Exchange = Annotated[Provider, Field(description=_EXCHANGE)]
Market = Annotated[Symbol | None, Field(description=_MARKET)]
Given = Annotated[ProviderOut, Field(description="For the nodes behind: the provider that this listens to.")]


class Source(NamedTuple):
    """An open venue, and what it calls the market."""

    venue: Venue
    symbol: str
    provider: ProviderRef


async def open_source(lookout: Lookout, provider: ProviderRef, symbol: str | None) -> Source:
    """Raises `NodeError`: what the venue refuses, `no_symbol`."""
    name = symbol_of(provider, symbol)
    venue = await lookout.resource(Venues).of(lookout, provider)
    await venue.market(name)
    return Source(venue, name, provider)


def resolve(config: Mapping[str, Any], nodes: Mapping[str, Neighbour]) -> Mapping[str, Any]:
    """`config` with the provider that it names. Raises `ValueError`."""
    provider: Any = config.get("provider")
    if isinstance(provider, str) and provider.strip() in nodes:
        name = provider.strip()
        if nodes[name].type != _PROVIDER_NODE:
            raise ValueError(
                f"`provider` names the node `{name}`, which is a `{nodes[name].type}`. "
                f"Name a `{_PROVIDER_NODE}` node, or a venue such as `paper`"
            )
        written = nodes[name].config
        provider = {"venue": "paper", **{one: written[one] for one in _FIELDS if written.get(one)}}
    ref: ProviderRef | None = None
    with suppress(ValueError):  # said of the field itself
        ref = read_provider(provider)
    if ref is None or "{{" in str(config.get("provider")):
        return config
    if "{{" not in ref.venue:
        try:
            require_known(ref.venue)
        except NodeError as error:
            raise ValueError(f"{error.message.rstrip('.')}. {error.remedy}") from None
    if not config.get("symbol") and not ref.symbol:
        raise ValueError("Nothing says which market. Write `symbol`, such as `BTC/USDT`, or give the provider one")
    return {**config, "provider": provider}


def memory_of(lookout: Lookout) -> Mapping[str, Any]:
    """What it remembers, by name."""
    found: object = lookout.remembered
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}


def heard(fire: Fire, *needed: str) -> Mapping[str, Any]:
    """What the run was started for: the item, or else the run's input. Raises `NodeError` (`no_item`)."""
    payload: object = fire.payload
    item = cast("Mapping[str, Any]", payload) if isinstance(payload, Mapping) else fire.input
    missing = [name for name in needed if item.get(name) is None]
    if missing:
        raise NodeError(
            f"The run was started by hand, and its input has no `{'`, no `'.join(missing)}`.",
            code="no_item",
            remedy="Give it as input, pin the trigger's output, or start it where the venue can be asked.",
            retryable=False,
        )
    return item


def provider_in(item: Mapping[str, Any], provider: ProviderRef) -> Any:
    """What the trigger says of its provider: as it was listened to, else as the config says."""
    found: object = item.get("provider")
    return cast("object", found) if isinstance(found, Mapping) else write_provider(provider)


def instant(at: Any) -> datetime:
    """A time in milliseconds since 1970, or as text."""
    return datetime.fromisoformat(at) if isinstance(at, str) else datetime.fromtimestamp(int(at) / 1000, UTC)


def amount(value: Any) -> Decimal | None:
    """A price or a quantity; None for what is no positive number."""
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and number > 0 else None
