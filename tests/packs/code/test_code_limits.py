"""`Limits` refuses bounds that bound nothing."""

from __future__ import annotations

import pytest

from treadle.errors import NodeError
from treadle.packs.code.sandbox import Limits


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seconds", 0),
        ("seconds", float("inf")),
        ("seconds", float("nan")),
        ("memory_mb", 1),
        ("output_bytes", 0),
        ("processes", 0),
    ],
)
def test_an_unusable_bound_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(NodeError, match=name) as caught:
        Limits(**{name: value})

    assert caught.value.code == "code_limits"
