"""What Polymarket lists: markets by their slug, each side of one a token."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from treadle.packs.trading.venue.market_data import Market

CURRENCY = "pUSD"


@dataclass(frozen=True, slots=True)
class Listed:
    """One side of a market."""

    market: Market
    token: str
    condition: str
    negative_risk: bool


def read_listed(given: dict[str, Any]) -> list[Listed]:
    """The sides of a market of gamma; none of one that has no book."""
    outcomes, tokens = _texts(given.get("outcomes")), _texts(given.get("clobTokenIds"))
    slug = str(given.get("slug") or "")
    found: list[Listed] = []
    for outcome, token in zip(outcomes, tokens, strict=False):
        symbol = f"{slug}:{outcome.upper().replace(' ', '_')}"
        tick = _decimal(given.get("orderPriceMinTickSize")) or Decimal("0.01")
        is_open = bool(given.get("acceptingOrders", given.get("active"))) and not given.get("closed")
        market = Market(
            symbol, symbol, CURRENCY, "prediction", tick=tick, lot=Decimal("0.01"),
            min_quantity=_decimal(given.get("orderMinSize")), is_open=is_open,
        )  # fmt: skip
        found.append(Listed(market, token, str(given.get("conditionId") or ""), bool(given.get("negRisk"))))
    return found


def _texts(given: Any) -> list[str]:
    """Gamma writes lists as JSON in text."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            return []
    return [str(item) for item in cast("list[Any]", given)] if isinstance(given, list) else []


def _decimal(given: Any) -> Decimal | None:
    return None if given is None else Decimal(str(given))
