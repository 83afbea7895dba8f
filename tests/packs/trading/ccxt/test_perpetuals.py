"""Perpetuals at Binance through the real ccxt client: the promises of a venue, positions, margin, funding, orders that
only reduce, and stops that become other orders when they are set off."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from tests.packs.fake_context import FakeContext
from tests.packs.trading.ccxt.binance_futures import FuturesServer, futures
from tests.packs.trading.ccxt.calling import call
from tests.packs.trading.ccxt.conftest import Open
from treadle.errors import NodeError
from treadle.packs.trading.ccxt.venue import CcxtVenue
from treadle.packs.trading.orders.reconcile import reconcile
from treadle.packs.trading.venue.order import Order, OrderRequest
from treadle.testing.venue_contract import Bench, VenueContract

D = Decimal
SYMBOL = "BTC/USDT:USDT"
SWAP: dict[str, Any] = {"type": "swap"}


@pytest.fixture
async def server() -> AsyncIterator[FuturesServer]:
    async with futures() as server:
        yield server


@pytest.fixture
async def venue(open_venue: Open) -> CcxtVenue:
    return await open_venue(**SWAP)


class FuturesBench(Bench):
    symbol = SYMBOL

    def __init__(self, venue: CcxtVenue, server: FuturesServer) -> None:
        super().__init__(venue)
        self._server = server

    async def fill(self, order: Order, quantity: Decimal) -> None:
        self._server.fill(order.client_id, quantity)

    async def lose_answer(self, *, taken: bool) -> None:
        await self.venue.market(self.symbol)
        self._server.faults.drop_after_order = taken
        self._server.faults.drop_before_order = not taken

    async def move(self) -> None:
        await self._server.move()


class TestPerpetualsThroughCcxt(VenueContract):
    @pytest.fixture
    def bench(self, venue: CcxtVenue, server: FuturesServer) -> Bench:
        return FuturesBench(venue, server)


def market_order(client_id: str, side: Any, quantity: str, **more: Any) -> OrderRequest:
    return OrderRequest(client_id, SYMBOL, side, "market", D(quantity), **more)


def stop(client_id: str = "t-stop", **more: Any) -> OrderRequest:
    given: dict[str, Any] = {"stop_price": D("45000"), "reduce_only": True, **more}
    return OrderRequest(client_id, SYMBOL, "sell", given.pop("kind", "stop"), D("0.01"), **given)


# Prices, positions, margin


async def test_the_best_of_the_book_is_asked_for_apart(venue: CcxtVenue) -> None:
    quote = await venue.quote(SYMBOL)

    assert (quote.bid, quote.ask, quote.last) == (D("50000"), D("50000.1"), D("50000.1"))


@pytest.mark.parametrize(("side", "held"), [("buy", "0.01"), ("sell", "-0.01")])
async def test_a_position_is_long_or_short(venue: CcxtVenue, side: str, held: str) -> None:
    await venue.place(market_order("t-in", side, "0.01"))

    (position,) = await venue.positions(SYMBOL)

    assert (position.symbol, position.quantity, position.mark) == (SYMBOL, D(held), D("50000"))
    assert position.entry == (D("50000.1") if side == "buy" else D("50000"))
    assert position.liquidation == D("21000.5")


async def test_what_positions_have_made_is_in_equity_once(venue: CcxtVenue, server: FuturesServer) -> None:
    await venue.place(market_order("t-in", "buy", "0.1"))
    server.book.markets["BTCUSDT"].mark = D("51000")

    account = await venue.account()

    assert account.profit == D("99.99")
    assert account.equity == server.book.wallet + server.book.unrealised
    assert account.balance == server.book.wallet
    assert (account.margin, account.free_margin) == (server.book.bound, account.equity - server.book.bound)


async def test_funding_is_that_of_now(venue: CcxtVenue, server: FuturesServer) -> None:
    server.book.funding = D("-0.00031")

    funding = await venue.funding(SYMBOL)

    assert (funding.rate, funding.hours) == (D("-0.00031"), 8)
    assert funding.next_at > server.now()


async def test_fees_are_what_was_paid_however_they_are_told(venue: CcxtVenue) -> None:
    order = await venue.place(market_order("t-in", "buy", "0.01"))

    assert (order.fee, order.fee_asset) == (D("0.2500005"), "USDT") or order.fills == ()
    found = await venue.fetch(SYMBOL, "t-in")
    assert found is not None
    assert (found.fee, found.fee_asset) == (D("0.2500005"), "USDT")


# Orders that only reduce


async def test_an_order_that_only_reduces_never_turns_a_position(venue: CcxtVenue, server: FuturesServer) -> None:
    await venue.place(market_order("t-in", "buy", "0.01"))

    order = await venue.place(market_order("t-out", "sell", "0.03", reduce_only=True))

    assert (order.filled, order.reduce_only) == (D("0.01"), True)
    assert order.is_final
    assert server.book.held == 0
    assert await venue.positions(SYMBOL) == []


async def test_where_there_is_nothing_to_reduce_it_is_refused(venue: CcxtVenue, server: FuturesServer) -> None:
    with pytest.raises(NodeError) as raised:
        await venue.place(market_order("t-out", "sell", "0.01", reduce_only=True))

    assert raised.value.code == "no_position"
    assert server.book.orders == []


# Conditional orders


@pytest.mark.parametrize(
    ("kind", "more", "theirs"),
    [
        ("stop", {}, "STOP_MARKET"),
        ("stop_limit", {"price": D("44900")}, "STOP"),
        ("take_profit", {"stop_price": D("55000")}, "TAKE_PROFIT_MARKET"),
        ("take_profit_limit", {"stop_price": D("55000"), "price": D("54900")}, "TAKE_PROFIT"),
    ],
)
async def test_stops_wait_apart_from_the_book(
    venue: CcxtVenue, server: FuturesServer, kind: str, more: dict[str, Any], theirs: str
) -> None:
    order = await venue.place(stop(kind=kind, **more))

    (waiting,) = server.book.waiting
    assert (waiting.given["type"], waiting.given["reduceOnly"].lower()) == (theirs, "true")
    assert (order.status, order.kind) == ("open", kind)
    assert [(one.client_id, one.kind) for one in await venue.open_orders(SYMBOL)] == [("t-stop", kind)]


@pytest.mark.parametrize("same_process", [True, False])
async def test_a_stop_that_was_set_off_is_the_order_it_became(
    open_venue: Open, server: FuturesServer, same_process: bool
) -> None:
    venue = await open_venue(**SWAP)
    await venue.place(market_order("t-in", "buy", "0.01"))
    await venue.place(stop())
    server.set_off("t-stop")
    asked = venue if same_process else await open_venue(**SWAP)

    found = await asked.fetch(SYMBOL, "t-stop")

    assert found is not None
    assert (found.client_id, found.status, found.filled, found.kind) == ("t-stop", "filled", D("0.01"), "stop")
    assert [fill.client_id for fill in found.fills] == ["t-stop"]
    assert [fill.client_id for fill in await asked.fills(SYMBOL, since=0)] == ["t-in", "t-stop"]


async def test_fills_of_a_stop_are_known_by_our_name_before_it_was_asked_for(
    open_venue: Open, server: FuturesServer
) -> None:
    venue = await open_venue(**SWAP)
    await venue.place(market_order("t-in", "buy", "0.01"))
    await venue.place(stop())
    server.set_off("t-stop")

    fills = await (await open_venue(**SWAP)).fills(SYMBOL, since=0)

    assert [fill.client_id for fill in fills] == ["t-in", "t-stop"]


async def test_a_stop_with_a_limit_can_be_cancelled_before_and_after_it_is_set_off(
    venue: CcxtVenue, server: FuturesServer
) -> None:
    for name in ("t-before", "t-after"):
        await venue.place(stop(name, kind="stop_limit", price=D("44900")))
    server.set_off("t-after")

    answers = [await venue.cancel(SYMBOL, name) for name in ("t-before", "t-after")]

    assert [order.status for order in answers] == ["cancelled", "cancelled"]
    assert [one.status for one in server.book.waiting] == ["CANCELED", "TRIGGERED"]
    assert [one.status for one in server.book.orders] == ["CANCELED"]


async def test_a_stop_that_would_be_set_off_at_once_is_refused(venue: CcxtVenue, server: FuturesServer) -> None:
    with pytest.raises(NodeError) as raised:
        await venue.place(stop(stop_price=D("51000")))

    assert raised.value.code == "price_out_of_bounds"
    assert server.book.waiting == []


# Through the nodes


async def test_a_bot_goes_short_guards_itself_and_gets_out(ctx: FakeContext, server: FuturesServer) -> None:
    given = {"side": "sell", "size": "0.01", "stop_loss": "52000", "take_profit": "45000"}
    told = await call(ctx, server, "order.market", symbol=SYMBOL, settings=SWAP, **given)

    assert (told["status"], server.book.held) == ("filled", D("-0.01"))
    assert sorted(one.given["type"] for one in server.book.waiting) == ["STOP_MARKET", "TAKE_PROFIT_MARKET"]
    assert {one.given["reduceOnly"].lower() for one in server.book.waiting} == {"true"}

    (target,) = [one for one in server.book.waiting if one.given["type"] == "TAKE_PROFIT_MARKET"]
    server.set_off(target.client_id)
    await call(ctx, server, "order.await", symbol=None, settings=SWAP, order=told["order"])

    assert server.book.held == 0
    assert {one.given["type"]: one.status for one in server.book.waiting} == {
        "STOP_MARKET": "CANCELED",
        "TAKE_PROFIT_MARKET": "FINISHED",
    }
    kept = {one["kind"]: one["status"] for one in await ctx.records.list("order")}
    assert kept == {"market": "filled", "stop": "cancelled", "take_profit": "filled"}
    assert await reconcile(ctx) == []  # type: ignore[arg-type]


async def test_closing_a_position_only_reduces_it(ctx: FakeContext, server: FuturesServer) -> None:
    await call(ctx, server, "order.market", symbol=SYMBOL, settings=SWAP, side="sell", size="0.01")

    await call(ctx, server, "order.close", symbol=SYMBOL, settings=SWAP)

    assert server.book.held == 0
    assert server.book.orders[-1].reduces


@pytest.mark.parametrize(("leverage", "is_taken"), [(1, False), (5, True)])
async def test_what_an_order_takes_goes_by_the_leverage_that_is_set(
    ctx: FakeContext, server: FuturesServer, leverage: int, is_taken: bool
) -> None:
    server.book.leverage = D(leverage)
    given = {"symbol": SYMBOL, "settings": {**SWAP, "leverage": leverage}, "side": "buy", "size": "4"}

    if is_taken:
        await call(ctx, server, "order.market", **given)
    else:
        with pytest.raises(NodeError) as raised:
            await call(ctx, server, "order.market", **given)
        assert raised.value.code == "insufficient_balance"

    assert server.book.held == (4 if is_taken else 0)


async def test_a_lost_answer_to_a_stop_is_settled_where_stops_are_kept(ctx: FakeContext, server: FuturesServer) -> None:
    given = {"symbol": SYMBOL, "settings": SWAP, "side": "sell", "size": "0.01"}
    await call(ctx, server, "order.market", **given)
    server.faults.drop_after_order = True

    told = await call(ctx, server, "order.stop", **{**given, "side": "buy"}, stop_price="52000", reduce_only=True)

    assert told["status"] == "open"
    assert len(server.book.waiting) == 1


async def test_a_stop_is_moved_by_another_in_its_place(ctx: FakeContext, server: FuturesServer) -> None:
    """What waits apart is not changed there: it is cancelled first, so that there is one at most."""
    given = {"symbol": SYMBOL, "settings": SWAP, "size": "0.01"}
    await call(ctx, server, "order.market", side="buy", **given)
    told = await call(ctx, server, "order.stop", side="sell", stop_price="45000", reduce_only=True, **given)

    moved = await call(ctx, server, "order.modify", symbol=None, settings=SWAP, order=told["order"], stop_price="46000")

    assert moved["status"] == "open"
    assert [(one.status, one.given["triggerPrice"]) for one in server.book.waiting] == [
        ("CANCELED", "45000"),
        ("NEW", "46000"),
    ]


async def test_nodes_tell_of_positions_and_funding(ctx: FakeContext, server: FuturesServer) -> None:
    await call(ctx, server, "order.market", symbol=SYMBOL, settings=SWAP, side="sell", size="0.01")

    held = await call(ctx, server, "market.positions", symbol=SYMBOL, settings=SWAP)
    funding = await call(ctx, server, "market.funding", symbol=SYMBOL, settings=SWAP)
    account = await call(ctx, server, "market.account", symbol=None, settings=SWAP)

    assert [str(one["quantity"]) for one in held["positions"]] == ["-0.01"]
    assert funding["rate"] == D("0.01")
    assert account["equity"] == server.book.wallet + server.book.unrealised


async def test_limits_count_a_short_position_by_what_it_is_worth(ctx: FakeContext, server: FuturesServer) -> None:
    given = {"symbol": SYMBOL, "settings": SWAP, "side": "sell", "size": "0.02"}
    limits = {"max_position_notional": 1_500}
    await call(ctx, server, "order.market", limits=limits, **given)

    with pytest.raises(NodeError) as raised:
        await call(ctx, server, "order.market", limits=limits, **given)

    assert raised.value.code == "risk_limit"
    assert server.book.held == D("-0.02")
