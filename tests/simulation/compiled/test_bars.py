"""Many bars at once, and bars that cannot be taken."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulation.compiled.twins import JITS, Twin, desk_of, place, state_of
from treadle.simulation.compiled import layout as y
from treadle.simulation.compiled.opening import read, rest_of, to_broker
from treadle.simulation.market import orders as o
from treadle.simulation.market.costs import IMPACT, Tier
from treadle.simulation.market.holding import Rules
from treadle.simulation.market.scale import RATE


def rules(**given: Any) -> Rules:
    more = {"tiers": (Tier(0, 20_000, 50_000),), **given}
    return Rules("X/USDT", "X", "USDT", 1000, 1, more.pop("lot", 1), **more)


@pytest.fixture
def bars() -> list[tuple[int, ...]]:
    """Quiet ones around 100, and a fall to 80 and a rise to 120."""
    prices = [100, 101, 99, 100, 100, 98, 97, 99, 101, 100, 95, 88, 80, 85, 90, 99, 101, 110, 120, 112]
    return [
        (number * 10, number * 10 + 10, price, price + 2, price - 2, price, 1000) for number, price in enumerate(prices)
    ]


class TestManyBars:
    @pytest.mark.parametrize("jit", JITS)
    @pytest.mark.parametrize("lot", [0, 1])
    def test_are_walked_as_a_desk_steps_each(self, jit: bool, lot: int, bars: list[tuple[int, ...]]) -> None:
        held = rules(lot=lot, shorts=True, margin=RATE // 2, maintenance=0 if lot else RATE // 10)
        broker, desk = desk_of(held, quote=1_000_000_000, base=50)
        twin = Twin(desk, 0, jit)
        wishes: list[dict[str, Any]] = [
            {"side": o.BUY, "kind": o.MARKET, "quantity": 5, "stop_loss": 90, "take_profit": 118},
            {"side": o.SELL, "kind": o.STOP_LIMIT, "quantity": 7, "stop": 90, "price": 91},
            {"side": o.BUY, "kind": o.LIMIT, "quantity": 4, "price": 82, "force": o.GOOD_TILL_DATE, "expires": 35},
            {"side": o.BUY, "kind": o.LIMIT, "quantity": 4, "price": 83, "since": 40},
        ]
        for wish in wishes:
            row, reason = place(broker, desk, **wish)
            assert twin.place(row) == reason == o.NONE
        for bar in bars:
            desk.step(*bar)

        assert twin.advance(bars, len(bars)) == len(bars)

        assert twin.state() == state_of(broker, desk)
        assert len(desk.fills) > 2

    @settings(max_examples=150, deadline=None)
    @given(
        st.lists(st.tuples(*[st.integers(90, 110)] * 4), min_size=1, max_size=40),
        st.lists(
            st.tuples(st.sampled_from([o.BUY, o.SELL]), st.integers(1, 5), st.integers(1, 9), st.integers(85, 115)),
            max_size=4,
        ),
        st.integers(0, 40),
        st.sampled_from([0, 1]),
    )  # fmt: skip
    def test_in_two_goes_or_bar_by_bar(self, prices: list[Any], placed: list[Any], middle: int, lot: int) -> None:
        bars = [
            (number, number + 1, opened, max(opened, close) + up // 5 - 18, min(opened, close) - down // 5 + 18,
             close, 50)
            for number, (opened, close, up, down) in enumerate(prices)
        ]  # fmt: skip
        held = rules(lot=lot, shorts=True, margin=RATE // 10, maintenance=0 if lot else RATE // 20)
        broker, desk = desk_of(held, quote=400_000, base=30)
        twin = Twin(desk, 0, jit=False)
        for number, (side, kind, lots, price) in enumerate(placed):
            row, reason = place(
                broker, desk, side=side, kind=kind, quantity=lots, price=price if kind in (1, 3, 5) else 0,
                stop=0 if kind == 1 else price, since=number, stop_loss=88 if side > 0 else 112,
            )  # fmt: skip
            assert twin.place(row) == reason
        for bar in bars:
            desk.step(*bar)

        twin.advance(bars, min(middle, len(bars)))
        twin.advance(bars, len(bars))

        assert twin.state() == state_of(broker, desk)


@pytest.mark.parametrize("jit", JITS)
class TestBarsThatCannotBeTaken:
    def test_where_there_is_no_room_for_fills_nothing_is_done(self, jit: bool, bars: list[tuple[int, ...]]) -> None:
        broker, desk = desk_of(rules(), quote=1_000_000_000)
        twin = Twin(desk, 0, jit, fills_room=8)
        row, _ = place(broker, desk, side=o.BUY, kind=o.LIMIT, quantity=5, price=90)
        twin.place(row)

        assert twin.advance(bars, len(bars)) == 11

        assert twin.acc[y.STATUS] == y.FULL
        assert twin.state()["fills"] == []
        twin.fills = twin.sequence([0] * (y.FILL * 50))
        assert twin.advance(bars, len(bars)) == len(bars)
        assert len(twin.state()["fills"]) == 1

    def test_where_there_is_no_room_for_orders_none_is_placed(self, jit: bool) -> None:
        broker, desk = desk_of(rules(), quote=1_000_000_000)
        twin = Twin(desk, 0, jit, order_room=6)

        assert twin.place(place(broker, desk, side=o.BUY, kind=o.LIMIT, quantity=5, price=90)[0]) == -1
        assert (twin.acc[y.STATUS], twin.acc[y.ORDERS], twin.acc[y.NUMBER]) == (y.FULL, 0, 0)

    @pytest.mark.parametrize(("lots", "price"), [(1 << 60, 1), (1, 1 << 52), (1 << 50, 1 << 40)])
    def test_numbers_that_may_overflow_are_left_to_exact_ones(self, jit: bool, lots: int, price: int) -> None:
        broker, desk = desk_of(rules(), quote=1 << 90)
        twin = Twin(desk, 0, jit)

        assert twin.place(place(broker, desk, side=o.BUY, kind=o.LIMIT, quantity=lots, price=price)[0]) == -1
        assert (twin.acc[y.STATUS], twin.acc[y.ORDERS], twin.acc[y.NUMBER]) == (y.OVERFLOW, 0, 0)

    def test_so_are_prices_and_impacts_of_a_bar(self, jit: bool) -> None:
        for bar in ((0, 1, 1 << 52, 1 << 52, 90, 100, 5), (0, 1, 100, 110, 90, 100, 1)):
            broker, desk = desk_of(rules(slippage=IMPACT, slippage_amount=RATE), quote=1 << 80)
            twin = Twin(desk, 0, jit)
            twin.place(place(broker, desk, side=o.BUY, kind=o.MARKET, quantity=5_000_000)[0])
            before = twin.state()

            assert twin.step(*bar) == y.OVERFLOW

            assert twin.state() == before


def test_an_account_goes_on_as_objects_and_comes_back() -> None:
    broker, desk = desk_of(rules(), quote=1_000_000_000, base=3)
    desk.purse.totals |= {"EUR": 5}
    twin = Twin(desk, 0, jit=False)
    for number in range(2):
        row, _ = place(broker, desk, side=o.BUY, kind=o.LIMIT, quantity=5, price=90 + 5 * number, stop_loss=50)
        twin.place(row)
    bar = (0, 1, 100, 101, 94, 100, 7)
    desk.step(*bar)
    twin.step(*bar)

    other_broker, other = to_broker(twin.acc, twin.orders, desk.rules, rest=rest_of(desk))

    assert (other.purse.totals, other.orders, other_broker.number) == (desk.purse.totals, desk.orders, broker.number)
    assert (other.position, other.cost, other.profit, other.last) == (5, desk.cost, desk.profit, 100)
    assert read(Twin(other, other_broker.number, jit=False).acc, y.QUOTE_HIGH) == desk.purse.total("USDT")


@pytest.mark.parametrize("jit", JITS)
def test_a_market_that_is_over_is_paid_out(jit: bool) -> None:
    for lot in (0, 1):
        broker, desk = desk_of(rules(lot=lot, shorts=True, highest=1000), quote=1_000_000_000, base=2)
        twin = Twin(desk, 0, jit)
        for side, kind, price in ((o.BUY, o.MARKET, 0), (o.SELL, o.LIMIT, 300)):
            twin.place(place(broker, desk, side=side, kind=kind, quantity=2, price=price)[0])
        desk.step(0, 1, 100, 101, 99, 100)
        twin.step(0, 1, 100, 101, 99, 100, -1)

        desk.settle(2, 700)
        twin.call("settle", 700)

        assert twin.state() == state_of(broker, desk)
