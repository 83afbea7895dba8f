"""What becomes of orders in a bar, and in front of a book."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.simulation.market.accounts import RATE, account, cash, fills, put
from treadle.simulation.market import orders as o
from treadle.simulation.market.costs import FIXED, IMPACT, OF_SPREAD, Tier, fee_of, slipped
from treadle.simulation.market.path import path
from treadle.simulation.market.scale import from_wallet, to_rate, to_wallet


class TestPath:
    def test_the_nearer_extreme_comes_first(self) -> None:
        assert path(100, 102, 90, 95) == (100, 102, 90, 95)
        assert path(100, 110, 98, 105) == (100, 98, 110, 105)

    def test_a_tie_is_settled_by_where_the_bar_closed(self) -> None:
        assert path(100, 105, 95, 103) == (100, 95, 105, 103)
        assert path(100, 105, 95, 97) == (100, 105, 95, 97)

    def test_the_pessimistic_path_goes_against_the_position_first(self) -> None:
        assert path(100, 101, 90, 95, 1) == (100, 90, 101, 95)
        assert path(100, 110, 99, 95, -1) == (100, 110, 99, 95)


class TestBars:
    def test_a_market_order_is_filled_at_the_next_open(self) -> None:
        """7.3: what is placed at a bar's close meets the next bar's opening, and no bar before."""
        broker, desk = account()
        put(broker, desk, o.BUY, o.MARKET, 5, since=60)

        desk.step(0, 60, 100, 110, 90, 105)
        assert fills(desk) == []

        desk.step(60, 120, 107, 110, 90, 105)
        assert fills(desk) == [(o.BUY, 5, 107)]
        assert (desk.fills[0].at, desk.fills[0].is_maker) == (60, False)

    @pytest.mark.parametrize(
        ("side", "kind", "prices", "bar", "expected"),
        [
            (o.BUY, o.LIMIT, {"price": 95}, (100, 101, 94, 99), 95),
            (o.BUY, o.LIMIT, {"price": 95}, (92, 93, 90, 91), 92),
            (o.BUY, o.LIMIT, {"price": 95}, (100, 101, 96, 99), None),
            (o.SELL, o.LIMIT, {"price": 105}, (100, 106, 99, 101), 105),
            (o.SELL, o.LIMIT, {"price": 105}, (108, 109, 107, 108), 108),
            (o.BUY, o.STOP_MARKET, {"stop": 105}, (100, 106, 99, 101), 105),
            (o.BUY, o.STOP_MARKET, {"stop": 105}, (108, 109, 107, 108), 108),
            (o.SELL, o.STOP_MARKET, {"stop": 95}, (100, 101, 94, 99), 95),
            (o.SELL, o.TAKE_MARKET, {"stop": 105}, (100, 106, 99, 101), 105),
            (o.BUY, o.TAKE_MARKET, {"stop": 95}, (100, 101, 94, 99), 95),
            (o.BUY, o.STOP_LIMIT, {"stop": 105, "price": 106}, (100, 107, 99, 101), 105),
            (o.BUY, o.STOP_LIMIT, {"stop": 105, "price": 103}, (100, 107, 99, 104), None),
            (o.BUY, o.STOP_LIMIT, {"stop": 105, "price": 103}, (100, 107, 90, 102), 103),
            (o.SELL, o.TAKE_LIMIT, {"stop": 105, "price": 104}, (100, 106, 99, 101), 105),
        ],
    )
    def test_what_the_path_reaches_is_filled(
        self, side: int, kind: int, prices: dict[str, int], bar: tuple[int, int, int, int], expected: int | None
    ) -> None:
        broker, desk = account(base="10")
        put(broker, desk, side, kind, 5, **prices)

        desk.step(0, 60, *bar)

        assert fills(desk) == ([] if expected is None else [(side, 5, expected)])

    def test_the_order_that_the_path_comes_to_first_is_filled_first(self) -> None:
        """Low before high: the stop-loss and not the take-profit."""
        broker, desk = account()
        put(broker, desk, o.BUY, o.MARKET, 5, stop_loss=95, take_profit=110)
        desk.step(0, 60, 100, 101, 99, 100)

        desk.step(60, 120, 100, 111, 94, 100)

        assert fills(desk)[1:] == [(o.SELL, 5, 95)]
        assert [(row[o.KIND], row[o.STATUS], row[o.REASON]) for row in desk.over[1:]] == [
            (o.STOP_MARKET, o.DONE, o.NONE), (o.TAKE_MARKET, o.CANCELLED, o.GROUPED),
        ]  # fmt: skip
        assert desk.orders == []

    def test_pessimistically_a_guarded_position_meets_its_stop_first(self) -> None:
        broker, desk = account(is_pessimistic=True)
        put(broker, desk, o.BUY, o.MARKET, 5, stop_loss=90, take_profit=103)
        desk.step(0, 60, 100, 101, 99, 100)

        desk.step(60, 120, 100, 104, 89, 100)

        assert fills(desk)[1:] == [(o.SELL, 5, 90)]

    def test_pessimistically_a_limit_has_to_be_passed_and_gives_no_more_than_its_price(self) -> None:
        broker, desk = account(is_pessimistic=True)
        row = put(broker, desk, o.BUY, o.LIMIT, 5, price=95)
        desk.step(0, 60, 100, 101, 95, 99)
        assert fills(desk) == []

        desk.step(60, 120, 92, 93, 90, 91)

        assert fills(desk) == [(o.BUY, 5, 95)]
        assert row[o.STATUS] == o.DONE

    def test_children_of_an_order_filled_inside_the_bar_take_part_in_the_rest_of_it(self) -> None:
        broker, desk = account()
        put(broker, desk, o.BUY, o.LIMIT, 5, price=95, take_profit=98)

        desk.step(0, 60, 100, 102, 94, 99)  # to 102, to 94, to 99

        assert fills(desk) == [(o.BUY, 5, 95), (o.SELL, 5, 98)]

    def test_stop_limits_that_are_set_off_together_rest_together(self) -> None:
        broker, desk = account(maker="0.001", taker="0.01")
        for _ in range(2):
            put(broker, desk, o.BUY, o.STOP_LIMIT, 1, stop=105, price=103)

        desk.step(0, 60, 100, 106, 100, 101)

        assert [(one.price, one.is_maker) for one in desk.fills] == [(103, True), (103, True)]

    def test_no_more_than_a_share_of_the_volume_is_filled(self) -> None:
        broker, desk = account(volume_share=RATE // 10)
        row = put(broker, desk, o.BUY, o.MARKET, 25)

        for number in range(3):
            desk.step(number, number + 1, 100 + number, 110, 90, 100, 100)

        assert fills(desk) == [(o.BUY, 10, 100), (o.BUY, 10, 101), (o.BUY, 5, 102)]
        assert row[o.STATUS] == o.DONE

    def test_a_stop_that_was_set_off_goes_on_at_the_next_open_when_the_volume_was_too_little(self) -> None:
        broker, desk = account(base="10", volume_share=RATE)
        put(broker, desk, o.SELL, o.STOP_MARKET, 10, stop=95)

        desk.step(0, 1, 100, 101, 94, 100, 4)
        desk.step(1, 2, 99, 101, 98, 100, 100)

        assert fills(desk) == [(o.SELL, 4, 95), (o.SELL, 6, 99)]

    def test_fill_or_kill_is_all_or_nothing(self) -> None:
        broker, desk = account(volume_share=RATE)
        row = put(broker, desk, o.BUY, o.LIMIT, 10, price=101, force=o.FILL_OR_KILL)

        desk.step(0, 1, 100, 101, 99, 100, 9)

        assert (fills(desk), row[o.STATUS], row[o.REASON]) == ([], o.CANCELLED, o.NOT_AT_ONCE)

    def test_immediate_or_cancel_takes_what_the_opening_has(self) -> None:
        broker, desk = account(volume_share=RATE)
        row = put(broker, desk, o.BUY, o.LIMIT, 10, price=101, force=o.IMMEDIATE)
        late = put(broker, desk, o.BUY, o.LIMIT, 10, price=95, force=o.IMMEDIATE)

        desk.step(0, 1, 100, 101, 94, 100, 9)

        assert (fills(desk), row[o.STATUS], row[o.FILLED]) == ([(o.BUY, 9, 100)], o.CANCELLED, 9)
        assert late[o.STATUS] == o.CANCELLED

    def test_an_order_takes_no_part_in_a_bar_that_its_time_ends_in(self) -> None:
        broker, desk = account()
        row = put(broker, desk, o.BUY, o.LIMIT, 10, price=95, force=o.GOOD_TILL_DATE, expires=90)

        desk.step(60, 120, 100, 101, 90, 100)

        assert (fills(desk), row[o.STATUS]) == ([], o.EXPIRED)

    def test_a_post_only_order_that_the_opening_would_fill_is_rejected(self) -> None:
        broker, desk = account()
        row = put(broker, desk, o.BUY, o.LIMIT, 10, price=95, post_only=True)
        desk.step(0, 60, 94, 96, 93, 95)

        assert (fills(desk), row[o.STATUS], row[o.REASON]) == ([], o.REJECTED, o.WOULD_TRADE)

    def test_reduce_only_never_passes_zero(self) -> None:
        broker, desk = account(owned=False)
        put(broker, desk, o.BUY, o.MARKET, 5)
        desk.step(0, 60, 100, 101, 99, 100)
        put(broker, desk, o.SELL, o.MARKET, 9, reduce_only=True, since=60)

        desk.step(60, 120, 101, 102, 99, 100)

        assert (fills(desk)[1:], desk.position) == ([(o.SELL, 5, 101)], 0)

    def test_orders_of_a_group_are_filled_once(self) -> None:
        broker, desk = account(base="10")
        put(broker, desk, o.SELL, o.LIMIT, 10, price=105, group=7)
        other = put(broker, desk, o.SELL, o.STOP_MARKET, 10, stop=95, group=7)

        desk.step(0, 60, 100, 106, 90, 100)

        assert (fills(desk), other[o.REASON]) == ([(o.SELL, 10, 105)], o.GROUPED)

    def test_what_is_filled_in_part_is_taken_away_from_the_group(self) -> None:
        broker, desk = account(base="10", volume_share=RATE)
        put(broker, desk, o.SELL, o.LIMIT, 10, price=105, group=7)
        put(broker, desk, o.SELL, o.STOP_MARKET, 10, stop=95, group=7)

        desk.step(0, 60, 100, 106, 99, 100, 4)
        desk.step(60, 120, 100, 101, 90, 92, 100)

        assert fills(desk) == [(o.SELL, 4, 105), (o.SELL, 6, 95)]
        assert desk.orders == []

    def test_who_cannot_pay_at_the_opening_is_rejected_and_nothing_moves(self) -> None:
        broker, desk = account("500", taker="0.001")
        row = put(broker, desk, o.BUY, o.MARKET, 4)
        desk.step(0, 60, 130, 131, 129, 130)

        assert (row[o.STATUS], row[o.REASON], cash(broker)) == (o.REJECTED, o.NO_FUNDS, Decimal(500))


class TestBooks:
    def test_the_levels_are_walked(self) -> None:
        broker, desk = account()
        row = put(broker, desk, o.BUY, o.MARKET, 12)

        desk.arrive(row, [(101, 5), (103, 5), (104, 5)], 1)

        assert fills(desk) == [(o.BUY, 5, 101), (o.BUY, 5, 103), (o.BUY, 2, 104)]
        assert row[o.COST] == 5 * 101 + 5 * 103 + 2 * 104

    def test_what_the_book_has_not_is_cancelled(self) -> None:
        broker, desk = account()
        row = put(broker, desk, o.BUY, o.MARKET, 12)

        desk.arrive(row, [(101, 5)], 1)

        assert (row[o.FILLED], row[o.STATUS], row[o.REASON]) == (5, o.CANCELLED, o.NO_DEPTH)

    def test_the_rest_of_a_limit_rests_and_is_a_maker_then(self) -> None:
        broker, desk = account(maker="0.001", taker="0.002")
        row = put(broker, desk, o.BUY, o.LIMIT, 12, price=101)

        desk.arrive(row, [(101, 5), (102, 9)], 0)
        desk.step(0, 60, 102, 103, 100, 101)

        assert [(one.lots, one.price, one.is_maker) for one in desk.fills] == [(5, 101, False), (7, 101, True)]
        assert [one.fee for one in desk.fills] == [fee_of(505 * 10**8, 200_000), fee_of(707 * 10**8, 100_000)]

    def test_all_of_it_is_paid_or_nothing_is_bought(self) -> None:
        broker, desk = account("1000")
        row = put(broker, desk, o.BUY, o.MARKET, 9)

        desk.arrive(row, [(100, 5), (150, 5)], 1)

        assert (fills(desk), row[o.STATUS], cash(broker)) == ([], o.REJECTED, Decimal(1000))

    def test_post_only_does_not_take(self) -> None:
        broker, desk = account()
        row = put(broker, desk, o.BUY, o.LIMIT, 9, price=101, post_only=True)

        desk.arrive(row, [(101, 5)], 1)

        assert (fills(desk), row[o.REASON]) == ([], o.WOULD_TRADE)


class TestCosts:
    def test_a_fee_is_rounded_up_and_a_rebate_down(self) -> None:
        assert fee_of(1_000_001, to_rate(Decimal("0.001"))) == 1001
        assert fee_of(1_000_001, to_rate(Decimal("-0.001"))) == -1000

    def test_slippage_is_against_who_takes(self) -> None:
        bps, half = to_rate(Decimal("0.001")), to_rate(Decimal("0.5"))
        assert slipped(10_001, 1, 5, kind=FIXED, amount=bps, volume=0, spread=0) == 10_012
        assert slipped(10_001, -1, 5, kind=FIXED, amount=bps, volume=0, spread=0) == 9_990
        assert slipped(10_000, 1, 5, kind=OF_SPREAD, amount=half, volume=0, spread=10) == 10_005

    def test_impact_grows_with_the_root_of_the_share_of_the_volume(self) -> None:
        one = to_rate(Decimal("0.01"))
        assert slipped(10_000, 1, 100, kind=IMPACT, amount=one, volume=100, spread=0) == 10_100
        assert slipped(10_000, 1, 1, kind=IMPACT, amount=one, volume=100, spread=0) == 10_010

    def test_a_limit_is_never_passed_by_slippage(self) -> None:
        broker, desk = account(slippage=FIXED, slippage_amount=RATE // 10)
        put(broker, desk, o.BUY, o.LIMIT, 5, price=104)

        desk.step(0, 60, 100, 101, 99, 100)

        assert fills(desk) == [(o.BUY, 5, 104)]

    def test_who_trades_more_pays_less_the_next_day(self) -> None:
        day = 86_400_000
        tiers = (Tier(0, 200_000, 200_000), Tier(to_wallet(Decimal(900)), 100_000, 100_000))
        broker, desk = account(tiers=tiers)
        for at in (0, 1000, day, 32 * day):
            put(broker, desk, o.BUY, o.MARKET, 10, since=at)
            desk.step(at, at + 1, 100, 100, 100, 100)

        unit = 10**8
        assert [one.fee for one in desk.fills] == [2 * unit, 2 * unit, unit, 2 * unit]

    def test_funding_is_paid_by_longs_to_shorts(self) -> None:
        for side, paid in ((o.BUY, "-0.5"), (o.SELL, "0.5")):
            broker, desk = account("1000", owned=False)
            put(broker, desk, side, o.MARKET, 5)
            desk.step(0, 60, 100, 101, 99, 100)

            desk.pay_funding(90, to_rate(Decimal("0.001")), 100)

            assert cash(broker) - 1000 == Decimal(paid)


class TestMargin:
    def test_what_is_owned_is_not_sold_short(self) -> None:
        broker, desk = account(base="3")
        want = broker.place(desk, o.order_row(broker.count(), o.SELL, o.MARKET, 4))

        assert (want.reason, want.asset) == (o.NO_FUNDS, "X")
        assert (from_wallet(want.need), from_wallet(want.free)) == (4, 3)

    def test_shorts_can_be_forbidden(self) -> None:
        broker, desk = account(owned=False, shorts=False)

        assert broker.place(desk, o.order_row(1, o.SELL, o.MARKET, 4)).reason == o.NO_SHORTS

    def test_a_position_is_turned_around(self) -> None:
        broker, desk = account("1000", owned=False)
        put(broker, desk, o.BUY, o.MARKET, 4)
        desk.step(0, 60, 100, 101, 99, 100)
        put(broker, desk, o.SELL, o.MARKET, 6, since=60)
        desk.step(60, 120, 110, 111, 109, 105)

        assert (desk.position, from_wallet(desk.cost * 10**10)) == (-2, -220)
        assert (cash(broker), from_wallet(desk.equity())) == (Decimal(1040), Decimal(1050))

    def test_margin_is_bound_and_limits_what_can_be_opened(self) -> None:
        broker, desk = account("100", owned=False, margin=RATE // 10)
        put(broker, desk, o.BUY, o.MARKET, 9)
        desk.step(0, 60, 100, 101, 99, 100)

        want = broker.place(desk, o.order_row(broker.count(), o.BUY, o.MARKET, 2))

        assert from_wallet(broker.free("USDT")) == 10
        assert (want.reason, from_wallet(want.need)) == (o.NO_FUNDS, 20)

    def test_a_position_that_cannot_be_carried_is_closed_where_it_became_so(self) -> None:
        broker, desk = account("100", owned=False, margin=RATE // 10, maintenance=RATE // 20)
        put(broker, desk, o.BUY, o.MARKET, 10)
        desk.step(0, 60, 100, 101, 99, 100)

        desk.step(60, 120, 99, 99, 80, 85)

        # 100 + 10 × (price − 100) = 5 % of 10 × price, at 94.7…
        assert (fills(desk)[1:], desk.position, cash(broker)) == ([(o.SELL, 10, 95)], 0, Decimal(50))
        assert desk.over[-1][o.REASON] == o.LIQUIDATED

    def test_a_prediction_is_paid_out(self) -> None:
        broker, desk = account("1000", highest=100)
        put(broker, desk, o.BUY, o.MARKET, 5)
        desk.step(0, 60, 40, 41, 39, 40)
        put(broker, desk, o.SELL, o.LIMIT, 5, price=90)

        desk.settle(99, 100)

        assert (desk.position, desk.orders, cash(broker)) == (0, [], Decimal(1000 - 200 + 500))
        assert desk.profit == 300 * 10**8
