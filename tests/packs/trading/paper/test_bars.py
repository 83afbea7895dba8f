"""Accounts over bars: of files, and of runs."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from tests.packs.trading.paper.bench import MINUTE, Clock, bar, paper, place
from treadle.errors import NodeError

HEADER = "time,open,high,low,close,volume\n"
TEXT = HEADER + (
    "2026-01-05T12:00:00Z,100,102,99,101,10\n"
    "2026-01-05T12:01:00Z,101.5,103,100,102,10\n"
    "2026-01-05T12:02:00Z,102,102,90,91,10\n"
    "2026-01-05T12:03:00Z,92,95,91,94,10\n"
)


async def test_an_order_placed_on_a_bar_is_filled_at_the_next_ones_opening(tmp_path: Path) -> None:
    """7.3."""
    async with paper(tmp_path, Clock(), feed="run", timeframe="1m") as venue:
        assert venue.capabilities.fills_at_next_bar
        await venue.feed("X/USDT", bar(0, "100 101 99 100.5"))
        placed = await place(venue, "t-1", "buy", "market", "2")
        again = await venue.fetch("X/USDT", "t-1")
        await venue.feed("X/USDT", bar(1, "102 103 101 102"))
        filled = await venue.fetch("X/USDT", "t-1")

    assert again == placed
    assert (placed.status, placed.filled) == ("open", 0)
    assert filled is not None
    assert (filled.status, filled.average) == ("filled", Decimal(102))
    assert filled.fills[0].at == bar(1, "1 1 1 1")["time"]


async def test_with_fill_at_the_close_an_order_takes_the_price_it_was_decided_on(tmp_path: Path) -> None:
    settings = {"feed": "run", "timeframe": "1m", "fill": "close", "slippage": {"kind": "fixed", "bps": 100}}
    async with paper(tmp_path, Clock(), **settings) as venue:
        await venue.feed("X/USDT", bar(0, "100 101 99 100"))
        bought = await place(venue, "t-1", "buy", "market", "2")
        rests = await place(venue, "t-2", "buy", "limit", "1", price="99")
        await venue.feed("X/USDT", bar(1, "100 100 98 100"))
        met = await venue.fetch("X/USDT", "t-2")

    assert not venue.capabilities.fills_at_next_bar
    assert (bought.status, bought.average) == ("filled", Decimal(101))
    assert rests.status == "open"
    assert met is not None
    assert (met.status, met.average) == ("filled", Decimal(99))


async def test_with_fill_at_the_close_no_more_is_had_than_a_share_of_the_bar(tmp_path: Path) -> None:
    settings = {"feed": "run", "timeframe": "1m", "fill": "close", "volume_share": 0.1}
    async with paper(tmp_path, Clock(), **settings) as venue:
        await venue.feed("X/USDT", {**bar(0, "100 101 99 100"), "volume": 10})
        bought = await place(venue, "t-1", "buy", "market", "2")

    assert (bought.status, bought.filled) == ("cancelled", 1)


async def test_a_bar_that_is_brought_again_changes_nothing_and_an_older_one_is_refused(tmp_path: Path) -> None:
    async with paper(tmp_path, Clock(), feed="run", timeframe="1m") as venue:
        await venue.feed("X/USDT", bar(0, "100 101 99 100.5"))
        await place(venue, "t-1", "buy", "limit", "2", price="99.5")
        await venue.feed("X/USDT", bar(0, "100 101 99 100.5"))
        await venue.feed("X/USDT", {**bar(1, "100 101 90 100.5"), "closed": False})
        assert [one.status for one in await venue.open_orders()] == ["open"]
        await venue.feed("X/USDT", bar(2, "100 101 99.8 100.5"))
        with pytest.raises(NodeError) as raised:
            await venue.feed("X/USDT", bar(1, "100 101 90 100.5"))

    assert raised.value.code == "out_of_order"


async def test_there_is_no_price_before_the_first_bar(tmp_path: Path) -> None:
    async with paper(tmp_path, Clock(), feed="run") as venue:
        with pytest.raises(NodeError) as raised:
            await place(venue, "t-1", "buy", "market", "2")

    assert raised.value.code == "stale"


async def test_the_bars_of_a_file_come_by_their_own_times(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(TEXT)
    clock = Clock()
    async with paper(tmp_path, clock, feed="x.csv") as venue:
        clock.move(minutes=1)
        assert (await venue.quote("X/USDT")).last == 101
        await place(venue, "t-1", "buy", "market", "2", stop_loss="95")
        clock.move(minutes=5)
        account = await venue.account()
        fills = await venue.fills("X/USDT", since=0)

    assert [(one.side, one.price, one.at - fills[0].at) for one in fills] == [
        ("buy", Decimal("101.5"), 0), ("sell", Decimal(95), 2 * MINUTE),
    ]  # fmt: skip
    assert account.equity == 10_000 - 2 * Decimal("6.5")


async def test_bars_can_come_at_a_pace_of_their_own_and_go_on_after_a_restart(tmp_path: Path) -> None:
    """`clock: bars`: one bar every `pace`, from when the account was opened; some are history then."""
    (tmp_path / "x.csv").write_text(TEXT)
    clock = Clock()
    settings = {"feed": "x.csv", "clock": "bars", "pace": "1s", "history": 1}
    async with paper(tmp_path, clock, **settings) as venue:
        assert (await venue.quote("X/USDT")).last == 101
        await place(venue, "t-1", "buy", "market", "2")
    clock.move(seconds=2)
    async with paper(tmp_path, clock, **settings) as venue:
        order = await venue.fetch("X/USDT", "t-1")
        candles = await venue.candles("X/USDT", "1m", bars=10)

    assert order is not None
    assert order.average == Decimal("101.5")
    assert candles["close"].tolist() == [101, 102, 91]


async def test_how_often_an_account_is_looked_at_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(TEXT)
    seen, owned = [], {"USDT": 10_000, "X": 5}
    for account, looks in (("often", 20), ("once", 1)):
        clock = Clock()
        clock.move(minutes=1)
        async with (
            paper(tmp_path, clock, account, feed="x.csv", balance=owned) as one,
            paper(tmp_path, clock, account, feed="x.csv", balance=owned) as other,
        ):
            await place(one, "t-1", "buy", "limit", "2", price="100.5", take_profit="93", stop_loss="91.5")
            await place(other, "t-2", "sell", "stop", "1", stop_price="92")
            for look in range(looks):
                clock.move(seconds=300 / looks)
                await (one, other)[look % 2].account()
            fills = await one.fills("X/USDT", since=0)
            seen.append(([(fill.client_id, fill.price, fill.at) for fill in fills], (await other.account()).equity))

    assert seen[0] == seen[1]
    assert len(seen[0][0]) >= 2


async def test_longer_candles_are_put_together(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(TEXT)
    clock = Clock()
    clock.move(minutes=3)
    async with paper(tmp_path, clock, feed="x.csv") as venue:
        two = await venue.candles("X/USDT", "2m", bars=5)
        with pytest.raises(NodeError) as raised:
            await venue.candles("X/USDT", "90s", bars=5)

    assert (two["high"].tolist(), two["volume"].tolist()) == ([103], [20])
    assert raised.value.code == "not_supported"


async def test_parquet_is_read_as_csv_is(tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    polars.read_csv(TEXT.encode()).write_parquet(tmp_path / "x.parquet")
    (tmp_path / "x.csv").write_text(TEXT)
    clock = Clock()
    clock.move(minutes=9)
    told = []
    for name in ("x.csv", "x.parquet"):
        async with paper(tmp_path, clock, name, feed=name) as venue:
            candles = await venue.candles("X/USDT", "1m", bars=9)
            told.append({name: candles[name].tolist() for name in ("time", "open", "close", "volume")})

    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("feed", "content", "code"),
    [
        ("x.csv", HEADER + "2026-01-05T12:00:00Z,100,102,99,NaN,10\n", "not_a_number"),
        ("x.csv", HEADER + "2026-01-05T12:00:00Z,100,98,99,100,10\n", "high_below"),
        ("x.csv", HEADER + "2026-01-05T12:00:00Z,100\n", "not_candles"),
        ("x.csv", HEADER, "not_candles"),
        ("prices.xml", "", "bad_settings"),
        ("../x.csv", "", "outside_workspace"),
    ],
)
async def test_a_file_that_cannot_be_right_is_refused(tmp_path: Path, feed: str, content: str, code: str) -> None:
    if not feed.startswith(".."):
        (tmp_path / feed).write_text(content)

    with pytest.raises(NodeError) as raised:
        async with paper(tmp_path, Clock(), feed=feed):
            pass

    assert raised.value.code == code


async def test_a_file_is_streamed_as_its_bars_are_over(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(TEXT)
    clock = Clock()
    async with paper(tmp_path, clock, feed="x.csv", clock="bars", pace="1ms") as venue:
        clock.move(milliseconds=2)
        stream = venue.stream("candles", "X/USDT")
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        clock.move(milliseconds=2)
        told = [await waiting, await anext(stream)]
        await stream.aclose()

    assert [(one["close"], one["closed"]) for one in told] == [(91, True), (94, True)]
