"""The trades of a backtest: how each went between, and what stood on the wires when it was decided."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from treadle.service.backtests.excursions import find_place, measure
from treadle.service.backtests.exposure import bars_of
from treadle.service.backtests.values import place_at, values_at
from treadle.service.bots.figures import show
from treadle.service.bots.holding import Trade
from treadle.service.bots.trade_text import describe_trade

if TYPE_CHECKING:
    from treadle.service.backtests.result import BacktestResult

_GUARD = re.compile(r"-(sl|tp)(-\d+)?$")
"""How a stop-loss or take-profit is named after the order that it guards."""


def describe_trades(result: BacktestResult) -> list[dict[str, Any]]:
    """The first that closed first: each as JSON."""
    look = _Looking(result)
    return [{**describe_trade(trade), **_excursion(look, trade), **_decision(look, trade)} for trade in result.trades]


class _Looking:
    def __init__(self, result: BacktestResult) -> None:
        self.result = result
        self.orders = {str(one["client_id"]): one for one in result.orders if one.get("client_id")}
        self.fills: dict[tuple[str, int, str], list[Mapping[str, Any]]] = {}
        for fill in result.fills:
            key = (str(fill["symbol"]), ms(fill["at"]), str(fill["side"]))
            self.fills.setdefault(key, []).append(fill)
        values = result.values
        self.times = [] if values is None else list(values.times)
        self._columns = None if values is None else {port: values.column(*port) for port in values.ports}

    def fill_of(self, trade: Trade, *, entering: bool) -> Mapping[str, Any] | None:
        is_buy = (trade.side == "long") == entering
        at = trade.opened_at if entering else trade.closed_at
        found = self.fills.get((trade.symbol, ms(at), "buy" if is_buy else "sell"), [])
        if not entering:
            found = [one for one in found if one.get("client_id") == trade.order] or found
        return found[0] if found else None

    def ordered_at(self, fill: Mapping[str, Any] | None) -> int | None:
        """When the order of a fill was placed; None: the venue itself did, to guard another."""
        if fill is None or _GUARD.search(str(fill.get("client_id"))):
            return None
        order = self.orders.get(str(fill.get("client_id")))
        return None if order is None or order.get("created_at") is None else ms(order["created_at"])

    def is_market(self, fill: Mapping[str, Any]) -> bool:
        order = self.orders.get(str(fill.get("client_id")))
        return order is not None and order.get("kind") == "market"

    def values_at(self, at: int | None) -> dict[str, dict[str, Any]]:
        place = None if at is None else place_at(self.times, at)
        # Of very many runs only some were looked at: what stood there in another one decided nothing here.
        if place is None or self._columns is None or self.times[place] != at:
            return {}
        return values_at(self._columns, place)


def _excursion(look: _Looking, trade: Trade) -> dict[str, Any]:
    market = bars_of(look.result, trade.symbol)
    entry, exit = look.fill_of(trade, entering=True), look.fill_of(trade, entering=False)
    none: dict[str, Any] = dict.fromkeys(("mae", "mfe", "mae_share", "mfe_share", "bar_in", "bar_out"))
    if market is None or entry is None or exit is None or not len(market):
        return none
    bars = market.columns()
    places = [
        find_place(
            bars,
            market.length,
            ms(fill["at"]),
            float(fill["price"]),
            is_market=look.is_market(fill),
            ordered=look.ordered_at(fill) or 0,
        )
        for fill in (entry, exit)
    ]
    found = measure(
        bars, *places, entry=trade.entry, quantity=trade.quantity, is_long=trade.side == "long"
    )  # fmt: skip
    put_in = abs(trade.entry * trade.quantity)
    return {
        "mae": show(_clean(found.adverse)),
        "mfe": show(_clean(found.favourable)),
        "mae_share": round(float(found.adverse / put_in), 8) if put_in else None,
        "mfe_share": round(float(found.favourable / put_in), 8) if put_in else None,
        "bar_in": found.bar_in,
        "bar_out": found.bar_out,
    }


def _clean(amount: Decimal) -> Decimal:
    return amount if amount else Decimal(0)


def _decision(look: _Looking, trade: Trade) -> dict[str, Any]:
    entered = look.ordered_at(look.fill_of(trade, entering=True))
    left = look.ordered_at(look.fill_of(trade, entering=False))
    return {"decided_at": entered, "left_at": left, "decided": look.values_at(entered)}


def ms(at: Any) -> int:
    """Milliseconds since 1970 of a time, whichever way it is written."""
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    return round(at.timestamp() * 1000) if isinstance(at, datetime) else int(at)
