"""Values survive being text."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle.errors import StoreError
from treadle.store.codec import decode, encode

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.datetimes()
    | st.datetimes(timezones=st.just(UTC))
    | st.dates()
    | st.timedeltas()
    | st.decimals(allow_nan=False)
)
_KEYS = st.text() | st.sampled_from(["$td", "v", '"$td":'])
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=20,
)


def same(one: Any, other: Any) -> bool:
    """Equal, and of the same types throughout."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return bool(one == other)


@given(_VALUES)
def test_any_value_comes_back_equal_and_of_the_same_types(value: Any) -> None:
    assert same(decode(encode(value)), value)


@pytest.mark.parametrize("value", [math.inf, -math.inf, -0.0, 5e-324, 0.1 + 0.2])
def test_floats_come_back_to_the_last_bit(value: float) -> None:
    assert decode(encode(value)).hex() == value.hex()


def test_not_a_number_stays_not_a_number() -> None:
    assert math.isnan(decode(encode({"a": math.nan}))["a"])


def test_an_offset_is_kept() -> None:
    value = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=30)))

    assert decode(encode(value)).utcoffset() == timedelta(hours=5, minutes=30)


@pytest.mark.parametrize(
    "array",
    [
        numpy.arange(6, dtype="float32").reshape(2, 3),
        numpy.array([], dtype="int64"),
        numpy.array(1.5),
        numpy.array(["a", "bcd"]),
        numpy.array(["2026-01-01"], dtype="datetime64[s]"),
        numpy.array([True, False]),
        numpy.arange(10)[::2],
    ],
)
def test_an_array_comes_back_with_shape_and_dtype(array: numpy.ndarray) -> None:
    found = decode(encode({"series": array}))["series"]

    assert (found.dtype, found.shape, found.tolist()) == (array.dtype, array.shape, array.tolist())
    assert found.flags.writeable


@pytest.mark.parametrize("scalar", [numpy.float32(1.5), numpy.int64(-3), numpy.bool_(True)])
def test_a_numpy_scalar_keeps_its_type(scalar: numpy.generic) -> None:
    found = decode(encode([scalar]))[0]

    assert (type(found), found) == (type(scalar), scalar)


@pytest.mark.parametrize(
    "value",
    [
        {"$td": "datetime", "v": "2026-01-01"},
        {"$td": {"$td": "object", "v": []}},
        [{"$td": 1, "at": datetime(2026, 1, 1, tzinfo=UTC), "inner": {"$td": Decimal(1)}}],
        {"text": '"$td":', "$td": None},
    ],
)
def test_what_looks_like_a_tag_is_not_taken_for_one(value: Any) -> None:
    assert same(decode(encode(value)), value)


def test_a_read_only_mapping_that_looks_like_a_tag_is_not_taken_for_one() -> None:
    value = MappingProxyType({"$td": "date", "v": "2026-01-01"})

    assert decode(encode({"a": value, "b": date(2026, 1, 1)})) == {"a": dict(value), "b": date(2026, 1, 1)}


def test_tuples_come_back_as_lists() -> None:
    assert decode(encode((1, (2, 3)))) == [1, [2, 3]]


def test_the_text_is_ascii() -> None:
    assert encode({"é": "\ud800\U0001f600"}).isascii()


@pytest.mark.parametrize(
    ("value", "path", "kind"),
    [
        ({"a": [1, {"b": object()}]}, "value.a[1].b", "object"),
        ([{1, 2}], "value[0]", "set"),
        ({(1, 2): 3}, "value.(1, 2)", "tuple"),
        ({"n": 10**5000}, "value.n", "digits"),
        ({"x": numpy.array([object()])}, "value.x", "numpy.ndarray"),
        ({"$td": 1, "x": [object()]}, "value.x[0]", "object"),
    ],
)
def test_what_cannot_be_kept_is_named_with_its_path(value: Any, path: str, kind: str) -> None:
    with pytest.raises(StoreError) as caught:
        encode(value)

    assert caught.value.code == "unstorable_value"
    assert f"`{path}`" in caught.value.message
    assert kind in caught.value.message


def test_a_value_that_contains_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)

    with pytest.raises(StoreError, match="contains itself"):
        encode(value)
