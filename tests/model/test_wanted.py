"""What pydantic refuses is told in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from treadle.model.wanted import told_of, wanted_of

Least = Annotated[int, Field(ge=2)]


def first_error(of: Any, value: object) -> Any:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(of).validate_python(value)
    return refused.value.errors(include_url=False)[0]


@pytest.mark.parametrize(
    ("of", "value", "told"),
    [
        (Least, 0, "it must be 2 or more"),
        (Least, "abc", "it must be a whole number"),
        (Least, 2.5, "it must be a whole number"),
        (Decimal, "abc", "it must be a number"),
        (Annotated[float, Field(allow_inf_nan=False)], float("nan"), "it must be a number"),
        (Literal["sma", "ema", "wma"], "foo", "it must be 'sma', 'ema' or 'wma'"),
        (dict[str, int], 3, "it must be an object"),
        (Annotated[str, Field(max_length=3)], "abcd", "it must be of at most 3 characters"),
        (Annotated[list[int], Field(min_length=1)], [], "it must be of at least 1 item"),
        (Annotated[str, Field(pattern="^a")], "b", "String should match pattern '^a'"),
    ],
)
def test_what_does_not_fit_is_told_what_it_must_be(of: Any, value: object, told: str) -> None:
    assert told_of(first_error(of, value)) == told


def test_keys_and_values_are_called_what_they_are_where_it_is_read() -> None:
    assert wanted_of(first_error(dict[str, int], 3), mapping="a mapping") == "a mapping"
