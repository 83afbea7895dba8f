"""A venue known by its mapping alone keeps the promises of a venue; a mapping that is wrong is told of all at once."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web

from treadle.errors import NodeError
from treadle.node import Permissions
from treadle.packs.trading.rest.venue import RestVenue, open_rest
from treadle.packs.trading.venue.order import Order
from treadle.packs.trading.venue.venues import Opening
from treadle.testing.venue_contract import Bench, VenueContract

D = Decimal
ORDER = {
    "id": "/order/no", "client_id": "/order/ref", "status": "/order/state", "quantity": "/order/size",
    "filled": "/order/done", "average": "= answer.order.average", "price": "/order/limit", "side": "/order/way",
    "at": "/order/time",
}  # fmt: skip
BARE = {name: place.replace("/order", "") for name, place in ORDER.items() if name != "average"}


def mapping(url: str) -> dict[str, Any]:
    return {
        "url": url,
        "headers": {"Authorization": "Bearer {api_key}"},
        "symbols": {"BTC/USDT": "btc-usdt"},
        "statuses": {"live": "open", "done": "filled", "gone": "cancelled"},
        "market": {"tick": "0.01", "lot": "0.001", "taker": "0.002"},
        "currency": "USDT",
        "refusals": {"insufficient funds": "insufficient_balance"},
        "rate": {"requests": 1000, "seconds": 1},
        "calls": {
            "quote": {"path": "/ticker/{symbol}", "fields": {"bid": "/best/0", "ask": "/best/1", "last": "/last"}},
            "candles": {
                "path": "/candles", "query": {"market": "{symbol}", "every": "{timeframe}", "number": "{bars}",
                                              "before": "{until}"},
                "list": "/rows", "fields": {"time": "/0", "open": "/1", "high": "/2", "low": "/3", "close": "/4"},
            },
            "order_book": {"path": "/book/{symbol}", "fields": {"bids": "/bids", "asks": "/asks"}},
            "account": {
                "path": "/account", "list": "/wallets",
                "fields": {"asset": "/name", "total": "/sum", "free": "= answer.sum - answer.bound"},
            },
            "place": {
                "method": "POST", "path": "/orders", "fields": ORDER,
                "body": {"market": "{symbol}", "ref": "{client_id}", "way": "{side}", "type": "{kind}",
                         "size": "{quantity}", "limit": "{price}"},
            },
            "fetch": {"path": "/orders/{client_id}", "fields": ORDER},
            "cancel": {"method": "DELETE", "path": "/orders/{client_id}"},
            "open_orders": {"path": "/orders", "list": "/live", "fields": BARE},
            "fills": {
                "path": "/fills", "list": "", "query": {"since": "{since}"},
                "fields": {"id": "/no", "order_id": "/order", "client_id": "/ref", "quantity": "/size",
                           "price": "/price", "at": "/time", "fee": "/fee", "fee_asset": "/in"},
            },
        },
    }  # fmt: skip


class Shop:
    """A small exchange with an API of its own taste; a client reference is taken once."""

    def __init__(self) -> None:
        self.orders: dict[str, dict[str, Any]] = {}
        self.fills: list[dict[str, Any]] = []
        self.lost: bool | None = None
        self._numbers = itertools.count(1)
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != "Bearer key-of-tests":
            return web.json_response({"error": "who are you?"}, status=401)
        path = request.path.strip("/").split("/")
        if (request.method, path) == ("POST", ["orders"]):
            return await self._place(request)
        told = getattr(self, f"_{request.method.lower()}_{path[0]}")(request, *path[1:])
        return web.Response(
            text=json.dumps(told, default=str), content_type="application/json", status=404 if told is None else 200
        )

    async def _place(self, request: web.Request) -> web.StreamResponse:
        lost, self.lost = self.lost, None
        if lost is not False:
            given = json.loads(await request.text())
            size = D(given["size"])
            if size * D(given.get("limit", "100")) > 1000 and given["ref"] not in self.orders:
                return web.json_response({"error": "insufficient funds"}, status=400)
            order = self.orders.setdefault(given["ref"], {
                **given, "no": next(self._numbers), "done": "0", "state": "live", "time": _now()})  # fmt: skip
            if given["type"] == "market" and order["state"] == "live":
                self.fill(given["ref"], size / 2, D("100.1"))
                self.fill(given["ref"], size / 2, D("100.1"))
        if lost is not None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.json_response({"order": self._told(order)})

    def fill(self, ref: str, size: D, price: D) -> None:
        order = self.orders[ref]
        order["done"] = str(D(order["done"]) + size)
        order["state"] = "done" if D(order["done"]) == D(order["size"]) else "live"
        self.fills.append({"no": len(self.fills) + 1, "order": order["no"], "ref": ref, "size": str(size),
                           "price": str(price), "time": _now(), "fee": "0.01", "in": "USDT"})  # fmt: skip

    def _told(self, order: dict[str, Any]) -> dict[str, Any]:
        mine = [fill for fill in self.fills if fill["ref"] == order["ref"]]
        paid = sum((D(fill["size"]) * D(fill["price"]) for fill in mine), D(0))
        return {**order, "average": str(paid / D(order["done"])) if mine else None}

    def _get_ticker(self, request: web.Request, market: str) -> Any:
        return {"best": ["99.90", "100.10"], "last": "100.00"}

    def _get_candles(self, request: web.Request) -> Any:
        newest = (int(request.query["before"]) - 1) // 60_000 * 60_000
        number = int(request.query["number"])
        return {"rows": [[newest - back * 60_000, 100, 101, 99, 100] for back in range(number)]}

    def _get_book(self, request: web.Request, market: str) -> Any:
        return {"bids": [["99.8", "1"], ["99.9", "2"]], "asks": [["100.2", "1"], ["100.1", "2"]]}

    def _get_account(self, request: web.Request) -> Any:
        live = [order for order in self.orders.values() if order["state"] == "live"]
        bound = sum((D(order["size"]) * D(order["limit"]) for order in live), D(0))
        return {
            "wallets": [{"name": "USDT", "sum": 1000, "bound": float(bound)}, {"name": "BTC", "sum": 1, "bound": 0}]
        }

    def _get_orders(self, request: web.Request, ref: str | None = None) -> Any:
        if ref is not None:
            return {"order": self._told(self.orders[ref])} if ref in self.orders else None
        return {"live": [self._told(order) for order in self.orders.values() if order["state"] == "live"]}

    def _delete_orders(self, request: web.Request, ref: str) -> Any:
        self.orders[ref]["state"] = "gone"
        return {}

    def _get_fills(self, request: web.Request) -> Any:
        return [fill for fill in self.fills if fill["time"] >= int(request.query["since"])]


def _now() -> int:
    return int(time.time() * 1000)


@asynccontextmanager
async def shop() -> AsyncIterator[Shop]:
    shop, app = Shop(), web.Application()
    app.router.add_route("*", "/{path:.*}", shop.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    shop.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield shop
    finally:
        await runner.cleanup()


async def open_one(settings: dict[str, Any], credentials: dict[str, str] | None = None) -> RestVenue:
    given = {"api_key": "key-of-tests"} if credentials is None else credentials
    return await open_rest(
        Opening("rest", "", given, settings, Permissions(private_network=True), lambda: datetime.now(UTC))
    )


class ShopBench(Bench):
    def __init__(self, venue: RestVenue, shop: Shop) -> None:
        super().__init__(venue)
        self._shop = shop

    async def fill(self, order: Order, quantity: Decimal) -> None:
        assert order.price is not None
        self._shop.fill(order.client_id, quantity, order.price)

    async def lose_answer(self, *, taken: bool) -> None:
        self._shop.lost = taken


class TestRest(VenueContract):
    @pytest.fixture
    async def bench(self) -> AsyncIterator[Bench]:
        async with shop() as place:
            venue = await open_one(mapping(place.url))
            yield ShopBench(venue, place)
            await venue.aclose()


async def faults_of(settings: dict[str, Any], credentials: dict[str, str] | None = None) -> str:
    with pytest.raises(NodeError) as raised:
        await open_one(settings, credentials)
    assert raised.value.code == "invalid_settings"
    return raised.value.message


async def test_every_problem_of_a_mapping_is_told_at_once() -> None:
    settings = mapping("https://example.com")
    calls = settings["calls"]
    calls["qoute"] = calls.pop("quote")
    calls["place"]["body"] = {"size": "{amount}"}
    calls["open_orders"]["fields"] = {"id": "no"}
    calls["account"]["fields"]["free"] = "= answer.sum -"
    calls["order_book"]["fields"]["asks"] = "= secrets.key"
    del calls["fetch"]
    settings["statuses"]["odd"] = "closed"
    settings["refusals"]["no money"] = "poor"

    told = await faults_of(settings, {})

    for fault in (
        "Did you mean `quote`?", "`calls.quote` is missing", "there is no `{amount}`", "does not send `{client_id}`",
        "no JSON pointer", "has no `filled`", "calls.account.fields.free", "there is only `answer`",
        "needs `calls.fetch`", "`statuses.odd`", "`refusals.no money`", "the profile has no field `api_key`",
    ):  # fmt: skip
        assert fault in told, fault


async def test_settings_that_are_none_are_told_too() -> None:
    told = await faults_of({"url": "ftp://example.com", "calls": {"quote": {"fields": {}}}, "speed": 3})

    assert all(word in told for word in ("url", "calls.quote.path", "speed"))


async def test_credentials_that_are_refused_are_in_no_message() -> None:
    async with shop() as place:
        venue = await open_one(mapping(place.url), {"api_key": "a-wrong-key"})
        with pytest.raises(NodeError) as raised:
            await venue.account()
        await venue.aclose()

    assert raised.value.code == "credentials_refused"
    assert "a-wrong-key" not in str(raised.value.to_dict())


async def test_a_status_the_mapping_does_not_know_is_no_guess() -> None:
    async with shop() as place:
        settings = mapping(place.url)
        settings["statuses"] = {"live": "open"}
        venue = await open_one(settings)
        bench = ShopBench(venue, place)
        place.orders["r"] = {"no": 1, "ref": "r", "state": "done", "done": "1", "size": "1", "way": "buy", "time": 1}
        with pytest.raises(NodeError, match="`done`"):
            await bench.venue.fetch("BTC/USDT", "r")
        await venue.aclose()
