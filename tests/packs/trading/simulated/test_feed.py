"""The simulated markets: the same whenever and however they are asked, and consistent in themselves."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from decimal import Decimal
from typing import Any

import numpy
import pytest

from treadle.errors import NodeError
from treadle.packs.trading.bars import read_bars
from treadle.packs.trading.paper.feed import Feed
from treadle.packs.trading.simulated.feed import SimulatedFeed, open_simulated
from treadle.packs.trading.simulated.listing import LISTED, symbols_at
from treadle.packs.trading.simulated.ticks import Ticks, ticks_of

NOW = 1_795_000_123_456
EVERY = [*LISTED, "BTC-UP-2026-11:YES", "ETH-UP-2026-11:NO"]
PRICES = ("open", "high", "low", "close", "volume")


def feed(place: str = "", seed: int = 1, step: int = 1_000, now: int = NOW) -> SimulatedFeed:
    return SimulatedFeed(seed=seed, place=place, step=step, clock=lambda: now)


async def candles(of: Feed, symbol: str, timeframe: str, bars: int, **more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"until": None, "closed_only": True, **more}
    return dict(await of.candles(symbol, timeframe, given.pop("at", NOW), bars=bars, **given))


@pytest.mark.parametrize("symbol", EVERY)
async def test_candles_pass_every_check_and_a_long_one_is_its_short_ones(symbol: str) -> None:
    hours = read_bars(await candles(feed(), symbol, "1h", 48))
    minutes = read_bars(await candles(feed(), symbol, "1m", 49 * 60, until=int(hours["time"][-1]) + 3_600_000))

    within = {name: minutes[name][-48 * 60 :].reshape(48, 60) for name in PRICES}
    assert (hours["open"] == within["open"][:, 0]).all()
    assert (hours["close"] == within["close"][:, -1]).all()
    assert (hours["high"] == within["high"].max(axis=1)).all()
    assert (hours["low"] == within["low"].min(axis=1)).all()
    assert numpy.allclose(hours["volume"], within["volume"].sum(axis=1), rtol=1e-12)


@pytest.mark.parametrize("place", ["", "alpha"])
@pytest.mark.parametrize("symbol", EVERY)
async def test_a_minute_is_its_seconds(symbol: str, place: str) -> None:
    minutes = await candles(feed(place), symbol, "1m", 30)
    seconds = await candles(feed(place), symbol, "1s", 30 * 60, until=int(minutes["time"][-1]) + 60_000)

    within = {name: seconds[name].reshape(30, 60) for name in PRICES}
    assert (minutes["high"] == within["high"].max(axis=1)).all()
    assert (minutes["low"] == within["low"].min(axis=1)).all()
    assert (minutes["open"] == within["open"][:, 0]).all()
    assert (minutes["close"] == within["close"][:, -1]).all()
    assert numpy.allclose(minutes["volume"], within["volume"].sum(axis=1), rtol=1e-12)


async def test_candles_do_not_depend_on_how_many_are_asked_for() -> None:
    many, few = await candles(feed(), "BTC/USDT", "15m", 3_000), await candles(feed(), "BTC/USDT", "15m", 7)

    assert all((many[name][-7:] == few[name]).all() for name in ("time", *PRICES))


async def test_a_bar_that_runs_ends_where_the_price_is() -> None:
    quote = await feed().quote("BTC/USDT", NOW)

    running = await candles(feed(), "BTC/USDT", "4h", 2, closed_only=False)

    assert Decimal(str(running["close"][-1])) == quote.last
    assert running["time"][-1] <= NOW < running["time"][-1] + 4 * 3_600_000


async def test_what_is_known_of_a_bar_is_not_taken_back_when_it_is_over() -> None:
    at = NOW - NOW % 60_000
    over = await candles(feed(), "ETH/USDT", "1m", 1, at=at + 60_000)

    for later in range(0, 60_000, 7_000):
        running = await candles(feed(), "ETH/USDT", "1m", 1, at=at + later, closed_only=False)
        assert running["open"] == over["open"]
        assert running["high"] <= over["high"]
        assert running["low"] >= over["low"]
        assert running["volume"] <= over["volume"]


async def test_closed_bars_were_over_when_they_are_told() -> None:
    for at in (NOW, NOW - NOW % 60_000, NOW - NOW % 60_000 - 1):
        bars = await candles(feed(), "BTC/USDT", "1m", 2, at=at)
        assert bars["time"][-1] + 60_000 <= at < bars["time"][-1] + 120_000


async def test_weeks_begin_on_mondays() -> None:
    bars = await candles(feed(), "BTC/USDT", "1w", 2)

    assert [numpy.datetime64(int(at), "ms").astype("datetime64[D]").item().weekday() for at in bars["time"]] == [0, 0]


async def test_bars_before_a_time_opened_before_it() -> None:
    bars = await candles(feed(), "BTC/USDT", "1h", 3, until=NOW - NOW % 3_600_000 - 3_600_000)

    assert bars["time"][-1] == NOW - NOW % 3_600_000 - 2 * 3_600_000


@pytest.mark.parametrize("symbol", EVERY)
async def test_a_quote_is_the_best_of_its_book(symbol: str) -> None:
    quote, book = await feed().quote(symbol, NOW), await feed().order_book(symbol, NOW, depth=20)

    assert (book.bids[0].price, book.asks[0].price) == (quote.bid, quote.ask)
    assert quote.bid <= quote.last <= quote.ask
    assert [level.price for level in book.bids] == sorted({level.price for level in book.bids}, reverse=True)
    assert [level.price for level in book.asks] == sorted({level.price for level in book.asks})
    market = await feed().market(symbol)
    assert market.tick is not None
    assert market.lot is not None
    assert all(
        level.price % market.tick == 0 and level.quantity % market.lot == 0 for level in (*book.bids, *book.asks)
    )


async def test_steps_are_the_same_however_they_are_asked_for() -> None:
    whole = await feed().steps("BTC/USDT", NOW - 600_000, NOW)

    first = await feed().steps("BTC/USDT", NOW - 600_000, NOW - 123_456)
    rest = await feed().steps("BTC/USDT", first.closes[-1], NOW)
    assert [*first.opens, *rest.opens] == list(whole.opens)
    assert [*first.high, *rest.high] == list(whole.high)
    assert [*first.volume, *rest.volume] == list(whole.volume)
    assert all(a == b for a, b in zip(whole.closes[:-1], whole.opens[1:], strict=True))


async def test_steps_of_a_minute_are_candles_in_ticks() -> None:
    steps = await feed(step=60_000).steps("BTC/USDT", NOW - 3_600_000, NOW)
    bars = await candles(feed(), "BTC/USDT", "1m", len(steps.opens))

    assert [price / 100 for price in steps.high] == bars["high"].tolist()


async def test_venues_part_and_come_together() -> None:
    differ = [
        (await feed("alpha").quote("BTC/USDT", at)).mid / (await feed("beta").quote("BTC/USDT", at)).mid - 1
        for at in range(NOW, NOW + 86_400_000, 300_000)
    ]

    assert max(differ) > Decimal("0.0025")
    assert min(differ) < Decimal("-0.0025")
    assert min(abs(one) for one in differ) < Decimal("0.0002")
    assert abs(sum(differ) / len(differ)) < Decimal("0.002")


async def test_a_triangle_closes_but_for_a_small_gap() -> None:
    gaps: list[Decimal] = []
    for at in range(NOW, NOW + 86_400_000, 300_000):
        btc, eth, cross = [(await feed().quote(one, at)).mid for one in ("BTC/USDT", "ETH/USDT", "ETH/BTC")]
        gaps.append(cross * btc / eth - 1)

    assert Decimal("0.001") < max(abs(gap) for gap in gaps) < Decimal("0.01")


async def test_two_symbols_keep_together() -> None:
    pair = [await candles(feed(), symbol, "1h", 2_000) for symbol in ("LTC/USDT", "BCH/USDT")]
    ratio = pair[0]["close"] / pair[1]["close"]

    assert pair[0]["close"].max() / pair[0]["close"].min() > 1.3
    assert ratio.max() / ratio.min() < 1.15


async def test_yes_and_no_are_near_1_with_gaps_now_and_then() -> None:
    sums = [
        (await feed().quote("BTC-UP-2026-11:YES", at)).ask + (await feed().quote("BTC-UP-2026-11:NO", at)).ask
        for at in range(NOW, NOW + 86_400_000, 600_000)
    ]

    assert min(sums) < Decimal("0.99")
    assert max(sums) < Decimal("1.12")
    assert abs(sum(sums) / len(sums) - 1) < Decimal("0.02")


async def test_a_prediction_market_pays_what_became_of_its_question() -> None:
    opens, settles = [
        (await candles(feed(), "BTC/USDT", "1m", 1, at=end + 60_000))["open"][0]
        for end in (1_793_491_200_000, 1_796_083_200_000)
    ]
    yes, no = [await feed().payout(f"BTC-UP-2026-11:{side}", 1_796_083_200_000) for side in ("YES", "NO")]

    assert yes == (1 if settles > opens else 0)
    assert yes is not None
    assert no == 1 - yes
    assert await feed().payout("BTC-UP-2026-11:YES", 1_796_083_199_999) is None
    assert await feed().payout("BTC/USDT", NOW) is None


async def test_a_settled_market_is_closed() -> None:
    with pytest.raises(NodeError) as refused:
        await feed().quote("BTC-UP-2026-10:YES", NOW)

    assert refused.value.code == "market_closed"
    assert not (await feed().market("BTC-UP-2026-10:YES")).is_open
    assert (await feed().market("BTC-UP-2026-11:YES")).is_open


async def test_candles_of_a_prediction_market_begin_and_end_with_it() -> None:
    bars = await candles(feed(), "BTC-UP-2026-10:YES", "1d", 100)

    assert len(bars["time"]) == 31
    assert (bars["high"] <= 0.99).all()


async def test_funding_is_paid_as_it_was_announced() -> None:
    told = await feed().funding("BTC/USDT:USDT", NOW)
    paid = await feed().payments("BTC/USDT:USDT", NOW, told.next_at)

    assert [(one.at, one.rate) for one in paid] == [(told.next_at, told.rate)]
    assert await feed().payments("BTC/USDT:USDT", told.next_at, told.next_at + 1_000) == []
    assert len(await feed().payments("BTC/USDT:USDT", NOW - 86_400_000, NOW)) == 3


async def test_funding_of_a_spot_market_is_not_supported() -> None:
    with pytest.raises(NodeError) as refused:
        await feed().funding("BTC/USDT", NOW)

    assert refused.value.code == "not_supported"


async def test_an_unknown_symbol_is_refused_with_what_is_meant() -> None:
    with pytest.raises(NodeError) as refused:
        await feed().market("BTC/USD")

    assert refused.value.code == "unknown_symbol"
    assert "BTC/USDT" in (refused.value.remedy or "")


async def test_every_symbol_that_is_told_can_be_traded() -> None:
    for symbol in symbols_at(NOW):
        assert (await feed().market(symbol)).symbol == symbol


async def test_before_the_year_2000_there_was_nothing() -> None:
    with pytest.raises(NodeError) as refused:
        await feed().quote("BTC/USDT", 900_000_000_000)

    assert refused.value.code == "stale"


@pytest.mark.parametrize("wrong", [{"seed": "x"}, {"market": "a b"}, {"market": 3}, {"step": "7s"}, {"step": 5}])
def test_settings_that_are_wrong_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(NodeError):
        open_simulated(wrong)


async def test_a_stream_of_trades_is_what_candles_are_made_of() -> None:
    now = NOW - NOW % 60_000
    clock = iter(range(now, now + 600_000, 250))
    of = SimulatedFeed(clock=lambda: next(clock))
    items: list[dict[str, Any]] = []

    async for item in of.stream("trades", "BTC/USDT"):
        if item["at"] >= now + 5_000:
            break
        items.append(item)

    (bar,) = (await candles(of, "BTC/USDT", "5s", 1, at=now + 5_000))["volume"].tolist()
    assert float(sum(item["quantity"] for item in items)) == pytest.approx(bar)
    assert len({item["id"] for item in items}) == len(items)


async def test_a_stream_of_candles_tells_each_closed_bar_once() -> None:
    now = NOW - NOW % 60_000
    clock = iter(range(now, now + 600_000, 250))
    of = SimulatedFeed(clock=lambda: next(clock))
    closed: list[int] = []

    async for item in of.stream("candles", "BTC/USDT", timeframe="1s"):
        if item["closed"]:
            closed.append(item["time"])
        if len(closed) == 5:
            break

    assert closed == [now - 1_000 + 1_000 * number for number in range(5)]


@pytest.mark.slow
def test_another_process_sees_the_same() -> None:
    program = (
        "import asyncio\n"
        "from treadle.packs.trading.simulated.feed import SimulatedFeed\n"
        f"print(asyncio.run(SimulatedFeed(seed=5, place='beta').quote('SOL/USDT:USDT', {NOW})))"
    )

    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert there.strip() == str(asyncio.run(feed("beta", seed=5).quote("SOL/USDT:USDT", NOW)))


def test_a_market_looked_at_twice_is_calculated_once() -> None:
    assert ticks_of(1, "BTC/USDT") is ticks_of(1, "BTC/USDT")
    assert isinstance(ticks_of(1, "BTC/USDT"), Ticks)
