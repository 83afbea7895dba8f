"""The book: fills become trades, positions and totals."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from tests.service.bots.dealing import fill
from treadle.packs.trading.accounting import account
from treadle.service.bots.book import Book, keep_book
from treadle.service.bots.holding import MOST_RUNS


def test_a_round_trip_is_a_trade_with_its_profit_after_fees() -> None:
    book = keep_book(
        [fill(1, "buy", "2", "100", minute=0, fee="0.2"), fill(2, "sell", "2", "110", minute=90, fee="0.3")]
    )

    (trade,) = book.trades
    assert (trade.number, trade.side, trade.quantity, trade.entry, trade.exit) == (1, "long", 2, 100, 110)
    assert (trade.profit, trade.fees, trade.currency) == (Decimal("19.5"), Decimal("0.5"), "USDT")
    assert (trade.held, trade.runs) == (timedelta(minutes=90), ["r1", "r2"])
    assert book.open == []


def test_a_short_is_won_when_the_price_falls() -> None:
    book = keep_book([fill(1, "sell", "1", "100", minute=0), fill(2, "buy", "1", "90", minute=1)])

    (trade,) = book.trades
    assert (trade.side, trade.profit, trade.share) == ("short", 10, Decimal("0.1"))


def test_fills_of_one_order_close_one_trade() -> None:
    parts = [fill(number, "sell", "1", str(110 + number), minute=number, client_id="t-close") for number in (1, 2, 3)]

    book = keep_book([fill(0, "buy", "3", "100", minute=0), *parts])

    (trade,) = book.trades
    assert (trade.quantity, trade.exit, trade.profit) == (3, 112, 36)
    assert (book.main.trades, book.main.won, book.main.profit) == (1, 1, 36)


def test_each_order_that_closes_a_part_is_a_trade_of_the_runs_that_entered_it_first() -> None:
    book = keep_book([
        fill(1, "buy", "1", "100", minute=0),
        fill(2, "buy", "1", "90", minute=10),
        fill(3, "sell", "1", "110", minute=20),
        fill(4, "sell", "0.5", "120", minute=30),
    ])  # fmt: skip

    first, second = book.trades
    assert (first.entry, first.runs, first.held) == (95, ["r1", "r3"], timedelta(minutes=20))
    assert (second.entry, second.runs, second.held) == (95, ["r2", "r4"], timedelta(minutes=20))
    (held,) = book.open
    assert (held.quantity, held.account.average, held.runs) == (Decimal("0.5"), 95, ["r2"])


def test_an_order_that_turns_a_position_around_closes_and_enters() -> None:
    book = keep_book([fill(1, "buy", "1", "100", minute=0), fill(2, "sell", "3", "110", minute=5)])

    (trade,) = book.trades
    (held,) = book.open
    assert (trade.quantity, trade.profit) == (1, 10)
    assert (held.quantity, held.runs) == (-2, ["r2"])


def test_a_fee_in_another_asset_is_told_apart() -> None:
    book = keep_book([
        fill(1, "buy", "1", "100", minute=0, fee="0.01", fee_asset="BNB"),
        fill(2, "sell", "1", "110", minute=5, fee="0.02", fee_asset="BNB"),
    ])  # fmt: skip

    assert book.main.profit == 10
    assert book.other_fees == {"BNB": Decimal("0.03")}


def test_a_fee_taken_of_what_was_bought_leaves_less_to_hold() -> None:
    book = keep_book([fill(1, "buy", "1", "99.9", minute=0, fee="0.001", fee_asset="BTC")])

    (held,) = book.open
    assert (held.quantity, held.account.average) == (Decimal("0.999"), 100)
    assert book.other_fees == {}


def test_totals_are_kept_by_currency_and_the_main_one_is_of_most_trades() -> None:
    euros = [fill(9, "buy", "1", "10", minute=0, symbol="X/EUR"), fill(10, "sell", "1", "9", minute=1, symbol="X/EUR")]
    dollars = [fill(at, "buy" if at % 2 else "sell", "1", "100", minute=at) for at in (1, 2, 3, 4)]

    book = keep_book([*euros, *dollars])

    assert book.main.currency == "USDT"
    assert {name: totals.profit for name, totals in book.totals.items()} == {"EUR": -1, "USDT": 0}


def test_totals_tell_factor_and_drawdown() -> None:
    prices = (("100", "110"), ("100", "90"), ("100", "95"), ("100", "125"))
    fills = []
    for at, (entry, exit) in enumerate(prices):
        fills += [
            fill(2 * at, "buy", "1", entry, minute=2 * at),
            fill(2 * at + 1, "sell", "1", exit, minute=2 * at + 1),
        ]

    main = keep_book(fills).main

    assert (main.profit, main.trades, main.won, main.win_rate) == (20, 4, 2, 0.5)
    assert (main.drawdown, main.profit_factor) == (15, 35 / 15)
    assert (main.mean_profit, main.mean_held) == (5, timedelta(minutes=1))


def test_a_trade_of_very_many_runs_names_the_first_and_the_last() -> None:
    entries = [fill(at, "buy", "1", "100", minute=at) for at in range(100)]

    book = keep_book([*entries, fill(100, "sell", "100", "101", minute=101)])

    runs = book.trades[0].runs
    assert (len(runs), runs[0], runs[-1]) == (MOST_RUNS, "r0", "r100")


def test_fills_count_the_same_in_whatever_order_they_come() -> None:
    fills = [
        fill(1, "buy", "1", "100", minute=0),
        fill(2, "buy", "2", "103", minute=0),
        fill(3, "sell", "2", "106", minute=1),
        fill(4, "sell", "1", "90", minute=2),
    ]

    books = [keep_book(order) for order in permutations(fills)]

    assert all(book == books[0] for book in books)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["buy", "sell"]),
            st.decimals("0.001", "50", places=3),
            st.decimals("1", "1000", places=2),
            st.decimals("0", "3", places=2),
        ),
        max_size=40,
    )
)
def test_trades_add_up_to_what_the_account_of_the_fills_says(
    deals: list[tuple[str, Decimal, Decimal, Decimal]],
) -> None:
    fills = [
        fill(at, side, str(quantity), str(price), minute=at, fee=str(fee))
        for at, (side, quantity, price, fee) in enumerate(deals)
    ]

    book = Book()
    for one in fills:
        book.take(one)

    known = account(one.fill for one in fills)
    expected = sum((held.profit for held in known.values()), Decimal(0))
    assert sum((trade.profit for trade in book.trades), Decimal(0)) == book.main.profit
    assert abs(book.main.profit - expected) < Decimal("1e-12")
    for held in book.open:
        assert held.in_lots == abs(held.quantity) == sum(lot.quantity for lot in held.lots)
