"""The rungs of a ladder, against lists of them; and going back to what an account was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from treadle.simulation.compiled import layout as y
from treadle.simulation.compiled import matching, rungs
from treadle.simulation.market import orders as o

levels = st.lists(st.integers(1, 60), min_size=1, max_size=12, unique=True).map(sorted)


def an_account(*, orders: int = 0) -> tuple[list[int], list[int]]:
    acc, rows = [0] * y.ACCOUNT_SIZE, [0] * (16 * y.ROW)
    for number in range(1, orders + 1):
        at = matching.put(acc, rows, o.BUY, o.LIMIT, number, 100 + number, *[0] * 9, 7, 3)
        rows[at + o.NUMBER] = acc[y.NUMBER] = acc[y.ORDERS] = number
    return acc, rows


@given(levels, st.integers(0, 62))
def test_levels_below_the_price_are_found_by_halving(found: list[int], price: int) -> None:
    assert rungs.first_above(found, 0, len(found), price) == sum(1 for one in found if one < price)
    assert rungs.rung_at(found, 0, len(found), price) == (found.index(price) if price in found else -1)


@given(levels, st.integers(0, 62))
def test_the_nearest_rung_is_left_out_where_it_is_nearer_than_half_the_way_to_the_next(
    found: list[int], price: int
) -> None:
    edge = rungs.first_above(found, 0, len(found), price)
    purchases, sales = list(reversed(found[:edge])), found[edge:]

    told = (rungs.left_out(found, 0, edge, o.BUY, price), rungs.left_out(found, edge, len(found), o.SELL, price))

    for side, level in zip((purchases, sales), told, strict=True):
        is_near = len(side) > 1 and abs(side[0] - price) < abs(side[0] - side[1]) / 2
        assert level == (found.index(side[0]) if is_near else -1)


@given(st.integers(0, 9), st.integers(-12, 12))
def test_bounds_of_a_part_are_those_of_a_list(count: int, place: int) -> None:
    assert list(range(count))[rungs.bound_of(float(place), count) :] == list(range(count))[place:]


def test_what_was_done_since_it_was_saved_is_undone() -> None:
    acc, rows = an_account(orders=3)
    over, sent, held = [0] * (8 * y.ROW), [2, 50, 60], [0] * 900
    before = (list(acc), rows[: 3 * y.ROW], list(sent))

    rungs.save(acc, rows, sent, held)
    matching.cancel_all(acc, rows, over, o.ASKED)
    sent[1] = 70
    rungs.undo(acc, rows, sent, held)

    assert (acc, rows[: 3 * y.ROW], sent) == before
    assert held[0] == 0


def test_nothing_is_undone_where_nothing_was_saved() -> None:
    acc, rows = an_account(orders=2)
    sent, held = [0], [0] * 900

    rungs.undo(acc, rows, sent, held)

    assert acc[y.ORDERS] == 2


def test_a_rung_may_be_no_further_from_the_price_than_the_market_takes() -> None:
    told = [rungs.distance(rung, 1_000, 0.5, 1.2) for rung in (499, 500, 501, 1_199, 1_200, 1_201)]

    assert told == [1, 0, -1, -1, 0, 1]
    assert {rungs.distance(rung, 1_000, 0.0, 0.0) for rung in (1, 100_000)} == {-1}
