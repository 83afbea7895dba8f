"""What bars bring of their market is kept with them, so that nobody is asked for it when they are tested over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import numpy
import pytest

from tests.packs.trading.ccxt.binance_server import MINUTE, BinanceServer, binance
from tests.service.backtests.bars import buys_low_sells_high
from treadle.packs.trading.simulated.listing import LISTED
from treadle.packs.trading.venue.market_data import Market
from treadle.service.backtests.data.cache import BarCache
from treadle.service.backtests.data.downloading import Downloading
from treadle.service.backtests.data.kept import KeptBars
from treadle.service.backtests.data.markets import open_market
from treadle.service.backtests.data.source import MarketSource
from treadle.service.backtests.history import History, read_history
from treadle.service.backtests.request import BacktestRequest
from treadle.service.settings import Settings

BEGIN = 1_704_067_200_000
SOURCE = MarketSource("binance", "BTC/USDT", "1m")


@pytest.fixture
async def server() -> AsyncIterator[BinanceServer]:
    async with binance() as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(Settings(), workspace=str(tmp_path), allow_private_network=True)


@pytest.fixture
def kept(settings: Settings) -> KeptBars:
    return BarCache(settings).of(SOURCE)


def put(kept: KeptBars, *closes: float) -> None:
    time = BEGIN + numpy.arange(len(closes)) * kept.length
    close = numpy.array(closes)
    columns = {"time": time, **dict.fromkeys(("open", "high", "low", "close"), close), "volume": close * 0 + 1}
    kept.append(columns, since=BEGIN, until=BEGIN + len(closes) * kept.length)


def read(settings: Settings, source: str = "binance:BTC/USDT@1m") -> History:
    return read_history(BacktestRequest(buys_low_sells_high(), {"BTC/USDT": source}), settings)


async def test_the_rules_of_a_market_are_kept_with_its_bars_and_read_without_anybody_being_asked(
    server: BinanceServer, kept: KeptBars, settings: Settings
) -> None:
    given = {"urls": server.urls, "rate": 1.0}
    async with open_market(SOURCE, settings, lambda: datetime.now(UTC), options=given) as market:
        told = await market.rules()
        await Downloading(market, kept, server.now).fetch(BEGIN, BEGIN + 5 * MINUTE)
    server.asked.clear()

    history = read(settings)

    assert history.markets == {"BTC/USDT": told}
    assert (told.taker, told.tick) == (Decimal("0.001"), Decimal("0.01"))
    assert told.min_notional is not None
    assert not history.warnings
    assert not server.asked


def test_bars_that_were_kept_without_their_rules_say_so_and_how_to_get_them(kept: KeptBars, settings: Settings) -> None:
    put(kept, 100, 101)

    history = read(settings)

    assert history.markets == {}
    (issue,) = history.warnings
    assert (issue.code, issue.severity) == ("no_market_rules", "warning")
    assert "`treadle bars download binance BTC/USDT 1m`" in issue.message


def test_rules_that_cannot_be_read_count_as_none(kept: KeptBars, settings: Settings) -> None:
    put(kept, 100, 101)
    (kept.folder / "market.json").write_text('{"symbol": "BTC/USDT", "base": "BTC", "quote": "USDT", "tick": "0"}')

    assert [issue.code for issue in read(settings).warnings] == ["no_market_rules"]


def test_older_bars_of_a_simulated_market_know_its_rules(settings: Settings) -> None:
    put(BarCache(settings).of(MarketSource("simulated-7", "BTC/USDT", "1m")), 100, 101)

    history = read(settings, "simulated-7:BTC/USDT@1m")

    assert history.markets == {"BTC/USDT": LISTED["BTC/USDT"].market}
    assert not history.warnings


@pytest.mark.parametrize(("last", "tick"), [(101.5, "0.5"), (101.25, "0.05"), (101.237, "0.0005")])
def test_prices_that_are_finer_than_the_market_is_quoted_in_now_are_kept_to(
    kept: KeptBars, settings: Settings, last: float, tick: str
) -> None:
    put(kept, 100, 101, last)
    kept.keep_market(Market("BTC/USDT", "BTC", "USDT", tick=Decimal("0.5")))

    history = read(settings)

    assert history.markets["BTC/USDT"].tick == Decimal(tick)
    assert [issue.code for issue in history.warnings] == ([] if tick == "0.5" else ["finer_prices"])
