"""Streams that are cut go on without a hole and without repeating themselves."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest

from tests.packs.trading.ccxt.binance_server import MINUTE, BinanceServer, until
from treadle.errors import NodeError
from treadle.packs.trading.ccxt import streams
from treadle.packs.trading.ccxt.venue import CcxtVenue

Items = AsyncGenerator[dict[str, Any]]


async def collect(items: Items, into: list[dict[str, Any]]) -> None:
    async for item in items:
        into.append(item)


async def after(
    venue: CcxtVenue, channel: Any, act: Callable[[list[dict[str, Any]]], Any], *, listeners: int = 1
) -> list[list[dict[str, Any]]]:
    """What each listener was told while `act` went on."""
    told: list[list[dict[str, Any]]] = [[] for _ in range(listeners)]
    items = [venue.stream(channel, "BTC/USDT", timeframe="1m") for _ in told]
    tasks = [asyncio.ensure_future(collect(one, into)) for one, into in zip(items, told, strict=True)]
    try:
        await act(told[0])
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for one in items:
            await one.aclose()
    return told


async def test_trades_of_a_cut_are_told_after_it_and_none_twice(venue: CcxtVenue, server: BinanceServer) -> None:
    async def act(told: list[Any]) -> None:
        await until(lambda: "btcusdt@trade" in server.listening)
        await server.move()
        await until(lambda: len(told) == 1)
        await server.cut()
        for _ in range(3):
            await server.move()
        await until(lambda: len(told) == 4)
        await until(lambda: server.connections >= 2 and "btcusdt@trade" in server.listening)
        await server.move()
        await until(lambda: len(told) == 5)

    [told] = await after(venue, "trades", act)

    assert [item["id"] for item in told] == ["501", "502", "503", "504", "505"]


async def test_two_listeners_are_told_the_same_over_one_connection(venue: CcxtVenue, server: BinanceServer) -> None:
    async def act(told: list[Any]) -> None:
        await until(lambda: "btcusdt@trade" in server.listening)
        for number in range(3):
            await server.move()
            await until(lambda: len(told) == number + 1)  # noqa: B023

    first, second = await after(venue, "trades", act, listeners=2)

    assert first == second
    assert server.connections == 1


async def test_a_ticker_goes_on_after_a_cut(venue: CcxtVenue, server: BinanceServer) -> None:
    async def act(told: list[Any]) -> None:
        await until(lambda: {"btcusdt@bookTicker", "btcusdt@miniTicker"} <= server.listening)
        await server.move()
        await until(lambda: len(told) >= 1)
        await server.cut()
        before = len(told)
        await until(lambda: {"btcusdt@bookTicker", "btcusdt@miniTicker"} <= server.listening)
        await server.move()
        await until(lambda: len(told) > before)

    [told] = await after(venue, "ticker", act)

    assert len({item["id"] for item in told}) == len(told)
    assert told[-1]["bid"] < told[-1]["ask"]


def row(minute: int, volume: str = "1") -> list[Any]:
    return [minute * MINUTE, "1", "3", "1", "2", volume]


@pytest.mark.parametrize(
    ("channel", "streams"),
    [("trades", {"btcusdt@trade"}), ("candles", {"btcusdt@kline_1m"}), ("orderbook", {"btcusdt@depth@100ms"}),
     ("ticker", {"btcusdt@bookTicker", "btcusdt@miniTicker"})],
)  # fmt: skip
async def test_what_nobody_listens_to_is_not_pushed_and_can_be_heard_again(
    venue: CcxtVenue, server: BinanceServer, channel: Any, streams: set[str]
) -> None:
    async def act(told: list[Any]) -> None:
        async with asyncio.timeout(10):
            while not told:
                await server.move()
                await asyncio.sleep(0.01)

    for _ in range(2):
        [told] = await after(venue, channel, act)
        assert told
        await until(lambda: not streams & server.listening)


class FakeCandles:
    """ccxt's candles as a test says them: rows are pushed, None is a time in which nothing comes."""

    def __init__(self, pushed: list[list[Any] | None], asked: list[list[Any]] = []) -> None:  # noqa: B006
        self._pushed, self._asked = list(pushed), asked

    async def watch_ohlcv(self, symbol: str, timeframe: str) -> Any:
        if not self._pushed:
            raise ValueError("the test is over")
        row = self._pushed.pop(0)
        if row is None:
            raise TimeoutError
        return [row]

    async def fetch_ohlcv(self, symbol: str, timeframe: str, since: int, limit: int) -> Any:
        return [row for row in self._asked if row[0] >= since]


class FakeVenue:
    name = "fake"
    secrets = ()
    is_closing = True

    async def ask(self, method: Any, *given: Any) -> Any:
        return await method(*given)

    def now(self) -> int:
        return 100 * MINUTE


async def candles(pushed: list[list[Any] | None], asked: list[list[Any]]) -> list[tuple[int, bool]]:
    market: Any = type("Market", (), {"symbol": "BTC/USDT"})()
    source: Any = streams._Candles(FakeVenue(), FakeCandles(pushed, asked), market, "1m")  # type: ignore[arg-type]
    told: list[tuple[int, bool]] = []
    with contextlib.suppress(NodeError):
        async for item in source.items():
            told.append((item["at"] // MINUTE, item["closed"]))
    return told


async def test_a_candle_is_closed_when_the_next_begins() -> None:
    told = await candles([row(10), row(10, "2"), row(11)], [])

    assert told == [(10, False), (10, False), (10, True), (11, False)]


async def test_candles_that_were_missed_are_asked_for() -> None:
    asked = [row(minute, "9") for minute in range(8, 15)]

    told = await candles([row(10), row(14)], asked)

    assert told == [(10, False), *[(minute, True) for minute in range(10, 15)]]


async def test_a_candle_whose_time_is_over_is_asked_for_and_told_once() -> None:
    told = await candles([row(10), None, row(11)], [row(10, "7")])

    assert told == [(10, False), (10, True), (11, False)]
