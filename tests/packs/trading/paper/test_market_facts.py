"""What a market is to a paper account: the settings go before what came with the bars, and both are held to alike."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.packs.trading.paper.bench import Clock, paper
from treadle.errors import NodeError
from treadle.packs.trading.paper.market_facts import as_traded, market_of_bars, read_market, write_market
from treadle.packs.trading.paper.settings import PaperSettings, read_settings
from treadle.packs.trading.simulated.listing import LISTED
from treadle.packs.trading.venue.market_data import Market
from treadle.packs.trading.venue.order import OrderRequest
from treadle.service.backtests.data.arrays import BarArrays
from treadle.service.backtests.data.writing import write_bars

SPOT = LISTED["BTC/USDT"].market


def test_a_market_that_is_written_is_read_as_it_was() -> None:
    for listing in LISTED.values():
        assert read_market(json.loads(json.dumps(write_market(listing.market)))) == listing.market


@pytest.mark.parametrize("given", [None, {}, {"symbol": "X"}, {**write_market(SPOT), "lot": "-1"}])
def test_what_is_no_market_is_refused(given: Any) -> None:
    with pytest.raises(ValueError):
        read_market(given)


def test_bars_of_a_market_are_traded_by_its_rules_and_the_settings_win() -> None:
    assert market_of_bars("BTC/USDT", PaperSettings(), SPOT) == SPOT

    given = read_settings({"tick": "0.5", "lot": "0.01", "kind": "perpetual"})
    found = market_of_bars("BTC/USDT", given, SPOT)

    assert (found.tick, found.lot, found.kind) == (Decimal("0.5"), Decimal("0.01"), "perpetual")
    assert (found.taker, found.min_notional) == (SPOT.taker, SPOT.min_notional)


def test_bars_of_another_market_stand_for_one_under_its_name() -> None:
    found = market_of_bars("ETH/EUR", PaperSettings(), SPOT)

    assert (found.symbol, found.base, found.quote, found.taker) == ("ETH/EUR", "ETH", "EUR", SPOT.taker)


def test_a_market_that_is_over_by_now_is_open_where_it_has_bars() -> None:
    assert market_of_bars("BTC/USDT", PaperSettings(), replace(SPOT, is_open=False)).is_open


def test_paper_counts_in_units_of_the_base_where_a_venue_counts_in_contracts() -> None:
    swap = Market("BTC/USDT:USDT", "BTC", "USDT", "perpetual", lot=Decimal("0.01"), contract_size=Decimal("0.01"))

    found = as_traded(swap)

    assert (found.contract_size, found.lot) == (1, Decimal("0.01"))
    assert found.max_leverage > 100  # it tells of none


_ORDERS: dict[str, dict[str, Any]] = {
    "too little": {"quantity": "0.00001"},
    "less than a lot": {"quantity": "0.0000001"},
    "off the lot": {"quantity": "0.123456"},
    "too much": {"quantity": "1001"},
    "off the tick": {"quantity": "0.1", "kind": "limit", "price": "50000.005"},
    "too far above": {"quantity": "0.1", "kind": "limit", "price": "900000"},
    "too far below": {"quantity": "0.1", "kind": "limit", "price": "9000"},
    "more than there is": {"quantity": "0.5"},
    "a stop off the tick": {"quantity": "0.01", "stop_loss": "1.001"},
}


@pytest.mark.parametrize("wish", _ORDERS, ids=list(_ORDERS))
async def test_what_the_market_refuses_its_bars_refuse(tmp_path: Path, wish: str) -> None:
    clock = Clock()
    fields = {"kind": "market", **_ORDERS[wish]}
    kind = fields.pop("kind")
    order = OrderRequest("x", "BTC/USDT", "buy", kind, **{name: Decimal(one) for name, one in fields.items()})
    refused: list[tuple[str, Any]] = []
    async with paper(tmp_path, clock, "market") as market:
        candles = await market.candles("BTC/USDT", "1h", bars=3)
        columns = [candles[name] for name in ("time", "open", "high", "low", "close", "volume")]
        write_bars(BarArrays.of(*columns, timeframe="1h"), tmp_path / "bars.npz", pauses=False, market=SPOT)
        async with paper(tmp_path, clock, "bars", feed={"BTC/USDT": "bars.npz"}, timeframe="1h") as bars:
            for venue in (market, bars):
                with pytest.raises(NodeError) as found:
                    await venue.place(order)
                refused.append((found.value.code, found.value.attributes.get("rule")))

    assert refused[0] == refused[1]
