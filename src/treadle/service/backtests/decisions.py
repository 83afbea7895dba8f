"""The trades of a backtest: how each went between, and what stood on the wires when it was decided."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

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
    return [_describe(look, trade) for trade in result.trades]


def _describe(look: _Looking, trade: Trade) -> dict[str, Any]:
    entry, exit = (look.found_of(trade, entering=entering) for entering in (True, False))
    decided = entry.order.decided if entry is not None else None
    return {
        **describe_trade(trade),
        **_excursion(look, trade, entry, exit),
        "decided_at": decided,
        "left_at": exit.order.decided if exit is not None else None,
        "decided": look.values_at(decided),
    }


@dataclass(frozen=True, slots=True)
class _Found:
    """A fill, and its order."""

    fill: Mapping[str, Any]
    order: _Order


class _Order(NamedTuple):
    """`decided` is when the run was that placed it, `arrived` when it came to the market (ms). None of both: the venue
    itself placed it, to guard another."""

    is_market: bool = False
    decided: int | None = None
    arrived: int | None = None

    @classmethod
    def of(cls, name: str, order: Mapping[str, Any]) -> _Order:
        is_market, at = order.get("kind") == "market", order.get("created_at")
        if at is None or _GUARD.search(name):
            return cls(is_market)
        return cls(is_market, decided_at(order), ms(at))


class _Looking:
    def __init__(self, result: BacktestResult) -> None:
        self.result = result
        orders = {str(one["client_id"]): one for one in result.orders if one.get("client_id")}
        self.orders = {name: _Order.of(name, one) for name, one in orders.items()}
        self.fills: dict[tuple[str, int, str], list[Mapping[str, Any]]] = {}
        for fill in result.fills:
            key = (str(fill["symbol"]), ms(fill["at"]), str(fill["side"]))
            self.fills.setdefault(key, []).append(fill)
        decided = {one.decided for one in self.orders.values() if one.decided is not None}
        values = None if result.values is None else result.values.only(decided)
        self.times: Sequence[int] = () if values is None else values.times
        self._columns = {} if values is None else {port: values.column(*port) for port in values.ports}

    def found_of(self, trade: Trade, *, entering: bool) -> _Found | None:
        is_buy = (trade.side == "long") == entering
        at = trade.opened_at if entering else trade.closed_at
        found = self.fills.get((trade.symbol, ms(at), "buy" if is_buy else "sell"), [])
        if not entering:
            found = [one for one in found if one.get("client_id") == trade.order] or found
        if not found:
            return None
        return _Found(found[0], self.orders.get(str(found[0].get("client_id")), _Order()))

    def values_at(self, at: int | None) -> dict[str, dict[str, Any]]:
        place = None if at is None else place_at(self.times, at)
        # Of very many runs only some were looked at: what stood there in another one decided nothing here.
        if place is None or self.times[place] != at:
            return {}
        return values_at(self._columns, place)


def _excursion(look: _Looking, trade: Trade, entry: _Found | None, exit: _Found | None) -> dict[str, Any]:
    market = bars_of(look.result, trade.symbol)
    none: dict[str, Any] = dict.fromkeys(("mae", "mfe", "mae_share", "mfe_share", "bar_in", "bar_out"))
    if market is None or entry is None or exit is None or not len(market):
        return none
    bars = market.columns()
    places = [
        find_place(
            bars,
            market.length,
            ms(one.fill["at"]),
            float(one.fill["price"]),
            is_market=one.order.is_market,
            ordered=one.order.arrived or 0,
        )
        for one in (entry, exit)
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


def decided_at(order: Mapping[str, Any]) -> int | None:
    """When the run was that placed an order (ms), which comes to the market later where that takes time."""
    run = str(order.get("run", ""))
    if run.startswith("@"):  # of a compiled test: its time is its name
        return int(run[1:])
    at = order.get("sent_at") or order.get("created_at")
    return None if at is None else ms(at)


def guarded_by(client_id: str) -> str:
    """The order that an order of the venue itself guards."""
    return _GUARD.sub("", client_id)


def ms(at: Any) -> int:
    """Milliseconds since 1970 of a time, whichever way it is written."""
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    return round(at.timestamp() * 1000) if isinstance(at, datetime) else int(at)
