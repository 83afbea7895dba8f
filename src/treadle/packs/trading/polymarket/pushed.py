"""The market channel of Polymarket's websocket: one connection for a token, made again when it is cut."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from treadle.packs.trading.venue.backoff import Backoff
from treadle.packs.trading.venue.feeds import Item
from treadle.packs.trading.venue.wire import address_refused, find_refused

if TYPE_CHECKING:
    import aiohttp

_PING = 10.0
_MOST_SILENT = 60.0


async def events(session: aiohttp.ClientSession, url: str, token: str) -> AsyncGenerator[dict[str, Any]]:
    """What is told of the token. A book comes first, and after every cut."""
    import aiohttp

    backoff = Backoff()
    while True:
        try:
            closing = aiohttp.ClientWSTimeout(ws_close=1.0)  # pyright: ignore[reportCallIssue]
            async with session.ws_connect(url, timeout=closing) as socket:
                await socket.send_json({"assets_ids": [token], "type": "market"})
                pinging = asyncio.ensure_future(_ping(socket))
                try:
                    async for event in _told(socket):
                        backoff.reset()
                        yield event
                finally:
                    pinging.cancel()
                    await asyncio.wait([pinging])
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            if (refused := find_refused(error)) is not None:
                raise address_refused("polymarket", refused) from error
        await asyncio.sleep(backoff.next())


async def _told(socket: aiohttp.ClientWebSocketResponse) -> AsyncGenerator[dict[str, Any]]:
    while True:
        message = await socket.receive(timeout=_MOST_SILENT)
        if message.type.name != "TEXT":
            return
        with contextlib.suppress(ValueError):
            found = json.loads(message.data, parse_float=Decimal)
            for event in cast("list[Any]", found if isinstance(found, list) else [found]):
                if isinstance(event, dict):
                    yield cast("dict[str, Any]", event)


async def _ping(socket: aiohttp.ClientWebSocketResponse) -> None:
    while not socket.closed:
        await asyncio.sleep(_PING)
        with contextlib.suppress(ConnectionError):
            await socket.send_str("PING")


class Book:
    """The book of a token, by snapshots and changes."""

    def __init__(self) -> None:
        self.sides: dict[str, dict[Decimal, Decimal]] = {"BUY": {}, "SELL": {}}
        self.last: Decimal | None = None

    def hear(self, event: dict[str, Any], token: str) -> bool:
        """Whether it has changed the book."""
        kind = event.get("event_type")
        if kind == "book" and event.get("asset_id") == token:
            for name, side in (("bids", "BUY"), ("asks", "SELL")):
                self.sides[side] = {Decimal(str(row["price"])): Decimal(str(row["size"])) for row in event[name]}
            return True
        if kind == "price_change":
            changes = [item for item in event.get("price_changes") or () if item.get("asset_id") == token]
            for item in changes:
                levels, price = self.sides[item["side"]], Decimal(str(item["price"]))
                levels[price] = Decimal(str(item["size"]))
                if not levels[price]:
                    del levels[price]
            return bool(changes)
        if kind == "last_trade_price" and event.get("asset_id") == token:
            self.last = Decimal(str(event["price"]))
        return False

    @property
    def bids(self) -> list[list[Decimal]]:
        return [[price, self.sides["BUY"][price]] for price in sorted(self.sides["BUY"], reverse=True)]

    @property
    def asks(self) -> list[list[Decimal]]:
        return [[price, self.sides["SELL"][price]] for price in sorted(self.sides["SELL"])]


async def items(session: aiohttp.ClientSession, url: str, token: str, channel: str) -> AsyncGenerator[Item]:
    book, newest = Book(), 0
    heard = events(session, url, token)
    try:
        async for event in heard:
            changed, at = book.hear(event, token), int(event.get("timestamp") or 0)
            if at < newest:
                continue
            newest = at
            if channel == "trades":
                if event.get("event_type") == "last_trade_price" and event.get("asset_id") == token:
                    size, price = Decimal(str(event["size"])), Decimal(str(event["price"]))
                    id = str(event.get("transaction_hash") or f"{at}:{price}:{size}")
                    side = str(event.get("side", "BUY")).lower()
                    yield {"id": id, "at": at, "price": price, "quantity": size, "side": side}
            elif (changed or book.last is not None) and book.bids and book.asks:
                bid, ask = book.bids[0][0], book.asks[0][0]
                if channel == "orderbook":
                    told: dict[str, Any] = {"bids": book.bids[:50], "asks": book.asks[:50]}
                else:
                    last = book.last if book.last is not None else (bid + ask) / 2
                    told = {"bid": bid, "ask": ask, "last": last, "volume": None}
                depth = sum((row[1] for row in (*book.bids, *book.asks)), Decimal(0))
                yield {"id": f"{at}:{bid}:{ask}:{book.last}:{depth}", "at": at, **told}
    finally:
        await heard.aclose()
