"""What happens at the exchange that the server of these tests speaks for: balances, orders, fills, in exact numbers.
By Binance's documentation of spot trading: the filters and their order, the numbers and words of refusals."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

D = Decimal


class Refused(Exception):
    def __init__(self, code: int, msg: str, status: int = 400) -> None:
        self.body, self.status = {"code": code, "msg": msg}, status


@dataclass
class Listed:
    """A market and its filters."""

    id: str
    base: str
    quote: str
    bid: D
    ask: D
    last: D
    step: D
    status: str = "TRADING"
    tick, min_quantity, max_quantity, min_notional = D("0.01"), D("0.0001"), D("9000"), D("5")
    up, down = D("5"), D("0.2")

    def info(self) -> dict[str, Any]:
        kinds = ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"]
        return {
            "symbol": self.id, "status": self.status, "baseAsset": self.base, "baseAssetPrecision": 8,
            "quoteAsset": self.quote, "quotePrecision": 8, "quoteAssetPrecision": 8, "orderTypes": kinds,
            "icebergAllowed": True, "ocoAllowed": True, "otoAllowed": True, "quoteOrderQtyMarketAllowed": True,
            "allowTrailingStop": True, "cancelReplaceAllowed": True, "isSpotTradingAllowed": True,
            "isMarginTradingAllowed": False, "permissions": [], "permissionSets": [["SPOT"]],
            "filters": [
                {"filterType": "PRICE_FILTER", "minPrice": "0.01000000", "maxPrice": "1000000.00000000",
                 "tickSize": f"{self.tick:.8f}"},
                {"filterType": "LOT_SIZE", "minQty": f"{self.min_quantity:.8f}", "maxQty": f"{self.max_quantity:.8f}",
                 "stepSize": f"{self.step:.8f}"},
                {"filterType": "PERCENT_PRICE_BY_SIDE", "bidMultiplierUp": f"{self.up}",
                 "bidMultiplierDown": f"{self.down}", "askMultiplierUp": f"{self.up}",
                 "askMultiplierDown": f"{self.down}", "avgPriceMins": 5},
                {"filterType": "NOTIONAL", "minNotional": f"{self.min_notional:.8f}", "applyMinToMarket": True,
                 "maxNotional": "9000000.00000000", "applyMaxToMarket": False, "avgPriceMins": 5},
                {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
            ],
        }  # fmt: skip


@dataclass
class Placed:
    id: int
    client_id: str
    market: Listed
    side: str
    kind: str
    quantity: D
    price: D
    stop: D
    in_force: str
    at: int
    status: str = "NEW"
    list_id: int = -1
    fills: list[dict[str, Any]] = field(default_factory=list)

    @property
    def filled(self) -> D:
        return sum((D(fill["qty"]) for fill in self.fills), D(0))

    @property
    def paid(self) -> D:
        return sum((D(fill["quoteQty"]) for fill in self.fills), D(0))

    @property
    def is_open(self) -> bool:
        return self.status in ("NEW", "PARTIALLY_FILLED")

    def told(self) -> dict[str, Any]:
        return {
            "symbol": self.market.id, "orderId": self.id, "orderListId": self.list_id, "clientOrderId": self.client_id,
            "price": f"{self.price:.8f}", "origQty": f"{self.quantity:.8f}", "executedQty": f"{self.filled:.8f}",
            "cummulativeQuoteQty": f"{self.paid:.8f}", "status": self.status, "timeInForce": self.in_force,
            "type": self.kind, "side": self.side, "stopPrice": f"{self.stop:.8f}", "icebergQty": "0.00000000",
            "time": self.at, "updateTime": self.at, "isWorking": True, "workingTime": self.at,
            "origQuoteOrderQty": "0.00000000", "selfTradePreventionMode": "NONE",
        }  # fmt: skip


@dataclass
class Listing:
    """An order list: one order cancels the other."""

    id: int
    client_id: str
    above: Placed
    below: Placed
    at: int

    def told(self, *, reports: bool = False) -> dict[str, Any]:
        orders, is_open = (self.above, self.below), self.above.is_open or self.below.is_open
        told: dict[str, Any] = {
            "orderListId": self.id, "contingencyType": "OCO", "listClientOrderId": self.client_id,
            "listStatusType": "EXEC_STARTED" if is_open else "ALL_DONE",
            "listOrderStatus": "EXECUTING" if is_open else "ALL_DONE",
            "transactionTime": self.at, "symbol": self.above.market.id,
            "orders": [{"symbol": one.market.id, "orderId": one.id, "clientOrderId": one.client_id} for one in orders],
        }  # fmt: skip
        if reports:
            # As documented: no times of the order but that of the transaction.
            left_out = ("time", "updateTime", "isWorking")
            told["orderReports"] = [
                {name: value for name, value in one.told().items() if name not in left_out} | {"transactTime": self.at}
                for one in orders
            ]
        return told


class Book:
    """One account, and markets that stand still unless a test moves them."""

    fee = D("0.001")

    def __init__(self) -> None:
        bitcoin = Listed("BTCUSDT", "BTC", "USDT", D("50000.00"), D("50000.10"), D("50000.05"), D("0.00001"))
        ether = Listed("ETHUSDT", "ETH", "USDT", D("3000.00"), D("3000.05"), D("3000.01"), D("0.0001"))
        self.markets = {market.id: market for market in (bitcoin, ether)}
        self.free: dict[str, D] = {"BTC": D("2"), "USDT": D("100000"), "BNB": D("0")}
        self.locked: dict[str, D] = {"BTC": D(0), "USDT": D(0), "BNB": D(0)}
        self.orders: list[Placed] = []
        self.trades: list[dict[str, Any]] = []
        self.lists: list[Listing] = []
        self._ids = itertools.count(1000)
        self._trade_ids = itertools.count(28457)

    def market(self, id: str) -> Listed:
        if id not in self.markets:
            raise Refused(-1121, "Invalid symbol.")
        return self.markets[id]

    def place(self, given: dict[str, str], at: int) -> Placed:
        market = self.market(given["symbol"])
        kind, side = given["type"], given["side"]
        quantity, price = D(given.get("quantity", "0")), D(given.get("price", "0"))
        if market.status != "TRADING":
            raise Refused(-1013, "Market is closed.")
        self._filter(market, kind, price, quantity)
        client_id = given.get("newClientOrderId", f"auto{len(self.orders)}")
        if any(order.is_open and order.client_id == client_id for order in self.orders):
            raise Refused(-2010, "Duplicate order sent.")
        crosses = price >= market.ask if side == "BUY" else 0 < price <= market.bid
        if kind == "LIMIT_MAKER" and crosses:
            raise Refused(-2010, "Order would immediately match and take.")
        asset, needs = self._needs(market, side, quantity, price)
        if needs > self.free.get(asset, D(0)):
            raise Refused(-2010, "Account has insufficient balance for requested action.")
        order = Placed(
            next(self._ids), client_id, market, side, kind, quantity, price, D(given.get("stopPrice", "0")),
            given.get("timeInForce", "GTC"), at,
        )  # fmt: skip
        self.orders.append(order)
        self._lock(asset, needs)
        if kind == "MARKET" or (kind == "LIMIT" and crosses):
            half = quantity / 2 // market.step * market.step
            for part in (half, quantity - half):
                if part:
                    self.fill(order, part, market.ask if side == "BUY" else market.bid, maker=False, at=at)
        elif order.in_force in ("IOC", "FOK"):
            self.end(order, "EXPIRED")
        return order

    def place_list(self, given: dict[str, str], at: int) -> Listing:
        """Both, or neither: by the rules of `POST /api/v3/orderList/oco`."""
        market, side, quantity = self.market(given["symbol"]), given["side"], D(given["quantity"])
        makers, stops = {"LIMIT_MAKER", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"}, {"STOP_LOSS", "STOP_LOSS_LIMIT"}
        kinds = {where: given[f"{where}Type"] for where in ("above", "below")}
        stop = "below" if side == "SELL" else "above"
        maker = "above" if side == "SELL" else "below"
        if kinds[stop] not in stops or kinds[maker] not in makers:
            raise Refused(-1104, "Not all sent parameters were read.")
        price: dict[str, D] = {}
        for where, kind in kinds.items():
            needed = {"LIMIT_MAKER": "Price"}.get(kind, "StopPrice")
            if f"{where}{needed}" not in given:
                raise Refused(-1102, f"Mandatory parameter '{where}{needed}' was not sent.")
            if kind.endswith("_LIMIT") and given.get(f"{where}TimeInForce") is None:
                raise Refused(-1102, f"Mandatory parameter '{where}TimeInForce' was not sent.")
            price[where] = D(given[f"{where}{needed}"])
            self._filter(market, kind, D(given.get(f"{where}Price", "0")), quantity)
        if not price["below"] < market.last < price["above"]:
            raise Refused(-2010, "The relationship of the prices for the orders is not correct.")
        names = {where: given.get(f"{where}ClientOrderId", f"auto{where}{len(self.orders)}") for where in kinds}
        taken = {order.client_id for order in self.orders if order.is_open}
        taken |= {one.client_id for one in self.lists if one.above.is_open}
        list_name = given.get("listClientOrderId", f"list{len(self.lists)}")
        if taken & {*names.values(), list_name}:
            raise Refused(-2010, "Duplicate order sent.")
        asset, needs = self._needs(market, side, quantity, max(price.values()))
        if needs > self.free.get(asset, D(0)):
            raise Refused(-2010, "Account has insufficient balance for requested action.")
        self._lock(asset, needs)
        id = len(self.lists)
        legs = {
            where: Placed(
                next(self._ids), names[where], market, side, kinds[where], quantity,
                D(given.get(f"{where}Price", "0")), D(given.get(f"{where}StopPrice", "0")),
                given.get(f"{where}TimeInForce", "GTC"), at, list_id=id,
            )
            for where in kinds
        }  # fmt: skip
        self.orders += legs.values()
        self.lists.append(Listing(id, list_name, legs["above"], legs["below"], at))
        return self.lists[-1]

    def find_list(self, given: dict[str, str]) -> Listing:
        for one in reversed(self.lists):
            if str(one.id) == given.get("orderListId") or one.client_id == given.get("origClientOrderId"):
                return one
        raise Refused(-2018, "Order list does not exist.")

    def _other(self, order: Placed) -> Placed | None:
        """The open one that it cancels."""
        if order.list_id < 0:
            return None
        found = self.lists[order.list_id]
        other = found.below if order is found.above else found.above
        return other if other.is_open else None

    def _filter(self, market: Listed, kind: str, price: D, quantity: D) -> None:
        limited = kind in ("LIMIT", "LIMIT_MAKER", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT")
        if limited and (price <= 0 or price % market.tick):
            raise Refused(-1013, "Filter failure: PRICE_FILTER")
        if limited and not market.last * market.down <= price <= market.last * market.up:
            raise Refused(-1013, "Filter failure: PERCENT_PRICE_BY_SIDE")
        if quantity % market.step or not market.min_quantity <= quantity <= market.max_quantity:
            raise Refused(-1013, "Filter failure: LOT_SIZE")
        if quantity * (price if limited else market.last) < market.min_notional:
            raise Refused(-1013, "Filter failure: NOTIONAL")

    def _needs(self, market: Listed, side: str, quantity: D, price: D) -> tuple[str, D]:
        return (market.quote, quantity * (price or market.ask)) if side == "BUY" else (market.base, quantity)

    def _lock(self, asset: str, amount: D) -> None:
        self.free[asset] -= amount
        self.locked[asset] += amount

    def fill(self, order: Placed, quantity: D, price: D, *, maker: bool, at: int) -> None:
        market, buys = order.market, order.side == "BUY"
        got, asset = (quantity, market.base) if buys else (quantity * price, market.quote)
        paid, of = (quantity * price, market.quote) if buys else (quantity, market.base)
        bound = quantity * (order.price or price) if buys else quantity
        if (other := self._other(order)) is not None:
            other.status = "EXPIRED"  # what the two bind is bound once
        self.locked[of] -= bound
        self.free[of] += bound - paid
        self.free[asset] = self.free.get(asset, D(0)) + got * (1 - self.fee)
        fill = {
            "symbol": market.id, "id": next(self._trade_ids), "orderId": order.id, "orderListId": -1,
            "price": f"{price:.8f}", "qty": f"{quantity:.8f}", "quoteQty": f"{quantity * price:.8f}",
            "commission": f"{got * self.fee:.8f}", "commissionAsset": asset, "time": at, "isBuyer": buys,
            "isMaker": maker, "isBestMatch": True,
        }  # fmt: skip
        order.fills.append(fill)
        self.trades.append(fill)
        order.status = "FILLED" if order.filled == order.quantity else "PARTIALLY_FILLED"

    def end(self, order: Placed, status: str) -> None:
        rest = order.quantity - order.filled
        asset, bound = self._needs(order.market, order.side, rest, order.price)
        self._lock(asset, -bound)
        order.status = status
        if (other := self._other(order)) is not None:
            other.status = status

    def find(self, given: dict[str, str]) -> Placed:
        """The newest that is called so: Binance takes a client id again once its order is filled."""
        for order in reversed(self.orders):
            if str(order.id) == given.get("orderId") or order.client_id == given.get("origClientOrderId"):
                return order
        raise Refused(-2013, "Order does not exist.")
