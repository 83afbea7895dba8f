"""Two backtests side by side: what they share, and in what they are not of the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from treadle.service.backtests.comparing import compare

ONE: dict[str, Any] = {
    "begins": "2024-01-01T00:00:00+00:00",
    "ends": "2024-02-01T00:00:00+00:00",
    "symbols": ["BTC/USDT"],
    "timeframe": "1h",
    "figures": {"trades": 0},
    "request": {"data": [{"symbol": "BTC/USDT", "source": "btc.csv"}]},
}


@dataclass
class Kept:
    found: Mapping[str, dict[str, Any]]

    async def get(self, id: str) -> dict[str, Any]:
        return self.found[id]

    async def trades(self, id: str, *, limit: int = 0) -> Sequence[dict[str, Any]]:
        return []

    async def fills(self, id: str) -> Sequence[dict[str, Any]]:
        return []


async def test_nothing_is_said_of_two_over_the_same_bars() -> None:
    found = await compare(Kept({"a": ONE, "b": {**ONE, "figures": {"trades": 3}}}), "a", "b")

    assert found["differ"] == []


async def test_another_period_other_bars_and_other_data_are_said() -> None:
    other = {
        **ONE,
        "ends": "2024-03-01T00:00:00+00:00",
        "timeframe": "1d",
        "request": {"data": [{"symbol": "BTC/USDT", "source": "other.csv"}]},
    }

    found = await compare(Kept({"a": ONE, "b": other}), "a", "b")

    assert found["differ"] == [
        "Not the same period: 2024-01-01 00:00 to 2024-02-01 00:00, and 2024-01-01 00:00 to 2024-03-01 00:00.",
        "Not the same bars: BTC/USDT by 1h, and BTC/USDT by 1d.",
        "Not the same data: btc.csv, and other.csv.",
    ]


async def test_one_that_has_not_ended_says_nothing_of_its_period() -> None:
    waiting: dict[str, Any] = {"symbols": ["BTC/USDT"], "request": {}}

    found = await compare(Kept({"a": ONE, "b": waiting}), "a", "b")

    assert found["differ"][0] == "Not the same period: 2024-01-01 00:00 to 2024-02-01 00:00, and nothing."
