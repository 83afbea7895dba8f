"""What stood on the wires of runs is kept as it was, and in little room."""

from __future__ import annotations

import tracemalloc
from collections.abc import Mapping
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from treadle.model.run import NodeResult
from treadle.service.backtests import values
from treadle.service.backtests.values import RunValues

WIRES: Mapping[str, Any] = {
    "float": 0.1 + 0.2,
    "whole": 10**30,
    "decimal": Decimal("1.50"),
    "flag": True,
    "text": "weak",
    "mapping": {"positions": [], "held": 0},
    "nothing": None,
}


def came(**ports: Any) -> Mapping[str, NodeResult]:
    return {"node": cast("NodeResult", SimpleNamespace(outputs=ports))}


@pytest.fixture(autouse=True)
def _packed_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "_AT_ONCE", 3)


def test_what_is_packed_is_what_stood_there() -> None:
    found = RunValues()
    for at in range(10):
        found.take(at, came(**WIRES, at=at))

    assert list(found.times) == list(range(10))
    for port, value in WIRES.items():
        assert [repr(one) for one in found.column("node", port)] == [repr(value)] * 10
    assert found.column("node", "at") == list(range(10))


def test_a_port_that_was_not_live_has_nothing() -> None:
    found = RunValues()
    for at in range(8):
        found.take(at, came(even=at) if at % 2 == 0 else came(odd=at))

    assert found.ports == [("node", "even"), ("node", "odd")]
    assert found.column("node", "even") == [0, None, 2, None, 4, None, 6, None]
    assert found.column("node", "odd") == [None, 1, None, 3, None, 5, None, 7]


def test_of_two_runs_at_one_time_the_later_one_counts() -> None:
    found = RunValues()
    for at in (1, 2, 3, 3, 4):
        found.take(at, came(count=len(found.times)))

    assert list(found.times) == [1, 2, 3, 4]
    assert found.column("node", "count") == [0, 1, 3, 3]


def test_some_of_them_are_taken_out() -> None:
    found = RunValues()
    for at in range(10):
        found.take(at, came(at=at, **({"late": at} if at > 6 else {})))

    some = found.only([2, 7, 8, 99])

    assert list(some.times) == [2, 7, 8]
    assert some.column("node", "at") == [2, 7, 8]
    assert some.column("node", "late") == [None, 7, 8]


def test_what_cannot_be_packed_is_kept_as_it_is() -> None:
    found, function = RunValues(), lambda: None
    for at in range(10):
        found.take(at, came(function=function))

    assert found.column("node", "function") == [function] * 10


def test_many_runs_take_little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "_AT_ONCE", 1_000)
    found = RunValues()
    tracemalloc.start()
    for at in range(10_000):
        bar = {"time": at, "open": at / 7, "high": at / 6, "low": at / 8, "close": at / 7.5, "volume": 1.0}
        found.take(at, came(candles={"length": 60, "last": bar}, rsi=at / 3, held="0"))
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert taken / 10_000 < 150  # bytes; as objects about 900
