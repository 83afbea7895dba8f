"""A server on loopback that speaks Binance's documented REST of USDⓈ-margined perpetuals: orders, conditional orders
(which are another service's until they are set off), positions, margin, funding. In one-way mode, with cross margin."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.packs.trading.ccxt.binance_book import D, Refused
from tests.packs.trading.ccxt.binance_server import BinanceServer, serving

_MAKER = ("LIMIT", "GTX")


@dataclass
class Perpetual:
    id: str
    bid: D
    ask: D
    last: D
    mark: D
    tick, step, min_notional, up, down = D("0.1"), D("0.001"), D("100"), D("1.15"), D("0.85")

    def info(self) -> dict[str, Any]:
        return {
            "symbol": self.id, "pair": self.id, "contractType": "PERPETUAL", "deliveryDate": 4133404800000,
            "onboardDate": 1569398400000, "status": "TRADING", "baseAsset": "BTC", "quoteAsset": "USDT",
            "marginAsset": "USDT", "pricePrecision": 2, "quantityPrecision": 3, "baseAssetPrecision": 8,
            "quotePrecision": 8, "underlyingType": "COIN", "underlyingSubType": ["PoW"], "triggerProtect": "0.0500",
            "liquidationFee": "0.012500", "marketTakeBound": "0.05", "maintMarginPercent": "2.5000",
            "requiredMarginPercent": "5.0000",
            "orderTypes": ["LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET"],
            "timeInForce": ["GTC", "IOC", "FOK", "GTX", "GTD"],
            "filters": [
                {"filterType": "PRICE_FILTER", "minPrice": "556.80", "maxPrice": "4529764", "tickSize": f"{self.tick}"},
                {"filterType": "LOT_SIZE", "minQty": "0.001", "maxQty": "1000", "stepSize": f"{self.step}"},
                {"filterType": "MARKET_LOT_SIZE", "minQty": "0.001", "maxQty": "120", "stepSize": f"{self.step}"},
                {"filterType": "MAX_NUM_ORDERS", "limit": 200},
                {"filterType": "MIN_NOTIONAL", "notional": f"{self.min_notional}"},
                {"filterType": "PERCENT_PRICE", "multiplierUp": f"{self.up}", "multiplierDown": f"{self.down}",
                 "multiplierDecimal": "4"},
            ],
        }  # fmt: skip


@dataclass
class Deal:
    """An order in the matching engine."""

    id: int
    client_id: str
    market: Perpetual
    side: str
    kind: str
    quantity: D
    price: D
    in_force: str
    reduces: bool
    at: int
    status: str = "NEW"
    fills: list[dict[str, Any]] = field(default_factory=list)

    @property
    def filled(self) -> D:
        return sum((D(fill["qty"]) for fill in self.fills), D(0))

    @property
    def is_open(self) -> bool:
        return self.status in ("NEW", "PARTIALLY_FILLED")

    def told(self) -> dict[str, Any]:
        paid = sum((D(fill["quoteQty"]) for fill in self.fills), D(0))
        average = paid / self.filled if self.fills else D(0)
        return {
            "orderId": self.id, "symbol": self.market.id, "status": self.status, "clientOrderId": self.client_id,
            "price": f"{self.price:f}", "avgPrice": f"{average:.5f}", "origQty": f"{self.quantity:f}",
            "executedQty": f"{self.filled:f}", "cumQuote": f"{paid:f}", "timeInForce": self.in_force,
            "type": self.kind, "reduceOnly": self.reduces, "closePosition": False, "side": self.side,
            "positionSide": "BOTH", "stopPrice": "0", "workingType": "CONTRACT_PRICE", "priceProtect": False,
            "origType": self.kind, "priceMatch": "NONE", "selfTradePreventionMode": "NONE", "goodTillDate": 0,
            "time": self.at, "updateTime": self.at,
        }  # fmt: skip


@dataclass
class Waiting:
    """A conditional order. When it is set off, an order of another name is made of it."""

    id: int
    client_id: str
    market: Perpetual
    given: dict[str, str]
    at: int
    status: str = "NEW"
    actual: Deal | None = None

    def told(self) -> dict[str, Any]:
        given = self.given
        return {
            "algoId": self.id, "clientAlgoId": self.client_id, "algoType": "CONDITIONAL", "orderType": given["type"],
            "symbol": self.market.id, "side": given["side"], "positionSide": "BOTH",
            "timeInForce": given.get("timeInForce", "GTC"), "quantity": given["quantity"], "algoStatus": self.status,
            "actualOrderId": "" if self.actual is None else str(self.actual.id), "actualPrice": "0.00000",
            "triggerPrice": given["triggerPrice"], "price": given.get("price", "0.00"), "icebergQuantity": None,
            "selfTradePreventionMode": "EXPIRE_MAKER", "workingType": "CONTRACT_PRICE", "priceMatch": "NONE",
            "closePosition": False, "priceProtect": False, "reduceOnly": _is_true(given.get("reduceOnly")),
            "createTime": self.at, "updateTime": self.at, "triggerTime": 0, "goodTillDate": 0,
        }  # fmt: skip


class FuturesBook:
    """One account. `leverage` is what it has set for every market."""

    fee = D("0.0005")

    def __init__(self) -> None:
        self.markets = {"BTCUSDT": Perpetual("BTCUSDT", D("50000.0"), D("50000.1"), D("50000.1"), D("50000.0"))}
        self.leverage = D(1)
        self.wallet = D("100000")
        self.held, self.entry = D(0), D(0)
        self.orders: list[Deal] = []
        self.waiting: list[Waiting] = []
        self.trades: list[dict[str, Any]] = []
        self.funding = D("0.00010000")
        self._ids, self._trade_ids = itertools.count(8_389_765_000), itertools.count(698_759)
        self._algo_ids = itertools.count(2_146_760)

    @property
    def unrealised(self) -> D:
        return self.held * (self.markets["BTCUSDT"].mark - self.entry)

    @property
    def bound(self) -> D:
        """As margin of the position and of open orders that open more."""
        opening = sum((one.quantity - one.filled) * one.price for one in self.orders if one.is_open and not one.reduces)
        return (abs(self.held * self.markets["BTCUSDT"].mark) + opening) / self.leverage

    def market(self, id: str) -> Perpetual:
        if id not in self.markets:
            raise Refused(-1121, "Invalid symbol.")
        return self.markets[id]

    def place(self, given: dict[str, str], at: int) -> Deal:
        market, side, kind = self.market(given["symbol"]), given["side"], given["type"]
        quantity, price = D(given["quantity"]), D(given.get("price", "0"))
        in_force, reduces = given.get("timeInForce", "GTC"), _is_true(given.get("reduceOnly"))
        if kind not in ("LIMIT", "MARKET"):
            raise Refused(-4120, "Order type not supported for this endpoint. Please use the Algo Order API endpoints.")
        self._filter(market, kind, price, quantity, reduces=reduces)
        if any(one.is_open and one.client_id == given.get("newClientOrderId") for one in self.orders):
            raise Refused(-4116, "ClientOrderId is duplicated.")
        if reduces and not self._reduces(side):
            raise Refused(-2022, "ReduceOnly Order is rejected.")
        crosses = kind == "MARKET" or (price >= market.ask if side == "BUY" else price <= market.bid)
        if in_force == "GTX" and crosses:
            raise Refused(
                -5022, "Due to the order could not be executed as maker, the Post Only order will be rejected."
            )
        needs = quantity * (price or market.ask) / self.leverage
        if not reduces and not self._reduces(side) and needs > self.wallet + self.unrealised - self.bound:
            raise Refused(-2019, "Margin is insufficient.")
        name = given.get("newClientOrderId", f"auto{len(self.orders)}")
        order = Deal(next(self._ids), name, market, side, kind, quantity, price, in_force, reduces, at)
        self.orders.append(order)
        if crosses:
            self._take(order, at)
        elif in_force in ("IOC", "FOK"):
            order.status = "EXPIRED"
        return order

    def _take(self, order: Deal, at: int) -> None:
        market = order.market
        most = abs(self.held) if order.reduces else order.quantity
        self.fill(order, min(order.quantity, most), market.ask if order.side == "BUY" else market.bid, at=at)
        if order.is_open:
            order.status = "EXPIRED"  # what would not reduce any more

    def _reduces(self, side: str) -> bool:
        return self.held > 0 if side == "SELL" else self.held < 0

    def _filter(self, market: Perpetual, kind: str, price: D, quantity: D, *, reduces: bool) -> None:
        if kind == "LIMIT" and (price <= 0 or price % market.tick):
            raise Refused(-4014, "Price not increased by tick size.")
        if quantity <= 0 or quantity % market.step:
            raise Refused(-1111, "Precision is over the maximum defined for this asset.")
        if kind == "LIMIT" and price > market.mark * market.up:
            raise Refused(-4016, f"Limit price can't be higher than {market.mark * market.up}.")
        if kind == "LIMIT" and price < market.mark * market.down:
            raise Refused(-4024, f"Limit price can't be lower than {market.mark * market.down}.")
        if not reduces and quantity * (price or market.mark) < market.min_notional:
            raise Refused(-4164, "Order's notional must be no smaller than 100 (unless you choose reduce only).")

    def fill(self, order: Deal, quantity: D, price: D, *, at: int, maker: bool = False) -> None:
        sign = 1 if order.side == "BUY" else -1
        signed = sign * quantity
        closing = min(quantity, abs(self.held)) if self.held * signed < 0 else D(0)
        profit = closing * (price - self.entry) * (1 if self.held > 0 else -1)
        if self.held * signed >= 0:
            whole = abs(self.held) + quantity
            self.entry = (abs(self.held) * self.entry + quantity * price) / whole
        elif quantity > abs(self.held):
            self.entry = price
        self.held += signed
        fee = quantity * price * self.fee
        self.wallet += profit - fee
        # As documented, what was paid is told as less than nothing.
        fill = {
            "buyer": sign > 0, "commission": f"-{fee:f}", "commissionAsset": "USDT", "id": next(self._trade_ids),
            "maker": maker, "orderId": order.id, "price": f"{price:f}", "qty": f"{quantity:f}",
            "quoteQty": f"{quantity * price:f}", "realizedPnl": f"{profit:f}", "side": order.side,
            "positionSide": "BOTH", "symbol": order.market.id, "time": at,
        }  # fmt: skip
        order.fills.append(fill)
        self.trades.append(fill)
        order.status = "FILLED" if order.filled == order.quantity else "PARTIALLY_FILLED"

    def find(self, given: dict[str, str]) -> Deal:
        for order in reversed(self.orders):
            if str(order.id) == given.get("orderId") or order.client_id == given.get("origClientOrderId"):
                return order
        raise Refused(-2013, "Order does not exist.")

    def wait(self, given: dict[str, str], at: int) -> Waiting:
        market, price = self.market(given["symbol"]), D(given["triggerPrice"])
        rises = (given["side"] == "BUY") == given["type"].startswith("STOP")
        if price <= market.last if rises else price >= market.last:
            raise Refused(-2021, "Order would immediately trigger.")
        if any(one.status == "NEW" and one.client_id == given["clientAlgoId"] for one in self.waiting):
            raise Refused(-4116, "ClientOrderId is duplicated.")
        self.waiting.append(Waiting(next(self._algo_ids), given["clientAlgoId"], market, given, at))
        return self.waiting[-1]

    def find_waiting(self, given: dict[str, str]) -> Waiting:
        for one in reversed(self.waiting):
            if str(one.id) == given.get("algoId") or one.client_id == given.get("clientAlgoId"):
                return one
        raise Refused(-2013, "Order does not exist.")

    def set_off(self, one: Waiting, at: int) -> None:
        """The market has come to its price."""
        given, limited = one.given, one.given["type"] in ("STOP", "TAKE_PROFIT")
        reduces = _is_true(given.get("reduceOnly"))
        one.actual = Deal(
            next(self._ids), f"algo-{one.id}", one.market, given["side"], "LIMIT" if limited else "MARKET",
            D(given["quantity"]), D(given.get("price", "0")), "GTC", reduces, at,
        )  # fmt: skip
        self.orders.append(one.actual)
        one.status = "TRIGGERED"
        if not limited:
            self._take(one.actual, at)
            one.status = "FINISHED"


class FuturesServer(BinanceServer):
    book: FuturesBook  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.book = FuturesBook()
        told = self.book
        self._routes |= {
            ("GET", "ticker/bookTicker"): self._best,
            ("GET", "premiumIndex"): self._premium,
        }
        self._signed = {
            ("GET", "account"): self._account,
            ("GET", "positionRisk"): self._positions,
            ("GET", "leverageBracket"): lambda given: [
                {"symbol": "BTCUSDT", "brackets": [
                    {"bracket": 1, "initialLeverage": 125, "notionalCap": 50000, "notionalFloor": 0,
                     "maintMarginRatio": 0.004, "cum": 0.0}]}
            ],
            ("POST", "order"): lambda given: told.place(given, self.now()).told(),
            ("GET", "order"): lambda given: told.find(given).told(),
            ("PUT", "order"): self._change,
            ("DELETE", "order"): self._cancel,
            ("GET", "openOrders"): lambda given: [one.told() for one in told.orders if one.is_open],
            ("GET", "allOrders"): lambda given: [one.told() for one in told.orders],
            ("GET", "userTrades"): self._mine,
            ("POST", "algoOrder"): lambda given: told.wait(given, self.now()).told(),
            ("GET", "algoOrder"): lambda given: told.find_waiting(given).told(),
            ("DELETE", "algoOrder"): self._cancel_waiting,
            ("GET", "openAlgoOrders"): lambda given: [one.told() for one in told.waiting if one.status == "NEW"],
            ("GET", "allAlgoOrders"): lambda given: [one.told() for one in told.waiting],
        }  # fmt: skip

    @property
    def urls(self) -> dict[str, Any]:
        names = ("fapiPublic", "fapiPrivate")
        every = {f"{name}{version}": version for name in names for version in ("", "V2", "V3")}
        rest = {name: f"{self.url}/fapi/{(version or 'v1').lower()}" for name, version in every.items()}
        return {**rest, "ws": {"linear": f"{self.url.replace('http', 'ws', 1)}/stream/ws"}}

    def fill(self, client_id: str, quantity: D) -> None:
        order = next(order for order in self.book.orders if order.client_id == client_id)
        self.book.fill(order, quantity, order.price, at=self.now(), maker=True)

    def set_off(self, client_id: str) -> None:
        self.book.set_off(self.book.find_waiting({"clientAlgoId": client_id}), self.now())

    def _ticker(self, given: dict[str, str]) -> Any:
        """No bid and no ask: those are told elsewhere."""
        told: dict[str, Any] = super()._ticker(given)
        return {name: value for name, value in told.items() if not name.startswith(("bid", "ask"))}

    def _best(self, given: dict[str, str]) -> Any:
        market = self.book.market(given["symbol"])
        return {"symbol": market.id, "bidPrice": f"{market.bid}", "bidQty": "3.000", "askPrice": f"{market.ask}",
                "askQty": "4.000", "time": self.now(), "lastUpdateId": 5}  # fmt: skip

    def _premium(self, given: dict[str, str]) -> Any:
        market, hours = self.book.market(given["symbol"]), 8 * 3_600_000
        return {"symbol": market.id, "markPrice": f"{market.mark}", "indexPrice": f"{market.mark}",
                "estimatedSettlePrice": f"{market.mark}", "lastFundingRate": f"{self.book.funding}",
                "interestRate": "0.00010000", "nextFundingTime": (self.now() // hours + 1) * hours,
                "time": self.now()}  # fmt: skip

    def _account(self, given: dict[str, str]) -> Any:
        book = self.book
        whole, free = book.wallet + book.unrealised, book.wallet + book.unrealised - book.bound
        asset = {
            "asset": "USDT", "walletBalance": f"{book.wallet:f}", "unrealizedProfit": f"{book.unrealised:f}",
            "marginBalance": f"{whole:f}", "maintMargin": "0.0", "initialMargin": f"{book.bound:f}",
            "positionInitialMargin": f"{book.bound:f}", "openOrderInitialMargin": "0.0",
            "crossWalletBalance": f"{book.wallet:f}", "crossUnPnl": f"{book.unrealised:f}",
            "availableBalance": f"{free:f}", "maxWithdrawAmount": f"{free:f}", "updateTime": self.now(),
        }  # fmt: skip
        return {"totalWalletBalance": f"{book.wallet:f}", "totalUnrealizedProfit": f"{book.unrealised:f}",
                "totalMarginBalance": f"{whole:f}", "availableBalance": f"{free:f}", "assets": [asset],
                "positions": []}  # fmt: skip

    def _positions(self, given: dict[str, str]) -> Any:
        book, market = self.book, self.book.markets["BTCUSDT"]
        if not book.held:
            return []
        notional = book.held * market.mark
        return [{
            "symbol": market.id, "positionSide": "BOTH", "positionAmt": f"{book.held:f}",
            "entryPrice": f"{book.entry:f}", "breakEvenPrice": f"{book.entry:f}", "markPrice": f"{market.mark:.8f}",
            "unRealizedProfit": f"{book.unrealised:.8f}", "liquidationPrice": "21000.5", "isolatedMargin": "0",
            "notional": f"{notional:.8f}", "marginAsset": "USDT", "isolatedWallet": "0",
            "initialMargin": f"{abs(notional) / book.leverage:.8f}", "maintMargin": "0.1",
            "positionInitialMargin": f"{abs(notional) / book.leverage:.8f}", "openOrderInitialMargin": "0", "adl": 2,
            "bidNotional": "0", "askNotional": "0", "updateTime": self.now(),
        }]  # fmt: skip

    def _change(self, given: dict[str, str]) -> Any:
        order = self.book.find(given)
        if not order.is_open:
            raise Refused(-2013, "Order does not exist.")
        order.quantity, order.price = D(given["quantity"]), D(given["price"])
        return order.told()

    def _cancel(self, given: dict[str, str]) -> Any:
        order = self.book.find(given)
        if not order.is_open:
            raise Refused(-2011, "Unknown order sent.")
        order.status = "CANCELED"
        return order.told()

    def _cancel_waiting(self, given: dict[str, str]) -> Any:
        one = self.book.find_waiting(given)
        if one.status != "NEW":
            raise Refused(-2011, "Unknown order sent.")
        one.status = "CANCELED"
        return {"algoId": one.id, "clientAlgoId": one.client_id, "code": "200", "msg": "success"}


def _is_true(given: str | None) -> bool:
    return (given or "").lower() == "true"


@asynccontextmanager
async def futures() -> AsyncIterator[FuturesServer]:
    async with serving(FuturesServer()) as server:
        yield server
