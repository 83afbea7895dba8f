"""Finding orders at an exchange by our ids: by asking for one, by its lists, and behind what sets them off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from treadle.packs.trading.ccxt.client_ids import ClientIds
from treadle.packs.trading.ccxt.names import FOUND_BY_CLIENT_ID
from treadle.packs.trading.ccxt.orders import OrderBookkeeping
from treadle.packs.trading.ccxt.reading import within
from treadle.packs.trading.ccxt.refusing import OrderMissing
from treadle.packs.trading.venue.refusal import refusal

if TYPE_CHECKING:
    from treadle.packs.trading.ccxt.venue import CcxtVenue

_LOOK_BACK = 7 * 86_400_000
_NEWEST = 500


class Finding:
    """What it finds is as ccxt tells of it. `keeps_stops_apart`: conditional orders are asked for by themselves until
    they are set off, and are other orders then, of another id."""

    def __init__(
        self, venue: CcxtVenue, exchange: Any, features: Mapping[str, Any], orders: OrderBookkeeping, ids: ClientIds
    ) -> None:
        self._venue, self._exchange, self._orders, self._ids = venue, exchange, orders, ids
        self.keeps_stops_apart = bool(within(features, "fetchOrder").get("trigger"))
        self._lists_all_apart = bool(within(features, "fetchOrders").get("trigger")) and self.keeps_stops_apart

    async def find(self, symbol: str, client_id: str) -> Any:
        """None where the exchange has never had it."""
        exchange, venue = self._exchange, self._venue
        if venue.name in FOUND_BY_CLIENT_ID:
            ways: list[dict[str, Any]] = [{"clientOrderId": self._ids.theirs(client_id)}]
            if self.keeps_stops_apart:
                ways.append({**ways[0], "trigger": True})
            for params in ways:
                try:
                    found = await venue.ask(exchange.fetch_order, "", symbol, params)
                except OrderMissing:
                    continue
                return await self._behind(found, symbol) if "trigger" in params else found
            return None
        if (id := self._orders.id(client_id)) and exchange.has.get("fetchOrder"):
            return await venue.ask(exchange.fetch_order, id, symbol)
        # Whether it is in none of the lists can only be told where there is a list of what is over.
        methods = [name for name in ("fetchOrders", "fetchClosedOrders") if exchange.has.get(name) is True]
        if not methods or not exchange.has.get("fetchOpenOrders"):
            raise refusal(
                "not_supported",
                f"`{venue.name}` is not asked for orders by our id, and gives no list of them.",
                remedy="Trade at an exchange that does; prices of this one can be used.",
            )
        over = getattr(exchange, _snake(methods[0]))
        for method, since in ((exchange.fetch_open_orders, None), (over, None), (over, venue.now() - _LOOK_BACK)):
            for given in await venue.ask(method, symbol, since):
                if self._ids.ours(str(given.get("clientOrderId"))) == client_id:
                    return given
        return None

    async def _behind(self, waited: Any, symbol: str) -> Any:
        """What became of a conditional order, where it was set off."""
        id = _actual(waited)
        if not id:
            return waited
        self._orders.set_off(id)
        prices = {name: waited.get(name) for name in ("triggerPrice", "stopLossPrice", "takeProfitPrice")}
        return {**await self._venue.ask(self._exchange.fetch_order, id, symbol), **prices}

    async def learn(self, symbol: str, ids: set[str]) -> None:
        """Our ids of orders that this process has not placed itself."""
        exchange, ask = self._exchange, self._venue.ask
        unknown = {id for id in ids if not self._orders.client_id(id)}
        if unknown and exchange.has.get("fetchOrders") is True:
            for item in await ask(exchange.fetch_orders, symbol, None, _NEWEST):
                self._orders.know(str(item.get("id")), self._name(item))
            if self._lists_all_apart:
                for item in await ask(exchange.fetch_orders, symbol, None, _NEWEST, {"trigger": True}):
                    if id := _actual(item):
                        self._orders.know(id, self._name(item))
        for id in sorted(unknown):
            if not self._orders.client_id(id):
                self._orders.know(id, self._name(await ask(exchange.fetch_order, id, symbol)))

    def _name(self, given: Any) -> str:
        return self._ids.ours(str(given.get("clientOrderId") or ""))


def _actual(waited: Any) -> str:
    """The id of the order that a conditional one has become; empty before."""
    id = str(within(waited, "info").get("actualOrderId") or "")
    return id if id.strip("0") else ""


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
