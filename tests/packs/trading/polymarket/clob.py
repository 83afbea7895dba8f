"""A server on loopback that speaks the documented APIs of Polymarket: gamma, CLOB and the market channel. It knows an
order by the hash of what was signed, and takes it only with the signature of its wallet."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import coincurve
from aiohttp import WSMsgType, web

from treadle.packs.trading.polymarket.signing import Signer, checksummed

D = Decimal
KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
"""The first key of every local development chain."""
ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
SECRET = base64.urlsafe_b64encode(b"the secret of these tests").decode()
YES, NO = "71321045679252212594626385532706912750332728571942532289631379312455583992563", "52114319501245"
MARKET = {
    "slug": "will-it-rain", "question": "Will it rain?", "conditionId": "0xc0", "outcomes": '["Yes", "No"]',
    "clobTokenIds": json.dumps([YES, NO]), "orderPriceMinTickSize": 0.01, "orderMinSize": 5, "active": True,
    "closed": False, "acceptingOrders": True, "negRisk": False,
}  # fmt: skip


class Clob:
    def __init__(self) -> None:
        self.orders: dict[str, dict[str, Any]] = {}
        self.trades: list[dict[str, Any]] = []
        self.balance = D("1000")
        self.lost: bool | None = None
        self.url = ""
        self._numbers = itertools.count(1)
        self._sockets: list[web.WebSocketResponse] = []
        self._moves = 0
        self._signer = Signer(KEY)

    def _stamp(self) -> int:
        return int(time.time() * 1000)

    # Public

    async def markets(self, request: web.Request) -> web.Response:
        slug = request.query.get("slug", "will-it-rain")
        return web.json_response([MARKET] if slug == "will-it-rain" else [])

    async def book(self, request: web.Request) -> web.Response:
        bids = [{"price": f"0.{cents}", "size": "500"} for cents in range(35, 40)]
        asks = [{"price": f"0.{cents}", "size": "500"} for cents in range(45, 40, -1)]
        return web.json_response({"market": "0xc0", "asset_id": YES, "timestamp": str(self._stamp()), "bids": bids,
                                  "asks": asks, "tick_size": "0.01", "min_order_size": "5"})  # fmt: skip

    async def last(self, request: web.Request) -> web.Response:
        return web.json_response({"price": "0.40", "side": "BUY"})

    async def history(self, request: web.Request) -> web.Response:
        first, last = int(request.query["startTs"]), int(request.query["endTs"])
        points = range(first // 60 * 60, last, 60)
        return web.json_response({"history": [{"t": at, "p": 0.4 + at // 60 % 3 / 100} for at in points]})

    # Private

    async def keys(self, request: web.Request) -> web.Response:
        told = self._signer.sign_in(int(request.headers["POLY_TIMESTAMP"]))
        if told["POLY_SIGNATURE"] != request.headers["POLY_SIGNATURE"]:
            return web.json_response({"error": "Invalid L1 Request headers"}, status=401)
        return web.json_response({"apiKey": "the-api-key", "secret": SECRET, "passphrase": "the-passphrase"})

    async def private(self, request: web.Request) -> web.StreamResponse:
        body = await request.text()
        given = f"{request.headers.get('POLY_TIMESTAMP')}{request.method}{request.path}{body}"
        signed = hmac.new(base64.urlsafe_b64decode(SECRET), given.encode(), hashlib.sha256).digest()
        if request.headers.get("POLY_SIGNATURE") != base64.urlsafe_b64encode(signed).decode():
            return web.json_response({"error": "Unauthorized/Invalid api key"}, status=401)
        if (request.method, request.path) == ("POST", "/order"):
            return self._place(request, json.loads(body))
        if (request.method, request.path) == ("DELETE", "/order"):
            order = self.orders[json.loads(body)["orderID"]]
            order["status"] = "CANCELED"
            return web.json_response({"canceled": [order["id"]], "not_canceled": {}})
        if request.path.startswith("/data/order/"):
            found = self.orders.get(request.path.rpartition("/")[2])
            return web.json_response(found, status=404 if found is None else 200)
        if request.path == "/data/orders":
            return self._page([order for order in self.orders.values() if order["status"] == "LIVE"])
        if request.path == "/data/trades":
            return self._page(
                [trade for trade in self.trades if int(trade["match_time"]) >= int(request.query["after"])]
            )
        return web.json_response({"balance": str(int(self.balance * 1_000_000)), "allowances": {}})

    def _page(self, found: list[Any]) -> web.Response:
        return web.json_response({"data": found, "next_cursor": "LTE=", "limit": 100, "count": len(found)})

    def _place(self, request: web.Request, given: dict[str, Any]) -> web.StreamResponse:
        lost, self.lost = self.lost, None
        answer = None if lost is False else self._take(given)
        if lost is not None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        assert answer is not None
        return web.json_response(answer, status=200 if answer.get("success") else 400)

    def _take(self, given: dict[str, Any]) -> dict[str, Any]:
        order = given["order"]
        id = self._signer.order_hash(order, negative_risk=False)
        if _recovered(id, order["signature"]) != order["signer"]:
            return {"error": "invalid signature"}
        if id in self.orders:
            return {"error": "Duplicated."}
        maker, taker = D(order["makerAmount"]) / 1_000_000, D(order["takerAmount"]) / 1_000_000
        size, paid = (taker, maker) if order["side"] == "BUY" else (maker, taker)
        if size < 5:
            return {"error": f"order {id} is invalid. Size ({size}) lower than the minimum: 5"}
        if order["side"] == "BUY" and paid > self.balance:
            return {"error": "not enough balance / allowance"}
        price = paid / size
        if given["postOnly"] and order["side"] == "BUY" and price >= D("0.41"):
            return {"error": "invalid post-only order: order crosses the book"}
        self.orders[id] = {
            "id": id, "status": "LIVE", "asset_id": order["tokenId"], "original_size": str(size), "size_matched": "0",
            "price": str(price.normalize()), "side": order["side"], "order_type": given["orderType"],
            "created_at": int(time.time()), "maker_address": order["maker"],
        }  # fmt: skip
        if given["orderType"] in ("FAK", "FOK"):
            self.fill(id, size / 2, D("0.41"), taker=True)
            self.fill(id, size / 2, D("0.41"), taker=True)
        return {"success": True, "orderID": id, "status": "live", "errorMsg": ""}

    def fill(self, id: str, size: D, price: D | None = None, *, taker: bool = False) -> None:
        order = self.orders[id]
        order["size_matched"] = str(D(order["size_matched"]) + size)
        if D(order["size_matched"]) == D(order["original_size"]):
            order["status"] = "MATCHED"
        at = str(price or D(order["price"]))
        trade: dict[str, Any] = {
            "id": f"trade-{next(self._numbers)}", "asset_id": order["asset_id"], "side": order["side"], "price": at,
            "size": str(size), "status": "MATCHED", "match_time": str(int(time.time())),
            "trader_side": "TAKER" if taker else "MAKER", "taker_order_id": id if taker else "0xother",
        }  # fmt: skip
        made = {"order_id": id, "maker_address": ADDRESS, "matched_amount": str(size), "price": at,
                "asset_id": order["asset_id"], "side": order["side"]}  # fmt: skip
        other = {**made, "order_id": "0xother", "maker_address": "0xsomebody"}
        self.trades.append({**trade, "maker_orders": [other] if taker else [other, made]})

    # The market channel

    async def listen(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if message.type is WSMsgType.TEXT and message.data != "PING":
                assert json.loads(message.data) == {"assets_ids": [YES], "type": "market"}
                book = {"event_type": "book", "asset_id": YES, "timestamp": str(self._stamp()),
                        "bids": [{"price": "0.39", "size": "10"}],
                        "asks": [{"price": "0.41", "size": "10"}]}  # fmt: skip
                await socket.send_json([book])
                self._sockets.append(socket)
        return socket

    async def move(self) -> None:
        self._moves += 1
        now, size = str(self._stamp()), str(10 + self._moves)
        change = {"asset_id": YES, "price": "0.38", "size": size, "side": "BUY", "best_bid": "0.39", "best_ask": "0.41"}
        trade = {"asset_id": YES, "price": "0.41", "size": size, "side": "BUY", "transaction_hash": f"0x{self._moves}"}
        for socket in self._sockets:
            if not socket.closed:
                await socket.send_json({"event_type": "price_change", "timestamp": now, "price_changes": [change]})
                await socket.send_json({"event_type": "last_trade_price", "timestamp": now, **trade})

    async def cut(self) -> None:
        for socket in self._sockets:
            await socket.close()
        self._sockets.clear()


def _recovered(digest: str, signature: str) -> str:
    """The address whose key has signed."""
    text = bytes.fromhex(signature[2:])
    key = coincurve.PublicKey.from_signature_and_message(
        text[:64] + bytes([text[64] - 27]), bytes.fromhex(digest[2:]), hasher=None
    )
    keccak = Signer(KEY)._keccak
    return checksummed("0x" + keccak(key.format(compressed=False)[1:])[-40:], keccak)


@asynccontextmanager
async def polymarket() -> AsyncIterator[Clob]:
    clob, app = Clob(), web.Application()
    app.router.add_get("/markets", clob.markets)
    app.router.add_get("/book", clob.book)
    app.router.add_get("/last-trade-price", clob.last)
    app.router.add_get("/prices-history", clob.history)
    app.router.add_get("/auth/derive-api-key", clob.keys)
    app.router.add_get("/ws/market", clob.listen)
    app.router.add_route("*", "/{path:.*}", clob.private)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    clob.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield clob
    finally:
        await clob.cut()
        await runner.cleanup()
