"""A server on loopback that speaks Binance's documented spot REST and market streams, and misbehaves when told to."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from aiohttp import WSMsgType, web

from tests.packs.trading.ccxt.binance_book import Book, D, Placed, Refused

MINUTE = 60_000
_STEPS = {"1m": MINUTE, "5m": 5 * MINUTE, "1h": 60 * MINUTE, "1d": 1440 * MINUTE, "1w": 10_080 * MINUTE}
KEY, SECRET = "the-api-key-of-tests", "the-secret-of-tests"
Answer = tuple[int, Any, dict[str, str]]


@dataclass
class Faults:
    """What goes wrong next. Each happens once, but for `skew` (ms that the server's clock is ahead)."""

    skew: int = 0
    drop_before_order: bool = False
    drop_after_order: bool = False
    answers: list[Answer] = field(default_factory=list)
    orders_answer: list[Answer] = field(default_factory=list)
    double_fills: bool = False
    reverse_fills: bool = False
    drop_after: int = -1
    """So many more questions are answered; then one connection is dropped."""


S = TypeVar("S", bound="BinanceServer")


class BinanceServer:
    def __init__(self) -> None:
        self.book = Book()
        self.faults = Faults()
        self.asked: list[str] = []
        self.connections = 0
        self.weight = 0
        self.hosts: set[str] = set()
        self.url = ""
        self.public: list[dict[str, Any]] = []
        self.missing: set[int] = set()
        """Times of candles that there are not."""
        self.listed = 0
        """There were no candles before."""
        self._sockets: dict[web.WebSocketResponse, set[str]] = {}
        self._moves = 0
        self._updates = 160
        self._routes: dict[tuple[str, str], Callable[[dict[str, str]], Any]] = {
            ("GET", "ping"): lambda given: {},
            ("GET", "time"): lambda given: {"serverTime": self.now()},
            ("GET", "exchangeInfo"): self._info,
            ("GET", "ticker/24hr"): self._ticker,
            ("GET", "klines"): self._klines,
            ("GET", "depth"): self._depth,
            ("GET", "trades"): self._trades,
            ("GET", "aggTrades"): self._aggregated,
        }
        self._signed: dict[tuple[str, str], Callable[[dict[str, str]], Any]] = {
            ("GET", "account"): self._account,
            ("POST", "order"): self._place,
            ("POST", "orderList/oco"): self._place_list,
            ("GET", "orderList"): lambda given: self.book.find_list(given).told(),
            ("DELETE", "orderList"): self._cancel_list,
            ("GET", "order"): lambda given: self.book.find(given).told(),
            ("DELETE", "order"): self._cancel,
            ("GET", "openOrders"): self._open,
            ("GET", "allOrders"): lambda given: [order.told() for order in self.book.orders],
            ("GET", "myTrades"): self._mine,
        }

    @property
    def urls(self) -> dict[str, Any]:
        """`settings.urls` that lead here."""
        rest, stream = f"{self.url}/api/v3", f"{self.url.replace('http', 'ws', 1)}/stream/ws"
        return {"public": rest, "private": rest, "sapi": f"{self.url}/sapi/v1", "ws": {"spot": stream}}

    def now(self) -> int:
        return int(time.time() * 1000) + self.faults.skew

    # What tests do to the market

    def fill(self, client_id: str, quantity: D) -> None:
        order = next(order for order in self.book.orders if order.client_id == client_id)
        self.book.fill(order, quantity, order.price, maker=True, at=self.now())

    def trigger(self, client_id: str) -> None:
        """The market has come to a stop or a take-profit: it is traded at what the market gives."""
        order = next(order for order in self.book.orders if order.client_id == client_id)
        self.book.fill(order, order.quantity, order.price or order.stop, maker=False, at=self.now())

    async def move(self, price: D | None = None) -> None:
        """A trade, by which the market and the candle move."""
        market = self.book.markets["BTCUSDT"]
        self._moves += 1
        self._updates += 1
        step = D("0.01") * (self._moves % 50 + 1)
        market.last = price or D("50000.05") + step
        market.bid, market.ask = market.last - D("0.05"), market.last + D("0.05")
        now = self.now()
        trade = {"id": 500 + self._moves, "price": f"{market.last:.8f}", "qty": "0.01000000", "time": now}
        self.public.append({**trade, "quoteQty": "500.00", "isBuyerMaker": False, "isBestMatch": True})
        kline = self._klines({"symbol": "BTCUSDT", "limit": "1"})[0]
        bid, ask = f"{market.bid - D('1'):.8f}", f"{market.ask + D('1'):.8f}"
        await self.push("btcusdt@miniTicker", {
            "e": "24hrMiniTicker", "E": now, "s": "BTCUSDT", "c": f"{market.last:.8f}", "o": "49990.0", "h": "51000.0",
            "l": "49000.0", "v": "1234.5", "q": "61725000.0"})  # fmt: skip
        await self.push("btcusdt@bookTicker", {
            "u": self._updates, "s": "BTCUSDT", "b": f"{market.bid:.8f}", "B": "3.0", "a": f"{market.ask:.8f}",
            "A": "4.0"})  # fmt: skip
        await self.push("btcusdt@trade", {
            "e": "trade", "E": now, "s": "BTCUSDT", "t": trade["id"], "p": trade["price"], "q": trade["qty"],
            "T": now, "m": False, "M": True})  # fmt: skip
        await self.push("btcusdt@kline_1m", {"e": "kline", "E": now, "s": "BTCUSDT", "k": {
            "t": kline[0], "T": kline[6], "s": "BTCUSDT", "i": "1m", "f": 1, "L": 2, "o": kline[1], "c": kline[4],
            "h": kline[2], "l": kline[3], "v": kline[5], "n": 2, "x": False, "q": "1", "V": "1",
            "Q": "1"}})  # fmt: skip
        await self.push("btcusdt@depth@100ms", {
            "e": "depthUpdate", "E": now, "s": "BTCUSDT", "U": self._updates, "u": self._updates,
            "b": [[bid, f"{self._moves}.0"]], "a": [[ask, f"{self._moves}.0"]]})  # fmt: skip

    async def push(self, stream: str, event: dict[str, Any]) -> None:
        for socket, streams in list(self._sockets.items()):
            if stream in streams and not socket.closed:
                await socket.send_json(event)

    @property
    def listening(self) -> set[str]:
        return set().union(*self._sockets.values())

    async def cut(self) -> None:
        """All streams are dropped."""
        sockets = list(self._sockets)
        self._sockets.clear()
        for socket in sockets:
            await socket.close(code=1001)

    # What the exchange answers

    def _info(self, given: dict[str, str]) -> Any:
        limits = [
            {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 6000},
            {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 100},
        ]
        markets = [market.info() for market in self.book.markets.values()]
        return {"timezone": "UTC", "serverTime": self.now(), "rateLimits": limits, "exchangeFilters": [],
                "symbols": markets}  # fmt: skip

    def _ticker(self, given: dict[str, str]) -> Any:
        market, now = self.book.market(given["symbol"]), self.now()
        return {
            "symbol": market.id, "priceChange": "10.0", "priceChangePercent": "0.02", "weightedAvgPrice": "50000.0",
            "prevClosePrice": "49990.0", "lastPrice": f"{market.last:.8f}", "lastQty": "0.01",
            "bidPrice": f"{market.bid:.8f}", "bidQty": "3.0", "askPrice": f"{market.ask:.8f}", "askQty": "4.0",
            "openPrice": "49990.0", "highPrice": "51000.0", "lowPrice": "49000.0", "volume": "1234.5",
            "quoteVolume": "61725000.0", "openTime": now - 86_400_000, "closeTime": now, "firstId": 1, "lastId": 9,
            "count": 9,
        }  # fmt: skip

    def _klines(self, given: dict[str, str]) -> list[list[Any]]:
        self.book.market(given["symbol"])
        step = _STEPS.get(given.get("interval", "1m"))
        if step is None:
            raise Refused(-1120, "Invalid interval.")
        limit, now = int(given.get("limit", "500")), self.now()
        newest = now // step * step
        first = int(given["startTime"]) if "startTime" in given else newest - (limit - 1) * step
        first = max(-(-first // step) * step, self.listed // step * step)
        last = min(newest, int(given.get("endTime", now)))
        told: list[list[Any]] = []
        while first <= last and len(told) < limit:
            if first not in self.missing:
                told.append(self._kline(first, step=step, changing=first == newest))
            first += step
        return told

    def _kline(self, at: int, *, step: int, changing: bool) -> list[Any]:
        base = D(50000) + at // MINUTE % 7
        volume = D(10) + (self._moves if changing else 0)
        return [at, f"{base}", f"{base + 5}", f"{base - 5}", f"{base + 1}", f"{volume}", at + step - 1, "500000.0",
                12, "5.0", "250000.0", "0"]  # fmt: skip

    def _depth(self, given: dict[str, str]) -> Any:
        market, limit = self.book.market(given["symbol"]), int(given.get("limit", "100"))
        levels = [D("0.5") * number for number in range(min(limit, 30))]
        return {
            "lastUpdateId": self._updates,
            "bids": [[f"{market.bid - level:.8f}", "1.50000000"] for level in levels],
            "asks": [[f"{market.ask + level:.8f}", "1.50000000"] for level in levels],
        }

    def _trades(self, given: dict[str, str]) -> Any:
        self.book.market(given["symbol"])
        return self.public[-int(given.get("limit", "500")) :]

    def _aggregated(self, given: dict[str, str]) -> Any:
        since = int(given.get("startTime", "0"))
        return [
            {"a": trade["id"], "p": trade["price"], "q": trade["qty"], "f": trade["id"], "l": trade["id"],
             "T": trade["time"], "m": False, "M": True}
            for trade in self.public if trade["time"] >= since
        ]  # fmt: skip

    def _account(self, given: dict[str, str]) -> Any:
        balances = [
            {"asset": asset, "free": f"{free:.8f}", "locked": f"{self.book.locked.get(asset, D(0)):.8f}"}
            for asset, free in self.book.free.items()
        ]
        return {"makerCommission": 10, "takerCommission": 10, "canTrade": True, "accountType": "SPOT",
                "balances": balances, "updateTime": self.now(), "permissions": ["SPOT"], "uid": 354937868}  # fmt: skip

    def _place(self, given: dict[str, str]) -> Any:
        order = self.book.place(given, self.now())
        fills = [
            {"price": fill["price"], "qty": fill["qty"], "commission": fill["commission"],
             "commissionAsset": fill["commissionAsset"], "tradeId": fill["id"]}
            for fill in order.fills
        ]  # fmt: skip
        return {**order.told(), "transactTime": order.at, "fills": fills}

    def _place_list(self, given: dict[str, str]) -> Any:
        return self.book.place_list(given, self.now()).told(reports=True)

    def _cancel_list(self, given: dict[str, str]) -> Any:
        found = self.book.find_list({"origClientOrderId": given.get("listClientOrderId", ""), **given})
        self.book.end(found.above, "CANCELED")
        return found.told(reports=True)

    def _cancel(self, given: dict[str, str]) -> Any:
        order = self.book.find(given)
        if not order.is_open:
            raise Refused(-2011, "Unknown order sent.")
        self.book.end(order, "CANCELED")
        return order.told()

    def _open(self, given: dict[str, str]) -> Any:
        if "symbol" in given:
            self.book.market(given["symbol"])
        wanted: list[Placed] = [order for order in self.book.orders if order.is_open]
        return [order.told() for order in wanted if order.market.id == given.get("symbol", order.market.id)]

    def _mine(self, given: dict[str, str]) -> Any:
        self.book.market(given["symbol"])
        found = [fill for fill in self.book.trades if fill["time"] >= int(given.get("startTime", "0"))]
        found = [fill for fill in found if str(fill["orderId"]) == given.get("orderId", str(fill["orderId"]))]
        found = found * 2 if self.faults.double_fills else found
        return found[::-1] if self.faults.reverse_fills else found

    # The wire

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path, body = request.match_info["path"], await request.text()
        self.asked.append(f"{request.method} {path}")
        self.weight += 20 if path == "exchangeInfo" else 2
        headers = {"X-MBX-USED-WEIGHT": str(self.weight), "X-MBX-USED-WEIGHT-1M": str(self.weight)}
        is_order = request.method == "POST" and path in ("order", "orderList/oco", "algoOrder")
        self.faults.drop_after -= 1
        if self.faults.drop_after == -1:
            return self._drop(request)
        waiting = self.faults.orders_answer if is_order else self.faults.answers
        if waiting:
            status, said, more = waiting.pop(0)
            return web.json_response(said, status=status, headers={**headers, **more})
        if is_order and self.faults.drop_before_order:
            self.faults.drop_before_order = False
            return self._drop(request)
        try:
            answer = self._answer(request, path, body)
        except Refused as refused:
            return web.json_response(refused.body, status=refused.status, headers=headers)
        if is_order and self.faults.drop_after_order:
            self.faults.drop_after_order = False
            return self._drop(request)
        return web.json_response(answer, headers=headers)

    def _answer(self, request: web.Request, path: str, body: str) -> Any:
        given = dict(parse_qsl(request.query_string, keep_blank_values=True))
        given |= dict(parse_qsl(body, keep_blank_values=True))
        if (request.method, path) in self._routes:
            return self._routes[request.method, path](given)
        if (request.method, path) not in self._signed:
            raise Refused(-1000, f"There is no {request.method} {path}.", 404)
        self._check(request, given, body)
        return self._signed[request.method, path](given)

    def _check(self, request: web.Request, given: dict[str, str], body: str) -> None:
        if request.headers.get("X-MBX-APIKEY") != KEY:
            raise Refused(-2015, "Invalid API-key, IP, or permissions for action.", 401)
        text = (request.query_string + body).rpartition("&signature=")[0]
        signature = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signature, given.get("signature", "")):
            raise Refused(-1022, "Signature for this request is not valid.")
        at, window = int(given["timestamp"]), int(given.get("recvWindow", "5000"))
        if at >= self.now() + 1000:
            raise Refused(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
        if self.now() - at > window:
            raise Refused(-1021, "Timestamp for this request is outside of the recvWindow.")

    def _drop(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def listen(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connections += 1
        self._sockets[socket] = set()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    asked = json.loads(message.data)
                    if asked["method"] == "SUBSCRIBE" and socket in self._sockets:
                        self._sockets[socket] |= set(asked["params"])
                    elif asked["method"] == "UNSUBSCRIBE" and socket in self._sockets:
                        self._sockets[socket] -= set(asked["params"])
                    await socket.send_json({"result": None, "id": asked["id"]})
        finally:
            self._sockets.pop(socket, None)
        return socket


@asynccontextmanager
async def serving(server: S) -> AsyncIterator[S]:
    app = web.Application()
    app.router.add_route("*", "/api/v3/{path:.+}", server.handle)
    app.router.add_route("*", "/fapi/{version}/{path:.+}", server.handle)
    app.router.add_get("/stream/ws/{number}", server.listen)
    app.router.add_get("/stream/{category}/ws/{number}", server.listen)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await server.cut()
        await runner.cleanup()


@asynccontextmanager
async def binance() -> AsyncIterator[BinanceServer]:
    async with serving(BinanceServer()) as server:
        yield server


async def until(holds: Callable[[], bool | Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.005)
