"""Past candles of an exchange, with the holes that there are."""

from __future__ import annotations

import pytest

from tests.packs.trading.ccxt.binance_server import MINUTE, BinanceServer
from treadle.errors import NodeError
from treadle.packs.trading.ccxt.venue import CcxtVenue

BEGIN = 1_704_067_200_000
SYMBOL = "BTC/USDT"


async def test_a_page_has_what_there_is(venue: CcxtVenue, server: BinanceServer) -> None:
    server.missing = {BEGIN + 3 * MINUTE}

    page = await venue.history(SYMBOL, "1m", since=BEGIN, until=BEGIN + 6 * MINUTE)

    assert [(at - BEGIN) // MINUTE for at in page["time"].tolist()] == [0, 1, 2, 4, 5]


async def test_a_long_time_is_told_by_its_first_page(venue: CcxtVenue) -> None:
    page = await venue.history(SYMBOL, "1m", since=BEGIN, until=BEGIN + 5_000 * MINUTE)

    assert page["time"].tolist() == list(range(BEGIN, BEGIN + 1_000 * MINUTE, MINUTE))


async def test_the_candle_that_still_changes_is_left_out(venue: CcxtVenue, server: BinanceServer) -> None:
    now = server.now()

    page = await venue.history(SYMBOL, "1m", since=now - 3 * MINUTE, until=now + MINUTE)

    assert int(page["time"][-1]) + MINUTE <= server.now()


async def test_before_a_market_was_listed_there_is_nothing(venue: CcxtVenue, server: BinanceServer) -> None:
    server.listed = BEGIN

    page = await venue.history(SYMBOL, "1m", since=BEGIN - 500 * MINUTE, until=BEGIN)

    assert len(page["time"]) == 0


@pytest.mark.parametrize(("symbol", "timeframe", "code"), [("NO/USDT", "1m", "unknown_symbol"),
                                                           (SYMBOL, "7m", "unknown_timeframe")])  # fmt: skip
async def test_what_the_exchange_has_not_is_refused(venue: CcxtVenue, symbol: str, timeframe: str, code: str) -> None:
    with pytest.raises(NodeError) as refused:
        await venue.history(symbol, timeframe, since=BEGIN, until=BEGIN + MINUTE)

    assert refused.value.code == code
