"""Wide numbers of two 64-bit ones are what Python's own numbers are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle.simulation.compiled import integers, limbs
from treadle.simulation.compiled.opening import join, split

small = st.integers(-(1 << 60), 1 << 60)
wide = st.one_of(st.integers(-(1 << 95), 1 << 95), small, st.integers(-3, 3))


@given(wide, wide)
def test_sums_and_orders(a: int, b: int) -> None:
    one, other = split(a, True), split(b, True)

    assert join(*limbs.wide_add(*one, *other)) == a + b
    assert join(*limbs.wide_subtract(*one, *other)) == a - b
    assert join(*limbs.wide_negative(*one)) == -a
    assert limbs.is_less(*one, *other) == (a < b)
    assert limbs.is_below_zero(*one) == (a < 0)


@given(small, small)
def test_products(a: int, b: int) -> None:
    assert join(*limbs.wide_times(a, b)) == a * b
    assert limbs.wide_of(a) == split(a, True)


@given(wide, st.integers(-(1 << 28), 1 << 28))
def test_a_wide_number_times_a_rate(a: int, rate: int) -> None:
    found = limbs.wide_scaled(*split(a, True), rate)

    assert join(*found) == a * rate
    assert 0 <= found[1] < 1 << 62
    assert abs(found[0]) < 1 << 63


@given(wide, st.one_of(st.integers(1, 1 << 31), st.integers(1, (1 << 62) - 1)))
def test_quotients_are_rounded_down(a: int, by: int) -> None:
    high, low, rest = limbs.wide_divided(*split(a, True), by)

    assert (join(high, low), rest) == divmod(a, by)


@given(wide, st.data())
def test_parts_are_rounded_down(a: int, data: st.DataObject) -> None:
    whole = data.draw(st.integers(1, 1 << 60))
    part = data.draw(st.integers(0, whole))

    assert join(*limbs.wide_part(*split(a, True), part, whole)) == a * part // whole


@given(st.lists(st.tuples(small, small), min_size=1, max_size=200), small, small, st.integers(0, 199))
def test_lists_and_arrays_are_scanned_alike(bars: list[tuple[int, int]], up: int, down: int, first: int) -> None:
    import numpy

    columns: list[Any] = [[bar[number] for bar in bars] for number in (0, 1)]
    first = min(first, len(bars))
    expected = limbs.scan(*columns, up, down, first, len(bars))

    assert integers.scan(*columns, up, down, first, len(bars)) == expected
    arrays: list[Any] = [numpy.array(column, dtype=numpy.int64) for column in columns]
    assert integers.scan(*arrays, up, down, first, len(bars)) == expected


@pytest.mark.parametrize("name", [name for name in vars(limbs) if name.startswith(("wide_", "is_", "scan"))])
def test_both_forms_have_the_same_functions(name: str) -> None:
    assert hasattr(integers, name)
