"""What goes wrong at an exchange and on the way to it: nothing is doubled, nothing is lost, the reason has a code."""

from __future__ import annotations

import asyncio
import socket
from decimal import Decimal
from typing import Any

import pytest

from tests.packs.trading.ccxt.binance_server import KEY, SECRET, BinanceServer
from tests.packs.trading.ccxt.conftest import Open
from treadle.errors import NodeError
from treadle.packs.trading.ccxt.venue import CcxtVenue
from treadle.packs.trading.venue.order import OrderRequest
from treadle.packs.trading.venue.refusal import Unsettled

D = Decimal
SYMBOL = "BTC/USDT"


def limit(client_id: str = "t-one", **fields: Any) -> OrderRequest:
    given: dict[str, Any] = {"quantity": D("0.001"), "price": D("45000"), **fields}
    return OrderRequest(client_id, SYMBOL, "buy", "limit", **given)


async def refusal_of(venue: CcxtVenue, order: OrderRequest) -> NodeError:
    with pytest.raises(NodeError) as raised:
        await venue.place(order)
    return raised.value


# The numbers that are sent


async def test_what_is_sent_is_written_out_to_the_last_digit(venue: CcxtVenue, server: BinanceServer) -> None:
    """Text all the way: 0.00012 is never 0.00011999…, and never 1.2E-4."""
    await venue.place(limit(quantity=D("0.00012"), price=D("49999.99")))

    [order] = server.book.orders
    assert (str(order.quantity), str(order.price)) == ("0.00012", "49999.99")


async def test_the_rules_are_those_of_the_filters(venue: CcxtVenue) -> None:
    market = await venue.market(SYMBOL)

    assert (market.tick, market.lot, market.min_notional) == (D("0.01"), D("0.00001"), D("5"))
    assert (market.min_quantity, market.max_quantity) == (D("0.0001"), D("9000"))
    assert (market.price_up, market.price_down) == (D("5"), D("0.2"))
    assert (market.base, market.quote, market.kind, market.taker) == ("BTC", "USDT", "spot", D("0.001"))


# Connections


async def test_a_connection_dropped_after_the_order_was_taken_is_unsettled(
    venue: CcxtVenue, server: BinanceServer
) -> None:
    await venue.market(SYMBOL)
    server.faults.drop_after_order = True

    with pytest.raises(Unsettled):
        await venue.place(limit())

    found = await venue.fetch(SYMBOL, "t-one")
    assert found is not None
    assert found.status == "open"


async def test_no_connection_at_all_means_that_nothing_was_sent(open_venue: Open) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}/api/v3"
    venue = await open_venue(urls={"public": nowhere, "private": nowhere})

    assert (await refusal_of(venue, limit())).code == "venue_unreachable"


async def test_a_connection_lost_before_the_order_left_is_no_doubt(open_venue: Open, server: BinanceServer) -> None:
    """The markets are known, the order finds no connection: it was not sent, and may be tried again."""
    venue = await open_venue()
    await venue.market(SYMBOL)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        venue._exchange.urls["api"]["private"] = f"http://127.0.0.1:{unused.getsockname()[1]}/api/v3"

    refused = await refusal_of(venue, limit())

    assert (refused.code, refused.retryable) == ("venue_unreachable", True)
    assert server.book.orders == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, {"msg": "Unknown error, please check your request or try again later."}),
        (504, {}),
        (400, {"code": -1007, "msg": "Timeout waiting for response from backend server. Status unknown."}),
        (400, {"code": -1006, "msg": "An unexpected response was received. Execution status unknown."}),
        (200, "not an order"),
    ],
)
async def test_an_exchange_that_does_not_know_either_leaves_it_unsettled(
    venue: CcxtVenue, server: BinanceServer, status: int, body: Any
) -> None:
    await venue.market(SYMBOL)
    server.faults.orders_answer.append((status, body, {}))

    with pytest.raises(Unsettled):
        await venue.place(limit())


async def test_an_order_cut_off_by_its_caller_is_found_again(venue: CcxtVenue, server: BinanceServer) -> None:
    await venue.market(SYMBOL)
    placing = asyncio.ensure_future(venue.place(limit()))
    while not server.book.orders:
        await asyncio.sleep(0)
    placing.cancel()
    await asyncio.wait([placing])

    assert (await venue.place(limit())).id == str(server.book.orders[0].id)
    assert len(server.book.orders) == 1


# What the exchange says no to


@pytest.mark.parametrize(
    ("status", "number", "words", "code"),
    [
        (400, -2010, "Account has insufficient balance for requested action.", "insufficient_balance"),
        (400, -1013, "Filter failure: NOTIONAL", "below_minimum"),
        (400, -1013, "Filter failure: LOT_SIZE", "below_minimum"),
        (400, -1013, "Filter failure: PERCENT_PRICE_BY_SIDE", "price_out_of_bounds"),
        (400, -1013, "Filter failure: MAX_POSITION", "above_maximum"),
        (400, -1013, "Filter failure: PRICE_FILTER", "off_grid"),
        (400, -1013, "Filter failure: MAX_NUM_ORDERS", "refused"),
        (400, -1013, "Market is closed.", "market_closed"),
        (400, -1111, "Precision is over the maximum defined for this asset.", "off_grid"),
        (401, -2015, "Invalid API-key, IP, or permissions for action.", "credentials_refused"),
        (400, -2014, "API-key format invalid.", "credentials_refused"),
        (400, -1022, "Signature for this request is not valid.", "credentials_refused"),
        (400, -1015, "Too many new orders; current limit is 100 orders per 10 SECOND.", "rate_limited"),
        (400, -1121, "Invalid symbol.", "unknown_symbol"),
        (400, -9999, "Something new.", "refused"),
    ],
)
async def test_every_no_has_its_code(
    venue: CcxtVenue, server: BinanceServer, status: int, number: int, words: str, code: str
) -> None:
    await venue.market(SYMBOL)
    server.faults.orders_answer.append((status, {"code": number, "msg": words}, {}))

    refused = await refusal_of(venue, limit())

    assert refused.code == code
    assert words.rstrip(".") in refused.message


async def test_credentials_that_were_good_and_are_refused_now_are_said_to_be(
    venue: CcxtVenue, server: BinanceServer
) -> None:
    """ccxt takes it for a rate limit once a key has worked."""
    await venue.account()
    server.faults.orders_answer.append((401, {"code": -2015, "msg": "Invalid API-key, IP, or permissions."}, {}))

    assert (await refusal_of(venue, limit())).code == "credentials_refused"


async def test_a_clock_that_is_off_says_how_far(venue: CcxtVenue, server: BinanceServer) -> None:
    server.faults.skew = -30_000

    refused = await refusal_of(venue, limit())

    assert refused.code == "clock_skew"
    assert abs(refused.attributes["skew_ms"] - 30_000) < 5_000
    assert "ahead of" in refused.message


async def test_the_exchanges_clock_can_be_signed_with(open_venue: Open, server: BinanceServer) -> None:
    server.faults.skew = 3_600_000
    venue = await open_venue(adjust_clock=True)

    assert (await venue.place(limit())).status == "open"


async def test_missing_credentials_are_named(open_venue: Open) -> None:
    venue = await open_venue(credentials={"api_key": KEY})

    refused = await refusal_of(venue, limit())

    assert refused.code == "credentials_refused"
    assert "`secret`" in refused.message
    assert (await venue.quote(SYMBOL)).last > 0


async def test_a_wrong_secret_is_refused_and_never_told(open_venue: Open) -> None:
    venue = await open_venue(credentials={"api_key": KEY, "secret": "a-secret-that-is-wrong"})

    refused = await refusal_of(venue, limit())

    assert refused.code == "credentials_refused"
    told = str(refused) + str(refused.to_dict())
    assert not any(part in told for part in ("a-secret-that-is-wrong", KEY, SECRET, "signature="))


# Rate limits


async def test_being_told_to_wait_keeps_the_next_from_being_sent(venue: CcxtVenue, server: BinanceServer) -> None:
    await venue.market(SYMBOL)
    server.faults.orders_answer.append(
        (429, {"code": -1003, "msg": "Too much request weight used."}, {"Retry-After": "37"})
    )
    first = await refusal_of(venue, limit())
    asked = len(server.asked)

    second = await refusal_of(venue, limit("t-two"))

    assert (first.code, first.retry_after, first.retryable) == ("rate_limited", 37.0, True)
    assert second.code == "rate_limited"
    assert second.retry_after is not None
    assert 30 < second.retry_after <= 37
    assert len(server.asked) == asked


async def test_a_ban_says_for_how_long(venue: CcxtVenue, server: BinanceServer) -> None:
    await venue.market(SYMBOL)
    until = server.now() + 120_000
    server.faults.orders_answer.append((418, {"code": -1003, "msg": f"Way too many; IP banned until {until}."}, {}))

    refused = await refusal_of(venue, limit())

    assert refused.code == "rate_limited"
    assert refused.retry_after is not None
    assert 100 < refused.retry_after <= 120


async def test_what_others_of_this_address_have_used_counts(open_venue: Open, server: BinanceServer) -> None:
    server.weight = 5_990
    venue = await open_venue(patience=0)
    await venue.market(SYMBOL)

    with pytest.raises(NodeError) as raised:
        await venue.order_book(SYMBOL, depth=1000)

    assert raised.value.code == "rate_limited"


# Fills


async def test_fills_told_twice_and_backwards_are_one_each_and_in_order(
    venue: CcxtVenue, server: BinanceServer
) -> None:
    order = await venue.place(limit(quantity=D("0.004")))
    for _ in range(4):
        server.fill(order.client_id, D("0.001"))
    server.faults.double_fills = server.faults.reverse_fills = True

    found = await venue.fetch(SYMBOL, order.client_id)
    fills = await venue.fills(SYMBOL, since=0)

    assert found is not None
    assert [fill.sequence for fill in found.fills] == sorted(fill.sequence for fill in found.fills)
    assert [fill.id for fill in fills] == [fill.id for fill in found.fills]
    assert sum(fill.quantity for fill in fills) == D("0.004")
    assert {fill.client_id for fill in fills} == {order.client_id}


async def test_fills_of_orders_of_another_process_carry_our_id(open_venue: Open, server: BinanceServer) -> None:
    first, second = await open_venue(), await open_venue()
    order = await first.place(limit())
    server.fill(order.client_id, D("0.001"))

    [fill] = await second.fills(SYMBOL, since=0)

    assert (fill.client_id, fill.order_id, fill.is_maker) == (order.client_id, order.id, True)
    assert (fill.fee, fill.fee_asset) == (D("0.000001"), "BTC")


async def test_an_order_filled_while_it_is_cancelled_is_filled(venue: CcxtVenue, server: BinanceServer) -> None:
    order = await venue.place(limit())
    server.faults.answers.append((200, server.book.orders[0].told(), {}))
    server.fill(order.client_id, D("0.001"))

    assert (await venue.cancel(SYMBOL, order.client_id)).status == "filled"


# Stops


@pytest.mark.parametrize(
    ("kind", "price", "theirs"),
    [
        ("stop", None, "STOP_LOSS"),
        ("stop_limit", D("44900"), "STOP_LOSS_LIMIT"),
        ("take_profit", None, "TAKE_PROFIT"),
        ("take_profit_limit", D("55100"), "TAKE_PROFIT_LIMIT"),
    ],
)
async def test_stops_are_kept_at_the_exchange(
    venue: CcxtVenue, server: BinanceServer, kind: Any, price: D | None, theirs: str
) -> None:
    stop = D("45000") if "stop" in kind else D("55000")

    order = await venue.place(OrderRequest("t-s", SYMBOL, "sell", kind, D("0.001"), price, stop_price=stop))

    assert (server.book.orders[0].kind, server.book.orders[0].stop) == (theirs, stop)
    assert (order.kind, order.status, order.stop_price) == (kind, "open", stop)
    found = (await venue.open_orders(SYMBOL))[0]
    assert (found.kind, found.stop_price) == (kind, stop)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"reduce_only": True}, "reduce_only"),
        ({"stop_loss": D("44000")}, "stop-loss"),
        ({"group": "g"}, "cancel each other"),
    ],
)
async def test_what_the_exchange_cannot_keep_to_is_refused_by_name(
    venue: CcxtVenue, server: BinanceServer, fields: dict[str, Any], named: str
) -> None:
    refused = await refusal_of(venue, limit(**fields))

    assert refused.code == "not_supported"
    assert named in refused.message
    assert server.book.orders == []


# Settings and addresses


async def test_settings_are_refused_all_at_once(open_venue: Open) -> None:
    with pytest.raises(NodeError) as raised:
        await open_venue(sandbx=True, type="margin", timeout=0)

    assert raised.value.code == "invalid_settings"
    assert all(word in raised.value.message for word in ("sandbx", "`sandbox`", "type", "timeout"))


async def test_an_address_of_this_network_is_refused_unless_the_operator_allows_it(
    open_venue: Open, server: BinanceServer
) -> None:
    venue = await open_venue(private=False)

    with pytest.raises(NodeError) as raised:
        await venue.quote(SYMBOL)

    assert raised.value.code == "private_address"
    assert server.asked == []


async def test_equity_counts_what_each_asset_is_worth(venue: CcxtVenue) -> None:
    account = await venue.account()

    assert account.currency == "USDT"
    assert account.balance == D("100000")
    assert account.equity == D("100000") + 2 * D("50000.05")
