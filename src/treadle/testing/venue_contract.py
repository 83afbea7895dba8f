"""What every venue promises, as tests. Subclass `VenueContract` and give it the fixture `bench`: the venue, and the
world around it as the tests move it.

    class TestMyVenue(VenueContract):
        @pytest.fixture
        async def bench(self) -> AsyncIterator[Bench]:
            async with my_server() as server:
                venue = await open_my_venue(...)
                yield MyBench(venue, server)
                await venue.aclose()

What a bench cannot bring about (`NotImplementedError`) and a venue does not claim (`capabilities`) is skipped.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import pytest

from treadle.errors import NodeError
from treadle.packs.trading.bars import milliseconds, read_bars
from treadle.packs.trading.venue.market_data import Market
from treadle.packs.trading.venue.order import Order, OrderRequest
from treadle.packs.trading.venue.protocol import Venue
from treadle.packs.trading.venue.refusal import Unsettled

_numbers = itertools.count(1)
_PATIENCE = 10.0


class Bench:
    """A venue with an account that owns some of both assets of `symbol`, whose market stands still unless moved."""

    symbol = "BTC/USDT"
    timeframe = "1m"
    binds = True
    """Whether an open order binds what it would pay: at brokers it is the position that does."""

    def __init__(self, venue: Venue) -> None:
        self.venue = venue

    async def fill(self, order: Order, quantity: Decimal) -> None:
        """Somebody trades `quantity` with this order, which rests in the book."""
        raise NotImplementedError

    async def lose_answer(self, *, taken: bool) -> None:
        """The next order reaches the venue (`taken`) or gets lost on its way, and no answer comes."""
        raise NotImplementedError

    async def move(self) -> None:
        """Something happens that the streams tell of: the quote changes, there is a trade, a candle moves on."""
        raise NotImplementedError

    async def near(self) -> Market:
        return await self.venue.market(self.symbol)


async def possible(what: Awaitable[None]) -> None:
    try:
        await what
    except NotImplementedError:
        pytest.skip("the bench cannot bring this about")


def new_client_id() -> str:
    return f"t-contract-{next(_numbers)}"


def on_grid(value: Decimal, step: Decimal | None, *, up: bool = False) -> Decimal:
    if not step:
        return value
    return (value / step).to_integral_value(ROUND_CEILING if up else ROUND_FLOOR) * step


async def sized(bench: Bench, *, times: int = 4) -> Decimal:
    """A quantity that the rules of the market allow, and a part of it too."""
    market, quote = await bench.near(), await bench.venue.quote(bench.symbol)
    least = max(market.min_quantity or Decimal(0), market.lot or Decimal(0))
    if market.min_notional:
        least = max(least, market.min_notional / (quote.bid * Decimal("0.9")))
    return on_grid(least or Decimal(1), market.lot, up=True) * times


async def resting(bench: Bench, **fields: Any) -> OrderRequest:
    """A limit to buy that nobody takes."""
    market, quote = await bench.near(), await bench.venue.quote(bench.symbol)
    price = on_grid(quote.bid * Decimal("0.95"), market.tick)
    given: dict[str, Any] = {"side": "buy", "kind": "limit", "quantity": await sized(bench), "price": price}
    return OrderRequest(new_client_id(), bench.symbol, **{**given, **fields})


async def taking(bench: Bench, **fields: Any) -> OrderRequest:
    """A market order."""
    given: dict[str, Any] = {"side": "buy", "kind": "market", "quantity": await sized(bench)}
    return OrderRequest(new_client_id(), bench.symbol, **{**given, **fields})


async def until_order(bench: Bench, client_id: str, holds: Callable[[Order], bool]) -> Order:
    """The order once it is so; what a venue does in its own time is waited for."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            order = await bench.venue.fetch(bench.symbol, client_id)
            if order is not None and holds(order):
                return order
            await asyncio.sleep(0.01)


@asynccontextmanager
async def refused(*codes: str) -> AsyncGenerator[None]:
    with pytest.raises(NodeError) as raised:
        yield
    assert raised.value.code in codes, f"`{raised.value.code}`: {raised.value.message}"
    assert raised.value.remedy


class VenueContract:
    """Each test is one promise of `treadle.packs.trading.venue.protocol.Venue`."""

    # Markets

    async def test_a_market_has_rules_that_can_be_kept(self, bench: Bench) -> None:
        market = await bench.venue.market(bench.symbol)

        for step in (market.tick, market.lot, market.contract_size):
            assert step is None or step > 0
        assert market.symbol == bench.symbol
        assert (market.min_quantity or 0) <= (market.max_quantity or Decimal("Infinity"))
        assert (market.min_notional or 0) <= (market.max_notional or Decimal("Infinity"))
        assert -1 < market.maker < 1
        assert -1 < market.taker < 1
        assert {market.base, market.quote} & {""} == set()

    async def test_the_symbols_are_all_there_is(self, bench: Bench) -> None:
        assert bench.symbol in await bench.venue.symbols()

    async def test_an_unknown_symbol_is_refused_by_name(self, bench: Bench) -> None:
        venue, unknown = bench.venue, "NOSUCH/THING"
        order = await resting(bench)

        for asked in (venue.market(unknown), venue.quote(unknown), venue.order_book(unknown)):
            async with refused("unknown_symbol"):
                await asked
        async with refused("unknown_symbol"):
            await venue.place(OrderRequest(order.client_id, unknown, "buy", "limit", order.quantity, order.price))

    async def test_a_quote_is_sane(self, bench: Bench) -> None:
        quote = await bench.venue.quote(bench.symbol)

        assert 0 < quote.bid <= quote.ask
        assert quote.last > 0
        assert quote.at > 1_000_000_000_000
        assert all(isinstance(price, Decimal) for price in (quote.bid, quote.ask, quote.last))

    async def test_a_book_has_the_best_of_each_side_first(self, bench: Bench) -> None:
        book = await bench.venue.order_book(bench.symbol, depth=5)

        bids, asks = [level.price for level in book.bids], [level.price for level in book.asks]
        assert bids == sorted(set(bids), reverse=True)
        assert asks == sorted(set(asks))
        assert 0 < len(bids) <= 5
        assert 0 < len(asks) <= 5
        assert bids[0] < asks[0]
        assert all(level.quantity > 0 for level in (*book.bids, *book.asks))

    async def test_candles_are_closed_and_in_order(self, bench: Bench) -> None:
        candles = read_bars(await bench.venue.candles(bench.symbol, bench.timeframe, bars=20))

        times, step = candles["time"].tolist(), milliseconds(bench.timeframe)
        assert 0 < len(times) <= 20
        assert all(after - before == step for before, after in itertools.pairwise(times))
        assert candles["timeframe"] == bench.timeframe
        assert candles["closed"] is True

    async def test_candles_opened_before_the_time_asked_for(self, bench: Bench) -> None:
        times = read_bars(await bench.venue.candles(bench.symbol, bench.timeframe, bars=20))["time"].tolist()

        before = read_bars(await bench.venue.candles(bench.symbol, bench.timeframe, bars=3, until=times[-1]))

        assert before["time"].tolist() == times[-4:-1]

    async def test_a_timeframe_that_is_none_is_refused(self, bench: Bench) -> None:
        async with refused("unknown_timeframe", "not_supported"):
            await bench.venue.candles(bench.symbol, "7q", bars=3)

    async def test_funding_is_told_or_refused(self, bench: Bench) -> None:
        if bench.venue.capabilities.has_funding:
            assert -1 < (await bench.venue.funding(bench.symbol)).rate < 1
        else:
            async with refused("not_supported"):
                await bench.venue.funding(bench.symbol)

    # The account

    async def test_balances_add_up(self, bench: Bench) -> None:
        account = await bench.venue.account()

        assert account.currency
        assert account.balances
        for asset, balance in account.balances.items():
            assert balance.asset == asset
            assert 0 <= balance.free <= balance.total

    async def test_an_open_order_binds_what_it_would_pay(self, bench: Bench) -> None:
        quote = (await bench.near()).quote
        if not bench.binds:
            pytest.skip("open orders bind nothing here")
        before = (await bench.venue.account()).balances[quote].free
        await bench.venue.place(await resting(bench))

        assert (await bench.venue.account()).balances[quote].free < before

    # Orders

    async def test_an_order_is_found_by_its_client_id(self, bench: Bench) -> None:
        request = await resting(bench)
        placed = await bench.venue.place(request)

        found = await bench.venue.fetch(bench.symbol, request.client_id)

        assert found is not None
        assert (found.client_id, found.id) == (request.client_id, placed.id)
        assert (found.side, found.kind, found.status) == ("buy", "limit", "open")
        assert (found.quantity, found.price, found.filled) == (request.quantity, request.price, 0)

    async def test_the_same_client_id_twice_is_one_order(self, bench: Bench) -> None:
        request = await resting(bench)
        first = await bench.venue.place(request)
        second = await bench.venue.place(request)

        assert second.id == first.id
        assert [order.id for order in await bench.venue.open_orders(bench.symbol)] == [first.id]

    async def test_a_client_id_that_was_filled_is_not_taken_again(self, bench: Bench) -> None:
        request = await taking(bench)
        first = await bench.venue.place(request)
        await until_order(bench, request.client_id, lambda order: order.is_final)

        second = await bench.venue.place(request)

        assert second.id == first.id
        assert len({fill.order_id for fill in await bench.venue.fills(bench.symbol, since=0)}) == 1

    async def test_an_order_the_venue_never_had_is_none(self, bench: Bench) -> None:
        assert await bench.venue.fetch(bench.symbol, new_client_id()) is None

    async def test_the_shortest_and_the_longest_client_id_are_taken(self, bench: Bench) -> None:
        can, ids = bench.venue.capabilities, "t-" + "abcdefghijklmnop0123456789" * 4
        for length in (max(can.min_client_id, 4), can.max_client_id):
            request = await resting(bench)
            named = OrderRequest(ids[:length], request.symbol, "buy", "limit", request.quantity, request.price)
            assert (await bench.venue.place(named)).client_id == ids[:length]

    async def test_a_market_order_is_filled_and_its_fills_add_up(self, bench: Bench) -> None:
        request = await taking(bench)
        await bench.venue.place(request)

        order = await until_order(bench, request.client_id, lambda order: order.is_final)

        assert order.status == "filled"
        assert order.filled == request.quantity == sum(fill.quantity for fill in order.fills)
        assert order.average is not None
        paid = sum((fill.price * fill.quantity for fill in order.fills), Decimal(0))
        assert abs(paid / order.filled - order.average) < order.average / 1_000_000
        assert sum((fill.fee for fill in order.fills), Decimal(0)) == order.fee
        assert {(fill.client_id, fill.order_id) for fill in order.fills} == {(request.client_id, order.id)}

    async def test_an_order_can_be_filled_in_part(self, bench: Bench) -> None:
        request = await resting(bench)
        placed = await bench.venue.place(request)
        await possible(bench.fill(placed, request.quantity / 4))

        part = await until_order(bench, request.client_id, lambda order: order.filled > 0)
        assert (part.status, part.filled, part.remaining) == (
            "partly_filled", request.quantity / 4, request.quantity * 3 / 4,
        )  # fmt: skip

        await bench.fill(placed, request.quantity * 3 / 4)
        whole = await until_order(bench, request.client_id, lambda order: order.is_final)
        assert (whole.status, whole.filled, whole.average) == ("filled", request.quantity, request.price)
        assert len({fill.id for fill in whole.fills}) == 2

    async def test_what_was_filled_of_a_cancelled_order_stays(self, bench: Bench) -> None:
        request = await resting(bench)
        placed = await bench.venue.place(request)
        await possible(bench.fill(placed, request.quantity / 4))
        await until_order(bench, request.client_id, lambda order: order.filled > 0)

        order = await bench.venue.cancel(bench.symbol, request.client_id)

        assert (order.status, order.filled) == ("cancelled", request.quantity / 4)

    async def test_fills_are_told_once_and_in_order(self, bench: Bench) -> None:
        for _ in range(2):
            request = await taking(bench)
            await bench.venue.place(request)
            await until_order(bench, request.client_id, lambda order: order.is_final)

        fills = await bench.venue.fills(bench.symbol, since=0)

        assert len({fill.id for fill in fills}) == len(fills) >= 2
        assert [(fill.at, fill.sequence) for fill in fills] == sorted((fill.at, fill.sequence) for fill in fills)
        assert await bench.venue.fills(bench.symbol, since=fills[-1].at + 60_000) == []

    async def test_open_orders_are_those_that_are_open(self, bench: Bench) -> None:
        first, second = await resting(bench), await resting(bench)
        for request in (first, second):
            await bench.venue.place(request)
        await bench.venue.cancel(bench.symbol, first.client_id)

        for orders in (await bench.venue.open_orders(bench.symbol), await bench.venue.open_orders()):
            assert [order.client_id for order in orders] == [second.client_id]

    async def test_a_cancelled_order_is_cancelled_once_more_without_error(self, bench: Bench) -> None:
        request = await resting(bench)
        await bench.venue.place(request)

        answers = [await bench.venue.cancel(bench.symbol, request.client_id) for _ in range(2)]

        assert [order.status for order in answers] == ["cancelled", "cancelled"]

    async def test_cancelling_a_filled_order_is_no_error(self, bench: Bench) -> None:
        request = await taking(bench)
        await bench.venue.place(request)
        await until_order(bench, request.client_id, lambda order: order.is_final)

        assert (await bench.venue.cancel(bench.symbol, request.client_id)).status == "filled"

    async def test_an_order_is_changed_or_the_change_refused(self, bench: Bench) -> None:
        request = await resting(bench)
        await bench.venue.place(request)
        assert request.price is not None
        market = await bench.near()
        price = on_grid(request.price * Decimal("1.01"), market.tick)
        if not bench.venue.capabilities.modifies:
            async with refused("not_supported"):
                await bench.venue.modify(bench.symbol, request.client_id, price=price)
            return

        changed = await bench.venue.modify(bench.symbol, request.client_id, price=price)

        assert (changed.price, changed.quantity, changed.status) == (price, request.quantity, "open")
        assert [order.price for order in await bench.venue.open_orders(bench.symbol)] == [price]
        found = await bench.venue.fetch(bench.symbol, request.client_id)
        assert found is not None
        assert found.price == price

    # What is refused: nothing is placed, and the code says why

    async def test_a_kind_that_the_venue_has_not_is_refused(self, bench: Bench) -> None:
        for kind in ("stop", "stop_limit", "take_profit", "take_profit_limit"):
            if kind not in bench.venue.capabilities.orders:
                async with refused("not_supported"):
                    await bench.venue.place(await resting(bench, kind=kind, stop_price=Decimal(1)))
        assert await bench.venue.open_orders(bench.symbol) == []

    async def test_a_price_off_the_grid_is_refused(self, bench: Bench) -> None:
        request, tick = await resting(bench), (await bench.near()).tick
        if not tick or request.price is None:
            pytest.skip("any price is one")
        async with refused("off_grid"):
            await bench.venue.place(await resting(bench, price=request.price + tick / 2))
        assert await bench.venue.open_orders(bench.symbol) == []

    async def test_a_quantity_off_the_grid_is_refused(self, bench: Bench) -> None:
        request, lot = await resting(bench), (await bench.near()).lot
        if not lot:
            pytest.skip("any quantity is one")
        async with refused("off_grid"):
            await bench.venue.place(await resting(bench, quantity=request.quantity + lot / 2))
        assert await bench.venue.open_orders(bench.symbol) == []

    async def test_an_order_below_the_minimum_is_refused(self, bench: Bench) -> None:
        market = await bench.near()
        least = market.lot or (market.min_quantity or Decimal(0)) / 2
        quote = await bench.venue.quote(bench.symbol)
        if not least or (least >= (market.min_quantity or 0) and least * quote.bid >= (market.min_notional or 0)):
            pytest.skip("there is no minimum")
        async with refused("below_minimum"):
            await bench.venue.place(await resting(bench, quantity=least))
        assert await bench.venue.open_orders(bench.symbol) == []

    async def test_a_limit_too_far_from_the_market_is_refused(self, bench: Bench) -> None:
        market, quote = await bench.near(), await bench.venue.quote(bench.symbol)
        if market.price_down is None:
            pytest.skip("any limit is allowed")
        price = on_grid(quote.last * market.price_down / 2, market.tick)
        quantity = await sized(bench, times=50)
        async with refused("price_out_of_bounds"):
            await bench.venue.place(await resting(bench, price=price, quantity=quantity))
        assert await bench.venue.open_orders(bench.symbol) == []

    async def test_more_than_the_account_has_is_refused(self, bench: Bench) -> None:
        market, request = await bench.near(), await resting(bench)
        assert request.price is not None
        free = (await bench.venue.account()).balances[market.quote].free
        quantity = on_grid(free * 2 * market.max_leverage / request.price, market.lot, up=True)
        if quantity > (market.max_quantity or quantity):
            pytest.skip("the account could pay for the greatest order there is")
        async with refused("insufficient_balance"):
            await bench.venue.place(await resting(bench, quantity=quantity))
        assert await bench.venue.open_orders(bench.symbol) == []

    async def test_a_maker_order_that_would_take_is_refused(self, bench: Bench) -> None:
        quote = await bench.venue.quote(bench.symbol)
        request = await resting(bench, price=quote.ask, post_only=True)
        wanted = "would_trade" if bench.venue.capabilities.posts_only else "not_supported"
        async with refused(wanted):
            await bench.venue.place(request)
        assert await bench.venue.open_orders(bench.symbol) == []

    async def test_cancelling_what_the_venue_never_had_is_refused(self, bench: Bench) -> None:
        async with refused("refused"):
            await bench.venue.cancel(bench.symbol, new_client_id())

    # Answers that are lost

    async def test_an_order_whose_answer_is_lost_is_found_by_asking(self, bench: Bench) -> None:
        await possible(bench.lose_answer(taken=True))
        request = await resting(bench)
        with pytest.raises(Unsettled):
            await bench.venue.place(request)

        order = await until_order(bench, request.client_id, lambda order: True)

        assert order.status == "open"
        assert (await bench.venue.place(request)).id == order.id
        assert len(await bench.venue.open_orders(bench.symbol)) == 1

    async def test_an_order_that_was_lost_on_its_way_is_not_there(self, bench: Bench) -> None:
        await possible(bench.lose_answer(taken=False))
        request = await resting(bench)
        with pytest.raises(Unsettled):
            await bench.venue.place(request)

        assert await bench.venue.fetch(bench.symbol, request.client_id) is None
        assert (await bench.venue.place(request)).status == "open"
        assert len(await bench.venue.open_orders(bench.symbol)) == 1

    # Streams

    async def test_what_is_streamed_has_one_id_and_comes_once(self, bench: Bench) -> None:
        for channel in sorted(bench.venue.capabilities.channels):
            seen: list[dict[str, Any]] = []
            stream = bench.venue.stream(channel, bench.symbol, timeframe=bench.timeframe)
            try:
                async with asyncio.timeout(_PATIENCE):
                    while len(seen) < 3:
                        seen.append(await self._next(bench, stream))
            finally:
                await stream.aclose()
            ids = [item["id"] for item in seen]
            assert len(set(ids)) == len(ids), f"{channel}: {ids}"
            assert all(isinstance(item["at"], int) for item in seen)
            assert [item["at"] for item in seen] == sorted(item["at"] for item in seen)

    async def test_a_stream_of_what_is_unknown_is_refused(self, bench: Bench) -> None:
        for channel in sorted(bench.venue.capabilities.channels):
            async with refused("unknown_symbol"):
                async for _ in bench.venue.stream(channel, "NOSUCH/THING", timeframe=bench.timeframe):
                    pass

    async def _next(self, bench: Bench, stream: Any) -> dict[str, Any]:
        """The next item; the market is moved until there is one."""
        waiting = asyncio.ensure_future(anext(stream))
        try:
            while not waiting.done():
                await possible(bench.move())
                await asyncio.wait([waiting], timeout=0.05)
            return await waiting
        finally:
            waiting.cancel()
            await asyncio.wait([waiting])

    # The end

    async def test_a_venue_is_closed_more_than_once(self, bench: Bench) -> None:
        await bench.venue.aclose()
        await bench.venue.aclose()
