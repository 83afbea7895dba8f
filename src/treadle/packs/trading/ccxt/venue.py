"""`CcxtVenue`: an exchange through ccxt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from treadle.errors import NodeError
from treadle.packs.trading.bars import milliseconds, read_bars
from treadle.packs.trading.ccxt import reading
from treadle.packs.trading.ccxt.capabilities import capabilities_of, features_of
from treadle.packs.trading.ccxt.client_ids import ClientIds
from treadle.packs.trading.ccxt.exchange import missing_credentials, open_exchange
from treadle.packs.trading.ccxt.finding import Finding
from treadle.packs.trading.ccxt.history import page_of
from treadle.packs.trading.ccxt.names import TAKES_CLIENT_ID
from treadle.packs.trading.ccxt.orders import OrderBookkeeping, order_call
from treadle.packs.trading.ccxt.pairs import pair_params, read_reports
from treadle.packs.trading.ccxt.refusing import OrderMissing, skewed, translate
from treadle.packs.trading.ccxt.settings import ExchangeSettings, read_settings
from treadle.packs.trading.ccxt.streams import source_of
from treadle.packs.trading.venue.account import Account, Position
from treadle.packs.trading.venue.feeds import Feeds
from treadle.packs.trading.venue.grid import check_grid
from treadle.packs.trading.venue.market_data import Bars, Funding, Market, OrderBook, Quote
from treadle.packs.trading.venue.order import Fill, Order, OrderRequest
from treadle.packs.trading.venue.protocol import Channel
from treadle.packs.trading.venue.refusal import Unsettled, refusal
from treadle.packs.trading.venue.settings import required
from treadle.packs.trading.venue.wire import watching

if TYPE_CHECKING:
    import aiohttp

    from treadle.packs.trading.venue.venues import Opening

T = TypeVar("T")
_MOST_FILLS = 50_000


async def open_ccxt(opening: Opening) -> CcxtVenue:
    """Raises `NodeError` for settings that cannot be used. Nothing is asked yet."""
    settings = read_settings(opening.settings, venue=opening.venue)
    exchange, session, _ = await open_exchange(opening, settings)
    return CcxtVenue(opening, settings, exchange, session)


class CcxtVenue:
    """One account at one exchange. Public methods are those of `Venue`."""

    def __init__(
        self, opening: Opening, settings: ExchangeSettings, exchange: Any, session: aiohttp.ClientSession
    ) -> None:
        self.name = opening.venue
        self.settings, self.is_closing = settings, False
        self._exchange = exchange
        self._session = session
        self.secrets = tuple(value for value in opening.credentials.values() if value)
        self._markets: dict[str, Market] = {}
        self._loading = asyncio.Lock()
        self._feeds = Feeds()
        self._orders, self._ids = OrderBookkeeping(), ClientIds(opening.venue)
        self.capabilities = capabilities_of(opening.venue, settings, exchange)
        features = features_of(exchange, settings)
        self._buys_by_cost = bool(reading.within(features, "createOrder").get("marketBuyRequiresPrice"))
        self._finding = Finding(self, exchange, features, self._orders, self._ids)
        self._lists_stops_apart = bool(reading.within(features, "fetchOpenOrders").get("trigger"))

    # Markets

    async def market(self, symbol: str) -> Market:
        if not self._exchange.markets:
            await self._load()
        if symbol not in self._markets:
            given = reading.within(self._exchange.markets or {}, symbol)
            wanted = "spot" if self.settings.type == "spot" else "contract"
            if not given or not given.get(wanted) or given.get("inverse") or given.get("option"):
                raise refusal(
                    "unknown_symbol",
                    f"`{self.name}` has no market `{symbol}` of type {self.settings.type}.",
                    remedy="Write it as the exchange lists it: `BTC/USDT`, a perpetual as `BTC/USDT:USDT` with "
                    "`type: swap` in the settings.",
                    symbol=symbol,
                )
            leverage, mode = reading.number(self.settings.leverage), self._exchange.precisionMode
            self._markets[symbol] = reading.read_market(given, precision_mode=mode, leverage=leverage)
        return self._markets[symbol]

    async def symbols(self) -> Sequence[str]:
        if not self._exchange.markets:
            await self._load()
        wanted = "spot" if self.settings.type == "spot" else "contract"
        return sorted(symbol for symbol, given in self._exchange.markets.items() if given.get(wanted))

    async def _load(self) -> None:
        async with self._loading:
            if not self._exchange.markets:
                await self.ask(self._exchange.load_markets)

    async def quote(self, symbol: str) -> Quote:
        await self.market(symbol)
        given = await self.ask(self._exchange.fetch_ticker, symbol)
        if not (given.get("bid") and given.get("ask")) and self._exchange.has.get("fetchBidsAsks") is True:
            # Some tell the best of the book apart, such as Binance of its perpetuals.
            best = reading.within(await self.ask(self._exchange.fetch_bids_asks, [symbol]), symbol)
            given = {**given, **{name: best[name] for name in ("bid", "ask") if best.get(name)}}
        found = reading.read_quote(given, symbol, now=self.now())
        if found is None:
            raise refusal(
                "stale", f"`{self.name}` tells no price of {symbol}.", remedy="Look whether it is traded at all."
            )
        return found

    async def candles(
        self, symbol: str, timeframe: str, *, bars: int, until: int | None = None, closed_only: bool = True
    ) -> Bars:
        await self.market(symbol)
        self.check_timeframe(timeframe)
        step, now = milliseconds(timeframe), self.now()
        end = min(now + step if until is None else until, now + step)
        rows: dict[int, list[Any]] = {}
        since = (end - 1) // step * step - bars * step
        while len(rows) < bars + 1:
            found = await self.ask(self._exchange.fetch_ohlcv, symbol, timeframe, max(since, 0), min(bars + 2, 1000))
            fresh = {int(row[0]): row for row in found if int(row[0]) not in rows}
            rows |= fresh
            if not fresh or max(fresh) + step >= end:
                break
            since = max(fresh) + step
        chosen = [row for at, row in sorted(rows.items()) if at < end and (not closed_only or at + step <= now)]
        return read_bars({"rows": [row[:6] for row in chosen[-bars:]], "timeframe": timeframe})

    async def history(self, symbol: str, timeframe: str, *, since: int, until: int) -> Bars:
        return await page_of(self, self._exchange.fetch_ohlcv, symbol, timeframe, since=since, until=until)

    def check_timeframe(self, timeframe: str) -> None:
        if timeframe not in self.capabilities.timeframes:
            raise refusal(
                "unknown_timeframe",
                f"`{self.name}` has no candles of `{timeframe}`.",
                remedy=f"Use one of {', '.join(sorted(self.capabilities.timeframes, key=milliseconds))}.",
            )

    async def order_book(self, symbol: str, *, depth: int = 50) -> OrderBook:
        market = await self.market(symbol)
        limit = next((size for size in (5, 10, 20, 50, 100, 500, 1000) if size >= depth), 1000)
        given = await self.ask(self._exchange.fetch_order_book, symbol, limit)
        return reading.read_book(given, symbol, depth=depth, size=market.contract_size, now=self.now())

    async def funding(self, symbol: str) -> Funding:
        market = await self.market(symbol)
        if market.kind != "perpetual" or not self.capabilities.has_funding:
            raise refusal(
                "not_supported",
                f"{symbol} at `{self.name}` has no funding: it is no perpetual.",
                remedy="Ask for a perpetual such as `BTC/USDT:USDT`, with `type: swap` in the settings.",
            )
        return reading.read_funding(await self.ask(self._exchange.fetch_funding_rate, symbol), symbol)

    # The account

    async def account(self) -> Account:
        self._check_credentials()
        await self.symbols()
        balances = reading.read_balances(await self.ask(self._exchange.fetch_balance))
        currency = self.settings.currency
        if self.settings.type == "spot":
            cash = balances[currency].total if currency in balances else Decimal(0)
            worth = [await self._worth(asset, balance.total) for asset, balance in balances.items()]
            free = balances[currency].free if currency in balances else Decimal(0)
            return Account(currency, cash, sum(worth, Decimal(0)), cash - free, free, Decimal(0), balances)
        held = await self.positions()
        return reading.read_margin_account(balances, held, currency=currency, venue=self.name)

    async def _worth(self, asset: str, total: Decimal) -> Decimal:
        """In the account's currency; nothing where there is no market between the two."""
        if asset == self.settings.currency:
            return total
        symbol = f"{asset}/{self.settings.currency}"
        if symbol not in self._exchange.markets:
            return Decimal(0)
        return total * (await self.quote(symbol)).last

    async def positions(self, symbol: str | None = None) -> Sequence[Position]:
        if not self.capabilities.has_positions:
            return []
        self._check_credentials()
        await self.symbols()
        if symbol is not None:
            await self.market(symbol)
        given = await self.ask(self._exchange.fetch_positions, None if symbol is None else [symbol])
        found: list[Position] = []
        for item in given:
            if item.get("symbol") in self._exchange.markets and symbol in (None, item["symbol"]):
                size = (await self.market(item["symbol"])).contract_size
                if (position := reading.read_position(item, size=size)) is not None:
                    found.append(position)
        return found

    # Orders

    async def place(self, order: OrderRequest) -> Order:
        self._check_credentials()
        if self.name not in TAKES_CLIENT_ID:
            raise refusal(
                "not_supported",
                f"`{self.name}` takes no ids of ours: an order whose answer is lost could not be found.",
                remedy="Trade at an exchange that does; prices of this one can be used.",
            )
        market = await self.market(order.symbol)
        check_grid(market, order)
        if self._buys_by_cost and (order.kind, order.side) == ("market", "buy"):
            raise refusal(
                "not_supported",
                f"`{self.name}` buys at the market for an amount of {market.quote}, not a quantity of {market.base}.",
                remedy="Set `max_slippage`: the order is then sent with a limit.",
            )
        call = order_call(self.name, order, market, self.capabilities)
        params = {**call.params, "clientOrderId": self._ids.theirs(order.client_id)}
        if self._orders.was_sent(order.client_id):
            there = await self.fetch(order.symbol, order.client_id)
            if there is not None:
                return there
        self._orders.sent(order)
        try:
            given = await self.ask(self._exchange.create_order, *call.arguments, params, orders=True)
        except NodeError as error:
            if _is_duplicate(error):
                there = await self.fetch(order.symbol, order.client_id)
                if there is not None:
                    return there
            raise
        return self._settled(given, order, market)

    async def place_pair(self, first: OrderRequest, second: OrderRequest) -> tuple[Order, Order]:
        self._check_credentials()
        market, pair = await self.market(first.symbol), (first, second)
        ids = {one.client_id: self._ids.theirs(one.client_id) for one in pair}
        groups = {str(one.group): self._ids.theirs(str(one.group)) for one in pair}
        params = pair_params(self.name, first, second, market, self.capabilities, {**ids, **groups})
        if all(self._orders.was_sent(one.client_id) for one in pair) and (there := await self._both(first, second)):
            return there
        for one in pair:
            self._orders.sent(one)
        params["symbol"] = self._exchange.market(first.symbol)["id"]
        try:
            given = await self.ask(self._exchange.private_post_orderlist_oco, params, orders=True)
        except NodeError as error:
            if _is_duplicate(error) and (there := await self._both(first, second)):
                return there
            raise
        known = self._exchange.market(first.symbol)
        told = [self._exchange.parse_order(one, known) for one in read_reports(given, ids, venue=self.name)]
        return self._settled(told[0], first, market), self._settled(told[1], second, market)

    async def _both(self, first: OrderRequest, second: OrderRequest) -> tuple[Order, Order] | None:
        one = await self.fetch(first.symbol, first.client_id)
        other = await self.fetch(second.symbol, second.client_id)
        return None if one is None or other is None else (one, other)

    async def modify(
        self, symbol: str, client_id: str, *,
        quantity: Decimal | None = None, price: Decimal | None = None, stop_price: Decimal | None = None,
        stop_loss: Decimal | None = None, take_profit: Decimal | None = None,
    ) -> Order:  # fmt: skip
        if not self.capabilities.modifies or stop_loss is not None or take_profit is not None:
            raise self._cannot_change()
        self._check_credentials()
        market, order = await self.market(symbol), await self._get(symbol, client_id)
        if self._waits(order):
            raise self._cannot_change()
        whole, limit = quantity or order.quantity, price or order.price
        changed = OrderRequest(client_id, symbol, order.side, order.kind, whole, limit, stop_price or order.stop_price)
        check_grid(market, changed)
        call = order_call(self.name, changed, market, self.capabilities)
        params = {name: value for name, value in call.params.items() if name != "clientOrderId"}
        await self.ask(self._exchange.edit_order, order.id, *call.arguments, params, orders=True)
        return await self._get(symbol, client_id)

    def _cannot_change(self) -> NodeError:
        return refusal(
            "not_supported",
            f"`{self.name}` cannot change such an order and keep its id.",
            remedy="Cancel it and place another.",
        )

    async def cancel(self, symbol: str, client_id: str) -> Order:
        order = await self._get(symbol, client_id)
        if order.is_final:
            return order
        params = {"trigger": True} if self._waits(order) else {}
        try:
            await self.ask(self._exchange.cancel_order, order.id, symbol, params, orders=True)
        except NodeError:
            # It may have been filled or cancelled in between, which is no error.
            order = await self._get(symbol, client_id)
            if order.is_final:
                return order
            raise
        return await self._get(symbol, client_id)

    async def _get(self, symbol: str, client_id: str) -> Order:
        order = await self.fetch(symbol, client_id)
        if order is None:
            raise refusal(
                "refused",
                f"`{self.name}` has never had the order `{client_id}`.",
                remedy="Look at the open orders.",
                client_id=client_id,
            )
        return order

    async def fetch(self, symbol: str, client_id: str) -> Order | None:
        self._check_credentials()
        market = await self.market(symbol)
        given = await self._finding.find(symbol, client_id)
        if given is None:
            return None
        request, told = self._orders.request(client_id), {**given, "clientOrderId": client_id}
        order = reading.read_order(told, size=market.contract_size, request=request)
        self._orders.know(order.id, client_id)
        fills = await self._fills_of(order, market) if order.filled else ()
        return reading.read_order(told, size=market.contract_size, request=request, fills=fills)

    async def _fills_of(self, order: Order, market: Market) -> Sequence[Fill]:
        exchange = self._exchange
        if exchange.has.get("fetchOrderTrades") is True and self.settings.type == "spot":
            given = await self.ask(exchange.fetch_order_trades, order.id, order.symbol)
        elif exchange.has.get("fetchMyTrades"):
            given = await self.ask(exchange.fetch_my_trades, order.symbol, max(order.created_at - 1000, 0), 500)
        else:
            return ()
        mine = [item for item in given if str(item.get("order") or order.id) == order.id]
        return self._read_fills(mine, market.contract_size, order.client_id)

    def _read_fills(self, given: Sequence[Any], size: Decimal, client_id: str | None = None) -> list[Fill]:
        return reading.in_order(
            reading.read_fill(
                item, client_id=client_id or self._orders.client_id(str(item.get("order"))), size=size, place=place
            )
            for place, item in enumerate(given)
        )

    def _settled(self, given: Any, order: OrderRequest, market: Market) -> Order:
        """The answer to an order; one that names no order says nothing about what became of it."""
        try:
            read = self._read(given, order, market)
        except Exception as error:
            raise Unsettled(f"`{self.name}` answered what cannot be read: {type(error).__name__}") from error
        if not read.id:
            raise Unsettled(f"`{self.name}` answered without naming an order")
        return read

    def _read(self, given: Any, order: OrderRequest, market: Market) -> Order:
        """Its fills are told only where they are all there."""
        trades: list[Any] = given.get("trades") or []
        self._orders.know(str(given.get("id") or ""), order.client_id)
        fills = self._read_fills(
            [{**item, "order": given.get("id"), "symbol": order.symbol} for item in trades],
            market.contract_size, order.client_id,
        )  # fmt: skip
        told = {**given, "clientOrderId": order.client_id}
        read = reading.read_order(told, size=market.contract_size, request=order)
        if sum((fill.quantity for fill in fills), Decimal(0)) != read.filled:
            return read
        return reading.read_order(told, size=market.contract_size, request=order, fills=fills)

    async def open_orders(self, symbol: str | None = None) -> Sequence[Order]:
        self._check_credentials()
        await self.symbols()
        if symbol is not None:
            await self.market(symbol)
        # Of all symbols: of which kind of markets, ccxt does not go by what it was opened for.
        kind = {"type": self.settings.type} if symbol is None and self.settings.type != "spot" else {}
        given = list(await self.ask(self._exchange.fetch_open_orders, symbol, None, None, kind))
        if self._lists_stops_apart:
            more = {**kind, "trigger": True}
            given += await self.ask(self._exchange.fetch_open_orders, symbol, None, None, more)
        found: list[Order] = []
        for item in {str(item.get("id")): item for item in given}.values():
            market = await self.market(item["symbol"])
            client_id = self._orders.client_id(str(item.get("id"))) or self._ids.ours(
                str(item.get("clientOrderId") or "")
            )
            request, told = self._orders.request(client_id), {**item, "clientOrderId": client_id}
            order = reading.read_order(told, size=market.contract_size, request=request)
            self._orders.know(order.id, order.client_id)
            found.append(order)
        return sorted(found, key=lambda order: order.created_at)

    async def fills(self, symbol: str, *, since: int) -> Sequence[Fill]:
        self._check_credentials()
        market = await self.market(symbol)
        given: dict[str, Any] = {}
        start = since
        while len(given) < _MOST_FILLS:
            page = await self.ask(self._exchange.fetch_my_trades, symbol, start or None, 1000)
            fresh = {str(item.get("id")): item for item in page if str(item.get("id")) not in given}
            given |= fresh
            if not fresh or len(page) < 1000:
                break
            start = max(int(item["timestamp"]) for item in fresh.values())
        kept = [item for item in given.values() if int(item.get("timestamp") or 0) >= since]
        await self._finding.learn(symbol, {str(item.get("order")) for item in kept})
        return self._read_fills(kept, market.contract_size)

    def _waits(self, order: Order) -> bool:
        """Whether it is kept apart from what is in the book."""
        conditional = self._finding.keeps_stops_apart and order.kind not in ("market", "limit")
        return conditional and not self._orders.was_set_off(order.id)

    # Streams

    async def stream(
        self, channel: Channel, symbol: str, *, timeframe: str | None = None
    ) -> AsyncGenerator[dict[str, Any]]:
        if channel not in self.capabilities.channels:
            raise refusal(
                "not_supported",
                f"`{self.name}` does not push `{channel}`.",
                remedy=f"Use one of {', '.join(sorted(self.capabilities.channels)) or 'none'}, or an interval.",
            )
        market = await self.market(symbol)
        if channel == "candles":
            self.check_timeframe(timeframe or "1m")
        source = source_of(self, self._exchange, channel, market, timeframe or "1m")
        items = self._feeds.listen((channel, symbol, timeframe or ""), source)
        try:
            async for item in items:
                yield item
        finally:
            await items.aclose()

    # The wire

    async def ask(self, method: Callable[..., Awaitable[T]], *given: Any, orders: bool = False) -> T:
        """Call ccxt. Raises `NodeError`, `Unsettled`, or `OrderMissing` (a `NodeError`)."""
        with watching() as sending:
            try:
                return await method(*given)
            except Exception as error:
                failure = translate(error, sending, venue=self.name, secrets=self.secrets, orders=orders)
                if type(error).__name__ == "OrderNotFound" and isinstance(failure, NodeError):
                    raise OrderMissing(
                        failure.message, remedy="Look at the open orders.", code="refused", retryable=False
                    ) from error
                if isinstance(failure, NodeError) and failure.code == "clock_skew":
                    failure = await self._skewed(failure)
                raise failure from error

    async def _skewed(self, failure: NodeError) -> NodeError:
        """How far the clocks are apart, where the exchange tells its time."""
        before = self.now()
        try:
            theirs = int(await self._exchange.fetch_time())
        except Exception:
            return failure
        return skewed(self.name, (before + self.now()) // 2 - theirs, failure)

    def now(self) -> int:
        return int(self._exchange.milliseconds())

    def _check_credentials(self) -> None:
        required(dict.fromkeys(missing_credentials(self._exchange), True), {}, venue=self.name)

    async def aclose(self) -> None:
        self.is_closing = True
        await self._feeds.aclose()
        await self._exchange.close()
        await self._session.close()


def _is_duplicate(error: NodeError) -> bool:
    return "duplicate" in error.message.lower()
