"""What a market is to a paper account: what its venue says of it, with what the account's settings say instead."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from treadle.packs.trading.paper.settings import PaperSettings
from treadle.packs.trading.venue.market_data import Market

FINEST = Decimal("0.00000001")
"""Tick and lot where nobody says any."""
_ON_MARGIN = frozenset({"perpetual", "future", "forex"})
_MOST_LEVERAGE = Decimal(200)


def as_traded(market: Market) -> Market:
    """As accounts on paper deal in it: with a tick and a lot, in units of its base (venues count contracts, we do not),
    and at any leverage where it is not told how much there may be."""
    leverage = market.max_leverage
    if market.kind in _ON_MARGIN and leverage <= 1:
        leverage = _MOST_LEVERAGE
    return replace(
        market, tick=market.tick or FINEST, lot=market.lot or FINEST, contract_size=Decimal(1), max_leverage=leverage
    )


def market_of_bars(symbol: str, settings: PaperSettings, known: Market | None) -> Market:
    """The market of bars that are called `symbol`; `known` is what came with them. The settings go before that."""
    base, _, rest = symbol.partition("/")
    quote, _, settle = rest.partition(":")
    if known is None:
        known = Market(symbol, base or symbol, settle or quote or settings.told_in, settings.kind)
    elif known.symbol != symbol:  # bars of another market stand for it
        known = replace(known, symbol=symbol, base=base or symbol, quote=settle or quote or known.quote)
    kind = settings.kind if "kind" in settings.model_fields_set else known.kind
    return as_traded(
        replace(
            known,
            kind="perpetual" if settle and kind == "spot" else kind,
            tick=settings.tick or known.tick,
            lot=settings.lot or known.lot,
            is_open=True,  # there are bars
        )
    )


def write_market(market: Market) -> dict[str, Any]:
    """As JSON takes it; see `read_market`."""
    return _adapter().dump_python(market, mode="json")


def read_market(given: Any) -> Market:
    """Raises `ValueError` for what no market can be."""
    market = _adapter().validate_python(given)
    for step in (market.tick, market.lot):
        if step is not None and step <= 0:
            raise ValueError(f"a step of {step}")
    return market


@cache
def _adapter() -> TypeAdapter[Market]:
    return TypeAdapter(Market)
