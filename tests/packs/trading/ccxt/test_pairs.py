"""Two orders as one at Binance: what is sent, what becomes of both, and the nodes on top of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.packs.fake_context import FakeContext
from tests.packs.trading.ccxt.binance_server import BinanceServer
from tests.packs.trading.ccxt.calling import call
from tests.packs.trading.ccxt.conftest import Open
from treadle.errors import NodeError
from treadle.packs.trading.ccxt.venue import CcxtVenue
from treadle.packs.trading.orders.reconcile import reconcile
from treadle.packs.trading.venue.order import OrderRequest
from treadle.packs.trading.venue.refusal import Unsettled

D = Decimal
SYMBOL = "BTC/USDT"
TARGET = OrderRequest("t-target", SYMBOL, "sell", "limit", D("0.01"), D("55000"), group="t-pair")
STOP = OrderRequest("t-stop", SYMBOL, "sell", "stop", D("0.01"), stop_price=D("45000"), group="t-pair")


def statuses(server: BinanceServer) -> dict[str, str]:
    return {order.kind: order.status for order in server.book.orders}


# What is sent


@pytest.mark.parametrize(
    ("target", "stop", "kinds"),
    [
        ({"kind": "limit"}, {"kind": "stop"}, ["LIMIT_MAKER", "STOP_LOSS"]),
        ({"kind": "limit"}, {"kind": "stop_limit", "price": D("44900")}, ["LIMIT_MAKER", "STOP_LOSS_LIMIT"]),
        (
            {"kind": "take_profit", "price": None, "stop_price": D("55000")},
            {"kind": "stop"},
            ["TAKE_PROFIT", "STOP_LOSS"],
        ),
        (
            {"kind": "take_profit_limit", "price": D("54990"), "stop_price": D("55000")},
            {"kind": "stop"},
            ["TAKE_PROFIT_LIMIT", "STOP_LOSS"],
        ),
    ],
)
async def test_they_are_one_request(
    venue: CcxtVenue, server: BinanceServer, target: dict[str, Any], stop: dict[str, Any], kinds: list[str]
) -> None:
    first, second = await venue.place_pair(replace(TARGET, **target), replace(STOP, **stop))

    assert [order.kind for order in server.book.orders] == kinds
    assert [order.client_id for order in server.book.orders] == ["t-target", "t-stop"]
    assert server.book.lists[0].client_id == "t-pair"
    assert (first.status, second.status, first.kind, second.kind) == ("open", "open", target["kind"], stop["kind"])
    assert server.asked.count("POST orderList/oco") == 1
    assert "POST order" not in server.asked


async def test_of_two_that_buy_the_stop_is_above(venue: CcxtVenue, server: BinanceServer) -> None:
    low = replace(TARGET, side="buy", price=D("45000"))
    await venue.place_pair(low, replace(STOP, side="buy", stop_price=D("55000")))

    assert [(order.kind, order.stop) for order in server.book.orders] == [
        ("STOP_LOSS", D("55000")),
        ("LIMIT_MAKER", D("0")),
    ]


@pytest.mark.parametrize(
    "change", [{"quantity": D("0.02")}, {"side": "buy"}, {"kind": "limit", "price": D("54000"), "stop_price": None}]
)
async def test_what_is_no_pair_is_refused_by_name(
    venue: CcxtVenue, server: BinanceServer, change: dict[str, Any]
) -> None:
    with pytest.raises(NodeError) as raised:
        await venue.place_pair(TARGET, replace(STOP, **change))

    assert raised.value.code == "not_supported"
    assert server.book.orders == []


async def test_prices_on_the_wrong_side_of_the_market_place_neither(venue: CcxtVenue, server: BinanceServer) -> None:
    with pytest.raises(NodeError) as raised:
        await venue.place_pair(TARGET, replace(STOP, stop_price=D("51000")))

    assert raised.value.code == "price_out_of_bounds"
    assert server.book.orders == []


async def test_both_bind_what_is_sold_once(venue: CcxtVenue, server: BinanceServer) -> None:
    everything = D("2")
    await venue.place_pair(replace(TARGET, quantity=everything), replace(STOP, quantity=everything))

    account = await venue.account()

    assert (account.balances["BTC"].total, account.balances["BTC"].free) == (D("2"), D("0"))


# What becomes of both


async def test_one_that_is_set_off_ends_the_other(venue: CcxtVenue, server: BinanceServer) -> None:
    await venue.place_pair(TARGET, STOP)
    server.trigger("t-stop")

    stop, target = await venue.fetch(SYMBOL, "t-stop"), await venue.fetch(SYMBOL, "t-target")

    assert stop is not None
    assert target is not None
    assert (stop.status, target.status) == ("filled", "expired")
    assert [fill.client_id for fill in await venue.fills(SYMBOL, since=0)] == ["t-stop"]
    assert await venue.open_orders(SYMBOL) == []


async def test_to_cancel_one_is_to_cancel_both(venue: CcxtVenue, server: BinanceServer) -> None:
    await venue.place_pair(TARGET, STOP)

    answers = [await venue.cancel(SYMBOL, name) for name in ("t-target", "t-stop")]

    assert [order.status for order in answers] == ["cancelled", "cancelled"]
    assert server.asked.count("DELETE order") == 1


# The wire


async def test_an_answer_that_is_lost_leaves_both_unsettled_and_to_be_found(
    venue: CcxtVenue, server: BinanceServer
) -> None:
    await venue.market(SYMBOL)
    server.faults.drop_after_order = True

    with pytest.raises(Unsettled):
        await venue.place_pair(TARGET, STOP)

    again = await venue.place_pair(TARGET, STOP)
    assert [order.client_id for order in again] == ["t-target", "t-stop"]
    assert len(server.book.orders) == 2


async def test_a_request_that_is_lost_leaves_neither(venue: CcxtVenue, server: BinanceServer) -> None:
    await venue.market(SYMBOL)
    server.faults.drop_before_order = True

    with pytest.raises(Unsettled):
        await venue.place_pair(TARGET, STOP)

    assert await venue.fetch(SYMBOL, "t-target") is None
    assert await venue.fetch(SYMBOL, "t-stop") is None


async def test_two_that_another_process_has_sent_are_not_sent_again(open_venue: Open, server: BinanceServer) -> None:
    first, second = await open_venue(), await open_venue()
    await first.place_pair(TARGET, STOP)

    found = await second.place_pair(TARGET, STOP)

    assert [order.status for order in found] == ["open", "open"]
    assert len(server.book.orders) == 2


@pytest.mark.parametrize("answer", [{"orderListId": 1}, "no list", {"orderReports": [{"clientOrderId": "t-stop"}]}])
async def test_an_answer_that_does_not_name_both_is_no_answer(
    venue: CcxtVenue, server: BinanceServer, answer: Any
) -> None:
    await venue.market(SYMBOL)
    server.faults.orders_answer.append((200, answer, {}))

    with pytest.raises(Unsettled):
        await venue.place_pair(TARGET, STOP)


# Through the nodes


OCO: dict[str, Any] = {"side": "sell", "size": "0.01", "price": "55000", "stop_price": "45000"}


async def test_the_node_sends_one_order_list(ctx: FakeContext, server: BinanceServer) -> None:
    told = await call(ctx, server, "order.oco", **OCO)

    assert told["status"] == "open"
    assert statuses(server) == {"LIMIT_MAKER": "NEW", "STOP_LOSS": "NEW"}
    assert told["limit"]["client_id"] != told["stop"]["client_id"]


async def test_the_node_settles_a_lost_answer_by_asking(ctx: FakeContext, server: BinanceServer) -> None:
    await call(ctx, server, "order.cancel", symbol=SYMBOL)
    server.faults.drop_after_order = True

    told = await call(ctx, server, "order.oco", **OCO)

    assert told["status"] == "open"
    assert len(server.book.orders) == 2


async def test_stop_loss_and_take_profit_stand_at_the_exchange_together(
    ctx: FakeContext, server: BinanceServer
) -> None:
    await call(ctx, server, "order.market", side="buy", size="0.01", stop_loss="45000", take_profit="55000")

    assert statuses(server) == {"MARKET": "FILLED", "TAKE_PROFIT": "NEW", "STOP_LOSS": "NEW"}
    # The fee was taken in BTC: no more is sold than there is.
    assert {order.quantity for order in server.book.orders[1:]} == {D("0.00999")}


async def test_a_take_profit_that_was_filled_is_heard_of_and_ends_it(ctx: FakeContext, server: BinanceServer) -> None:
    given = {"side": "buy", "size": "0.01", "stop_loss": "45000", "take_profit": "55000"}
    told = await call(ctx, server, "order.market", **given)
    (target,) = [order for order in server.book.orders if order.kind == "TAKE_PROFIT"]
    server.trigger(target.client_id)

    await call(ctx, server, "order.await", order=told["order"], symbol=None)

    kept = {one["kind"]: one for one in await ctx.records.list("order")}
    assert kept["take_profit"]["status"] == "filled"
    assert kept["stop"]["status"] == "expired"
    assert "guarded" not in kept["market"]
    assert len([order for order in server.book.orders if order.kind == "MARKET"]) == 1


async def test_what_became_of_both_while_nobody_looked_is_put_right_at_the_start(
    ctx: FakeContext, server: BinanceServer
) -> None:
    await call(ctx, server, "order.market", side="buy", size="0.02")
    told = await call(ctx, server, "order.oco", **OCO)
    server.trigger(told["stop"]["client_id"])

    differences = await reconcile(ctx)  # type: ignore[arg-type]

    assert differences == []
    kept = {one["client_id"]: one["status"] for one in await ctx.records.list("order")}
    assert kept[told["stop"]["client_id"]] == "filled"
    assert kept[told["limit"]["client_id"]] == "expired"
