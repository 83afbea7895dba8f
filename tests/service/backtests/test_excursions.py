"""How far a trade was down and up: exactly what an account kept tick by tick along the paths of the bars would say."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle.service.backtests.excursions import Place, find_place, measure
from treadle.simulation.market.path import path

HOUR = 3_600_000
BARS = [(100, 104, 97, 101), (101, 108, 100, 107), (107, 109, 95, 96), (96, 99, 94, 98)]
"""Open, high, low, close."""
whole = st.integers(90, 110)


def columns(bars: list[tuple[int, int, int, int]]) -> Mapping[str, Any]:
    names = ("open", "high", "low", "close")
    prices = {name: numpy.array([float(bar[at]) for bar in bars]) for at, name in enumerate(names)}
    return {"time": numpy.arange(len(bars), dtype=numpy.int64) * HOUR, **prices}


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[int, int, int, int]]:
    bars: list[tuple[int, int, int, int]] = []
    for _ in range(draw(st.integers(2, 5))):
        opened, closed, one, other = (draw(whole) for _ in range(4))
        bars.append((opened, max(opened, closed, one, other), min(opened, closed, one, other), closed))
    return bars


def ticks(bars: list[tuple[int, int, int, int]]) -> list[tuple[int, int]]:
    """(bar, price) of every whole price that was gone through."""
    found: list[tuple[int, int]] = []
    for number, bar in enumerate(bars):
        corners = path(bar[0], bar[1], bar[2], bar[3])
        found.append((number, corners[0]))
        for here, there in pairwise(corners):
            step = 1 if there > here else -1
            found += [(number, price) for price in range(here + step, there + step, step)]
    return found


@given(histories(), st.data())
def test_from_opening_to_opening_it_is_what_the_ticks_between_say(
    bars: list[tuple[int, int, int, int]], data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(bars) - 2))
    last = data.draw(st.integers(first + 1, len(bars) - 1))
    seen = [price for bar, price in ticks(bars) if first <= bar < last] + [bars[last][0]]
    entry = bars[first][0]

    for is_long in (True, False):
        found = measure(
            columns(bars),
            Place(first, True, entry),
            Place(last, True, bars[last][0]),
            entry=Decimal(entry),
            quantity=Decimal(2),
            is_long=is_long,
        )

        moves = [2 * (price - entry) * (1 if is_long else -1) for price in seen]
        assert (found.adverse, found.favourable) == (min(0, *moves), max(0, *moves))
        assert (found.bar_in, found.bar_out) == (first * HOUR, last * HOUR)


def test_what_was_before_the_entry_in_its_bar_does_not_count() -> None:
    # The first bar goes 100, 97, 104, 101: bought at 98 on the way down, so that the low of 97 counts.
    entered = find_place(columns(BARS), HOUR, HOUR, 98.0, is_market=False, ordered=0)
    left = find_place(columns(BARS), HOUR, HOUR, 101.0, is_market=True, ordered=HOUR)

    found = measure(columns(BARS), entered, left, entry=Decimal(98), quantity=Decimal(1), is_long=True)

    assert (entered.bar, entered.is_opening, left.bar, left.is_opening) == (0, False, 1, True)
    assert (found.adverse, found.favourable) == (-1, 6)


def test_what_came_after_the_exit_in_its_bar_does_not_count() -> None:
    # The third bar goes 107, 109, 95, 96: left at 103 on the way down from 109.
    entered = Place(1, True, 101.0)
    left = find_place(columns(BARS), HOUR, 3 * HOUR, 103.0, is_market=False, ordered=0)

    found = measure(columns(BARS), entered, left, entry=Decimal(101), quantity=Decimal(1), is_long=True)

    assert (left.bar, left.is_opening) == (2, False)
    assert (found.adverse, found.favourable) == (-1, 8)


@pytest.mark.parametrize(
    ("price", "is_market", "ordered", "expected"),
    [(107.0, True, HOUR, (2, True)), (103.0, False, 0, (1, False)), (99.0, False, 0, (2, True)),
     (103.0, False, 2 * HOUR, (2, True))],
)  # fmt: skip
def test_a_fill_at_the_end_of_a_bar_is_told_from_one_at_the_opening_of_the_next(
    price: float, is_market: bool, ordered: int, expected: tuple[int, bool]
) -> None:
    found = find_place(columns(BARS), HOUR, 2 * HOUR, price, is_market=is_market, ordered=ordered)

    assert (found.bar, found.is_opening) == expected
