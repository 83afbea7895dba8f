"""What an exchange can do, by what ccxt says of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from treadle.packs.trading.ccxt.client_ids import longest
from treadle.packs.trading.ccxt.pairs import PLACES_PAIRS
from treadle.packs.trading.ccxt.reading import within
from treadle.packs.trading.ccxt.settings import ExchangeSettings
from treadle.packs.trading.ccxt.streams import channels_of
from treadle.packs.trading.venue.order import OrderKind
from treadle.packs.trading.venue.protocol import Capabilities

_TIMEFRAME = re.compile(r"[1-9][0-9]*[smhdw]")
_EDITS_KEEP_ID = frozenset({"binanceusdm", "binancecoinm", "bybit", "okx", "myokx"})
"""Whose orders keep their ids when they are changed. Elsewhere a change is another order: cancel, and place anew."""


def features_of(exchange: Any, settings: ExchangeSettings) -> Mapping[str, Any]:
    """What ccxt says of the methods, for the kind of markets."""
    features = within(exchange.features or {}, settings.type)
    return features if settings.type == "spot" else within(features, "linear")


def capabilities_of(venue: str, settings: ExchangeSettings, exchange: Any) -> Capabilities:
    spot = settings.type == "spot"
    ordering = within(features_of(exchange, settings), "createOrder")
    kinds: set[OrderKind] = {"market", "limit"}
    if ordering.get("stopLossPrice") or ordering.get("triggerPrice"):
        kinds |= {"stop", "stop_limit"}
    if ordering.get("takeProfitPrice"):
        kinds |= {"take_profit", "take_profit_limit"}
    in_force = within(ordering, "timeInForce")
    edits = venue in _EDITS_KEEP_ID or (venue == "binance" and not spot)
    return Capabilities(
        orders=frozenset(kinds),
        channels=channels_of(exchange),
        timeframes=frozenset(name for name in exchange.timeframes or () if _TIMEFRAME.fullmatch(str(name))),
        modifies=edits and exchange.has.get("editOrder") is True,
        keeps_brackets=bool(ordering.get("attachedStopLossTakeProfit")),
        places_pairs=spot and venue in PLACES_PAIRS,
        reduces_only=not spot,
        posts_only=bool(in_force.get("PO", not ordering)),
        shorts=not spot,
        has_positions=not spot and bool(exchange.has.get("fetchPositions")),
        has_funding=settings.type == "swap" and bool(exchange.has.get("fetchFundingRate")),
        quotes=(settings.currency,),
        max_client_id=longest(venue),
    )
