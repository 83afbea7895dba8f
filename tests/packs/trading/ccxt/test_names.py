"""The list of exchanges is ccxt's own."""

from __future__ import annotations

from datetime import UTC, datetime

import ccxt
import pytest

from treadle.node import Permissions
from treadle.packs.trading.ccxt import make_names
from treadle.packs.trading.ccxt.names import FOUND_BY_CLIENT_ID, NAMES, TAKES_CLIENT_ID, VERSION
from treadle.packs.trading.ccxt.venue import open_ccxt
from treadle.packs.trading.venue.venues import Opening


def test_the_names_are_those_of_ccxt() -> None:
    if ccxt.__version__ != VERSION:
        pytest.skip(f"written by ccxt {VERSION}; another is installed")

    assert make_names.write_names() == (make_names.Path(make_names.__file__).with_name("names.py")).read_text()


def test_the_great_exchanges_are_among_them() -> None:
    assert {"binance", "kraken", "okx", "bybit", "coinbase"} <= NAMES
    assert "binance" in FOUND_BY_CLIENT_ID <= TAKES_CLIENT_ID <= NAMES


async def test_every_exchange_opens_and_says_what_it_can() -> None:
    for name in sorted(NAMES - {"polymarket"}):
        venue = await open_ccxt(Opening(name, "", {}, {}, Permissions(), lambda: datetime.now(UTC)))
        assert {"market", "limit"} <= venue.capabilities.orders
        await venue.aclose()


async def test_perpetuals_have_positions_and_funding_and_reduce() -> None:
    settings = {"type": "swap"}
    venue = await open_ccxt(Opening("binance", "", {}, settings, Permissions(), lambda: datetime.now(UTC)))
    can = venue.capabilities
    await venue.aclose()

    assert all((can.has_positions, can.has_funding, can.reduces_only, can.shorts, can.modifies, can.posts_only))
    assert {"stop", "stop_limit", "take_profit", "take_profit_limit"} <= can.orders
