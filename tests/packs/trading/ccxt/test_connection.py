"""What testing the profile of an exchange says: enough to know that it works, nothing that is private."""

from __future__ import annotations

import pytest

import treadle.packs.trading.market.connection as connection
from tests.packs.trading.ccxt.binance_server import KEY
from tests.packs.trading.ccxt.conftest import Open
from treadle.errors import NodeError
from treadle.node.connection import find_tester


async def test_the_sentence_names_the_assets_and_no_amounts(open_venue: Open) -> None:
    said = await connection.describe(await open_venue())

    assert said == "`binance` knows these credentials; the account holds BTC, USDT."


async def test_wrong_credentials_are_said_to_be(open_venue: Open) -> None:
    with pytest.raises(NodeError) as raised:
        await connection.describe(await open_venue(credentials={"api_key": KEY, "secret": "wrong-one"}))

    assert raised.value.code == "credentials_refused"


def test_every_exchange_has_a_test() -> None:
    assert all(find_tester(name) for name in ("binance", "kraken", "polymarket", "mt5"))
    assert find_tester("paper") is None
