"""Bars of an exchange, asked for page by page at a server that speaks Binance, and kept."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy
import pytest

from tests.packs.trading.ccxt.binance_server import MINUTE, BinanceServer, binance
from treadle.errors import Conflict, NodeError
from treadle.service.backtests.data.cache import BarCache
from treadle.service.backtests.data.downloading import Downloading
from treadle.service.backtests.data.kept import About, KeptBars
from treadle.service.backtests.data.markets import open_market
from treadle.service.backtests.data.source import MarketSource
from treadle.service.settings import Settings

BEGIN = 1_704_067_200_000
SOURCE = MarketSource("binance", "BTC/USDT", "1m")
PAGE = 998


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


def _now() -> datetime:
    return datetime.now(UTC)


async def fetch(
    server: BinanceServer,
    kept: KeptBars,
    settings: Settings,
    since: int,
    until: int | None,
    *,
    now: Callable[[], int] | None = None,
    slept: list[float] | None = None,
    progress: Callable[[int, int], None] = lambda done, all: None,
    **options: Any,
) -> About:
    async def sleep(seconds: float) -> None:
        if slept is not None:
            slept.append(seconds)
        await asyncio.sleep(min(seconds, 0.5))

    given = {"urls": server.urls, "rate": 1.0, **options}
    async with open_market(kept.source, settings, _now, options=given) as market:
        return await Downloading(market, kept, now or server.now, progress, sleep).fetch(since, until)


async def test_all_bars_of_a_period_are_kept_in_pages(
    server: BinanceServer, kept: KeptBars, settings: Settings
) -> None:
    told: list[tuple[int, int]] = []

    await fetch(server, kept, settings, BEGIN, BEGIN + 2_500 * MINUTE, progress=lambda *one: told.append(one))

    bars = kept.read()
    assert bars.time.tolist() == list(range(BEGIN, BEGIN + 2_500 * MINUTE, MINUTE))
    assert bars.close[:3].tolist() == [50_000 + at // MINUTE % 7 + 1 for at in bars.time[:3].tolist()]
    assert server.asked.count("GET klines") == 4  # three pages, and where the history begins
    assert [done // MINUTE for done, _ in told] == [998, 1996, 2500]


async def test_what_is_there_is_asked_for_nowhere(server: BinanceServer, kept: KeptBars, settings: Settings) -> None:
    await fetch(server, kept, settings, BEGIN, BEGIN + 100 * MINUTE)
    server.asked.clear()

    await fetch(server, kept, settings, BEGIN + 10 * MINUTE, BEGIN + 90 * MINUTE)

    assert "GET klines" not in server.asked


async def test_a_longer_period_asks_for_what_is_missing_on_either_side(
    server: BinanceServer, kept: KeptBars, settings: Settings
) -> None:
    await fetch(server, kept, settings, BEGIN + 2_000 * MINUTE, BEGIN + 2_100 * MINUTE)
    before = kept.read()

    about = await fetch(server, kept, settings, BEGIN, BEGIN + 3_000 * MINUTE)

    bars = kept.read()
    assert bars.time.tolist() == list(range(BEGIN, BEGIN + 3_000 * MINUTE, MINUTE))
    assert (about.since, about.until, about.gaps) == (BEGIN, BEGIN + 3_000 * MINUTE, 0)
    assert len(before.time) == 100  # who had them open still has them
    assert not kept.earlier.exists


async def test_a_bar_that_is_not_over_is_not_taken(server: BinanceServer, kept: KeptBars, settings: Settings) -> None:
    now = server.now()

    await fetch(server, kept, settings, now - 10 * MINUTE, None)

    bars = kept.read()
    assert int(bars.time[-1]) + MINUTE <= server.now()
    assert int(bars.time[-1]) + 3 * MINUTE > now


async def test_what_the_exchange_has_not_got_yet_is_asked_for_again(
    server: BinanceServer, kept: KeptBars, settings: Settings
) -> None:
    newest = server.now() // MINUTE * MINUTE - MINUTE
    server.missing = {newest, newest - MINUTE}
    await fetch(server, kept, settings, newest - 10 * MINUTE, None)
    assert int(kept.read().time[-1]) == newest - 2 * MINUTE

    server.missing = set()
    await fetch(server, kept, settings, newest - 10 * MINUTE, None)

    assert newest in kept.read().time


async def test_gaps_are_kept_as_they_are_and_counted(server: BinanceServer, kept: KeptBars, settings: Settings) -> None:
    server.missing = {BEGIN + at * MINUTE for at in (5, 6, 7, 997, 998, 999, 1500)}

    about = await fetch(server, kept, settings, BEGIN, BEGIN + 2_000 * MINUTE)

    assert about.gaps == 3
    assert [(gap.row, gap.bars) for gap in kept.read().gaps()] == [(6, 3.0), (995, 3.0), (1495, 1.0)]


async def test_years_before_the_market_was_listed_are_not_walked(
    server: BinanceServer, kept: KeptBars, settings: Settings
) -> None:
    server.listed = BEGIN

    about = await fetch(server, kept, settings, BEGIN - 500_000 * MINUTE, BEGIN + 100 * MINUTE)

    assert about.first == BEGIN
    assert server.asked.count("GET klines") < 8


async def test_a_dropped_connection_is_tried_again(server: BinanceServer, kept: KeptBars, settings: Settings) -> None:
    slept: list[float] = []
    server.faults.drop_after = 3

    await fetch(server, kept, settings, BEGIN, BEGIN + 2_500 * MINUTE, slept=slept)

    assert kept.read().time.tolist() == list(range(BEGIN, BEGIN + 2_500 * MINUTE, MINUTE))
    assert len(slept) <= 1  # ccxt itself may have tried again


async def test_a_pause_that_the_exchange_asks_for_is_kept_to(
    server: BinanceServer, kept: KeptBars, settings: Settings
) -> None:
    slept: list[float] = []
    await fetch(server, kept, settings, BEGIN, BEGIN + MINUTE)
    said = {"code": -1003, "msg": "Too many requests."}
    server.faults.answers = [(200, server._info({}), {}), (429, said, {"Retry-After": "0.3"})]  # pyright: ignore

    await fetch(server, kept, settings, BEGIN, BEGIN + 100 * MINUTE, slept=slept, patience=0)

    assert len(kept.read().time) == 100
    assert slept


async def test_what_will_not_get_better_is_said_at_once(
    server: BinanceServer, kept: KeptBars, settings: Settings
) -> None:
    with pytest.raises(NodeError) as refused:
        await fetch(server, BarCache(settings).of(MarketSource("binance", "NO/USDT", "1m")), settings, BEGIN, None)

    assert refused.value.code == "unknown_symbol"


async def test_two_at_a_time_are_refused(server: BinanceServer, kept: KeptBars, settings: Settings) -> None:
    with kept.alone(), pytest.raises(Conflict) as refused:
        await fetch(server, kept, settings, BEGIN, BEGIN + MINUTE)

    assert refused.value.code == "being_downloaded"


_KILLED = """
import asyncio, os, signal, sys
from tests.service.backtests.data.test_downloading import *

async def main(url, workspace):
    server = BinanceServer()
    server.url = url
    settings = replace(Settings(), workspace=workspace, allow_private_network=True)
    kept = BarCache(settings).of(SOURCE)
    def progress(done, all):
        if done >= 1_990 * MINUTE:
            # As if it had been in the middle of writing the next page.
            with (kept.folder / "close.0.bin").open("ab") as file:
                file.write(b"half a page")
            os.kill(os.getpid(), signal.SIGKILL)
    await fetch(server, kept, settings, BEGIN, BEGIN + 5_000 * MINUTE, progress=progress)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.slow
async def test_a_killed_download_goes_on_where_it_was(
    server: BinanceServer, kept: KeptBars, settings: Settings, tmp_path: Path
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _KILLED, server.url, str(tmp_path), cwd=Path(__file__).parents[4],
        stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[4])},
    )  # fmt: skip
    assert await process.wait() == -signal.SIGKILL
    assert kept.about().count == 2 * PAGE
    server.asked.clear()

    await fetch(server, kept, settings, BEGIN, BEGIN + 5_000 * MINUTE)

    bars = kept.read()
    assert bars.time.tolist() == list(range(BEGIN, BEGIN + 5_000 * MINUTE, MINUTE))
    assert numpy.isfinite(bars.close).all()
    assert server.asked.count("GET klines") == 4  # the other three thousand
