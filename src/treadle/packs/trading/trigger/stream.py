"""Start a run for each item of a market's stream."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, cast

from pydantic import Field

from treadle.node import DEAD, Branch, Fire, trigger
from treadle.node.watching import Item, Lookout, Watching, WhenBusy
from treadle.packs.trading.trigger.price import price_of
from treadle.packs.trading.trigger.source import (
    Exchange,
    Given,
    Market,
    Source,
    amount,
    heard,
    instant,
    open_source,
    provider_in,
    resolve,
)
from treadle.packs.trading.types import Money, Timeframe
from treadle.packs.trading.venue.protocol import Channel
from treadle.packs.trading.venue.provider import ProviderRef, write_provider

_LAST_ONLY = frozenset({"ticker", "orderbook"})
"""Channels whose newest item says all that those before it said."""


class Streamed(NamedTuple):
    item: Annotated[Any, Field(description="As the channel tells it; a candle goes into indicators as it is")]
    at: Annotated[datetime, Field(description="When it was so at the venue, UTC")]
    symbol: str
    provider: Given
    price: Annotated[
        Branch[Money],
        Field(description="The last price, the trade's, the closing one; of an order book the middle of the best"),
    ] = DEAD


def _check(config: Mapping[str, Any]) -> list[str]:
    channel, timeframe = config.get("channel"), config.get("timeframe")
    if channel == "candles" and not timeframe:
        return ["`candles` come in a `timeframe`, which is not set. Write one, such as `1m`."]
    if channel in ("ticker", "trades", "orderbook") and timeframe:
        return [f"`timeframe` says nothing of `{channel}`. Leave it out, or choose the channel `candles`."]
    return []


def _when_busy(config: Mapping[str, Any]) -> WhenBusy:
    return "newest" if config.get("channel") in _LAST_ONLY else "queue"


async def _watch(
    lookout: Lookout,
    *,
    provider: ProviderRef,
    channel: Channel,
    symbol: str | None = None,
    timeframe: str | None = None,
    closed_only: bool = True,
) -> AsyncGenerator[Item]:
    source = await open_source(lookout, provider, symbol)
    async with aclosing(source.venue.stream(channel, source.symbol, timeframe=timeframe)) as items:
        async for item in items:
            at = int(item["at"])
            when = instant(at)
            if channel == "candles" and closed_only and not item.get("closed"):
                lookout.saw(when)
                continue
            yield Item(str(item["id"]), when, _payload(source, item, at))


async def _glance(
    lookout: Lookout,
    *,
    provider: ProviderRef,
    channel: Channel,
    symbol: str | None = None,
    timeframe: str | None = None,
    closed_only: bool = True,
) -> dict[str, Any]:
    """What can be asked for stands in for what would be told; of trades, one at the last price."""
    source = await open_source(lookout, provider, symbol)
    venue, name = source.venue, source.symbol
    if channel == "candles":
        bars = await venue.candles(name, timeframe or "1m", bars=1, closed_only=closed_only)
        item = {one: bars[one][-1].item() for one in ("time", "open", "high", "low", "close", "volume")}
        return _payload(source, {**item, "closed": True}, int(item["time"]))
    if channel == "orderbook":
        book = await venue.order_book(name)
        return _payload(source, {"bids": list(book.bids), "asks": list(book.asks)}, book.at)
    quote = await venue.quote(name)
    if channel == "trades":
        return _payload(source, {"price": quote.last, "quantity": Decimal(0), "side": "buy"}, quote.at)
    told = {"bid": quote.bid, "ask": quote.ask, "last": quote.last, "volume": quote.volume}
    return _payload(source, told, quote.at)


def _payload(source: Source, item: Mapping[str, Any], at: int) -> dict[str, Any]:
    told = {"symbol": source.symbol, "provider": write_provider(source.provider)}
    # A candle has a time of its own: when it was heard of is none of its columns.
    shown = {name: value for name, value in item.items() if "close" not in item or name not in ("id", "at")}
    return {"item": shown, "at": at, **told}


@trigger(
    "trigger.stream",
    title="Stream",
    watching=Watching(_watch, glance=_glance, resolve=resolve, when_busy=_when_busy),
    check=_check,
    example={
        "config": {"provider": "paper", "symbol": "BTC/USDT", "channel": "ticker"},
        "inputs": {},
        "outputs": {
            "item": {"id": "t-1", "bid": 64999.5, "ask": 65000.5, "last": 65000, "volume": 1203.5},
            "at": "2026-01-05T09:00:00Z",
            "symbol": "BTC/USDT",
            "provider": {"venue": "paper"},
            "price": 65000,
        },
    },
)
def stream(
    fire: Fire,
    *,
    provider: Exchange,
    channel: Annotated[Channel, Field(description="What to listen to: quotes, trades, order books, or candles.")],
    symbol: Market = None,
    timeframe: Annotated[Timeframe | None, Field(description="How long a candle is, such as `1m`.")] = None,
    closed_only: Annotated[bool, Field(description="Only candles that are over, not the one that changes.")] = True,
) -> Streamed:
    """Start a run for each item that a venue pushes, without asking.

    While there is no room for another run, of quotes and order books only the newest waits, and those it replaces are
    counted as skipped; trades and candles wait in order, a thousand at most. The deployment's `overlap` says
    otherwise. A run started by hand gets what the venue says now.
    """
    told = heard(fire)
    item: Any = told.get("item")
    if not isinstance(item, Mapping):
        item = heard(fire, "price") if channel != "candles" else heard(fire, "close")
    item = cast("Mapping[str, Any]", item)
    at = told.get("at") or item.get("at")
    price = _price(item)
    return Streamed(
        item=dict(item),
        at=fire.at if at is None else instant(at),
        symbol=str(told.get("symbol") or symbol or provider.symbol or ""),
        provider=provider_in(told, provider),
        price=DEAD if price is None else price,
    )


def _price(item: Mapping[str, Any]) -> Decimal | None:
    for name in ("last", "price", "close"):
        if item.get(name) is not None:
            return amount(item[name])
    best = {
        side: rows[0][0] if isinstance(rows[0], list | tuple) else rows[0]["price"]
        for side, rows in (("bid", item.get("bids")), ("ask", item.get("asks")))
        if rows
    }
    return price_of(best, "mid")
