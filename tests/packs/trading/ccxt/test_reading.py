"""What ccxt tells of perpetuals and of exchanges other than Binance, as our records. Shapes are those of its manual."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from treadle.errors import NodeError
from treadle.node import Permissions
from treadle.packs.trading.ccxt import reading
from treadle.packs.trading.ccxt.orders import order_call
from treadle.packs.trading.ccxt.venue import CcxtVenue, open_ccxt
from treadle.packs.trading.venue.market_data import Market
from treadle.packs.trading.venue.order import OrderRequest
from treadle.packs.trading.venue.protocol import Capabilities
from treadle.packs.trading.venue.venues import Opening

D = Decimal
TICK_SIZE, DECIMAL_PLACES, SIGNIFICANT_DIGITS = 4, 2, 3


def given(**more: Any) -> dict[str, Any]:
    market = {
        "symbol": "ETH/USDT:USDT", "base": "ETH", "quote": "USDT", "type": "swap", "contract": True, "active": True,
        "contractSize": "0.1", "maker": "0.0002", "taker": "0.0005",
        "precision": {"amount": "1", "price": "0.01"},
        "limits": {"amount": {"min": "1", "max": None}, "cost": {"min": "5"}, "leverage": {"max": "50"}},
    }  # fmt: skip
    return {**market, **more}


def test_contracts_are_told_in_base() -> None:
    market = reading.read_market(given(), precision_mode=TICK_SIZE)

    assert (market.kind, market.lot, market.min_quantity) == ("perpetual", D("0.1"), D("0.1"))
    assert (market.tick, market.min_notional, market.max_leverage) == (D("0.01"), D(5), D(50))


@pytest.mark.parametrize(
    ("mode", "price", "tick"),
    [(TICK_SIZE, "0.5", D("0.5")), (DECIMAL_PLACES, "3", D("0.001")), (SIGNIFICANT_DIGITS, "5", None)],
)
def test_a_tick_is_read_in_each_of_ccxts_ways(mode: int, price: str, tick: D | None) -> None:
    market = reading.read_market(given(precision={"price": price, "amount": price}), precision_mode=mode)

    assert market.tick == tick


def test_an_order_is_sent_in_contracts() -> None:
    market = reading.read_market(given(), precision_mode=TICK_SIZE)
    order = OrderRequest("t-1", market.symbol, "sell", "limit", D("2.5"), D("3000.10"), reduce_only=True)

    call = order_call("binance", order, market, Capabilities(reduces_only=True))

    assert call.arguments == (market.symbol, "limit", "sell", "25", "3000.10")
    assert call.params == {"clientOrderId": "t-1", "reduceOnly": True}


def test_small_numbers_are_written_out() -> None:
    market = Market("PEPE/USDT", "PEPE", "USDT", tick=D("1E-8"), lot=D(1))
    order = OrderRequest("t-1", market.symbol, "buy", "limit", D(1_000_000), D("0.00000012"))

    assert order_call("binance", order, market, Capabilities()).arguments[3:] == ("1000000", "0.00000012")


def test_a_short_position_is_negative() -> None:
    told = {"symbol": "ETH/USDT:USDT", "side": "short", "contracts": "30", "entryPrice": "3000", "markPrice": "2900",
            "unrealizedPnl": "300", "liquidationPrice": "4000"}  # fmt: skip

    position = reading.read_position(told, size=D("0.1"))

    assert position is not None
    assert (position.quantity, position.profit, position.liquidation) == (D(-3), D(300), D(4000))
    assert reading.read_position({**told, "contracts": "0"}, size=D(1)) is None


def test_funding_is_told_with_its_hours() -> None:
    told = {"fundingRate": "0.0001", "fundingTimestamp": 1_700_000_000_000, "interval": "4h"}

    assert reading.read_funding(told, "X")[1:] == (D("0.0001"), 1_700_000_000_000, 4)


@pytest.mark.parametrize(
    ("status", "filled", "ours"),
    [("open", "0", "open"), ("open", "1", "partly_filled"), ("closed", "2", "filled"), ("open", "2", "filled"),
     ("canceled", "1", "cancelled"), ("closed", "1", "cancelled"), ("expired", "0", "expired")],
)  # fmt: skip
def test_what_became_of_an_order_is_told_in_one_way(status: str, filled: str, ours: str) -> None:
    order = reading.read_order({"status": status, "amount": "2", "filled": filled, "price": "5"}, size=D(1))

    assert order.status == ours


def test_books_are_sorted_as_numbers() -> None:
    told = {"bids": [["9.5", "1"], ["10.5", "1"]], "asks": [["11.5", "1"], ["100", "1"], ["12", "0"]], "timestamp": 1}

    book = reading.read_book(told, "X", depth=5, size=D(1), now=0)

    assert [level.price for level in book.bids] == [D("10.5"), D("9.5")]
    assert [level.price for level in book.asks] == [D("11.5"), D(100)]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "", None, "x", True])
def test_what_is_no_number_is_none(value: Any) -> None:
    assert reading.number(value) is None


async def venue_of(name: str, **settings: Any) -> CcxtVenue:
    fields = {"api_key": "key-of-tests", "secret": "secret-of-tests", "password": "p", "uid": "u"}
    venue = await open_ccxt(Opening(name, "", fields, settings, Permissions(), lambda: datetime.now(UTC)))
    market = given(symbol="ETH/USDT", contract=False, spot=True, type="spot", contractSize=None)
    venue._exchange.markets = {"ETH/USDT": {**market, "precision": {"amount": "0.001", "price": "0.01"}}}
    return venue


@pytest.mark.parametrize(
    ("name", "says"), [("gate", "max_slippage"), ("luno", "takes no ids")]
)  # fmt: skip
async def test_what_could_go_wrong_at_an_exchange_is_not_tried(name: str, says: str) -> None:
    venue = await venue_of(name)
    with pytest.raises(NodeError, match=says) as raised:
        await venue.place(OrderRequest("t-1", "ETH/USDT", "buy", "market", D("0.01")))
    await venue.aclose()

    assert raised.value.code == "not_supported"


@pytest.mark.parametrize(
    ("name", "settings", "host"),
    [("binance", {}, "testnet.binance.vision"), ("binance", {"type": "swap"}, "demo-fapi.binance.com"),
     ("bybit", {}, "api-testnet")],
)  # fmt: skip
async def test_the_sandbox_is_another_address(name: str, settings: dict[str, Any], host: str) -> None:
    venue = await open_ccxt(Opening(name, "", {"sandbox": "true"}, settings, Permissions(), lambda: datetime.now(UTC)))
    urls = str(venue._exchange.urls["api"])
    await venue.aclose()

    assert host in urls


async def test_an_exchange_without_a_sandbox_says_so() -> None:
    with pytest.raises(NodeError, match="no testnet"):
        await open_ccxt(Opening("kraken", "", {}, {"sandbox": True}, Permissions(), lambda: datetime.now(UTC)))
