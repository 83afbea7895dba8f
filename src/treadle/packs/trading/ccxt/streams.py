"""What an exchange pushes, through ccxt.pro. A connection that is cut is made again, with a growing pause; trades and
candles of the gap are asked for, so that none is missing, and none comes twice: ids are made of what they tell."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from treadle.packs.trading.bars import milliseconds
from treadle.packs.trading.ccxt import reading
from treadle.packs.trading.ccxt.refusing import translate
from treadle.packs.trading.venue.backoff import Backoff
from treadle.packs.trading.venue.feeds import Item, Source
from treadle.packs.trading.venue.market_data import Market
from treadle.packs.trading.venue.protocol import Channel
from treadle.packs.trading.venue.wire import watching

if TYPE_CHECKING:
    from treadle.packs.trading.ccxt.venue import CcxtVenue

_CALLS: Mapping[Channel, tuple[str, str]] = {
    "ticker": ("watchTicker", "watch_ticker"),
    "trades": ("watchTrades", "watch_trades"),
    "orderbook": ("watchOrderBook", "watch_order_book"),
    "candles": ("watchOHLCV", "watch_ohlcv"),
}
_UNWATCH = {
    "Ticker": "un_watch_ticker",
    "BidsAsks": "un_watch_bids_asks",
    "Trades": "un_watch_trades",
    "OrderBook": "un_watch_order_book",
    "OHLCV": "un_watch_ohlcv",
}
_PATIENCE = 2.0
_LATE = 2_000
"""Milliseconds after its end that a candle is asked for, when nothing more has come."""
_GAP = 1_000


def channels_of(exchange: Any) -> frozenset[Channel]:
    return frozenset(channel for channel, (name, _) in _CALLS.items() if exchange.has.get(name) is True)


def source_of(venue: CcxtVenue, exchange: Any, channel: Channel, market: Market, timeframe: str) -> Source:
    if channel == "candles":
        return _Candles(venue, exchange, market, timeframe).items
    if channel == "trades":
        return _Trades(venue, exchange, market).items
    return (_Ticker if channel == "ticker" else _Book)(venue, exchange, market).items


class _Pushed:
    """Waits for what ccxt is pushed, through cuts. What no connection mends is raised."""

    def __init__(self, venue: CcxtVenue, exchange: Any) -> None:
        self._venue, self._exchange = venue, exchange
        self._backoff = Backoff()

    async def _next(self, call: Callable[[], Awaitable[Any]], timeout: float | None = None) -> Any:
        """What was pushed. None where there was a cut, which is over, or nothing came in time."""
        with watching() as sending:
            try:
                async with asyncio.timeout(timeout):
                    found = await call()
            except TimeoutError:
                return None
            except Exception as error:
                if type(error).__name__ == "UnsubscribeError":
                    return None
                failure = translate(error, sending, venue=self._venue.name, secrets=self._venue.secrets)
                if getattr(failure, "code", "") not in ("venue_unreachable", "rate_limited"):
                    raise failure from error
                await asyncio.sleep(self._backoff.next())
                return None
        self._backoff.reset()
        return found

    async def _ask(self, method: Callable[..., Awaitable[Any]], *given: Any) -> Any:
        """By REST, to fill a gap. None where that does not work either: the next cut fills it."""
        try:
            return await self._venue.ask(method, *given)
        except Exception as error:
            if getattr(error, "code", "") not in ("venue_unreachable", "rate_limited"):
                raise
            return None

    async def _leave(self, channel: str, *given: Any) -> None:
        """Tell the exchange that nobody listens any more. What cannot be told is pushed on, and unheard."""
        if self._venue.is_closing or self._exchange.has.get(f"unWatch{channel}") is not True:
            return
        method = getattr(self._exchange, _UNWATCH[channel])
        with contextlib.suppress(Exception):
            async with asyncio.timeout(_PATIENCE):
                await method(*given)


class _Book(_Pushed):
    """Only the newest counts, a gap is no loss."""

    def __init__(self, venue: CcxtVenue, exchange: Any, market: Market) -> None:
        super().__init__(venue, exchange)
        self._market = market

    async def items(self) -> AsyncGenerator[Item]:
        call, symbol, last = self._exchange.watch_order_book, self._market.symbol, 0
        try:
            while True:
                given = await self._next(lambda: call(symbol))
                if given is not None:
                    # The first snapshot has the time of its coming, changes that of their making.
                    item = self._item(given)
                    last = item["at"] = max(last, item["at"])
                    yield item
        finally:
            await self._leave("OrderBook", symbol)

    def _item(self, given: Any) -> Item:
        size = self._market.contract_size
        book = reading.read_book(given, self._market.symbol, depth=50, size=size, now=self._venue.now())
        best = f"{book.bids[0].price if book.bids else ''}:{book.asks[0].price if book.asks else ''}"
        id = f"{given.get('nonce') or book.at}:{best}"
        sides = {"bids": [list(level) for level in book.bids], "asks": [list(level) for level in book.asks]}
        return {"id": id, "at": book.at, **sides}


class _Ticker(_Pushed):
    """Only the newest counts. Where an exchange pushes the best of its book on a channel of its own, that one is the
    quicker, and the other tells the last price."""

    def __init__(self, venue: CcxtVenue, exchange: Any, market: Market) -> None:
        super().__init__(venue, exchange)
        self._market = market
        self._known: dict[str, Any] = {}

    async def items(self) -> AsyncGenerator[Item]:
        queue: asyncio.Queue[Any] = asyncio.Queue()
        symbol, last = self._market.symbol, 0
        self._known = dict(await self._ask(self._exchange.fetch_ticker, symbol) or {})
        calls = [lambda: self._exchange.watch_ticker(symbol)]
        if self._exchange.has.get("watchBidsAsks") is True:
            calls.append(lambda: self._best(symbol))
        pumps = [asyncio.ensure_future(self._pump(call, queue)) for call in calls]
        try:
            while True:
                given = await queue.get()
                if isinstance(given, Exception):
                    raise given
                if (item := self._item(given)) is not None and item["at"] >= last:
                    last = item["at"]
                    yield item
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.wait(pumps)
            await self._leave("Ticker", symbol)
            if len(calls) > 1:
                await self._leave("BidsAsks", [symbol])

    async def _pump(self, call: Callable[[], Awaitable[Any]], queue: asyncio.Queue[Any]) -> None:
        try:
            while True:
                if (given := await self._next(call)) is not None:
                    queue.put_nowait(given)
        except Exception as error:
            queue.put_nowait(error)

    async def _best(self, symbol: str) -> Any:
        given = await self._exchange.watch_bids_asks([symbol])
        return given.get(symbol)

    def _item(self, given: Any) -> Item | None:
        told = {name: given.get(name) for name in ("bid", "ask", "last", "baseVolume") if given.get(name) is not None}
        self._known |= {**told, "timestamp": given.get("timestamp") or self._venue.now()}
        quote = reading.read_quote(self._known, self._market.symbol, now=self._venue.now())
        if quote is None:
            return None
        number = reading.within(given, "info").get("u") or f"{quote.at}:{quote.last}"
        values = {"bid": quote.bid, "ask": quote.ask, "last": quote.last, "volume": quote.volume}
        return {"id": f"{number}:{quote.bid}:{quote.ask}", "at": quote.at, **values}


class _Trades(_Pushed):
    """Every trade once. After a cut those since the last are asked for."""

    def __init__(self, venue: CcxtVenue, exchange: Any, market: Market) -> None:
        super().__init__(venue, exchange)
        self._market = market
        self._last = 0

    async def items(self) -> AsyncGenerator[Item]:
        call, symbol = self._exchange.watch_trades, self._market.symbol
        try:
            while True:
                given = await self._next(lambda: call(symbol))
                if given is None and self._last:
                    given = await self._ask(self._exchange.fetch_trades, symbol, self._last, _GAP)
                trades = [reading.read_trade(item, symbol, size=self._market.contract_size) for item in given or ()]
                for trade in sorted(trades, key=lambda trade: (trade.at, len(trade.id), trade.id)):
                    self._last = max(self._last, trade.at)
                    told = {"price": trade.price, "quantity": trade.quantity, "side": trade.side}
                    yield {"id": trade.id, "at": trade.at, **told}
        finally:
            await self._leave("Trades", symbol)


class _Candles(_Pushed):
    """The candle that changes, and every candle that is closed, which ccxt does not say: it is closed when a later one
    begins, or when its time is over and the exchange, asked for it, gives it."""

    def __init__(self, venue: CcxtVenue, exchange: Any, market: Market, timeframe: str) -> None:
        super().__init__(venue, exchange)
        self._market, self._timeframe, self._step = market, timeframe, milliseconds(timeframe)
        self._closed = 0
        self._open: list[Any] | None = None

    async def items(self) -> AsyncGenerator[Item]:
        call, symbol = self._exchange.watch_ohlcv, self._market.symbol
        try:
            while True:
                given = await self._next(lambda: call(symbol, self._timeframe), self._patience())
                if given is None:
                    for item in await self._missing():
                        yield item
                    continue
                for row in sorted(given, key=lambda row: int(row[0])):
                    for item in await self._moved(row):
                        yield item
        finally:
            await self._leave("OHLCV", symbol, self._timeframe)

    def _patience(self) -> float:
        over = self._venue.now() if self._open is None else int(self._open[0])
        return max(over + self._step + _LATE - self._venue.now(), 1_000) / 1000

    async def _moved(self, row: list[Any]) -> list[Item]:
        at, items = int(row[0]), list[Item]()
        if at <= self._closed:
            return items
        if self._open is not None and at > int(self._open[0]):
            if at > int(self._open[0]) + self._step:
                items += await self._missing()
            if int(self._open[0]) > self._closed:
                items.append(self._item(self._open, closed=True))
        self._open = row
        if at > self._closed:
            items.append(self._item(row, closed=False))
        return items

    async def _missing(self) -> list[Item]:
        """Closed candles since the last that was told of."""
        if self._open is None:
            return []
        since = max(self._closed + self._step, int(self._open[0])) if self._closed else int(self._open[0])
        given = await self._ask(self._exchange.fetch_ohlcv, self._market.symbol, self._timeframe, since, _GAP)
        now = self._venue.now()
        rows = [row for row in given or () if since <= int(row[0]) and int(row[0]) + self._step <= now]
        return [self._item(row, closed=True) for row in sorted(rows, key=lambda row: int(row[0]))]

    def _item(self, row: list[Any], *, closed: bool) -> Item:
        at = int(row[0])
        if closed:
            self._closed = max(self._closed, at)
        named = zip(("open", "high", "low", "close", "volume"), row[1:6], strict=False)
        told: dict[str, Decimal] = {name: reading.amount(value) for name, value in named}
        id = f"{at}:closed" if closed else f"{at}:{told.get('close')}:{told.get('volume')}"
        return {"id": id, "at": at, "time": at, "timeframe": self._timeframe, "closed": closed, **told}
