"""Several timeframes at one time: a bar is known when it is over, and longer ones are those that the market tells."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from treadle.packs.trading.paper.bar_feed import FileFeed
from treadle.packs.trading.paper.settings import PaperSettings
from treadle.service.backtests.data.arrays import BarArrays
from treadle.service.backtests.data.joining import closes_of, join, known_at, known_joined

BEGIN = 1_704_067_200_000
MINUTE, HOUR = 60_000, 3_600_000


def bars(times: list[int], timeframe: str, prices: list[float] | None = None) -> BarArrays:
    closes = prices or [100.0 + at for at in range(len(times))]
    return BarArrays.of(times, closes, [p + 1 for p in closes], [p - 1 for p in closes], closes, timeframe=timeframe)


def test_a_bar_of_four_hours_is_known_when_it_is_over() -> None:
    long = bars([BEGIN, BEGIN + 4 * HOUR, BEGIN + 8 * HOUR], "4h")
    asked = [BEGIN, BEGIN + 4 * HOUR - 1, BEGIN + 4 * HOUR, BEGIN + 7 * HOUR, BEGIN + 8 * HOUR, BEGIN + 99 * HOUR]

    assert known_at(long, asked).tolist() == [0, 0, 1, 1, 2, 3]


def test_after_a_hole_a_bar_is_known_at_its_own_end() -> None:
    holed = bars([BEGIN, BEGIN + 5 * HOUR], "1h")

    assert closes_of(holed).tolist() == [BEGIN + HOUR, BEGIN + 6 * HOUR]


def test_minutes_are_put_together_to_hours() -> None:
    short = bars([BEGIN + at * MINUTE for at in range(150)], "1m")

    joined = join(short, "1h")

    assert joined.time.tolist() == [BEGIN, BEGIN + HOUR]  # the third is not over
    assert (joined.open.tolist(), joined.close.tolist()) == ([100, 160], [159, 219])
    assert (joined.high.tolist(), joined.low.tolist()) == ([160, 220], [99, 159])


def test_what_is_no_multiple_cannot_be_put_together() -> None:
    with pytest.raises(ValueError, match="cannot be put together to 1h"):
        join(bars([BEGIN, BEGIN + 7 * MINUTE], "7m"), "1h")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 300), min_size=2, max_size=80, unique=True).map(sorted),
    st.lists(st.integers(8_000, 12_000), min_size=80, max_size=80),
    st.integers(0, 310 * 60),
)
def test_the_market_tells_the_same_longer_bars_and_nothing_that_is_to_come(
    minutes: list[int], cents: list[int], second: int
) -> None:
    """Alignment without look-ahead, against the feed that bots on paper see; with whatever holes."""
    times = [BEGIN + at * MINUTE for at in minutes]
    short = bars(times, "1m", [cents[at] / 100 for at in range(len(times))])
    now = BEGIN + second * 1_000

    known = int(known_joined(short, "1h", [now])[0])
    joined = join(short, "1h")
    told = _told(short, now)

    assert told["time"].tolist() == joined.time[:known].tolist()
    assert told["close"].tolist() == joined.close[:known].tolist()
    assert told["high"].tolist() == joined.high[:known].tolist()
    assert all(at + HOUR <= now or at + HOUR <= int(short.time[int(known_at(short, [now])[0]) - 1]) + HOUR
               for at in told["time"].tolist())  # fmt: skip
    # The same is told when nothing that comes later is there at all.
    part = short.cut(0, int(known_at(short, [now])[0]))
    if len(part):
        assert _told(part, now)["close"].tolist() == told["close"].tolist()


def _told(short: BarArrays, now: int) -> dict[str, Any]:
    given: dict[str, Any] = {**short.columns(), "timeframe": "1m", "pauses": True}
    feed = FileFeed(PaperSettings(tick="0.01"), {"BTC/USDT": given}, lambda: now)  # type: ignore[arg-type]
    told = asyncio.run(feed.candles("BTC/USDT", "1h", now, bars=10, until=None, closed_only=True))
    assert bool((numpy.diff(told["time"]) > 0).all())
    return dict(told)
