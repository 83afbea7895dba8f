"""What may be set for an exchange, and the credentials it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from treadle.packs.trading.venue.settings import check_settings


class ExchangeSettings(BaseModel):
    """`settings` of a `market.provider` whose venue is an exchange."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sandbox: bool = Field(False, description="Use the exchange's testnet, with credentials made there")
    type: Literal["spot", "swap", "future"] = Field("spot", description="Which of its markets")
    currency: str = Field("USDT", description="What equity is told in")
    leverage: float | None = Field(
        None, ge=1, le=200, description="What is set there for its perpetuals and futures, which is not changed: how "
        "much more than is free an order may be worth; without it, what the market tells, else 1"
    )  # fmt: skip
    timeout: float = Field(10.0, gt=0, le=120, description="Seconds that an answer may take")
    patience: float = Field(10.0, ge=0, le=300, description="Seconds to wait for room under the rate limit")
    rate: float = Field(0.8, gt=0, le=1, description="Share of the exchange's rate limit that may be used")
    adjust_clock: bool = Field(False, description="Sign with the exchange's clock in place of this machine's")
    urls: dict[str, Any] = Field(default_factory=dict[str, Any], description="Other addresses, as ccxt's `urls.api`")
    options: dict[str, Any] = Field(default_factory=dict[str, Any], description="`options` of ccxt's exchange")


CREDENTIALS = {
    "api_key": "apiKey",
    "secret": "secret",
    "password": "password",
    "uid": "uid",
    "private_key": "privateKey",
    "wallet": "walletAddress",
}
"""Fields of a profile, and what ccxt calls them."""


def read_settings(given: Mapping[str, Any], *, venue: str) -> ExchangeSettings:
    """Raises `NodeError` (`invalid_settings`) that names everything that is wrong."""
    return check_settings(ExchangeSettings, given, venue=venue)
