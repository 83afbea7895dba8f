"""The bars of several markets as one feed, over columns: what a paper account is told by the files of a test."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, cast

from treadle.packs.trading.bars import milliseconds
from treadle.packs.trading.paper.bar_feed import BarFeed, Series
from treadle.packs.trading.paper.rates import Rates
from treadle.packs.trading.paper.settings import PaperSettings
from treadle.packs.trading.venue.market_data import Bars, Market
from treadle.packs.trading.venue.protocol import Channel
from treadle.packs.trading.venue.refusal import refusal
from treadle.service.backtests.program.joined import join_prices
from treadle.service.backtests.program.prices import NAMES, Prices
from treadle.service.backtests.program.refusing import not_compiled
from treadle.service.backtests.program.venue import ColumnSeries, Whole
from treadle.service.backtests.request import ANY_SYMBOL


class MarketFeed(BarFeed):
    """`prices` are by symbol; those of `*` are for every other one."""

    def __init__(
        self, settings: PaperSettings, prices: Mapping[str, Prices], rates: Mapping[str, Rates], *, allows_gaps: bool,
        known: Mapping[str, Market | None] | None = None,
    ) -> None:  # fmt: skip
        super().__init__("/".join(sorted(prices)), settings, known, rates)
        self.prices, self._allows_gaps = prices, allows_gaps
        self._all_series = {symbol: _series_of(one, allows_gaps) for symbol, one in prices.items()}

    def prices_of(self, symbol: str) -> Prices | None:
        return self.prices.get(symbol) or self.prices.get(ANY_SYMBOL)

    def series(self, symbol: str) -> Series:
        found = self._all_series.get(symbol) or self._all_series.get(ANY_SYMBOL)
        if found is None:
            raise refusal(
                "unknown_symbol", f"There are no bars of {symbol}, only of {', '.join(self.prices)}.",
                remedy="Name the file under `feed`.", symbol=symbol,
            )  # fmt: skip
        return found

    def time(self, symbol: str, now: int) -> int:
        return now

    def length(self, symbol: str) -> int:
        return self.series(symbol).own

    async def candles(
        self, symbol: str, timeframe: str, at: int, *, bars: int, until: int | None, closed_only: bool
    ) -> Bars:
        prices, length, joined = self.prices_of(symbol), milliseconds(timeframe), None
        if (
            prices is None
            or until is not None
            or (length != prices.length and (joined := join_prices(prices, length)) is None)
        ):
            return await super().candles(symbol, timeframe, at, bars=bars, until=until, closed_only=closed_only)
        end = self.series(symbol).known(at)
        if joined is None:
            first = max(0, end - bars)
            told = {name: column[first:end] for name, column in prices.told.items()}
        else:
            told = joined.told(end, bars, closed_only=closed_only)
        # Without a timeframe nobody asks whether bars are missing.
        return {**told, "closed": True, **({} if self._allows_gaps else {"timeframe": timeframe})}

    async def symbols(self) -> Sequence[str]:
        return [symbol if symbol != ANY_SYMBOL else self._settings.symbol or ANY_SYMBOL for symbol in self.prices]

    def next_payment(self, symbol: str, after: int) -> int | None:
        """When holders of a perpetual pay each other next (ms)."""
        rates = self.rates_of(symbol)
        place = 0 if rates is None else bisect_right(rates.times, after)
        return None if rates is None or place == len(rates.times) else rates.times[place]

    def stream(self, channel: Channel, symbol: str, *, timeframe: str | None = None) -> AsyncGenerator[dict[str, Any]]:
        raise not_compiled("A node listens to the market.")


class _Times(Whole):
    def searchsorted(self, at: int, side: str) -> Any:
        return self._column.searchsorted(at, side=side)


def _series_of(prices: Prices, allows_gaps: bool) -> Series:
    rows: Any = tuple(Whole(getattr(prices, name)) for name in NAMES)
    times, opens, closes = (cast("Any", _Times(one)) for one in (prices.times, prices.opens, prices.closes))
    return ColumnSeries(times, opens, closes, rows, prices.length, allows_gaps)
