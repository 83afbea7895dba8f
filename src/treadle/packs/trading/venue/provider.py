"""`Provider`: which account at which venue is meant; what `market.provider` gives, and every other node takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, cast

from pydantic import BeforeValidator, PlainSerializer

from treadle.node.annotation import Domain

_FIELDS = ("venue", "profile", "symbol", "settings", "limits")


@dataclass(frozen=True, slots=True)
class ProviderRef:
    """`venue` is its name (`paper`, `binance`); `profile` the credentials, None: whichever profile of this venue the
    run is bound to. `symbol` is what nodes mean that do not say. `settings` are the venue's own; `limits` what the
    order path keeps to (see `treadle.packs.trading.orders.limits`)."""

    venue: str
    profile: str | None = None
    symbol: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    limits: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __str__(self) -> str:
        """As people are told of it: `binance main BTC/USDT`."""
        return " ".join(one for one in (self.venue, self.profile, self.symbol) if one)


def read_provider(value: object) -> ProviderRef:
    """From a venue's name, or from what `market.provider` gave. Raises `ValueError`."""
    if isinstance(value, ProviderRef):
        return value
    if isinstance(value, str) and value.strip():
        return ProviderRef(value.strip())
    if isinstance(value, Mapping):
        given = cast("Mapping[str, Any]", value)
        if isinstance(given.get("venue"), str):
            return ProviderRef(**{name: given[name] for name in _FIELDS if given.get(name)})
    raise ValueError("name a venue, such as `paper`, or connect the `provider` of a `market.provider`")


def write_provider(provider: ProviderRef) -> dict[str, Any]:
    """As it flows over a connection."""
    given = {"venue": provider.venue, "profile": provider.profile, "symbol": provider.symbol}
    more = {"settings": dict(provider.settings), "limits": dict(provider.limits)}
    return {name: value for name, value in {**given, **more}.items() if value}


Provider = Annotated[Any, BeforeValidator(read_provider), PlainSerializer(write_provider), Domain("provider")]
"""An input of every trading node: connected from `market.provider`, or a venue's name in the config."""
ProviderOut = Annotated[dict[str, Any], Domain("provider")]
"""An output of what `write_provider` gives. Of another type than the input: what comes over a connection is read."""
