"""Whole columns: arithmetic, comparison and logic for each element."""

from __future__ import annotations

import numpy as np
import pytest

from treadle.expressions import ExpressionError, compile_expression

CLOSE = np.array([1.0, 2.0, 4.0])
SCOPE = {
    "close": CLOSE,
    "open": np.array([2.0, 2.0, 2.0]),
    "volume": np.array([0, 5, 10]),
    "short": np.array([1.0]),
}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("close * 2 + 1", [3, 5, 9]),
        ("2 ** close", [2, 4, 16]),
        ("close - open", [-1, 0, 2]),
        ("-close", [-1, -2, -4]),
        ("volume / 5", [0, 1, 2]),
        ("close > open", [False, False, True]),
        ("close >= 2 && volume > 5", [False, False, True]),
        ("close < 2 || close > 3", [True, False, True]),
        ("!(close > 2)", [True, True, False]),
        ("close == 2", [False, True, False]),
        ("close != 2", [True, False, True]),
        ("abs(-close)", [1, 2, 4]),
        ("close[1:]", [2, 4]),
        ("reverse(close)", [4, 2, 1]),
    ],
)
def test_a_series_gives_a_series(source: str, expected: list[float]) -> None:
    """Elementwise, and the column it came from stays as it is."""
    found = compile_expression(source).evaluate(SCOPE)

    assert isinstance(found, np.ndarray)
    assert found.tolist() == expected
    assert CLOSE.tolist() == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("sum(close)", 7.0),
        ("max(close)", 4.0),
        ("avg(volume)", 5.0),
        ("last(close)", 4.0),
        ("close[0]", 1.0),
        ("close.length", 3),
        ("len(close)", 3),
        ("volume[-1]", 10),
        ("any(close > 3)", True),
        ("all(close > 3)", False),
        ("2 in close", True),
        ("median(close)", 2.0),
        ("map(volume, v => v + 1)", [1, 6, 11]),
        ("json(close)", "[1.0,2.0,4.0]"),
    ],
)
def test_a_series_gives_plain_values(source: str, expected: object) -> None:
    """Numpy's own scalars never get out."""
    found = compile_expression(source).evaluate(SCOPE)

    assert found == expected
    assert type(found) is type(expected)


def test_numpy_scalars_are_read_as_numbers() -> None:
    """As they come from indicators."""
    scope = {"x": np.float64(1.5), "n": np.int64(3), "yes": np.bool_(True)}

    assert compile_expression("[x + n, x, n > 2, yes ? 1 : 2, yes]").evaluate(scope) == [
        4.5,
        1.5,
        True,
        1,
        True,
    ]
    assert type(compile_expression("x").evaluate(scope)) is float


def test_division_by_zero_leaves_a_gap_in_a_series() -> None:
    """One bad bar does not lose the column."""
    found = compile_expression("close / volume").evaluate(SCOPE)

    assert isinstance(found, np.ndarray)
    assert np.isnan(found[0])
    assert found[2] == 0.4


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("close ? 1 : 2", "type_mismatch"),
        ("close + short", "type_mismatch"),
        ("close + 'a'", "type_mismatch"),
        ("close && 1", "type_mismatch"),
        ("(close > 1) + 1", "type_mismatch"),
        ("close.x", "type_mismatch"),
        ("close[9]", "missing_key"),
        ("close > null", "type_mismatch"),
        ("names + 1", "unreadable_value"),
        ("grid", "unreadable_value"),
        ("close.dtype", "type_mismatch"),
        ("map([close], c => c.tobytes)", "type_mismatch"),
    ],
)
def test_a_series_is_refused_where_it_has_no_meaning(source: str, code: str) -> None:
    """No attribute, no truth, no other dimensions, no arrays of objects."""
    scope = {**SCOPE, "names": np.array(["a"]), "grid": np.zeros((2, 2))}

    with pytest.raises(ExpressionError) as failure:
        compile_expression(source).evaluate(scope)

    assert failure.value.code == code


def test_series_are_paid_for() -> None:
    """Many operators over a long column end at the limit."""
    source = "map(range(2000), i => last(close * 2))"

    with pytest.raises(ExpressionError) as failure:
        compile_expression(source).evaluate({"close": np.ones(200_000)})

    assert failure.value.code in ("too_large", "too_slow", "too_many_operations")
