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
        "Not the same period: 2024-01-01 00:00 to 2024-02-01 00:00 UTC, and 2024-01-01 00:00 to 2024-03-01 00:00 UTC.",
        "Not the same bars: BTC/USDT by 1h, and BTC/USDT by 1d.",
        "Not the same data: btc.csv, and other.csv.",
    ]


async def test_another_account_is_said_and_what_trading_cost_in_it() -> None:
    free = {**ONE, "account": {"balance": {"USDT": 1000}, "fees": 0.0}}
    dear = {
        **ONE,
        "account": {"balance": {"USDT": 1000}, "fees": 0.0},
        "request": {
            **ONE["request"],
            "paper": {"fees": 0.002, "slippage": {"kind": "fixed", "bps": 2}, "path": "pessimistic"},
        },
    }

    found = await compare(Kept({"a": free, "b": dear}), "a", "b")

    assert found["differ"] == [
        "Not the same fees: 0.0, and 0.002.",
        "Not the same slippage: none, and 2 bp.",
        "Not the same account: none, and path = pessimistic.",
    ]


async def test_an_account_that_nobody_described_is_as_it_was() -> None:
    """Begun with the same, whoever said so; without trades, fees of the market came to nothing."""
    given = {**ONE, "figures": {"began_with": 1000.0}, "request": {**ONE["request"], "paper": {"balance": 1000}}}
    idle = {**ONE, "figures": {"began_with": 1000.0}}
    traded = {**idle, "costs": {"fees": 3.5}}
    richer = {**idle, "figures": {"began_with": 2000.0}, "currency": "USDT"}

    found = [(await compare(Kept({"a": given, "b": one}), "a", "b"))["differ"] for one in (idle, traded, richer)]

    assert found == [[], [], ["Not the same balance: 1,000.00, and 2,000.00 USDT."]]


async def test_one_that_has_not_ended_says_nothing_of_its_period() -> None:
    waiting: dict[str, Any] = {"symbols": ["BTC/USDT"], "request": {}}

    found = await compare(Kept({"a": ONE, "b": waiting}), "a", "b")

    assert found["differ"][0] == "Not the same period: 2024-01-01 00:00 to 2024-02-01 00:00 UTC, and nothing."
