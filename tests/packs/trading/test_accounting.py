"""What fills come to: right under any shuffle, duplicate, or loss and recovery; and to the last digit."""

from __future__ import annotations

from decimal import Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle.node import Permissions
from treadle.packs.trading.accounting import Holding, account, assets_of, in_order
from treadle.packs.trading.orders.books import NOWHERE, Book, Books, Placed
from treadle.packs.trading.venue.order import Fill, Side

EXACT = Context(prec=200)
SYMBOL = "BTC/USDT"


def fill(
    number: int, side: Side, quantity: str | Decimal, price: str | Decimal, *,
    fee: str | Decimal = "0", asset: str = "USDT", at: int | None = None, symbol: str = SYMBOL, client: str = "",
) -> Fill:  # fmt: skip
    return Fill(
        f"f{number}", client or f"c{number}", f"o{number}", symbol, side, Decimal(quantity), Decimal(price),
        Decimal(fee), asset, number if at is None else at, sequence=number,
    )  # fmt: skip


amounts = st.decimals("0.00000001", "1000", places=8)
prices = st.decimals("0.01", "100000", places=4)
fees = st.decimals("-1", "10", places=6)


@st.composite
def histories(draw: st.DrawFn) -> list[Fill]:
    """Fills of one or two symbols; some at the same moment."""
    found: list[Fill] = []
    at = 1_000
    for number in range(draw(st.integers(1, 25))):
        at += draw(st.integers(0, 2))
        side: Side = draw(st.sampled_from(["buy", "sell"]))
        symbol = draw(st.sampled_from([SYMBOL, "ETH/USDT:USDT"]))
        found.append(
            fill(number, side, draw(amounts), draw(prices), fee=draw(fees), at=at, symbol=symbol)
        )  # fmt: skip
    return found


def ledger(fills: list[Fill]) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    """An independent one, of lots of cash: (quantity, cash without fees, fees) by symbol."""
    kept: dict[str, tuple[Decimal, Decimal, Decimal]] = {}
    for one in fills:
        quantity, cash, paid = kept.get(one.symbol, (Decimal(0), Decimal(0), Decimal(0)))
        sign = 1 if one.side == "buy" else -1
        kept[one.symbol] = (
            EXACT.add(quantity, sign * one.quantity),
            EXACT.subtract(cash, sign * EXACT.multiply(one.quantity, one.price)),
            EXACT.add(paid, one.fee),
        )
    return kept


@given(history=histories())
def test_position_profit_and_fees_are_those_of_an_independent_ledger(history: list[Fill]) -> None:
    held = account(history)

    for symbol, (quantity, cash, paid) in ledger(history).items():
        one = held[symbol]
        sign = 1 if one.quantity >= 0 else -1
        assert one.quantity == quantity
        # What was brought in, less what is still in it, is the cash that has flowed: to the last digit.
        assert EXACT.subtract(one.realised, sign * one.cost) == cash
        assert one.fees.get("USDT", Decimal(0)) == paid
        assert EXACT.subtract(one.profit, one.entry_fees) == EXACT.subtract(one.realised, paid)
        if not quantity:
            assert (one.cost, one.entry_fees, one.average) == (0, 0, None)
            assert one.realised == cash
            assert one.profit == EXACT.subtract(cash, paid)


@given(history=histories(), chance=st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_come_to_the_same(history: list[Fill], chance: object) -> None:
    told = [*history, *history[::2]]
    chance.shuffle(told)  # type: ignore[attr-defined]

    assert account(told) == account(history)


@given(history=histories(), chance=st.randoms(use_true_random=False), lost=st.sets(st.integers(0, 24)))
def test_what_was_lost_and_comes_late_comes_to_the_same(history: list[Fill], chance: object, lost: set[int]) -> None:
    first = [one for number, one in enumerate(history) if number not in lost]
    late = [one for number, one in enumerate(history) if number in lost]
    chance.shuffle(late)  # type: ignore[attr-defined]
    book = Book()

    for one in [*first, *late, *first]:
        book.add(one, NOWHERE)

    assert book.holdings == account(history)


@given(history=histories(), chance=st.randoms(use_true_random=False))
def test_the_profits_of_the_fills_add_up_whenever_they_come(history: list[Fill], chance: object) -> None:
    told = list(history)
    chance.shuffle(told)  # type: ignore[attr-defined]
    book, kept = Book(), dict[tuple[str, str], Decimal]()
    for one in told:
        for traded in book.add(one, Placed("run", "node")):
            kept[traded.fill.symbol, traded.fill.id] = traded.profit

    whole = sum((held.profit for held in account(history).values()), Decimal(0))
    assert sum(kept.values(), Decimal(0)) == whole
    assert book.tally(Placed("run", "node")).profit == whole


@given(history=histories())
def test_the_average_lies_between_the_prices_that_were_paid(history: list[Fill]) -> None:
    for symbol, held in account(history).items():
        if held.average is not None and abs(held.quantity) > Decimal("0.001"):
            paid = [one.price for one in history if one.symbol == symbol]
            assert min(paid) - Decimal("1e-9") <= held.average <= max(paid) + Decimal("1e-9")


def test_a_round_trip_is_as_worked_out_by_hand() -> None:
    held = account([
        fill(1, "buy", "1", "100", fee="0.1"), fill(2, "buy", "1", "110", fee="0.11"),
        fill(3, "sell", "0.5", "120", fee="0.06"),
    ])[SYMBOL]  # fmt: skip

    assert (held.quantity, held.average) == (Decimal("1.5"), 105)
    assert held.realised == Decimal("7.5")
    assert held.profit == Decimal("7.5") - Decimal("0.0525") - Decimal("0.06")
    assert held.open_profit(Decimal(115)) == 15


def test_what_goes_past_nothing_is_a_new_position() -> None:
    holding = Holding(SYMBOL)
    holding.take(fill(1, "buy", "1", "100"))

    traded = holding.take(fill(2, "sell", "3", "90", fee="3"))

    assert (traded.closed, traded.gross, traded.profit) == (1, -10, -11)
    assert (holding.quantity, holding.average, holding.entry_fees) == (-2, 90, 2)
    assert holding.take(fill(3, "buy", "2", "80")).profit == 18


def test_a_fee_in_the_base_asset_is_not_held() -> None:
    held = account([fill(1, "buy", "1", "100", fee="0.001", asset="BTC"), fill(2, "sell", "0.999", "110")])[SYMBOL]

    assert held.quantity == 0
    assert held.realised == Decimal("9.89")
    assert held.fees == {"BTC": Decimal("0.001")}


def test_a_fee_in_something_else_is_told_and_not_taken_off() -> None:
    held = account([fill(1, "buy", "1", "100", fee="0.5", asset="BNB"), fill(2, "sell", "1", "110")])[SYMBOL]

    assert (held.profit, held.fees) == (10, {"BNB": Decimal("0.5")})


@pytest.mark.parametrize(
    ("symbol", "assets"),
    [("BTC/USDT", ("BTC", "USDT")), ("BTC/USD:BTC", ("BTC", "BTC")), ("WILL-IT:YES", ("WILL-IT:YES", ""))],
)
def test_a_symbol_says_what_is_traded_for_what(symbol: str, assets: tuple[str, str]) -> None:
    assert assets_of(symbol) == assets


def test_of_one_moment_the_sequence_says_what_came_first() -> None:
    first, second = fill(2, "buy", "1", "1", at=5), fill(10, "buy", "1", "1", at=5)

    assert in_order([second, first, second]) == [first, second]


def test_an_order_that_closes_in_parts_is_one_trade() -> None:
    book, here = Book(), Placed("run", "node")
    for one in (
        fill(1, "buy", "2", "100", client="a"), fill(2, "sell", "0.5", "90", client="b"),
        fill(3, "sell", "0.5", "120", client="b"), fill(4, "sell", "1", "50", client="c"),
    ):  # fmt: skip
        book.add(one, here)

    assert book.tally(here) == (Decimal(-45), 2, 1)


def test_what_has_not_been_asked_for_in_a_long_time_is_forgotten() -> None:
    books = Books(Permissions())
    first = books.of("bot", "a")
    for number in range(600):
        books.of("bot", f"other{number}")

    assert books.of("bot", "a") is not first
