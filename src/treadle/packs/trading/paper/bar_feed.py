"""Feeds of bars: a file's, or those that runs bring. An order placed on a bar is matched from the next one on."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from treadle.packs.trading.bars import COLUMNS, is_bar, milliseconds, read_bars
from treadle.packs.trading.paper.accounts import Accounts
from treadle.packs.trading.paper.feed import Payment, Steps
from treadle.packs.trading.paper.market_facts import market_of_bars
from treadle.packs.trading.paper.rates import Rates
from treadle.packs.trading.paper.settings import PaperSettings
from treadle.packs.trading.venue.market_data import Bars, Funding, Level, Market, OrderBook, Quote
from treadle.packs.trading.venue.protocol import Channel
from treadle.packs.trading.venue.refusal import refusal

_AT_ONCE = 5_000


@dataclass(slots=True)
class Series:
    """Bars in whole numbers. `opens` and `closes` are when they are known by the feed's clock, `times` their own."""

    times: list[int] = field(default_factory=list[int])
    opens: list[int] = field(default_factory=list[int])
    closes: list[int] = field(default_factory=list[int])
    prices: tuple[list[int], list[int], list[int], list[int], list[int]] = field(
        default_factory=lambda: ([], [], [], [], [])
    )
    own: int = 0
    """How long one of them is, in ms of their own time; 0 where they do not say."""
    pauses: bool = False
    """Whether bars may be missing between others, and nobody is to mind."""

    def known(self, at: int) -> int:
        """How many are over at `at`."""
        return bisect_right(self.closes, at)

    def cut(self, first: int, end: int) -> Steps:
        return Steps(self.opens[first:end], self.closes[first:end], *(one[first:end] for one in self.prices))


class BarFeed(ABC):
    foresees = False
    channels: Collection[Channel] = ()
    timeframes: Collection[str] = ()

    def __init__(
        self,
        name: str,
        settings: PaperSettings,
        known: Mapping[str, Market | None] | None = None,
        rates: Mapping[str, Rates] | None = None,
    ) -> None:
        """`known` is what came with the bars of their markets, by symbol, None where nothing did; `rates` are those of
        funding. `*` is for every other one."""
        self.name = name
        self._settings = settings
        self.trades_at_once = settings.fill == "close"
        self._known = known or {}
        self._rates = rates or {}
        self._markets: dict[str, Market] = {}

    @abstractmethod
    def series(self, symbol: str) -> Series:
        """Raises `unknown_symbol`."""

    @abstractmethod
    def time(self, symbol: str, now: int) -> int:
        """What the time is for orders of this market."""

    @abstractmethod
    def length(self, symbol: str) -> int:
        """Of a bar in ms, by the feed's clock; 0 where it is not known."""

    def whole(self, symbol: str, bars: Mapping[str, Any]) -> list[tuple[int, ...]]:
        """Bars as `read_bars` gives them, in ticks and lots."""
        tick, lot = self.grid(symbol)
        per_tick, per_lot = float(1 / tick), float(1 / lot)

        def whole(row: Sequence[float]) -> tuple[int, ...]:
            return (*(round(price * per_tick) for price in row[:4]), round(row[4] * per_lot))

        if is_bar(bars):
            return [whole([bars[name] for name in COLUMNS[1:]])]
        return [whole(row) for row in zip(*(bars[name].tolist() for name in COLUMNS[1:]), strict=True)]

    async def market(self, symbol: str) -> Market:
        self.series(symbol)
        return self._market(symbol)

    def grid(self, symbol: str) -> tuple[Decimal, Decimal]:
        """Its tick and its lot."""
        market = self._market(symbol)
        assert market.tick is not None
        assert market.lot is not None
        return market.tick, market.lot

    def _market(self, symbol: str) -> Market:
        found = self._markets.get(symbol)
        if found is None:
            known = self._known[symbol] if symbol in self._known else self._known.get("*")
            found = self._markets[symbol] = market_of_bars(symbol, self._settings, known)
        return found

    async def quote(self, symbol: str, at: int) -> Quote:
        series = self.series(symbol)
        known = series.known(self.time(symbol, at))
        if not known:
            raise refusal(
                "stale", f"There is no price of {symbol} yet: no bar is over.",
                remedy="Wait for the first bar.", symbol=symbol,
            )  # fmt: skip
        price = Decimal(series.prices[3][known - 1]) * self.grid(symbol)[0]
        return Quote(symbol, price, price, price, series.closes[known - 1])

    def offered(self, symbol: str, at: int, lots: int) -> int:
        """How much of `lots` can be had at the close of the last bar: any, or as the settings say a share of what was
        traded in it."""
        series = self.series(symbol)
        volume = series.prices[4][series.known(self.time(symbol, at)) - 1]
        share = self._settings.volume_share
        return min(lots, int(volume * share)) if share else max(lots, volume)

    async def order_book(self, symbol: str, at: int, *, depth: int) -> OrderBook:
        """What the last bar tells: one price, and its volume on either side."""
        quote = await self.quote(symbol, at)
        series = self.series(symbol)
        volume = Decimal(series.prices[4][series.known(self.time(symbol, at)) - 1]) * self.grid(symbol)[1]
        level = [Level(quote.last, volume)]
        return OrderBook(symbol, level, level, quote.at)

    async def candles(
        self, symbol: str, timeframe: str, at: int, *, bars: int, until: int | None, closed_only: bool
    ) -> Bars:
        series = self.series(symbol)
        own, asked = self._own_length(series), milliseconds(timeframe)
        if own and asked % own:
            raise refusal(
                "not_supported", f"The bars of {self.name} cannot be put together to {timeframe}.",
                remedy="Ask for their own timeframe or a multiple.", symbol=symbol,
            )  # fmt: skip
        end = series.known(self.time(symbol, at))
        chosen = self._chosen(series, end, bars, own, asked)
        if own and asked > own:
            joined = _join(series, chosen, asked)
            if closed_only and joined and series.times[end - 1] + own < joined[-1][0] + asked:
                joined.pop()
        else:
            joined = [(series.times[i], *(one[i] for one in series.prices)) for i in chosen]
        if until is not None:
            joined = [row for row in joined if row[0] < until]
        told = joined[-bars:]
        has_holes = any(after[0] - before[0] != asked for before, after in pairwise(told))
        # A timeframe says that nothing is missing between them.
        return self._told(symbol, told, None if series.pauses and has_holes else timeframe)

    async def steps(self, symbol: str, after: int, until: int) -> Steps:
        series = self.series(symbol)
        first = bisect_left(series.opens, after)
        return series.cut(first, min(series.known(until), first + _AT_ONCE))

    def rates_of(self, symbol: str) -> Rates | None:
        return self._rates.get(symbol) or self._rates.get("*")

    async def funding(self, symbol: str, at: int) -> Funding:
        rates = self.rates_of(symbol)
        if rates is None:
            raise refusal(
                "not_supported", f"{self.name} tells of no funding.", remedy="Use another feed.", symbol=symbol
            )
        return rates.funding(symbol, at)

    async def payments(self, symbol: str, after: int, until: int) -> Sequence[Payment]:
        rates = self.rates_of(symbol)
        if rates is None:
            return ()
        series = self.series(symbol)

        def price(at: int) -> Decimal | None:
            known = series.known(at)
            return Decimal(series.prices[3][known - 1]) * self.grid(symbol)[0] if known else None

        return rates.payments(after, until, price)

    async def payout(self, symbol: str, at: int) -> Decimal | None:
        return None

    async def aclose(self) -> None:
        return None

    def _chosen(self, series: Series, end: int, bars: int, own: int, asked: int) -> range:
        many = bars if not own else (bars + 1) * (asked // own)
        return range(max(0, end - many), end)

    def _own_length(self, series: Series) -> int:
        if series.own:
            return series.own
        if self._settings.timeframe is not None:
            return milliseconds(self._settings.timeframe)
        times = series.times[-50:]
        return min((b - a for a, b in pairwise(times)), default=0)

    def _told(self, symbol: str, rows: Sequence[tuple[int, ...]], timeframe: str | None) -> Bars:
        import numpy

        tick, lot = self.grid(symbol)
        told: dict[str, Any] = {"time": numpy.array([row[0] for row in rows], dtype=numpy.int64)}
        for at, name in enumerate(COLUMNS[1:], 1):
            unit = lot if name == "volume" else tick
            told[name] = numpy.array([float(Decimal(row[at]) * unit) for row in rows], dtype=float)
        return {**told, "closed": True, "timeframe": timeframe}


class FileFeed(BarFeed):
    """Bars of a file. By the `real` clock each is known when it is over; with `anchor` the first is over one `pace`
    after it, and so on."""

    channels: Collection[Channel] = ("ticker", "candles")

    def __init__(
        self, settings: PaperSettings, files: Mapping[str, Mapping[str, Any]], now: Callable[[], int],
        *, anchor: int | None = None, rates: Mapping[str, Rates] | None = None,
        known: Mapping[str, Market | None] | None = None,
    ) -> None:  # fmt: skip
        super().__init__("/".join(sorted({str(name) for name in files})), settings, known, rates)
        self._now = now
        self._lengths: dict[str, int] = {}
        self._series = {symbol: self._read(symbol, bars, anchor) for symbol, bars in files.items()}

    def series(self, symbol: str) -> Series:
        found = self._series.get(symbol) or self._series.get("*")
        if found is None:
            raise refusal(
                "unknown_symbol", f"There are no bars of {symbol}, only of {', '.join(self._series)}.",
                remedy="Name the file under `feed`.", symbol=symbol,
            )  # fmt: skip
        return found

    def time(self, symbol: str, now: int) -> int:
        return now

    def length(self, symbol: str) -> int:
        return self._lengths[symbol if symbol in self._lengths else "*"]

    async def symbols(self) -> Sequence[str]:
        return [symbol if symbol != "*" else self._settings.symbol or "*" for symbol in self._series]

    async def stream(
        self, channel: Channel, symbol: str, *, timeframe: str | None = None
    ) -> AsyncGenerator[dict[str, Any]]:
        series, number = self.series(symbol), self.series(symbol).known(self._now())
        while number < len(series.closes):
            wait = (series.closes[number] - self._now()) / 1000
            if wait > 0:
                await asyncio.sleep(min(wait, 1.0))
                continue
            bar = self._told(symbol, [(series.times[number], *(one[number] for one in series.prices))], "")
            yield _item(channel, symbol, {name: bar[name][0].item() for name in COLUMNS}, series.closes[number])
            number += 1
        await asyncio.Event().wait()  # There are no more bars; whoever listens closes.

    def _read(self, symbol: str, bars: Mapping[str, Any], anchor: int | None) -> Series:
        times: list[int] = bars["time"].tolist()
        rows = self.whole(symbol, bars)
        given = bars.get("timeframe") or self._settings.timeframe
        length = milliseconds(given) if given else min((b - a for a, b in pairwise(times)), default=1)
        prices = tuple([row[at] for row in rows] for at in range(5))
        if anchor is None:
            closes = [
                min(time + length, after) for time, after in zip(times, [*times[1:], times[-1] + length], strict=True)
            ]
            opens = times
        else:
            pace, past = max(1, round(self._settings.pace * 1000)), self._settings.history
            opens = [anchor + (number - past) * pace for number in range(len(times))]
            closes, length = [at + pace for at in opens], pace
        self._lengths[symbol] = length
        own = milliseconds(given) if given else 0
        return Series(times, opens, closes, prices, own, bool(bars.get("pauses")))  # pyright: ignore[reportArgumentType]


class RunFeed(BarFeed):
    """Bars that runs bring, kept with the account. The time is the close of the last one."""

    def __init__(self, settings: PaperSettings, accounts: Accounts, account: str) -> None:
        super().__init__("run", settings)
        self._accounts, self._account = accounts, account
        self._length = milliseconds(settings.timeframe) if settings.timeframe else 0
        self._series: dict[str, Series] = {}

    def take(self, symbol: str, value: Any) -> None:
        """Raises `NodeError` (`out_of_order`), and what cannot be a bar."""
        bars = read_bars(value)
        if not bars["closed"]:
            return
        times: list[int] = [bars["time"]] if is_bar(bars) else bars["time"].tolist()
        known = self.series(symbol)
        if times and known.times and times[-1] == known.times[-1] and len(times) == 1:
            return
        given = bars.get("timeframe")
        length = self._length or (milliseconds(given) if given else 1)
        with self._accounts.change() as change:
            last = change.last_bar(self._account, symbol)
            for time, row in zip(times, self.whole(symbol, bars), strict=True):
                if time > last:
                    change.add_bar(self._account, symbol, time, time + length, row)
                    last = time
                elif not change.has_bar(self._account, symbol, time):
                    raise refusal(
                        "out_of_order", f"A bar of {symbol} is older than the last one that a run has brought.",
                        remedy="Bring bars in order; begin a new account to start over.", symbol=symbol, time=time,
                    )  # fmt: skip

    def series(self, symbol: str) -> Series:
        series = self._series.setdefault(symbol, Series())
        after = series.times[-1] + 1 if series.times else 0
        for time, closes, row in self._accounts.bars(self._account, symbol, after=after):
            series.times.append(time)
            series.opens.append(time)
            series.closes.append(closes)
            for column, value in zip(series.prices, row, strict=True):
                column.append(value)
        return series

    def time(self, symbol: str, now: int) -> int:
        series = self.series(symbol)
        return series.closes[-1] if series.closes else 0

    def length(self, symbol: str) -> int:
        return self._length

    async def symbols(self) -> Sequence[str]:
        return self._accounts.fed_symbols(self._account)

    def stream(self, channel: Channel, symbol: str, *, timeframe: str | None = None) -> AsyncGenerator[dict[str, Any]]:
        raise refusal(
            "not_supported", "The prices of this account come from its runs; there is nothing to listen to.",
            remedy="Use a trigger that brings the bars.",
        )  # fmt: skip


def _join(series: Series, chosen: range, length: int) -> list[tuple[int, ...]]:
    """Bars put together to longer ones."""
    times, (opens, highs, lows, closes, volumes) = series.times, series.prices
    joined: list[tuple[int, ...]] = []
    at, end = chosen.start, chosen.stop
    while at < end:
        begin = times[at] - times[at] % length
        after = bisect_left(times, begin + length, at + 1, end)
        high, low = max(highs[at:after]), min(lows[at:after])
        joined.append((begin, opens[at], high, low, closes[after - 1], sum(volumes[at:after])))
        at = after
    return joined


def _item(channel: Channel, symbol: str, bar: Mapping[str, Any], at: int) -> dict[str, Any]:
    identity = {"id": f"{symbol}-{bar['time']}", "at": at}
    if channel == "candles":
        return {**identity, **bar, "closed": True}
    price = bar["close"]
    return {**identity, "bid": price, "ask": price, "last": price, "volume": bar["volume"]}
