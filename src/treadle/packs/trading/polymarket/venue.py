"""`PolymarketVenue`: prediction markets. Reading needs nothing; trading needs the wallet's private key."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from treadle.errors import NodeError
from treadle.packs.trading.bars import milliseconds, read_bars
from treadle.packs.trading.polymarket.listing import CURRENCY, Listed, read_listed
from treadle.packs.trading.polymarket.pushed import items
from treadle.packs.trading.polymarket.sent import SentOrders
from treadle.packs.trading.polymarket.signing import Signer, salt_of, sign_request
from treadle.packs.trading.venue.account import Account, Balance, Position
from treadle.packs.trading.venue.feeds import Feeds
from treadle.packs.trading.venue.grid import check_grid
from treadle.packs.trading.venue.http import JsonClient, says
from treadle.packs.trading.venue.limiter import Limiter
from treadle.packs.trading.venue.market_data import Bars, Funding, Level, Market, OrderBook, Quote
from treadle.packs.trading.venue.order import Fill, Order, OrderRequest, OrderStatus
from treadle.packs.trading.venue.protocol import Capabilities, Channel
from treadle.packs.trading.venue.refusal import Unsettled, refusal
from treadle.packs.trading.venue.settings import check_settings, required

if TYPE_CHECKING:
    from treadle.packs.trading.venue.venues import Opening

_UNIT = 1_000_000
_ZERO = "0x" + "0" * 64
_STATUSES: Mapping[str, OrderStatus] = {
    "LIVE": "open", "DELAYED": "open", "UNMATCHED": "open", "MATCHED": "filled", "CANCELED": "cancelled",
    "CANCELLED": "cancelled", "CANCELED_MARKET_RESOLVED": "expired", "INVALID": "rejected", "EXPIRED": "expired",
}  # fmt: skip
_WORDS = (
    ("not enough balance", "insufficient_balance"),
    ("balance / allowance", "insufficient_balance"),
    ("minimum tick size", "off_grid"),
    ("lower than the minimum", "below_minimum"),
    ("crosses the book", "would_trade"),
    ("not ready", "market_closed"),
    ("closed only", "market_closed"),
    ("invalid signature", "credentials_refused"),
)


class PolymarketSettings(BaseModel):
    """`settings` of a `market.provider` whose venue is `polymarket`."""

    model_config = ConfigDict(extra="forbid")

    clob: str = "https://clob.polymarket.com"
    gamma: str = "https://gamma-api.polymarket.com"
    stream: str = "wss://ws-subscriptions-clob.polymarket.com/ws/market"
    signature_type: Literal[0, 1, 2] = Field(0, description="0 a wallet's own key, 1 a proxy (e-mail), 2 a Safe")
    timeout: float = Field(10.0, gt=0, le=120)


async def open_polymarket(opening: Opening) -> PolymarketVenue:
    return PolymarketVenue(opening, check_settings(PolymarketSettings, opening.settings, venue="polymarket"))


class PolymarketVenue:
    """Public methods are those of `Venue`. A quantity is a number of shares, a price what one costs: 0 to 1."""

    name = "polymarket"

    def __init__(self, opening: Opening, settings: PolymarketSettings) -> None:
        self._settings, self._now, self._credentials = settings, opening.now, dict(opening.credentials)
        self._client = JsonClient(
            self.name,
            private=opening.permissions.private_network,
            timeout=settings.timeout,
            limiter=Limiter(100, 10.0),
            secrets=opening.credentials.values(),
        )
        self._sent = SentOrders(opening.permissions.workspace / ".treadle" / "polymarket.db")
        self._listed: dict[str, Listed] = {}
        self._feeds, self._signing_in = Feeds(), asyncio.Lock()
        self._signer: Signer | None = None
        self.capabilities = Capabilities(
            orders=frozenset({"market", "limit"}),
            channels=frozenset(cast("list[Channel]", ["ticker", "trades", "orderbook"])),
            timeframes=frozenset({"1m", "5m", "15m", "30m", "1h", "4h", "1d"}),
            posts_only=True,
            quotes=(CURRENCY,),
        )

    # Markets

    async def _find(self, symbol: str) -> Listed:
        slug = symbol.rpartition(":")[0]
        if symbol not in self._listed and slug:
            given = await self._client.call("GET", f"{self._settings.gamma}/markets", query={"slug": slug})
            for item in cast("list[Any]", given or []):
                self._listed |= {listed.market.symbol: listed for listed in read_listed(item)}
        if symbol not in self._listed:
            sides = ", ".join(sorted(name for name in self._listed if name.startswith(f"{slug}:")))
            raise refusal(
                "unknown_symbol",
                f"Polymarket has no `{symbol}`.",
                remedy=f"Use one of {sides}." if sides else "Write the market's slug and its side: `will-it-rain:YES`.",
                symbol=symbol,
            )
        return self._listed[symbol]

    async def market(self, symbol: str) -> Market:
        return (await self._find(symbol)).market

    async def symbols(self) -> Sequence[str]:
        """Those most traded today."""
        query = {"active": "true", "closed": "false", "limit": 500, "order": "volume24hr", "ascending": "false"}
        given = await self._client.call("GET", f"{self._settings.gamma}/markets", query=query)
        for item in cast("list[Any]", given or []):
            self._listed |= {listed.market.symbol: listed for listed in read_listed(item)}
        return sorted(self._listed)

    async def order_book(self, symbol: str, *, depth: int = 50) -> OrderBook:
        book = await self._book(symbol)
        return OrderBook(symbol, book.bids[:depth], book.asks[:depth], book.at)

    async def _book(self, symbol: str) -> OrderBook:
        token = (await self._find(symbol)).token
        given = await self._client.call("GET", f"{self._settings.clob}/book", query={"token_id": token})

        def side(name: str) -> list[Level]:
            return [Level(Decimal(str(row["price"])), Decimal(str(row["size"]))) for row in given.get(name) or ()]

        at = int(given.get("timestamp") or self._ms())
        return OrderBook(symbol, sorted(side("bids"), reverse=True), sorted(side("asks")), at)

    async def quote(self, symbol: str) -> Quote:
        token = (await self._find(symbol)).token
        book = await self._book(symbol)
        told: Any = await self._client.call("GET", f"{self._settings.clob}/last-trade-price", query={"token_id": token})
        bid = book.bids[0].price if book.bids else Decimal(0)
        ask = book.asks[0].price if book.asks else Decimal(1)
        last = Decimal(str(told.get("price") or 0) if told else 0) or (bid + ask) / 2
        return Quote(symbol, bid, ask, last, book.at)

    async def candles(
        self, symbol: str, timeframe: str, *, bars: int, until: int | None = None, closed_only: bool = True
    ) -> Bars:
        """Made of the prices that Polymarket keeps, by the minute: there is no volume, and highs between are lost. A
        bar in which there was none stands at the last price."""
        if timeframe not in self.capabilities.timeframes:
            known = ", ".join(sorted(self.capabilities.timeframes))
            raise refusal("unknown_timeframe", f"Polymarket has no `{timeframe}`.", remedy=f"Use one of {known}.")
        token, step, now = (await self._find(symbol)).token, milliseconds(timeframe), self._ms()
        end = min(now + step if until is None else until, now + step)
        newest = (end - 1) // step * step
        if closed_only and newest + step > now:
            newest = now // step * step - step
        first = newest - (bars - 1) * step
        query = {"market": token, "startTs": first // 1000 - 3600, "endTs": (newest + step) // 1000,
                 "fidelity": max(step // 60_000 // 10, 1)}  # fmt: skip
        given = await self._client.call("GET", f"{self._settings.clob}/prices-history", query=query)
        points = [(int(item["t"]) * 1000, Decimal(str(item["p"]))) for item in given.get("history") or ()]
        rows: list[list[Any]] = []
        last = next((price for at, price in reversed(points) if at < first), None)
        for at in range(first, newest + 1, step):
            inside = [price for when, price in points if at <= when < at + step]
            if last is None and not inside:
                continue
            opened = last if last is not None else inside[0]
            last = inside[-1] if inside else opened
            rows.append([at, opened, max([opened, *inside]), min([opened, *inside]), last, 0])
        return read_bars({"rows": rows, "timeframe": timeframe})

    async def funding(self, symbol: str) -> Funding:
        raise refusal("not_supported", "Prediction markets have no funding.", remedy="Ask a perpetual's venue.")

    # The account

    async def account(self) -> Account:
        query = {"asset_type": "COLLATERAL", "signature_type": self._settings.signature_type}
        told = await self._private("GET", "/balance-allowance", query=query)
        total = Decimal(str(told.get("balance") or 0)) / _UNIT
        bound = sum(
            (order.remaining * (order.price or 0) for order in await self.open_orders() if order.side == "buy"),
            Decimal(0),
        )
        held = Balance(CURRENCY, total, max(total - bound, Decimal(0)))
        return Account(CURRENCY, total, total, held.used, held.free, Decimal(0), {CURRENCY: held})

    async def positions(self, symbol: str | None = None) -> Sequence[Position]:
        return []

    # Orders

    async def place(self, order: OrderRequest) -> Order:
        listed = await self._find(order.symbol)
        self._check(order)
        check_grid(listed.market, order)
        kept = await self._sent.find(order.client_id)
        if kept is not None:
            there = await self.fetch(order.symbol, order.client_id)
            if there is not None:
                return there
        else:
            kept = await self._signed(order, listed)
        # What was signed is sent as it was: a second order could not come of it.
        told = await self._private("POST", "/order", body=kept["body"], orders=True)
        if not told.get("success", True):
            words = str(told.get("errorMsg"))
            raise self._meant(refusal("refused", f"Polymarket says: {words}", remedy="Correct the order.", says=words))
        there = await self.fetch(order.symbol, order.client_id)
        if there is None:
            raise Unsettled("`polymarket` took the order, and does not show it yet")
        return there

    async def _signed(self, order: OrderRequest, listed: Listed) -> dict[str, Any]:
        """What is to be sent, kept before it is."""
        signer = await self._sign_in()
        price = order.price if order.kind == "limit" else await self._worst(order, listed)
        assert price is not None
        shares = int(order.quantity * _UNIT)
        paid = int((order.quantity * price * _UNIT).to_integral_value(ROUND_FLOOR))
        buys = order.side == "buy"
        kind = {"gtc": "GTC", "gtd": "GTD", "ioc": "FAK", "fok": "FOK"}[order.time_in_force]
        kind = "FAK" if order.kind == "market" and kind == "GTC" else kind
        if buys and kind in ("FAK", "FOK"):
            # What takes at once is paid in whole cents.
            paid = -(-paid // 10_000) * 10_000
        signed: dict[str, Any] = {
            "salt": salt_of(order.client_id),
            "maker": self._credentials.get("wallet") if self._settings.signature_type else signer.address,
            "signer": signer.address,
            "tokenId": listed.token,
            "makerAmount": str(paid if buys else shares),
            "takerAmount": str(shares if buys else paid),
            "side": "BUY" if buys else "SELL",
            "expiration": str((order.expires_at or 0) // 1000),
            "signatureType": self._settings.signature_type,
            "timestamp": str(self._ms()),
            "metadata": _ZERO,
            "builder": _ZERO,
        }
        id = signer.order_hash(signed, negative_risk=listed.negative_risk)
        signed["signature"] = signer.sign_order(signed, negative_risk=listed.negative_risk)
        body = {
            "order": signed, "owner": self._credentials["api_key"], "deferExec": False, "postOnly": order.post_only,
            "orderType": kind,
        }  # fmt: skip
        return await self._sent.keep(order.client_id, id, body)

    async def _worst(self, order: OrderRequest, listed: Listed) -> Decimal:
        """The price of the last share that a market order would take."""
        book, left = await self._book(order.symbol), order.quantity
        for level in book.asks if order.side == "buy" else book.bids:
            left -= level.quantity
            if left <= 0:
                return level.price
        raise refusal(
            "slippage",
            f"The book of {order.symbol} has {order.quantity - left} shares, and {order.quantity} are ordered.",
            remedy="Order less, or with a limit.",
        )

    def _check(self, order: OrderRequest) -> None:
        wanted = {
            f"orders of the kind `{order.kind}`": order.kind not in self.capabilities.orders,
            "`reduce_only`": order.reduce_only,
            "stop-loss, take-profit and groups": (order.stop_loss or order.take_profit or order.group) is not None,
        }
        if cannot := [name for name, refused in wanted.items() if refused]:
            raise refusal(
                "not_supported", f"Polymarket cannot do {' and '.join(cannot)}.", remedy="Use limit or market orders."
            )
        if order.price is not None and not 0 < order.price < 1:
            raise refusal(
                "price_out_of_bounds", f"A share costs between 0 and 1, not {order.price}.", remedy="Correct the price."
            )

    async def modify(self, symbol: str, client_id: str, **changes: Any) -> Order:
        raise refusal("not_supported", "Polymarket cannot change an order.", remedy="Cancel it and place another.")

    async def cancel(self, symbol: str, client_id: str) -> Order:
        order = await self._there(symbol, client_id)
        if order.is_final:
            return order
        await self._private("DELETE", "/order", body={"orderID": order.id}, orders=True)
        return await self._there(symbol, client_id)

    async def _there(self, symbol: str, client_id: str) -> Order:
        order = await self.fetch(symbol, client_id)
        if order is None:
            remedy = "Look at the open orders."
            raise refusal("refused", f"Polymarket has never had the order `{client_id}`.", remedy=remedy)
        return order

    async def fetch(self, symbol: str, client_id: str) -> Order | None:
        await self._find(symbol)
        kept = await self._sent.find(client_id)
        if kept is None:
            return None
        try:
            told = await self._private("GET", f"/data/order/{kept['id']}")
        except NodeError as error:
            if error.attributes.get("status") != 404:
                raise
            told = None
        if not told:
            return None
        order = self._order(told, symbol, client_id)
        if not order.filled:
            return order
        since = max(order.created_at - 1000, 0)
        fills = [fill for fill in await self.fills(symbol, since=since) if fill.order_id == order.id]
        return self._order(told, symbol, client_id, fills)

    async def open_orders(self, symbol: str | None = None) -> Sequence[Order]:
        query = None if symbol is None else {"asset_id": (await self._find(symbol)).token}
        ours = {listed.token: name for name, listed in self._listed.items()}
        found: list[Order] = []
        for told in await self._pages("/data/orders", query or {}):
            client_id = await self._sent.client_id(str(told["id"]))
            found.append(self._order(told, ours.get(str(told["asset_id"]), str(told["asset_id"])), client_id))
        return sorted(found, key=lambda order: order.created_at)

    async def fills(self, symbol: str, *, since: int) -> Sequence[Fill]:
        listed, found = await self._find(symbol), dict[str, Fill]()
        query = {"asset_id": listed.token, "after": max(since // 1000 - 1, 0)}
        for told in await self._pages("/data/trades", query):
            if told.get("status") == "FAILED":
                continue
            for part in self._parts(told, listed.token):
                id, at = f"{told['id']}:{part['order']}", int(told["match_time"]) * 1000
                if at + 999 >= since:
                    found[id] = Fill(
                        id, await self._sent.client_id(part["order"]), part["order"], symbol, part["side"],
                        part["size"], part["price"], Decimal(0), CURRENCY, at, part["maker"], len(found),
                    )  # fmt: skip
        return sorted(found.values(), key=lambda fill: (fill.at, fill.sequence))

    def _parts(self, told: Mapping[str, Any], token: str) -> list[dict[str, Any]]:
        """What a trade is to us: taken, or made by one or more of our orders."""
        if told.get("trader_side", "TAKER") == "TAKER":
            taken = {"order": told["taker_order_id"], "side": str(told["side"]).lower(), "maker": False}
            return [{**taken, "size": Decimal(str(told["size"])), "price": Decimal(str(told["price"]))}]
        mine = {self._credentials.get("wallet", "").lower(), (self._signer.address if self._signer else "").lower()}
        return [
            {"order": item["order_id"], "side": str(item["side"]).lower(), "maker": True,
             "size": Decimal(str(item["matched_amount"])), "price": Decimal(str(item["price"]))}
            for item in told.get("maker_orders") or ()
            if str(item.get("maker_address", "")).lower() in mine and str(item.get("asset_id", token)) == token
        ]  # fmt: skip

    def _order(self, told: Mapping[str, Any], symbol: str, client_id: str, fills: Sequence[Fill] = ()) -> Order:
        filled, quantity = Decimal(str(told.get("size_matched") or 0)), Decimal(str(told["original_size"]))
        status = _STATUSES.get(str(told.get("status", "LIVE")).upper().removeprefix("ORDER_STATUS_"), "open")
        if status == "open" and filled:
            status = "filled" if filled == quantity else "partly_filled"
        elif status == "filled" and filled < quantity:
            status = "cancelled"
        paid = sum((fill.price * fill.quantity for fill in fills), Decimal(0))
        price = Decimal(str(told["price"]))
        whole = sum((fill.quantity for fill in fills), Decimal(0))
        kind = "market" if told.get("order_type") in ("FAK", "FOK") else "limit"
        at = int(told.get("created_at") or 0) * 1000
        return Order(
            client_id, str(told["id"]), symbol, "sell" if told["side"] == "SELL" else "buy", kind, status, quantity,
            filled, (paid / whole if whole else price) if filled else None, price if kind == "limit" else None,
            created_at=at, updated_at=fills[-1].at if fills else at, fills=tuple(fills),
        )  # fmt: skip

    # Streams and the wire

    async def stream(
        self, channel: Channel, symbol: str, *, timeframe: str | None = None
    ) -> AsyncGenerator[dict[str, Any]]:
        if channel not in self.capabilities.channels:
            known = ", ".join(sorted(self.capabilities.channels))
            raise refusal("not_supported", f"Polymarket does not push `{channel}`.", remedy=f"Use one of {known}.")
        token = (await self._find(symbol)).token
        source = self._feeds.listen(
            (channel, symbol), lambda: items(self._client.session, self._settings.stream, token, channel)
        )
        try:
            async for item in source:
                yield item
        finally:
            await source.aclose()

    async def _sign_in(self) -> Signer:
        """The wallet's key, and the keys that requests are signed with, asked for once where the profile has none."""
        async with self._signing_in:
            if self._signer is None:
                needed = {"private_key": True, "wallet": self._settings.signature_type != 0}
                required(needed, self._credentials, venue=self.name)
                signer = Signer(self._credentials["private_key"])
                if not all(self._credentials.get(name) for name in ("api_key", "secret", "password")):
                    await self._make_keys(signer)
                self._signer = signer
            return self._signer

    async def _make_keys(self, signer: Signer) -> None:
        headers = signer.sign_in(self._ms() // 1000)
        try:
            told = await self._client.call("GET", f"{self._settings.clob}/auth/derive-api-key", headers=headers)
        except NodeError as error:
            if error.attributes.get("status") not in (400, 404):
                raise
            told = await self._client.call("POST", f"{self._settings.clob}/auth/api-key", headers=headers)
        self._credentials |= {"api_key": told["apiKey"], "secret": told["secret"], "password": told["passphrase"]}

    async def _private(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, body: Any = None, orders: bool = False
    ) -> Any:
        signer = await self._sign_in()
        text = "" if body is None else json.dumps(body, separators=(",", ":"))
        at = self._ms() // 1000
        headers = sign_request(signer.address, self._credentials, at=at, method=method, path=path, body=text)
        try:
            return await self._client.call(
                method, f"{self._settings.clob}{path}", query=query, body=text or None, headers=headers, orders=orders
            )
        except NodeError as error:
            raise self._meant(error) from error

    def _meant(self, error: NodeError) -> NodeError:
        told = says(error).lower()
        for words, code in _WORDS:
            if words in told:
                return refusal(code, error.message, remedy=error.remedy or "", **error.attributes)
        return error

    async def _pages(self, path: str, query: Mapping[str, Any]) -> list[Any]:
        found: list[Any] = []
        cursor = "MA=="
        while cursor and cursor != "LTE=":
            told = await self._private("GET", path, query={**query, "next_cursor": cursor})
            found += told.get("data") or []
            cursor = told.get("next_cursor") or ""
        return found

    def _ms(self) -> int:
        return round(self._now().timestamp() * 1000)

    async def aclose(self) -> None:
        await self._feeds.aclose()
        await self._client.aclose()
